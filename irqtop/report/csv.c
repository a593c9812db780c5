// SPDX-License-Identifier: GPL-2.0-or-later
#include "irqtop/view/format.h"
#include "report.h"

static void value_print(struct out *out, const struct value *value)
{
	switch (value->kind) {
	case VALUE_COUNT:
		out_count(out, value->count);
		break;
	case VALUE_REAL:
		out_real(out, value->real, 6);
		break;
	case VALUE_TEXT:
		out_csv_string(out, value->text, value->len);
		break;
	case VALUE_NONE:
		break;
	}
}

static void header_print(struct out *out, const struct report *report)
{
	unsigned int i;

	out_text(out, "time,interval_s");
	for (i = 0; i < report->ncolumns; i++) {
		out_char(out, ',');
		out_text(out, fields[report->column[i]].key);
	}
	out_text(out, "\r\n");
}

void csv_print(struct out *out, const struct report *report)
{
	char time[FORMAT_BYTES];
	struct value value;
	unsigned int i;
	uint32_t r;

	if (!report->printed)
		header_print(out, report);
	format_time(time, monitor_sample(report->monitor)->wall_ms);
	for (r = 0; r < report_rows(report); r++) {
		if (time[0] != '-')
			out_text(out, time);
		out_char(out, ',');
		if (report->monitor->seconds > 0)
			out_real(out, report->monitor->seconds, 6);
		for (i = 0; i < report->ncolumns; i++) {
			out_char(out, ',');
			value = field_get(report->column[i], &report->view->row[r]);
			value_print(out, &value);
		}
		out_text(out, "\r\n");
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "irqtop/view/format.h"
#include "output.h"

static void header_print(struct outbuf *out, const struct output *output)
{
	unsigned int i;

	outbuf_text(out, "time,interval_s");
	for (i = 0; i < output->ncolumns; i++) {
		outbuf_char(out, ',');
		outbuf_text(out, fields[output->column[i]].key);
	}
	outbuf_text(out, "\r\n");
}

void csv_print(struct outbuf *out, struct output *output)
{
	char time[FORMAT_BYTES];
	struct split_row split;
	struct value value;
	unsigned int i;
	uint32_t r;

	if (!output->printed)
		header_print(out, output);
	format_time(time, monitor_sample(output->monitor)->wall_ms);
	for (r = 0; r < output_rows(output); r++) {
		if (time[0] != '-')
			outbuf_text(out, time);
		outbuf_char(out, ',');
		if (output->monitor->seconds > 0)
			outbuf_real(out, output->monitor->seconds, 6);
		row_split(&split, &output->view->row[r]);
		for (i = 0; i < output->ncolumns; i++) {
			outbuf_char(out, ',');
			value = field_get(output->column[i], &split.row);
			value_print(out, &value, outbuf_csv_string, "");
		}
		outbuf_text(out, "\r\n");
		output_drain(output, out);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text that Prometheus reads. Strict OpenMetrics leaves "_total" off a
 * counter's name in TYPE and HELP; the older text format, which node_exporter's
 * textfile collector and promtool parse, wants it there. No text is both.
 */
#include <string.h>

#include "report.h"

#define TOTAL "_total"

static bool is_counter(const char *metric)
{
	size_t len = strlen(metric), end = strlen(TOTAL);

	return len > end && !strcmp(metric + len - end, TOTAL);
}

static void family_print(struct out *out, const struct report *report, const struct field *field)
{
	size_t len = strlen(field->metric);

	if (report->strict && is_counter(field->metric))
		len -= strlen(TOTAL);
	out_text(out, "# HELP ");
	out_bytes(out, field->metric, len);
	out_char(out, ' ');
	out_text(out, field->help);
	out_text(out, ".\n# TYPE ");
	out_bytes(out, field->metric, len);
	out_text(out, is_counter(field->metric) ? " counter\n" : " gauge\n");
}

static void labels_print(struct out *out, const struct view_row *row)
{
	struct value value;
	bool first = true;
	int i;

	out_char(out, '{');
	for (i = 0; i < FIELD_COUNT; i++) {
		if (!fields[i].label)
			continue;
		value = field_get((enum field_id)i, row);
		if (value.kind != VALUE_TEXT)
			continue;
		if (!first)
			out_char(out, ',');
		first = false;
		out_text(out, fields[i].key);
		out_char(out, '=');
		out_label_string(out, value.text, value.len);
	}
}

static void sample_print(struct out *out, const struct field *field, const struct view_row *row,
			 const struct value *value)
{
	out_text(out, field->metric);
	labels_print(out, row);
	out_text(out, "} ");
	if (field->style == STYLE_TIME)
		out_real(out, (double)value->count / 1e9, 9);
	else if (value->kind == VALUE_COUNT)
		out_count(out, value->count);
	else
		out_real(out, value->real, 6);
	out_char(out, '\n');
}

static void cpus_print(struct out *out, const struct report *report, const struct field *field,
		       const struct view_row *row)
{
	const struct irqtable_diff *diff = &report->monitor->diff[row->table];
	const uint32_t *cell = irqtable_cells(diff->cur, row->row);
	unsigned int c;

	for (c = 0; c < diff->ncpus; c++) {
		if (!cell[c] || !diff->mask[c])
			continue;
		out_text(out, field->metric);
		labels_print(out, row);
		out_text(out, ",cpu=\"");
		out_count(out, diff->cur->cpu[c]);
		out_text(out, "\"} ");
		out_count(out, cell[c]);
		out_char(out, '\n');
	}
}

/* A name may serve twice in /proc/interrupts, but not here. */
static bool is_repeated(const struct report *report, uint32_t r)
{
	const struct view_row *row = &report->view->row[r];
	const struct irqtable *table = &monitor_sample(report->monitor)->table[row->table];
	uint32_t before;

	/* Rows of equal keys come with a track each, the second not yet known. */
	if (!row->data->label_len)
		return false;
	for (before = row->row; before-- > 0;) {
		const struct irqtable_row *other = &table->row[before];

		if (other->irq >= 0 && row->data->irq >= 0) {
			if (other->irq < row->data->irq)
				return false;
			if (other->irq > row->data->irq)
				continue;
		}
		if (other->key == row->data->key)
			return true;
	}
	return false;
}

static bool wants(const struct field *field, const struct value *value)
{
	if (value->kind != VALUE_COUNT && value->kind != VALUE_REAL)
		return false;
	return !is_counter(field->metric) || value->count;
}

void metrics_print(struct out *out, const struct report *report)
{
	const struct field *field;
	struct value value;
	unsigned int i;
	uint32_t r;

	for (i = 0; i < report->ncolumns; i++) {
		field = &fields[report->column[i]];
		if (!field->metric)
			continue;
		family_print(out, report, field);
		for (r = 0; r < report_rows(report); r++) {
			const struct view_row *row = &report->view->row[r];

			value = field_get(report->column[i], row);
			if (!wants(field, &value) || is_repeated(report, r))
				continue;
			if (report->per_cpu && is_counter(field->metric) &&
			    row->data->ncells == report->monitor->diff[row->table].ncpus)
				cpus_print(out, report, field, row);
			else
				sample_print(out, field, row, &value);
		}
	}
	out_text(out, "# EOF\n");
}

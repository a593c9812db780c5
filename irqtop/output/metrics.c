// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text format of Prometheus, or OpenMetrics ("strict"). OpenMetrics omits "_total"
 * from a counter's name in TYPE and HELP; the older format, which promtool and the
 * textfile collector of node_exporter read, requires it. No text is valid in both.
 */
#include <string.h>

#include "output.h"

#define TOTAL "_total"

static bool is_counter(const char *metric)
{
	size_t len = strlen(metric), end = strlen(TOTAL);

	return len > end && !strcmp(metric + len - end, TOTAL);
}

static void family_print(struct outbuf *out, const struct output *output, const struct field *field)
{
	size_t len = strlen(field->metric);

	if (output->strict && is_counter(field->metric))
		len -= strlen(TOTAL);
	outbuf_text(out, "# HELP ");
	outbuf_bytes(out, field->metric, len);
	outbuf_char(out, ' ');
	outbuf_text(out, field->help);
	outbuf_text(out, ".\n# TYPE ");
	outbuf_bytes(out, field->metric, len);
	outbuf_text(out, is_counter(field->metric) ? " counter\n" : " gauge\n");
}

static void labels_print(struct outbuf *out, const struct view_row *row)
{
	struct value value;
	bool first = true;
	int i;

	outbuf_char(out, '{');
	for (i = 0; i < FIELD_COUNT; i++) {
		if (!fields[i].label)
			continue;
		value = field_get((enum field_id)i, row);
		if (value.kind != VALUE_TEXT)
			continue;
		if (!first)
			outbuf_char(out, ',');
		first = false;
		outbuf_text(out, fields[i].key);
		outbuf_char(out, '=');
		outbuf_label_string(out, value.text, value.len);
	}
}

static void sample_print(struct outbuf *out, const struct field *field, const struct view_row *row,
			 const struct value *value)
{
	outbuf_text(out, field->metric);
	labels_print(out, row);
	outbuf_text(out, "} ");
	if (field->style == STYLE_TIME)
		outbuf_real(out, (double)value->count / 1e9, 9);
	else if (value->kind == VALUE_COUNT)
		outbuf_count(out, value->count);
	else
		outbuf_real(out, value->real, 6);
	outbuf_char(out, '\n');
}

static void cpus_print(struct outbuf *out, const struct output *output, const struct field *field,
		       const struct view_row *row)
{
	const struct irqtable_diff *diff = &output->monitor->diff[row->table];
	const uint32_t *cell = irqtable_cells(diff->cur, row->row);
	unsigned int c;

	for (c = 0; c < diff->ncpus; c++) {
		if (!cell[c] || !diff->mask[c])
			continue;
		outbuf_text(out, field->metric);
		labels_print(out, row);
		outbuf_text(out, ",cpu=\"");
		outbuf_count(out, diff->cur->cpu[c]);
		outbuf_text(out, "\"} ");
		outbuf_count(out, cell[c]);
		outbuf_char(out, '\n');
	}
}

/* Two rows of /proc/interrupts may have one name; two samples of a metric may not. */
static bool is_repeated(const struct output *output, uint32_t r)
{
	const struct view_row *row = &output->view->row[r];
	const struct irqtable *table = &monitor_sample(output->monitor)->table[row->table];
	uint32_t before;

	if (!row->data->label_len)
		return false;
	for (before = row->row; before-- > 0;) {
		const struct irqtable_row *other = &table->row[before];

		/* Numbers rise. */
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

void metrics_print(struct outbuf *out, struct output *output)
{
	const struct field *field;
	struct value value;
	unsigned int i;
	uint32_t r;

	for (i = 0; i < output->ncolumns; i++) {
		field = &fields[output->column[i]];
		if (!field->metric)
			continue;
		family_print(out, output, field);
		for (r = 0; r < output_rows(output); r++) {
			const struct view_row *row = &output->view->row[r];

			value = field_get(output->column[i], row);
			if (!wants(field, &value) || is_repeated(output, r))
				continue;
			if (output->per_cpu && is_counter(field->metric) &&
			    row->data->ncells == output->monitor->diff[row->table].ncpus)
				cpus_print(out, output, field, row);
			else
				sample_print(out, field, row, &value);
			output_drain(output, out);
		}
	}
	outbuf_text(out, "# EOF\n");
}

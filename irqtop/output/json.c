// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "irqtop/view/format.h"
#include "output.h"

/* "per_cpu":{"0":{"delta":1,"total":2},...}, CPUs that ever counted. */
static void cpus_print(struct outbuf *out, const struct view_row *row)
{
	const struct irqtable_diff *diff = row->diff;
	const uint32_t *cell = irqtable_cells(diff->cur, row->row);
	bool first = true;
	unsigned int c;

	outbuf_text(out, ",\"per_cpu\":{");
	for (c = 0; c < diff->ncpus && row->data->ncells == diff->ncpus; c++) {
		if (!cell[c] || !diff->mask[c])
			continue;
		outbuf_text(out, first ? "\"" : ",\"");
		first = false;
		outbuf_count(out, diff->cur->cpu[c]);
		outbuf_text(out, "\":{\"delta\":");
		if (irqtable_diff_known(diff, row->row, c))
			outbuf_count(out, irqtable_diff_cell(diff, row->row, c));
		else
			outbuf_text(out, "null");
		outbuf_text(out, ",\"total\":");
		outbuf_count(out, cell[c]);
		outbuf_char(out, '}');
	}
	outbuf_char(out, '}');
}

void json_print(struct outbuf *out, struct output *output)
{
	char time[FORMAT_BYTES];
	struct split_row split;
	struct value value;
	unsigned int i;
	uint32_t r;

	format_time(time, monitor_sample(output->monitor)->wall_ms);
	for (r = 0; r < output_rows(output); r++) {
		const struct view_row *row = &split.row;

		row_split(&split, &output->view->row[r]);
		outbuf_text(out, "{\"time\":");
		if (time[0] == '-')
			outbuf_text(out, "null");
		else
			outbuf_json_string(out, time, strlen(time));
		outbuf_text(out, ",\"interval_s\":");
		if (output->monitor->seconds > 0)
			outbuf_real(out, output->monitor->seconds, 6);
		else
			outbuf_text(out, "null");
		for (i = 0; i < output->ncolumns; i++) {
			outbuf_text(out, ",\"");
			outbuf_text(out, fields[output->column[i]].key);
			outbuf_text(out, "\":");
			value = field_get(output->column[i], row);
			value_print(out, &value, outbuf_json_string, "null");
		}
		if (output->per_cpu && !row->cpu)
			cpus_print(out, row);
		outbuf_text(out, "}\n");
		output_drain(output, out);
	}
}

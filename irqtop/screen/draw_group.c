// SPDX-License-Identifier: GPL-2.0-or-later
/* An opened row of the page of devices or drivers. */
#include <stdio.h>
#include <string.h>

#include "draw_group.h"
#include "irqtop/view/format.h"

static void member(struct pen *pen, const struct irqtable_diff *diff, uint32_t r, double seconds)
{
	struct view_row irq = { .table = TABLE_INTERRUPTS,
				.data = &diff->cur->row[r],
				.text = diff->cur->text };
	struct value name = field_get(FIELD_NAME, &irq);
	char number[FORMAT_BYTES] = "-";
	int y = pen_next(pen);

	if (y < 0)
		return;
	if (diff->row[r].state == IRQTABLE_COUNTED && seconds > 0)
		format_number(number, (double)diff->row[r].delta / seconds, 8);
	canvas_text(pen->canvas, irq.data->label_len < 8 ? 8 - irq.data->label_len : 0,
		    (unsigned int)y, 8, PLAIN, irq.text + irq.data->label, irq.data->label_len);
	canvas_print(pen->canvas, 9, (unsigned int)y, PLAIN, "%8s", number);
	canvas_text_ends(pen->canvas, 19, (unsigned int)y,
			 pen->canvas->width > 19 ? pen->canvas->width - 19 : 1, PLAIN,
			 name.text ? name.text : "", name.len);
}

void draw_group(struct pen *pen, const struct session *session, const struct view_row *row)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	const struct groups *groups = &session->groups;
	char text[160], number[FORMAT_BYTES] = "-";
	uint32_t r;
	int y;

	if (row->group->imbalance >= 0)
		snprintf(number, sizeof(number), "%.1f", row->group->imbalance);
	snprintf(text, sizeof(text), "%u interrupts  on %u CPUs  highest over mean rate %s",
		 row->group->rows, row->group->cpus, number);
	pen_fact_text(pen, "balance", text);
	pen_next(pen);
	y = pen_next(pen);
	if (y >= 0)
		canvas_print(pen->canvas, 0, (unsigned int)y, STRONG, "%8s %8s  %s", "IRQ",
			     "rate/s", "handlers");
	for (r = 0; r < diff->nrows; r++)
		if (groups->of_row[r] == row->row)
			member(pen, diff, r, session->monitor.seconds);
}

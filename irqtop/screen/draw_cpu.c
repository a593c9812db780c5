// SPDX-License-Identifier: GPL-2.0-or-later
/* An opened row of the page of CPUs. */
#include <stdio.h>
#include <string.h>

#include "draw_cpu.h"
#include "irqtop/view/format.h"

#define BUSIEST 20 /* interrupts that are listed */

static void percent(char *text, size_t size, double share)
{
	if (share < 0)
		snprintf(text, size, "unknown");
	else
		snprintf(text, size, "%.1f %%", share * 100);
}

void draw_cpu_facts(struct pen *pen, const struct view_row *row)
{
	const struct bycpu_row *cpu = row->cpu;
	char text[160], share[2][16], number[FORMAT_BYTES] = "-";

	percent(share[0], sizeof(share[0]), cpu->irq_share);
	percent(share[1], sizeof(share[1]), cpu->softirq_share);
	snprintf(text, sizeof(text), "%s in interrupts  %s in softirqs", share[0], share[1]);
	pen_fact_text(pen, "time", text);
	if (cpu->softirqs_hz >= 0)
		format_number(number, cpu->softirqs_hz, 8);
	snprintf(text, sizeof(text), "%s/s", number);
	pen_fact_text(pen, "softirqs", text);
	if (cpu->allowed != IRQTABLE_NONE) {
		snprintf(text, sizeof(text), "%u interrupts may go there", cpu->allowed);
		pen_fact_text(pen, "affinity", text);
	}
	if (cpu->facts.have_vectors) {
		snprintf(text, sizeof(text), "%u in use  %u left", cpu->facts.vectors_used,
			 cpu->facts.vectors_left);
		pen_fact_text(pen, "vectors", text);
	}
	if (cpu->facts.have_softnet) {
		snprintf(text, sizeof(text), "%llu packets dropped  %llu polls ran out of time",
			 (unsigned long long)cpu->facts.dropped,
			 (unsigned long long)cpu->facts.squeezed);
		pen_fact_text(pen, "softnet", text);
	}
	if (cpu->node >= 0) {
		snprintf(text, sizeof(text), "%d", cpu->node);
		pen_fact_text(pen, "node", text);
	}
	if (cpu->isolated || cpu->nohz_full)
		pen_fact_text(pen, "marks",
			      !cpu->nohz_full ? "isolated from the scheduler" :
			      !cpu->isolated  ? "no tick when busy (nohz_full)" :
						"isolated from the scheduler  no tick when busy "
						"(nohz_full)");
}

/* Column of the CPU in a difference; IRQTABLE_NONE: it is offline there. */
static uint32_t column_of(const struct irqtable_diff *diff, uint32_t cpu)
{
	unsigned int c;

	for (c = 0; c < diff->ncpus; c++)
		if (diff->cur->cpu[c] == cpu)
			return c;
	return IRQTABLE_NONE;
}

struct top {
	uint32_t row[BUSIEST], delta[BUSIEST];
	unsigned int count;
};

/* Keeps the rows that counted most, in order. */
static void top_add(struct top *top, uint32_t row, uint32_t delta)
{
	unsigned int at = top->count < BUSIEST ? top->count : BUSIEST;

	while (at && top->delta[at - 1] < delta)
		at--;
	if (at == BUSIEST)
		return;
	if (top->count < BUSIEST)
		top->count++;
	memmove(top->row + at + 1, top->row + at, (top->count - at - 1) * sizeof(*top->row));
	memmove(top->delta + at + 1, top->delta + at, (top->count - at - 1) * sizeof(*top->delta));
	top->row[at] = row;
	top->delta[at] = delta;
}

static void top_find(struct top *top, const struct irqtable_diff *diff, uint32_t cpu)
{
	uint32_t column = column_of(diff, cpu), r, delta;

	top->count = 0;
	for (r = 0; column != IRQTABLE_NONE && r < diff->nrows; r++) {
		if (!diff->row[r].delta)
			continue;
		delta = irqtable_diff_cell(diff, r, column);
		if (delta)
			top_add(top, r, delta);
	}
}

void draw_cpu_interrupts(struct pen *pen, const struct session *session, const struct view_row *row)
{
	const struct irqtable_diff *diff = &session->monitor.diff[TABLE_INTERRUPTS];
	double seconds = session->monitor.seconds;
	char number[FORMAT_BYTES];
	struct top top;
	unsigned int i;
	int y;

	if (!monitor_sample(&session->monitor)->have[TABLE_INTERRUPTS] || !(seconds > 0))
		return;
	top_find(&top, diff, row->cpu->cpu);
	pen_next(pen);
	y = pen_next(pen);
	if (y >= 0)
		canvas_print(pen->canvas, 0, (unsigned int)y, STRONG, "%8s %8s  %s", "IRQ",
			     "rate/s", "handlers");
	for (i = 0; i < top.count; i++) {
		struct view_row irq = { .table = TABLE_INTERRUPTS,
					.data = &diff->cur->row[top.row[i]],
					.text = diff->cur->text };
		struct value name = field_get(FIELD_NAME, &irq);

		y = pen_next(pen);
		if (y < 0)
			continue;
		format_number(number, top.delta[i] / seconds, 8);
		canvas_text(pen->canvas, irq.data->label_len < 8 ? 8 - irq.data->label_len : 0,
			    (unsigned int)y, 8, PLAIN, irq.text + irq.data->label,
			    irq.data->label_len);
		canvas_print(pen->canvas, 9, (unsigned int)y, PLAIN, "%8s", number);
		canvas_text_ends(pen->canvas, 19, (unsigned int)y,
				 pen->canvas->width > 19 ? pen->canvas->width - 19 : 1, PLAIN,
				 name.text ? name.text : "", name.len);
	}
}

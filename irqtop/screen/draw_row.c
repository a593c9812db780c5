// SPDX-License-Identifier: GPL-2.0-or-later
/* The opened row: its facts, history and CPUs. */
#include <stdio.h>
#include <string.h>

#include "draw_cpu.h"
#include "draw_group.h"
#include "draw_row.h"
#include "irqtop/view/format.h"
#include "pen.h"
#include "picture.h"

#define LABEL_WIDTH  11
#define OFF_NODE     "its CPUs are on another node than its device"
#define PAUSED_WIDTH 8
#define CPU_CELL     16 /* "CPU1023  123.4k " and a bar */

static void numbers(struct pen *pen, const struct view_row *row)
{
	static const enum field_id shown[] = { FIELD_RATE, FIELD_MAX, FIELD_SHARE, FIELD_DELTA,
					       FIELD_TOTAL };
	char text[160], number[FORMAT_BYTES];
	size_t i, len = 0;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct value value = field_get(shown[i], row);

		format_value(number, &fields[shown[i]], &value, 12);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %s%s", i ? "  " : "",
					fields[shown[i]].title, number,
					shown[i] == FIELD_SHARE && value.kind != VALUE_NONE ? "%" :
											      "");
	}
	pen_fact(pen, "counts", text, len, STRONG);
}

static void cpus_fact(struct pen *pen, const char *label, unsigned int have, unsigned int bit,
		      const struct cpu_mask *cpus, const char *note)
{
	char text[CPU_MASK_BYTES + 64];
	size_t len;

	if (!(have & bit))
		return;
	len = cpu_mask_format(cpus, text, CPU_MASK_BYTES);
	snprintf(text + len, sizeof(text) - len, "%s", note);
	pen_fact_text(pen, label, text);
}

static void descriptor(struct pen *pen, const struct detail *detail, const struct view_row *row)
{
	const struct irqtable_facts *facts = &detail->facts;
	char text[256];

	if (!detail->known)
		return;
	cpus_fact(pen, "affinity", facts->have, IRQTABLE_HAVE_AFFINITY, &facts->affinity,
		  facts->settable ? "" : "  (the kernel does not let it be changed)");
	cpus_fact(pen, "effective", facts->have, IRQTABLE_HAVE_EFFECTIVE, &facts->effective, "");
	if (cpu_mask_count(&facts->hint))
		cpus_fact(pen, "hint", facts->have, IRQTABLE_HAVE_HINT, &facts->hint, "");
	if (facts->have & IRQTABLE_HAVE_SPURIOUS) {
		if (facts->spurious_unhandled)
			snprintf(text, sizeof(text),
				 "%llu unhandled of the last %llu, last one at %llu ms",
				 (unsigned long long)facts->spurious_unhandled,
				 (unsigned long long)facts->spurious_seen,
				 (unsigned long long)facts->spurious_last_ms);
		else
			snprintf(text, sizeof(text), "none");
		pen_fact(pen, "spurious", text, strlen(text),
			 facts->spurious_unhandled ? BAD : PLAIN);
	}
	if (facts->have & IRQTABLE_HAVE_WAKEUP && facts->wakeup)
		pen_fact_text(pen, "wake-up", "may wake the system");
	if (row->track->has_thread) {
		snprintf(text, sizeof(text), "%.1f %% of a CPU", row->track->thread_cpu * 100);
		pen_fact_text(pen, "thread", text);
	}
}

static void words(struct pen *pen, const struct view_row *row)
{
	static const struct {
		enum field_id id;
		const char *label;
	} shown[] = {
		{ .id = FIELD_NAME, .label = "handlers" },
		{ .id = FIELD_SUM, .label = "counts" },
		{ .id = FIELD_CHIP, .label = "chip" },
		{ .id = FIELD_HWIRQ, .label = "hwirq" },
		{ .id = FIELD_TRIGGER, .label = "trigger" },
		{ .id = FIELD_DEVICE, .label = "device" },
		{ .id = FIELD_DRIVER, .label = "driver" },
	};
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct value value = field_get(shown[i].id, row);

		pen_fact(pen, shown[i].label, value.text, value.len, PLAIN);
	}
}

static void history(struct pen *pen, const struct view_row *row)
{
	struct canvas page = *pen->canvas;
	unsigned int height = pen->canvas->height >= 20 ? 4 : 2, i;
	unsigned int width = pen->canvas->width - pen->label;
	char top[FORMAT_BYTES];
	int y[4];

	if (!row->track->history_len)
		return;
	if (width > TRACK_HISTORY)
		width = TRACK_HISTORY;
	for (i = 0; i < height; i++)
		y[i] = pen_next(pen);
	/* A chart that is partly visible is left out: a part of a bar is wrong. */
	if (y[0] < 0 || y[height - 1] < 0)
		return;
	canvas_print(&page, 0, (unsigned int)y[0], DIM, "history");
	format_number(top, picture_history_top(row->track, width), 5);
	canvas_print(&page, 0, (unsigned int)y[1], DIM, "to %s/s", top);
	picture_history(&page, pen->label, (unsigned int)y[0], width, height, PLAIN, row->track);
}

static void cpu_cell(struct canvas *canvas, unsigned int x, unsigned int y, uint32_t cpu,
		     double rate_hz, double top_hz, bool known)
{
	unsigned int level = picture_level(rate_hz);
	char number[FORMAT_BYTES];

	format_number(number, rate_hz, 6);
	if (known && rate_hz > 0 && rate_hz < 9.95)
		snprintf(number, sizeof(number), "%.1f", rate_hz);
	canvas_print(canvas, x, y, DIM, "%5u", cpu);
	canvas_print(canvas, x + 6, y, level ? PLAIN : DIM, "%6s", known ? number : "-");
	picture_place(canvas, x + 13, y, rate_hz, top_hz, 0);
}

/* Rates by CPU, in as many columns as fit, of CPUs that ever took the interrupt. */
static void cpus(struct pen *pen, const struct session *session, const struct view_row *row)
{
	const struct irqtable_diff *diff = row->diff;
	const uint32_t *cell = irqtable_cells(diff->cur, row->row);
	unsigned int each = pen->canvas->width / CPU_CELL, n = 0, left_out = 0;
	double seconds = session->monitor.seconds, top_hz = 0;
	char text[96];
	unsigned int c;
	int y = -1;

	if (row->data->ncells != diff->ncpus || !each)
		return;
	for (c = 0; c < diff->ncpus && seconds > 0; c++)
		if (irqtable_diff_cell(diff, row->row, c) > top_hz * seconds)
			top_hz = irqtable_diff_cell(diff, row->row, c) / seconds;
	pen_next(pen);
	y = pen_next(pen);
	if (y >= 0)
		canvas_print(pen->canvas, 0, (unsigned int)y, STRONG, "  CPU   rate/s");
	for (c = 0; c < diff->ncpus; c++) {
		if (!cell[c]) {
			left_out++;
			continue;
		}
		if (n % each == 0)
			y = pen_next(pen);
		if (y >= 0)
			cpu_cell(pen->canvas, n % each * CPU_CELL, (unsigned int)y,
				 diff->cur->cpu[c],
				 seconds > 0 ? irqtable_diff_cell(diff, row->row, c) / seconds : 0,
				 top_hz, irqtable_diff_known(diff, row->row, c));
		n++;
	}
	if (!left_out)
		return;
	snprintf(text, sizeof(text), "%u CPU%s never took it", left_out, left_out == 1 ? "" : "s");
	y = pen_next(pen);
	if (y >= 0)
		canvas_print(pen->canvas, 2, (unsigned int)y, DIM, "%s", text);
}

/* A bar for each power of two. Empty ones between others are shown: they part two peaks. */
static void histogram(struct pen *pen, const struct hist *hist)
{
	uint64_t bin[64] = { 0 }, most = 0;
	struct hist_bucket bucket;
	unsigned int width = pen->canvas->width, first = 63, last = 0, i, x, bar;
	size_t position = 0;
	char at[FORMAT_BYTES];
	int y;

	while (hist_next(hist, &position, &bucket))
		bin[bucket.high ? 63 - __builtin_clzll(bucket.high) : 0] += bucket.count;
	for (i = 0; i < 64; i++) {
		most = bin[i] > most ? bin[i] : most;
		first = bin[i] && i < first ? i : first;
		last = bin[i] ? i : last;
	}
	for (i = first; i <= last; i++) {
		y = pen_next(pen);
		if (y < 0)
			continue;
		format_duration(at, UINT64_C(1) << i);
		x = pen->label + canvas_print(pen->canvas, pen->label, (unsigned int)y, DIM,
					      ">= %-7s %8llu ", at, (unsigned long long)bin[i]);
		bar = width > x ? (unsigned int)((double)bin[i] / (double)most * (width - x)) : 0;
		for (; bar; bar--, x++)
			canvas_put(pen->canvas, x, (unsigned int)y,
				   picture_glyph(pen->canvas, HEAT_LEVELS), GOOD);
	}
}

static void latency(struct pen *pen, const char *label, const char *unit,
		    const struct track_latency *of, const struct hist *hist)
{
	char text[160], at[3][FORMAT_BYTES];

	format_duration(at[0], of->p50_ns);
	format_duration(at[1], of->p99_ns);
	format_duration(at[2], of->max_ns);
	snprintf(text, sizeof(text), "p50 %s  p99 %s  longest %s  of %llu %s",
		 of->have_p50 ? at[0] : "-", of->have_p99 ? at[1] : "-", at[2],
		 (unsigned long long)of->n, unit);
	pen_fact_text(pen, label, text);
	histogram(pen, hist);
}

static void times(struct pen *pen, const struct ui *ui, const struct view_row *row)
{
	const struct track_time *time = row->track->time;
	char text[160], at[2][FORMAT_BYTES];

	if (!time || !time->known)
		return;
	format_duration(at[0], time->avg_ns);
	format_duration(at[1], time->max_ns);
	snprintf(text, sizeof(text), "mean %s  longest %s  %.2f%% of a CPU",
		 time->handlers ? at[0] : "-", at[1], time->share * 100);
	pen_fact_text(pen, row->table == TABLE_SOFTIRQS ? "softirq" : "handler", text);
	if (ui->have_latency[LATENCY_TASK])
		latency(pen, "to task", "woken", &time->task, &ui->latency[LATENCY_TASK]);
	if (ui->have_latency[LATENCY_READ])
		latency(pen, "to read()", "reads", &time->read, &ui->latency[LATENCY_READ]);
}

static void readers(struct pen *pen, const struct detail *detail)
{
	unsigned int i;

	for (i = 0; i < detail->nreaders; i++)
		pen_fact_text(pen, i ? "" : "readers", detail->reader[i]);
}

static void all(struct pen *pen, const struct ui *ui, const struct session *session,
		const struct view_row *row)
{
	numbers(pen, row);
	if (row->cpu) {
		draw_cpu_facts(pen, row);
		history(pen, row);
		draw_cpu_interrupts(pen, session, row);
		return;
	}
	if (row->group)
		draw_group(pen, session, row);
	else
		words(pen, row);
	if (row->data->irq >= 0 && row->table == TABLE_INTERRUPTS) {
		descriptor(pen, &ui->detail, row);
		pen_fact(pen, "isolation", ui->isolation, strlen(ui->isolation), WARN);
		if (row->track->off_node)
			pen_fact(pen, "node", OFF_NODE, strlen(OFF_NODE), WARN);
		readers(pen, &ui->detail);
	}
	times(pen, ui, row);
	history(pen, row);
	cpus(pen, session, row);
}

void draw_row(struct canvas *canvas, struct ui *ui, const struct session *session,
	      const struct view_row *row)
{
	struct pen pen = { .canvas = canvas,
			   .top = 1,
			   .bottom = canvas->height - 1,
			   .label = LABEL_WIDTH,
			   .label_style = DIM };
	struct value name = field_get(row->cpu ? FIELD_MARKS : FIELD_NAME, row);
	unsigned int x;

	canvas_style(canvas, 0, 0, canvas->width, TITLE);
	x = canvas_print(canvas, 0, 0, TITLE, "%s ",
			 row->cpu		      ? "CPU" :
			 row->group		      ? "Interrupts of" :
			 row->table == TABLE_SOFTIRQS ? "softirq" :
							"IRQ");
	x += canvas_text(canvas, x, 0, row->group ? 32 : 16, TITLE, row->text + row->data->label,
			 row->data->label_len);
	x += 2;
	if (canvas->width > x + PAUSED_WIDTH)
		canvas_text(canvas, x, 0, canvas->width - x - (ui->paused ? PAUSED_WIDTH : 0),
			    TITLE, name.text ? name.text : "", name.len);
	if (ui->paused)
		canvas_print(canvas, canvas->width - PAUSED_WIDTH, 0, TITLE, " PAUSED");
	pen_measure(&pen);
	all(&pen, ui, session, row);
	pen_scroll(&pen, &ui->row_top);
	all(&pen, ui, session, row);
	pen_position(&pen);
}

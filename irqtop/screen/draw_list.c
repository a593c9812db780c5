// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of rows, and what is above it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "draw_list.h"
#include "irqtop/view/format.h"
#include "picture.h"

#define GROUPS_MAX CPUS_MAX

#define NEW_SAMPLES 5 /* samples for which a new row is marked */

static void clock_text(char *buf, size_t size, int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(buf, size, "%H:%M:%S", &tm))
		buf[0] = '\0';
}

static void title_draw(struct canvas *canvas, const struct ui *ui, const struct session *session)
{
	const struct sampler *sampler = session->monitor.sampler;
	const struct sample *sample = monitor_sample(&session->monitor);
	char clock[16], right[96];
	unsigned int x, len;

	clock_text(clock, sizeof(clock), sample->wall_ms);
	x = canvas_print(canvas, 0, 0, STRONG, "irqtop ");
	if (sampler->ops->seek)
		snprintf(right, sizeof(right), "%s%u/%u  %s", ui->paused ? "PAUSED  " : "",
			 sampler->next, sampler->count, clock);
	else
		snprintf(right, sizeof(right), "%severy %g s  %s", ui->paused ? "PAUSED  " : "",
			 (double)session->options.interval_ns / 1e9, clock);
	len = (unsigned int)strlen(right);
	if (canvas->width > len + x + 1)
		canvas_text(canvas, x, 0, canvas->width - len - x - 1, PLAIN, ui->where,
			    strlen(ui->where));
	if (canvas->width > len)
		canvas_print(canvas, canvas->width - len, 0, ui->paused ? WARN : PLAIN, "%s",
			     right);
}

/* What is unknown is "-". `timed`: with the share of CPU time. */
static unsigned int figure(struct canvas *canvas, unsigned int x, const char *name, double rate_hz,
			   bool timed, double cpu)
{
	char number[FORMAT_BYTES] = "-", share[FORMAT_BYTES] = "-";

	if (x + strlen(name) + 16 > canvas->width)
		return x;
	if (rate_hz >= 0)
		format_number(number, rate_hz, 6);
	if (cpu >= 0)
		snprintf(share, sizeof(share), "%.1f", cpu * 100);
	x += canvas_print(canvas, x, 1, DIM, "%s ", name);
	x += canvas_print(canvas, x, 1, STRONG, "%s/s", number);
	if (timed)
		x += canvas_print(canvas, x, 1, PLAIN,
				  canvas->width < 100 ? " %s%%" : " %s%% of CPU time", share);
	return x + 2;
}

/* What tracing costs. */
static unsigned int cost_figure(struct canvas *canvas, unsigned int x,
				const struct session *session)
{
	const struct latency_cost *cost = &session->cost;
	char number[FORMAT_BYTES];

	format_number(number, cost->events_hz, 6);
	x += canvas_print(canvas, x, 1, WARN, "tracing %s ev/s", number);
	if (cost->cpu >= 0)
		x += canvas_print(canvas, x, 1, WARN, ", %.2f%%", cost->cpu * 100);
	if (cost->lost)
		x += canvas_print(canvas, x, 1, BAD, ", %llu lost", (unsigned long long)cost->lost);
	return x + 2;
}

static void totals_draw(struct canvas *canvas, const struct ui *ui, const struct session *session)
{
	const struct monitor_totals *totals = &session->monitor.totals;
	const struct view *view = &session->view;
	unsigned int x = 0, len;
	char rows[64];

	if (session->monitor.samples < 2) {
		x = canvas_print(canvas, 0, 1, DIM, "measuring") + 2;
	} else if (monitor_sample(&session->monitor)->have_stat) {
		x = figure(canvas, x, "interrupts", totals->interrupts_hz, true, totals->irq_cpu);
		x = figure(canvas, x, "softirqs", totals->softirqs_hz, true, totals->softirq_cpu);
	}
	if (session->latency)
		x = cost_figure(canvas, x, session);
	else if (x && session->monitor.samples > 1)
		x = figure(canvas, x, "switches", totals->switches_hz, false, -1);
	snprintf(rows, sizeof(rows), view->hidden ? "%u of %u rows" : "%u rows", view->nrows,
		 view->nrows + view->hidden);
	len = (unsigned int)strlen(rows);
	if (x + len < canvas->width)
		canvas_print(canvas, canvas->width - len, 1, DIM, "%s", rows);
	if (ui->self_cpu >= 0 && x + len + 20 < canvas->width)
		canvas_print(canvas, canvas->width - len - 14, 1, DIM, "irqtop %.1f%%",
			     ui->self_cpu * 100);
}

/* Which CPUs the strip shows. */
static void axis_text(char *buf, size_t size, const struct ui *ui, const struct axis *axis,
		      unsigned int places)
{
	uint32_t last = ui->strip_at + places;
	const struct axis_group *a, *b;

	if (last > axis->ngroups)
		last = axis->ngroups;
	if (ui->strip_at >= last) {
		buf[0] = '\0';
		return;
	}
	a = &axis->group[ui->strip_at];
	b = &axis->group[last - 1];
	if (axis->mode == AXIS_CPU)
		snprintf(buf, size, "CPUs %u-%u of %u", a->first, b->last, axis->ncpus);
	else if (axis->mode == AXIS_NODE)
		snprintf(buf, size, "%u CPUs by node, %u to %u", axis->ncpus, ui->strip_at,
			 last - 1);
	else
		snprintf(buf, size, "CPUs %u-%u of %u by %s of %u", a->first, b->last, axis->ncpus,
			 axis_mode_names[axis->mode], a->ncpus);
}

/* The table whose rows the strip above the list sums. */
static enum table_id summed_table(const struct session *session)
{
	const bool *have = monitor_sample(&session->monitor)->have;

	if (!have[TABLE_INTERRUPTS])
		return TABLE_SOFTIRQS;
	return session->options.view.tables == TABLES_SOFTIRQS && have[TABLE_SOFTIRQS] ?
		       TABLE_SOFTIRQS :
		       TABLE_INTERRUPTS;
}

/* The busiest CPU, as a number. */
static unsigned int busiest_draw(struct canvas *canvas, unsigned int x, uint32_t cpu, double hz)
{
	char number[FORMAT_BYTES];

	format_number(number, hz, 6);
	if (x + 22 > canvas->width || !(hz > 0))
		return x;
	x += canvas_print(canvas, x, 2, DIM, "busiest %u: ", cpu);
	return x + canvas_print(canvas, x, 2, PLAIN, "%s/s", number) + 2;
}

/* The sum of all interrupts (or softirqs) by group, and the filter. */
static void sum_draw(struct canvas *canvas, const struct ui *ui, const struct session *session)
{
	const struct axis *axis = &session->axis;
	const enum table_id table = summed_table(session);
	unsigned int places = ui->layout.strip, i, x;
	double rate[GROUPS_MAX], top_hz;
	uint32_t busiest = 0;
	char text[96];

	if (axis->ngroups > GROUPS_MAX)
		return;
	top_hz = axis_sum_rates(axis, &session->monitor.diff[table], session->monitor.seconds, rate,
				&busiest);
	axis_text(text, sizeof(text), ui, axis, places);
	x = canvas_print(canvas, 0, 2, DIM, "%s%s ", table == TABLE_SOFTIRQS ? "softirqs, " : "",
			 text);
	if (canvas->width < x + 3)
		return;
	if (places > canvas->width - x - 2)
		places = canvas->width - x - 2;
	canvas_put(canvas, x++, 2, '[', DIM);
	for (i = 0; i < places && ui->strip_at + i < axis->ngroups; i++)
		picture_place(canvas, x++, 2, rate[ui->strip_at + i], top_hz, 0);
	canvas_put(canvas, x, 2, ']', DIM);
	x = busiest_draw(canvas, x + 2, busiest, top_hz);
	if (session->options.view.filter[0])
		canvas_print(canvas, x, 2, WARN, "filter: %s", session->options.view.filter);
}

static void heading_draw(struct canvas *canvas, const struct ui *ui, const struct session *session)
{
	const struct view_settings *settings = &session->options.view;
	const struct layout *layout = &ui->layout;
	unsigned int i, x;

	canvas_style(canvas, 0, layout->title_y, canvas->width, TITLE);
	for (i = 0; i < layout->ncolumns; i++) {
		const struct layout_column *column = &layout->column[i];
		const struct field *field = &fields[column->id];
		unsigned int len = (unsigned int)strlen(field->title);
		bool sorted = settings->sort == column->id;

		x = column->x;
		if (!field->left && len < column->width)
			x += column->width - len;
		canvas_text(canvas, x, layout->title_y, column->width, TITLE, field->title, len);
		if (!sorted)
			continue;
		canvas_style(canvas, x, layout->title_y, len, TITLE | SELECTED);
		/* The mark is on the blank before the title, or behind it. */
		canvas_put(canvas, field->left || x == column->x ? x + len : x - 1, layout->title_y,
			   settings->frozen		      ? '=' :
			   field->rising != settings->reverse ? '^' :
								'v',
			   TITLE);
	}
}

static bool group_allowed(const struct axis *axis, uint32_t group, const struct cpu_mask *affinity)
{
	const struct axis_group *g = &axis->group[group];
	uint32_t cpu;

	for (cpu = g->first; cpu <= g->last; cpu++)
		if (axis->group_of[cpu] == group && cpu_mask_has(affinity, cpu))
			return true;
	return false;
}

/* A bar for CPUs that took the interrupt, a dot for others in its affinity. */
static void strip_cell(struct canvas *canvas, const struct ui *ui, const struct session *session,
		       const struct view_row *row, unsigned int x, unsigned int y,
		       unsigned int width, unsigned int selected)
{
	const struct track_facts *facts = &row->track->facts;
	const struct axis *axis = &session->axis;
	size_t len = facts->affinity.len;
	struct cpu_mask affinity;
	double rate[GROUPS_MAX], top_hz;
	bool known;
	unsigned int i;

	if (axis->ngroups > GROUPS_MAX)
		return;
	known = len && !cpu_mask_parse(&affinity, track_list_text(&facts->affinity), len);
	top_hz = axis_rates(axis, row->diff, row->row, session->monitor.seconds, rate);
	for (i = 0; i < width && ui->strip_at + i < axis->ngroups; i++) {
		if (rate[ui->strip_at + i] > 0)
			picture_place(canvas, x + i, y, rate[ui->strip_at + i], top_hz, selected);
		else if (known && group_allowed(axis, ui->strip_at + i, &affinity))
			canvas_put(canvas, x + i, y, canvas->ascii ? '.' : 0xb7, DIM | selected);
	}
}

static unsigned int cell_style(const struct field *field, const struct value *value,
			       const struct view_row *row)
{
	if (value->kind == VALUE_NONE || row->delta->total == 0)
		return DIM;
	if (field == &fields[FIELD_RATE] && row->rate_hz > 0) {
		unsigned int level = picture_level(row->rate_hz);

		return HEAT + level - 1;
	}
	if (field == &fields[FIELD_SPURIOUS] && value->count)
		return BAD;
	return PLAIN;
}

static void text_cell(struct canvas *canvas, const struct layout_column *column,
		      const struct view_row *row, unsigned int y, unsigned int selected)
{
	const struct field *field = &fields[column->id];
	struct value value = field_get(column->id, row);
	unsigned int x = column->x, style;
	char number[FORMAT_BYTES];
	const char *text = value.text;
	size_t len = value.len;

	if (column->id == FIELD_SHARE && row->data->sum != IRQTABLE_SUM_NONE) {
		text = "sum";
		len = strlen(text);
	} else if (value.kind != VALUE_TEXT) {
		/* "-" is a number that is not known yet. What does not apply is blank. */
		if (value.kind == VALUE_NONE && (field->needs || field->style == STYLE_TEXT))
			return;
		format_value(number, field, &value, column->width);
		text = number;
		len = strlen(number);
	}
	style = cell_style(field, &value, row) | selected;
	if (!field->left && len < column->width)
		x += column->width - (unsigned int)len;
	/* Names often differ at both ends: mlx5_comp0@pci:0000:3b:00.1. */
	if (column->id == FIELD_NAME)
		canvas_text_ends(canvas, x, y, column->width, style, text, len);
	else
		canvas_text(canvas, x, y, column->width, style, text, len);
}

static void list_row(struct canvas *canvas, const struct ui *ui, const struct session *session,
		     const struct view_row *row, unsigned int y, unsigned int selected)
{
	unsigned int i;

	if (selected)
		canvas_style(canvas, 0, y, canvas->width, PLAIN | selected);
	for (i = 0; i < ui->layout.ncolumns; i++) {
		const struct layout_column *column = &ui->layout.column[i];

		if (column->id == FIELD_STRIP && !row->cpu)
			strip_cell(canvas, ui, session, row, column->x, y, column->width, selected);
		else if (column->id == FIELD_STRIP)
			continue;
		else if (column->id == FIELD_HISTORY)
			picture_history(canvas, column->x, y, column->width, 1, DIM | selected,
					row->track);
		else
			text_cell(canvas, column, row, y, selected);
	}
	if (row->track->off_node && ui->layout.column[0].width < canvas->width)
		canvas_put(canvas, ui->layout.column[0].width, y, '!', WARN | selected);
	/* A row that was not there when irqtop started is marked. */
	if (!row->cpu && !row->group && row->track->seen <= NEW_SAMPLES &&
	    session->monitor.generation > row->track->seen &&
	    ui->layout.column[0].width < canvas->width)
		canvas_put(canvas, ui->layout.column[0].width, y, '+', GOOD | selected);
}

/* Why there are no interrupts. */
static void note_draw(struct canvas *canvas, const struct layout *layout,
		      const struct session *session)
{
	const char *why = session_missing(session);

	if (why && layout->note_y)
		canvas_print(canvas, 0, layout->note_y, BAD, "/proc/interrupts: %s", why);
}

void draw_list(struct canvas *canvas, struct ui *ui, const struct session *session)
{
	const struct view *view = &session->view;
	const struct layout *layout = &ui->layout;
	unsigned int i;

	title_draw(canvas, ui, session);
	if (layout->title_y > 1) {
		totals_draw(canvas, ui, session);
		sum_draw(canvas, ui, session);
	}
	heading_draw(canvas, ui, session);
	note_draw(canvas, layout, session);
	for (i = 0; i < layout->list_height && ui->top + i < view->nrows; i++)
		list_row(canvas, ui, session, &view->row[ui->top + i], layout->list_y + i,
			 ui->top + i == ui->cursor ? SELECTED : 0);
	if (!view->nrows && view->idle)
		canvas_print(canvas, 0, layout->list_y, WARN, "nothing counts");
	else if (!view->nrows)
		canvas_print(canvas, 0, layout->list_y, WARN,
			     "no row passes the filter (\\ clears it)");
	/* Behind the last row, or in the place that is kept for it. */
	i = view->nrows > ui->top ? view->nrows - ui->top : 1;
	if (layout->fold_y && view->idle)
		canvas_print(canvas, 0,
			     layout->list_y + i < layout->fold_y ? layout->list_y + i :
								   layout->fold_y,
			     DIM, "%u idle row%s (i shows them)", view->idle,
			     view->idle == 1 ? "" : "s");
}

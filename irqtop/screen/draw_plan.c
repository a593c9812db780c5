// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of a plan: where interrupts go now, and where they would. */
#include <stdio.h>
#include <string.h>

#include "draw_plan.h"
#include "irqtop/view/format.h"
#include "pen.h"
#include "picture.h"

#define LABEL	     8
#define NARROW_WIDTH 60	 /* has no rates */
#define NAME_WIDTH   100 /* has names */
#define ANSWER_WIDTH 34

/* The busiest CPU of each place, as in every strip. */
static void strip(struct pen *pen, const char *label, const struct axis *axis, const double *cpu_hz,
		  double top_hz)
{
	static double place_hz[CPUS_MAX];
	int y = pen_next(pen);
	uint32_t c, g;

	if (y < 0)
		return;
	memset(place_hz, 0, axis->ngroups * sizeof(place_hz[0]));
	for (c = 0; c < axis->cpu_end; c++) {
		g = axis->group_of[c];
		if (g != IRQTABLE_NONE && cpu_hz[c] > place_hz[g])
			place_hz[g] = cpu_hz[c];
	}
	canvas_print(pen->canvas, 0, (unsigned int)y, DIM, "%s", label);
	canvas_put(pen->canvas, LABEL, (unsigned int)y, '[', DIM);
	for (g = 0; g < axis->ngroups && LABEL + g + 2 < pen->canvas->width; g++)
		picture_place(pen->canvas, LABEL + 1 + g, (unsigned int)y, place_hz[g], top_hz, 0);
	canvas_put(pen->canvas, LABEL + 1 + g, (unsigned int)y, ']', DIM);
}

static double top_of(double top_hz, const double *cpu_hz)
{
	uint32_t c;

	for (c = 0; c < CPUS_MAX; c++)
		top_hz = cpu_hz[c] > top_hz ? cpu_hz[c] : top_hz;
	return top_hz;
}

/* One scale for the strips, so that they can be compared. */
static void strips(struct pen *pen, const struct session *session, const struct moves *moves)
{
	static double now[CPUS_MAX];
	double top_hz = top_of(top_of(0, moves->before), moves->after);
	bool applied = moves->applied && moves_now(session, moves, now);
	char text[MOVES_TEXT];

	if (applied)
		top_hz = top_of(top_hz, now);
	strip(pen, "before", &session->axis, moves->before, top_hz);
	moves_load_text(text, moves, moves->before);
	pen_fact_text(pen, "", text);
	strip(pen, "after", &session->axis, moves->after, top_hz);
	moves_load_text(text, moves, moves->after);
	pen_fact_text(pen, "", text);
	if (!applied)
		return;
	strip(pen, "now", &session->axis, now, top_hz);
	moves_load_text(text, moves, now);
	pen_fact_text(pen, "", text);
}

static void summary(struct pen *pen, const struct moves *moves)
{
	static const struct {
		enum plan_state state;
		const char *text;
	} kinds[] = {
		{ .state = PLAN_MOVES, .text = "to move" },
		{ .state = PLAN_STAYS, .text = "there" },
		{ .state = PLAN_MANAGED, .text = "managed" },
		{ .state = PLAN_FIXED, .text = "fixed" },
		{ .state = PLAN_UNKNOWN, .text = "unknown" },
	};
	char text[MOVES_TEXT];
	unsigned int i, count;
	int len;

	len = snprintf(text, sizeof(text), "%zu", moves->n);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		count = moves_count(moves, kinds[i].state);
		if (count)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s %u %s",
					i && strchr(text, ':') ? "," : ":", count, kinds[i].text);
	}
	pen_fact_text(pen, "IRQs", text);
}

static unsigned int answer_style(const struct moves *moves, size_t i)
{
	const struct moves_answer *answer = &moves->answer[i];

	if (answer->tried)
		return answer->err || answer->changed ? BAD : GOOD;
	return moves->irq[i].state == PLAN_MOVES ? PLAIN : DIM;
}

static void irq_line(struct pen *pen, const struct session *session, const struct moves *moves,
		     size_t i)
{
	const struct plan_irq *irq = &moves->irq[i];
	unsigned int width = pen->canvas->width, x = 7, room;
	char cpus[64], number[FORMAT_BYTES], answer[MOVES_TEXT];
	const char *name;
	int at = pen_next(pen);
	size_t len;

	if (at < 0)
		return;
	canvas_print(pen->canvas, 0, (unsigned int)at, PLAIN, "%6u", irq->irq);
	if (width >= NARROW_WIDTH) {
		format_number(number, irq->rate_hz, 8);
		x += canvas_print(pen->canvas, x, (unsigned int)at, PLAIN, "%8s", number) + 1;
	}
	moves_cpus_text(cpus, &irq->before, 9);
	canvas_print(pen->canvas, x, (unsigned int)at, PLAIN, "%s", irq->known ? cpus : "-");
	moves_cpus_text(cpus, &irq->after, 9);
	x += 10;
	canvas_print(pen->canvas, x, (unsigned int)at, PLAIN, "%s", irq->known ? cpus : "-");
	x += 10;
	moves_answer_text(answer, moves, i);
	room = width > x ? width - x : 1;
	name = width >= NAME_WIDTH ? moves_name(session, irq->irq, &len) : NULL;
	if (name && room > ANSWER_WIDTH) {
		canvas_text_ends(pen->canvas, x + ANSWER_WIDTH, (unsigned int)at,
				 room - ANSWER_WIDTH, PLAIN, name, len);
		room = ANSWER_WIDTH - 1;
	}
	canvas_text(pen->canvas, x, (unsigned int)at, room, answer_style(moves, i), answer,
		    strlen(answer));
}

static void heading(struct pen *pen, const struct moves *moves)
{
	unsigned int width = pen->canvas->width;
	int y = pen_next(pen);

	if (y < 0)
		return;
	canvas_style(pen->canvas, 0, (unsigned int)y, width, TITLE);
	canvas_print(pen->canvas, 0, (unsigned int)y, TITLE, "%6s %s%s%-10s%-10s%-*s%s", "IRQ",
		     width < NARROW_WIDTH ? "" :
		     moves->rated	  ? "    RATE" :
					    "   TOTAL",
		     width < NARROW_WIDTH ? "" : " ", "BEFORE", "AFTER",
		     width >= NAME_WIDTH ? ANSWER_WIDTH : 1, "ANSWER",
		     width >= NAME_WIDTH ? "NAME" : "");
}

static void all(struct pen *pen, const struct session *session, const struct moves *moves)
{
	size_t i;

	summary(pen, moves);
	strips(pen, session, moves);
	heading(pen, moves);
	for (i = 0; i < moves->n; i++)
		irq_line(pen, session, moves, i);
}

void draw_plan(struct canvas *canvas, struct ui *ui, const struct session *session)
{
	const struct moves *moves = ui_moves(ui);
	struct pen pen = { .canvas = canvas,
			   .top = 1,
			   .bottom = canvas->height - 1,
			   .label = LABEL,
			   .label_style = DIM };
	char title[2 * MOVES_TEXT + 32];

	snprintf(title, sizeof(title), "%s: %s to %s", moves->applied ? "Moved" : "Plan",
		 moves->what, moves->where);
	canvas_style(canvas, 0, 0, canvas->width, TITLE);
	canvas_text(canvas, 0, 0, canvas->width, TITLE, title, strlen(title));
	pen_measure(&pen);
	all(&pen, session, moves);
	pen_scroll(&pen, &ui->plan_top);
	all(&pen, session, moves);
	pen_position(&pen);
}

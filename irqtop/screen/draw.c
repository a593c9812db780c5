// SPDX-License-Identifier: GPL-2.0-or-later
/* The screen: one of the pages, and the prompt, message or keys at the bottom. */
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "draw_list.h"
#include "draw_plan.h"
#include "draw_row.h"
#include "irqtop/view/format.h"
#include "pen.h"
#include "picture.h"

/* What the colours of bars stand for. Their height is that beside the highest of the row. */
static void heat_legend(struct canvas *canvas, unsigned int y)
{
	char step[FORMAT_BYTES];
	unsigned int x, level;

	x = canvas_print(canvas, 0, y, PLAIN,
			 canvas->width < 79 ? "Bars, /s:" : "Bars, per second and CPU from:") +
	    1;
	for (level = 1; level <= HEAT_LEVELS; level++) {
		canvas_put(canvas, x, y, picture_glyph(canvas, HEAT_LEVELS), HEAT + level - 1);
		format_number(step, picture_step_hz(level), 3);
		x += 1 + canvas_print(canvas, x + 1, y, DIM, "%s", step);
		x += canvas->width >= 60;
	}
}

static void help_write(struct pen *pen)
{
	size_t k;
	int y;

	for (k = 0; k < key_helps_count; k++)
		pen_fact_text(pen, key_helps[k].keys, key_helps[k].text);
	pen_fact_text(
		pen, "CPUS",
		"bars as high as the busiest CPU of each place, beside the busiest of the row");
	y = pen_next(pen);
	if (y >= 0)
		heat_legend(pen->canvas, (unsigned int)y);
	pen_next(pen);
	for (k = 0; k < FIELD_COUNT; k++)
		pen_fact_text(pen, fields[k].title, fields[k].help);
}

static void help_draw(struct canvas *canvas, struct ui *ui)
{
	struct pen pen = { .canvas = canvas,
			   .top = 1,
			   .bottom = canvas->height - 1,
			   .label = canvas->width < 50 ? 12 : 18,
			   .label_style = STRONG };

	canvas_print(canvas, 0, 0, STRONG, "irqtop %s: keys, then columns", PROCIRQ_VERSION);
	pen_measure(&pen);
	help_write(&pen);
	pen_scroll(&pen, &ui->help_top);
	help_write(&pen);
	pen_position(&pen);
}

static unsigned int prompt_draw(struct canvas *canvas, const struct ui *ui, unsigned int y)
{
	switch (ui->prompt) {
	case PROMPT_FILTER:
		return canvas_print(canvas, 0, y, STRONG, "Filter: ");
	case PROMPT_INTERVAL:
		return canvas_print(canvas, 0, y, STRONG, "Seconds: ");
	case PROMPT_MOVE:
		return canvas_print(canvas, 0, y, STRONG, "%s",
				    canvas->width < 60 ?
					    "Move to: " :
					    "Move to (0-3,8  node:1  spread  spread:0-3): ");
	default:
		return canvas_print(canvas, 0, y, STRONG, "CPUs for IRQ %d: ", ui->irq);
	}
}

/* A long message takes several text lines: its end may be the reason. */
static void message_draw(struct canvas *canvas, const struct ui *ui)
{
	unsigned int style = ui->message_bad ? BAD : GOOD, y, x, height = 0;
	size_t len = strlen(ui->message), at, bytes;

	for (at = 0; at < len; at += pen_break(ui->message + at, len - at, canvas->width))
		height++;
	if (height > canvas->height)
		height = canvas->height;
	for (at = 0, y = canvas->height - height; y < canvas->height; y++, at += bytes) {
		bytes = pen_break(ui->message + at, len - at, canvas->width);
		for (x = 0; x < canvas->width && height > 1; x++)
			canvas_put(canvas, x, y, ' ', PLAIN);
		canvas_text(canvas, 0, y, canvas->width, style, ui->message + at, bytes);
	}
}

static void bottom_draw(struct canvas *canvas, const struct ui *ui)
{
	const struct edit *input = &ui->input;
	unsigned int y = canvas->height - 1, x, room;
	size_t from;

	if (ui->prompt != PROMPT_NONE) {
		x = prompt_draw(canvas, ui, y);
		room = canvas->width > x ? canvas->width - x : 1;
		from = edit_from(input, room);
		canvas_text(canvas, x, y, room, PLAIN, input->text + from, input->len - from);
		canvas_put(canvas, x + (unsigned int)(input->cursor - from), y,
			   input->cursor < input->len ? (unsigned char)input->text[input->cursor] :
							' ',
			   PLAIN | SELECTED);
	} else if (ui->message[0]) {
		message_draw(canvas, ui);
	} else if (ui->page == PAGE_HELP) {
		canvas_print(canvas, 0, y, DIM, "q: back  Up/Down: scroll");
	} else if (ui->page == PAGE_PLAN) {
		canvas_print(canvas, 0, y, DIM, "q: back  %s%s",
			     ui->show_moved ? "u: undo" : "a: apply",
			     canvas->width < 60 ? "" : "  Up/Down: scroll");
	} else if (ui->page == PAGE_ROW) {
		canvas_print(canvas, 0, y, DIM,
			     canvas->width < 60 ?
				     "q back  e affinity  m move" :
				     "q: back  e: affinity  m: move  Up/Down: scroll  ?: help");
	} else {
		canvas_print(canvas, 0, y, DIM,
			     canvas->width < 60 ?
				     "? help  / filter  Enter open  q quit" :
				     "?: help   /: filter   Enter: open the row   q: quit");
	}
}

void draw_screen(struct canvas *canvas, struct ui *ui, const struct session *session)
{
	const struct view_row *row = ui_row(ui, &session->view);

	if (canvas->width < 20 || canvas->height < 5) {
		canvas_print(canvas, 0, 0, PLAIN, "too small");
		return;
	}
	if (ui->page == PAGE_HELP)
		help_draw(canvas, ui);
	else if (ui->page == PAGE_ROW && row)
		draw_row(canvas, ui, session, row);
	else if (ui->page == PAGE_PLAN)
		draw_plan(canvas, ui, session);
	else
		draw_list(canvas, ui, session);
	bottom_draw(canvas, ui);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Which page is shown, the help page and the bottom line. */
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "draw_list.h"
#include "draw_row.h"
#include "picture.h"

static void help_draw(struct canvas *canvas)
{
	unsigned int y = 0, split = canvas->width < 50 ? 12 : 18, i;
	size_t k;

	canvas_print(canvas, 0, y++, STRONG, "irqtop %s: keys", PROCIRQ_VERSION);
	for (k = 0; k < key_helps_count && y + 1 < canvas->height; k++, y++) {
		canvas_text(canvas, 0, y, split - 1, STRONG, key_helps[k].keys,
			    strlen(key_helps[k].keys));
		canvas_text(canvas, split, y, canvas->width, PLAIN, key_helps[k].text,
			    strlen(key_helps[k].text));
	}
	if (y + 2 >= canvas->height)
		return;
	y = canvas->height - 2;
	canvas_print(canvas, 0, y, PLAIN, "CPU strip, per second and place:");
	for (i = 1; i <= HEAT_LEVELS && canvas->width >= 79; i++) {
		static const char *const from[] = { "", "1", "10", "100", "1k", "5k",
						    "20k", "50k", "100k" };
		unsigned int x = 33 + (i - 1) * 6;

		canvas_put(canvas, x, y, picture_glyph(canvas, i), HEAT + i - 1);
		canvas_print(canvas, x + 1, y, DIM, "%s", from[i]);
	}
}

static unsigned int prompt_draw(struct canvas *canvas, const struct ui *ui,
				unsigned int y)
{
	switch (ui->prompt) {
	case PROMPT_FILTER:
		return canvas_print(canvas, 0, y, STRONG, "Filter: ");
	case PROMPT_INTERVAL:
		return canvas_print(canvas, 0, y, STRONG, "Seconds: ");
	default:
		return canvas_print(canvas, 0, y, STRONG, "CPUs for IRQ %d: ", ui->irq);
	}
}

static void bottom_draw(struct canvas *canvas, const struct ui *ui)
{
	unsigned int y = canvas->height - 1, x, room;
	size_t len = strlen(ui->input), from;

	if (ui->prompt != PROMPT_NONE) {
		x = prompt_draw(canvas, ui, y);
		/* The end of a long input matters, and a place for the cursor. */
		room = canvas->width > x + 1 ? canvas->width - x - 1 : 1;
		from = len > room ? len - room : 0;
		x += canvas_text(canvas, x, y, room, PLAIN, ui->input + from, len - from);
		canvas_put(canvas, x, y, ' ', PLAIN | SELECTED);
	} else if (ui->message[0]) {
		canvas_text(canvas, 0, y, canvas->width, ui->message_bad ? BAD : GOOD,
			    ui->message, strlen(ui->message));
	} else if (ui->page == PAGE_HELP) {
		canvas_print(canvas, 0, y, DIM, "Esc: back");
	} else if (ui->page == PAGE_ROW) {
		canvas_print(canvas, 0, y, DIM, canvas->width < 60 ? "Esc back  e affinity" :
			     "Esc: back  e: affinity  Up/Down: scroll  Space: pause  ?: help");
	} else {
		canvas_print(canvas, 0, y, DIM, canvas->width < 60 ?
			     "? help  / filter  < > sort  q quit" :
			     "?: help  /: filter  < >: sort  Enter: open  a: active  t: tables  q: quit");
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
		help_draw(canvas);
	else if (ui->page == PAGE_ROW && row)
		draw_row(canvas, ui, session, row);
	else
		draw_list(canvas, ui, session);
	bottom_draw(canvas, ui);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages of the screen, drawn onto a canvas. Changes nothing else. */
#ifndef IRQTOP_DRAW_H
#define IRQTOP_DRAW_H

#include "canvas.h"
#include "ui.h"

/* Everything: the page that ui says, and the bottom line. */
void draw_screen(struct canvas *canvas, struct ui *ui, const struct session *session);

void draw_list(struct canvas *canvas, struct ui *ui, const struct session *session);
void draw_row(struct canvas *canvas, struct ui *ui, const struct session *session,
	      const struct view_row *row);

/* Level of a rate on one CPU or group: 0 none, 1..HEAT_LEVELS. */
unsigned int draw_level(double rate_hz);

/* A glyph as high as level / HEAT_LEVELS; level 0 is a blank. */
uint32_t draw_glyph(const struct canvas *canvas, unsigned int level);

/* The last `width` rates of a track, newest right. */
void draw_history(struct canvas *canvas, unsigned int x, unsigned int y,
		  unsigned int width, unsigned int height, unsigned int style,
		  const struct track *track);

#endif

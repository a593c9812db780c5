/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws the screen on a canvas. */
#ifndef IRQTOP_DRAW_H
#define IRQTOP_DRAW_H

#include "canvas.h"
#include "ui.h"

/* Draws the page that ui has open, and what is at the bottom. */
void draw_screen(struct canvas *canvas, struct ui *ui, const struct session *session);

#endif

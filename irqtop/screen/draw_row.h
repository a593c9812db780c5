/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws the page of the opened row. */
#ifndef IRQTOP_DRAW_ROW_H
#define IRQTOP_DRAW_ROW_H

#include "canvas.h"
#include "ui.h"

void draw_row(struct canvas *canvas, struct ui *ui, const struct session *session,
	      const struct view_row *row);

#endif

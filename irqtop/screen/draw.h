/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen, drawn onto a canvas. Changes nothing else. */
#ifndef IRQTOP_DRAW_H
#define IRQTOP_DRAW_H

#include "canvas.h"
#include "ui.h"

/* Everything: the page that ui says, and the bottom line. */
void draw_screen(struct canvas *canvas, struct ui *ui, const struct session *session);

#endif

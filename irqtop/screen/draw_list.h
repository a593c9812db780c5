/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws the page with the list of rows. */
#ifndef IRQTOP_DRAW_LIST_H
#define IRQTOP_DRAW_LIST_H

#include "canvas.h"
#include "ui.h"

void draw_list(struct canvas *canvas, struct ui *ui, const struct session *session);

#endif

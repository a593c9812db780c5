/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IRQTOP_DRAW_PLAN_H
#define IRQTOP_DRAW_PLAN_H

#include "canvas.h"
#include "ui.h"

/* Draws the plan that is shown: strips and numbers of before and after, and each interrupt. */
void draw_plan(struct canvas *canvas, struct ui *ui, const struct session *session);

#endif

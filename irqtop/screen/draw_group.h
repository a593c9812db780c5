/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IRQTOP_DRAW_GROUP_H
#define IRQTOP_DRAW_GROUP_H

#include "irqtop/session/session.h"
#include "pen.h"

/* Writes what is known of a device or driver, and the rates of its interrupts. */
void draw_group(struct pen *pen, const struct session *session, const struct view_row *row);

#endif

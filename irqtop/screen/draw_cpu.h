/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IRQTOP_DRAW_CPU_H
#define IRQTOP_DRAW_CPU_H

#include "irqtop/session/session.h"
#include "pen.h"

/* Writes what is known of the CPU of a row, and which interrupts it takes. */
void draw_cpu_facts(struct pen *pen, const struct view_row *row);
void draw_cpu_interrupts(struct pen *pen, const struct session *session,
			 const struct view_row *row);

#endif

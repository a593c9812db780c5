/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts on CPUs that the kernel keeps free of other work. */
#ifndef IRQTOP_ISOLATE_H
#define IRQTOP_ISOLATE_H

#include "session.h"
#include "irqtop/view/isolation.h"

/* CPUs that are isolated from the scheduler, or have no tick when busy. false: none. */
bool isolate_cpus(struct cpu_mask *cpus, int root);

/*
 * Writes why an interrupt reached CPUs that are isolated or without a tick, between the
 * last two samples, and what would keep it away. false: it did not, or it has no affinity,
 * or the system is not there to be asked.
 */
bool isolate_advise(struct session *session, const struct view_row *row,
		    char text[ISOLATION_BYTES]);

#endif

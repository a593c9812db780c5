/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeps an interrupt off CPUs that are isolated or have no tick, and off its
 * device's node.
 */
#ifndef IRQTOP_ISOLATION_H
#define IRQTOP_ISOLATION_H

#include "base/cpus.h"
#include "irqtop/tables/irqtable.h"

#define ISOLATION_BYTES 512

/* What the advice is made of. */
struct isolation {
	const struct cpu_mask *isolated; /* CPUs to keep free */
	const struct cpu_mask *hit;	 /* those of them that took the interrupt */
	const struct cpu_mask *online;
	const struct irqtable_facts *facts;
};

/*
 * Writes why the interrupt reaches isolated CPUs, and the command that would keep it
 * away: "took 5/s on isolated CPU 3; its affinity 0-3 allows it; echo 0-1 > ...".
 */
void isolation_advise(char text[ISOLATION_BYTES], const struct isolation *isolation);

#endif

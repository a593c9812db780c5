/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of 64 bits for a program that stays: what each row counted since the first
 * sample, with its 32-bit counters' wraps, and with what CPUs counted that are offline
 * now. They never fall. A row that comes later begins with all that it counted, which
 * was since the sample before.
 */
#ifndef IRQTOP_COUNTED_H
#define IRQTOP_COUNTED_H

#include "irqtop/tables/irqtable.h"
#include "track.h"

/* The counters of a CPU that went offline. */
struct counted_gone {
	uint32_t cpu;
	unsigned int nrows;
	struct counted_cell *cell; /* [nrows], by key */
};

/* Of one table; the counts are in its tracks. Zeroed, it is off. */
struct counted {
	bool on;
	bool per_cpu; /* also by CPU (struct track_cpus) */
	bool started;
	struct counted_gone *gone; /* [ngone] */
	size_t ngone, gone_room;
};

/* After tracks_follow(), with the same difference. 0 or -ENOMEM. */
int counted_add(struct counted *counted, struct tracks *tracks, const struct irqtable_diff *diff);

void counted_free(struct counted *counted);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last two samples, and what happened between them. */
#ifndef IRQTOP_MONITOR_H
#define IRQTOP_MONITOR_H

#include "sampler.h"
#include "bycpu.h"
#include "counted.h"
#include "track.h"

struct monitor_totals {
	double interrupts_hz, softirqs_hz, switches_hz; /* negative: unknown */
	double irq_cpu, softirq_cpu;			/* share of all CPU time, 0..1 */
};

struct monitor {
	struct sampler *sampler; /* owned */
	struct sample sample[2];
	bool single;		 /* no sample follows: `tracks` and `counted` stay empty */
	unsigned int current;	 /* index into sample */
	unsigned int samples;	 /* taken since the last monitor_restart() */
	unsigned int generation; /* samples taken in all */
	double seconds;		 /* between the two samples; 0: unknown */
	struct irqtable_diff diff[TABLE_COUNT];
	struct tracks tracks[TABLE_COUNT];
	struct counted counted[TABLE_COUNT];
	struct monitor_totals totals;
	struct bycpu by_cpu;	     /* counted when it is on */
	const struct cpu_mask *only; /* CPUs to count, NULL: all */
};

static inline const struct sample *monitor_sample(const struct monitor *monitor)
{
	return &monitor->sample[monitor->current];
}

/* Takes the next sample and compares it. 0, -ENODATA at the end, or another error. */
int monitor_step(struct monitor *monitor);

/* Ends `single`: a track for each row, as if monitor_step() had made them. 0 or -ENOMEM. */
int monitor_keep_rows(struct monitor *monitor);

/* Compares the two samples again, after `only` changed. Does not change histories. */
int monitor_recount(struct monitor *monitor);

/* After a pause or a jump: the next sample has no earlier one. */
void monitor_restart(struct monitor *monitor);

void monitor_free(struct monitor *monitor);

#endif

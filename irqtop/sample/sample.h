/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample: all that was read at one moment. */
#ifndef IRQTOP_SAMPLE_H
#define IRQTOP_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "irqtop/tables/irqtable.h"

/* The tables of a sample, and behind TABLE_COUNT those that are made of them. */
enum table_id {
	TABLE_INTERRUPTS,
	TABLE_SOFTIRQS,
	TABLE_COUNT,
	TABLE_CPUS = TABLE_COUNT,
	TABLE_GROUPS,
	TABLES
};

struct sample {
	uint64_t time_ns; /* CLOCK_MONOTONIC; 0: unknown */
	int64_t wall_ms;  /* since 1970; 0: unknown */
	bool have[TABLE_COUNT];
	int missing; /* why there are no interrupts: a negative errno value, -ENODATA: masked */
	bool have_stat;
	struct irqtable table[TABLE_COUNT];
	struct irqtable_stat stat;
};

/* The table whose columns are the machine's CPUs. */
static inline const struct irqtable *sample_cpus(const struct sample *sample)
{
	return &sample->table[sample->have[TABLE_INTERRUPTS] ? TABLE_INTERRUPTS : TABLE_SOFTIRQS];
}

void sample_free(struct sample *sample);

#endif

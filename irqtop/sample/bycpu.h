/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same counts by CPU: a table with a row for each CPU online, what it counted between
 * the two samples, and its busiest interrupt. The rows have one counter and belong to no
 * column, so that they are followed, sorted and exported as other rows are.
 */
#ifndef IRQTOP_BYCPU_H
#define IRQTOP_BYCPU_H

#include "counted.h"
#include "sample.h"
#include "track.h"

/* What is known of one CPU besides its interrupts. */
struct bycpu_row {
	uint32_t cpu;
	double softirqs_hz;		   /* negative: unknown */
	double irq_share, softirq_share;   /* of its time, 0..1; negative: unknown */
	uint64_t softirqs;		   /* since boot; IRQTABLE_STAT_UNKNOWN */
	uint64_t irq_ticks, softirq_ticks; /* since boot; IRQTABLE_STAT_UNKNOWN */
	uint32_t busiest;		   /* row of the interrupts, or IRQTABLE_NONE */
	uint32_t busiest_delta;		   /* its interrupts on this CPU */
	int node;			   /* -1: unknown */
	bool isolated, nohz_full;
	uint32_t allowed; /* interrupts that may go there; IRQTABLE_NONE: unknown */
	struct irqtable_cpu_facts facts;
};

struct bycpu {
	bool on;
	struct irqtable table;	   /* a row for each CPU */
	struct irqtable_diff diff; /* of these rows; owned here, unlike others' */
	struct tracks tracks;
	struct counted counted;
	struct bycpu_row *row; /* [table.nrows] */
	uint64_t cpus_shape;   /* of the table that the rows were made for */
	size_t row_room, diff_room, column_room;
	uint64_t *total;	    /* [columns], of the interrupts */
	uint64_t total_ns;	    /* sample that they are of; 0: none */
	uint64_t *softirqs_counted; /* [CPUS_MAX] in 64 bits, where counted.on */
	size_t total_room;
};

/*
 * Counts by CPU, from the differences of interrupts and softirqs (NULL where there are
 * none). `follow`: this is a new sample. 0 or -ENOMEM.
 */
int bycpu_count(struct bycpu *bycpu, const struct irqtable_diff *interrupts,
		const struct irqtable_diff *softirqs, const struct sample *prev,
		const struct sample *cur, double seconds, bool follow);

void bycpu_free(struct bycpu *bycpu);

#endif

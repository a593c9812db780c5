/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recording: the rows of each way, and what is counted and sampled in them. */
#ifndef IRQLAT_RECORD_H
#define IRQLAT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stages.h"
#include "entrytrace.h"
#include "irqlat/source/source.h"
#include "irqlat/way/way.h"
#include "results/result.h"

/* A way has rows in each phase: without load, and under load. */
#define WAY_ROWS_MAX (2 * WAYS_MAX)

/**
 * struct way_facts - what all rows of a way say
 * @way: the way
 * @source: name of the source
 * @load: as in results
 * @irq: Linux interrupt number, or TARGET_NO_IRQ
 * @cpu: CPU of the measured thread
 * @overhead_ns: cost of reading the clock
 * @self_timed: the way times itself, so it can miss periods
 * @has_entry: the time of the hard interrupt handler is known
 */
struct way_facts {
	const struct way *way;
	const char *source;
	const char *load;
	unsigned int irq;
	int cpu;
	uint64_t overhead_ns;
	bool self_timed;
	bool has_entry;
};

/**
 * struct way_rows - the rows of a way in one phase
 * @has: which stages the way has
 * @row: the row of each of those stages
 */
struct way_rows {
	bool has[BENCH_STAGES];
	struct result row[BENCH_STAGES];
};

/**
 * struct recording - the rows of a run. Only the controlling thread uses it
 * @start_ns: CLOCK_MONOTONIC at the start of the run
 * @rows: @n_rows elements, in the order of the results
 * @n_rows: how many
 * @trace: where the times of the handler come from; NULL: from the deliveries
 * @waits: @n_waits samples that wait for the time of their handler (with @trace)
 * @n_waits: how many
 * @entries_lost: handler entries that did not fit into the trace buffer
 * @entries_missing: samples without a handler entry in the trace
 * @early: interrupts that came before the thread was spinning
 * @drift: by how many interrupts the source's and the line's numbers moved apart
 */
struct recording {
	uint64_t start_ns;
	struct way_rows *rows[WAY_ROWS_MAX];
	size_t n_rows;
	struct entrytrace *trace;
	struct entry_wait *waits;
	size_t n_waits;
	uint64_t entries_lost;
	uint64_t entries_missing;
	uint64_t early;
	uint64_t drift;
};

/**
 * struct wait_cost - what a wait cost the measured thread
 * @cpu_ns: CPU time
 * @wait_ns: time
 */
struct wait_cost {
	uint64_t cpu_ns;
	uint64_t wait_ns;
};

int recording_open_trace(struct recording *rec, struct why *why);
struct way_rows *recording_add(struct recording *rec, const struct way_facts *facts,
			       struct why *why);
void recording_warmup(struct way_rows *rows, const struct account *account);
void recording_count(struct way_rows *rows, const struct account *account,
		     const struct delivery *delivery);
void recording_cost(struct way_rows *rows, const struct delivery *delivery,
		    const struct wait_cost *cost);
int recording_sample(struct recording *rec, struct way_rows *rows, const struct account *account,
		     const struct delivery *delivery, struct why *why);
int recording_match_entries(struct recording *rec, struct why *why);
int recording_view(const struct recording *rec, struct run *run);
int recording_end(struct recording *rec, struct run *run, struct why *why);
void recording_free(struct recording *rec);

#endif /* IRQLAT_RECORD_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge - one stream of records from the sub-buffers of all CPUs, by time
 *
 * The records of each CPU are in order. A tournament tree over the next record of each
 * CPU merges them; its cost grows with the logarithm of the number of CPUs. A
 * sub-buffer is read when the one before is used up, so nothing is copied or queued.
 */
#ifndef TRACING_MERGE_H
#define TRACING_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"
#include "subbuf.h"

/**
 * struct page_reader - where sub-buffers come from
 * @read: next sub-buffer of @cpu. Returns its bytes, 0 when there is none now,
 *	-1 on an error. The sub-buffer stays valid until the next call for the
 *	same CPU.
 * @ctx: passed to it
 */
struct page_reader {
	ssize_t (*read)(void *ctx, unsigned int cpu, const uint8_t **page);
	void *ctx;
};

/**
 * struct merge_sink - functions that get the records
 * @record: one record of a type in the catalog; valid during the call
 * @loss: @lost events (or SUBBUF_MISSED_UNKNOWN) of @cpu are missing. Called
 *	twice: with @begin at the time of the last event before the gap, then at
 *	the time of the first one after it.
 * @ctx: passed to both functions
 */
struct merge_sink {
	void (*record)(void *ctx, unsigned int cpu, const struct trace_record *r);
	void (*loss)(void *ctx, unsigned int cpu, uint64_t ts, uint64_t lost, bool begin);
	void *ctx;
};

/**
 * struct merge_counts - what was read
 * @records: events in the sub-buffers
 * @other: of those, events of types that are not in the catalog
 * @lost: events the kernel says it overwrote
 * @lost_unknown: gaps without a number
 * @corrupt: sub-buffers that could not be read to their end
 * @backwards: events that are older than the one before them on the same CPU
 */
struct merge_counts {
	uint64_t records;
	uint64_t other;
	uint64_t lost;
	uint64_t lost_unknown;
	uint64_t corrupt;
	uint64_t backwards;
};

struct merge;

struct merge *merge_new(unsigned int n_cpus, const struct subbuf_layout *layout,
			const struct event_catalog *catalog, const struct page_reader *reader);
void merge_free(struct merge *m);
int merge_run(struct merge *m, uint64_t until_ts, const struct merge_sink *sink);
const struct merge_counts *merge_counts(const struct merge *m);

#endif /* TRACING_MERGE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine - pages -> records -> events -> chains, for one recording
 *
 * A live instance and a file differ only in the page reader.
 */
#ifndef TRACING_ENGINE_H
#define TRACING_ENGINE_H

#include "chain.h"
#include "event.h"
#include "merge.h"
#include "softirq.h"
#include "timeline.h"
#include "workitem.h"

/**
 * struct engine_config - what to read, and functions that get the results
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @layout: of the sub-buffers
 * @catalog: of the recording; must outlive the engine
 * @reader: of sub-buffers
 * @sink: gets the chains
 * @no_hops: do not follow chains through tasks that wake other tasks
 * @with_timeline: also note who has each CPU, see engine_timeline()
 * @loss: gets each EVENT_LOSS_*; may be NULL
 * @loss_ctx: passed to @loss
 * @read: gets each EVENT_PROCIRQ_READ, also one that belongs to no chain: the event
 *	itself has the time of the interrupt; may be NULL
 * @read_ctx: passed to @read
 * @softirq: gets the time of each softirq, see softirq.h; may be NULL
 * @softirq_ctx: passed to @softirq
 * @works: gets the times of each work item, see workitem.h; its functions may be NULL
 */
struct engine_config {
	unsigned int n_cpus;
	struct subbuf_layout layout;
	const struct event_catalog *catalog;
	struct page_reader reader;
	struct chain_sink sink;
	bool no_hops;
	bool with_timeline;
	void (*loss)(void *ctx, const struct event *e);
	void *loss_ctx;
	void (*read)(void *ctx, const struct event *e);
	void *read_ctx;
	softirq_ended *softirq;
	void *softirq_ctx;
	struct workitem_sink works;
};

/**
 * struct engine_counts - what was read
 * @merge: sub-buffers and records
 * @events: events that were decoded
 * @malformed: records too short for their type
 * @no_memory: how often memory lacked to follow an interrupt
 * @first_ns: time of the first event
 * @last_ns: time of the last event
 */
struct engine_counts {
	struct merge_counts merge;
	uint64_t events;
	uint64_t malformed;
	uint64_t no_memory;
	uint64_t first_ns;
	uint64_t last_ns;
};

struct engine;

struct engine *engine_new(const struct engine_config *config);
void engine_free(struct engine *engine);
int engine_run(struct engine *engine, uint64_t until_ts);
void engine_finish(struct engine *engine);
bool engine_has(const struct engine *engine, enum event_kind kind);
bool engine_knows_nobody(const struct engine *engine);
const struct timeline *engine_timeline(const struct engine *engine);
void engine_counts(const struct engine *engine, struct engine_counts *counts);
void engine_works(const struct engine *engine, struct workitem_counts *counts);

#endif /* TRACING_ENGINE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats - chains -> histograms, for each handler of an interrupt x CPU x end x stage
 *
 * A histogram is made with its first sample, and has two significant digits: 64
 * interrupts on 64 CPUs with all their stages would need gigabytes otherwise.
 */
#ifndef TRACING_STATS_H
#define TRACING_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain_sample.h"
#include "blocks.h"
#include "hist.h"

#define STATS_NAME_BYTES 48
#define STATS_LIST_MAX	 32
#define STATS_DIGITS	 2

/* In place of a CPU's number: rows that were added up. No CPU has it. */
#define STATS_ALL_CPUS UINT16_MAX

/* More than there is room for: each needs up to some hundred kilobytes. */
#define STATS_BLOCKS_MAX 1024

/**
 * struct stats_filter - what is kept; an empty list keeps everything
 *
 * A pattern that begins with "!" leaves out what matches the rest of it. A list with
 * such patterns only keeps everything else.
 *
 * @irqs: interrupt numbers, also those below zero
 * @names: patterns (glob) of the names of handlers
 * @cpus: @cpus[cpu] says whether interrupts that this CPU took are kept; @n_cpus of them
 * @pids: woken tasks
 * @comms: patterns of the names of woken tasks
 * @own_pid: chains that woke this task are not kept; 0: none
 * @stages: bit set of enum chain_stage, 0: all
 *
 * @pids, @comms and @own_pid filter samples only, not the accounting of interrupts.
 */
struct stats_filter {
	int32_t irqs[STATS_LIST_MAX];
	size_t n_irqs;
	const char *names[STATS_LIST_MAX];
	size_t n_names;
	const bool *cpus;
	size_t n_cpus;
	int32_t pids[STATS_LIST_MAX];
	size_t n_pids;
	const char *comms[STATS_LIST_MAX];
	size_t n_comms;
	int32_t own_pid;
	uint32_t stages;
};

/**
 * struct stats_row - a handler of an interrupt on a CPU
 * @irq: number; below zero: see event_irq_name()
 * @cpu: that took the interrupt, or STATS_ALL_CPUS
 * @wanted: the row passes the filter
 * @of_line: all handlers of the interrupt together, see stats_row_of_line()
 * @shared: there are rows of other handlers of the interrupt, stats_sort() found
 * @name: of the handler; with @of_line "eth0, usb1"
 * @seen: handlers that were entered
 * @outcomes: how many of them had each outcome
 * @hist: times in ns; NULL without samples. CHAIN_STAGE_IRQ is under CHAIN_END_USER.
 * @blocks: the same samples second by second; NULL when they are not kept.
 *	stats_clear() leaves them alone.
 */
struct stats_row {
	int32_t irq;
	uint16_t cpu;
	bool wanted;
	bool of_line;
	bool shared;
	char name[STATS_NAME_BYTES];
	uint64_t seen;
	uint64_t outcomes[OUTCOMES];
	struct hist *hist[CHAIN_ENDS][CHAIN_STAGES];
	struct blocks *blocks[CHAIN_ENDS][CHAIN_STAGES];
};

/**
 * struct stats - all rows
 * @catalog: of the recording, for names
 * @filter: what is kept
 * @on_sample: called for each sample that passes the filter; its row is the one that the
 *	sample is counted in; may be NULL
 * @on_handler: called for each handler of a row that passes the filter, when it ended
 *	after @ns; may be NULL
 * @on_ctx: passed to these
 * @rows: @n_rows of them, in the order of their first interrupts until stats_sort()
 * @slots: hash table of @rows by interrupt, CPU and name
 * @samples: how many passed the filter
 * @keep_blocks: set it to have @blocks of the rows
 * @n_blocks: histograms that have blocks, at most STATS_BLOCKS_MAX
 * @start_ns: of the first interrupt, where blocks begin
 * @now_ns: of the last interrupt
 * @no_memory: how often a row or a histogram could not be made
 */
struct stats {
	const struct event_catalog *catalog;
	struct stats_filter filter;
	void (*on_sample)(void *ctx, const struct chain_sample *sample);
	void (*on_handler)(void *ctx, const struct stats_row *row, uint64_t ns);
	void *on_ctx;
	struct stats_row **rows;
	size_t n_rows;
	size_t n_alloc;
	struct stats_row **slots;
	size_t n_slots;
	uint64_t samples;
	uint64_t no_memory;
	bool keep_blocks;
	size_t n_blocks;
	uint64_t start_ns;
	uint64_t now_ns;
};

int stats_init(struct stats *stats, const struct event_catalog *catalog,
	       const struct stats_filter *filter);
void stats_free(struct stats *stats);
void stats_clear(struct stats *stats);
void stats_end_blocks(struct stats *to, struct stats *from);
int stats_merge(struct stats *to, const struct stats *from);
struct stats_row *stats_row_of_line(struct stats *stats, int32_t irq, unsigned int cpu,
				    const char *name);
struct stats_row *stats_row_of_handler(struct stats *stats, int32_t irq, unsigned int cpu,
				       const char *name);
bool stats_name_is_wanted(const struct stats_filter *filter, const char *name);
int stats_subtract(struct stats *later, const struct stats *earlier);
struct chain_sink stats_sink(struct stats *stats);
void stats_sort(struct stats *stats);
void stats_nobody_is_unknown(struct stats *stats);
void stats_outcomes(const struct stats *stats, uint64_t outcomes[OUTCOMES], uint64_t *seen);
int stats_filter_stages(const char *list, uint32_t *stages);

#endif /* TRACING_STATS_H */

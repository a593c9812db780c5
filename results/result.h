/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results of a run: a row for each way and stage, and the system they were measured
 * on. result_cells() lists the values of a row; JSON and CSV write that list.
 */
#ifndef RESULTS_RESULT_H
#define RESULTS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tracing/blocks.h"
#include "base/stages.h"
#include "base/sysinfo.h"
#include "tracing/hist.h"
#include "explained.h"

#define RESULT_SCHEMA	       "irqlat/1"
#define RESULT_NAME_BYTES      64
#define RESULT_TITLE_BYTES     (2 * RESULT_NAME_BYTES + 8)
#define RESULT_REASON_BYTES    256
#define RESULT_CELLS_MAX       32
#define RESULT_UNAVAILABLE_MAX 32
#define RESULT_NO_IRQ	       UINT64_MAX /* of an interrupt without a number */
#define RESULT_NO_LOAD	       "none"

/**
 * struct result - a row: one stage of one way
 * @source: what raised the interrupts: "irqgen", "edu"
 * @irq: Linux interrupt number, or RESULT_NO_IRQ
 * @way: how the thread waited for them: "read", "poll", "uio"
 * @wait: "block" or "spin"
 * @stage: name of one of the bench_stages or chain_stages; a file may have others
 * @load: load that ran during the measurement: "cpu,io", or RESULT_NO_LOAD
 * @cpu: CPU of the measured thread
 * @raised: interrupts that the source raised for this way, without the warm-up
 * @delivered: returns to user space that reported at least one interrupt
 * @coalesced: interrupts that were reported together with an earlier one, by the
 *	source or by the kernel
 * @lost: raised - delivered - coalesced
 * @cpu_ns: CPU time of the measured thread in its waits, ns
 * @wait_ns: how long these waits took, ns; 0: not known, as in files of older versions
 * @overhead_ns: median cost of reading the clock, which every sample contains
 * @warmup: interrupts of the way that were raised, and thrown away, in all
 * @warmup_known: @warmup is known; files of older versions do not have it
 * @hist: the samples, ns
 * @blocks: the samples second by second; files of older versions have none
 */
struct result {
	char source[RESULT_NAME_BYTES];
	uint64_t irq;
	char way[RESULT_NAME_BYTES];
	char wait[RESULT_NAME_BYTES];
	char stage[RESULT_NAME_BYTES];
	char load[RESULT_NAME_BYTES];
	int64_t cpu;
	uint64_t raised;
	uint64_t delivered;
	uint64_t coalesced;
	int64_t lost;
	uint64_t cpu_ns;
	uint64_t wait_ns;
	uint64_t overhead_ns;
	uint64_t warmup;
	bool warmup_known;
	struct hist hist;
	struct blocks blocks;
};

/* A way that could not be measured on this system. */
struct unavailable {
	char way[RESULT_NAME_BYTES];
	char reason[RESULT_REASON_BYTES];
};

/**
 * struct run_arrivals - when the interrupts of a run came
 * @kind: argument of --arrivals; "ready" without: a gap after the thread was ready; empty:
 *	not known
 * @mean_ns: mean gap
 * @gap_ns: gap within a burst, or after the thread was ready
 * @seed: of gaps at random
 */
struct run_arrivals {
	char kind[16];
	uint64_t mean_ns;
	uint64_t gap_ns;
	uint64_t seed;
};

/**
 * struct run - everything that one run of irqlat measured
 * @system: facts and warnings
 * @interrupted: a signal stopped the run
 * @partial: not complete: interrupted, ended by an error, or still running
 * @load_command: argument of --load-cmd, or empty
 * @unavailable: @n_unavailable ways
 * @n_unavailable: ways in @unavailable
 * @warmup: samples per way that were discarded at the start
 * @arrivals: when the interrupts came
 * @spin_ns: longest time that hybrid ways busy-waited
 * @explained: who made the longest chains of a trace late; empty: not known
 * @results: @n_results rows, owned by the run; run_free() frees them
 * @n_results: rows in @results
 */
struct run {
	struct sysinfo system;
	bool interrupted;
	bool partial;
	char load_command[RESULT_REASON_BYTES];
	struct unavailable unavailable[RESULT_UNAVAILABLE_MAX];
	size_t n_unavailable;
	uint64_t warmup;
	struct run_arrivals arrivals;
	uint64_t spin_ns;
	struct explained explained;
	struct result *results;
	size_t n_results;
};

/* Percentiles of a row, ascending; the table ends with a NULL key. */
struct result_percentile {
	const char *key;   /* "p99_9_ns" */
	const char *label; /* "p99.9" */
	uint32_t ppm;
};
extern const struct result_percentile result_percentiles[];

enum cell_type { CELL_NULL, CELL_TEXT, CELL_UNSIGNED, CELL_SIGNED, CELL_REAL };

/**
 * struct cell - a value of a row
 * @key: name in JSON and CSV
 * @type: which of the other members holds the value
 * @text: CELL_TEXT; points into the row
 * @u: CELL_UNSIGNED
 * @i: CELL_SIGNED
 * @real: CELL_REAL
 */
struct cell {
	const char *key;
	enum cell_type type;
	const char *text;
	uint64_t u;
	int64_t i;
	double real;
};

size_t result_cells(const struct result *r, struct cell *cells);
int result_init(struct result *r);
void result_free(struct result *r);
struct result *run_add(struct run *run);
void run_remove(struct run *run, size_t i);
void result_record(struct result *r, uint64_t at_ns, int64_t ns);
void run_end(struct run *run);
bool run_has_samples(const struct run *run);
void run_free(struct run *run);
bool result_is(const struct result *r, enum bench_stage stage);
const char *result_stage_title(const char *stage);
bool result_is_trace(const struct result *r);
const char *result_stage_words(const struct result *r);
const char *result_way_words(const struct result *r);
const char *result_path(const struct result *r);
bool result_is_path_total(const struct result *r);
const char *result_title(const struct result *r, char title[RESULT_TITLE_BYTES]);
double result_cpu_share(const struct result *r);
bool result_same_way(const struct result *a, const struct result *b);

#endif /* RESULTS_RESULT_H */

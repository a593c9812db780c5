/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results of a run: one row for each way and stage, and the system they were
 * measured on. What a row consists of is said once, by result_cells(); JSON
 * and CSV are that list in two spellings.
 */
#ifndef RESULTS_RESULT_H
#define RESULTS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blocks.h"
#include "base/stages.h"
#include "base/sysinfo.h"
#include "tracing/hist.h"

#define RESULT_SCHEMA	  "irqlat/1"
#define RESULT_NAME_BYTES 64
#define RESULT_CELLS_MAX  32
#define RESULT_NO_IRQ	  UINT64_MAX /* an interrupt without a number */

/**
 * struct result - one way, one stage
 * @source: what raised the interrupts: "irqgen", "edu"
 * @irq: Linux interrupt number, or RESULT_NO_IRQ
 * @way: how they were waited for: "read", "poll", "uio"
 * @wait: "block" or "spin"
 * @stage: name of one of the bench_stages or chain_stages; a file may have others
 * @load: what ran beside: "none", "cpu,io"
 * @cpu: CPU of the measured thread
 * @raised: interrupts the source raised for this way, warm-up not counted
 * @delivered: returns to the user that brought interrupts
 * @coalesced: interrupts that came together with an earlier one, at the source
 *	or in the kernel
 * @lost: raised - delivered - coalesced
 * @overhead_ns: median cost of reading the clock, contained in every sample
 * @hist: the samples, ns
 * @blocks: the same second by second; none in files of old
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
	uint64_t overhead_ns;
	struct hist hist;
	struct blocks blocks;
};

#define RESULT_NO_LOAD	       "none"
#define RESULT_TITLE_BYTES     (2 * RESULT_NAME_BYTES + 8)
#define RESULT_REASON_BYTES    256
#define RESULT_UNAVAILABLE_MAX 32

/* A way that could not be measured here. */
struct unavailable {
	char way[RESULT_NAME_BYTES];
	char reason[RESULT_REASON_BYTES];
};

/**
 * struct run - everything one invocation measured
 * @system: facts and warnings
 * @interrupted: stopped by a signal before it was done
 * @partial: this is not all that was asked for: interrupted, ended by an error,
 *	or not over yet
 * @load_command: --load-cmd, or empty
 * @unavailable: @n_unavailable ways that are not there
 * @n_unavailable: how many
 * @warmup: samples per way that were thrown away first
 * @results: @n_results of them
 * @n_results: rows
 */
struct run {
	struct sysinfo system;
	bool interrupted;
	bool partial;
	char load_command[RESULT_REASON_BYTES];
	struct unavailable unavailable[RESULT_UNAVAILABLE_MAX];
	size_t n_unavailable;
	uint64_t warmup;
	struct result *results;
	size_t n_results;
};

/* Percentiles that results carry. Ends with a NULL key. */
struct result_percentile {
	const char *key;   /* "p99_9_ns" */
	const char *label; /* "p99.9" */
	uint32_t ppm;
};
extern const struct result_percentile result_percentiles[];

enum cell_type { CELL_NULL, CELL_TEXT, CELL_UNSIGNED, CELL_SIGNED, CELL_REAL };

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
const char *result_path(const struct result *r);
const char *result_title(const struct result *r, char title[RESULT_TITLE_BYTES]);
bool result_same_way(const struct result *a, const struct result *b);

#endif /* RESULTS_RESULT_H */

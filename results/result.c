// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of a run. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"

const struct result_percentile result_percentiles[] = {
	{ .key = "p50_ns", .label = "p50", .ppm = 500000 },
	{ .key = "p90_ns", .label = "p90", .ppm = 900000 },
	{ .key = "p99_ns", .label = "p99", .ppm = 990000 },
	{ .key = "p99_9_ns", .label = "p99.9", .ppm = 999000 },
	{ .key = "p99_99_ns", .label = "p99.99", .ppm = 999900 },
	{ .key = "p99_999_ns", .label = "p99.999", .ppm = 999990 },
	{ .key = "p99_9999_ns", .label = "p99.9999", .ppm = 999999 },
	{ .key = NULL },
};

/* Histograms have room for samples up to this from the start. */
#define EXPECTED_MAX_NS 10000000000ull

static struct cell cell_text(const char *key, const char *text)
{
	return (struct cell){ .key = key, .type = CELL_TEXT, .text = text };
}

static struct cell cell_u(const char *key, uint64_t u)
{
	return (struct cell){ .key = key, .type = CELL_UNSIGNED, .u = u };
}

static struct cell cell_i(const char *key, int64_t i)
{
	return (struct cell){ .key = key, .type = CELL_SIGNED, .i = i };
}

/* A value that may be unknown. */
static struct cell cell_if(bool known, struct cell cell)
{
	if (!known)
		cell.type = CELL_NULL;
	return cell;
}

/**
 * result_cells - a row as a list of names and values
 * @r: row
 * @cells: filled; has room for RESULT_CELLS_MAX cells, and refers to @r
 *
 * Times are in ns. A percentile is CELL_NULL when there are too few samples for it.
 *
 * Returns the number of cells, which is the same for every row.
 */
size_t result_cells(const struct result *r, struct cell *cells)
{
	const struct result_percentile *p;
	bool any = r->hist.n > 0;
	uint64_t value = 0;
	size_t n = 0;
	bool known;

	cells[n++] = cell_text("source", r->source);
	cells[n++] = cell_if(r->irq != RESULT_NO_IRQ, cell_u("irq", r->irq));
	cells[n++] = cell_text("way", r->way);
	cells[n++] = cell_text("wait", r->wait);
	cells[n++] = cell_text("stage", r->stage);
	cells[n++] = cell_i("cpu", r->cpu);
	cells[n++] = cell_u("n", r->hist.n);
	cells[n++] = cell_if(any, cell_u("min_ns", r->hist.min));
	cells[n++] = cell_if(any, (struct cell){ .key = "mean_ns",
						 .type = CELL_REAL,
						 .real = hist_mean(&r->hist) });
	for (p = result_percentiles; p->key; p++) {
		known = hist_percentile(&r->hist, p->ppm, &value);
		cells[n++] = cell_if(known, cell_u(p->key, value));
	}
	cells[n++] = cell_if(any, cell_u("max_ns", r->hist.max));
	cells[n++] = cell_u("negative", r->hist.negative);
	cells[n++] = cell_u("raised", r->raised);
	cells[n++] = cell_u("delivered", r->delivered);
	cells[n++] = cell_u("coalesced", r->coalesced);
	cells[n++] = cell_i("lost", r->lost);
	cells[n++] = cell_u("overhead_ns", r->overhead_ns);
	/* New columns go last: the others keep their numbers. */
	cells[n++] = cell_text("load", r->load);
	cells[n++] = cell_if(r->wait_ns, cell_u("cpu_ns", r->cpu_ns));
	cells[n++] = cell_if(r->wait_ns, cell_u("wait_ns", r->wait_ns));
	cells[n++] = cell_if(r->warmup_known, cell_u("warmup", r->warmup));
	return n;
}

/**
 * result_init - make a row: zeroed, without load, with an empty histogram
 * @r: overwritten; result_free() frees it
 *
 * Returns 0, or -1 with ENOMEM.
 */
int result_init(struct result *r)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->load, sizeof(r->load), RESULT_NO_LOAD);
	return hist_init(&r->hist, HIST_DIGITS_DEFAULT, EXPECTED_MAX_NS);
}

void result_free(struct result *r)
{
	hist_free(&r->hist);
	blocks_free(&r->blocks);
}

/* Share of a CPU that the thread used while it waited; NAN if that is not known. */
double result_cpu_share(const struct result *r)
{
	return r->wait_ns ? (double)r->cpu_ns / (double)r->wait_ns : NAN;
}

/**
 * run_add - add a row, as result_init() makes it
 * @run: run; pointers to its rows become invalid
 *
 * Returns the row, owned by @run, or NULL with ENOMEM.
 */
struct result *run_add(struct run *run)
{
	struct result *results = reallocarray(run->results, run->n_results + 1, sizeof(*results));

	if (!results)
		return NULL;
	run->results = results;
	if (result_init(&results[run->n_results]))
		return NULL;
	return &results[run->n_results++];
}

/**
 * run_remove - remove a row
 * @run: run; pointers to the row and to later ones become invalid
 * @i: number of the row
 */
void run_remove(struct run *run, size_t i)
{
	result_free(&run->results[i]);
	run->n_results--;
	memmove(&run->results[i], &run->results[i + 1],
		(run->n_results - i) * sizeof(run->results[i]));
}

/**
 * result_record - record a sample
 * @r: row; it has blocks if blocks_init() was called for them
 * @at_ns: when the sample ended, counted from the begin of the run
 * @ns: the sample
 */
void result_record(struct result *r, uint64_t at_ns, int64_t ns)
{
	hist_record(&r->hist, ns);
	blocks_record(&r->blocks, at_ns, ns);
}

/* Complete the blocks of all rows. result_record() must not be called any more. */
void run_end(struct run *run)
{
	size_t i;

	for (i = 0; i < run->n_results; i++)
		blocks_close(&run->results[i].blocks);
}

/* Has any row a sample? */
bool run_has_samples(const struct run *run)
{
	size_t i;

	for (i = 0; i < run->n_results; i++)
		if (run->results[i].hist.n)
			return true;
	return false;
}

/**
 * run_free - free the rows of a run
 * @run: stays valid, without rows
 */
void run_free(struct run *run)
{
	size_t i;

	for (i = 0; i < run->n_results; i++)
		result_free(&run->results[i]);
	free(run->results);
	run->results = NULL;
	run->n_results = 0;
	explained_free(&run->explained);
}

/* Is the row of this stage of irqlat bench? Rows of its paths are not. */
bool result_is(const struct result *r, enum bench_stage stage)
{
	return !strcmp(r->stage, bench_stages[stage].name);
}

/* Are these rows stages of one way? */
bool result_same_way(const struct result *a, const struct result *b)
{
	return !strcmp(a->way, b->way) && !strcmp(a->load, b->load) &&
	       !strcmp(a->source, b->source);
}

/* A name of the way for people: "read", "read, load cpu". Returns @title. */
const char *result_title(const struct result *r, char title[RESULT_TITLE_BYTES])
{
	bool loaded = *r->load && strcmp(r->load, RESULT_NO_LOAD);

	snprintf(title, RESULT_TITLE_BYTES, "%s%s%s", result_way_words(r), loaded ? ", load " : "",
		 loaded ? r->load : "");
	return title;
}

/**
 * result_stage_title - a stage in words
 * @stage: name as in results
 *
 * Stages of irqlat trace go by their names: their titles are too long for tables
 * and legends.
 *
 * Returns a constant, or @stage itself.
 */
const char *result_stage_title(const char *stage)
{
	int i = stage_index(bench_stages, BENCH_STAGES, stage, strlen(stage));

	return i >= 0 ? bench_stages[i].title : stage;
}

/* Is the row of irqlat trace? */
bool result_is_trace(const struct result *r)
{
	return !strncmp(r->way, "trace-", 6);
}

/* The stage of a row in words: "total" of irqlat trace is not that of irqlat bench. */
const char *result_stage_words(const struct result *r)
{
	return result_is_trace(r) ? r->stage : result_stage_title(r->stage);
}

/* The way of a row in words: where chains of irqlat trace ended. */
const char *result_way_words(const struct result *r)
{
	if (!result_is_trace(r))
		return r->way;
	/* The times of handlers belong to no chain. */
	if (!strcmp(r->stage, chain_stages[CHAIN_STAGE_IRQ].name))
		return "handler";
	return !strcmp(r->way, "trace-user") ? "to user space" : "to a task";
}

/* The path that all samples of the row took, see struct stage_info; NULL: several, or not known. */
const char *result_path(const struct result *r)
{
	const struct stage_info *stage = stage_find(r->stage);

	return stage ? stage->path : NULL;
}

/* Is the row the total of one path of user level interrupts? */
bool result_is_path_total(const struct result *r)
{
	const struct stage_info *stage = stage_find(r->stage);

	return stage && stage->whole == &bench_stages[BENCH_STAGE_TOTAL] &&
	       stage != &bench_stages[BENCH_STAGE_KEPT];
}

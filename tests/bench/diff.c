// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Error rates of irqlat diff, simulated with recorded samples.
 *
 *	diff record SECONDS >FILE.json	record wake-ups through an eventfd on this kernel
 *	diff NAME BLOCKS FILE.json...	print the rates, a JSON object in each row of text
 *
 * Each round takes two sides of BLOCKS blocks out of the recordings, at random. "apart"
 * takes each side in one piece, like two runs one after the other. "turns" takes pairs
 * of neighbouring pieces of RUN blocks, one piece for each side, like runs measured in
 * turns. Load that comes and goes is in one side of the first kind, and in both sides of
 * the second.
 *
 * The two sides are compared: any regression is a false alarm. Then the slowest 5 % of
 * one row of stage total of the second side are made 5 % slower, so that its p99 is 5 %
 * higher and its median unchanged: the comparison must find that row.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "irqlat/diff/diff.h"
#include "results/io.h"
#include "irqlat/bench/rtsetup.h"

#define ROUNDS	       200
#define SPAN_MAX       (BLOCKS_MAX / 2)
#define RUN	       10
#define RECORDINGS_MAX 8
#define SLOWER	       1.05
#define MUCH_SLOWER    1.2
#define SLOW_PPM       950000
#define GAP_NS	       200000

static void die(const char *what)
{
	fprintf(stderr, "bench diff: %s\n", what);
	exit(1);
}

/* --- recording ------------------------------------------------------------------ */

struct wakeup {
	int there;
	int back;
	uint64_t woken_ns;
};

static void *sleeper(void *context)
{
	struct wakeup *w = context;
	uint64_t count;
	bool unpinned;

	rt_pin(1);
	rt_set_priority(&(struct priority){ .class = SCHED_CLASS_FIFO, .value = 80 }, 1, &unpinned);
	for (;;) {
		if (read(w->there, &count, sizeof(count)) < 0)
			return NULL;
		w->woken_ns = clock_ns();
		if (write(w->back, &count, sizeof(count)) < 0)
			return NULL;
	}
}

static int record(uint64_t seconds)
{
	struct wakeup w = { eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC), 0 };
	struct timespec gap = clock_timespec(GAP_NS);
	uint64_t start_ns = clock_ns(), raised_ns, count = 1;
	bool unpinned;
	struct run run = { 0 };
	struct result *r = run_add(&run);
	pthread_t thread;

	if (!r || blocks_init(&r->blocks) || pthread_create(&thread, NULL, sleeper, &w))
		die("cannot record");
	sysinfo_collect("", &run.system);
	rt_lock_memory(&run.system);
	rt_hold_cpu_dma_latency(&run.system);
	rt_pin(0);
	rt_set_priority(&(struct priority){ .class = SCHED_CLASS_FIFO, .value = 80 }, 0, &unpinned);
	strcpy(r->source, "eventfd");
	strcpy(r->way, "eventfd");
	strcpy(r->wait, "block");
	strcpy(r->stage, "total");
	r->irq = RESULT_NO_IRQ;
	while (clock_ns() < start_ns + seconds * NSEC_PER_SEC) {
		nanosleep(&gap, NULL);
		raised_ns = clock_ns();
		if (write(w.there, &count, sizeof(count)) < 0 ||
		    read(w.back, &count, sizeof(count)) < 0)
			die("eventfd");
		result_record(r, w.woken_ns - start_ns, (int64_t)(w.woken_ns - raised_ns));
	}
	run_end(&run);
	return run_write_json(&run, stdout) ? 1 : 0;
}

/* --- simulation ------------------------------------------------------------------- */

static uint64_t random_state = 88172645463325252ull;

/* xorshift64 with a fixed seed: every run makes the same rounds. */
static size_t below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

/**
 * struct pick - a side
 * @run: recording
 * @block: @n blocks of it, ascending
 * @part: number of the piece that each block is of; 0 for sides in one piece
 * @n: blocks
 */
struct pick {
	const struct run *run;
	size_t block[SPAN_MAX];
	size_t part[SPAN_MAX];
	size_t n;
};

/* Add the picked blocks of a row to @to. Samples from @slow_ns on are multiplied by @slower. */
static void cut_row(const struct pick *pick, const struct result *from, uint64_t slow_ns,
		    double slower, bool blocks, struct run *to)
{
	struct result *r = run_add(to);
	size_t i, j;

	if (!r)
		die("out of memory");
	memcpy(r->source, from->source, sizeof(r->source));
	memcpy(r->way, from->way, sizeof(r->way));
	memcpy(r->wait, from->wait, sizeof(r->wait));
	memcpy(r->stage, from->stage, sizeof(r->stage));
	r->irq = from->irq;
	for (i = 0; i < pick->n; i++) {
		const struct block *block = &from->blocks.list[pick->block[i]];
		struct hist h;

		if (hist_init(&h, BLOCKS_DIGITS, 0))
			die("out of memory");
		for (j = 0; j < block->n_buckets; j++) {
			uint64_t value = block->buckets[j].low;

			if (value >= slow_ns)
				value = (uint64_t)((double)value * slower);
			hist_record_n(&h, (int64_t)value, block->buckets[j].count);
			hist_record_n(&r->hist, (int64_t)value, block->buckets[j].count);
		}
		if (blocks && blocks_append(&r->blocks, block->start_ns, &h))
			die("out of memory");
		if (blocks)
			r->blocks.list[i].part = pick->part[i];
		hist_free(&h);
	}
}

/* Make a run of a side. @row becomes slower; -1: none does. */
static void cut(const struct pick *pick, long row, double slower, bool blocks, struct run *to)
{
	const struct result *r = pick->run->results;
	uint64_t slow_ns;
	size_t i;

	for (i = 0; i < pick->run->n_results; i++, r++) {
		slow_ns = UINT64_MAX;
		if ((long)i == row && !hist_percentile(&r->hist, SLOW_PPM, &slow_ns))
			die("too few samples");
		cut_row(pick, r, slow_ns, slower, blocks, to);
	}
}

/* Is any figure a regression, whatever the verdict of its row? */
static bool looks_worse(const struct diff *diff)
{
	size_t i;
	int metric;

	for (i = 0; i < diff->n_rows; i++)
		for (metric = 0; metric < DIFF_METRICS; metric++)
			if (diff->rows[i].figures[metric].verdict == DIFF_REGRESSION)
				return true;
	return false;
}

/* Without a limit, and as a gate: --max-regress p99=1%. */
static const struct diff_options plain;
static const struct diff_options gate = {
	.limits[DIFF_P99] = { .set = true, .share = 0.01 },
};

/* Compare two sides. Returns whether there is a regression, of @row if it is not -1. */
static bool is_seen(const struct pick picks[2], long row, double slower, bool blocks,
		    const struct diff_options *options)
{
	struct run cuts[2] = { 0 };
	struct diff diff = { 0 };
	bool seen;

	cut(&picks[0], -1, 1, blocks, &cuts[0]);
	cut(&picks[1], row, slower, blocks, &cuts[1]);
	if (diff_compare(&cuts[0], &cuts[1], options, &diff))
		die("out of memory");
	seen = row < 0 ? looks_worse(&diff) : diff.rows[row].verdict == DIFF_REGRESSION;
	diff_free(&diff);
	run_free(&cuts[0]);
	run_free(&cuts[1]);
	return seen;
}

static size_t blocks_of(const struct run *run)
{
	size_t n = BLOCKS_MAX, i;

	for (i = 0; i < run->n_results; i++)
		if (run->results[i].blocks.n < n)
			n = run->results[i].blocks.n;
	return run->n_results ? n : 0;
}

/* Pick a piece for each side, of one recording or of two. The pieces do not overlap. */
static void pick_apart(const struct run *runs, size_t n, size_t span, struct pick picks[2])
{
	size_t first[2], i;
	int side;

	do {
		for (side = 0; side < 2; side++) {
			picks[side].run = &runs[below(n)];
			first[side] = below(blocks_of(picks[side].run) - span + 1);
		}
	} while (picks[0].run == picks[1].run && first[0] < first[1] + span &&
		 first[1] < first[0] + span);
	for (side = 0; side < 2; side++)
		for (i = 0; i < span; i++)
			picks[side].block[picks[side].n++] = first[side] + i;
}

/* Pick pairs of neighbouring pieces of a recording, one piece for each side. */
static void pick_turns(const struct run *runs, size_t n, size_t span, struct pick picks[2])
{
	const struct run *run = &runs[below(n)];
	size_t pairs = blocks_of(run) / (2 * RUN), left = pairs, i, j;
	size_t first = below(blocks_of(run) - pairs * 2 * RUN + 1);
	size_t want = span / RUN, part = 0;
	int side;

	picks[0].run = picks[1].run = run;
	for (i = 0; i < pairs; i++, left--) {
		size_t order = below(2);

		if (below(left) >= want - part)
			continue;
		for (side = 0; side < 2; side++)
			for (j = 0; j < RUN; j++) {
				struct pick *pick = &picks[side];

				pick->block[pick->n] =
					first + j + (2 * i + (order ^ (size_t)side)) * RUN;
				pick->part[pick->n++] = part;
			}
		part++;
	}
}

static void figure(const char *what, const char *name, const char *how, unsigned int seen,
		   const char *goal, bool ok)
{
	printf("{\"name\":\"%s.%s.%s\",\"value\":%.3g,\"unit\":\"%% of %d\",\"goal\":\"%s\",\"ok\":%s,\"command\":\"make bench BENCH=diff\"}\n",
	       what, name, how, 100.0 * seen / ROUNDS, ROUNDS, goal, ok ? "true" : "false");
	fflush(stdout);
}

/* Choose the row that becomes slower. */
static long choose_row(const struct run *run)
{
	size_t row;

	do {
		row = below(run->n_results);
	} while (strcmp(run->results[row].stage, "total"));
	return (long)row;
}

static void simulate(const char *name, const char *how,
		     void (*pick)(const struct run *runs, size_t n, size_t span,
				  struct pick picks[2]),
		     const struct run *runs, size_t n, size_t span)
{
	unsigned int alarms = 0, weak_alarms = 0, found = 0, found_much = 0;
	unsigned int gate_alarms = 0, gate_found = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		struct pick picks[2] = { 0 };
		long row;

		pick(runs, n, span, picks);
		row = choose_row(picks[1].run);
		alarms += is_seen(picks, -1, 1, true, &plain);
		weak_alarms += is_seen(picks, -1, 1, false, &plain);
		found += is_seen(picks, row, SLOWER, true, &plain);
		found_much += is_seen(picks, row, MUCH_SLOWER, true, &plain);
		gate_alarms += is_seen(picks, -1, 1, true, &gate);
		gate_found += is_seen(picks, row, SLOWER, true, &gate);
	}
	figure("diff_false_alarms", name, how, alarms, "<= 5", alarms * 20 <= ROUNDS);
	figure("diff_found_p99_5", name, how, found, ">= 95", found * 20 >= ROUNDS * 19);
	fprintf(stderr,
		"bench diff: %s, %s: 20 %% slower is found in %.3g %%; with a limit of p99 alone %.3g %% false alarms, %.3g %% found; without blocks %.3g %% would be false alarms\n",
		name, how, 100.0 * found_much / ROUNDS, 100.0 * gate_alarms / ROUNDS,
		100.0 * gate_found / ROUNDS, 100.0 * weak_alarms / ROUNDS);
}

int main(int argc, char **argv)
{
	struct run runs[RECORDINGS_MAX] = { 0 };
	struct why why;
	int i, n = argc - 3;
	size_t span;

	if (argc == 3 && !strcmp(argv[1], "record"))
		return record(strtoull(argv[2], NULL, 10));
	if (n < 1 || n > RECORDINGS_MAX)
		die("usage: diff record SECONDS | diff NAME BLOCKS FILE.json...");
	span = strtoull(argv[2], NULL, 10);
	if (!span || span > SPAN_MAX || span % RUN)
		die("BLOCKS is no multiple of 10, or too many");
	for (i = 0; i < n; i++) {
		if (run_read_file(argv[3 + i], &runs[i], NULL, NULL, &why))
			die(why.text);
		if (blocks_of(&runs[i]) < 2 * span)
			die("a recording has less than twice as many blocks");
		if (runs[i].n_results != runs[0].n_results)
			die("recordings of different rows");
	}
	simulate(argv[1], "apart", pick_apart, runs, (size_t)n, span);
	simulate(argv[1], "turns", pick_turns, runs, (size_t)n, span);
	for (i = 0; i < n; i++)
		run_free(&runs[i]);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often irqlat diff is wrong, by simulation over recorded samples.
 *
 *	diff record SECONDS >FILE.json	wake-ups through an eventfd, on this kernel
 *	diff NAME FILE.json...		two figures, a JSON object a line
 *
 * Each round cuts two spans of SPAN blocks out of the recordings, at random and
 * without overlap, as they were measured one after the other. Compared with each
 * other, any regression is a false alarm. Then the slowest 5 % of one row of the
 * second are made 5 % slower, so that its p99 is 5 % higher and its median the
 * same: that row must be found.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "irqlat/clock.h"
#include "irqlat/diff.h"
#include "irqlat/out.h"
#include "irqlat/rtsetup.h"

#define ROUNDS		200
#define SPAN		60
#define RECORDINGS_MAX	8
#define SLOWER		1.05
#define SLOW_PPM	950000
#define GAP_NS		200000

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

	rt_pin(1);
	rt_set_priority(&(struct priority){ SCHED_CLASS_FIFO, 80 });
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
	struct run run = { 0 };
	struct result *r = run_add(&run);
	pthread_t thread;

	if (!r || blocks_init(&r->blocks) ||
	    pthread_create(&thread, NULL, sleeper, &w))
		die("cannot record");
	sysinfo_collect("", &run.system);
	rt_lock_memory(&run.system);
	rt_hold_cpu_dma_latency(&run.system);
	rt_pin(0);
	rt_set_priority(&(struct priority){ SCHED_CLASS_FIFO, 80 });
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
		result_record(r, w.woken_ns - start_ns,
			      (int64_t)(w.woken_ns - raised_ns));
	}
	run_end(&run);
	return out_json(&run, stdout) ? 1 : 0;
}

/* --- simulation ------------------------------------------------------------------- */

static uint64_t random_state = 88172645463325252ull;

/* xorshift64: the same cuts on every run. */
static size_t below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

/* SPAN blocks from @first on, slower from @slow_ns on. */
static void cut_row(const struct result *from, size_t first, uint64_t slow_ns,
		    bool blocks, struct run *to)
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
	for (i = first; i < first + SPAN; i++) {
		const struct block *block = &from->blocks.list[i];
		struct hist h;

		if (hist_init(&h, BLOCKS_DIGITS, 0))
			die("out of memory");
		for (j = 0; j < block->n_buckets; j++) {
			uint64_t value = block->buckets[j].low;

			if (value >= slow_ns)
				value = (uint64_t)((double)value * SLOWER);
			hist_record_n(&h, (int64_t)value,
				      block->buckets[j].count);
			hist_record_n(&r->hist, (int64_t)value,
				      block->buckets[j].count);
		}
		if (blocks && blocks_append(&r->blocks, block->start_ns, &h))
			die("out of memory");
		hist_free(&h);
	}
}

/* @row gets slower; -1: none does. */
static void cut(const struct run *from, size_t first, long row, bool blocks,
		struct run *to)
{
	uint64_t slow_ns;
	size_t i;

	for (i = 0; i < from->n_results; i++) {
		if ((long)i != row)
			slow_ns = UINT64_MAX;
		else if (!hist_percentile(&from->results[i].hist, SLOW_PPM,
					  &slow_ns))
			die("too few samples");
		cut_row(&from->results[i], first, slow_ns, blocks, to);
	}
}

/* Compares two cuts. Returns whether a regression was seen, in @row if >= 0. */
static bool is_seen(const struct run *a, size_t first_a, const struct run *b,
		    size_t first_b, long row, bool blocks)
{
	const struct diff_options options = { .any_irq = true, .any_cpu = true };
	struct run cuts[2] = { 0 };
	struct diff diff = { 0 };
	bool seen;

	cut(a, first_a, -1, blocks, &cuts[0]);
	cut(b, first_b, row, blocks, &cuts[1]);
	if (diff_runs(&cuts[0], &cuts[1], &options, &diff))
		die("out of memory");
	seen = row < 0 ? diff_has_regression(&diff) :
			 diff.rows[row].verdict == DIFF_REGRESSION;
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

/* Two places without overlap, in the same recording or in two. */
static void choose(const struct run *runs, size_t n, size_t which[2],
		   size_t first[2])
{
	int side;

	do {
		for (side = 0; side < 2; side++) {
			which[side] = below(n);
			first[side] = below(blocks_of(&runs[which[side]]) -
					    SPAN + 1);
		}
	} while (which[0] == which[1] && first[0] < first[1] + SPAN &&
		 first[1] < first[0] + SPAN);
}

static void figure(const char *what, const char *name, unsigned int seen,
		   const char *goal, bool ok)
{
	printf("{\"name\":\"%s.%s\",\"value\":%.3g,\"unit\":\"%% of %d\",\"goal\":\"%s\",\"ok\":%s,\"command\":\"make bench BENCH=diff\"}\n",
	       what, name, 100.0 * seen / ROUNDS, ROUNDS, goal,
	       ok ? "true" : "false");
	fflush(stdout);
}

static void simulate(const char *name, const struct run *runs, size_t n)
{
	unsigned int alarms = 0, weak_alarms = 0, found = 0;
	size_t which[2], first[2];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		const struct run *a, *b;

		choose(runs, n, which, first);
		a = &runs[which[0]];
		b = &runs[which[1]];
		alarms += is_seen(a, first[0], b, first[1], -1, true);
		weak_alarms += is_seen(a, first[0], b, first[1], -1, false);
		found += is_seen(a, first[0], b, first[1],
				 (long)below(b->n_results), true);
	}
	figure("diff_false_alarms", name, alarms, "<= 5", alarms * 20 <= ROUNDS);
	figure("diff_found_p99_5", name, found, ">= 95",
	       found * 20 >= ROUNDS * 19);
	fprintf(stderr, "bench diff: %s: without blocks %.3g %% false alarms\n",
		name, 100.0 * weak_alarms / ROUNDS);
}

int main(int argc, char **argv)
{
	struct run runs[RECORDINGS_MAX] = { 0 };
	int i, n = argc - 2;

	if (argc == 3 && !strcmp(argv[1], "record"))
		return record(strtoull(argv[2], NULL, 10));
	if (n < 1 || n > RECORDINGS_MAX)
		die("usage: diff record SECONDS | diff NAME FILE.json...");
	for (i = 0; i < n; i++) {
		if (in_file(argv[2 + i], &runs[i], NULL, NULL))
			return 1;
		if (blocks_of(&runs[i]) < 2 * SPAN)
			die("a recording has less than 120 blocks");
		if (runs[i].n_results != runs[0].n_results)
			die("recordings of different rows");
	}
	simulate(argv[1], runs, (size_t)n);
	for (i = 0; i < n; i++)
		run_free(&runs[i]);
	return 0;
}

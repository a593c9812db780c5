/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A benchmark: what to measure, and the functions that report on it.
 *
 * Two threads measure. The measured thread waits for interrupts. The controlling
 * thread, which is the caller, has the source raise them and records the samples.
 */
#ifndef IRQLAT_BENCH_H
#define IRQLAT_BENCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "arrivals.h"
#include "base/parse.h"
#include "irqlat/source/source.h"
#include "irqlat/way/way.h"
#include "load.h"
#include "results/result.h"

/**
 * struct bench_progress - how far a benchmark is
 * @elapsed_ns: since its start
 * @load: the load of the present phase, as in results
 * @way: a way that is being measured
 * @samples: of each way of its driver, in this phase
 */
struct bench_progress {
	uint64_t elapsed_ns;
	const char *load;
	const char *way;
	uint64_t samples;
};

/**
 * struct bench - a benchmark to run
 * @source: what raises interrupts
 * @source_config: its options
 * @arrivals: when they come
 * @spin_ns: longest time that hybrid ways busy-wait
 * @ways: @n_ways ways to measure
 * @n_ways: how many
 * @samples: for each way; UINT64_MAX: until @duration_ns is over
 * @warmup: samples of each way before those, which are thrown away
 * @duration_ns: stop after this time, 0: after @samples
 * @entry_trace: take the time of the handler from tracing, not from the way
 * @measured_cpu: CPU of the measured thread
 * @source_cpu: CPU of the controlling thread and of the source
 * @priority: of the measured thread
 * @load: load for a second phase of the run; none: there is no second phase
 * @stop_signals: blocked in every thread; the run ends when one is pending
 * @problem: called with the reason of a failure that ends the run, or makes ways
 *	unavailable, or is found when the system is restored
 * @interim: called with the results so far when SIGUSR1 is pending
 * @progress: called about twice a second; may be NULL
 * @context: first argument of the three, which run on the controlling thread
 */
struct bench {
	const struct source_ops *source;
	struct source_config source_config;
	struct arrivals_config arrivals;
	uint64_t spin_ns;
	const struct way *ways[WAYS_MAX];
	int n_ways;
	uint64_t samples;
	uint64_t warmup;
	uint64_t duration_ns;
	bool entry_trace;
	int measured_cpu;
	int source_cpu;
	struct priority priority;
	struct load_config load;
	sigset_t stop_signals;
	void (*problem)(void *context, const char *reason);
	void (*interim)(void *context, const struct run *run);
	void (*progress)(void *context, const struct bench_progress *progress);
	void *context;
};

int bench_measure(const struct bench *bench, struct run *run);

#endif /* IRQLAT_BENCH_H */

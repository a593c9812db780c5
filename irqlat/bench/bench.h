/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What irqlat bench measures: shared by its options and its run loop. */
#ifndef IRQLAT_BENCH_H
#define IRQLAT_BENCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "load.h"
#include "base/parse.h"
#include "results/result.h"
#include "irqlat/source/source.h"
#include "irqlat/way/way.h"

#define BENCH_WAYS_MAX 16

/**
 * struct bench - a benchmark to run
 * @source: what raises
 * @source_config: how
 * @ways: @n_ways ways to measure
 * @n_ways: how many
 * @samples: per way; UINT64_MAX: until the time is over
 * @warmup: per way, thrown away first
 * @duration_ns: stop after this, 0: after @samples
 * @entry_trace: handler entry from tracing instead of from the way's own stamp
 * @measured_cpu: CPU of the measured thread
 * @source_cpu: CPU of the controlling thread and of the source
 * @priority: of the measured thread
 * @progress: say on standard error how far it is
 * @load: load to measure under, after a run without; none: no such run
 * @stop_signals: blocked in every thread; a pending one ends the run
 * @interim: called on the controlling thread when SIGUSR1 asks for results
 * @context: for @interim
 */
struct bench {
	const struct source_ops *source;
	struct source_config source_config;
	const struct way *ways[BENCH_WAYS_MAX];
	int n_ways;
	uint64_t samples;
	uint64_t warmup;
	uint64_t duration_ns;
	bool entry_trace;
	int measured_cpu;
	int source_cpu;
	struct priority priority;
	bool progress;
	struct load_config load;
	sigset_t stop_signals;
	void (*interim)(void *context, struct run *run);
	void *context;
};

int bench_measure(const struct bench *bench, struct run *run);

#endif /* IRQLAT_BENCH_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace --runs: how long handlers, softirqs and work items ran and waited. */
#ifndef IRQLAT_TRACE_RUNS_H
#define IRQLAT_TRACE_RUNS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tracing/hist.h"
#include "tracing/softirq.h"
#include "workrows.h"

struct trace_run;

/**
 * struct trace_softirq - a softirq on a CPU
 * @seen: it ran, and @wait and @ran are there
 * @wait: how long it waited, where that is known
 * @ran: how long it ran
 */
struct trace_softirq {
	bool seen;
	struct hist wait;
	struct hist ran;
};

/**
 * struct trace_runs - all softirqs and work items
 * @rows: SOFTIRQ_VECS of each CPU; @n_cpus CPUs
 * @no_memory: how often memory lacked for a softirq
 * @works: work items
 */
struct trace_runs {
	struct trace_softirq *rows;
	unsigned int n_cpus;
	uint64_t no_memory;
	struct trace_works works;
};

int trace_runs_init(struct trace_runs *runs, unsigned int n_cpus);
void trace_runs_free(struct trace_runs *runs);
void trace_runs_softirq(void *ctx, const struct softirq_run *run);
int trace_runs_text(const struct trace_run *run, FILE *out);
json_t *trace_runs_array(const struct trace_run *run);
json_t *trace_runs_works_object(const struct trace_run *run);

#endif /* IRQLAT_TRACE_RUNS_H */

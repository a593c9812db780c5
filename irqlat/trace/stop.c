// SPDX-License-Identifier: GPL-2.0-or-later
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct trace_stop - watches for chains that take too long
 * @worst: of the chains that took too long since trace_stop_take(), the longest
 * @pending: there is one
 * @pages: number of the next sub-buffer to read, for each CPU
 * @symbols: of the kernel; read when they are needed first
 */
struct trace_stop {
	struct trace_run *run;
	struct instance *instance;
	struct chain_sample worst;
	bool pending;
	size_t *pages;
	struct symbols *symbols;
};

/**
 * trace_stop_new - watch for chains that take too long
 * @run: its options say what is too long
 * @instance: keeps the sub-buffers
 *
 * Returns NULL with errno set when memory runs out.
 */
struct trace_stop *trace_stop_new(struct trace_run *run, struct instance *instance)
{
	struct trace_stop *stop = calloc(1, sizeof(*stop));

	if (!stop)
		return NULL;
	stop->run = run;
	stop->instance = instance;
	stop->pages = calloc(instance_n_cpus(instance), sizeof(*stop->pages));
	if (!stop->pages) {
		free(stop);
		return NULL;
	}
	return stop;
}

/* NULL is fine. */
void trace_stop_free(struct trace_stop *stop)
{
	if (!stop)
		return;
	symbols_free(stop->symbols);
	free(stop->pages);
	free(stop);
}

/* Called for every sample; @ctx is the trace_stop. */
void trace_stop_sample(void *ctx, const struct chain_sample *sample)
{
	struct trace_stop *stop = ctx;
	const struct trace_config *config = stop->run->config;
	uint64_t limit = config->auto_ns ? config->auto_ns : config->threshold_ns;
	uint64_t ns = sample->end_ns - sample->start_ns;

	if (!limit || ns <= limit || !(config->wanted_ends >> sample->end & 1))
		return;
	stop->run->over++;
	if (stop->pending && ns <= stop->worst.end_ns - stop->worst.start_ns)
		return;
	stop->worst = *sample;
	stop->pending = true;
}

/* Whether a chain took too long since the last call. */
bool trace_stop_take(struct trace_stop *stop)
{
	bool pending = stop->pending;

	stop->pending = false;
	return pending;
}

static ssize_t kept_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct trace_stop *stop = ctx;

	if (stop->pages[cpu] == instance_kept(stop->instance, cpu))
		return 0;
	*page = instance_kept_page(stop->instance, cpu, stop->pages[cpu]++);
	return (ssize_t)instance_subbuf_bytes(stop->instance);
}

/**
 * trace_stop_explain - print who had the CPU while the chain took too long
 * @stop: a chain took too long
 * @out: where to
 * @why: why it cannot be found out
 *
 * Returns 0, or -1 with @why filled.
 */
int trace_stop_explain(struct trace_stop *stop, FILE *out, struct why *why)
{
	const struct page_reader reader = { .read = kept_page, .ctx = stop };
	struct culprit *culprit = malloc(sizeof(*culprit));

	memset(stop->pages, 0, instance_n_cpus(stop->instance) * sizeof(*stop->pages));
	if (!culprit || culprit_analyse(culprit, &stop->worst, instance_catalog(stop->instance),
					instance_layout(stop->instance),
					instance_n_cpus(stop->instance), &reader)) {
		why_set(why, "-a: cannot look for the culprit: %s", strerror(errno));
		free(culprit);
		return -1;
	}
	if (!stop->symbols)
		stop->symbols = symbols_read("/proc/kallsyms");
	trace_culprit_text(culprit, stop->symbols, out);
	free(culprit);
	return 0;
}

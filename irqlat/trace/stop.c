// SPDX-License-Identifier: GPL-2.0-or-later
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct trace_stop - watches for chains that take too long
 * @engine: has a timeline when the culprit is wanted
 * @worst: of the chains that took too long since trace_stop_take(), the one that is most
 *	over its limit
 * @excess_ns: by so much; 0: there is none
 * @culprit: of @worst, when it is wanted
 * @pending: a chain or a handler took too long since then
 * @symbols: of the kernel; read when they are needed first
 */
struct trace_stop {
	struct trace_run *run;
	const struct engine *engine;
	struct chain_sample worst;
	uint64_t excess_ns;
	struct culprit *culprit;
	bool pending;
	struct symbols *symbols;
};

/**
 * trace_stop_new - watch for chains that take too long
 * @run: its options say what is too long
 * @engine: that makes the chains
 *
 * Returns NULL with errno set when memory runs out.
 */
struct trace_stop *trace_stop_new(struct trace_run *run, const struct engine *engine)
{
	struct trace_stop *stop = calloc(1, sizeof(*stop));

	if (!stop)
		return NULL;
	stop->run = run;
	stop->engine = engine;
	/* One to keep, and one to compare it with. */
	stop->culprit = calloc(2, sizeof(*stop->culprit));
	if (!stop->culprit) {
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
	free(stop->culprit);
	free(stop);
}

/* Called for every sample; @ctx is the trace_stop. */
void trace_stop_sample(void *ctx, const struct chain_sample *sample)
{
	struct trace_stop *stop = ctx;
	uint64_t excess_ns = trace_limits_sample(stop->run, sample);

	if (!excess_ns)
		return;
	stop->pending = true;
	if (excess_ns <= stop->excess_ns)
		return;
	stop->worst = *sample;
	stop->excess_ns = excess_ns;
	if (stop->run->config->autos.n)
		culprit_find(stop->culprit, sample, engine_timeline(stop->engine));
}

/* Called for every handler; @ctx is the trace_stop. */
void trace_stop_handler(void *ctx, const struct stats_row *row, uint64_t ns)
{
	struct trace_stop *stop = ctx;

	if (trace_limits_handler(stop->run, row, ns))
		stop->pending = true;
}

/* Whether a chain or a handler took too long since the last call. */
bool trace_stop_take(struct trace_stop *stop)
{
	bool pending = stop->pending;

	stop->pending = false;
	stop->excess_ns = 0;
	return pending;
}

static bool has_unknown(const struct culprit *c)
{
	for (size_t i = 0; i < c->n_parts; i++) {
		if (c->parts[i].who.kind == TIMELINE_UNKNOWN)
			return true;
	}
	return false;
}

/**
 * trace_stop_explain - print who had the CPU while the chain took too long
 * @stop: a chain took too long
 * @out: where to
 */
void trace_stop_explain(struct trace_stop *stop, FILE *out)
{
	struct culprit *now = &stop->culprit[1];

	/* The stack of what ran last came after the end of the chain. */
	culprit_find(now, &stop->worst, engine_timeline(stop->engine));
	if (has_unknown(now) && !has_unknown(stop->culprit))
		now = stop->culprit;
	if (!stop->symbols)
		stop->symbols = symbols_read("/proc/kallsyms");
	trace_culprit_text(now, stop->symbols, out);
}

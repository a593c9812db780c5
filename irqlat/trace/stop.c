// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -T and -a: which chain, and what is done about it in which order. */

#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"

#define TRACE_FILE_DEFAULT "irqlat_trace.dat"

/**
 * struct trace_stop - what is needed when it happens
 * @worst: the chain that took too long; of several in one go, the worst
 * @pending: there is one
 * @pages: next sub-buffer to give, of each CPU
 */
struct trace_stop {
	struct trace_run *run;
	struct instance *instance;
	struct chain_sample worst;
	bool pending;
	size_t *pages;
	struct symbols *symbols;
};

/* --- the chain ------------------------------------------------------------- */

/**
 * trace_stop_new - watch for chains that take too long
 * @run: its options say what is too long
 * @instance: keeps the sub-buffers
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

static uint64_t limit_ns(const struct trace_config *config)
{
	return config->auto_ns ? config->auto_ns : config->threshold_ns;
}

/* Called for every sample; @ctx is the trace_stop. */
void trace_stop_sample(void *ctx, const struct chain_sample *sample)
{
	struct trace_stop *stop = ctx;
	const struct trace_config *config = stop->run->config;
	uint64_t ns = sample->end_ns - sample->start_ns;
	uint64_t limit = limit_ns(config);

	if (!limit || ns <= limit || !(config->wanted_ends >> sample->end & 1))
		return;
	stop->run->over++;
	if (stop->pending && ns <= stop->worst.end_ns - stop->worst.start_ns)
		return;
	stop->worst = *sample;
	stop->pending = true;
}

/* Did a chain take too long since the last trace_stop_act()? */
bool trace_stop_pending(const struct trace_stop *stop)
{
	return stop->pending;
}

/* --- the culprit ----------------------------------------------------------- */

static ssize_t kept_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct trace_stop *stop = ctx;

	if (stop->pages[cpu] == instance_kept(stop->instance, cpu))
		return 0;
	*page = instance_kept_page(stop->instance, cpu, stop->pages[cpu]++);
	return (ssize_t)instance_subbuf_bytes(stop->instance);
}

static int find_culprit(struct trace_stop *stop)
{
	const struct page_reader reader = { kept_page, stop };
	struct culprit *culprit = malloc(sizeof(*culprit));
	int rc;

	if (!culprit)
		return -1;
	memset(stop->pages, 0, instance_n_cpus(stop->instance) * sizeof(*stop->pages));
	rc = culprit_analyse(culprit, &stop->worst, instance_catalog(stop->instance),
			     instance_layout(stop->instance), instance_n_cpus(stop->instance),
			     &reader);
	if (!stop->symbols)
		stop->symbols = symbols_running();
	if (!rc)
		trace_culprit_text(culprit, stop->symbols,
				   trace_out_uses_stdout(stop->run->config) ? stderr : stdout);
	msg_flush_output();
	free(culprit);
	return rc;
}

/* --- actions --------------------------------------------------------------- */

static const char *trace_file(const struct trace_config *config, const struct trace_action *action)
{
	if (action && action->text)
		return action->text;
	return config->trace_file.name ? config->trace_file.name : TRACE_FILE_DEFAULT;
}

/* The run is over: keep its trace. Returns 0, or -1 after a message. */
int trace_stop_keep(struct trace_stop *stop)
{
	return trace_keep(stop->instance, trace_file(stop->run->config, NULL));
}

/**
 * trace_stop_act - do what was asked for
 * @stop: pending
 *
 * What cannot be done is said, the rest is done all the same. Returns whether
 * measuring goes on.
 */
bool trace_stop_act(struct trace_stop *stop)
{
	const struct trace_config *config = stop->run->config;
	bool go_on = false;

	stop->pending = false;
	for (size_t i = 0; i < config->n_actions; i++)
		go_on |= config->actions[i].kind == TRACE_ACTION_CONTINUE;
	if (!go_on) {
		instance_stop(stop->instance);
		stop->run->ended_ns = clock_ns();
	}
	if (config->auto_ns && find_culprit(stop)) {
		msg_error("-a: cannot look for the culprit: %s", strerror(errno));
		stop->run->failed = true;
	}
	if (config->trace_file.wanted && trace_keep(stop->instance, trace_file(config, NULL)))
		stop->run->failed = true;
	for (size_t i = 0; i < config->n_actions; i++) {
		const struct trace_action *action = &config->actions[i];
		int err = 0;

		switch (action->kind) {
		case TRACE_ACTION_TRACE:
			err = trace_keep(stop->instance, trace_file(config, action));
			break;
		case TRACE_ACTION_SIGNAL:
		case TRACE_ACTION_SHELL:
			err = trace_action_run(action);
			break;
		case TRACE_ACTION_CONTINUE:
			break;
		}
		stop->run->failed |= err;
	}
	return go_on;
}

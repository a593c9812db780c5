// SPDX-License-Identifier: GPL-2.0-or-later
/* A tracefs instance that stamps the entry of one line's handlers. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "entrytrace.h"
#include "base/msg.h"

/* Instances are called irqlat-PID, so that leftovers can be told. */
#define INSTANCE_PREFIX "irqlat-"

/* Room for the events between two drains, per CPU. */
#define BUFFER_KB 256

struct entrytrace {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
};

/* What entrytrace_drain() hands to its callback. */
struct drain {
	struct entry_match *match;
	uint64_t lost;
};

/* Instances of irqlat processes that were killed. */
static void sweep_leftovers(void)
{
	char **names = tracefs_instances(NULL);
	struct tracefs_instance *instance;
	int i;

	for (i = 0; names && names[i]; i++) {
		long pid = 0;

		if (strncmp(names[i], INSTANCE_PREFIX, strlen(INSTANCE_PREFIX)))
			continue;
		pid = strtol(names[i] + strlen(INSTANCE_PREFIX), NULL, 10);
		if (pid <= 0 || !kill((pid_t)pid, 0) || errno != ESRCH)
			continue;
		instance = tracefs_instance_alloc(NULL, names[i]);
		if (!instance)
			continue;
		tracefs_instance_destroy(instance);
		tracefs_instance_free(instance);
	}
	tracefs_list_free(names);
}

static struct tep_handle *load_events(void)
{
	const char *const systems[] = { "irq", NULL };

	return tracefs_local_events_system(NULL, systems);
}

/**
 * entrytrace_open - make the instance
 *
 * Returns it, for entrytrace_close(), or NULL after saying why.
 */
struct entrytrace *entrytrace_open(void)
{
	struct entrytrace *trace = calloc(1, sizeof(*trace));
	char name[32];

	if (!trace) {
		msg_error("out of memory");
		return NULL;
	}
	if (!tracefs_tracing_dir()) {
		msg_error("--entry trace: no tracefs here: %s; run irqlat as root",
			  strerror(errno));
		goto fail_free;
	}
	sweep_leftovers();
	snprintf(name, sizeof(name), INSTANCE_PREFIX "%d", getpid());
	trace->instance = tracefs_instance_create(name);
	if (!trace->instance) {
		msg_error("--entry trace: cannot make tracefs instance %s: %s", name,
			  strerror(errno));
		goto fail_free;
	}
	trace->tep = load_events();
	if (!trace->tep || tracefs_instance_set_buffer_size(trace->instance, BUFFER_KB, -1) ||
	    tracefs_instance_file_write(trace->instance, "trace_clock", "mono") < 0) {
		msg_error("--entry trace: cannot set up tracefs instance %s: %s", name,
			  strerror(errno));
		entrytrace_close(trace);
		return NULL;
	}
	return trace;

fail_free:
	free(trace);
	return NULL;
}

/**
 * entrytrace_start - record the handler entries of one line from now on
 * @trace: instance
 * @irq: line; replaces the one before
 *
 * Returns 0, or -1 after saying why.
 */
int entrytrace_start(struct entrytrace *trace, unsigned int irq)
{
	char filter[32];

	snprintf(filter, sizeof(filter), "irq==%u", irq);
	if (tracefs_event_file_write(trace->instance, "irq", "irq_handler_entry", "filter",
				     filter) >= 0 &&
	    !tracefs_event_enable(trace->instance, "irq", "irq_handler_entry") &&
	    !tracefs_trace_on(trace->instance))
		return 0;
	msg_error("--entry trace: cannot enable irq:irq_handler_entry: %s", strerror(errno));
	return -1;
}

static int take_event(struct tep_event *event, struct tep_record *record, int cpu, void *context)
{
	struct drain *drain = context;

	(void)event;
	(void)cpu;
	/* Negative: some were lost, and the kernel does not say how many. */
	if (record->missed_events)
		drain->lost += record->missed_events > 0 ? (uint64_t)record->missed_events : 1;
	entry_match(drain->match, record->ts);
	return 0;
}

/**
 * entrytrace_drain - match what was recorded since the last time
 * @trace: instance; no interrupt may be under way
 * @match: samples since the last time
 * @events_lost: increased by the events that the buffer had no room for; by 1
 *	each time the kernel does not know how many
 *
 * Returns 0, or -1 after saying why.
 */
int entrytrace_drain(struct entrytrace *trace, struct entry_match *match, uint64_t *events_lost)
{
	struct drain drain = { .match = match };

	if (tracefs_iterate_raw_events(trace->tep, trace->instance, NULL, 0, take_event, &drain)) {
		msg_error("--entry trace: cannot read the trace buffer: %s", strerror(errno));
		return -1;
	}
	*events_lost += drain.lost;
	return 0;
}

/**
 * entrytrace_close - remove the instance
 * @trace: instance, or NULL
 */
void entrytrace_close(struct entrytrace *trace)
{
	if (!trace)
		return;
	tracefs_instance_destroy(trace->instance);
	tracefs_instance_free(trace->instance);
	if (trace->tep)
		tep_free(trace->tep);
	free(trace);
}

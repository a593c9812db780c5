// SPDX-License-Identifier: GPL-2.0-or-later
/* The tracefs instance that records when handlers begin; see entrytrace.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>

#include "base/why.h"
#include "entrytrace.h"
#include "tracing/private.h"

/* For the events between two drains, on each CPU. */
#define BUFFER_KB 256

struct entrytrace {
	struct private_instance own;
	struct tracefs_instance *instance;
	struct tep_handle *tep;
};

/* The context of take_event(): samples to match, and the events lost. */
struct drain {
	struct entry_match *match;
	uint64_t lost;
};

static struct tep_handle *load_events(void)
{
	const char *const systems[] = { "irq", NULL };

	return tracefs_local_events_system(NULL, systems);
}

/**
 * entrytrace_open - make the instance
 * @why: gets the reason of a failure
 *
 * Returns it, for entrytrace_close(), or NULL.
 */
struct entrytrace *entrytrace_open(struct why *why)
{
	struct entrytrace *trace = calloc(1, sizeof(*trace));
	struct why reason;

	if (!trace) {
		why_set(why, "out of memory");
		return NULL;
	}
	if (private_create(&trace->own, &reason)) {
		why_set(why, "--entry trace: %s", reason.text);
		free(trace);
		return NULL;
	}
	trace->instance = trace->own.tracefs;
	trace->tep = load_events();
	if (!trace->tep || tracefs_instance_set_buffer_size(trace->instance, BUFFER_KB, -1) ||
	    tracefs_instance_file_write(trace->instance, "trace_clock", "mono") < 0) {
		why_set(why, "--entry trace: cannot set up tracefs instance %s: %s",
			tracefs_instance_get_name(trace->instance), strerror(errno));
		entrytrace_close(trace);
		return NULL;
	}
	return trace;
}

/**
 * entrytrace_start - record the handler entries of one line from now on
 * @trace: instance
 * @irq: line; replaces the one before
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int entrytrace_start(struct entrytrace *trace, unsigned int irq, struct why *why)
{
	char filter[32];

	snprintf(filter, sizeof(filter), "irq==%u", irq);
	if (tracefs_event_file_write(trace->instance, "irq", "irq_handler_entry", "filter",
				     filter) >= 0 &&
	    !tracefs_event_enable(trace->instance, "irq", "irq_handler_entry") &&
	    !tracefs_trace_on(trace->instance))
		return 0;
	return why_set(why, "--entry trace: cannot enable irq:irq_handler_entry: %s",
		       strerror(errno));
}

static int take_event(struct tep_event *event, struct tep_record *record, int cpu, void *context)
{
	struct drain *drain = context;

	(void)event;
	(void)cpu;
	/* A negative number: the kernel does not know how many events were lost. */
	if (record->missed_events)
		drain->lost += record->missed_events > 0 ? (uint64_t)record->missed_events : 1;
	entry_match(drain->match, record->ts);
	return 0;
}

/**
 * entrytrace_drain - match what was recorded since the last call
 * @trace: instance; no interrupt may be under way
 * @match: samples since the last call
 * @events_lost: increased by the events that the buffer had no room for; by 1
 *	each time the kernel does not know how many
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int entrytrace_drain(struct entrytrace *trace, struct entry_match *match, uint64_t *events_lost,
		     struct why *why)
{
	struct drain drain = { .match = match };

	if (tracefs_iterate_raw_events(trace->tep, trace->instance, NULL, 0, take_event, &drain))
		return why_set(why, "--entry trace: cannot read the trace buffer: %s",
			       strerror(errno));
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
	private_destroy(&trace->own);
	if (trace->tep)
		tep_free(trace->tep);
	free(trace);
}

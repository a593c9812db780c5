/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workitem - how long each work item waited, and how long it ran
 *
 * It waits from its queueing to its start on any CPU, and runs from its start to its end.
 * Meanwhile its thread may sleep or be preempted: the time that it had a CPU is told
 * beside. An item that runs in a softirq is not preempted by tasks.
 *
 * While events of some CPU are missing nothing is paired: the missing ones may belong to
 * any item.
 */
#ifndef TRACING_WORKITEM_H
#define TRACING_WORKITEM_H

#include "event.h"

/**
 * struct workitem_time - an item that started, or one that ended
 * @function: address of its function
 * @cpu: where it started
 * @ns: how long it waited, or ran
 * @cpu_ns: it ran: part of @ns in which it had the CPU; where no EVENT_SWITCH is
 *	recorded all of it
 */
struct workitem_time {
	uint64_t function;
	unsigned int cpu;
	uint64_t ns;
	uint64_t cpu_ns;
};

/**
 * struct workitem_sink - functions that get the times, during workitems_event()
 * @waited: an item that was queued has started
 * @ran: an item that started has ended
 * @ctx: passed to these
 */
struct workitem_sink {
	void (*waited)(void *ctx, const struct workitem_time *time);
	void (*ran)(void *ctx, const struct workitem_time *time);
	void *ctx;
};

/**
 * struct workitem_counts - what became of each event
 *
 * @queued = @taken + @requeued + @pending + @queued_lost
 * @started = @taken + @unqueued = @ended + @cut + @running + @started_lost
 *
 * @queued: items that were queued
 * @taken: of these: they started, and @waited was called
 * @requeued: of these: they were queued again before they started, as a cancelled item is
 * @pending: of these: they have not started
 * @queued_lost: of these: events or memory were missing
 * @started: items that started
 * @unqueued: of these: their queueing is not known
 * @ended: of these: they ended, and @ran was called
 * @cut: of these: their thread started another one, and their end was not recorded
 * @running: of these: they have not ended
 * @started_lost: of these: events or memory were missing
 * @unstarted: items that ended and whose start is not known
 */
struct workitem_counts {
	uint64_t queued;
	uint64_t taken;
	uint64_t requeued;
	uint64_t pending;
	uint64_t queued_lost;
	uint64_t started;
	uint64_t unqueued;
	uint64_t ended;
	uint64_t cut;
	uint64_t running;
	uint64_t started_lost;
	uint64_t unstarted;
};

struct workitems;

struct workitems *workitems_new(unsigned int n_cpus, const struct workitem_sink *sink);
void workitems_event(struct workitems *items, const struct event *e);
void workitems_counts(const struct workitems *items, struct workitem_counts *counts);
void workitems_free(struct workitems *items);

#endif /* TRACING_WORKITEM_H */

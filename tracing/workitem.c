// SPDX-License-Identifier: GPL-2.0-or-later
#include "workitem.h"

#include <stdlib.h>

#define BUCKETS 1024

/* A work item that was queued and has not started. */
struct workitem_pending {
	struct workitem_pending *next;
	uint64_t object;
	uint64_t queued_ns;
};

/**
 * struct workitem_running - a work item that started and has not ended
 * @next: of the same bucket of threads
 * @pid: of its thread
 * @object: the item
 * @function: address of its function
 * @cpu: where it started
 * @started_ns: when
 * @off: its thread does not have a CPU
 * @off_since_ns: since when
 * @off_ns: how long it had none before that
 */
struct workitem_running {
	struct workitem_running *next;
	int32_t pid;
	uint64_t object;
	uint64_t function;
	unsigned int cpu;
	uint64_t started_ns;
	bool off;
	uint64_t off_since_ns;
	uint64_t off_ns;
};

/**
 * struct workitem_cpu - a CPU
 * @in_gap: its next events are missing
 * @in_softirq: the item that runs in a softirq there; NULL: none
 */
struct workitem_cpu {
	bool in_gap;
	struct workitem_running *in_softirq;
};

/**
 * struct workitems - all items
 * @counts: of now
 * @pending: by object
 * @running: in threads, by PID
 * @n_gaps: CPUs with @in_gap
 */
struct workitems {
	struct workitem_sink sink;
	struct workitem_counts counts;
	struct workitem_pending *pending[BUCKETS];
	struct workitem_running *running[BUCKETS];
	unsigned int n_gaps;
	unsigned int n_cpus;
	struct workitem_cpu cpu[];
};

/**
 * workitems_new - prepare to measure
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @sink: copied
 *
 * Returns NULL with errno set when memory runs out.
 */
struct workitems *workitems_new(unsigned int n_cpus, const struct workitem_sink *sink)
{
	struct workitems *items = calloc(1, sizeof(*items) + n_cpus * sizeof(items->cpu[0]));

	if (!items)
		return NULL;
	items->n_cpus = n_cpus;
	items->sink = *sink;
	return items;
}

/* --- from its queueing to its start ---------------------------------------- */

static struct workitem_pending **pending_slot(struct workitems *items, uint64_t object)
{
	struct workitem_pending **slot = &items->pending[(object >> 5) % BUCKETS];

	while (*slot && (*slot)->object != object)
		slot = &(*slot)->next;
	return slot;
}

static void queue(struct workitems *items, const struct event *e)
{
	struct workitem_pending **slot = pending_slot(items, e->work), *pending = *slot;

	items->counts.queued++;
	if (pending) {
		items->counts.requeued++;
		pending->queued_ns = e->ts_ns;
		return;
	}
	pending = items->n_gaps ? NULL : malloc(sizeof(*pending));
	if (!pending) {
		items->counts.queued_lost++;
		return;
	}
	*pending = (struct workitem_pending){ .object = e->work, .queued_ns = e->ts_ns };
	*slot = pending;
	items->counts.pending++;
}

/* The item does not wait any more. */
static void take(struct workitems *items, const struct event *e)
{
	struct workitem_pending **slot = pending_slot(items, e->work), *pending = *slot;
	struct workitem_time time = { .function = e->function, .cpu = e->cpu };

	if (!pending) {
		items->counts.unqueued++;
		return;
	}
	*slot = pending->next;
	items->counts.pending--;
	items->counts.taken++;
	if (e->ts_ns > pending->queued_ns)
		time.ns = e->ts_ns - pending->queued_ns;
	free(pending);
	items->sink.waited(items->sink.ctx, &time);
}

/* --- from its start to its end --------------------------------------------- */

static struct workitem_running **running_slot(struct workitems *items, int32_t pid)
{
	struct workitem_running **slot = &items->running[(uint32_t)pid % BUCKETS];

	while (*slot && (*slot)->pid != pid)
		slot = &(*slot)->next;
	return slot;
}

/* A thread runs one item at a time, and so does a CPU in its softirqs. */
static struct workitem_running **slot_of(struct workitems *items, const struct event *e)
{
	if (e->flags & EVENT_FLAG_SOFTIRQ)
		return &items->cpu[e->cpu].in_softirq;
	return running_slot(items, e->pid);
}

static void forget(struct workitems *items, struct workitem_running **slot)
{
	struct workitem_running *running = *slot;

	*slot = running->next;
	free(running);
	items->counts.running--;
}

static void start(struct workitems *items, const struct event *e)
{
	struct workitem_running **slot = slot_of(items, e), *running;

	items->counts.started++;
	take(items, e);
	if (*slot) {
		items->counts.cut++;
		forget(items, slot);
	}
	running = items->n_gaps ? NULL : malloc(sizeof(*running));
	if (!running) {
		items->counts.started_lost++;
		return;
	}
	*running = (struct workitem_running){
		.next = *slot,
		.pid = e->pid,
		.object = e->work,
		.function = e->function,
		.cpu = e->cpu,
		.started_ns = e->ts_ns,
	};
	*slot = running;
	items->counts.running++;
}

static void end(struct workitems *items, const struct event *e)
{
	struct workitem_running **slot = slot_of(items, e), *running = *slot;
	struct workitem_time time;

	if (!running || running->object != e->work) {
		items->counts.unstarted++;
		return;
	}
	time = (struct workitem_time){ .function = running->function, .cpu = running->cpu };
	if (e->ts_ns > running->started_ns)
		time.ns = e->ts_ns - running->started_ns;
	if (time.ns > running->off_ns)
		time.cpu_ns = time.ns - running->off_ns;
	forget(items, slot);
	items->counts.ended++;
	items->sink.ran(items->sink.ctx, &time);
}

static void off_cpu(struct workitem_running *running, uint64_t ts_ns)
{
	if (!running || running->off)
		return;
	running->off = true;
	running->off_since_ns = ts_ns;
}

static void on_cpu(struct workitem_running *running, uint64_t ts_ns)
{
	if (!running || !running->off)
		return;
	running->off = false;
	if (ts_ns > running->off_since_ns)
		running->off_ns += ts_ns - running->off_since_ns;
}

/* --- losses ---------------------------------------------------------------- */

static void lose_all(struct workitems *items)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (items->pending[i]) {
			struct workitem_pending *pending = items->pending[i];

			items->pending[i] = pending->next;
			free(pending);
			items->counts.pending--;
			items->counts.queued_lost++;
		}
		while (items->running[i]) {
			items->counts.started_lost++;
			forget(items, &items->running[i]);
		}
	}
	for (unsigned int i = 0; i < items->n_cpus; i++) {
		if (!items->cpu[i].in_softirq)
			continue;
		items->counts.started_lost++;
		forget(items, &items->cpu[i].in_softirq);
	}
}

static void lose(struct workitems *items, struct workitem_cpu *cpu, bool in_gap)
{
	lose_all(items);
	if (cpu->in_gap && !in_gap)
		items->n_gaps--;
	else if (!cpu->in_gap && in_gap)
		items->n_gaps++;
	cpu->in_gap = in_gap;
}

/* Take the next event, in the order of time. */
void workitems_event(struct workitems *items, const struct event *e)
{
	if (e->cpu >= items->n_cpus)
		return;
	switch (e->kind) {
	case EVENT_WORK_QUEUE:
		queue(items, e);
		break;
	case EVENT_WORK_START:
		start(items, e);
		break;
	case EVENT_WORK_END:
		end(items, e);
		break;
	case EVENT_SWITCH:
		off_cpu(*running_slot(items, e->sw.prev_pid), e->ts_ns);
		on_cpu(*running_slot(items, e->sw.next_pid), e->ts_ns);
		break;
	case EVENT_LOSS_BEGIN:
	case EVENT_LOSS_END:
		lose(items, &items->cpu[e->cpu], e->kind == EVENT_LOSS_BEGIN);
		break;
	default:
		break;
	}
}

void workitems_counts(const struct workitems *items, struct workitem_counts *counts)
{
	*counts = items->counts;
}

/* NULL is fine. */
void workitems_free(struct workitems *items)
{
	if (!items)
		return;
	lose_all(items);
	free(items);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "softirq.h"

/* Spans kept of each CPU, and stacks kept of all; powers of two. */
#define SPANS  65536
#define STACKS 1024

#define WHO_BUCKETS 1024

/* A task whose name is not known yet. */
#define UNNAMED "?"

/* These two are always there. */
enum { WHO_UNKNOWN, WHO_IDLE };

struct who_entry {
	struct timeline_who who;
	uint32_t next; /* of its bucket, 0: none */
};

/**
 * struct span_entry - from here to the next span
 * @who: index of timeline.who
 * @stack: number of a stack; 0: none
 */
struct span_entry {
	uint64_t from_ns;
	uint32_t who;
	uint32_t stack;
};

struct kept_stack {
	uint32_t number;
	uint32_t n;
	uint64_t address[TIMELINE_STACK_MAX];
};

/**
 * struct timeline_cpu - what is on a CPU, by index of timeline.who
 * @spans: ring, @n_spans so far
 * @hard: interrupts, innermost last, @depth of them
 * @switched: number of the span that a switch ended last; a stack may follow
 */
struct timeline_cpu {
	struct span_entry *spans;
	uint64_t n_spans;
	uint32_t hard[EVENT_IRQ_DEPTH_MAX];
	size_t depth;
	uint32_t softirq;
	bool in_softirq;
	uint32_t task;
	uint64_t switched;
};

struct timeline {
	const struct event_catalog *catalog;
	unsigned int n_cpus;
	struct timeline_cpu *cpus;
	struct who_entry *who;
	size_t n_who;
	size_t who_alloc;
	uint32_t buckets[WHO_BUCKETS];
	struct kept_stack *stacks;
	uint32_t n_stacks;
};

const char *const timeline_kind_names[TIMELINE_KINDS] = {
	[TIMELINE_IRQ] = "irq",	  [TIMELINE_SOFTIRQ] = "softirq", [TIMELINE_TASK] = "task",
	[TIMELINE_IDLE] = "idle", [TIMELINE_UNKNOWN] = "unknown", [TIMELINE_OTHERS] = "others",
};

/* --- who ------------------------------------------------------------------- */

static size_t bucket_of(enum timeline_kind kind, int32_t id)
{
	return ((uint32_t)id * 2654435761u ^ (uint32_t)kind * 40503u) % WHO_BUCKETS;
}

/* Index of something; with @name NULL of the one whose name was seen last. */
static uint32_t who_find(const struct timeline *timeline, enum timeline_kind kind, int32_t id,
			 const char *name)
{
	uint32_t i;

	for (i = timeline->buckets[bucket_of(kind, id)]; i; i = timeline->who[i].next) {
		const struct timeline_who *who = &timeline->who[i].who;

		if (who->kind == kind && who->id == id && (!name || !strcmp(who->name, name)))
			return i;
	}
	return 0;
}

/* Index of something, added if needed; WHO_UNKNOWN when memory runs out. */
static uint32_t who_get(struct timeline *timeline, enum timeline_kind kind, int32_t id,
			const char *name)
{
	uint32_t i = who_find(timeline, kind, id, name), *bucket;
	struct who_entry *entry;

	if (i)
		return i;
	if (timeline->n_who == timeline->who_alloc) {
		size_t n = timeline->who_alloc ? 2 * timeline->who_alloc : 256;
		struct who_entry *list = realloc(timeline->who, n * sizeof(*list));

		if (!list)
			return WHO_UNKNOWN;
		timeline->who = list;
		timeline->who_alloc = n;
	}
	i = (uint32_t)timeline->n_who++;
	entry = &timeline->who[i];
	entry->who.kind = kind;
	entry->who.id = id;
	snprintf(entry->who.name, sizeof(entry->who.name), "%s", name);
	entry->who.prio = EVENT_PRIO_UNKNOWN;
	bucket = &timeline->buckets[bucket_of(kind, id)];
	entry->next = *bucket;
	*bucket = i;
	return i;
}

static uint32_t task_of(struct timeline *timeline, int32_t pid, const char *comm)
{
	return pid ? who_get(timeline, TIMELINE_TASK, pid, comm) : WHO_IDLE;
}

static uint32_t irq_of(struct timeline *timeline, const struct event *e)
{
	char name[TIMELINE_NAME_BYTES];

	if (e->irq < 0)
		return who_get(timeline, TIMELINE_IRQ, e->irq, event_irq_name(e->irq));
	event_name(timeline->catalog, e, name, sizeof(name));
	return who_get(timeline, TIMELINE_IRQ, e->irq, name);
}

static uint32_t softirq_of(struct timeline *timeline, uint32_t vec)
{
	return who_get(timeline, TIMELINE_SOFTIRQ, (int32_t)vec, softirq_name(vec));
}

/* --- spans ----------------------------------------------------------------- */

static struct span_entry *span_at(const struct timeline_cpu *cpu, uint64_t number)
{
	return &cpu->spans[number % SPANS];
}

/* Begin a span when the CPU has another occupant now. */
static void note(struct timeline_cpu *cpu, uint64_t ts_ns)
{
	uint32_t who = cpu->depth      ? cpu->hard[cpu->depth - 1] :
		       cpu->in_softirq ? cpu->softirq :
					 cpu->task;

	if (cpu->n_spans && span_at(cpu, cpu->n_spans - 1)->who == who)
		return;
	*span_at(cpu, cpu->n_spans++) = (struct span_entry){ .from_ns = ts_ns, .who = who };
}

/* Its name was not known before it gave up the CPU. */
static void name_task(struct timeline *timeline, uint32_t task, const struct event *e)
{
	struct timeline_who *who = &timeline->who[task].who;
	char comm[EVENT_COMM_BYTES];

	if (who->kind != TIMELINE_TASK || who->id != e->sw.prev_pid || strcmp(who->name, UNNAMED))
		return;
	event_prev_comm(timeline->catalog, e, comm);
	if (comm[0])
		snprintf(who->name, sizeof(who->name), "%s", comm);
}

static void on_switch(struct timeline *timeline, struct timeline_cpu *cpu, const struct event *e)
{
	char comm[EVENT_COMM_BYTES];

	name_task(timeline, cpu->task, e);
	event_comm(timeline->catalog, e, comm);
	cpu->depth = 0;
	note(cpu, e->ts_ns);
	cpu->switched = cpu->n_spans - 1;
	cpu->task = task_of(timeline, e->sw.next_pid, comm);
	if (timeline->who[cpu->task].who.kind == TIMELINE_TASK)
		timeline->who[cpu->task].who.prio = event_next_prio(timeline->catalog, e);
}

static void on_stack(struct timeline *timeline, struct timeline_cpu *cpu, const struct event *e)
{
	uint32_t number = ++timeline->n_stacks;
	struct kept_stack *stack = &timeline->stacks[number % STACKS];

	if (cpu->n_spans - cpu->switched >= SPANS)
		return;
	stack->number = number;
	stack->n = 0;
	while (stack->n < TIMELINE_STACK_MAX &&
	       event_stack(timeline->catalog, e, stack->n, &stack->address[stack->n]))
		stack->n++;
	span_at(cpu, cpu->switched)->stack = number;
}

/*
 * The task of a CPU is not known until its first switch, but its events have its PID,
 * also those of interrupts. Before its first event the CPU had no other: a switch would
 * have been recorded.
 */
static void learn_task(struct timeline *timeline, struct timeline_cpu *cpu, const struct event *e)
{
	uint32_t known;

	if (cpu->task != WHO_UNKNOWN || e->pid < 0)
		return;
	known = e->pid ? who_find(timeline, TIMELINE_TASK, e->pid, NULL) : WHO_IDLE;
	cpu->task = known ? known : task_of(timeline, e->pid, UNNAMED);
	note(cpu, cpu->n_spans ? e->ts_ns : 0);
}

/* A gap: nothing is known from its begin on. */
static void on_loss(struct timeline_cpu *cpu)
{
	cpu->depth = 0;
	cpu->in_softirq = false;
	cpu->task = WHO_UNKNOWN;
}

/**
 * timeline_event - the next event, in the order of time
 * @timeline: timeline
 * @e: event, also EVENT_LOSS_*
 */
void timeline_event(struct timeline *timeline, const struct event *e)
{
	struct timeline_cpu *cpu;

	if (e->cpu >= timeline->n_cpus)
		return;
	cpu = &timeline->cpus[e->cpu];
	if (e->kind != EVENT_LOSS_BEGIN && e->kind != EVENT_LOSS_END)
		learn_task(timeline, cpu, e);
	switch (e->kind) {
	case EVENT_IRQ_ENTRY:
	case EVENT_VECTOR_ENTRY:
		if (cpu->depth < EVENT_IRQ_DEPTH_MAX)
			cpu->hard[cpu->depth++] = irq_of(timeline, e);
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		cpu->depth -= cpu->depth > 0;
		break;
	case EVENT_SOFTIRQ_ENTRY:
		cpu->in_softirq = true;
		cpu->softirq = softirq_of(timeline, e->vec);
		break;
	case EVENT_SOFTIRQ_EXIT:
		cpu->in_softirq = false;
		break;
	case EVENT_SWITCH:
		on_switch(timeline, cpu, e);
		break;
	case EVENT_STACK:
		on_stack(timeline, cpu, e);
		return;
	case EVENT_LOSS_BEGIN:
		on_loss(cpu);
		break;
	}
	note(cpu, e->ts_ns);
}

/**
 * timeline_spans - who had a CPU during some time
 * @timeline: timeline
 * @cpu: CPU
 * @from_ns: begin
 * @to_ns: end, not after the last event
 * @span: called for each span, the last one first; all times add up to @to_ns - @from_ns
 * @ctx: passed to @span
 *
 * Of what is too long ago nobody is known.
 */
void timeline_spans(const struct timeline *timeline, unsigned int cpu, uint64_t from_ns,
		    uint64_t to_ns, void (*span)(void *ctx, const struct timeline_span *span),
		    void *ctx)
{
	const struct timeline_cpu *c = cpu < timeline->n_cpus ? &timeline->cpus[cpu] : NULL;
	uint64_t oldest = c && c->n_spans > SPANS ? c->n_spans - SPANS : 0;
	uint64_t end = to_ns;

	for (uint64_t i = c ? c->n_spans : 0; i > oldest && end > from_ns; i--) {
		const struct span_entry *entry = span_at(c, i - 1);
		const struct kept_stack *stack = &timeline->stacks[entry->stack % STACKS];
		uint64_t begin = entry->from_ns < from_ns ? from_ns : entry->from_ns;
		bool kept = entry->stack && stack->number == entry->stack;
		struct timeline_span found = {
			.who = &timeline->who[entry->who].who,
			.ns = end - begin,
			.stack = kept ? stack->address : NULL,
			.n_stack = kept ? stack->n : 0,
		};

		if (begin >= end)
			continue;
		span(ctx, &found);
		end = begin;
	}
	if (end > from_ns)
		span(ctx, &(struct timeline_span){ .who = &timeline->who[WHO_UNKNOWN].who,
						   .ns = end - from_ns });
}

/* The kernel's priority of a task when it was last switched to, or EVENT_PRIO_UNKNOWN. */
int32_t timeline_task_prio(const struct timeline *timeline, int32_t pid)
{
	uint32_t i = who_find(timeline, TIMELINE_TASK, pid, NULL);

	return i ? timeline->who[i].who.prio : EVENT_PRIO_UNKNOWN;
}

/**
 * timeline_new - make an empty timeline
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @catalog: of the recording; must outlive the timeline
 *
 * Returns NULL with errno set when memory runs out.
 */
struct timeline *timeline_new(unsigned int n_cpus, const struct event_catalog *catalog)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));

	if (!timeline)
		return NULL;
	timeline->catalog = catalog;
	timeline->n_cpus = n_cpus;
	timeline->cpus = calloc(n_cpus + 1, sizeof(*timeline->cpus));
	timeline->stacks = calloc(STACKS, sizeof(*timeline->stacks));
	/* The first entry of a list is in no bucket. */
	if (!timeline->cpus || !timeline->stacks)
		goto fail;
	who_get(timeline, TIMELINE_UNKNOWN, -1, "not known");
	who_get(timeline, TIMELINE_IDLE, 0, "idle");
	if (timeline->n_who != 2)
		goto fail;
	for (unsigned int i = 0; i < n_cpus; i++) {
		timeline->cpus[i].spans = calloc(SPANS, sizeof(*timeline->cpus[i].spans));
		if (!timeline->cpus[i].spans)
			goto fail;
	}
	return timeline;
fail:
	timeline_free(timeline);
	return NULL;
}

/* NULL is fine. */
void timeline_free(struct timeline *timeline)
{
	if (!timeline)
		return;
	for (unsigned int i = 0; timeline->cpus && i < timeline->n_cpus; i++)
		free(timeline->cpus[i].spans);
	free(timeline->cpus);
	free(timeline->stacks);
	free(timeline->who);
	free(timeline);
}

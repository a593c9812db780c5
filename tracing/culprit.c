// SPDX-License-Identifier: GPL-2.0-or-later
#include "culprit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What runs on a CPU. */
struct culprit_occupant {
	enum culprit_kind kind;
	int32_t id;
	char name[CULPRIT_NAME_BYTES];
};

/**
 * struct culprit_cpu - interrupts that interrupted a softirq that interrupted a task
 * @since_ns: the time before is accounted for
 * @hard: interrupts, innermost last, @depth of them
 * @last_part: index of the part that left the CPU last; -1: none
 */
struct culprit_cpu {
	uint64_t since_ns;
	struct culprit_occupant hard[EVENT_IRQ_DEPTH_MAX];
	size_t depth;
	struct culprit_occupant softirq;
	bool in_softirq;
	struct culprit_occupant task;
	int last_part;
};

static const struct culprit_occupant unknown = {
	.kind = CULPRIT_UNKNOWN,
	.id = -1,
	.name = "not known",
};

/* When a stage was, and the CPU that it depends on. */
struct culprit_span {
	uint64_t from_ns;
	uint64_t to_ns;
	unsigned int cpu;
	int stage;
};

struct culprit_analysis {
	struct culprit *culprit;
	const struct event_catalog *catalog;
	struct culprit_cpu *cpus;
	struct culprit_span spans[CHAIN_STAGE_PARTS];
	size_t n_spans;
};

/* The CPU that a stage depends on. */
unsigned int culprit_stage_cpu(const struct chain_sample *sample, int stage)
{
	switch (stage) {
	case CHAIN_STAGE_WAKE:
	case CHAIN_STAGE_QUEUE:
	case CHAIN_STAGE_READ:
	case CHAIN_STAGE_EXIT:
		return sample->task_cpu;
	default:
		return sample->irq_cpu;
	}
}

static void set_spans(struct culprit_analysis *a, const struct chain_sample *sample)
{
	uint64_t at = sample->start_ns;

	for (int i = 0; i < chain_n_stages(sample); i++) {
		int stage = chain_stage_at(sample, i);

		a->spans[a->n_spans++] = (struct culprit_span){
			.from_ns = at,
			.to_ns = at + sample->ns[stage],
			.cpu = culprit_stage_cpu(sample, stage),
			.stage = stage,
		};
		at += sample->ns[stage];
	}
}

static int part_index(struct culprit *c, const struct culprit_occupant *o)
{
	static const struct culprit_occupant others = {
		.kind = CULPRIT_OTHERS,
		.id = -1,
		.name = "others",
	};
	struct culprit_part *part;

	for (size_t i = 0; i < c->n_parts; i++) {
		if (c->parts[i].kind == o->kind && c->parts[i].id == o->id)
			return (int)i;
	}
	if (c->n_parts == CULPRIT_PARTS_MAX)
		return CULPRIT_PARTS_MAX - 1;
	part = &c->parts[c->n_parts];
	memset(part, 0, sizeof(*part));
	if (c->n_parts == CULPRIT_PARTS_MAX - 1)
		o = &others;
	part->kind = o->kind;
	part->id = o->id;
	memcpy(part->name, o->name, sizeof(part->name));
	return (int)c->n_parts++;
}

static const struct culprit_occupant *occupant_of(const struct culprit_cpu *cpu)
{
	if (cpu->depth)
		return &cpu->hard[cpu->depth - 1];
	return cpu->in_softirq ? &cpu->softirq : &cpu->task;
}

/* Add the time up to @ts_ns to the occupant of the CPU. */
static void account(struct culprit_analysis *a, unsigned int index, uint64_t ts_ns)
{
	struct culprit_cpu *cpu = &a->cpus[index];
	const struct culprit_occupant *o = occupant_of(cpu);

	for (size_t i = 0; i < a->n_spans; i++) {
		const struct culprit_span *span = &a->spans[i];
		uint64_t from = span->from_ns, to = span->to_ns;

		if (span->cpu != index)
			continue;
		from = from < cpu->since_ns ? cpu->since_ns : from;
		to = to > ts_ns ? ts_ns : to;
		if (from >= to)
			continue;
		a->culprit->parts[part_index(a->culprit, o)].ns[span->stage] += to - from;
		if (span->stage == CHAIN_STAGE_WAKE && o->kind == CULPRIT_IDLE)
			a->culprit->idle_before = true;
	}
	cpu->since_ns = ts_ns;
}

static void set_task(struct culprit_occupant *o, int32_t pid, const char *comm)
{
	o->kind = pid ? CULPRIT_TASK : CULPRIT_IDLE;
	o->id = pid;
	snprintf(o->name, sizeof(o->name), "%s", pid ? comm : "idle");
}

static void push_irq(struct culprit_analysis *a, struct culprit_cpu *cpu, const struct event *e)
{
	struct culprit_occupant *o;

	if (cpu->depth == EVENT_IRQ_DEPTH_MAX)
		return;
	o = &cpu->hard[cpu->depth++];
	o->kind = CULPRIT_IRQ;
	o->id = e->irq;
	if (e->irq < 0)
		snprintf(o->name, sizeof(o->name), "%s", event_irq_name(e->irq));
	else
		event_name(a->catalog, e, o->name, sizeof(o->name));
}

static void set_softirq(struct culprit_cpu *cpu, uint32_t vec)
{
	/* In the order of the kernel's linux/interrupt.h. */
	static const char *const names[] = {
		"HI",	    "TIMER",   "NET_TX", "NET_RX",  "BLOCK",
		"IRQ_POLL", "TASKLET", "SCHED",	 "HRTIMER", "RCU",
	};

	cpu->in_softirq = true;
	cpu->softirq.kind = CULPRIT_SOFTIRQ;
	cpu->softirq.id = (int32_t)vec;
	snprintf(cpu->softirq.name, sizeof(cpu->softirq.name), "%s",
		 vec < sizeof(names) / sizeof(names[0]) ? names[vec] : "?");
}

static void on_switch(struct culprit_analysis *a, unsigned int index, const struct event *e)
{
	struct culprit_cpu *cpu = &a->cpus[index];
	char comm[EVENT_COMM_BYTES];

	/* A stack is kept only for a task that is a part. */
	cpu->last_part = -1;
	for (size_t i = 0; i < a->culprit->n_parts; i++) {
		if (a->culprit->parts[i].kind == CULPRIT_TASK &&
		    a->culprit->parts[i].id == e->sw.prev_pid)
			cpu->last_part = (int)i;
	}
	event_comm(a->catalog, e, comm);
	set_task(&cpu->task, e->sw.next_pid, comm);
	cpu->depth = 0;
}

static void on_stack(struct culprit_analysis *a, unsigned int index, const struct event *e)
{
	struct culprit_cpu *cpu = &a->cpus[index];
	struct culprit_part *part;
	uint64_t address;

	if (cpu->last_part < 0)
		return;
	part = &a->culprit->parts[cpu->last_part];
	cpu->last_part = -1;
	/* The chain waited for the first time that it gave up the CPU. */
	for (size_t i = 0; !part->n_stack || i; i++) {
		if (i == CULPRIT_STACK_MAX || !event_stack(a->catalog, e, i, &address))
			break;
		part->stack[i] = address;
		part->n_stack = i + 1;
	}
}

static void learn_task(struct culprit_cpu *cpu, const struct event *e)
{
	if (cpu->task.kind == CULPRIT_UNKNOWN && e->pid >= 0 &&
	    !(e->flags & (EVENT_FLAG_HARDIRQ | EVENT_FLAG_SOFTIRQ)))
		set_task(&cpu->task, e->pid, "?");
}

static void on_event(struct culprit_analysis *a, const struct event *e)
{
	struct culprit_cpu *cpu = &a->cpus[e->cpu];

	account(a, e->cpu, e->ts_ns);
	learn_task(cpu, e);
	switch (e->kind) {
	case EVENT_IRQ_ENTRY:
	case EVENT_VECTOR_ENTRY:
		push_irq(a, cpu, e);
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		cpu->depth -= cpu->depth > 0;
		break;
	case EVENT_SOFTIRQ_ENTRY:
		set_softirq(cpu, e->vec);
		break;
	case EVENT_SOFTIRQ_EXIT:
		cpu->in_softirq = false;
		break;
	case EVENT_SWITCH:
		on_switch(a, e->cpu, e);
		break;
	case EVENT_STACK:
		on_stack(a, e->cpu, e);
		break;
	}
}

static void on_record(void *ctx, unsigned int cpu, const struct trace_record *r)
{
	struct culprit_analysis *a = ctx;
	struct event e;

	if (event_decode(a->catalog, r, cpu, &e) > 0)
		on_event(a, &e);
}

static void on_loss(void *ctx, unsigned int cpu, uint64_t ts, uint64_t lost, bool begin)
{
	struct culprit_analysis *a = ctx;
	struct culprit_cpu *c = &a->cpus[cpu];

	(void)lost;
	account(a, cpu, event_scale_ns(a->catalog, ts));
	if (begin) {
		c->depth = 0;
		c->in_softirq = false;
		c->task = unknown;
	}
}

/**
 * culprit_analyse - find out who had the CPU during a chain
 * @culprit: filled
 * @sample: the chain
 * @catalog: of the recording
 * @layout: of the sub-buffers
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @reader: of the sub-buffers, beginning some time before the chain
 *
 * Returns 0, or -1 with errno set.
 */
int culprit_analyse(struct culprit *culprit, const struct chain_sample *sample,
		    const struct event_catalog *catalog, const struct subbuf_layout *layout,
		    unsigned int n_cpus, const struct page_reader *reader)
{
	struct culprit_analysis a = { .culprit = culprit, .catalog = catalog };
	const struct merge_sink sink = { .record = on_record, .loss = on_loss, .ctx = &a };
	struct merge *merge;
	int err = -1;

	memset(culprit, 0, sizeof(*culprit));
	culprit->sample = *sample;
	set_spans(&a, sample);
	a.cpus = calloc(n_cpus, sizeof(*a.cpus));
	merge = merge_new(n_cpus, layout, catalog, reader);
	if (a.cpus && merge) {
		for (unsigned int i = 0; i < n_cpus; i++) {
			a.cpus[i].task = unknown;
			a.cpus[i].last_part = -1;
		}
		err = merge_run(merge, UINT64_MAX, &sink);
		for (unsigned int i = 0; !err && i < n_cpus; i++)
			account(&a, i, sample->end_ns);
	}
	merge_free(merge);
	free(a.cpus);
	return err;
}

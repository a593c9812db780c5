/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timeline - who had each CPU lately
 *
 * Interrupts interrupt a softirq that interrupts a task: the innermost one has the CPU.
 * A ring for each CPU has the spans of time; when a chain ends, its stages are looked up
 * in them. Live and from files, in one pass.
 */
#ifndef TRACING_TIMELINE_H
#define TRACING_TIMELINE_H

#include "event.h"

#define TIMELINE_NAME_BYTES 48
#define TIMELINE_STACK_MAX  24

enum timeline_kind {
	TIMELINE_IRQ,
	TIMELINE_SOFTIRQ,
	TIMELINE_TASK,
	TIMELINE_IDLE,
	TIMELINE_UNKNOWN,
	TIMELINE_OTHERS, /* all for which a list had no room */
	TIMELINE_KINDS,
};

/**
 * struct timeline_who - something that runs
 * @kind: what it is
 * @id: interrupt, softirq or pid
 * @name: of the interrupt, softirq or task
 * @prio: of a task, the kernel's, when it was last switched to; else EVENT_PRIO_UNKNOWN
 */
struct timeline_who {
	enum timeline_kind kind;
	int32_t id;
	char name[TIMELINE_NAME_BYTES];
	int32_t prio;
};

/**
 * struct timeline_span - some time of one CPU
 * @who: had the CPU
 * @ns: how long
 * @stack: when stacks are recorded: the kernel stack of a task when it gave up the CPU,
 *	@n_stack addresses, innermost first
 */
struct timeline_span {
	const struct timeline_who *who;
	uint64_t ns;
	const uint64_t *stack;
	size_t n_stack;
};

struct timeline;

struct timeline *timeline_new(unsigned int n_cpus, const struct event_catalog *catalog);
void timeline_free(struct timeline *timeline);
void timeline_event(struct timeline *timeline, const struct event *e);
void timeline_spans(const struct timeline *timeline, unsigned int cpu, uint64_t from_ns,
		    uint64_t to_ns, void (*span)(void *ctx, const struct timeline_span *span),
		    void *ctx);
int32_t timeline_task_prio(const struct timeline *timeline, int32_t pid);
extern const char *const timeline_kind_names[TIMELINE_KINDS];

#endif /* TRACING_TIMELINE_H */

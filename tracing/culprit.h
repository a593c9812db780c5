/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * culprit - who had the CPU while a chain waited
 *
 * Reads the sub-buffers around one chain again, and divides the time of each of its
 * stages among what ran on the CPU that the stage depends on: interrupts, softirqs,
 * tasks, or the idle task.
 */
#ifndef TRACING_CULPRIT_H
#define TRACING_CULPRIT_H

#include "chain_sample.h"
#include "merge.h"
#include "subbuf.h"

#define CULPRIT_PARTS_MAX  64
#define CULPRIT_STACK_MAX  24
#define CULPRIT_NAME_BYTES 48

enum culprit_kind {
	CULPRIT_IRQ,
	CULPRIT_SOFTIRQ,
	CULPRIT_TASK,
	CULPRIT_IDLE,
	CULPRIT_UNKNOWN,
	CULPRIT_OTHERS, /* all for which there was no room */
};

/**
 * struct culprit_part - something that ran
 * @kind: what it is
 * @id: interrupt, softirq or pid
 * @name: of the interrupt, softirq or task
 * @ns: time that it ran in each stage
 * @stack: of a task, when stacks were recorded: its kernel stack when it gave up the
 *	CPU, @n_stack addresses, innermost first
 */
struct culprit_part {
	enum culprit_kind kind;
	int32_t id;
	char name[CULPRIT_NAME_BYTES];
	uint64_t ns[CHAIN_STAGE_PARTS];
	uint64_t stack[CULPRIT_STACK_MAX];
	size_t n_stack;
};

/**
 * struct culprit - who had the CPU during one chain
 * @sample: the chain
 * @parts: what ran, @n_parts of them; when all are used the last is CULPRIT_OTHERS
 * @idle_before: the task's CPU was idle when the task was being woken
 */
struct culprit {
	struct chain_sample sample;
	struct culprit_part parts[CULPRIT_PARTS_MAX];
	size_t n_parts;
	bool idle_before;
};

int culprit_analyse(struct culprit *culprit, const struct chain_sample *sample,
		    const struct event_catalog *catalog, const struct subbuf_layout *layout,
		    unsigned int n_cpus, const struct page_reader *reader);
unsigned int culprit_stage_cpu(const struct chain_sample *sample, int stage);

#endif /* TRACING_CULPRIT_H */

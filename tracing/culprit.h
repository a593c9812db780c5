/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * culprit - who had the CPU while a chain waited
 *
 * Divides the time of each stage of a chain among what ran on the CPU that the stage
 * depends on: interrupts, softirqs, tasks, or the idle task.
 */
#ifndef TRACING_CULPRIT_H
#define TRACING_CULPRIT_H

#include "chain_sample.h"
#include "timeline.h"

#define CULPRIT_PARTS_MAX 64

/**
 * struct culprit_part - something that ran
 * @who: what it is
 * @ns: time that it ran in each stage
 * @stack: of a task, when stacks were recorded: its kernel stack when it first gave up
 *	the CPU, @n_stack addresses, innermost first
 */
struct culprit_part {
	struct timeline_who who;
	uint64_t ns[CHAIN_STAGE_PARTS];
	uint64_t stack[TIMELINE_STACK_MAX];
	size_t n_stack;
};

/**
 * struct culprit - who had the CPU during one chain
 * @sample: the chain
 * @parts: what ran, @n_parts of them; when all are used the last is TIMELINE_OTHERS
 * @idle_before: the task's CPU was idle when the task was being woken
 * @task_prio: the kernel's priority of the task, or EVENT_PRIO_UNKNOWN
 */
struct culprit {
	struct chain_sample sample;
	struct culprit_part parts[CULPRIT_PARTS_MAX];
	size_t n_parts;
	bool idle_before;
	int32_t task_prio;
};

/**
 * struct culprit_cause - the longest part of any stage
 * @who: had the CPU
 * @stage: in this stage
 * @ns: for so long
 * @before_realtime: a normal task had the CPU for a millisecond or more while the
 *	real-time task of the chain was waiting for it
 */
struct culprit_cause {
	struct timeline_who who;
	enum chain_stage stage;
	uint64_t ns;
	bool before_realtime;
};

#define CULPRIT_TEXT_BYTES 160

void culprit_find(struct culprit *culprit, const struct chain_sample *sample,
		  const struct timeline *timeline);
struct culprit_cause culprit_cause(const struct culprit *culprit);
const char *culprit_cause_text(const struct culprit_cause *cause, const struct chain_sample *sample,
			       char text[CULPRIT_TEXT_BYTES]);
size_t culprit_parts_of(const struct culprit *culprit, int stage, size_t order[CULPRIT_PARTS_MAX]);
const char *culprit_who_text(const struct timeline_who *who, char text[CULPRIT_TEXT_BYTES]);

#endif /* TRACING_CULPRIT_H */

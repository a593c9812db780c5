/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who made the longest chains of a trace late, as irqlat explain --json wrote it
 */
#ifndef RESULTS_EXPLAINED_H
#define RESULTS_EXPLAINED_H

#include <stddef.h>
#include <stdint.h>

#define EXPLAINED_NAME_BYTES 64
#define EXPLAINED_TEXT_BYTES 192
#define EXPLAINED_HOPS_MAX   8

/**
 * struct explained_hop - a task that was woken on the way, and woke the next one
 * @task: name
 * @pid: of the task
 * @cpu: CPU that it ran on
 * @wake_ns: from its waking to its wakeup
 * @queue_ns: from there to its switch in
 * @run_ns: from there to the waking of the next
 */
struct explained_hop {
	char task[EXPLAINED_NAME_BYTES];
	int64_t pid;
	int64_t cpu;
	uint64_t wake_ns;
	uint64_t queue_ns;
	uint64_t run_ns;
};

/**
 * struct explained_chain - a chain
 * @source: handler of the interrupt
 * @irq: its number, or RESULT_NO_IRQ
 * @irq_cpu: CPU that took the interrupt
 * @task: name of the task that was woken
 * @pid: of the task
 * @task_cpu: CPU that the task ran on
 * @start_ns: begin, by the trace clock
 * @total_ns: how long it took
 * @cause: what had a CPU for longest, in words
 * @stage: in which stage
 * @cause_ns: for so long
 * @hops: @n_hops tasks on the way, in their order
 */
struct explained_chain {
	char source[EXPLAINED_NAME_BYTES];
	uint64_t irq;
	int64_t irq_cpu;
	char task[EXPLAINED_NAME_BYTES];
	int64_t pid;
	int64_t task_cpu;
	uint64_t start_ns;
	uint64_t total_ns;
	char cause[EXPLAINED_TEXT_BYTES];
	char stage[EXPLAINED_NAME_BYTES];
	uint64_t cause_ns;
	struct explained_hop hops[EXPLAINED_HOPS_MAX];
	size_t n_hops;
};

/**
 * struct explained_cause - chains of a tail with one cause
 * @text: the cause in words
 * @stage: in which stage
 * @n: how many chains
 * @ns: sum of the times of the cause
 */
struct explained_cause {
	char text[EXPLAINED_TEXT_BYTES];
	char stage[EXPLAINED_NAME_BYTES];
	uint64_t n;
	uint64_t ns;
};

/**
 * struct explained_line - the chains of a handler
 * @n: how many
 * @max: the longest
 * @label: the part of them that is explained, "p99.9", or "worst"
 * @from_ns: chains that took at least so long
 * @tail: how many these are; more than 0
 * @tail_ns: sum of their times
 * @causes: @n_causes of them, the most frequent first
 */
struct explained_line {
	uint64_t n;
	struct explained_chain max;
	char label[16];
	uint64_t from_ns;
	uint64_t tail;
	uint64_t tail_ns;
	struct explained_cause *causes;
	size_t n_causes;
};

/**
 * struct explained - all
 * @lines: @n_lines handlers, the one with the longest chain first
 * @chains: @n_chains single chains, the longest first
 * @events: the single chains as Chrome's trace events, JSON; NULL: none
 */
struct explained {
	struct explained_line *lines;
	size_t n_lines;
	struct explained_chain *chains;
	size_t n_chains;
	char *events;
};

void explained_free(struct explained *explained);

#endif /* RESULTS_EXPLAINED_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain_sample - what is known about a chain that ended, and about an interrupt
 *
 * The stages of a chain are those of base/stages.h.
 */
#ifndef TRACING_CHAIN_SAMPLE_H
#define TRACING_CHAIN_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/stages.h"
#include "event.h"
#include "outcome.h"

/* The "number" of interrupts that are hrtimers. */
#define CHAIN_IRQ_HRTIMER (-1000)

extern const char *const chain_outcome_names[OUTCOMES];
extern const char *const chain_end_names[CHAIN_ENDS];

/* Tasks on the way of a chain, at most: behind the last one it is not followed. */
#define CHAIN_HOPS_MAX 4

/**
 * struct chain_hop - a task that was woken on the way, and woke the next one
 * @pid: task
 * @cpu: CPU that it ran on
 * @comm: name of the task
 * @wake_ns: waking -> wakeup
 * @queue_ns: wakeup -> switch in
 * @run_ns: switch in -> waking of the next, or queuing of a work item
 */
struct chain_hop {
	int32_t pid;
	uint16_t cpu;
	char comm[EVENT_COMM_BYTES];
	uint64_t wake_ns;
	uint64_t queue_ns;
	uint64_t run_ns;
};

/**
 * struct chain_sample - one chain
 * @irq: interrupt number; below zero: see event_irq_name()
 * @irq_cpu: CPU that took the interrupt
 * @task_cpu: CPU that the task ran on
 * @pid: woken task
 * @comm: name of the task
 * @end: where the chain ended
 * @start_ns: irq entry
 * @end_ns: end of the chain; @end_ns - @start_ns is the sum of @ns
 * @stages: bit set of the stages that the chain went through
 * @order: these stages in the order of time, see chain_stage_at()
 * @ns: time in each stage; 0 for those not in @stages
 * @n_hops: tasks on the way; the stages hop_wake, hop_queue and hop are their sums
 * @hops: the first @n_hops are set, in the order of time
 * @module_ns: irq entry -> the procirq module's handler time; -1: not known
 * @row: what the sink returned for the interrupt
 * @of_line: more than one handler of a shared line raised the softirq that woke the
 *	task: the chain is that of the line, not of the handler
 */
struct chain_sample {
	void *row;
	bool of_line;
	int32_t irq;
	uint16_t irq_cpu;
	uint16_t task_cpu;
	int32_t pid;
	char comm[EVENT_COMM_BYTES];
	enum chain_end end;
	uint64_t start_ns;
	uint64_t end_ns;
	uint32_t stages;
	uint64_t order;
	uint64_t ns[CHAIN_STAGE_PARTS];
	int64_t module_ns;
	unsigned int n_hops;
	struct chain_hop hops[CHAIN_HOPS_MAX];
};

static inline int chain_n_stages(const struct chain_sample *sample)
{
	return __builtin_popcount(sample->stages);
}

/* The @i th stage of the chain; a stage that was entered twice is at its first place. */
static inline enum chain_stage chain_stage_at(const struct chain_sample *sample, int i)
{
	int later = chain_n_stages(sample) - 1 - i;

	return (enum chain_stage)(sample->order >> 4 * later & 15);
}

/**
 * struct chain_piece - some time of a chain, without a gap behind the piece before
 * @stage: its stage; that of a hop comes once for each
 * @cpu: the CPU that it depends on
 * @ns: how long
 */
struct chain_piece {
	enum chain_stage stage;
	unsigned int cpu;
	uint64_t ns;
};

#define CHAIN_PIECES_MAX (CHAIN_STAGE_PARTS + 3 * CHAIN_HOPS_MAX)

int chain_pieces(const struct chain_sample *sample, struct chain_piece pieces[CHAIN_PIECES_MAX]);
unsigned int chain_stage_cpu(const struct chain_sample *sample, enum chain_stage stage);

/**
 * struct chain_sink - functions that get the results, during chains_event()
 * @seen: a handler was entered; @e is its EVENT_IRQ_ENTRY or _VECTOR_ENTRY. What it
 *	returns comes back as @row. It is the same for the same handler on the same CPU,
 *	and may be NULL.
 * @handler: the handler ended after @ns
 * @sample: a chain ended
 * @outcome: the outcome of one interrupt is final; called once for each @seen
 * @ctx: passed to each function
 */
struct chain_sink {
	void *(*seen)(void *ctx, const struct event *e);
	void (*handler)(void *ctx, void *row, uint64_t ns);
	void (*sample)(void *ctx, const struct chain_sample *sample);
	void (*outcome)(void *ctx, void *row, enum chain_outcome outcome);
	void *ctx;
};

#endif /* TRACING_CHAIN_SAMPLE_H */

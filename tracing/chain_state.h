/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain_state - what the files that build chains share, and nobody else
 *
 * Who holds what: a root is one interrupt; each place that may still wake
 * somebody for it (handler, pending or running softirq, irq thread, work item,
 * woken task) holds a path, and a path holds a reference to its root. The last
 * reference gone, the interrupt's outcome is told.
 */
#ifndef TRACING_CHAIN_STATE_H
#define TRACING_CHAIN_STATE_H

#include "chain.h"

#define HARD_DEPTH_MAX 8
#define SOFTIRQS_MAX   16
#define WORK_BUCKETS   1024
#define ROOTS_PER_SLAB 512

struct root {
	int32_t irq;
	uint16_t cpu;
	uint8_t outcome;
	uint32_t refs;
	uint64_t ts_ns;
	struct root *next_free;
};

struct root_slab {
	struct root_slab *next;
	struct root roots[ROOTS_PER_SLAB];
};

/* From the interrupt to @last_ns, cut into stages. @root NULL: no path. */
struct path {
	struct root *root;
	uint64_t last_ns;
	uint32_t stages;
	uint64_t order; /* of @stages, four bits each, the last one lowest */
	uint64_t ns[STAGES];
};

_Static_assert(STAGES <= 16, "a stage is four bits of an order");

enum task_state { TASK_NONE, TASK_WAKING, TASK_WOKEN, TASK_RUNNING };

/**
 * struct task - a task that a chain goes through
 * @state: of @chain; TASK_NONE when @chain is empty
 * @on_cpu: it was woken before it had left its CPU
 * @preempted: in TASK_RUNNING, but off the CPU
 * @cpu: where it was queued or runs
 * @chain: that woke it
 * @carry: what the irq thread or worker does now is done for this interrupt
 * @carry_stage: STAGE_THREAD or STAGE_WORK
 * @carry_mixed: the line interrupted again while its thread was at work
 */
struct task {
	struct task *prev;
	struct task *next;
	int32_t pid;
	enum task_state state;
	bool on_cpu;
	bool preempted;
	bool irq_thread;
	int cpu;
	char comm[EVENT_COMM_BYTES];
	int64_t module_ns;
	struct path chain;
	struct path carry;
	enum stage carry_stage;
	bool carry_mixed;
};

/* @mixed: raised by different interrupts, or by something else as well. */
struct softirq {
	struct path path;
	bool raised;
	bool mixed;
};

struct work {
	struct work *next;
	uint64_t object;
	struct path path;
};

/**
 * struct cpu_state - what a CPU is doing
 * @hard: handlers that were entered and not left, innermost last
 * @depth: how many
 * @tail: the last handler that ended, until the CPU does something else: its
 *	irq thread is woken after the end of the handler
 * @in_handler: softirqs raised by the handlers in @hard, a bit each
 * @pending: softirqs raised and not entered
 * @running: the softirq that was entered
 * @running_pid: task that runs it or was interrupted by it; -1: none
 * @current_pid: task on the CPU, -1: not known
 */
struct cpu_state {
	struct path hard[HARD_DEPTH_MAX];
	unsigned int depth;
	struct path tail;
	uint32_t in_handler;
	struct softirq pending[SOFTIRQS_MAX];
	struct softirq running;
	int32_t running_pid;
	int32_t current_pid;
};

struct chains {
	const struct event_catalog *catalog;
	struct chain_sink sink;
	unsigned int n_cpus;
	bool sees_user;
	struct cpu_state *cpus;
	struct task **tasks;
	size_t n_tasks;
	struct task active; /* list head */
	struct task *free_tasks;
	struct work *works[WORK_BUCKETS];
	struct root *free_roots;
	struct root_slab *slabs;
};

/**
 * struct context - for whom a CPU works when an event happens
 * @path: of the interrupt, NULL: for none that is known
 * @stage: that an event in this context ends
 * @mixed: for several interrupts
 */
struct context {
	const struct path *path;
	enum stage stage;
	bool mixed;
};

/* chain_path.c: interrupts and the time since them */
struct root *chain_root_new(struct chains *b, const struct event *e);
void chain_path_drop(struct chains *b, struct path *path);
void chain_path_end(struct chains *b, struct path *path, enum outcome outcome);
bool chain_path_step(struct chains *b, struct path *path, enum stage stage, uint64_t ts_ns);

/* chain_irq.c: what a CPU does for an interrupt before it wakes somebody */
void chain_hard_clear(struct chains *b, struct cpu_state *cpu, enum outcome outcome);
void chain_softirq_clear(struct chains *b, struct softirq *softirq, enum outcome outcome);
struct context chain_context_of(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_irq_entry(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_irq_exit(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_hrtimer(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_softirq_raise(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_softirq_entry(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_softirq_exit(struct chains *b, struct cpu_state *cpu);

/* chain_task.c: from the waking of a task to its return to user space */
struct task *chain_task_get(struct chains *b, int32_t pid);
void chain_task_put(struct chains *b, struct task *task);
void chain_task_end(struct chains *b, struct task *task, enum outcome outcome);
void chain_tasks_free(struct chains *b);
void chain_on_waking(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_wakeup(struct chains *b, const struct event *e);
void chain_on_switch(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_sys_exit(struct chains *b, const struct event *e);
void chain_on_sys_enter(struct chains *b, const struct event *e);
void chain_on_procirq_read(struct chains *b, const struct event *e);

/* chain_work.c: work items */
void chain_works_forget(struct chains *b, enum outcome outcome);
void chain_works_free(struct chains *b);
void chain_on_work_queue(struct chains *b, struct cpu_state *cpu, const struct event *e);
void chain_on_work_start(struct chains *b, const struct event *e);
void chain_on_work_end(struct chains *b, const struct event *e);

static inline void root_outcome(struct root *root, enum outcome outcome)
{
	if (outcome > root->outcome)
		root->outcome = (uint8_t)outcome;
}

static inline void path_copy(struct path *to, const struct path *from)
{
	*to = *from;
	to->root->refs++;
}

static inline struct task *task_find(const struct chains *b, int32_t pid)
{
	if (pid <= 0 || (size_t)pid >= b->n_tasks)
		return NULL;
	return b->tasks[pid];
}

#endif /* TRACING_CHAIN_STATE_H */

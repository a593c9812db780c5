/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain_state - what the files that build chains share; private to them
 *
 * A root is one interrupt. A path is the time from a root to now, cut into stages.
 * Every place that may still wake a task for the interrupt owns a path, and a path
 * owns a reference to its root: a handler, a pending or running softirq, an irq
 * thread, a work item, a woken task. When the last reference is dropped, the outcome
 * of the interrupt is final and goes to the sink.
 *
 * Each of these files calls only those that stand above it in this header:
 * chain_path.c, chain_irq.c, chain_task.c, chain_work.c, and last chain.c.
 */
#ifndef TRACING_CHAIN_STATE_H
#define TRACING_CHAIN_STATE_H

#include "chain_sample.h"
#include "event.h"

#define SOFTIRQS_MAX   16
#define WORK_BUCKETS   1024
#define ROOTS_PER_SLAB 512
#define ENTRIES	       256

/**
 * struct chain_root - an interrupt
 * @row: the sink's, of the handler
 * @between_cpus: one CPU sent it to another
 * @refs: paths that begin with it
 */
struct chain_root {
	void *row;
	int32_t irq;
	uint16_t cpu;
	uint8_t outcome;
	bool between_cpus;
	uint32_t refs;
	uint64_t ts_ns;
	struct chain_root *next_free;
};

struct chain_root_slab {
	struct chain_root_slab *next;
	struct chain_root roots[ROOTS_PER_SLAB];
};

/**
 * struct chain_hops - the tasks on the way of some paths; constant while there are any
 * @n: tasks in @hop
 * @refs: paths that have them
 * @next_free: in the list of free ones
 * @next: in the list of all
 */
struct chain_hops {
	struct chain_hop hop[CHAIN_HOPS_MAX];
	unsigned int n;
	uint32_t refs;
	struct chain_hops *next_free;
	struct chain_hops *next;
};

/**
 * struct chain_path - from an interrupt to now
 * @root: the interrupt; NULL: no path, the other fields have no meaning
 * @of_line: another handler of the shared line caused it as well
 * @last_ns: end of the last stage
 * @stages: bit set of the stages so far
 * @order: these stages, four bits each, the last one in the lowest bits
 * @hops: tasks on the way; NULL: none
 * @ns: time in each stage
 */
struct chain_path {
	struct chain_root *root;
	struct chain_hops *hops;
	uint64_t last_ns;
	uint32_t stages;
	bool of_line;
	uint64_t order;
	uint64_t ns[CHAIN_STAGE_PARTS];
};

_Static_assert(CHAIN_STAGE_PARTS <= 16, "a stage has four bits in @order");

enum chain_task_state { TASK_NONE, TASK_WAKING, TASK_WOKEN, TASK_RUNNING };

/**
 * struct chain_task - a task that a chain goes through
 * @state: of @chain; TASK_NONE when @chain is empty
 * @on_cpu: it was woken before it had left its CPU
 * @preempted: TASK_RUNNING, but not on the CPU
 * @cpu: where it was queued, or runs
 * @carry_stage: of @carry: CHAIN_STAGE_THREAD or CHAIN_STAGE_WORK
 * @carry_mixed: the line interrupted again while its thread was running
 * @hop_mixed: TASK_RUNNING: it was woken by something else, too
 * @napi: the thread of a network queue
 * @for_all: it works for whoever asks: why it wakes another task is not known
 * @chain: the path that woke it
 * @carry: the path that the irq thread or worker works for now
 *
 * What is before @chain is zeroed in a task that is new.
 */
struct chain_task {
	struct chain_task *prev;
	struct chain_task *next;
	int32_t pid;
	enum chain_task_state state;
	bool on_cpu;
	bool preempted;
	bool irq_thread;
	bool hop_mixed;
	bool napi;
	bool for_all;
	int cpu;
	char comm[EVENT_COMM_BYTES];
	int64_t module_ns;
	enum chain_stage carry_stage;
	bool carry_mixed;
	struct chain_path chain;
	struct chain_path carry;
};

/**
 * struct chain_softirq - a softirq that is pending or running on a CPU
 * @path: of the interrupt that raised it, if any
 * @raised: it is pending or running
 * @mixed: several interrupts raised it, or an interrupt and something else
 */
struct chain_softirq {
	struct chain_path path;
	bool raised;
	bool mixed;
};

struct chain_work {
	struct chain_work *next;
	uint64_t object;
	struct chain_path path;
};

/**
 * struct chain_cpu - what a CPU is doing
 * @hard: handlers that were entered and have not ended, innermost last
 * @depth: number of paths in @hard
 * @tail: the last handler that ended, until the CPU does something else: its irq
 *	thread is woken after the end of the handler
 * @in_handler: bit set of the softirqs that the handlers in @hard raised
 * @pending: softirqs that were raised and not entered
 * @running: the softirq that was entered
 * @running_pid: task that runs @running or was interrupted by it; -1: none
 * @current_pid: task on the CPU; -1: not known
 */
struct chain_cpu {
	struct chain_path hard[EVENT_IRQ_DEPTH_MAX];
	unsigned int depth;
	struct chain_path tail;
	uint32_t in_handler;
	struct chain_softirq pending[SOFTIRQS_MAX];
	struct chain_softirq running;
	int32_t running_pid;
	int32_t current_pid;
};

/**
 * struct chains - builder of the chains of one recording
 * @sees_user: sys_exit is recorded; else a chain is complete when the task runs
 * @kinds: bit set of the kinds of events so far
 * @no_hops: chains end at the first task that is woken
 * @hidden_softirq: there was a softirq whose start was not recorded
 * @tasks: by pid, @n_tasks of them; NULL: no chain goes through the task
 * @active: head of the list of all tasks in @tasks
 * @last_entry_ns: the last entry of a handler, by its interrupt's number
 * @no_memory: how often an interrupt, a task or a work item could not be followed; the
 *	outcome of the interrupt is OUTCOME_LOST
 */
struct chains {
	const struct event_catalog *catalog;
	struct chain_sink sink;
	unsigned int n_cpus;
	bool sees_user;
	bool no_hops;
	bool hidden_softirq;
	uint32_t kinds;
	struct chain_cpu *cpus;
	struct chain_task **tasks;
	size_t n_tasks;
	struct chain_task active;
	struct chain_task *free_tasks;
	struct chain_work *works[WORK_BUCKETS];
	struct chain_root *free_roots;
	struct chain_root_slab *slabs;
	struct chain_hops *free_hops;
	struct chain_hops *all_hops;
	uint64_t last_entry_ns[ENTRIES];
	uint64_t no_memory;
};

/**
 * struct chain_context - what a CPU is working for when an event happens
 * @path: of the interrupt; NULL: not for an interrupt that is known
 * @stage: that ends with an event in this context; CHAIN_STAGE_HOP: @path is the chain of a
 *	task that is a hop of it, see chain_context_hop()
 * @mixed: for several interrupts
 *
 * It fits into two registers, in which it is returned and passed.
 */
struct chain_context {
	const struct chain_path *path;
	enum chain_stage stage;
	bool mixed;
};

_Static_assert(sizeof(struct chain_context) <= 16, "two registers");

/* chain_path.c: interrupts and the time since them */
struct chain_root *chain_root_new(struct chains *chains, const struct event *e, void *row);
void chain_path_drop(struct chains *chains, struct chain_path *path);
void chain_path_end(struct chains *chains, struct chain_path *path, enum chain_outcome outcome);
bool chain_path_step(struct chains *chains, struct chain_path *path, enum chain_stage stage,
		     uint64_t ts_ns);
bool chain_path_begin(struct chains *chains, struct chain_path *to, struct chain_context c,
		      uint64_t ts_ns);

/* chain_irq.c: what a CPU does for an interrupt before it wakes a task */
void chain_hard_clear(struct chains *chains, struct chain_cpu *cpu, enum chain_outcome outcome);
void chain_softirq_clear(struct chains *chains, struct chain_softirq *softirq,
			 enum chain_outcome outcome);
struct chain_context chain_context_of(struct chains *chains, struct chain_cpu *cpu,
				      const struct event *e);
void chain_on_irq_entry(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_irq_exit(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_hrtimer(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_softirq_raise(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_softirq_entry(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_softirq_exit(struct chains *chains, struct chain_cpu *cpu);

/* chain_task.c: from the waking of a task to its return to user space */
bool chain_task_may_be(int32_t pid);
struct chain_task *chain_task_get(struct chains *chains, int32_t pid);
void chain_task_put(struct chains *chains, struct chain_task *task);
void chain_task_end(struct chains *chains, struct chain_task *task, enum chain_outcome outcome);
void chain_tasks_free(struct chains *chains);
void chain_on_waking(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_wakeup(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_switch(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_sys_exit(struct chains *chains, const struct event *e);
void chain_on_sys_enter(struct chains *chains, const struct event *e);
void chain_on_procirq_read(struct chains *chains, const struct event *e);

/* chain_work.c: work items */
void chain_works_forget(struct chains *chains, enum chain_outcome outcome);
void chain_works_free(struct chains *chains);
void chain_on_work_queue(struct chains *chains, struct chain_cpu *cpu, const struct event *e);
void chain_on_work_start(struct chains *chains, const struct event *e);
void chain_on_work_end(struct chains *chains, const struct event *e);

/* The greatest outcome counts. */
static inline void chain_root_outcome(struct chain_root *root, enum chain_outcome outcome)
{
	if (outcome > root->outcome)
		root->outcome = (uint8_t)outcome;
}

static inline bool chains_saw(const struct chains *chains, enum event_kind kind)
{
	return chains->kinds >> kind & 1;
}

static inline void chain_path_copy(struct chain_path *to, const struct chain_path *from)
{
	*to = *from;
	to->root->refs++;
	if (__builtin_expect(to->hops != NULL, 0))
		to->hops->refs++;
}

/* The task that @c is the context of, where the stage is CHAIN_STAGE_HOP. */
static inline const struct chain_task *chain_context_hop(struct chain_context c)
{
	const char *chain = (const char *)c.path;

	return (const struct chain_task *)(const void *)(chain -
							 offsetof(struct chain_task, chain));
}

/* When a handler of the interrupt, or of another one with a like number, was last entered. */
static inline uint64_t chain_last_entry(const struct chains *chains, int32_t irq)
{
	return chains->last_entry_ns[(uint32_t)irq % ENTRIES];
}

static inline struct chain_task *chain_task_find(const struct chains *chains, int32_t pid)
{
	if (pid <= 0 || (size_t)pid >= chains->n_tasks)
		return NULL;
	return chains->tasks[pid];
}

#endif /* TRACING_CHAIN_STATE_H */

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds what: a root is one interrupt; each place that may still wake
 * somebody for it (handler, pending or running softirq, irq thread, work item,
 * woken task) holds a path, and a path holds a reference to its root. The last
 * reference gone, the interrupt's outcome is told.
 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

#define HARD_DEPTH_MAX		8
#define SOFTIRQS_MAX		16
#define PIDS_MAX		(1u << 22)	/* PID_MAX_LIMIT */
#define WORK_BUCKETS		1024
#define ROOTS_PER_SLAB		512
#define IRQ_WAKE_THREAD		2

/* prev_state: uninterruptible sleep, TASK_UNINTERRUPTIBLE */
#define STATE_UNINTERRUPTIBLE	2

const char *const stage_names[STAGE_KINDS] = {
	[STAGE_HANDLER] = "handler",
	[STAGE_SOFTIRQ_WAIT] = "softirq_wait",
	[STAGE_SOFTIRQ] = "softirq",
	[STAGE_THREAD_WAKE] = "thread_wake",
	[STAGE_THREAD_QUEUE] = "thread_queue",
	[STAGE_THREAD] = "thread",
	[STAGE_WORK_WAIT] = "work_wait",
	[STAGE_WORK] = "work",
	[STAGE_WAKE] = "wake",
	[STAGE_QUEUE] = "queue",
	[STAGE_READ] = "read",
	[STAGE_EXIT] = "exit",
	[STAGE_TOTAL] = "total",
	[STAGE_IRQ] = "irq",
	[STAGE_MODULE] = "module",
};

const char *const stage_titles[STAGE_KINDS] = {
	[STAGE_HANDLER] = "handler entered -> ended, or woke the task",
	[STAGE_SOFTIRQ_WAIT] = "handler ended -> softirq entered",
	[STAGE_SOFTIRQ] = "softirq entered -> waking",
	[STAGE_THREAD_WAKE] = "waking of the irq thread -> wakeup",
	[STAGE_THREAD_QUEUE] = "wakeup of the irq thread -> switch in",
	[STAGE_THREAD] = "switch in of the irq thread -> waking",
	[STAGE_WORK_WAIT] = "work queued -> started",
	[STAGE_WORK] = "work started -> waking",
	[STAGE_WAKE] = "waking -> wakeup (IPI, idle exit)",
	[STAGE_QUEUE] = "wakeup -> switch in",
	[STAGE_READ] = "switch in -> read() is done",
	[STAGE_EXIT] = "switch in -> return to user space",
	[STAGE_TOTAL] = "handler entered -> end of the chain",
	[STAGE_IRQ] = "handler entered -> ended, every interrupt",
	[STAGE_MODULE] = "handler entered -> the module's handler time",
};

const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_WOKE_NOBODY] = "woke_nobody",
	[OUTCOME_NOT_HANDLED] = "not_handled",
	[OUTCOME_COALESCED] = "coalesced",
	[OUTCOME_CUT_OFF] = "cut_off",
	[OUTCOME_AWAKE] = "task_awake",
	[OUTCOME_NO_SYSCALL] = "no_syscall",
	[OUTCOME_KERNEL] = "kernel_only",
	[OUTCOME_NO_SWITCH] = "no_switch",
	[OUTCOME_INCOMPLETE] = "incomplete",
	[OUTCOME_AMBIGUOUS] = "ambiguous",
	[OUTCOME_LOST] = "lost",
	[OUTCOME_NEGATIVE] = "negative",
	[OUTCOME_MATCHED] = "matched",
};

const char *const chain_end_names[CHAIN_ENDS] = { "user", "task" };

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
	uint64_t ns[STAGES];
};

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
 * @in_handler: softirqs raised by the innermost handler, a bit each
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
	struct task active;		/* list head */
	struct task *free_tasks;
	struct work *works[WORK_BUCKETS];
	struct root *free_roots;
	struct root_slab *slabs;
};

/* --- roots and paths ------------------------------------------------------- */

static struct root *root_new(struct chains *b, const struct event *e)
{
	struct root *root = b->free_roots;

	if (!root) {
		struct root_slab *slab = calloc(1, sizeof(*slab));

		if (!slab)
			return NULL;
		slab->next = b->slabs;
		b->slabs = slab;
		for (size_t i = 0; i < ROOTS_PER_SLAB; i++) {
			slab->roots[i].next_free = b->free_roots;
			b->free_roots = &slab->roots[i];
		}
		root = b->free_roots;
	}
	b->free_roots = root->next_free;
	*root = (struct root){ .irq = e->irq, .cpu = e->cpu, .refs = 1,
			       .ts_ns = e->ts_ns };
	return root;
}

static inline void root_outcome(struct root *root, enum outcome outcome)
{
	if (outcome > root->outcome)
		root->outcome = (uint8_t)outcome;
}

static void path_drop(struct chains *b, struct path *path)
{
	struct root *root = path->root;

	if (!root)
		return;
	path->root = NULL;
	if (--root->refs)
		return;
	b->sink.outcome(b->sink.ctx, root->irq, root->cpu, root->outcome);
	root->next_free = b->free_roots;
	b->free_roots = root;
}

static void path_end(struct chains *b, struct path *path, enum outcome outcome)
{
	if (path->root)
		root_outcome(path->root, outcome);
	path_drop(b, path);
}

static void path_copy(struct path *to, const struct path *from)
{
	*to = *from;
	to->root->refs++;
}

/* Time from the last step to @ts_ns belongs to @stage. */
static bool path_step(struct chains *b, struct path *path, enum stage stage,
		      uint64_t ts_ns)
{
	if (__builtin_expect(ts_ns < path->last_ns, 0)) {
		path_end(b, path, OUTCOME_NEGATIVE);
		return false;
	}
	path->ns[stage] += ts_ns - path->last_ns;
	path->stages |= 1u << stage;
	path->last_ns = ts_ns;
	return true;
}

/* --- tasks ----------------------------------------------------------------- */

static inline struct task *task_find(const struct chains *b, int32_t pid)
{
	if (pid <= 0 || (size_t)pid >= b->n_tasks)
		return NULL;
	return b->tasks[pid];
}

static bool tasks_grow(struct chains *b, int32_t pid)
{
	size_t n = b->n_tasks ? b->n_tasks : 32768;
	struct task **tasks;

	if ((size_t)pid < b->n_tasks)
		return true;
	while (n <= (size_t)pid)
		n *= 2;
	tasks = calloc(n, sizeof(*tasks));
	if (!tasks)
		return false;
	if (b->n_tasks)
		memcpy(tasks, b->tasks, b->n_tasks * sizeof(*tasks));
	free(b->tasks);
	b->tasks = tasks;
	b->n_tasks = n;
	return true;
}

static struct task *task_get(struct chains *b, int32_t pid)
{
	struct task *task = task_find(b, pid);

	if (task)
		return task;
	if (pid <= 0 || (uint32_t)pid > PIDS_MAX || !tasks_grow(b, pid))
		return NULL;
	task = b->free_tasks;
	if (task)
		b->free_tasks = task->next;
	else if (!(task = malloc(sizeof(*task))))
		return NULL;
	memset(task, 0, sizeof(*task));
	task->pid = pid;
	task->cpu = -1;
	task->next = b->active.next;
	task->prev = &b->active;
	task->next->prev = task;
	task->prev->next = task;
	b->tasks[pid] = task;
	return task;
}

/* Forget a task that no chain goes through any more. */
static void task_put(struct chains *b, struct task *task)
{
	if (task->chain.root || task->carry.root)
		return;
	task->prev->next = task->next;
	task->next->prev = task->prev;
	b->tasks[task->pid] = NULL;
	task->next = b->free_tasks;
	b->free_tasks = task;
}

/* The chain that woke the task is over; it may still carry another one. */
static void task_chain_end(struct chains *b, struct task *task,
			   enum outcome outcome)
{
	path_end(b, &task->chain, outcome);
	task->state = TASK_NONE;
}

static void task_sample(struct chains *b, const struct task *task,
			enum chain_end end)
{
	struct chain_sample s;
	const struct path *path = &task->chain;

	s.irq = path->root->irq;
	s.irq_cpu = path->root->cpu;
	s.task_cpu = (uint16_t)task->cpu;
	s.pid = task->pid;
	memcpy(s.comm, task->comm, sizeof(s.comm));
	s.end = end;
	s.start_ns = path->root->ts_ns;
	s.end_ns = path->last_ns;
	s.stages = path->stages;
	memcpy(s.ns, path->ns, sizeof(s.ns));
	s.module_ns = task->module_ns;
	b->sink.sample(b->sink.ctx, &s);
}

/* --- contexts -------------------------------------------------------------- */

static void hard_clear(struct chains *b, struct cpu_state *cpu,
		       enum outcome outcome)
{
	while (cpu->depth)
		path_end(b, &cpu->hard[--cpu->depth], outcome);
	cpu->in_handler = 0;
}

static void softirq_clear(struct chains *b, struct softirq *softirq,
			  enum outcome outcome)
{
	path_end(b, &softirq->path, outcome);
	softirq->raised = false;
	softirq->mixed = false;
}

static bool is_irq_thread(const char *comm)
{
	return !strncmp(comm, "irq/", 4);
}

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

static struct context context_of(struct chains *b, struct cpu_state *cpu,
				 const struct event *e)
{
	struct context c = { NULL, STAGE_HANDLER, false };
	struct task *task;

	if (e->flags & EVENT_FLAG_HARDIRQ) {
		if (cpu->depth)
			c.path = &cpu->hard[cpu->depth - 1];
		return c;
	}
	/* Not in an interrupt: a handler still open here lost its end. */
	if (__builtin_expect(cpu->depth, 0))
		hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	path_drop(b, &cpu->tail);

	/* PREEMPT_RT runs softirqs in tasks and does not set the flag. */
	if (cpu->running.raised && (e->flags & EVENT_FLAG_SOFTIRQ ||
				    e->pid == cpu->running_pid)) {
		c.stage = STAGE_SOFTIRQ;
		c.mixed = cpu->running.mixed;
		if (cpu->running.path.root)
			c.path = &cpu->running.path;
		return c;
	}
	if (e->flags & EVENT_FLAG_SOFTIRQ)
		return c;
	task = task_find(b, e->pid);
	if (task && task->carry.root) {
		c.stage = task->carry_stage;
		c.mixed = task->carry_mixed;
		c.path = &task->carry;
	}
	return c;
}

/* --- events ---------------------------------------------------------------- */

static void on_irq_entry(struct chains *b, struct cpu_state *cpu,
			 const struct event *e)
{
	struct path *path;

	b->sink.seen(b->sink.ctx, e);
	path_drop(b, &cpu->tail);
	if (cpu->depth == HARD_DEPTH_MAX)
		hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	path = &cpu->hard[cpu->depth];
	path->root = root_new(b, e);
	if (!path->root) {
		b->sink.outcome(b->sink.ctx, e->irq, e->cpu, OUTCOME_LOST);
		return;
	}
	path->last_ns = e->ts_ns;
	path->stages = 0;
	memset(path->ns, 0, sizeof(path->ns));
	cpu->depth++;
	cpu->in_handler = 0;
}

/* Softirqs the handler raised have been waiting since it ended. */
static void handler_ended(struct chains *b, struct cpu_state *cpu,
			  const struct root *root, uint64_t ts_ns)
{
	while (cpu->in_handler) {
		unsigned int vec = (unsigned int)__builtin_ctz(cpu->in_handler);
		struct path *path = &cpu->pending[vec].path;

		cpu->in_handler &= cpu->in_handler - 1;
		if (path->root == root)
			path_step(b, path, STAGE_HANDLER, ts_ns);
	}
}

/* Does the thread of the line still work for an earlier interrupt? */
static bool thread_is_busy(struct chains *b, int32_t irq)
{
	bool busy = false;

	for (struct task *t = b->active.next; t != &b->active; t = t->next) {
		if (t->carry.root && t->carry_stage == STAGE_THREAD &&
		    t->carry.root->irq == irq) {
			t->carry_mixed = true;
			busy = true;
		}
	}
	return busy;
}

static void on_irq_exit(struct chains *b, struct cpu_state *cpu,
			const struct event *e)
{
	struct path *path;
	struct root *root;

	/* Handlers inside it that lost their end. */
	while (cpu->depth && cpu->hard[cpu->depth - 1].root->irq != e->irq)
		path_end(b, &cpu->hard[--cpu->depth], OUTCOME_INCOMPLETE);
	if (!cpu->depth)
		return;
	path = &cpu->hard[--cpu->depth];
	root = path->root;
	if (e->ts_ns < root->ts_ns)
		root_outcome(root, OUTCOME_NEGATIVE);
	else
		b->sink.handler(b->sink.ctx, root->irq, root->cpu,
				e->ts_ns - root->ts_ns);
	if (!e->ret)
		root_outcome(root, OUTCOME_NOT_HANDLED);
	handler_ended(b, cpu, root, e->ts_ns);
	if (e->ret == IRQ_WAKE_THREAD) {
		if (thread_is_busy(b, e->irq))
			root_outcome(root, OUTCOME_COALESCED);
		path_drop(b, &cpu->tail);
		cpu->tail = *path;
		path->root = NULL;
	} else {
		path_drop(b, path);
	}
}

/*
 * A timer that expires in a hard interrupt is a root of its own, inside that of
 * the timer interrupt: what it wakes is the timer's.
 */
static void on_hrtimer(struct chains *b, struct cpu_state *cpu,
		       const struct event *e)
{
	struct event timer = *e;

	if (!(e->flags & EVENT_FLAG_HARDIRQ))
		return;
	timer.irq = CHAIN_IRQ_HRTIMER;
	timer.ret = 1;
	if (e->kind == EVENT_HRTIMER_ENTRY)
		on_irq_entry(b, cpu, &timer);
	else
		on_irq_exit(b, cpu, &timer);
}

static void on_softirq_raise(struct chains *b, struct cpu_state *cpu,
			     const struct event *e)
{
	struct context c = context_of(b, cpu, e);
	struct softirq *s;

	if (e->vec >= SOFTIRQS_MAX)
		return;
	s = &cpu->pending[e->vec];
	if (!s->raised) {
		s->raised = true;
		s->mixed = c.mixed;
		if (!c.path)
			return;
		path_copy(&s->path, c.path);
		if (c.stage == STAGE_HANDLER)
			cpu->in_handler |= 1u << e->vec;
		else
			path_step(b, &s->path, c.stage, e->ts_ns);
		return;
	}
	if (!c.path || !s->path.root) {
		/* By an interrupt and by something else. */
		if (c.path)
			root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		s->mixed = true;
	} else if (s->path.root != c.path->root) {
		if (s->path.root->irq == c.path->root->irq) {
			root_outcome(c.path->root, OUTCOME_COALESCED);
		} else {
			root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
			s->mixed = true;
		}
	}
}

static void on_softirq_entry(struct chains *b, struct cpu_state *cpu,
			     const struct event *e)
{
	struct softirq *s;

	softirq_clear(b, &cpu->running, OUTCOME_INCOMPLETE);
	if (e->vec >= SOFTIRQS_MAX)
		return;
	s = &cpu->pending[e->vec];
	cpu->running = *s;
	cpu->running.raised = true;
	cpu->running_pid = e->pid;
	s->path.root = NULL;
	s->raised = false;
	s->mixed = false;
	cpu->in_handler &= ~(1u << e->vec);
	if (cpu->running.path.root)
		path_step(b, &cpu->running.path, STAGE_SOFTIRQ_WAIT, e->ts_ns);
}

static void on_softirq_exit(struct chains *b, struct cpu_state *cpu)
{
	softirq_clear(b, &cpu->running, OUTCOME_WOKE_NOBODY);
	cpu->running_pid = -1;
}

/* The irq thread is woken behind the end of the handler. */
static void context_tail(struct cpu_state *cpu, const struct event *e,
			 const char *comm, struct context *c)
{
	if (!c->path && cpu->tail.root && e->flags & EVENT_FLAG_HARDIRQ &&
	    is_irq_thread(comm))
		c->path = &cpu->tail;
}

static bool runs_on_target(const struct chains *b, const struct event *e)
{
	int32_t target = e->wake.target_cpu;

	return target >= 0 && (unsigned int)target < b->n_cpus &&
	       b->cpus[target].current_pid == e->wake.pid;
}

static void on_waking(struct chains *b, struct cpu_state *cpu,
		      const struct event *e)
{
	struct context c = context_of(b, cpu, e);
	struct task *task = task_find(b, e->wake.pid);
	char comm[EVENT_COMM_BYTES];

	if (task && task->state == TASK_RUNNING) {
		/* It will return to user space for the first one anyway. */
		if (c.path)
			root_outcome(c.path->root, OUTCOME_AWAKE);
		return;
	}
	/* Woken before, and its wake-up or its switch in was not recorded. */
	if (task && task->state != TASK_NONE)
		task_chain_end(b, task, task->state == TASK_WOKEN ?
			       OUTCOME_NO_SWITCH : OUTCOME_INCOMPLETE);
	if (!c.path && !cpu->tail.root) {
		if (task)
			task_put(b, task);
		return;
	}
	event_comm(b->catalog, e, comm);
	context_tail(cpu, e, comm, &c);
	if (c.path && c.mixed) {
		root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		c.path = NULL;
	}
	if (c.path)
		task = task_get(b, e->wake.pid);
	if (!task)
		return;
	if (c.path) {
		path_copy(&task->chain, c.path);
		task->state = TASK_WAKING;
		task->on_cpu = runs_on_target(b, e);
		task->preempted = false;
		task->irq_thread = is_irq_thread(comm);
		task->cpu = -1;
		task->module_ns = -1;
		memcpy(task->comm, comm, sizeof(comm));
		if (!path_step(b, &task->chain, c.stage, e->ts_ns))
			task->state = TASK_NONE;
	}
	task_put(b, task);
}

/* The irq thread now works for the interrupt that woke it. */
static void thread_carries(struct chains *b, struct task *task)
{
	path_drop(b, &task->carry);
	task->carry = task->chain;
	task->carry_stage = STAGE_THREAD;
	task->carry_mixed = false;
	root_outcome(task->carry.root, OUTCOME_KERNEL);
	task->chain.root = NULL;
	task->state = TASK_NONE;
}

/* The woken task has its CPU. */
static void task_runs(struct chains *b, struct task *task)
{
	if (task->irq_thread) {
		task_sample(b, task, CHAIN_END_TASK);
		thread_carries(b, task);
	} else if (!b->sees_user) {
		task_sample(b, task, CHAIN_END_TASK);
		task_chain_end(b, task, OUTCOME_MATCHED);
		task_put(b, task);
	}
}

static void on_wakeup(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->wake.pid);

	if (!task || task->state != TASK_WAKING)
		return;
	task->cpu = e->wake.target_cpu;
	if (!path_step(b, &task->chain,
		       task->irq_thread ? STAGE_THREAD_WAKE : STAGE_WAKE,
		       e->ts_ns)) {
		task->state = TASK_NONE;
		task_put(b, task);
		return;
	}
	task->state = task->on_cpu ? TASK_RUNNING : TASK_WOKEN;
	if (task->on_cpu)
		task_runs(b, task);
}

static void switch_in(struct chains *b, struct task *task,
		      const struct event *e)
{
	if (task->state == TASK_RUNNING) {
		task->preempted = false;
		task->cpu = e->cpu;
		return;
	}
	if (task->state == TASK_WAKING) {
		task_chain_end(b, task, OUTCOME_INCOMPLETE);
		task_put(b, task);
		return;
	}
	task->cpu = e->cpu;
	if (task->state != TASK_WOKEN)
		return;
	if (!path_step(b, &task->chain,
		       task->irq_thread ? STAGE_THREAD_QUEUE : STAGE_QUEUE,
		       e->ts_ns)) {
		task->state = TASK_NONE;
		task_put(b, task);
		return;
	}
	task->state = TASK_RUNNING;
	task_runs(b, task);
}

static void switch_out(struct chains *b, struct task *task,
		       const struct event *e)
{
	bool asleep = e->sw.prev_state & EVENT_STATE_ASLEEP;

	if (task->state == TASK_WAKING && asleep) {
		task->on_cpu = false;
	} else if (task->state == TASK_RUNNING && asleep) {
		task_sample(b, task, CHAIN_END_TASK);
		task_chain_end(b, task, OUTCOME_KERNEL);
	} else if (task->state == TASK_RUNNING) {
		task->preempted = true;
	}
	/*
	 * An irq thread waits for the next interrupt interruptibly; when it
	 * sleeps otherwise, it waits for a lock or its device.
	 */
	if (task->carry.root && task->carry_stage == STAGE_THREAD && asleep &&
	    !(e->sw.prev_state & STATE_UNINTERRUPTIBLE))
		path_drop(b, &task->carry);
	task_put(b, task);
}

static void on_switch(struct chains *b, struct cpu_state *cpu,
		      const struct event *e)
{
	struct task *task = task_find(b, e->sw.prev_pid);

	/* Nothing of an interrupt is left on a CPU that schedules. */
	if (cpu->depth)
		hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	path_drop(b, &cpu->tail);
	if (task)
		switch_out(b, task, e);
	cpu->current_pid = e->sw.next_pid;
	task = task_find(b, e->sw.next_pid);
	if (task)
		switch_in(b, task, e);
}

/*
 * The task makes a system call. Was it seen to be switched in? Some hypervisors'
 * kernels hide the switches from and to tasks of theirs.
 */
static bool task_runs_now(struct chains *b, struct task *task)
{
	if (task->state == TASK_WOKEN) {
		task_chain_end(b, task, OUTCOME_NO_SWITCH);
		task_put(b, task);
		return false;
	}
	return task->state == TASK_RUNNING;
}

static void on_sys_exit(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || !task_runs_now(b, task))
		return;
	if (path_step(b, &task->chain, STAGE_EXIT, e->ts_ns)) {
		task_sample(b, task, CHAIN_END_USER);
		task_chain_end(b, task, OUTCOME_MATCHED);
	}
	task->state = TASK_NONE;
	task_put(b, task);
}

/*
 * It enters a system call while we wait for the exit of one: it was woken from
 * a page fault or so, and when it reached user space was not recorded.
 */
static void on_sys_enter(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || !task_runs_now(b, task))
		return;
	task_sample(b, task, CHAIN_END_TASK);
	task_chain_end(b, task, OUTCOME_NO_SYSCALL);
	task_put(b, task);
}

static void on_procirq_read(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || task->state != TASK_RUNNING ||
	    task->chain.root->irq != e->read.irq)
		return;
	if (e->read.irq_ns >= task->chain.root->ts_ns)
		task->module_ns = (int64_t)(e->read.irq_ns -
					    task->chain.root->ts_ns);
	if (!path_step(b, &task->chain, STAGE_READ, e->ts_ns)) {
		task->state = TASK_NONE;
		task_put(b, task);
	}
}

static struct work **work_slot(struct chains *b, uint64_t object)
{
	struct work **slot = &b->works[(object >> 5) % WORK_BUCKETS];

	while (*slot && (*slot)->object != object)
		slot = &(*slot)->next;
	return slot;
}

static void work_forget(struct chains *b, struct work **slot,
			enum outcome outcome)
{
	struct work *work = *slot;

	*slot = work->next;
	path_end(b, &work->path, outcome);
	free(work);
}

static void on_work_queue(struct chains *b, struct cpu_state *cpu,
			  const struct event *e)
{
	struct context c = context_of(b, cpu, e);
	struct work **slot = work_slot(b, e->work);
	struct work *work;

	if (*slot)
		work_forget(b, slot, OUTCOME_INCOMPLETE);
	if (!c.path)
		return;
	if (c.mixed) {
		root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		return;
	}
	work = malloc(sizeof(*work));
	if (!work)
		return;
	work->object = e->work;
	path_copy(&work->path, c.path);
	if (!path_step(b, &work->path, c.stage, e->ts_ns)) {
		free(work);
		return;
	}
	slot = work_slot(b, work->object);
	work->next = NULL;
	*slot = work;
}

static void on_work_start(struct chains *b, const struct event *e)
{
	struct work **slot = work_slot(b, e->work);
	struct task *task;

	if (!*slot)
		return;
	task = task_get(b, e->pid);
	if (task && path_step(b, &(*slot)->path, STAGE_WORK_WAIT, e->ts_ns)) {
		path_drop(b, &task->carry);
		path_copy(&task->carry, &(*slot)->path);
		task->carry_stage = STAGE_WORK;
		task->carry_mixed = false;
		task->cpu = e->cpu;
		root_outcome(task->carry.root, OUTCOME_KERNEL);
	}
	work_forget(b, slot, OUTCOME_WOKE_NOBODY);
	if (task)
		task_put(b, task);
}

static void on_work_end(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || task->carry_stage != STAGE_WORK)
		return;
	path_drop(b, &task->carry);
	task_put(b, task);
}

/* --- losses ---------------------------------------------------------------- */

/*
 * Events of @cpu are missing. What happened there is unknown; a task that was
 * being woken may have been woken there, one that was queued or ran there may
 * be anywhere.
 */
static void on_loss(struct chains *b, struct cpu_state *cpu, unsigned int index)
{
	struct task *task, *next;

	hard_clear(b, cpu, OUTCOME_LOST);
	path_end(b, &cpu->tail, OUTCOME_LOST);
	for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
		softirq_clear(b, &cpu->pending[vec], OUTCOME_LOST);
	softirq_clear(b, &cpu->running, OUTCOME_LOST);
	cpu->running_pid = -1;
	cpu->current_pid = -1;
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (b->works[i])
			work_forget(b, &b->works[i], OUTCOME_LOST);
	}
	for (task = b->active.next; task != &b->active; task = next) {
		next = task->next;
		if (task->state == TASK_WAKING || task->preempted ||
		    task->cpu == (int)index) {
			if (task->state != TASK_NONE)
				task_chain_end(b, task, OUTCOME_LOST);
			path_end(b, &task->carry, OUTCOME_LOST);
			task_put(b, task);
		}
	}
}

/* --- public ---------------------------------------------------------------- */

/**
 * chains_new - a builder of chains
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @catalog: of the recording; must outlive the builder
 * @sink: copied
 *
 * Without sys_exit in the recording a chain is complete when the task runs.
 * Returns NULL with errno set when memory runs out.
 */
struct chains *chains_new(unsigned int n_cpus,
			  const struct event_catalog *catalog,
			  const struct chain_sink *sink)
{
	struct chains *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->catalog = catalog;
	b->sink = *sink;
	b->n_cpus = n_cpus;
	b->sees_user = event_catalog_has(catalog, EVENT_SYS_EXIT);
	b->active.next = &b->active;
	b->active.prev = &b->active;
	b->cpus = calloc(n_cpus + 1, sizeof(*b->cpus));
	if (!b->cpus) {
		free(b);
		return NULL;
	}
	for (unsigned int i = 0; i < n_cpus; i++) {
		b->cpus[i].running_pid = -1;
		b->cpus[i].current_pid = -1;
	}
	return b;
}

/**
 * chains_event - the next event, in the order of time
 * @b: builder
 * @e: event
 */
void chains_event(struct chains *b, const struct event *e)
{
	struct cpu_state *cpu;

	if (e->cpu >= b->n_cpus)
		return;
	cpu = &b->cpus[e->cpu];
	switch (e->kind) {
	case EVENT_IRQ_ENTRY:
	case EVENT_VECTOR_ENTRY:
		on_irq_entry(b, cpu, e);
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		on_irq_exit(b, cpu, e);
		break;
	case EVENT_HRTIMER_ENTRY:
	case EVENT_HRTIMER_EXIT:
		on_hrtimer(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_RAISE:
		on_softirq_raise(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_ENTRY:
		on_softirq_entry(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_EXIT:
		on_softirq_exit(b, cpu);
		break;
	case EVENT_WAKING:
		on_waking(b, cpu, e);
		break;
	case EVENT_WAKEUP:
		on_wakeup(b, e);
		break;
	case EVENT_SWITCH:
		on_switch(b, cpu, e);
		break;
	case EVENT_SYS_ENTER:
		on_sys_enter(b, e);
		break;
	case EVENT_SYS_EXIT:
		on_sys_exit(b, e);
		break;
	case EVENT_WORK_QUEUE:
		on_work_queue(b, cpu, e);
		break;
	case EVENT_WORK_START:
		on_work_start(b, e);
		break;
	case EVENT_WORK_END:
		on_work_end(b, e);
		break;
	case EVENT_PROCIRQ_READ:
		on_procirq_read(b, e);
		break;
	case EVENT_LOSS_BEGIN:
	case EVENT_LOSS_END:
		on_loss(b, cpu, e->cpu);
		break;
	}
}

/* The recording is over: what is still under way gets OUTCOME_CUT_OFF. */
void chains_finish(struct chains *b)
{
	for (unsigned int i = 0; i < b->n_cpus; i++) {
		struct cpu_state *cpu = &b->cpus[i];

		hard_clear(b, cpu, OUTCOME_CUT_OFF);
		path_drop(b, &cpu->tail);
		for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
			softirq_clear(b, &cpu->pending[vec], OUTCOME_CUT_OFF);
		softirq_clear(b, &cpu->running, OUTCOME_CUT_OFF);
	}
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (b->works[i])
			work_forget(b, &b->works[i], OUTCOME_CUT_OFF);
	}
	while (b->active.next != &b->active) {
		struct task *task = b->active.next;

		if (task->state != TASK_NONE)
			task_chain_end(b, task, OUTCOME_CUT_OFF);
		path_drop(b, &task->carry);
		task_put(b, task);
	}
}

/* Without telling outcomes; NULL is fine. */
void chains_free(struct chains *b)
{
	if (!b)
		return;
	while (b->active.next != &b->active) {
		struct task *task = b->active.next;

		b->active.next = task->next;
		free(task);
	}
	while (b->free_tasks) {
		struct task *task = b->free_tasks;

		b->free_tasks = task->next;
		free(task);
	}
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (b->works[i]) {
			struct work *work = b->works[i];

			b->works[i] = work->next;
			free(work);
		}
	}
	while (b->slabs) {
		struct root_slab *slab = b->slabs;

		b->slabs = slab->next;
		free(slab);
	}
	free(b->tasks);
	free(b->cpus);
	free(b);
}

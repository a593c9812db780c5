// SPDX-License-Identifier: GPL-2.0-or-later
/* Tasks that interrupts wake: waking -> wakeup -> switch in -> user space. */
#include "chain_state.h"

#include <stdlib.h>
#include <string.h>

#define PIDS_MAX (1u << 22) /* PID_MAX_LIMIT */

/* prev_state: uninterruptible sleep, TASK_UNINTERRUPTIBLE */
#define STATE_UNINTERRUPTIBLE 2

/* --- the table of tasks ---------------------------------------------------- */

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

/* The task, made if needed; NULL: no such PID, or no memory. */
struct task *chain_task_get(struct chains *b, int32_t pid)
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
void chain_task_put(struct chains *b, struct task *task)
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
void chain_task_end(struct chains *b, struct task *task, enum outcome outcome)
{
	chain_path_end(b, &task->chain, outcome);
	task->state = TASK_NONE;
}

static void task_sample(struct chains *b, const struct task *task, enum chain_end end)
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
	s.order = path->order;
	memcpy(s.ns, path->ns, sizeof(s.ns));
	s.module_ns = task->module_ns;
	b->sink.sample(b->sink.ctx, &s);
}

/* Without telling outcomes. */
void chain_tasks_free(struct chains *b)
{
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
	free(b->tasks);
}

/* --- events ---------------------------------------------------------------- */

static bool is_irq_thread(const char *comm)
{
	return !strncmp(comm, "irq/", 4);
}

/* The irq thread is woken behind the end of the handler. */
static void context_tail(struct cpu_state *cpu, const struct event *e, const char *comm,
			 struct context *c)
{
	if (!c->path && cpu->tail.root && e->flags & EVENT_FLAG_HARDIRQ && is_irq_thread(comm))
		c->path = &cpu->tail;
}

static bool runs_on_target(const struct chains *b, const struct event *e)
{
	int32_t target = e->wake.target_cpu;

	return target >= 0 && (unsigned int)target < b->n_cpus &&
	       b->cpus[target].current_pid == e->wake.pid;
}

void chain_on_waking(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct context c = chain_context_of(b, cpu, e);
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
		chain_task_end(b, task,
			       task->state == TASK_WOKEN ? OUTCOME_NO_SWITCH : OUTCOME_INCOMPLETE);
	if (!c.path && !cpu->tail.root) {
		if (task)
			chain_task_put(b, task);
		return;
	}
	event_comm(b->catalog, e, comm);
	context_tail(cpu, e, comm, &c);
	if (c.path && c.mixed) {
		root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		c.path = NULL;
	}
	if (c.path)
		task = chain_task_get(b, e->wake.pid);
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
		if (!chain_path_step(b, &task->chain, c.stage, e->ts_ns))
			task->state = TASK_NONE;
	}
	chain_task_put(b, task);
}

/* The irq thread now works for the interrupt that woke it. */
static void thread_carries(struct chains *b, struct task *task)
{
	chain_path_drop(b, &task->carry);
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
		chain_task_end(b, task, OUTCOME_MATCHED);
		chain_task_put(b, task);
	}
}

void chain_on_wakeup(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->wake.pid);

	if (!task || task->state != TASK_WAKING)
		return;
	task->cpu = e->wake.target_cpu;
	if (!chain_path_step(b, &task->chain, task->irq_thread ? STAGE_THREAD_WAKE : STAGE_WAKE,
			     e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(b, task);
		return;
	}
	task->state = task->on_cpu ? TASK_RUNNING : TASK_WOKEN;
	if (task->on_cpu)
		task_runs(b, task);
}

static void switch_in(struct chains *b, struct task *task, const struct event *e)
{
	if (task->state == TASK_RUNNING) {
		task->preempted = false;
		task->cpu = e->cpu;
		return;
	}
	if (task->state == TASK_WAKING) {
		chain_task_end(b, task, OUTCOME_INCOMPLETE);
		chain_task_put(b, task);
		return;
	}
	task->cpu = e->cpu;
	if (task->state != TASK_WOKEN)
		return;
	if (!chain_path_step(b, &task->chain, task->irq_thread ? STAGE_THREAD_QUEUE : STAGE_QUEUE,
			     e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(b, task);
		return;
	}
	task->state = TASK_RUNNING;
	task_runs(b, task);
}

static void switch_out(struct chains *b, struct task *task, const struct event *e)
{
	bool asleep = e->sw.prev_state & EVENT_STATE_ASLEEP;

	if (task->state == TASK_WAKING && asleep) {
		task->on_cpu = false;
	} else if (task->state == TASK_RUNNING && asleep) {
		task_sample(b, task, CHAIN_END_TASK);
		chain_task_end(b, task, OUTCOME_KERNEL);
	} else if (task->state == TASK_RUNNING) {
		task->preempted = true;
	}
	/*
	 * An irq thread waits for the next interrupt interruptibly; when it
	 * sleeps otherwise, it waits for a lock or its device.
	 */
	if (task->carry.root && task->carry_stage == STAGE_THREAD && asleep &&
	    !(e->sw.prev_state & STATE_UNINTERRUPTIBLE))
		chain_path_drop(b, &task->carry);
	chain_task_put(b, task);
}

void chain_on_switch(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct task *task = task_find(b, e->sw.prev_pid);

	/* Nothing of an interrupt is left on a CPU that schedules. */
	if (cpu->depth)
		chain_hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	chain_path_drop(b, &cpu->tail);
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
		chain_task_end(b, task, OUTCOME_NO_SWITCH);
		chain_task_put(b, task);
		return false;
	}
	return task->state == TASK_RUNNING;
}

void chain_on_sys_exit(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || !task_runs_now(b, task))
		return;
	if (chain_path_step(b, &task->chain, STAGE_EXIT, e->ts_ns)) {
		task_sample(b, task, CHAIN_END_USER);
		chain_task_end(b, task, OUTCOME_MATCHED);
	}
	task->state = TASK_NONE;
	chain_task_put(b, task);
}

/*
 * It enters a system call while we wait for the exit of one: it was woken from
 * a page fault or so, and when it reached user space was not recorded.
 */
void chain_on_sys_enter(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || !task_runs_now(b, task))
		return;
	task_sample(b, task, CHAIN_END_TASK);
	chain_task_end(b, task, OUTCOME_NO_SYSCALL);
	chain_task_put(b, task);
}

void chain_on_procirq_read(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || task->state != TASK_RUNNING || task->chain.root->irq != e->read.irq)
		return;
	if (e->read.irq_ns >= task->chain.root->ts_ns)
		task->module_ns = (int64_t)(e->read.irq_ns - task->chain.root->ts_ns);
	if (!chain_path_step(b, &task->chain, STAGE_READ, e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(b, task);
	}
}

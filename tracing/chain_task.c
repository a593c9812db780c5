// SPDX-License-Identifier: GPL-2.0-or-later
/* Tasks that interrupts wake: waking -> wakeup -> switch in -> user space. */
#include "chain_state.h"

#include <stdlib.h>
#include <string.h>

#define PIDS_MAX (1u << 22) /* PID_MAX_LIMIT */

/* prev_state: uninterruptible sleep, TASK_UNINTERRUPTIBLE */
#define STATE_UNINTERRUPTIBLE 2

/* --- the table of tasks ---------------------------------------------------- */

static bool tasks_grow(struct chains *chains, int32_t pid)
{
	size_t n = chains->n_tasks ? chains->n_tasks : 32768;
	struct chain_task **tasks;

	if ((size_t)pid < chains->n_tasks)
		return true;
	while (n <= (size_t)pid)
		n *= 2;
	tasks = calloc(n, sizeof(*tasks));
	if (!tasks)
		return false;
	if (chains->n_tasks)
		memcpy(tasks, chains->tasks, chains->n_tasks * sizeof(*tasks));
	free(chains->tasks);
	chains->tasks = tasks;
	chains->n_tasks = n;
	return true;
}

static struct chain_task *task_alloc(struct chains *chains)
{
	struct chain_task *task = chains->free_tasks;

	if (!task)
		return malloc(sizeof(*task));
	chains->free_tasks = task->next;
	return task;
}

/* Whether a task may have the number: the idle tasks have 0. */
bool chain_task_may_be(int32_t pid)
{
	return pid > 0 && (uint32_t)pid <= PIDS_MAX;
}

/* The task, created if needed; NULL: @pid cannot be one, or no memory. */
struct chain_task *chain_task_get(struct chains *chains, int32_t pid)
{
	struct chain_task *task = chain_task_find(chains, pid);

	if (task)
		return task;
	if (!chain_task_may_be(pid))
		return NULL;
	task = tasks_grow(chains, pid) ? task_alloc(chains) : NULL;
	if (!task) {
		chains->no_memory++;
		return NULL;
	}
	/* What else a path has has no meaning without its root. */
	memset(task, 0, offsetof(struct chain_task, chain));
	task->chain.root = NULL;
	task->carry.root = NULL;
	task->pid = pid;
	task->cpu = -1;
	task->next = chains->active.next;
	task->prev = &chains->active;
	task->next->prev = task;
	task->prev->next = task;
	chains->tasks[pid] = task;
	return task;
}

/* Forget the task if no chain goes through it any more. */
void chain_task_put(struct chains *chains, struct chain_task *task)
{
	if (task->chain.root || task->carry.root)
		return;
	task->prev->next = task->next;
	task->next->prev = task->prev;
	chains->tasks[task->pid] = NULL;
	task->next = chains->free_tasks;
	chains->free_tasks = task;
}

/* End the chain that woke the task. The task may still carry another one. */
void chain_task_end(struct chains *chains, struct chain_task *task, enum chain_outcome outcome)
{
	chain_path_end(chains, &task->chain, outcome);
	task->state = TASK_NONE;
}

static void task_sample(struct chains *chains, const struct chain_task *task, enum chain_end end)
{
	struct chain_sample s;
	const struct chain_path *path = &task->chain;

	s.row = path->root->row;
	s.of_line = path->of_line;
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
	s.n_hops = path->hops ? path->hops->n : 0;
	if (s.n_hops)
		memcpy(s.hops, path->hops->hop, s.n_hops * sizeof(s.hops[0]));
	chains->sink.sample(chains->sink.ctx, &s);
}

/* The sink gets no more outcomes. */
void chain_tasks_free(struct chains *chains)
{
	while (chains->active.next != &chains->active) {
		struct chain_task *task = chains->active.next;

		chains->active.next = task->next;
		free(task);
	}
	while (chains->free_tasks) {
		struct chain_task *task = chains->free_tasks;

		chains->free_tasks = task->next;
		free(task);
	}
	free(chains->tasks);
}

/* --- events ---------------------------------------------------------------- */

static bool is_irq_thread(const char *comm)
{
	return !strncmp(comm, "irq/", 4);
}

/* Threads that have a queue of what others want of them. A worker has its work items. */
static bool works_for_all(const char *comm)
{
	static const char *const names[] = { "kworker/", "ksoftirqd/", "rcu", "migration/" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(comm, names[i], strlen(names[i])))
			return true;
	return false;
}

/* What the task is by its name. Few begin like one of these, and there are many wake-ups. */
static void set_role(struct chain_task *task, const char *comm)
{
	task->irq_thread = comm[0] == 'i' && is_irq_thread(comm);
	task->napi = comm[0] == 'n' && !strncmp(comm, "napi/", 5);
	task->for_all = (comm[0] == 'k' || comm[0] == 'r' || comm[0] == 'm') && works_for_all(comm);
}

/* The irq thread is woken after the exit of the handler. */
static void context_tail(struct chain_cpu *cpu, const struct event *e, const char *comm,
			 struct chain_context *c)
{
	if (!c->path && cpu->tail.root && e->flags & EVENT_FLAG_HARDIRQ && is_irq_thread(comm))
		c->path = &cpu->tail;
}

static bool runs_on_target(const struct chains *chains, const struct event *e)
{
	int32_t target = e->wake.target_cpu;

	return target >= 0 && (unsigned int)target < chains->n_cpus &&
	       chains->cpus[target].current_pid == e->wake.pid;
}

/*
 * A task is woken in the context @c. Returns the task when the chain of @c goes on with
 * it, NULL when it does not.
 */
static struct chain_task *woken_in(struct chains *chains, struct chain_cpu *cpu,
				   const struct event *e, struct chain_context c)
{
	struct chain_task *task = chain_task_find(chains, e->wake.pid);
	char comm[EVENT_COMM_BYTES];

	if (task && task->state == TASK_RUNNING) {
		/* It returns to user space for the first wake-up anyway. */
		if (c.path)
			chain_root_outcome(c.path->root, OUTCOME_AWAKE);
		task->hop_mixed |= !c.path || c.path->root != task->chain.root;
		return NULL;
	}
	/* It was woken before, and its wakeup or its switch in was not recorded. */
	if (task && task->state != TASK_NONE)
		chain_task_end(chains, task,
			       task->state == TASK_WOKEN ? OUTCOME_NO_SWITCH : OUTCOME_INCOMPLETE);
	if (!c.path && !cpu->tail.root) {
		if (task)
			chain_task_put(chains, task);
		return NULL;
	}
	event_comm(chains->catalog, e, comm);
	context_tail(cpu, e, comm, &c);
	if (c.path && c.mixed) {
		chain_root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		c.path = NULL;
	}
	if (c.path)
		task = chain_task_get(chains, e->wake.pid);
	if (!task) {
		if (c.path && chain_task_may_be(e->wake.pid))
			chain_root_outcome(c.path->root, OUTCOME_LOST);
		return NULL;
	}
	if (c.path) {
		bool begun = chain_path_begin(chains, &task->chain, c, e->ts_ns);

		task->state = begun ? TASK_WAKING : TASK_NONE;
		task->on_cpu = runs_on_target(chains, e);
		task->preempted = false;
		set_role(task, comm);
		task->hop_mixed = false;
		task->cpu = -1;
		task->module_ns = -1;
		memcpy(task->comm, comm, sizeof(comm));
	}
	if (task->state == TASK_WAKING)
		return task;
	chain_task_put(chains, task);
	return NULL;
}

void chain_on_waking(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	woken_in(chains, cpu, e, chain_context_of(chains, cpu, e));
}

/* The irq thread now works for the interrupt that woke it. */
static void thread_carries(struct chains *chains, struct chain_task *task)
{
	chain_path_drop(chains, &task->carry);
	task->carry = task->chain;
	task->carry_stage = CHAIN_STAGE_THREAD;
	task->carry_mixed = false;
	chain_root_outcome(task->carry.root, OUTCOME_KERNEL);
	task->chain.root = NULL;
	task->state = TASK_NONE;
}

/* The woken task has its CPU. */
static void task_runs(struct chains *chains, struct chain_task *task)
{
	if (task->irq_thread) {
		task_sample(chains, task, CHAIN_END_TASK);
		thread_carries(chains, task);
	} else if (!chains->sees_user && !task->napi) {
		/* Where it ends its system call is not recorded, so nothing can follow it. */
		task_sample(chains, task, CHAIN_END_TASK);
		chain_task_end(chains, task, OUTCOME_MATCHED);
		chain_task_put(chains, task);
	}
}

/*
 * Without sched_waking, sched_wakeup is the wake-up. It happens in the waker's context
 * when the task is queued on the waker's CPU. Else the target CPU queues the task, often
 * in an interrupt that the waker's CPU sends to it: what caused that is not known.
 */
static void wakeup_alone(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_context c = chain_context_of(chains, cpu, e);
	struct chain_task *task;

	if (c.path && c.path->root->between_cpus) {
		chain_root_outcome(c.path->root, OUTCOME_UNKNOWN);
		c.path = NULL;
	}
	task = woken_in(chains, cpu, e, c);
	if (!task)
		return;
	task->cpu = e->wake.target_cpu;
	task->state = task->on_cpu ? TASK_RUNNING : TASK_WOKEN;
	if (task->on_cpu)
		task_runs(chains, task);
}

void chain_on_wakeup(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->wake.pid);

	if (__builtin_expect(!chains_saw(chains, EVENT_WAKING), 0)) {
		wakeup_alone(chains, cpu, e);
		return;
	}
	if (!task || task->state != TASK_WAKING)
		return;
	task->cpu = e->wake.target_cpu;
	if (!chain_path_step(chains, &task->chain,
			     task->irq_thread ? CHAIN_STAGE_THREAD_WAKE : CHAIN_STAGE_WAKE,
			     e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(chains, task);
		return;
	}
	task->state = task->on_cpu ? TASK_RUNNING : TASK_WOKEN;
	if (task->on_cpu)
		task_runs(chains, task);
}

static void switch_in(struct chains *chains, struct chain_task *task, const struct event *e)
{
	if (task->state == TASK_RUNNING) {
		task->preempted = false;
		task->cpu = e->cpu;
		return;
	}
	if (task->state == TASK_WAKING) {
		chain_task_end(chains, task, OUTCOME_INCOMPLETE);
		chain_task_put(chains, task);
		return;
	}
	task->cpu = e->cpu;
	if (task->state != TASK_WOKEN)
		return;
	if (!chain_path_step(chains, &task->chain,
			     task->irq_thread ? CHAIN_STAGE_THREAD_QUEUE : CHAIN_STAGE_QUEUE,
			     e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(chains, task);
		return;
	}
	task->state = TASK_RUNNING;
	task_runs(chains, task);
}

static void switch_out(struct chains *chains, struct chain_task *task, const struct event *e)
{
	bool asleep = e->sw.prev_state & EVENT_STATE_ASLEEP;

	if (task->state == TASK_WAKING && asleep) {
		task->on_cpu = false;
	} else if (task->state == TASK_RUNNING && asleep) {
		task_sample(chains, task, CHAIN_END_TASK);
		chain_task_end(chains, task, OUTCOME_KERNEL);
	} else if (task->state == TASK_RUNNING) {
		task->preempted = true;
	}
	/*
	 * An irq thread waits for the next interrupt interruptibly; when it
	 * sleeps otherwise, it waits for a lock or its device.
	 */
	if (task->carry.root && task->carry_stage == CHAIN_STAGE_THREAD && asleep &&
	    !(e->sw.prev_state & STATE_UNINTERRUPTIBLE))
		chain_path_drop(chains, &task->carry);
	chain_task_put(chains, task);
}

void chain_on_switch(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->sw.prev_pid);

	/* A CPU that schedules is in no interrupt any more. */
	if (cpu->depth)
		chain_hard_clear(chains, cpu, OUTCOME_INCOMPLETE);
	chain_path_drop(chains, &cpu->tail);
	if (task)
		switch_out(chains, task, e);
	cpu->current_pid = e->sw.next_pid;
	task = chain_task_find(chains, e->sw.next_pid);
	if (task)
		switch_in(chains, task, e);
}

/*
 * The task makes a system call. Returns whether its switch in was recorded: kernels
 * of some hypervisors keep the switches of their own tasks out of the trace.
 */
static bool task_runs_now(struct chains *chains, struct chain_task *task)
{
	if (task->state == TASK_WOKEN) {
		chain_task_end(chains, task, OUTCOME_NO_SWITCH);
		chain_task_put(chains, task);
		return false;
	}
	return task->state == TASK_RUNNING;
}

void chain_on_sys_exit(struct chains *chains, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->pid);

	if (!task || !task_runs_now(chains, task))
		return;
	if (chain_path_step(chains, &task->chain, CHAIN_STAGE_EXIT, e->ts_ns)) {
		task_sample(chains, task, CHAIN_END_USER);
		chain_task_end(chains, task, OUTCOME_MATCHED);
	}
	task->state = TASK_NONE;
	chain_task_put(chains, task);
}

/*
 * The task enters a system call while the exit of one is awaited. It was not woken in
 * a system call but, for example, in a page fault; the time when it reached user space
 * was not recorded.
 */
void chain_on_sys_enter(struct chains *chains, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->pid);

	if (!task || !task_runs_now(chains, task))
		return;
	task_sample(chains, task, CHAIN_END_TASK);
	chain_task_end(chains, task, OUTCOME_NO_SYSCALL);
	chain_task_put(chains, task);
}

void chain_on_procirq_read(struct chains *chains, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->pid);

	if (!task || task->state != TASK_RUNNING || task->chain.root->irq != e->read.irq)
		return;
	if (e->read.irq_ns >= task->chain.root->ts_ns)
		task->module_ns = (int64_t)(e->read.irq_ns - task->chain.root->ts_ns);
	if (!chain_path_step(chains, &task->chain, CHAIN_STAGE_READ, e->ts_ns)) {
		task->state = TASK_NONE;
		chain_task_put(chains, task);
	}
}

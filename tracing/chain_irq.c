// SPDX-License-Identifier: GPL-2.0-or-later
/* What a CPU does for an interrupt: handlers, timers, softirqs. */
#include "chain_state.h"

#include <string.h>

#define IRQ_WAKE_THREAD 2

/* Bits of the softirqs TIMER, SCHED, HRTIMER and RCU. */
#define SOFTIRQS_FOR_ALL (1u << 1 | 1u << 7 | 1u << 8 | 1u << 9)

/* End every open handler of the CPU, with at least @outcome. */
void chain_hard_clear(struct chains *chains, struct chain_cpu *cpu, enum chain_outcome outcome)
{
	while (cpu->depth)
		chain_path_end(chains, &cpu->hard[--cpu->depth], outcome);
	cpu->in_handler = 0;
}

/* End one softirq, with at least @outcome. */
void chain_softirq_clear(struct chains *chains, struct chain_softirq *softirq,
			 enum chain_outcome outcome)
{
	chain_path_end(chains, &softirq->path, outcome);
	softirq->raised = false;
	softirq->mixed = false;
}

/* Whether the line has interrupted again, so that its thread may work for that, too. */
static bool may_serve_another(const struct chains *chains, const struct chain_task *task)
{
	const struct chain_root *root = task->chain.root;

	return task->napi && chain_last_entry(chains, root->irq) > root->ts_ns;
}

/*
 * The thread of a network queue polls it with softirqs off, which many kernels flag like a
 * softirq that runs. One that really runs has its entry.
 */
static bool polls_a_queue(const struct chain_cpu *cpu, const struct chain_task *task)
{
	return task && task->napi && task->state == TASK_RUNNING && !cpu->running.raised;
}

/*
 * A task that a chain has woken: until it sleeps again, or is back in user space, what it
 * does is what it was woken for.
 */
static void context_of_hop(const struct chains *chains, const struct chain_task *task,
			   struct chain_context *c)
{
	const struct chain_hops *hops = task->chain.hops;

	/* Without flags, an interrupt that is not recorded looks like the task. */
	if (chains->no_hops || chains->catalog->no_flags || task->for_all ||
	    (hops && hops->n == CHAIN_HOPS_MAX))
		return;
	c->path = &task->chain;
	c->stage = CHAIN_STAGE_HOP;
	c->mixed = task->hop_mixed || may_serve_another(chains, task);
}

/*
 * What the CPU works for when @e happens. Handlers and the tail that cannot be under
 * way any more are ended.
 */
struct chain_context chain_context_of(struct chains *chains, struct chain_cpu *cpu,
				      const struct event *e)
{
	struct chain_context c = { NULL, CHAIN_STAGE_HANDLER, false };
	struct chain_task *task;

	if (e->flags & EVENT_FLAG_HARDIRQ) {
		if (cpu->depth)
			c.path = &cpu->hard[cpu->depth - 1];
		return c;
	}
	/* Not in an interrupt: the exit of a handler that is open was not recorded. */
	if (__builtin_expect(cpu->depth, 0))
		chain_hard_clear(chains, cpu, OUTCOME_INCOMPLETE);
	chain_path_drop(chains, &cpu->tail);

	/* PREEMPT_RT runs softirqs in tasks and does not set the flag. */
	if (cpu->running.raised && (e->flags & EVENT_FLAG_SOFTIRQ || e->pid == cpu->running_pid)) {
		c.stage = CHAIN_STAGE_SOFTIRQ;
		c.mixed = cpu->running.mixed;
		if (cpu->running.path.root)
			c.path = &cpu->running.path;
		return c;
	}
	task = chain_task_find(chains, e->pid);
	if (e->flags & EVENT_FLAG_SOFTIRQ && !polls_a_queue(cpu, task)) {
		chains->hidden_softirq = true;
		return c;
	}
	if (task && task->carry.root) {
		c.stage = task->carry_stage;
		c.mixed = task->carry_mixed;
		c.path = &task->carry;
	} else if (task && task->state == TASK_RUNNING) {
		context_of_hop(chains, task, &c);
	}
	return c;
}

void chain_on_irq_entry(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	void *row = chains->sink.seen(chains->sink.ctx, e);
	struct chain_path *path;

	chain_path_drop(chains, &cpu->tail);
	if (cpu->depth == EVENT_IRQ_DEPTH_MAX)
		chain_hard_clear(chains, cpu, OUTCOME_INCOMPLETE);
	path = &cpu->hard[cpu->depth];
	path->root = chain_root_new(chains, e, row);
	if (!path->root) {
		chains->sink.outcome(chains->sink.ctx, row, OUTCOME_LOST);
		return;
	}
	path->root->between_cpus =
		!chains_saw(chains, EVENT_WAKING) && event_is_between_cpus(chains->catalog, e);
	chains->last_entry_ns[(uint32_t)e->irq % ENTRIES] = e->ts_ns;
	path->hops = NULL;
	path->last_ns = e->ts_ns;
	path->stages = 0;
	path->of_line = false;
	path->order = 0;
	memset(path->ns, 0, sizeof(path->ns));
	cpu->depth++;
}

/*
 * The softirqs that this handler raised wait from now on. Those raised by a handler
 * that it interrupted still belong to that handler.
 */
static void handler_ended(struct chains *chains, struct chain_cpu *cpu,
			  const struct chain_root *root, uint64_t ts_ns)
{
	uint32_t left = cpu->in_handler;

	for (; left; left &= left - 1) {
		unsigned int vec = (unsigned int)__builtin_ctz(left);
		struct chain_path *path = &cpu->pending[vec].path;

		if (path->root != root)
			continue;
		cpu->in_handler &= ~(1u << vec);
		chain_path_step(chains, path, CHAIN_STAGE_HANDLER, ts_ns);
	}
}

/*
 * Whether the irq thread of the handler still works for an earlier interrupt. Other
 * handlers of the line have threads of their own.
 */
static bool thread_is_busy(struct chains *chains, const struct chain_root *root)
{
	bool busy = false;

	for (struct chain_task *t = chains->active.next; t != &chains->active; t = t->next) {
		const struct chain_root *other = t->carry.root;

		if (other && t->carry_stage == CHAIN_STAGE_THREAD && other->irq == root->irq &&
		    (other->cpu != root->cpu || other->row == root->row)) {
			t->carry_mixed = true;
			busy = true;
		}
	}
	return busy;
}

void chain_on_irq_exit(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_path *path;
	struct chain_root *root;

	/* Handlers inside it whose exit was not recorded. */
	while (cpu->depth && cpu->hard[cpu->depth - 1].root->irq != e->irq)
		chain_path_end(chains, &cpu->hard[--cpu->depth], OUTCOME_INCOMPLETE);
	if (!cpu->depth)
		return;
	path = &cpu->hard[--cpu->depth];
	root = path->root;
	if (e->ts_ns < root->ts_ns)
		chain_root_outcome(root, OUTCOME_NEGATIVE);
	else
		chains->sink.handler(chains->sink.ctx, root->row, e->ts_ns - root->ts_ns);
	if (!e->ret)
		chain_root_outcome(root, OUTCOME_NOT_HANDLED);
	handler_ended(chains, cpu, root, e->ts_ns);
	if (e->ret == IRQ_WAKE_THREAD) {
		if (thread_is_busy(chains, root))
			chain_root_outcome(root, OUTCOME_COALESCED);
		chain_path_drop(chains, &cpu->tail);
		cpu->tail = *path;
		path->root = NULL;
	} else {
		chain_path_drop(chains, path);
	}
}

/*
 * A timer that expires in a hard interrupt is a root of its own, inside that of the
 * timer interrupt. What it wakes is attributed to the timer.
 */
void chain_on_hrtimer(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct event timer = *e;

	if (!(e->flags & EVENT_FLAG_HARDIRQ))
		return;
	timer.irq = CHAIN_IRQ_HRTIMER;
	timer.ret = 1;
	if (e->kind == EVENT_HRTIMER_ENTRY)
		chain_on_irq_entry(chains, cpu, &timer);
	else
		chain_on_irq_exit(chains, cpu, &timer);
}

void chain_on_softirq_raise(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_context c = chain_context_of(chains, cpu, e);
	struct chain_softirq *s;

	if (e->vec >= SOFTIRQS_MAX)
		return;
	/* These work for everybody, and a task on the way is one of them. */
	if (c.stage == CHAIN_STAGE_HOP && SOFTIRQS_FOR_ALL >> e->vec & 1)
		c.path = NULL;
	s = &cpu->pending[e->vec];
	if (!s->raised) {
		s->raised = true;
		s->mixed = c.mixed;
		if (!c.path)
			return;
		if (c.stage == CHAIN_STAGE_HANDLER) {
			chain_path_copy(&s->path, c.path);
			cpu->in_handler |= 1u << e->vec;
		} else {
			chain_path_begin(chains, &s->path, c, e->ts_ns);
		}
		return;
	}
	if (!c.path || !s->path.root) {
		/* An interrupt raised it, and so did something else. */
		if (c.path)
			chain_root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		s->mixed = true;
	} else if (s->path.root != c.path->root) {
		if (s->path.root->irq == c.path->root->irq) {
			s->path.of_line |= s->path.root->row != c.path->root->row;
			chain_root_outcome(c.path->root, OUTCOME_COALESCED);
		} else {
			chain_root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
			s->mixed = true;
		}
	}
}

void chain_on_softirq_entry(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_softirq *s;

	chain_softirq_clear(chains, &cpu->running, OUTCOME_INCOMPLETE);
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
		chain_path_step(chains, &cpu->running.path, CHAIN_STAGE_SOFTIRQ_WAIT, e->ts_ns);
}

void chain_on_softirq_exit(struct chains *chains, struct chain_cpu *cpu)
{
	chain_softirq_clear(chains, &cpu->running, OUTCOME_WOKE_NOBODY);
	cpu->running_pid = -1;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What a CPU does for an interrupt: handlers, timers, softirqs. */
#include "chain_state.h"

#include <string.h>

#define IRQ_WAKE_THREAD 2

/* Every open handler of the CPU is over, with @outcome at least. */
void chain_hard_clear(struct chains *b, struct cpu_state *cpu, enum outcome outcome)
{
	while (cpu->depth)
		chain_path_end(b, &cpu->hard[--cpu->depth], outcome);
	cpu->in_handler = 0;
}

/* The same of one softirq. */
void chain_softirq_clear(struct chains *b, struct softirq *softirq, enum outcome outcome)
{
	chain_path_end(b, &softirq->path, outcome);
	softirq->raised = false;
	softirq->mixed = false;
}

/* For whom the CPU works when @e happens; a handler that lost its end goes. */
struct context chain_context_of(struct chains *b, struct cpu_state *cpu, const struct event *e)
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
		chain_hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	chain_path_drop(b, &cpu->tail);

	/* PREEMPT_RT runs softirqs in tasks and does not set the flag. */
	if (cpu->running.raised && (e->flags & EVENT_FLAG_SOFTIRQ || e->pid == cpu->running_pid)) {
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

void chain_on_irq_entry(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct path *path;

	b->sink.seen(b->sink.ctx, e);
	chain_path_drop(b, &cpu->tail);
	if (cpu->depth == HARD_DEPTH_MAX)
		chain_hard_clear(b, cpu, OUTCOME_INCOMPLETE);
	path = &cpu->hard[cpu->depth];
	path->root = chain_root_new(b, e);
	if (!path->root) {
		b->sink.outcome(b->sink.ctx, e->irq, e->cpu, OUTCOME_LOST);
		return;
	}
	path->last_ns = e->ts_ns;
	path->stages = 0;
	path->order = 0;
	memset(path->ns, 0, sizeof(path->ns));
	cpu->depth++;
}

/*
 * Softirqs the handler raised have been waiting since it ended; those of one that
 * it interrupted go on.
 */
static void handler_ended(struct chains *b, struct cpu_state *cpu, const struct root *root,
			  uint64_t ts_ns)
{
	uint32_t left = cpu->in_handler;

	for (; left; left &= left - 1) {
		unsigned int vec = (unsigned int)__builtin_ctz(left);
		struct path *path = &cpu->pending[vec].path;

		if (path->root != root)
			continue;
		cpu->in_handler &= ~(1u << vec);
		chain_path_step(b, path, STAGE_HANDLER, ts_ns);
	}
}

/* Does the thread of the line still work for an earlier interrupt? */
static bool thread_is_busy(struct chains *b, int32_t irq)
{
	bool busy = false;

	for (struct task *t = b->active.next; t != &b->active; t = t->next) {
		if (t->carry.root && t->carry_stage == STAGE_THREAD && t->carry.root->irq == irq) {
			t->carry_mixed = true;
			busy = true;
		}
	}
	return busy;
}

void chain_on_irq_exit(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct path *path;
	struct root *root;

	/* Handlers inside it that lost their end. */
	while (cpu->depth && cpu->hard[cpu->depth - 1].root->irq != e->irq)
		chain_path_end(b, &cpu->hard[--cpu->depth], OUTCOME_INCOMPLETE);
	if (!cpu->depth)
		return;
	path = &cpu->hard[--cpu->depth];
	root = path->root;
	if (e->ts_ns < root->ts_ns)
		root_outcome(root, OUTCOME_NEGATIVE);
	else
		b->sink.handler(b->sink.ctx, root->irq, root->cpu, e->ts_ns - root->ts_ns);
	if (!e->ret)
		root_outcome(root, OUTCOME_NOT_HANDLED);
	handler_ended(b, cpu, root, e->ts_ns);
	if (e->ret == IRQ_WAKE_THREAD) {
		if (thread_is_busy(b, e->irq))
			root_outcome(root, OUTCOME_COALESCED);
		chain_path_drop(b, &cpu->tail);
		cpu->tail = *path;
		path->root = NULL;
	} else {
		chain_path_drop(b, path);
	}
}

/*
 * A timer that expires in a hard interrupt is a root of its own, inside that of
 * the timer interrupt: what it wakes is the timer's.
 */
void chain_on_hrtimer(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct event timer = *e;

	if (!(e->flags & EVENT_FLAG_HARDIRQ))
		return;
	timer.irq = CHAIN_IRQ_HRTIMER;
	timer.ret = 1;
	if (e->kind == EVENT_HRTIMER_ENTRY)
		chain_on_irq_entry(b, cpu, &timer);
	else
		chain_on_irq_exit(b, cpu, &timer);
}

void chain_on_softirq_raise(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct context c = chain_context_of(b, cpu, e);
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
			chain_path_step(b, &s->path, c.stage, e->ts_ns);
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

void chain_on_softirq_entry(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct softirq *s;

	chain_softirq_clear(b, &cpu->running, OUTCOME_INCOMPLETE);
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
		chain_path_step(b, &cpu->running.path, STAGE_SOFTIRQ_WAIT, e->ts_ns);
}

void chain_on_softirq_exit(struct chains *b, struct cpu_state *cpu)
{
	chain_softirq_clear(b, &cpu->running, OUTCOME_WOKE_NOBODY);
	cpu->running_pid = -1;
}

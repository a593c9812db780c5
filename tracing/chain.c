// SPDX-License-Identifier: GPL-2.0-or-later
/* Events in, by kind; what is under way when events are missing or are over. */
#include "chain_state.h"

#include <stdlib.h>

/* --- losses ---------------------------------------------------------------- */

/*
 * Events of @cpu are missing. What happened there is unknown; a task that was
 * being woken may have been woken there, one that was queued or ran there may
 * be anywhere.
 */
static void on_loss(struct chains *b, struct cpu_state *cpu, unsigned int index)
{
	struct task *task, *next;

	chain_hard_clear(b, cpu, OUTCOME_LOST);
	chain_path_end(b, &cpu->tail, OUTCOME_LOST);
	for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
		chain_softirq_clear(b, &cpu->pending[vec], OUTCOME_LOST);
	chain_softirq_clear(b, &cpu->running, OUTCOME_LOST);
	cpu->running_pid = -1;
	cpu->current_pid = -1;
	chain_works_forget(b, OUTCOME_LOST);
	for (task = b->active.next; task != &b->active; task = next) {
		next = task->next;
		if (task->state == TASK_WAKING || task->preempted || task->cpu == (int)index) {
			if (task->state != TASK_NONE)
				chain_task_end(b, task, OUTCOME_LOST);
			chain_path_end(b, &task->carry, OUTCOME_LOST);
			chain_task_put(b, task);
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
struct chains *chains_new(unsigned int n_cpus, const struct event_catalog *catalog,
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
		chain_on_irq_entry(b, cpu, e);
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		chain_on_irq_exit(b, cpu, e);
		break;
	case EVENT_HRTIMER_ENTRY:
	case EVENT_HRTIMER_EXIT:
		chain_on_hrtimer(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_RAISE:
		chain_on_softirq_raise(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_ENTRY:
		chain_on_softirq_entry(b, cpu, e);
		break;
	case EVENT_SOFTIRQ_EXIT:
		chain_on_softirq_exit(b, cpu);
		break;
	case EVENT_WAKING:
		chain_on_waking(b, cpu, e);
		break;
	case EVENT_WAKEUP:
		chain_on_wakeup(b, e);
		break;
	case EVENT_SWITCH:
		chain_on_switch(b, cpu, e);
		break;
	case EVENT_SYS_ENTER:
		chain_on_sys_enter(b, e);
		break;
	case EVENT_SYS_EXIT:
		chain_on_sys_exit(b, e);
		break;
	case EVENT_WORK_QUEUE:
		chain_on_work_queue(b, cpu, e);
		break;
	case EVENT_WORK_START:
		chain_on_work_start(b, e);
		break;
	case EVENT_WORK_END:
		chain_on_work_end(b, e);
		break;
	case EVENT_PROCIRQ_READ:
		chain_on_procirq_read(b, e);
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

		chain_hard_clear(b, cpu, OUTCOME_CUT_OFF);
		chain_path_drop(b, &cpu->tail);
		for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
			chain_softirq_clear(b, &cpu->pending[vec], OUTCOME_CUT_OFF);
		chain_softirq_clear(b, &cpu->running, OUTCOME_CUT_OFF);
	}
	chain_works_forget(b, OUTCOME_CUT_OFF);
	while (b->active.next != &b->active) {
		struct task *task = b->active.next;

		if (task->state != TASK_NONE)
			chain_task_end(b, task, OUTCOME_CUT_OFF);
		chain_path_drop(b, &task->carry);
		chain_task_put(b, task);
	}
}

/* Without telling outcomes; NULL is fine. */
void chains_free(struct chains *b)
{
	if (!b)
		return;
	chain_tasks_free(b);
	chain_works_free(b);
	while (b->slabs) {
		struct root_slab *slab = b->slabs;

		b->slabs = slab->next;
		free(slab);
	}
	free(b->cpus);
	free(b);
}

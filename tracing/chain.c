// SPDX-License-Identifier: GPL-2.0-or-later
/* Distributes events by kind; ends what is under way at a loss and at the end. */
#include "chain.h"
#include "chain_state.h"

#include <stdlib.h>

/* --- losses ---------------------------------------------------------------- */

/*
 * Events of @cpu are missing, so all that was under way there is unknown. A task
 * whose wakeup was awaited may have been woken there; a task that was queued there
 * or ran there may be anywhere.
 */
static void on_loss(struct chains *chains, struct chain_cpu *cpu, unsigned int index)
{
	struct chain_task *task, *next;

	chain_hard_clear(chains, cpu, OUTCOME_LOST);
	chain_path_end(chains, &cpu->tail, OUTCOME_LOST);
	for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
		chain_softirq_clear(chains, &cpu->pending[vec], OUTCOME_LOST);
	chain_softirq_clear(chains, &cpu->running, OUTCOME_LOST);
	cpu->running_pid = -1;
	cpu->current_pid = -1;
	chain_works_forget(chains, OUTCOME_LOST);
	for (task = chains->active.next; task != &chains->active; task = next) {
		next = task->next;
		if (task->state == TASK_WAKING || task->preempted || task->cpu == (int)index) {
			if (task->state != TASK_NONE)
				chain_task_end(chains, task, OUTCOME_LOST);
			chain_path_end(chains, &task->carry, OUTCOME_LOST);
			chain_task_put(chains, task);
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
	struct chains *chains = calloc(1, sizeof(*chains));

	if (!chains)
		return NULL;
	chains->catalog = catalog;
	chains->sink = *sink;
	chains->n_cpus = n_cpus;
	chains->sees_user = event_catalog_has(catalog, EVENT_SYS_EXIT);
	chains->active.next = &chains->active;
	chains->active.prev = &chains->active;
	chains->cpus = calloc(n_cpus + 1, sizeof(*chains->cpus));
	if (!chains->cpus) {
		free(chains);
		return NULL;
	}
	for (unsigned int i = 0; i < n_cpus; i++) {
		chains->cpus[i].running_pid = -1;
		chains->cpus[i].current_pid = -1;
	}
	return chains;
}

/* From now on no chain goes through a task that wakes another one. */
void chains_stop_hops(struct chains *chains)
{
	chains->no_hops = true;
}

/**
 * chains_event - the next event, in the order of time
 * @chains: builder
 * @e: event
 */
void chains_event(struct chains *chains, const struct event *e)
{
	struct chain_cpu *cpu;

	if (e->cpu >= chains->n_cpus)
		return;
	cpu = &chains->cpus[e->cpu];
	chains->kinds |= 1u << e->kind;
	switch (e->kind) {
	case EVENT_IRQ_ENTRY:
	case EVENT_VECTOR_ENTRY:
		chain_on_irq_entry(chains, cpu, e);
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		chain_on_irq_exit(chains, cpu, e);
		break;
	case EVENT_HRTIMER_ENTRY:
	case EVENT_HRTIMER_EXIT:
		chain_on_hrtimer(chains, cpu, e);
		break;
	case EVENT_SOFTIRQ_RAISE:
		chain_on_softirq_raise(chains, cpu, e);
		break;
	case EVENT_SOFTIRQ_ENTRY:
		chain_on_softirq_entry(chains, cpu, e);
		break;
	case EVENT_SOFTIRQ_EXIT:
		chain_on_softirq_exit(chains, cpu);
		break;
	case EVENT_WAKING:
		chain_on_waking(chains, cpu, e);
		break;
	case EVENT_WAKEUP:
		chain_on_wakeup(chains, cpu, e);
		break;
	case EVENT_SWITCH:
		chain_on_switch(chains, cpu, e);
		break;
	case EVENT_SYS_ENTER:
		chain_on_sys_enter(chains, e);
		break;
	case EVENT_SYS_EXIT:
		chain_on_sys_exit(chains, e);
		break;
	case EVENT_WORK_QUEUE:
		chain_on_work_queue(chains, cpu, e);
		break;
	case EVENT_WORK_START:
		chain_on_work_start(chains, e);
		break;
	case EVENT_WORK_END:
		chain_on_work_end(chains, e);
		break;
	case EVENT_PROCIRQ_READ:
		chain_on_procirq_read(chains, e);
		break;
	case EVENT_LOSS_BEGIN:
	case EVENT_LOSS_END:
		on_loss(chains, cpu, e->cpu);
		break;
	}
}

/* Why the chain of the task did not end before the recording. */
static enum chain_outcome end_of_recording(const struct chains *chains,
					   const struct chain_task *task)
{
	if (task->state == TASK_WAKING && !chains_saw(chains, EVENT_WAKEUP))
		return OUTCOME_INCOMPLETE;
	if (task->state == TASK_WOKEN && !chains_saw(chains, EVENT_SWITCH))
		return OUTCOME_NO_SWITCH;
	return OUTCOME_CUT_OFF;
}

/* The recording ends: what is still under way gets OUTCOME_CUT_OFF. */
void chains_finish(struct chains *chains)
{
	for (unsigned int i = 0; i < chains->n_cpus; i++) {
		struct chain_cpu *cpu = &chains->cpus[i];

		chain_hard_clear(chains, cpu, OUTCOME_CUT_OFF);
		chain_path_drop(chains, &cpu->tail);
		for (unsigned int vec = 0; vec < SOFTIRQS_MAX; vec++)
			chain_softirq_clear(chains, &cpu->pending[vec], OUTCOME_CUT_OFF);
		chain_softirq_clear(chains, &cpu->running, OUTCOME_CUT_OFF);
	}
	chain_works_forget(chains, OUTCOME_CUT_OFF);
	while (chains->active.next != &chains->active) {
		struct chain_task *task = chains->active.next;

		if (task->state != TASK_NONE)
			chain_task_end(chains, task, end_of_recording(chains, task));
		chain_path_drop(chains, &task->carry);
		chain_task_put(chains, task);
	}
}

/* Whether there were events of this kind so far. */
bool chains_have(const struct chains *chains, enum event_kind kind)
{
	return chains_saw(chains, kind);
}

/**
 * chains_know_nobody - whether OUTCOME_WOKE_NOBODY is known, not only not seen
 * @chains: of a recording that was read to its end
 *
 * A format in the catalog does not mean that the event was recorded. Without
 * sched_waking a wake-up that goes to another CPU is not seen, and without the softirq
 * events those that softirqs make.
 */
bool chains_know_nobody(const struct chains *chains)
{
	if (!chains_saw(chains, EVENT_WAKING) &&
	    (chains_saw(chains, EVENT_WAKEUP) || !event_catalog_has(chains->catalog, EVENT_WAKING)))
		return false;
	return event_catalog_has(chains->catalog, EVENT_SOFTIRQ_RAISE) &&
	       event_catalog_has(chains->catalog, EVENT_SOFTIRQ_ENTRY) &&
	       (chains_saw(chains, EVENT_SOFTIRQ_ENTRY) || !chains->hidden_softirq);
}

/* The sink gets no more outcomes; NULL is fine. */
void chains_free(struct chains *chains)
{
	if (!chains)
		return;
	chain_tasks_free(chains);
	chain_works_free(chains);
	while (chains->slabs) {
		struct chain_root_slab *slab = chains->slabs;

		chains->slabs = slab->next;
		free(slab);
	}
	while (chains->all_hops) {
		struct chain_hops *hops = chains->all_hops;

		chains->all_hops = hops->next;
		free(hops);
	}
	free(chains->cpus);
	free(chains);
}

/* How often memory lacked to follow an interrupt, whose outcome is OUTCOME_LOST. */
uint64_t chains_no_memory(const struct chains *chains)
{
	return chains->no_memory;
}

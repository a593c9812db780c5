// SPDX-License-Identifier: GPL-2.0-or-later
/* Work items that interrupts queue. */
#include "chain_state.h"

#include <stdlib.h>

static struct chain_work **work_slot(struct chains *chains, uint64_t object)
{
	struct chain_work **slot = &chains->works[(object >> 5) % WORK_BUCKETS];

	while (*slot && (*slot)->object != object)
		slot = &(*slot)->next;
	return slot;
}

static void work_forget(struct chains *chains, struct chain_work **slot, enum chain_outcome outcome)
{
	struct chain_work *work = *slot;

	*slot = work->next;
	chain_path_end(chains, &work->path, outcome);
	free(work);
}

/* Forget all work items, with at least @outcome. */
void chain_works_forget(struct chains *chains, enum chain_outcome outcome)
{
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (chains->works[i])
			work_forget(chains, &chains->works[i], outcome);
	}
}

/* The sink gets no more outcomes. */
void chain_works_free(struct chains *chains)
{
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (chains->works[i]) {
			struct chain_work *work = chains->works[i];

			chains->works[i] = work->next;
			free(work);
		}
	}
}

void chain_on_work_queue(struct chains *chains, struct chain_cpu *cpu, const struct event *e)
{
	struct chain_context c = chain_context_of(chains, cpu, e);
	struct chain_work **slot = work_slot(chains, e->work);
	struct chain_work *work;

	if (*slot)
		work_forget(chains, slot, OUTCOME_INCOMPLETE);
	if (!c.path)
		return;
	if (c.mixed) {
		chain_root_outcome(c.path->root, OUTCOME_AMBIGUOUS);
		return;
	}
	work = malloc(sizeof(*work));
	if (!work) {
		chains->no_memory++;
		chain_root_outcome(c.path->root, OUTCOME_LOST);
		return;
	}
	work->object = e->work;
	if (!chain_path_begin(chains, &work->path, c, e->ts_ns)) {
		free(work);
		return;
	}
	slot = work_slot(chains, work->object);
	work->next = NULL;
	*slot = work;
}

void chain_on_work_start(struct chains *chains, const struct event *e)
{
	struct chain_work **slot = work_slot(chains, e->work);
	struct chain_task *task;

	if (!*slot) {
		/* The thread has other work: what it was woken for is not known any more. */
		task = chain_task_find(chains, e->pid);
		if (task)
			task->for_all = true;
		return;
	}
	task = chain_task_get(chains, e->pid);
	if (task && chain_path_step(chains, &(*slot)->path, CHAIN_STAGE_WORK_WAIT, e->ts_ns)) {
		chain_path_drop(chains, &task->carry);
		chain_path_copy(&task->carry, &(*slot)->path);
		task->carry_stage = CHAIN_STAGE_WORK;
		task->carry_mixed = false;
		task->cpu = e->cpu;
		chain_root_outcome(task->carry.root, OUTCOME_KERNEL);
	}
	work_forget(chains, slot,
		    task || !chain_task_may_be(e->pid) ? OUTCOME_WOKE_NOBODY : OUTCOME_LOST);
	if (task)
		chain_task_put(chains, task);
}

void chain_on_work_end(struct chains *chains, const struct event *e)
{
	struct chain_task *task = chain_task_find(chains, e->pid);

	if (!task || task->carry_stage != CHAIN_STAGE_WORK)
		return;
	chain_path_drop(chains, &task->carry);
	chain_task_put(chains, task);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Work items that interrupts queue. */
#include "chain_state.h"

#include <stdlib.h>

static struct work **work_slot(struct chains *b, uint64_t object)
{
	struct work **slot = &b->works[(object >> 5) % WORK_BUCKETS];

	while (*slot && (*slot)->object != object)
		slot = &(*slot)->next;
	return slot;
}

static void work_forget(struct chains *b, struct work **slot, enum outcome outcome)
{
	struct work *work = *slot;

	*slot = work->next;
	chain_path_end(b, &work->path, outcome);
	free(work);
}

/* All of them. */
void chain_works_forget(struct chains *b, enum outcome outcome)
{
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (b->works[i])
			work_forget(b, &b->works[i], outcome);
	}
}

/* Without telling outcomes. */
void chain_works_free(struct chains *b)
{
	for (size_t i = 0; i < WORK_BUCKETS; i++) {
		while (b->works[i]) {
			struct work *work = b->works[i];

			b->works[i] = work->next;
			free(work);
		}
	}
}

void chain_on_work_queue(struct chains *b, struct cpu_state *cpu, const struct event *e)
{
	struct context c = chain_context_of(b, cpu, e);
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
	if (!chain_path_step(b, &work->path, c.stage, e->ts_ns)) {
		free(work);
		return;
	}
	slot = work_slot(b, work->object);
	work->next = NULL;
	*slot = work;
}

void chain_on_work_start(struct chains *b, const struct event *e)
{
	struct work **slot = work_slot(b, e->work);
	struct task *task;

	if (!*slot)
		return;
	task = chain_task_get(b, e->pid);
	if (task && chain_path_step(b, &(*slot)->path, STAGE_WORK_WAIT, e->ts_ns)) {
		chain_path_drop(b, &task->carry);
		path_copy(&task->carry, &(*slot)->path);
		task->carry_stage = STAGE_WORK;
		task->carry_mixed = false;
		task->cpu = e->cpu;
		root_outcome(task->carry.root, OUTCOME_KERNEL);
	}
	work_forget(b, slot, OUTCOME_WOKE_NOBODY);
	if (task)
		chain_task_put(b, task);
}

void chain_on_work_end(struct chains *b, const struct event *e)
{
	struct task *task = task_find(b, e->pid);

	if (!task || task->carry_stage != STAGE_WORK)
		return;
	chain_path_drop(b, &task->carry);
	chain_task_put(b, task);
}

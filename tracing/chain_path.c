// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts, and the time since them, cut into stages. */
#include "chain_state.h"

#include <stdlib.h>
#include <string.h>

/* An interrupt, with one reference; NULL when memory runs out. */
struct chain_root *chain_root_new(struct chains *chains, const struct event *e, void *row)
{
	struct chain_root *root = chains->free_roots;

	if (!root) {
		struct chain_root_slab *slab = calloc(1, sizeof(*slab));

		if (!slab) {
			chains->no_memory++;
			return NULL;
		}
		slab->next = chains->slabs;
		chains->slabs = slab;
		for (size_t i = 0; i < ROOTS_PER_SLAB; i++) {
			slab->roots[i].next_free = chains->free_roots;
			chains->free_roots = &slab->roots[i];
		}
		root = chains->free_roots;
	}
	chains->free_roots = root->next_free;
	*root = (struct chain_root){
		.row = row, .irq = e->irq, .cpu = e->cpu, .refs = 1, .ts_ns = e->ts_ns
	};
	return root;
}

/* --- tasks on the way ------------------------------------------------------ */

static void hops_put(struct chains *chains, struct chain_hops *hops)
{
	if (--hops->refs)
		return;
	hops->next_free = chains->free_hops;
	chains->free_hops = hops;
}

static struct chain_hops *hops_new(struct chains *chains)
{
	struct chain_hops *hops = chains->free_hops;

	if (hops) {
		chains->free_hops = hops->next_free;
		return hops;
	}
	hops = malloc(sizeof(*hops));
	if (!hops) {
		chains->no_memory++;
		return NULL;
	}
	hops->next = chains->all_hops;
	chains->all_hops = hops;
	return hops;
}

/* The stages of a task that turns out to be a hop become those of hops. */
static enum chain_stage hop_stage(enum chain_stage stage)
{
	switch (stage) {
	case CHAIN_STAGE_WAKE:
		return CHAIN_STAGE_HOP_WAKE;
	case CHAIN_STAGE_QUEUE:
		return CHAIN_STAGE_HOP_QUEUE;
	case CHAIN_STAGE_READ:
		return CHAIN_STAGE_HOP;
	default:
		return stage;
	}
}

static void path_rename_stages(struct chain_path *path)
{
	uint64_t order = path->order;
	int n = __builtin_popcount(path->stages);

	path->stages = 0;
	path->order = 0;
	for (int i = n - 1; i >= 0; i--) {
		enum chain_stage stage = hop_stage((enum chain_stage)(order >> 4 * i & 15));

		if (path->stages >> stage & 1)
			continue;
		path->stages |= 1u << stage;
		path->order = path->order << 4 | stage;
	}
	for (int stage = CHAIN_STAGE_WAKE; stage <= CHAIN_STAGE_READ; stage++) {
		path->ns[hop_stage((enum chain_stage)stage)] += path->ns[stage];
		path->ns[stage] = 0;
	}
}

/* The path goes on behind @task, which at @ts_ns does what the path follows. */
static bool path_add_hop(struct chains *chains, struct chain_path *path,
			 const struct chain_task *task, uint64_t ts_ns)
{
	struct chain_hops *hops = hops_new(chains), *before = path->hops;
	struct chain_hop *hop;

	if (!hops)
		return false;
	hops->n = before ? before->n : 0;
	hops->refs = 1;
	if (before) {
		memcpy(hops->hop, before->hop, before->n * sizeof(*before->hop));
		hops_put(chains, before);
	}
	hop = &hops->hop[hops->n++];
	*hop = (struct chain_hop){
		.pid = task->pid,
		.cpu = (uint16_t)task->cpu,
		.wake_ns = path->ns[CHAIN_STAGE_WAKE],
		.queue_ns = path->ns[CHAIN_STAGE_QUEUE],
		.run_ns = path->ns[CHAIN_STAGE_READ] +
			  (ts_ns > path->last_ns ? ts_ns - path->last_ns : 0),
	};
	memcpy(hop->comm, task->comm, sizeof(hop->comm));
	path->hops = hops;
	path_rename_stages(path);
	return true;
}

/* Drop the reference. With the last one the outcome of the interrupt is final. */
void chain_path_drop(struct chains *chains, struct chain_path *path)
{
	struct chain_root *root = path->root;

	if (!root)
		return;
	path->root = NULL;
	if (__builtin_expect(path->hops != NULL, 0))
		hops_put(chains, path->hops);
	if (--root->refs)
		return;
	chains->sink.outcome(chains->sink.ctx, root->row, root->outcome);
	root->next_free = chains->free_roots;
	chains->free_roots = root;
}

/* Drop the reference; the outcome of the interrupt is at least @outcome. */
void chain_path_end(struct chains *chains, struct chain_path *path, enum chain_outcome outcome)
{
	if (path->root)
		chain_root_outcome(path->root, outcome);
	chain_path_drop(chains, path);
}

/*
 * Add the time from the last step to @ts_ns to @stage. Returns false when time ran
 * backwards; then the path has ended.
 */
bool chain_path_step(struct chains *chains, struct chain_path *path, enum chain_stage stage,
		     uint64_t ts_ns)
{
	if (__builtin_expect(ts_ns < path->last_ns, 0)) {
		chain_path_end(chains, path, OUTCOME_NEGATIVE);
		return false;
	}
	path->ns[stage] += ts_ns - path->last_ns;
	if (!(path->stages >> stage & 1)) {
		path->stages |= 1u << stage;
		path->order = path->order << 4 | stage;
	}
	path->last_ns = ts_ns;
	return true;
}

/**
 * chain_path_begin - go on from a context, at the event that ends it
 * @chains: builder
 * @to: gets the path; it must be empty
 * @c: context with a path
 * @ts_ns: time of the event
 *
 * Returns false when there is no path: time ran backwards, or memory lacked.
 */
bool chain_path_begin(struct chains *chains, struct chain_path *to, struct chain_context c,
		      uint64_t ts_ns)
{
	chain_path_copy(to, c.path);
	if (__builtin_expect(c.stage == CHAIN_STAGE_HOP, 0) &&
	    !path_add_hop(chains, to, chain_context_hop(c), ts_ns)) {
		chain_path_end(chains, to, OUTCOME_LOST);
		return false;
	}
	return chain_path_step(chains, to, c.stage, ts_ns);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts, and the time since them, cut into stages. */
#include "chain_state.h"

#include <stdlib.h>

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

/* Drop the reference. With the last one the outcome of the interrupt is final. */
void chain_path_drop(struct chains *chains, struct chain_path *path)
{
	struct chain_root *root = path->root;

	if (!root)
		return;
	path->root = NULL;
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

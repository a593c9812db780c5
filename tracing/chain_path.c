// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts, and the time since them, cut into stages. */
#include "chain_state.h"

#include <stdlib.h>

/* An interrupt, with one reference; NULL when memory runs out. */
struct root *chain_root_new(struct chains *b, const struct event *e)
{
	struct root *root = b->free_roots;

	if (!root) {
		struct root_slab *slab = calloc(1, sizeof(*slab));

		if (!slab)
			return NULL;
		slab->next = b->slabs;
		b->slabs = slab;
		for (size_t i = 0; i < ROOTS_PER_SLAB; i++) {
			slab->roots[i].next_free = b->free_roots;
			b->free_roots = &slab->roots[i];
		}
		root = b->free_roots;
	}
	b->free_roots = root->next_free;
	*root = (struct root){ .irq = e->irq, .cpu = e->cpu, .refs = 1, .ts_ns = e->ts_ns };
	return root;
}

/* Its last reference tells the interrupt's outcome. */
void chain_path_drop(struct chains *b, struct path *path)
{
	struct root *root = path->root;

	if (!root)
		return;
	path->root = NULL;
	if (--root->refs)
		return;
	b->sink.outcome(b->sink.ctx, root->irq, root->cpu, root->outcome);
	root->next_free = b->free_roots;
	b->free_roots = root;
}

/* The same, and the outcome is @outcome at least. */
void chain_path_end(struct chains *b, struct path *path, enum outcome outcome)
{
	if (path->root)
		root_outcome(path->root, outcome);
	chain_path_drop(b, path);
}

/*
 * Time from the last step to @ts_ns belongs to @stage. Returns false when time
 * ran backwards; the path is over then.
 */
bool chain_path_step(struct chains *b, struct path *path, enum stage stage, uint64_t ts_ns)
{
	if (__builtin_expect(ts_ns < path->last_ns, 0)) {
		chain_path_end(b, path, OUTCOME_NEGATIVE);
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

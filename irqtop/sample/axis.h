/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs in groups: one group is one place of the heat strip. */
#ifndef IRQTOP_AXIS_H
#define IRQTOP_AXIS_H

#include "irqtop/tables/irqtable.h"
#include "sampler.h"

enum axis_mode { AXIS_AUTO, AXIS_CPU, AXIS_CACHE, AXIS_NODE, AXIS_RANGE, AXIS_MODES };

extern const char *const axis_mode_names[AXIS_MODES + 1]; /* ends in NULL */

struct axis_group {
	uint32_t first, last; /* CPU numbers; nodes may interleave */
	uint32_t ncpus;
	int node; /* when all are of one, else -1 */
};

struct axis {
	uint32_t ncpus;	     /* CPUs, not highest number */
	uint32_t cpu_end;    /* highest number plus one */
	enum axis_mode mode; /* the one used, never AXIS_AUTO */
	uint32_t ngroups;
	struct axis_group *group;     /* [ngroups] */
	uint32_t *group_of;	      /* [cpu_end], IRQTABLE_NONE: not shown */
	struct irqtable_place *place; /* [cpu_end] */
	/* private */
	uint64_t shape;
	enum axis_mode asked;
	uint32_t places;
	size_t cpu_room, group_room, place_room;
};

/*
 * Learns the CPUs of `table` and from `sampler` (NULL: nothing) where they are, when
 * columns changed. Returns 1 when they did, 0 when not, or -ENOMEM.
 */
int axis_learn(struct axis *axis, const struct irqtable *table, const struct sampler *sampler);

/*
 * The same, and groups them for a strip `width` places wide: AXIS_AUTO takes the
 * finest of single CPUs, shared caches and equal ranges that fits. Returns 1 when
 * anything changed, 0 when nothing did, or -ENOMEM.
 */
int axis_update(struct axis *axis, const struct irqtable *table, const struct sampler *sampler,
		enum axis_mode mode, uint32_t width);

/* CPUs of a NUMA node; false: there is no such node. */
bool axis_node_cpus(const struct axis *axis, int node, struct cpu_mask *cpus);

/* What a row did per group: rate[ngroups], interrupts per second. */
void axis_rates(const struct axis *axis, const struct irqtable_diff *diff, uint32_t row,
		double seconds, double *rate);

void axis_free(struct axis *axis);

#endif

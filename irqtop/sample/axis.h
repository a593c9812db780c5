/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs in groups. The CPU strip shows a group in each of its places. */
#ifndef IRQTOP_AXIS_H
#define IRQTOP_AXIS_H

#include "irqtop/tables/irqtable.h"
#include "sampler.h"

enum axis_mode { AXIS_AUTO, AXIS_CPU, AXIS_CACHE, AXIS_NODE, AXIS_RANGE, AXIS_MODES };

extern const char *const axis_mode_names[AXIS_MODES + 1]; /* ends in NULL */

struct axis_group {
	uint32_t first, last; /* CPU numbers; CPUs of other groups may lie between */
	uint32_t ncpus;
	int node; /* of all its CPUs, else -1 */
};

struct axis {
	uint32_t ncpus;	     /* how many CPUs there are */
	uint32_t cpu_end;    /* highest CPU number plus one */
	enum axis_mode mode; /* the mode in use, never AXIS_AUTO */
	uint32_t ngroups;
	struct axis_group *group;     /* [ngroups] */
	uint32_t *group_of;	      /* [cpu_end]; IRQTABLE_NONE: no such CPU */
	struct irqtable_place *place; /* [cpu_end] */
	/* private */
	uint64_t shape;	      /* of the table that the CPUs were taken from */
	enum axis_mode asked; /* mode and width of the last axis_update() */
	uint32_t asked_width;
	size_t group_of_room, group_room, place_room;
};

/*
 * Takes the CPUs from `table`, and their nodes and caches from `sampler` (may be NULL).
 * Returns 1, 0 when the table's columns have not changed, or -ENOMEM.
 */
int axis_learn(struct axis *axis, const struct irqtable *table, const struct sampler *sampler);

/*
 * axis_learn(), then groups the CPUs for a strip of `width` places. AXIS_AUTO chooses
 * the finest of CPUs, caches and ranges that fits. Returns 1, 0 when nothing changed,
 * or -ENOMEM.
 */
int axis_update(struct axis *axis, const struct irqtable *table, const struct sampler *sampler,
		enum axis_mode mode, uint32_t width);

/* The CPUs of a NUMA node; false: no CPU has it. */
bool axis_node_cpus(const struct axis *axis, int node, struct cpu_mask *cpus);

/*
 * Interrupts per second of the busiest CPU of each group, rate[ngroups]: of a row, and
 * of all rows. A sum would hide one busy CPU among many. Returns the highest.
 */
double axis_rates(const struct axis *axis, const struct irqtable_diff *diff, uint32_t row,
		  double seconds, double *rate);
double axis_sum_rates(const struct axis *axis, const struct irqtable_diff *diff, double seconds,
		      double *rate, uint32_t *busiest);

void axis_free(struct axis *axis);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "base/array.h"

const char *const axis_mode_names[AXIS_MODES + 1] = {
	[AXIS_AUTO] = "auto", [AXIS_CPU] = "cpu",     [AXIS_CACHE] = "cache",
	[AXIS_NODE] = "node", [AXIS_RANGE] = "range",
};

static void places_take(struct axis *axis, const struct sampler *sampler)
{
	uint32_t c;

	for (c = 0; c < axis->cpu_end; c++)
		axis->place[c].node = axis->place[c].cache = -1;
	if (sampler && sampler->place) {
		for (c = 0; c < axis->cpu_end && c < sampler->nplaces; c++)
			axis->place[c] = sampler->place[c];
	} else if (sampler && sampler->root >= 0) {
		irqtable_places_read(axis->place, axis->cpu_end, sampler->root);
	}
}

static int cpus_take(struct axis *axis, const struct irqtable *table, const struct sampler *sampler)
{
	uint32_t c, end = 0;

	for (c = 0; c < table->ncpus; c++)
		if (table->cpu[c] >= end)
			end = table->cpu[c] + 1;
	if (end > CPUS_MAX)
		end = CPUS_MAX;
	if (array_reserve(&axis->group_of, &axis->group_of_room, end, sizeof(*axis->group_of)) ||
	    array_reserve(&axis->group, &axis->group_room, end, sizeof(*axis->group)) ||
	    array_reserve(&axis->place, &axis->place_room, end, sizeof(*axis->place)))
		return -ENOMEM;
	for (c = 0; c < end; c++)
		axis->group_of[c] = IRQTABLE_NONE;
	/* Group 0 marks CPUs that are there, until they are grouped. */
	for (c = 0, axis->ncpus = 0; c < table->ncpus; c++) {
		if (table->cpu[c] >= end)
			continue;
		axis->group_of[table->cpu[c]] = 0;
		axis->ncpus++;
	}
	axis->cpu_end = end;
	axis->asked_width = 0;
	places_take(axis, sampler);
	return 0;
}

static int node_or_cache(const struct axis *axis, uint32_t cpu, enum axis_mode mode)
{
	return mode == AXIS_NODE ? axis->place[cpu].node : axis->place[cpu].cache;
}

static void group_extend(struct axis *axis, uint32_t group, uint32_t cpu)
{
	struct axis_group *g = &axis->group[group];

	if (group == axis->ngroups) {
		g->first = cpu;
		g->ncpus = 0;
		g->node = axis->place[cpu].node;
		axis->ngroups++;
	}
	g->last = cpu;
	g->ncpus++;
	if (g->node != axis->place[cpu].node)
		g->node = -1;
	axis->group_of[cpu] = group;
}

/* A group for each node or cache. A CPU without one has a group of its own. */
static void group_by_place(struct axis *axis, enum axis_mode mode)
{
	uint32_t cpu, other;

	axis->ngroups = 0;
	for (cpu = 0; cpu < axis->cpu_end; cpu++) {
		if (axis->group_of[cpu] == IRQTABLE_NONE)
			continue;
		for (other = 0; other < axis->ngroups; other++)
			if (node_or_cache(axis, cpu, mode) >= 0 &&
			    node_or_cache(axis, axis->group[other].first, mode) ==
				    node_or_cache(axis, cpu, mode))
				break;
		group_extend(axis, other, cpu);
	}
}

static void group_by_range(struct axis *axis, uint32_t each)
{
	uint32_t cpu, n = 0;

	axis->ngroups = 0;
	for (cpu = 0; cpu < axis->cpu_end; cpu++)
		if (axis->group_of[cpu] != IRQTABLE_NONE)
			group_extend(axis, n++ / each, cpu);
}

/* CPUs per group: a power of two, so that groups begin at round numbers. */
static uint32_t range_for(uint32_t ncpus, uint32_t width)
{
	uint32_t each = 1;

	while ((ncpus + each - 1) / each > width)
		each *= 2;
	return each;
}

static void group(struct axis *axis, enum axis_mode mode, uint32_t width)
{
	if (!width)
		width = 1;
	axis->mode = mode;
	switch (mode) {
	case AXIS_CPU:
		group_by_range(axis, 1);
		return;
	case AXIS_CACHE:
	case AXIS_NODE:
		group_by_place(axis, mode);
		/* Nodes or caches are unknown, or there is one per CPU. */
		if (axis->ngroups == axis->ncpus)
			axis->mode = AXIS_CPU;
		return;
	case AXIS_RANGE:
		group_by_range(axis, range_for(axis->ncpus, width));
		return;
	default:
		break;
	}
	axis->mode = AXIS_CPU;
	if (axis->ncpus <= width) {
		group_by_range(axis, 1);
		return;
	}
	axis->mode = AXIS_CACHE;
	group_by_place(axis, AXIS_CACHE);
	/* One group for all CPUs shows nothing. */
	if (axis->ngroups <= width && axis->ngroups > 1)
		return;
	axis->mode = AXIS_RANGE;
	group_by_range(axis, range_for(axis->ncpus, width));
}

int axis_learn(struct axis *axis, const struct irqtable *table, const struct sampler *sampler)
{
	if (axis->shape == table->cpus_shape && axis->cpu_end)
		return 0;
	if (cpus_take(axis, table, sampler))
		return -ENOMEM;
	axis->shape = table->cpus_shape;
	return 1;
}

int axis_update(struct axis *axis, const struct irqtable *table, const struct sampler *sampler,
		enum axis_mode mode, uint32_t width)
{
	int changed = axis_learn(axis, table, sampler);

	if (changed < 0)
		return changed;
	if (!changed && axis->asked == mode && axis->asked_width == width)
		return 0;
	axis->asked = mode;
	axis->asked_width = width;
	group(axis, mode, width);
	return 1;
}

bool axis_node_cpus(const struct axis *axis, int node, struct cpu_mask *cpus)
{
	bool found = false;
	uint32_t cpu;

	memset(cpus, 0, sizeof(*cpus));
	for (cpu = 0; cpu < axis->cpu_end; cpu++) {
		if (axis->place[cpu].node != node)
			continue;
		cpu_mask_add(cpus, cpu);
		found = true;
	}
	return found;
}

/* Takes a CPU's rate for its group. */
static void rate_take(const struct axis *axis, uint32_t cpu, double hz, double *rate)
{
	uint32_t group_at = cpu < axis->cpu_end ? axis->group_of[cpu] : IRQTABLE_NONE;

	if (group_at != IRQTABLE_NONE && hz > rate[group_at])
		rate[group_at] = hz;
}

double axis_rates(const struct axis *axis, const struct irqtable_diff *diff, uint32_t row,
		  double seconds, double *rate)
{
	double top = 0, hz;
	uint32_t c;

	for (c = 0; c < axis->ngroups; c++)
		rate[c] = 0;
	if (!(seconds > 0) || !diff->row[row].delta)
		return 0;
	for (c = 0; c < diff->ncpus; c++) {
		hz = diff->mask[c] ? irqtable_diff_cell(diff, row, c) / seconds : 0;
		rate_take(axis, diff->cur->cpu[c], hz, rate);
		top = hz > top ? hz : top;
	}
	return top;
}

double axis_sum_rates(const struct axis *axis, const struct irqtable_diff *diff, double seconds,
		      double *rate, uint32_t *busiest)
{
	double top = 0, hz;
	uint32_t c;

	for (c = 0; c < axis->ngroups; c++)
		rate[c] = 0;
	for (c = 0; c < diff->ncpus && seconds > 0; c++) {
		hz = (double)diff->cpu_delta[c] / seconds;
		rate_take(axis, diff->cur->cpu[c], hz, rate);
		if (hz <= top)
			continue;
		top = hz;
		*busiest = diff->cur->cpu[c];
	}
	return top;
}

void axis_free(struct axis *axis)
{
	free(axis->group);
	free(axis->group_of);
	free(axis->place);
	memset(axis, 0, sizeof(*axis));
}

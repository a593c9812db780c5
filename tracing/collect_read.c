// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_read.h"

#include <stdlib.h>
#include <string.h>

const char *const collect_loss_names[COLLECT_LOSSES] = {
	[COLLECT_NO_ROW] = "no_row",	 [COLLECT_NO_ROOT] = "no_root",
	[COLLECT_NO_TASK] = "no_task",	 [COLLECT_NO_WORK] = "no_work",
	[COLLECT_NO_HIST] = "no_hist",	 [COLLECT_NO_GROUP] = "no_buckets",
	[COLLECT_TOO_LONG] = "too_long",
};

/* The buckets are those of STATS_DIGITS digits. */
static int add_group(struct hist *h, size_t group, const struct collect_group *from)
{
	size_t first = group * COLLECT_BUCKETS;

	if (first + COLLECT_BUCKETS > h->n_buckets && !hist_grow(h, first + COLLECT_BUCKETS - 1))
		return -1;
	for (size_t i = 0; i < COLLECT_BUCKETS; i++) {
		uint64_t n = __atomic_load_n(&from->count[i], __ATOMIC_RELAXED);

		h->count[first + i] += n;
		h->n += n;
	}
	return 0;
}

static int add_hist(const struct collect_view *view, struct hist **to, uint32_t index)
{
	const struct collect_hist *from = &view->hists[index - 1];
	struct hist *h = *to;

	if (!h) {
		h = *to = calloc(1, sizeof(*h));
		if (!h)
			return -1;
		if (hist_init(h, STATS_DIGITS, 0)) {
			free(h);
			*to = NULL;
			return -1;
		}
	}
	for (size_t i = 0; i < COLLECT_GROUPS; i++) {
		uint32_t group = from->group[i];

		if (group && group <= view->n_groups && add_group(h, i, &view->groups[group - 1]))
			return -1;
	}
	if (!h->n)
		return 0;
	h->sum += from->sum;
	if (from->max > h->max)
		h->max = from->max;
	if (~from->not_min < h->min)
		h->min = ~from->not_min;
	return 0;
}

static struct stats_row *row_of(struct stats *stats, const struct collect_row *from,
				unsigned int cpu)
{
	char name[STATS_NAME_BYTES];

	if (from->name_at == COLLECT_OF_LINE)
		return stats_row_of_line(stats, from->irq, cpu, NULL);
	if (from->irq < 0)
		return stats_row_of_handler(stats, from->irq, cpu, event_irq_name(from->irq));
	memcpy(name, from->name, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	return stats_row_of_handler(stats, from->irq, cpu, name);
}

static int add_row(const struct collect_view *view, struct stats *stats,
		   const struct collect_row *from, unsigned int cpu)
{
	struct stats_row *row = row_of(stats, from, cpu);

	if (!row)
		return -1;
	row->seen += from->seen;
	for (int o = 0; o < OUTCOMES; o++)
		row->outcomes[o] += from->outcomes[o];
	for (int stage = 0; stage < CHAIN_STAGES; stage++) {
		enum chain_end end = stage == CHAIN_STAGE_IRQ ? CHAIN_END_USER : CHAIN_END_TASK;
		struct hist **to = &row->hist[end][stage];
		uint32_t hist = from->hist[stage];
		uint64_t before = *to ? (*to)->n : 0;

		if (!hist || hist > view->n_hists)
			continue;
		if (add_hist(view, to, hist))
			return -1;
		if (stage == CHAIN_STAGE_TOTAL)
			stats->samples += (*to)->n - before;
	}
	return 0;
}

/* Lines last: their names are those of their handlers. */
static int add_rows(const struct collect_view *view, struct stats *stats, bool lines)
{
	for (size_t i = 0; i < (size_t)view->n_cpus * COLLECT_ROWS; i++) {
		const struct collect_row *from = &view->rows[i];

		if (__atomic_load_n(&from->state, __ATOMIC_ACQUIRE) != ROW_READY ||
		    (from->name_at == COLLECT_OF_LINE) != lines)
			continue;
		if (add_row(view, stats, from, (unsigned int)(i / COLLECT_ROWS)))
			return -1;
	}
	return 0;
}

/* Interrupts that something still worked for when the collector stopped. */
static int cut_off(const struct collect_view *view, struct stats *stats)
{
	for (size_t i = 0; i < (size_t)view->n_cpus * COLLECT_ROOTS; i++) {
		const struct collect_root *root = &view->roots[i];
		int outcome = root->outcomes ? 31 - __builtin_clz(root->outcomes) : 0;
		struct stats_row *row;

		if (!root->busy || root->row >= view->n_cpus * COLLECT_ROWS)
			continue;
		row = row_of(stats, &view->rows[root->row], root->row / COLLECT_ROWS);
		if (!row)
			return -1;
		if (outcome < OUTCOME_CUT_OFF)
			outcome = OUTCOME_CUT_OFF;
		if (outcome < OUTCOMES)
			row->outcomes[outcome]++;
	}
	return 0;
}

/**
 * collect_read - all that was counted since the collector was loaded
 * @view: the maps; the programs may be running
 * @finished: they are not: every interrupt gets its outcome
 * @stats: initialised and empty; filled
 *
 * Returns 0, or -1 when memory runs out.
 */
int collect_read(const struct collect_view *view, bool finished, struct stats *stats)
{
	if (add_rows(view, stats, false) || add_rows(view, stats, true))
		return -1;
	return finished ? cut_off(view, stats) : 0;
}

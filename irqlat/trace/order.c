// SPDX-License-Identifier: GPL-2.0-or-later
#include "order.h"

#include <stdlib.h>
#include <string.h>

const char *const trace_order_names[TRACE_ORDERS] = {
	[TRACE_ORDER_NUMBER] = "number",
	[TRACE_ORDER_WORST] = "worst",
	[TRACE_ORDER_MOST] = "most",
	[TRACE_ORDER_NAME] = "name",
};

/* The longest chain of a row; without chains 0. */
static uint64_t worst_of(const struct stats_row *row)
{
	uint64_t worst = 0;

	for (int end = 0; end < CHAIN_ENDS; end++) {
		const struct hist *h = row->hist[end][CHAIN_STAGE_TOTAL];

		if (h && h->n && h->max > worst)
			worst = h->max;
	}
	return worst;
}

static int compare_worst(const void *a, const void *b)
{
	const struct stats_row *const *x = a, *const *y = b;
	uint64_t worst_x = worst_of(*x), worst_y = worst_of(*y);

	return worst_x == worst_y ? strcmp((*x)->name, (*y)->name) : worst_x < worst_y ? 1 : -1;
}

static int compare_most(const void *a, const void *b)
{
	const struct stats_row *const *x = a, *const *y = b;

	if ((*x)->seen != (*y)->seen)
		return (*x)->seen < (*y)->seen ? 1 : -1;
	return strcmp((*x)->name, (*y)->name);
}

static int compare_names(const void *a, const void *b)
{
	const struct stats_row *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	if (order)
		return order;
	return (*x)->irq != (*y)->irq ? ((*x)->irq < (*y)->irq ? -1 : 1) :
					(int)(*x)->cpu - (int)(*y)->cpu;
}

/* --- folding --------------------------------------------------------------- */

static int add_total(struct stats_row *to, const struct stats_row *from, int end)
{
	struct hist **sum = &to->hist[end][CHAIN_STAGE_TOTAL];
	const struct hist *h = from->hist[end][CHAIN_STAGE_TOTAL];

	if (!h || !h->n)
		return 0;
	if (*sum)
		return hist_merge(*sum, h);
	*sum = calloc(1, sizeof(**sum));
	return *sum ? hist_copy(*sum, h) : -1;
}

/* The row of the same handler in @view, of all CPUs; made if needed. */
static struct stats_row *row_of(struct stats *view, const struct stats_row *like)
{
	struct stats_row *row;

	for (size_t i = 0; i < view->n_rows; i++) {
		row = view->rows[i];
		if (row->irq == like->irq && !strcmp(row->name, like->name))
			return row;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->irq = like->irq;
	row->cpu = STATS_ALL_CPUS;
	row->wanted = like->wanted;
	memcpy(row->name, like->name, sizeof(row->name));
	view->rows[view->n_rows++] = row;
	return row;
}

/* Totals only, of all CPUs together. */
static int fold_rows(struct stats *view, const struct stats *stats)
{
	for (size_t i = 0; i < stats->n_rows; i++) {
		const struct stats_row *from = stats->rows[i];
		struct stats_row *row = row_of(view, from);

		if (!row)
			return -1;
		row->seen += from->seen;
		for (int end = 0; end < CHAIN_ENDS; end++) {
			if (add_total(row, from, end))
				return -1;
		}
	}
	return 0;
}

/**
 * trace_order_rows - rows in another order
 * @view: set, for reading; trace_order_free() it, also after an error
 * @stats: has the rows, sorted by stats_sort(); must outlive @view
 * @order: of the rows
 * @fold: one row for each interrupt, with the totals of all CPUs
 *
 * Returns 0, or -1 when memory runs out.
 */
int trace_order_rows(struct stats *view, const struct stats *stats, enum trace_order order,
		     bool fold)
{
	static int (*const compare[TRACE_ORDERS])(const void *a, const void *b) = {
		[TRACE_ORDER_WORST] = compare_worst,
		[TRACE_ORDER_MOST] = compare_most,
		[TRACE_ORDER_NAME] = compare_names,
	};

	memset(view, 0, sizeof(*view));
	view->rows = calloc(stats->n_rows + 1, sizeof(*view->rows));
	if (!view->rows)
		return -1;
	if (fold && fold_rows(view, stats))
		return -1;
	if (!fold) {
		memcpy(view->rows, stats->rows, stats->n_rows * sizeof(*view->rows));
		view->n_rows = stats->n_rows;
	}
	if (compare[order] && view->n_rows)
		qsort(view->rows, view->n_rows, sizeof(*view->rows), compare[order]);
	return 0;
}

/* Frees what @view owns: the rows that are folded, and the list. */
void trace_order_free(struct stats *view)
{
	for (size_t i = 0; i < view->n_rows; i++) {
		struct stats_row *row = view->rows[i];

		if (row->cpu != STATS_ALL_CPUS)
			continue;
		for (int end = 0; end < CHAIN_ENDS; end++) {
			struct hist *h = row->hist[end][CHAIN_STAGE_TOTAL];

			if (h)
				hist_free(h);
			free(h);
		}
		free(row);
	}
	free(view->rows);
	memset(view, 0, sizeof(*view));
}

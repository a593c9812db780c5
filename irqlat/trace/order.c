// SPDX-License-Identifier: GPL-2.0-or-later
#include "order.h"

#include <stdio.h>
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
		if (row->cpu == STATS_ALL_CPUS && row->irq == like->irq &&
		    !strcmp(row->name, like->name))
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
static int fold_row(struct stats *view, const struct stats_row *from)
{
	struct stats_row *row = row_of(view, from);

	if (!row)
		return -1;
	row->seen += from->seen;
	for (int end = 0; end < CHAIN_ENDS; end++) {
		if (add_total(row, from, end))
			return -1;
	}
	return 0;
}

/* Index in @folds->other; @folds->n_other: it is not there. */
static size_t find_other(const struct trace_folds *folds, int32_t irq, const char *name)
{
	size_t i = 0;

	while (i < folds->n_other &&
	       (folds->other[i].irq != irq || strcmp(folds->other[i].name, name)))
		i++;
	return i;
}

static bool is_other(const struct trace_folds *folds, const struct stats_row *row)
{
	return find_other(folds, row->irq, row->name) < folds->n_other;
}

/* Fold all interrupts, or open all. */
void trace_folds_all(struct trace_folds *folds)
{
	folds->all = !folds->all;
	folds->n_other = 0;
}

/* Open an interrupt that is folded, or fold it. */
void trace_folds_one(struct trace_folds *folds, int32_t irq, const char *name)
{
	size_t i = find_other(folds, irq, name);
	bool found = i < folds->n_other;

	if (found || folds->n_other == TRACE_FOLD_MAX) {
		i = found ? i : 0;
		folds->n_other--;
		memmove(&folds->other[i], &folds->other[i + 1],
			(folds->n_other - i) * sizeof(folds->other[0]));
	}
	if (found)
		return;
	i = folds->n_other++;
	folds->other[i].irq = irq;
	snprintf(folds->other[i].name, sizeof(folds->other[i].name), "%s", name);
}

/* --- order ----------------------------------------------------------------- */

static void sort_rows(struct stats_row **rows, size_t n, enum trace_order order)
{
	static int (*const compare[TRACE_ORDERS])(const void *a, const void *b) = {
		[TRACE_ORDER_WORST] = compare_worst,
		[TRACE_ORDER_MOST] = compare_most,
		[TRACE_ORDER_NAME] = compare_names,
	};

	if (compare[order] && n)
		qsort(rows, n, sizeof(*rows), compare[order]);
}

/* Put the rows of those that were opened behind their totals. */
static int open_rows(struct stats *view, const struct stats *stats, enum trace_order order,
		     const struct trace_folds *folds)
{
	struct stats_row **rows = calloc(view->n_rows + stats->n_rows + 1, sizeof(*rows));
	size_t n = 0;

	if (!rows)
		return -1;
	for (size_t i = 0; i < view->n_rows; i++) {
		const struct stats_row *total = view->rows[i];
		size_t first = n + 1;

		rows[n++] = view->rows[i];
		for (size_t k = 0; is_other(folds, total) && k < stats->n_rows; k++) {
			if (stats->rows[k]->irq == total->irq &&
			    !strcmp(stats->rows[k]->name, total->name))
				rows[n++] = stats->rows[k];
		}
		sort_rows(rows + first, n - first, order);
	}
	free(view->rows);
	view->rows = rows;
	view->n_rows = n;
	return 0;
}

/**
 * trace_order_rows - rows in another order
 * @view: set, for reading; trace_order_free() it, also after an error
 * @stats: has the rows, sorted by stats_sort(); must outlive @view
 * @order: of the rows
 * @folds: these have one row, with the totals of all CPUs, whose CPU is STATS_ALL_CPUS.
 *	Where all are folded, those that were opened have it, too, and their own behind it
 *
 * Returns 0, or -1 when memory runs out.
 */
int trace_order_rows(struct stats *view, const struct stats *stats, enum trace_order order,
		     const struct trace_folds *folds)
{
	memset(view, 0, sizeof(*view));
	view->rows = calloc(stats->n_rows + 1, sizeof(*view->rows));
	if (!view->rows)
		return -1;
	for (size_t i = 0; i < stats->n_rows; i++) {
		struct stats_row *row = stats->rows[i];

		if (!folds->all && !is_other(folds, row))
			view->rows[view->n_rows++] = row;
		else if (fold_row(view, row))
			return -1;
	}
	sort_rows(view->rows, view->n_rows, order);
	return folds->all && folds->n_other ? open_rows(view, stats, order, folds) : 0;
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

// SPDX-License-Identifier: GPL-2.0-or-later
/* The difference of two tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "irqtable.h"
#include "local.h"

/* More interrupts than a CPU takes in a microsecond. */
#define MAX_PER_US 10

/* Samples closer together than this are treated as if they were this far apart. */
#define MIN_ELAPSED_US 1000

/* A counter that fell by more than 2^32 less this has not wrapped. */
static uint32_t plausible_max(uint64_t elapsed_ns)
{
	uint64_t us = elapsed_ns / 1000;

	if (!elapsed_ns)
		return INT32_MAX;
	if (us < MIN_ELAPSED_US)
		us = MIN_ELAPSED_US;
	return us > INT32_MAX / MAX_PER_US ? INT32_MAX : (uint32_t)us * MAX_PER_US;
}

/* Room for the result, and for pairing rows however many of them change. */
static int diff_reserve(struct irqtable_diff *diff, const struct irqtable *prev,
			const struct irqtable *cur)
{
	size_t rows = prev && prev->nrows > cur->nrows ? prev->nrows : cur->nrows;
	size_t slots = 16;

	while (slots < rows * 2)
		slots *= 2;
	if (array_reserve(&diff->row, &diff->row_room, cur->nrows, sizeof(*diff->row)) ||
	    (prev && array_reserve(&diff->index, &diff->index_room, slots, sizeof(*diff->index))) ||
	    array_reserve(&diff->cpu_delta, &diff->cpu_delta_room, cur->ncpus,
			  sizeof(*diff->cpu_delta)) ||
	    array_reserve(&diff->prev_column, &diff->prev_column_room, cur->ncpus,
			  sizeof(*diff->prev_column)) ||
	    array_reserve(&diff->mask, &diff->mask_room, cur->ncpus, sizeof(*diff->mask)))
		return -ENOMEM;
	return 0;
}

static void columns_pair(struct irqtable_diff *diff, const struct cpu_mask *only)
{
	const struct irqtable *prev = diff->prev, *cur = diff->cur;
	unsigned int c, p = 0;

	diff->same_cpus = prev && prev->ncpus == cur->ncpus && prev->cpus_shape == cur->cpus_shape;
	for (c = 0; c < cur->ncpus; c++) {
		diff->cpu_delta[c] = 0;
		diff->mask[c] = !only || cpu_mask_has(only, cur->cpu[c]) ? UINT32_MAX : 0;
		diff->prev_column[c] = diff->same_cpus ? c : IRQTABLE_NONE;
		if (diff->same_cpus || !prev)
			continue;
		/* CPU numbers rise; if they do not, search from the start. */
		if (p >= prev->ncpus || prev->cpu[p] > cur->cpu[c])
			p = 0;
		while (p < prev->ncpus && prev->cpu[p] != cur->cpu[c])
			p++;
		if (p < prev->ncpus)
			diff->prev_column[c] = p++;
	}
}

/* In the index: this row of the earlier table is paired already. */
#define PAIRED UINT32_C(0x80000000)

/* Pairs rows by key. Of rows with one key, the first is paired with the first. */
static void rows_pair(struct irqtable_diff *diff)
{
	const struct irqtable *prev = diff->prev, *cur = diff->cur;
	size_t slots = 16, at;
	uint32_t r;

	diff->same_rows = prev && prev->nrows == cur->nrows && prev->rows_shape == cur->rows_shape;
	for (r = 0; r < cur->nrows; r++)
		diff->row[r].prev = diff->same_rows ? r : IRQTABLE_NONE;
	if (diff->same_rows || !prev)
		return;
	while (slots < (size_t)prev->nrows * 2)
		slots *= 2;
	memset(diff->index, 0xff, slots * sizeof(*diff->index));
	for (r = 0; r < prev->nrows; r++) {
		at = prev->row[r].key * UINT64_C(0x9e3779b97f4a7c15) >> 20;
		while (diff->index[at & (slots - 1)] != IRQTABLE_NONE)
			at++;
		diff->index[at & (slots - 1)] = r;
	}
	for (r = 0; r < cur->nrows; r++) {
		at = cur->row[r].key * UINT64_C(0x9e3779b97f4a7c15) >> 20;
		for (; diff->index[at & (slots - 1)] != IRQTABLE_NONE; at++) {
			uint32_t p = diff->index[at & (slots - 1)];

			if (p & PAIRED || prev->row[p].key != cur->row[r].key)
				continue;
			diff->row[r].prev = p;
			diff->index[at & (slots - 1)] = p | PAIRED;
			break;
		}
	}
}

static uint64_t cells_total(const struct irqtable_diff *diff, const struct irqtable_row *row,
			    const uint32_t *cell, const struct cpu_mask *only)
{
	uint64_t total = 0;
	unsigned int c;

	if (!only)
		return row->total;
	/* ERR and MIS belong to no CPU. */
	if (row->ncells != diff->ncpus)
		return 0;
	for (c = 0; c < diff->ncpus; c++)
		total += cell[c] & diff->mask[c];
	return total;
}

/* Whether a counter fell, other than by a wrap. */
static inline bool fell(uint32_t cur, uint32_t prev, uint32_t limit)
{
	return (cur < prev) & (cur - prev > limit);
}

/* The row's delta without the counters that fell. */
static uint64_t rest_count(struct irqtable_diff *diff, uint32_t r)
{
	struct irqtable_delta *out = &diff->row[r];
	const uint32_t *cur = irqtable_cells(diff->cur, r);
	const uint32_t *prev = irqtable_cells(diff->prev, out->prev);
	uint64_t sum = 0;
	unsigned int c;

	for (c = 0; c < diff->ncpus; c++) {
		uint32_t p = diff->prev_column[c];

		if (p == IRQTABLE_NONE)
			continue;
		if (fell(cur[c], prev[p], diff->limit))
			out->fell += diff->mask[c] & 1;
		else
			sum += (cur[c] - prev[p]) & diff->mask[c];
	}
	return sum;
}

static void row_count(struct irqtable_diff *diff, uint32_t r, const struct cpu_mask *only)
{
	const struct irqtable_row *row = &diff->cur->row[r];
	const uint32_t *cur = irqtable_cells(diff->cur, r);
	struct irqtable_delta *out = &diff->row[r];
	const uint32_t *prev;
	uint32_t limit = diff->limit;
	uint64_t sum = 0;
	uint32_t over = 0;
	unsigned int c;

	out->delta = 0;
	out->fell = 0;
	out->total = cells_total(diff, row, cur, only);
	out->state = IRQTABLE_FIRST;
	if (out->prev == IRQTABLE_NONE ||
	    (row->ncells == diff->ncpus) !=
		    (diff->prev->row[out->prev].ncells == diff->prev->ncpus))
		return;
	out->state = IRQTABLE_COUNTED;
	if (row->total == 0 && diff->prev->row[out->prev].total == 0)
		return;
	prev = irqtable_cells(diff->prev, out->prev);
	/* Most rows of a large machine count nothing. */
	if (diff->same_cpus && !memcmp(cur, prev, diff->ncpus * sizeof(*cur)))
		return;
	if (row->ncells != diff->ncpus) {
		/* One counter, which belongs to no CPU. */
		sum = only ? 0 : cur[0] - prev[0];
		over = fell(cur[0], prev[0], limit);
		out->fell = over;
	} else if (diff->same_cpus) {
		for (c = 0; c < diff->ncpus; c++) {
			uint32_t d = cur[c] - prev[c];

			over |= fell(cur[c], prev[c], limit);
			sum += d & diff->mask[c];
		}
	} else {
		for (c = 0; c < diff->ncpus; c++) {
			uint32_t p = diff->prev_column[c];
			uint32_t d = p == IRQTABLE_NONE ? 0 : cur[c] - prev[p];

			over |= p != IRQTABLE_NONE && fell(cur[c], prev[p], limit);
			sum += d & diff->mask[c];
		}
	}
	if (over)
		sum = row->ncells == diff->ncpus ? rest_count(diff, r) : 0;
	if (out->fell && !sum) {
		out->state = IRQTABLE_RESET;
		return;
	}
	out->delta = sum;
	if (!sum || row->ncells != diff->ncpus || row->sum != IRQTABLE_SUM_NONE)
		return;
	for (c = 0; c < diff->ncpus; c++)
		diff->cpu_delta[c] += irqtable_diff_cell(diff, r, c) & diff->mask[c];
}

int irqtable_diff(struct irqtable_diff *diff, const struct irqtable *prev,
		  const struct irqtable *cur, const struct cpu_mask *only)
{
	uint32_t r;

	if (diff_reserve(diff, prev, cur))
		return -ENOMEM;
	diff->prev = prev;
	diff->cur = cur;
	diff->nrows = cur->nrows;
	diff->ncpus = cur->ncpus;
	diff->elapsed_ns = prev && cur->time_ns > prev->time_ns ? cur->time_ns - prev->time_ns : 0;
	diff->limit = plausible_max(diff->elapsed_ns);
	columns_pair(diff, only);
	rows_pair(diff);
	for (r = 0; r < cur->nrows; r++)
		row_count(diff, r, only);
	return 0;
}

bool irqtable_diff_known(const struct irqtable_diff *diff, unsigned int row, unsigned int column)
{
	const struct irqtable_delta *delta = &diff->row[row];
	uint32_t p = diff->prev_column[column];

	if (delta->state != IRQTABLE_COUNTED || p == IRQTABLE_NONE ||
	    diff->cur->row[row].ncells != diff->ncpus)
		return false;
	return !delta->fell || !fell(irqtable_cells(diff->cur, row)[column],
				     irqtable_cells(diff->prev, delta->prev)[p], diff->limit);
}

uint32_t irqtable_diff_cell(const struct irqtable_diff *diff, unsigned int row, unsigned int column)
{
	if (!irqtable_diff_known(diff, row, column))
		return 0;
	return irqtable_cells(diff->cur, row)[column] -
	       irqtable_cells(diff->prev, diff->row[row].prev)[diff->prev_column[column]];
}

void irqtable_diff_free(struct irqtable_diff *diff)
{
	free(diff->row);
	free(diff->cpu_delta);
	free(diff->prev_column);
	free(diff->mask);
	free(diff->index);
	memset(diff, 0, sizeof(*diff));
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bycpu.h"

/* More than the one counter of a row, so that no row has a counter for each column. */
#define COLUMNS 2

static int rows_make(struct bycpu *bycpu, const struct irqtable *cpus)
{
	uint64_t shape = bycpu->table.rows_shape;
	unsigned int had = bycpu->table.nrows, c;
	char label[16];
	int err = 0;

	/* Only the totals of the rows change. */
	if (had && had == cpus->ncpus && bycpu->cpus_shape == cpus->cpus_shape) {
		bycpu->diff.same_rows = bycpu->tracks.nrows == had;
		return 0;
	}
	bycpu->cpus_shape = 0;
	irqtable_begin(&bycpu->table);
	for (c = 0; c < COLUMNS && !err; c++)
		err = irqtable_add_column(&bycpu->table, c);
	for (c = 0; c < cpus->ncpus && !err; c++) {
		snprintf(label, sizeof(label), "%u", cpus->cpu[c]);
		err = irqtable_add_row(&bycpu->table, label, strlen(label), "", 0, 1);
		if (!err)
			bycpu->table.row[c].irq = -1;
	}
	if (err || array_reserve(&bycpu->row, &bycpu->row_room, cpus->ncpus, sizeof(*bycpu->row)) ||
	    array_reserve(&bycpu->diff.row, &bycpu->diff_room, cpus->ncpus,
			  sizeof(*bycpu->diff.row)) ||
	    array_reserve(&bycpu->diff.prev_column, &bycpu->column_room, COLUMNS,
			  sizeof(*bycpu->diff.prev_column)) ||
	    array_reserve(&bycpu->diff.mask, &bycpu->diff.mask_room, COLUMNS,
			  sizeof(*bycpu->diff.mask)) ||
	    array_reserve(&bycpu->total, &bycpu->total_room, cpus->ncpus, sizeof(*bycpu->total)))
		return -ENOMEM;
	for (c = 0; c < COLUMNS; c++) {
		bycpu->diff.prev_column[c] = IRQTABLE_NONE;
		bycpu->diff.mask[c] = 0;
	}
	bycpu->cpus_shape = cpus->cpus_shape;
	bycpu->diff.cur = &bycpu->table;
	bycpu->diff.prev = NULL;
	bycpu->diff.nrows = bycpu->table.nrows;
	bycpu->diff.ncpus = COLUMNS;
	bycpu->diff.same_rows = had == bycpu->table.nrows && shape == bycpu->table.rows_shape &&
				bycpu->tracks.nrows == had;
	return 0;
}

/* What each column of the interrupts counted since boot, in rows that are no sums. */
static void totals_add(struct bycpu *bycpu, const struct irqtable *table)
{
	unsigned int r, c;

	memset(bycpu->total, 0, table->ncpus * sizeof(*bycpu->total));
	for (r = 0; r < table->nrows; r++) {
		const uint32_t *cell = irqtable_cells(table, r);

		if (!table->row[r].total || table->row[r].ncells != table->ncpus ||
		    table->row[r].sum != IRQTABLE_SUM_NONE)
			continue;
		for (c = 0; c < table->ncpus; c++)
			bycpu->total[c] += cell[c];
	}
}

static bool all_selected(const struct irqtable_diff *diff)
{
	unsigned int c;

	for (c = 0; c < diff->ncpus; c++)
		if (!diff->mask[c])
			return false;
	return true;
}

/*
 * Totals of the new sample. Most rows count nothing: where the totals are those of the
 * sample before, only what changed is added.
 */
static void totals_set(struct bycpu *bycpu, const struct irqtable_diff *diff)
{
	const struct irqtable *cur = diff->cur, *prev = diff->prev;
	unsigned int r, c;

	if (!prev || !bycpu->total_ns || bycpu->total_ns != prev->time_ns || !diff->same_rows ||
	    !diff->same_cpus || !all_selected(diff)) {
		totals_add(bycpu, cur);
		bycpu->total_ns = cur->time_ns;
		return;
	}
	for (r = 0; r < diff->nrows; r++) {
		const uint32_t *now = irqtable_cells(cur, r), *before = irqtable_cells(prev, r);

		if ((!diff->row[r].delta && !diff->row[r].fell) ||
		    cur->row[r].ncells != diff->ncpus || cur->row[r].sum != IRQTABLE_SUM_NONE)
			continue;
		for (c = 0; c < diff->ncpus; c++)
			bycpu->total[c] += (uint64_t)now[c] - before[c];
	}
	bycpu->total_ns = cur->time_ns;
}

/* The row that counted most, by CPU. */
static void busiest_find(struct bycpu *bycpu, const struct irqtable_diff *diff)
{
	unsigned int r, c;
	uint32_t delta;

	for (r = 0; r < diff->nrows; r++) {
		if (diff->row[r].state != IRQTABLE_COUNTED || !diff->row[r].delta ||
		    diff->cur->row[r].ncells != diff->ncpus ||
		    diff->cur->row[r].sum != IRQTABLE_SUM_NONE)
			continue;
		for (c = 0; c < diff->ncpus; c++) {
			delta = irqtable_diff_cell(diff, r, c);
			if (delta <= bycpu->row[c].busiest_delta)
				continue;
			bycpu->row[c].busiest = r;
			bycpu->row[c].busiest_delta = delta;
		}
	}
}

/*
 * The CPUs of both files are in one order: each is found behind the one before, at *at. A
 * search from the begin for each took more time on 1152 CPUs than reading the table.
 */
static const struct irqtable_stat_cpu *stat_find(const struct sample *sample, uint32_t cpu,
						 unsigned int *at)
{
	unsigned int n = sample && sample->have_stat ? sample->stat.ncpus : 0, i;

	for (i = 0; i < n; i++, (*at)++) {
		if (*at >= n)
			*at = 0;
		if (sample->stat.cpu[*at].cpu == cpu)
			return &sample->stat.cpu[(*at)++];
	}
	return NULL;
}

/* A kernel that does not account such time has 0 ticks of it on all CPUs. */
static void shares_set(struct bycpu_row *row, const struct sample *prev, const struct sample *cur,
		       unsigned int at[2])
{
	const struct irqtable_stat_cpu *b = stat_find(cur, row->cpu, &at[0]);
	const struct irqtable_stat_cpu *a = stat_find(prev, row->cpu, &at[1]);
	double ticks;

	row->irq_ticks = row->softirq_ticks = IRQTABLE_STAT_UNKNOWN;
	if (b && cur->stat.all.irq_ticks)
		row->irq_ticks = b->irq_ticks;
	if (b && cur->stat.all.softirq_ticks)
		row->softirq_ticks = b->softirq_ticks;
	if (!a || !b || b->total_ticks <= a->total_ticks)
		return;
	ticks = (double)(b->total_ticks - a->total_ticks);
	if (row->irq_ticks != IRQTABLE_STAT_UNKNOWN && b->irq_ticks >= a->irq_ticks)
		row->irq_share = (double)(b->irq_ticks - a->irq_ticks) / ticks;
	if (row->softirq_ticks != IRQTABLE_STAT_UNKNOWN && b->softirq_ticks >= a->softirq_ticks)
		row->softirq_share = (double)(b->softirq_ticks - a->softirq_ticks) / ticks;
}

static void softirqs_set(struct bycpu *bycpu, const struct irqtable_diff *diff, double seconds,
			 bool follow)
{
	unsigned int c, at = 0, r;

	for (c = 0; c < bycpu->table.nrows; c++) {
		struct bycpu_row *row = &bycpu->row[c];

		/* CPU numbers rise in both tables. */
		while (at < diff->ncpus && diff->cur->cpu[at] < row->cpu)
			at++;
		if (at == diff->ncpus || diff->cur->cpu[at] != row->cpu)
			continue;
		row->softirqs = 0;
		for (r = 0; r < diff->nrows; r++)
			if (diff->cur->row[r].ncells == diff->ncpus)
				row->softirqs += irqtable_cells(diff->cur, r)[at];
		if (bycpu->softirqs_counted && row->cpu < CPUS_MAX) {
			bycpu->softirqs_counted[row->cpu] += follow ? diff->cpu_delta[at] : 0;
			row->softirqs = bycpu->softirqs_counted[row->cpu];
		}
		if (diff->prev && diff->prev_column[at] != IRQTABLE_NONE && seconds > 0)
			row->softirqs_hz = (double)diff->cpu_delta[at] / seconds;
	}
}

int bycpu_count(struct bycpu *bycpu, const struct irqtable_diff *interrupts,
		const struct irqtable_diff *softirqs, const struct sample *prev,
		const struct sample *cur, double seconds, bool follow)
{
	const struct irqtable *cpus = sample_cpus(cur);
	unsigned int at[2] = { 0, 0 }, c;
	int err;

	if (!bycpu->on)
		return 0;
	if (rows_make(bycpu, cpus))
		return -ENOMEM;
	if (bycpu->counted.on && !bycpu->softirqs_counted) {
		bycpu->softirqs_counted = calloc(CPUS_MAX, sizeof(*bycpu->softirqs_counted));
		if (!bycpu->softirqs_counted)
			return -ENOMEM;
	}
	if (interrupts)
		totals_set(bycpu, interrupts);
	else
		memset(bycpu->total, 0, cpus->ncpus * sizeof(*bycpu->total));
	for (c = 0; c < cpus->ncpus; c++) {
		struct irqtable_delta *delta = &bycpu->diff.row[c];

		memset(delta, 0, sizeof(*delta));
		delta->prev = IRQTABLE_NONE;
		delta->total = bycpu->total[c];
		bycpu->table.row[c].total = bycpu->total[c];
		if (interrupts && interrupts->prev && interrupts->prev_column[c] != IRQTABLE_NONE) {
			delta->state = IRQTABLE_COUNTED;
			delta->delta = interrupts->cpu_delta[c];
		}
		bycpu->row[c] = (struct bycpu_row){ .cpu = cpus->cpu[c],
						    .softirqs_hz = -1,
						    .irq_share = -1,
						    .softirq_share = -1,
						    .softirqs = IRQTABLE_STAT_UNKNOWN,
						    .busiest = IRQTABLE_NONE,
						    .node = -1,
						    .allowed = IRQTABLE_NONE };
		shares_set(&bycpu->row[c], prev, cur, at);
	}
	if (interrupts && interrupts->prev)
		busiest_find(bycpu, interrupts);
	if (softirqs)
		softirqs_set(bycpu, softirqs, seconds, follow);
	if (!follow && bycpu->tracks.nrows == bycpu->table.nrows && bycpu->diff.same_rows)
		return 0;
	err = tracks_follow(&bycpu->tracks, &bycpu->diff, seconds);
	return err ? err : counted_add(&bycpu->counted, &bycpu->tracks, &bycpu->diff);
}

void bycpu_free(struct bycpu *bycpu)
{
	irqtable_free(&bycpu->table);
	irqtable_diff_free(&bycpu->diff);
	tracks_free(&bycpu->tracks);
	counted_free(&bycpu->counted);
	free(bycpu->row);
	free(bycpu->total);
	free(bycpu->softirqs_counted);
	memset(bycpu, 0, sizeof(*bycpu));
}

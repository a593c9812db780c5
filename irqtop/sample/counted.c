// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "counted.h"

struct counted_cell {
	uint64_t key; /* of the row */
	uint32_t value;
};

static int cell_order(const void *a, const void *b)
{
	const struct counted_cell *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* What a row counted on a CPU. false: no memory for this CPU. */
static bool cpu_add(struct track *track, uint32_t cpu, uint64_t count)
{
	size_t had = track->cpus.room, i;

	if (cpu >= CPUS_MAX)
		return true;
	if (array_reserve(&track->cpus.count, &track->cpus.room, cpu + 1, sizeof(uint64_t)))
		return false;
	for (i = had; i < track->cpus.room; i++)
		track->cpus.count[i] = TRACK_CPU_NEVER;
	if (track->cpus.count[cpu] == TRACK_CPU_NEVER)
		track->cpus.count[cpu] = 0;
	track->cpus.count[cpu] += count;
	return true;
}

/* By CPU: what the row counted since the sample before. */
static int cells_add(struct track *track, const struct irqtable_diff *diff, uint32_t row,
		     bool started)
{
	const struct irqtable_delta *delta = &diff->row[row];
	const uint32_t *cell = irqtable_cells(diff->cur, row);
	uint64_t count;
	unsigned int c;

	if (diff->cur->row[row].ncells != diff->ncpus)
		return 0;
	for (c = 0; c < diff->ncpus; c++) {
		if (!cell[c] || !diff->mask[c])
			continue;
		/* All that a row has when it comes was counted since. */
		count = delta->state == IRQTABLE_FIRST ? (started ? cell[c] : 0) :
							 irqtable_diff_cell(diff, row, c);
		if (!cpu_add(track, diff->cur->cpu[c], count))
			return -ENOMEM;
	}
	return 0;
}

static struct counted_gone *gone_find(const struct counted *counted, uint32_t cpu)
{
	size_t i;

	for (i = 0; i < counted->ngone; i++)
		if (counted->gone[i].cpu == cpu)
			return &counted->gone[i];
	return NULL;
}

/* Keeps the counters of a column of the earlier table. */
static int gone_keep(struct counted *counted, const struct irqtable *table, unsigned int column)
{
	struct counted_gone *gone = gone_find(counted, table->cpu[column]);
	struct counted_cell *cell;
	unsigned int r;

	if (!gone) {
		if (array_reserve(&counted->gone, &counted->gone_room, counted->ngone + 1,
				  sizeof(*gone)))
			return -ENOMEM;
		gone = &counted->gone[counted->ngone++];
		memset(gone, 0, sizeof(*gone));
		gone->cpu = table->cpu[column];
	}
	cell = realloc(gone->cell, (table->nrows + 1) * sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	gone->cell = cell;
	gone->nrows = 0;
	for (r = 0; r < table->nrows; r++) {
		if (table->row[r].ncells != table->ncpus)
			continue;
		cell[gone->nrows].key = table->row[r].key;
		cell[gone->nrows++].value = irqtable_cells(table, r)[column];
	}
	qsort(cell, gone->nrows, sizeof(*cell), cell_order);
	return 0;
}

/* Adds what rows counted on a CPU that is back, since it was last seen. */
static int back_add(struct counted *counted, struct tracks *tracks,
		    const struct irqtable_diff *diff, unsigned int column)
{
	const struct counted_gone *gone = gone_find(counted, diff->cur->cpu[column]);
	const struct counted_cell *was;
	struct counted_cell key = { 0 };
	uint32_t r, now, rise;

	for (r = 0; gone && r < diff->nrows; r++) {
		key.key = diff->cur->row[r].key;
		if (diff->row[r].state == IRQTABLE_FIRST || !diff->mask[column] || !gone->nrows)
			continue;
		was = bsearch(&key, gone->cell, gone->nrows, sizeof(key), cell_order);
		now = irqtable_cells(diff->cur, r)[column];
		rise = was ? now - was->value : 0;
		/* A counter that fell has wrapped, or began anew. */
		if (was && now < was->value && rise > INT32_MAX)
			rise = now;
		tracks_of_row(tracks, r)->counted += rise;
		if (rise && counted->per_cpu &&
		    !cpu_add(tracks_of_row(tracks, r), diff->cur->cpu[column], rise))
			return -ENOMEM;
	}
	return 0;
}

static int cpus_change(struct counted *counted, struct tracks *tracks,
		       const struct irqtable_diff *diff)
{
	const struct irqtable *prev = diff->prev, *cur = diff->cur;
	unsigned int c, other;
	int err = 0;

	for (c = 0; c < cur->ncpus && !err; c++)
		if (diff->prev_column[c] == IRQTABLE_NONE)
			err = back_add(counted, tracks, diff, c);
	for (c = 0; c < prev->ncpus && !err; c++) {
		for (other = 0; other < cur->ncpus; other++)
			if (cur->cpu[other] == prev->cpu[c])
				break;
		if (other == cur->ncpus)
			err = gone_keep(counted, prev, c);
	}
	return err;
}

int counted_add(struct counted *counted, struct tracks *tracks, const struct irqtable_diff *diff)
{
	struct track *track;
	uint32_t r;
	int err = 0;

	if (!counted->on)
		return 0;
	for (r = 0; r < diff->nrows && !err; r++) {
		const struct irqtable_delta *delta = &diff->row[r];

		track = tracks_of_row(tracks, r);
		track->fired |= delta->total > 0;
		if (delta->state == IRQTABLE_COUNTED)
			track->counted += delta->delta;
		else if (delta->state == IRQTABLE_FIRST && counted->started)
			track->counted += delta->total;
		if (counted->per_cpu)
			err = cells_add(track, diff, r, counted->started);
	}
	if (!err && diff->prev && !diff->same_cpus)
		err = cpus_change(counted, tracks, diff);
	counted->started = true;
	return err;
}

void counted_free(struct counted *counted)
{
	size_t i;

	for (i = 0; i < counted->ngone; i++)
		free(counted->gone[i].cell);
	free(counted->gone);
	memset(counted, 0, sizeof(*counted));
}

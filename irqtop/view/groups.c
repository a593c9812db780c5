// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "groups.h"

#define PCI_ADDRESS 12 /* "0000:3b:00.1" */

/* Whether a PCI address is at p. */
static bool is_address(const char *p, size_t len)
{
	static const char form[PCI_ADDRESS + 1] = "hhhh:hh:hh.h";
	size_t i;

	if (len < PCI_ADDRESS)
		return false;
	for (i = 0; i < PCI_ADDRESS; i++)
		if (form[i] == 'h' ? !isxdigit((unsigned char)p[i]) : p[i] != form[i])
			return false;
	return true;
}

/* The PCI address in a chip, "PCI-MSIX-0000:3b:00.0", or a name, "x@pci:0000:3b:00.0". */
static const char *address_find(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i + PCI_ADDRESS <= len; i++)
		if (is_address(text + i, len - i))
			return text + i;
	return NULL;
}

/*
 * A name without what differs between queues: "eth0-TxRx-3" is "eth0-TxRx", "nvme0q12" is
 * "nvme0q", "mlx5_comp3@pci:..." is "mlx5_comp".
 */
static size_t stem_len(const char *name, size_t len)
{
	const char *at = memchr(name, '@', len);
	size_t end = at ? (size_t)(at - name) : len;

	while (end && isdigit((unsigned char)name[end - 1]))
		end--;
	while (end && strchr("-._ ", name[end - 1]))
		end--;
	return end ? end : len;
}

void groups_name(char *name, size_t size, enum groups_by by, const struct irqtable *table,
		 uint32_t row, const struct track *track)
{
	const struct irqtable_row *data = &table->row[row];
	const char *text = table->text + data->text, *address;
	struct irqtable_words words;

	if (data->irq < 0) {
		snprintf(name, size, "%.*s", (int)data->label_len, table->text + data->label);
		return;
	}
	irqtable_split(text, data->text_len, true, &words);
	if (track->device && by == GROUPS_DRIVER && track->device->driver[0]) {
		snprintf(name, size, "%s", track->device->driver);
		return;
	}
	if (by == GROUPS_DEVICE && track->device) {
		snprintf(name, size, "%s", track->device->device);
		return;
	}
	address = by == GROUPS_DEVICE ? address_find(text, data->text_len) : NULL;
	if (address)
		snprintf(name, size, "%.*s", PCI_ADDRESS, address);
	else
		snprintf(name, size, "%.*s", (int)stem_len(words.actions, words.actions_len),
			 words.actions_len ? words.actions : "no handler");
}

static uint32_t group_find(const struct groups *groups, const char *name)
{
	const struct irqtable *table = &groups->table;
	size_t len = strlen(name);
	uint32_t g;

	/* A device's rows are together: look at the last first. */
	for (g = table->nrows; g-- > 0;)
		if (table->row[g].label_len == len &&
		    !memcmp(table->text + table->row[g].label, name, len))
			return g;
	return IRQTABLE_NONE;
}

/* Which rows belong together. Done when rows, CPUs or what they are collapsed by change. */
static int groups_make(struct groups *groups, const struct monitor *monitor,
		       const struct irqtable *table)
{
	char name[96];
	uint32_t r, c, g;
	int err = 0;

	irqtable_begin(&groups->table);
	for (c = 0; c < table->ncpus && !err; c++)
		err = irqtable_add_column(&groups->table, table->cpu[c]);
	if (err || array_reserve(&groups->of_row, &groups->of_row_room, table->nrows,
				 sizeof(*groups->of_row)))
		return -ENOMEM;
	for (r = 0; r < table->nrows && !err; r++) {
		groups_name(name, sizeof(name), groups->by, table, r,
			    tracks_of_row(&monitor->tracks[TABLE_INTERRUPTS], r));
		g = group_find(groups, name);
		if (g == IRQTABLE_NONE) {
			g = groups->table.nrows;
			err = irqtable_add_row(&groups->table, name, strlen(name), "", 0,
					       table->row[r].ncells);
			if (err)
				break;
			groups->table.row[g].irq = -1;
			groups->table.row[g].sum = table->row[r].sum;
			if (array_reserve(&groups->group, &groups->group_room, groups->table.nrows,
					  sizeof(*groups->group)))
				return -ENOMEM;
			groups->group[g].first = r;
		}
		groups->of_row[r] = g;
	}
	if (!err)
		err = irqtable_copy(&groups->before, &groups->table);
	if (err ||
	    array_reserve(&groups->diff.row, &groups->diff_room, groups->table.nrows,
			  sizeof(*groups->diff.row)) ||
	    array_reserve(&groups->diff.prev_column, &groups->column_room, table->ncpus,
			  sizeof(*groups->diff.prev_column)) ||
	    array_reserve(&groups->diff.mask, &groups->diff.mask_room, table->ncpus,
			  sizeof(*groups->diff.mask)))
		return -ENOMEM;
	groups->rows_shape = table->rows_shape;
	groups->cpus_shape = table->cpus_shape;
	groups->made_by = groups->by;
	return 0;
}

/*
 * Adds a row to its group. `all`: with all that it counted since boot, else with what
 * changed, because the sums are those of the sample before.
 */
static void row_add(struct groups *groups, const struct irqtable_diff *diff, uint32_t r, bool all)
{
	uint32_t g = groups->of_row[r];
	struct irqtable_delta *sum = &groups->diff.row[g];
	const struct irqtable_delta *delta = &diff->row[r];
	uint32_t *now = groups->table.cell + (size_t)g * groups->table.ncpus;
	uint32_t *rise = groups->before.cell + (size_t)g * groups->table.ncpus;
	const uint32_t *cell = irqtable_cells(diff->cur, r);
	unsigned int c;

	groups->group[g].rows++;
	sum->total += delta->total;
	if (all && diff->cur->row[r].total && diff->cur->row[r].ncells == diff->ncpus)
		for (c = 0; c < diff->ncpus; c++)
			now[c] += cell[c];
	if (!all && (delta->delta || delta->fell) && diff->cur->row[r].ncells == diff->ncpus)
		for (c = 0; c < diff->ncpus; c++)
			now[c] += cell[c] - irqtable_cells(diff->prev, r)[c];
	if (delta->state != IRQTABLE_COUNTED)
		return;
	groups->group[g].counted = true;
	sum->delta += delta->delta;
	if (delta->delta > groups->group[g].most)
		groups->group[g].most = delta->delta;
	if (delta->delta && diff->cur->row[r].ncells == diff->ncpus)
		for (c = 0; c < diff->ncpus; c++)
			rise[c] += irqtable_diff_cell(diff, r, c) & diff->mask[c];
}

static void group_finish(struct groups *groups, uint32_t g)
{
	struct irqtable_delta *sum = &groups->diff.row[g];
	struct group *group = &groups->group[g];
	uint32_t *now = groups->table.cell + (size_t)g * groups->table.ncpus;
	uint32_t *before = groups->before.cell + (size_t)g * groups->table.ncpus;
	unsigned int c;

	groups->table.row[g].total = sum->total;
	sum->prev = g;
	sum->state = group->counted ? IRQTABLE_COUNTED : IRQTABLE_FIRST;
	group->imbalance = sum->delta ? (double)group->most * group->rows / (double)sum->delta : -1;
	for (c = 0; c < groups->table.ncpus; c++) {
		group->cpus += before[c] > 0;
		before[c] = now[c] - before[c];
	}
}

int groups_count(struct groups *groups, const struct monitor *monitor, bool follow)
{
	const struct irqtable_diff *diff = &monitor->diff[TABLE_INTERRUPTS];
	const struct irqtable *table = diff->cur;
	struct irqtable_diff *own = &groups->diff;
	size_t cells;
	uint32_t r, g;
	bool made, all;
	int err;

	if (groups->by == GROUPS_NONE || !monitor_sample(monitor)->have[TABLE_INTERRUPTS])
		return 0;
	made = groups->made_by != groups->by || groups->rows_shape != table->rows_shape ||
	       groups->cpus_shape != table->cpus_shape;
	if (made && groups_make(groups, monitor, table))
		return -ENOMEM;
	cells = (size_t)groups->table.nrows * groups->table.ncpus;
	all = made || !diff->prev || !groups->sums_ns || groups->sums_ns != diff->prev->time_ns ||
	      !diff->same_rows || !diff->same_cpus || monitor->only;
	if (all)
		memset(groups->table.cell, 0, cells * sizeof(*groups->table.cell));
	memset(groups->before.cell, 0, cells * sizeof(*groups->before.cell));
	memset(own->row, 0, groups->table.nrows * sizeof(*own->row));
	for (g = 0; g < groups->table.nrows; g++)
		groups->group[g] = (struct group){ .first = groups->group[g].first };
	for (r = 0; r < table->nrows; r++)
		row_add(groups, diff, r, all);
	groups->sums_ns = table->time_ns;
	for (g = 0; g < groups->table.nrows; g++)
		group_finish(groups, g);
	own->cur = &groups->table;
	own->prev = &groups->before;
	own->nrows = groups->table.nrows;
	own->ncpus = groups->table.ncpus;
	own->same_rows = !made && groups->tracks.nrows == groups->table.nrows;
	own->same_cpus = !made;
	memcpy(own->prev_column, diff->prev_column, own->ncpus * sizeof(*own->prev_column));
	memcpy(own->mask, diff->mask, own->ncpus * sizeof(*own->mask));
	for (g = 0; g < own->ncpus; g++)
		if (own->prev_column[g] != IRQTABLE_NONE)
			own->prev_column[g] = g;
	if (!follow && own->same_rows)
		return 0;
	err = tracks_follow(&groups->tracks, own, monitor->seconds);
	return err ? err : counted_add(&groups->counted, &groups->tracks, own);
}

void groups_free(struct groups *groups)
{
	irqtable_free(&groups->table);
	irqtable_free(&groups->before);
	irqtable_diff_free(&groups->diff);
	tracks_free(&groups->tracks);
	counted_free(&groups->counted);
	free(groups->group);
	free(groups->of_row);
	memset(groups, 0, sizeof(*groups));
}

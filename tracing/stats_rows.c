// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats_rows.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is wanted -------------------------------------------------------- */

static bool matches(const char *text, const char *const *patterns, size_t n)
{
	bool any = true, found = false;

	for (size_t i = 0; i < n; i++) {
		bool except = patterns[i][0] == '!';

		any &= except;
		if (fnmatch(patterns[i] + except, text, 0))
			continue;
		if (except)
			return false;
		found = true;
	}
	return any || found;
}

static bool in_list(int32_t value, const int32_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == value)
			return true;
	}
	return !n;
}

bool stats_task_is_wanted(const struct stats_filter *f, const struct chain_sample *s)
{
	return (!f->own_pid || s->pid != f->own_pid) && in_list(s->pid, f->pids, f->n_pids) &&
	       matches(s->comm, f->comms, f->n_comms);
}

/* Whether the filter keeps handlers of this name. */
bool stats_name_is_wanted(const struct stats_filter *f, const char *name)
{
	return matches(name, f->names, f->n_names);
}

static bool row_is_wanted(const struct stats_filter *f, const struct stats_row *row,
			  const char *name)
{
	return in_list(row->irq, f->irqs, f->n_irqs) && stats_name_is_wanted(f, name) &&
	       (!f->cpus || (row->cpu < f->n_cpus && f->cpus[row->cpu]));
}

/* --- the table ------------------------------------------------------------- */

/**
 * struct row_key - what a row is of
 * @name: of the handler; NULL: the whole line
 */
struct row_key {
	int32_t irq;
	unsigned int cpu;
	const char *name;
};

static struct row_key key_of(const struct stats_row *row)
{
	return (struct row_key){ row->irq, row->cpu, row->of_line ? NULL : row->name };
}

static size_t first_slot(int32_t irq, unsigned int cpu, size_t n_slots)
{
	return ((uint32_t)irq * 2654435761u ^ cpu * 40503u) & (n_slots - 1);
}

static bool is_row_of(const struct stats_row *row, const struct row_key *key)
{
	return row->irq == key->irq && row->cpu == key->cpu && row->of_line == !key->name &&
	       (!key->name || !strcmp(row->name, key->name));
}

static struct stats_row **slot_of(struct stats_row **slots, size_t n_slots,
				  const struct row_key *key)
{
	size_t i = first_slot(key->irq, key->cpu, n_slots);

	while (slots[i] && !is_row_of(slots[i], key))
		i = (i + 1) & (n_slots - 1);
	return &slots[i];
}

static int slots_grow(struct stats *stats)
{
	size_t n = stats->n_slots * 2;
	struct stats_row **slots = calloc(n, sizeof(struct stats_row *));

	if (!slots)
		return -1;
	for (size_t i = 0; i < stats->n_rows; i++) {
		struct row_key key = key_of(stats->rows[i]);

		*slot_of(slots, n, &key) = stats->rows[i];
	}
	free(stats->slots);
	stats->slots = slots;
	stats->n_slots = n;
	return 0;
}

/* Room for one more row. Returns 0, or -1 when memory runs out. */
static int rows_grow(struct stats *stats)
{
	size_t n = stats->n_alloc ? 2 * stats->n_alloc : 32;
	void *rows;

	if (stats->n_rows * 2 >= stats->n_slots && slots_grow(stats))
		return -1;
	if (stats->n_rows < stats->n_alloc)
		return 0;
	rows = realloc(stats->rows, n * sizeof(*stats->rows));
	if (!rows)
		return -1;
	stats->rows = rows;
	stats->n_alloc = n;
	return 0;
}

/* The row, created if needed; NULL when memory runs out. */
static struct stats_row *row_get(struct stats *stats, const struct row_key *key)
{
	struct stats_row *row = *slot_of(stats->slots, stats->n_slots, key);

	if (row)
		return row;
	row = rows_grow(stats) ? NULL : calloc(1, sizeof(*row));
	if (!row) {
		stats->no_memory++;
		return NULL;
	}
	row->irq = key->irq;
	row->cpu = (uint16_t)key->cpu;
	row->of_line = !key->name;
	if (key->name) {
		snprintf(row->name, sizeof(row->name), "%s", key->name);
		row->wanted = row_is_wanted(&stats->filter, row, row->name);
	}
	*slot_of(stats->slots, stats->n_slots, key) = row;
	stats->rows[stats->n_rows++] = row;
	return row;
}

/* --- lines ----------------------------------------------------------------- */

static bool line_has(const struct stats_row *line, const char *name)
{
	const char *at = line->name;
	size_t len = strlen(name);

	while ((at = strstr(at, name))) {
		bool begins = at == line->name || at[-1] == ' ';

		if (begins && (!at[len] || at[len] == ','))
			return true;
		at++;
	}
	return false;
}

/* Names that are too many for the row are left out. */
static void line_add(struct stats *stats, struct stats_row *line, const char *name)
{
	size_t used = strlen(line->name), size = sizeof(line->name);

	line->wanted |= row_is_wanted(&stats->filter, line, name);
	if (!line_has(line, name) && used + strlen(name) + 3 <= size)
		snprintf(line->name + used, size - used, "%s%s", used ? ", " : "", name);
}

/**
 * stats_row_of_line - the row of all handlers of an interrupt together
 * @stats: has the row
 * @irq: interrupt
 * @cpu: that took the interrupt
 * @name: of one of its handlers; NULL: those that have rows
 *
 * Where handlers of a shared line cannot be told apart. The row is wanted when one of
 * its handlers is. Returns NULL when memory runs out.
 */
struct stats_row *stats_row_of_line(struct stats *stats, int32_t irq, unsigned int cpu,
				    const char *name)
{
	const struct row_key key = { irq, cpu, NULL };
	struct stats_row *line = row_get(stats, &key);

	if (!line)
		return NULL;
	if (name)
		line_add(stats, line, name);
	if (name || line->name[0])
		return line;
	for (size_t i = 0; i < stats->n_rows; i++) {
		if (stats->rows[i]->irq == irq && !stats->rows[i]->of_line)
			line_add(stats, line, stats->rows[i]->name);
	}
	return line;
}

/* The row of a handler, created if needed; NULL when memory runs out. */
struct stats_row *stats_row_of_handler(struct stats *stats, int32_t irq, unsigned int cpu,
				       const char *name)
{
	const struct row_key key = { irq, cpu, name };

	return row_get(stats, &key);
}

/* --- for stats.c ----------------------------------------------------------- */

/* The row of the handler that @e entered; NULL when memory runs out. */
struct stats_row *stats_row_seen(struct stats *stats, const struct event *e)
{
	size_t i = first_slot(e->irq, e->cpu, stats->n_slots);
	struct row_key key = { e->irq, e->cpu, event_irq_name(e->irq) };
	char name[STATS_NAME_BYTES];
	struct stats_row *row;

	while ((row = stats->slots[i])) {
		if (row->irq == e->irq && row->cpu == e->cpu && !row->of_line &&
		    (e->irq < 0 || event_has_name(stats->catalog, e, row->name, sizeof(name))))
			return row;
		i = (i + 1) & (stats->n_slots - 1);
	}
	if (!key.name) {
		event_name(stats->catalog, e, name, sizeof(name));
		key.name = name;
	}
	return row_get(stats, &key);
}

/* The row of the same handler or line, created if needed; NULL when memory runs out. */
struct stats_row *stats_row_like(struct stats *stats, const struct stats_row *other)
{
	struct row_key key = key_of(other);
	struct stats_row *row = row_get(stats, &key);

	if (row && other->of_line) {
		memcpy(row->name, other->name, sizeof(row->name));
		row->wanted = other->wanted;
	}
	return row;
}

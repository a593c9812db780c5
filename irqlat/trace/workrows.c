// SPDX-License-Identifier: GPL-2.0-or-later
#include "workrows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define DIGITS	  2
#define SLOTS_MIN 256

/* --- rows ------------------------------------------------------------------ */

static uint32_t *slot_of(const struct trace_works *works, uint64_t function, unsigned int cpu)
{
	size_t i = (size_t)((function ^ (uint64_t)cpu << 40) * 0x9e3779b97f4a7c15u >> 32);

	for (;; i++) {
		uint32_t *slot = &works->slots[i & (works->n_slots - 1)];
		const struct trace_work *row = *slot ? &works->rows[*slot - 1] : NULL;

		if (!row || (row->function == function && row->cpu == cpu))
			return slot;
	}
}

/* Slots for twice the rows. Returns 0, or -1 when memory runs out. */
static int grow_slots(struct trace_works *works)
{
	size_t n = works->n_slots ? 2 * works->n_slots : SLOTS_MIN;
	uint32_t *slots;

	if (2 * works->n_rows < works->n_slots)
		return 0;
	slots = calloc(n, sizeof(*slots));
	if (!slots)
		return -1;
	free(works->slots);
	works->slots = slots;
	works->n_slots = n;
	for (size_t i = 0; i < works->n_rows; i++)
		*slot_of(works, works->rows[i].function, works->rows[i].cpu) = (uint32_t)i + 1;
	return 0;
}

static int init_row(struct trace_work *row, const struct workitem_time *time)
{
	*row = (struct trace_work){ .function = time->function, .cpu = time->cpu };
	if (hist_init(&row->wait, DIGITS, 0))
		return -1;
	if (hist_init(&row->ran, DIGITS, 0)) {
		hist_free(&row->wait);
		return -1;
	}
	return 0;
}

/* The row of @time, made if needed; NULL when memory runs out. */
static struct trace_work *row_of(struct trace_works *works, const struct workitem_time *time)
{
	uint32_t *slot;

	if (grow_slots(works) ||
	    array_reserve(&works->rows, &works->n_alloc, works->n_rows + 1, sizeof(*works->rows))) {
		works->no_memory++;
		return NULL;
	}
	slot = slot_of(works, time->function, time->cpu);
	if (*slot)
		return &works->rows[*slot - 1];
	if (init_row(&works->rows[works->n_rows], time)) {
		works->no_memory++;
		return NULL;
	}
	*slot = (uint32_t)++works->n_rows;
	return &works->rows[works->n_rows - 1];
}

static void waited(void *ctx, const struct workitem_time *time)
{
	struct trace_work *row = row_of(ctx, time);

	if (row)
		hist_record(&row->wait, (int64_t)time->ns);
}

static void ran(void *ctx, const struct workitem_time *time)
{
	struct trace_work *row = row_of(ctx, time);

	if (!row)
		return;
	hist_record(&row->ran, (int64_t)time->ns);
	row->cpu_ns += time->cpu_ns;
}

/* Records in @works, which must outlive the sink. */
struct workitem_sink trace_works_sink(struct trace_works *works)
{
	return (struct workitem_sink){ .waited = waited, .ran = ran, .ctx = works };
}

static void free_row(struct trace_work *row)
{
	hist_free(&row->wait);
	hist_free(&row->ran);
	free(row->name);
}

/* Frees what @works owns, but not @works itself. */
void trace_works_free(struct trace_works *works)
{
	for (size_t i = 0; i < works->n_rows; i++)
		free_row(&works->rows[i]);
	free(works->rows);
	free(works->slots);
	memset(works, 0, sizeof(*works));
}

/* --- names ----------------------------------------------------------------- */

static char *name_of(const struct symbols *symbols, uint64_t function)
{
	const char *known = symbols ? symbols_at(symbols, function) : NULL;
	char *name;

	if (known)
		return strdup(known);
	if (!function)
		return strdup("?");
	return asprintf(&name, "0x%" PRIx64, function) < 0 ? NULL : name;
}

static int compare_names(const void *a, const void *b)
{
	const struct trace_work *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)x->cpu - (int)y->cpu;
}

/* Add @from to @to and free what it owns. */
static int join_rows(struct trace_work *to, struct trace_work *from)
{
	int err = hist_merge(&to->wait, &from->wait) || hist_merge(&to->ran, &from->ran) ? -1 : 0;

	to->cpu_ns += from->cpu_ns;
	free_row(from);
	return err;
}

/**
 * trace_works_name - find the names of the functions
 * @works: gets no more times
 * @symbols: of the kernel; NULL: not known
 *
 * A function without a name has its address. Functions of one name are one row. Returns 0,
 * or -1 when memory runs out.
 */
int trace_works_name(struct trace_works *works, const struct symbols *symbols)
{
	size_t n = 0;
	int err = 0;

	for (size_t i = 0; i < works->n_rows; i++) {
		works->rows[i].name = name_of(symbols, works->rows[i].function);
		if (!works->rows[i].name)
			return -1;
	}
	if (works->n_rows)
		qsort(works->rows, works->n_rows, sizeof(*works->rows), compare_names);
	for (size_t i = 0; i < works->n_rows; i++) {
		if (n && !compare_names(&works->rows[n - 1], &works->rows[i]))
			err |= join_rows(&works->rows[n - 1], &works->rows[i]);
		else
			works->rows[n++] = works->rows[i];
	}
	works->n_rows = n;
	return err;
}

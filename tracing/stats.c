// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 256

/* Room that a histogram has from the beginning: most samples are below. */
#define EXPECTED_MAX_NS 1000000

/**
 * stats_init - make empty statistics
 * @stats: set; stats_free() it
 * @catalog: must outlive @stats
 * @filter: copied; what it points to must outlive @stats
 *
 * Returns 0, or -1 with errno set.
 */
int stats_init(struct stats *stats, const struct event_catalog *catalog,
	       const struct stats_filter *filter)
{
	memset(stats, 0, sizeof(*stats));
	stats->catalog = catalog;
	stats->filter = *filter;
	stats->n_slots = SLOTS_FIRST;
	stats->slots = calloc(stats->n_slots, sizeof(struct stats_row *));
	return stats->slots ? 0 : -1;
}

static void row_clear(struct stats_row *row)
{
	row->seen = 0;
	memset(row->outcomes, 0, sizeof(row->outcomes));
	for (int end = 0; end < CHAIN_ENDS; end++) {
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			if (row->hist[end][stage])
				hist_free(row->hist[end][stage]);
			free(row->hist[end][stage]);
			row->hist[end][stage] = NULL;
		}
	}
}

/* Forget all counts and samples; the rows and their names stay. */
void stats_clear(struct stats *stats)
{
	for (size_t i = 0; i < stats->n_rows; i++)
		row_clear(stats->rows[i]);
	stats->samples = 0;
	stats->no_memory = 0;
}

/* Frees what @stats owns, but not @stats itself. */
void stats_free(struct stats *stats)
{
	stats_clear(stats);
	for (size_t i = 0; i < stats->n_rows; i++)
		free(stats->rows[i]);
	free(stats->rows);
	free(stats->slots);
	memset(stats, 0, sizeof(*stats));
}

/* --- rows ------------------------------------------------------------------ */

static struct stats_row **slot_of(struct stats_row **slots, size_t n_slots, int32_t irq,
				  unsigned int cpu)
{
	size_t i = ((uint32_t)irq * 2654435761u ^ cpu * 40503u) & (n_slots - 1);

	while (slots[i] && (slots[i]->irq != irq || slots[i]->cpu != cpu))
		i = (i + 1) & (n_slots - 1);
	return &slots[i];
}

static int slots_grow(struct stats *stats)
{
	size_t n = stats->n_slots * 2;
	struct stats_row **slots = calloc(n, sizeof(struct stats_row *));

	if (!slots)
		return -1;
	for (size_t i = 0; i < stats->n_rows; i++)
		*slot_of(slots, n, stats->rows[i]->irq, stats->rows[i]->cpu) = stats->rows[i];
	free(stats->slots);
	stats->slots = slots;
	stats->n_slots = n;
	return 0;
}

static bool matches(const char *text, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!fnmatch(patterns[i], text, 0))
			return true;
	}
	return !n;
}

static bool in_list(int32_t value, const int32_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == value)
			return true;
	}
	return !n;
}

static bool row_is_wanted(const struct stats_filter *f, const struct stats_row *row)
{
	return in_list(row->irq, f->irqs, f->n_irqs) && matches(row->name, f->names, f->n_names) &&
	       (!f->cpus || (row->cpu < f->n_cpus && f->cpus[row->cpu]));
}

/* The row, created if needed; NULL when memory runs out. */
static struct stats_row *row_get(struct stats *stats, int32_t irq, unsigned int cpu)
{
	struct stats_row **slot = slot_of(stats->slots, stats->n_slots, irq, cpu);
	struct stats_row *row = *slot;

	if (row)
		return row;
	if (stats->n_rows * 2 >= stats->n_slots) {
		if (slots_grow(stats))
			goto fail;
		slot = slot_of(stats->slots, stats->n_slots, irq, cpu);
	}
	if (stats->n_rows == stats->n_alloc) {
		size_t n = stats->n_alloc ? 2 * stats->n_alloc : 32;
		void *rows = realloc(stats->rows, n * sizeof(*stats->rows));

		if (!rows)
			goto fail;
		stats->rows = rows;
		stats->n_alloc = n;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		goto fail;
	row->irq = irq;
	row->cpu = (uint16_t)cpu;
	*slot = row;
	stats->rows[stats->n_rows++] = row;
	return row;
fail:
	stats->no_memory++;
	return NULL;
}

/**
 * stats_row - find or create a row, for results that do not come from chains
 * @stats: has the row
 * @irq: interrupt
 * @cpu: that took the interrupt
 * @name: of its handler; NULL: leave the name as it is
 *
 * Returns NULL when memory runs out.
 */
struct stats_row *stats_row(struct stats *stats, int32_t irq, unsigned int cpu, const char *name)
{
	struct stats_row *row = row_get(stats, irq, cpu);

	if (row && name) {
		snprintf(row->name, sizeof(row->name), "%s", name);
		row->wanted = row_is_wanted(&stats->filter, row);
	}
	return row;
}

static void set_name(const struct stats *stats, struct stats_row *row, const struct event *e)
{
	if (e->irq < 0)
		strncpy(row->name, event_irq_name(e->irq), STATS_NAME_BYTES - 1);
	else
		event_name(stats->catalog, e, row->name, STATS_NAME_BYTES);
	row->wanted = row_is_wanted(&stats->filter, row);
}

static void record(struct stats *stats, struct hist **hist, int64_t ns)
{
	if (!*hist) {
		*hist = calloc(1, sizeof(**hist));
		if (!*hist || hist_init(*hist, STATS_DIGITS, EXPECTED_MAX_NS)) {
			free(*hist);
			*hist = NULL;
			stats->no_memory++;
			return;
		}
	}
	hist_record(*hist, ns);
}

/* --- the sink -------------------------------------------------------------- */

static void on_seen(void *ctx, const struct event *e)
{
	struct stats *stats = ctx;
	struct stats_row *row = row_get(stats, e->irq, e->cpu);

	if (!row)
		return;
	row->seen++;
	if (!row->name[0])
		set_name(stats, row, e);
}

static void on_handler(void *ctx, int32_t irq, unsigned int cpu, uint64_t ns)
{
	struct stats *stats = ctx;
	struct stats_row *row = row_get(stats, irq, cpu);

	if (row && row->wanted)
		record(stats, &row->hist[CHAIN_END_USER][CHAIN_STAGE_IRQ], (int64_t)ns);
}

static void on_outcome(void *ctx, int32_t irq, unsigned int cpu, enum chain_outcome outcome)
{
	struct stats_row *row = row_get(ctx, irq, cpu);

	if (row)
		row->outcomes[outcome]++;
}

static void on_sample(void *ctx, const struct chain_sample *s)
{
	struct stats *stats = ctx;
	const struct stats_filter *f = &stats->filter;
	struct stats_row *row = row_get(stats, s->irq, s->irq_cpu);

	if (!row || !row->wanted || !in_list(s->pid, f->pids, f->n_pids) ||
	    !matches(s->comm, f->comms, f->n_comms))
		return;
	stats->samples++;
	for (int stage = 0; stage < CHAIN_STAGE_PARTS; stage++) {
		if (s->stages >> stage & 1)
			record(stats, &row->hist[s->end][stage], (int64_t)s->ns[stage]);
	}
	record(stats, &row->hist[s->end][CHAIN_STAGE_TOTAL], (int64_t)(s->end_ns - s->start_ns));
	if (s->module_ns >= 0)
		record(stats, &row->hist[s->end][CHAIN_STAGE_MODULE], s->module_ns);
	if (stats->on_sample)
		stats->on_sample(stats->on_sample_ctx, s);
}

/* A sink that adds to @stats, which must outlive it. */
struct chain_sink stats_sink(struct stats *stats)
{
	return (struct chain_sink){
		.seen = on_seen,
		.handler = on_handler,
		.sample = on_sample,
		.outcome = on_outcome,
		.ctx = stats,
	};
}

/* --- afterwards ------------------------------------------------------------ */

static int row_merge(struct stats_row *to, const struct stats_row *from)
{
	if (from->name[0])
		memcpy(to->name, from->name, sizeof(to->name));
	to->wanted = from->name[0] ? from->wanted : to->wanted;
	to->seen += from->seen;
	for (int i = 0; i < OUTCOMES; i++)
		to->outcomes[i] += from->outcomes[i];
	for (int end = 0; end < CHAIN_ENDS; end++) {
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			struct hist **hist = &to->hist[end][stage];

			if (!from->hist[end][stage])
				continue;
			if (!*hist) {
				*hist = calloc(1, sizeof(**hist));
				if (!*hist || hist_copy(*hist, from->hist[end][stage]))
					return -1;
				continue;
			}
			if (hist_merge(*hist, from->hist[end][stage]))
				return -1;
		}
	}
	return 0;
}

/**
 * stats_merge - add all counts and samples
 * @to: gets the sums
 * @from: unchanged
 *
 * Returns 0, or -1 when memory runs out.
 */
int stats_merge(struct stats *to, const struct stats *from)
{
	for (size_t i = 0; i < from->n_rows; i++) {
		const struct stats_row *row = from->rows[i];
		struct stats_row *sum = row_get(to, row->irq, row->cpu);

		if (!sum || row_merge(sum, row))
			return -1;
	}
	to->samples += from->samples;
	to->no_memory += from->no_memory;
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct stats_row *const *x = a, *const *y = b;
	/* Numbers first, then the vectors. */
	int64_t key_x = (*x)->irq < 0 ? 100000000ll - (*x)->irq : (*x)->irq;
	int64_t key_y = (*y)->irq < 0 ? 100000000ll - (*y)->irq : (*y)->irq;

	if (key_x != key_y)
		return key_x < key_y ? -1 : 1;
	return (int)(*x)->cpu - (int)(*y)->cpu;
}

/* Sort the rows by interrupt and CPU. */
void stats_sort(struct stats *stats)
{
	if (stats->n_rows)
		qsort(stats->rows, stats->n_rows, sizeof(*stats->rows), compare_rows);
}

/* Add up the outcomes and handlers seen of all wanted rows. */
void stats_outcomes(const struct stats *stats, uint64_t outcomes[OUTCOMES], uint64_t *seen)
{
	*seen = 0;
	memset(outcomes, 0, OUTCOMES * sizeof(*outcomes));
	for (size_t i = 0; i < stats->n_rows; i++) {
		if (!stats->rows[i]->wanted)
			continue;
		*seen += stats->rows[i]->seen;
		for (int o = 0; o < OUTCOMES; o++)
			outcomes[o] += stats->rows[i]->outcomes[o];
	}
}

/* The recording cannot tell which interrupts woke nobody: that is not known of any. */
void stats_nobody_is_unknown(struct stats *stats)
{
	for (size_t i = 0; i < stats->n_rows; i++) {
		uint64_t *outcomes = stats->rows[i]->outcomes;

		outcomes[OUTCOME_UNKNOWN] += outcomes[OUTCOME_WOKE_NOBODY];
		outcomes[OUTCOME_WOKE_NOBODY] = 0;
	}
}

/**
 * stats_filter_stages - "handler,wake,total" as a bit set
 * @list: names, separated by commas
 * @stages: the set
 *
 * Returns 0, or -1 when a name is unknown.
 */
int stats_filter_stages(const char *list, uint32_t *stages)
{
	*stages = 0;
	while (*list) {
		size_t len = strcspn(list, ",");
		int stage = stage_index(chain_stages, CHAIN_STAGES, list, len);

		if (stage < 0)
			return -1;
		*stages |= 1u << stage;
		list += len + (list[len] == ',');
	}
	return *stages ? 0 : -1;
}

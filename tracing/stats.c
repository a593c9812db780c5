// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats_rows.h"

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

static void row_free_blocks(struct stats_row *row)
{
	for (int end = 0; end < CHAIN_ENDS; end++) {
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			if (row->blocks[end][stage])
				blocks_free(row->blocks[end][stage]);
			free(row->blocks[end][stage]);
			row->blocks[end][stage] = NULL;
		}
	}
}

/* Frees what @stats owns, but not @stats itself. */
void stats_free(struct stats *stats)
{
	stats_clear(stats);
	for (size_t i = 0; i < stats->n_rows; i++)
		row_free_blocks(stats->rows[i]);
	for (size_t i = 0; i < stats->n_rows; i++)
		free(stats->rows[i]);
	free(stats->rows);
	free(stats->slots);
	memset(stats, 0, sizeof(*stats));
}

static void record_block(struct stats *stats, struct blocks **blocks, int64_t ns)
{
	if (!*blocks) {
		if (stats->n_blocks == STATS_BLOCKS_MAX)
			return;
		*blocks = calloc(1, sizeof(**blocks));
		if (!*blocks || blocks_init(*blocks)) {
			free(*blocks);
			*blocks = NULL;
			stats->no_memory++;
			return;
		}
		stats->n_blocks++;
	}
	blocks_record(*blocks, stats->now_ns - stats->start_ns, ns);
}

static void record(struct stats *stats, struct stats_row *row, int end, int stage, int64_t ns)
{
	struct hist **hist = &row->hist[end][stage];

	if (__builtin_expect(stats->keep_blocks, 0))
		record_block(stats, &row->blocks[end][stage], ns);
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

static void *on_seen(void *ctx, const struct event *e)
{
	struct stats *stats = ctx;
	struct stats_row *row = stats_row_seen(stats, e);

	if (row)
		row->seen++;
	stats->now_ns = e->ts_ns;
	if (__builtin_expect(!stats->start_ns, 0))
		stats->start_ns = e->ts_ns;
	return row;
}

static void on_handler(void *ctx, void *of, uint64_t ns)
{
	struct stats *stats = ctx;
	struct stats_row *row = of;

	if (!row || !row->wanted)
		return;
	record(stats, row, CHAIN_END_USER, CHAIN_STAGE_IRQ, (int64_t)ns);
	if (stats->on_handler)
		stats->on_handler(stats->on_ctx, row, ns);
}

static void on_outcome(void *ctx, void *of, enum chain_outcome outcome)
{
	struct stats_row *row = of;

	(void)ctx;
	if (row)
		row->outcomes[outcome]++;
}

static void tell_sample(const struct stats *stats, struct stats_row *row,
			const struct chain_sample *s)
{
	struct chain_sample of_row;

	if (s->row != row) {
		of_row = *s;
		of_row.row = row;
		s = &of_row;
	}
	stats->on_sample(stats->on_ctx, s);
}

static void on_sample(void *ctx, const struct chain_sample *s)
{
	struct stats *stats = ctx;
	struct stats_row *row = s->row;

	if (s->of_line)
		row = stats_row_of_line(stats, s->irq, s->irq_cpu, NULL);
	if (!row || !row->wanted || !stats_task_is_wanted(&stats->filter, s))
		return;
	stats->samples++;
	for (uint32_t left = s->stages; left; left &= left - 1) {
		int stage = __builtin_ctz(left);

		record(stats, row, s->end, stage, (int64_t)s->ns[stage]);
	}
	record(stats, row, s->end, CHAIN_STAGE_TOTAL, (int64_t)(s->end_ns - s->start_ns));
	if (s->module_ns >= 0)
		record(stats, row, s->end, CHAIN_STAGE_MODULE, s->module_ns);
	if (stats->on_sample)
		tell_sample(stats, row, s);
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
 * stats_end_blocks - end the last blocks
 * @to: has the rows of @from; gets their blocks
 * @from: where samples were recorded; may be @to
 */
void stats_end_blocks(struct stats *to, struct stats *from)
{
	for (size_t i = 0; i < from->n_rows; i++) {
		struct stats_row *row = from->rows[i], *total = stats_row_like(to, row);

		for (int n = 0; n < CHAIN_ENDS * CHAIN_STAGES; n++) {
			struct blocks **blocks = &row->blocks[n / CHAIN_STAGES][n % CHAIN_STAGES];

			if (!*blocks)
				continue;
			blocks_close(*blocks);
			if (!total || total == row)
				continue;
			total->blocks[n / CHAIN_STAGES][n % CHAIN_STAGES] = *blocks;
			*blocks = NULL;
		}
	}
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
		struct stats_row *sum = stats_row_like(to, row);

		if (!sum || row_merge(sum, row))
			return -1;
	}
	to->samples += from->samples;
	to->no_memory += from->no_memory;
	return 0;
}

/**
 * stats_subtract - subtract an earlier state
 * @later: gets the differences
 * @earlier: earlier state of @later; unchanged
 *
 * See hist_subtract() for what is known of the extremes. Returns 0, or -1 when memory
 * runs out.
 */
int stats_subtract(struct stats *later, const struct stats *earlier)
{
	for (size_t i = 0; i < earlier->n_rows; i++) {
		const struct stats_row *from = earlier->rows[i];
		struct stats_row *row = stats_row_like(later, from);

		if (!row)
			return -1;
		row->seen -= from->seen;
		for (int o = 0; o < OUTCOMES; o++)
			row->outcomes[o] -= from->outcomes[o];
		for (int n = 0; n < CHAIN_ENDS * CHAIN_STAGES; n++) {
			struct hist *h = row->hist[n / CHAIN_STAGES][n % CHAIN_STAGES];
			const struct hist *before = from->hist[n / CHAIN_STAGES][n % CHAIN_STAGES];

			if (h && before)
				hist_subtract(h, before);
		}
	}
	later->samples -= earlier->samples;
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
	if ((*x)->cpu != (*y)->cpu)
		return (int)(*x)->cpu - (int)(*y)->cpu;
	if ((*x)->of_line != (*y)->of_line)
		return (*x)->of_line ? 1 : -1;
	return strcmp((*x)->name, (*y)->name);
}

/* Rows of one interrupt are adjacent. */
static void find_shared(struct stats *stats)
{
	for (size_t i = 0, end; i < stats->n_rows; i = end) {
		bool shared = false;

		for (end = i; end < stats->n_rows && stats->rows[end]->irq == stats->rows[i]->irq;
		     end++)
			shared |= strcmp(stats->rows[end]->name, stats->rows[i]->name) != 0;
		for (size_t k = i; k < end; k++)
			stats->rows[k]->shared = shared;
	}
}

/* Sort the rows by interrupt, CPU and name; also finds out which lines are shared. */
void stats_sort(struct stats *stats)
{
	if (stats->n_rows)
		qsort(stats->rows, stats->n_rows, sizeof(*stats->rows), compare_rows);
	find_shared(stats);
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

// SPDX-License-Identifier: GPL-2.0-or-later
/* The figures, intervals and tests of a row; decide.c makes verdicts of them. */

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "statistics.h"

/* Bootstrap draws for an interval. */
#define DRAWS 999
/*
 * Rounds of the permutation test. The smallest p value is 1 / rounds: more tests, which
 * are adjusted together, need more rounds. The upper limit bounds the time.
 */
#define ROUNDS_MIN	1999
#define ROUNDS_PER_TEST 40
#define ROUNDS_MAX	20000

static const uint32_t metric_ppm[DIFF_METRICS] = {
	[DIFF_P50] = 500000,
	[DIFF_P99] = 990000,
	[DIFF_P99_9] = 999000,
	[DIFF_MAX] = 1000000,
};

/**
 * struct bins - the samples of both sides of a row, counted in common bins
 * @n: bins
 * @high: upper end of each bin, ns
 * @whole: counts of all samples of a and b
 * @units: blocks of a and b; none with DIFF_HISTOGRAM
 * @runs: @units, with as many neighbours joined as are alike
 */
struct bins {
	size_t n;
	uint64_t *high;
	uint64_t *whole[2];
	struct units units[2];
	struct units runs[2];
};

static void bins_free(struct bins *bins)
{
	int side;

	free(bins->high);
	for (side = 0; side < 2; side++) {
		free(bins->whole[side]);
		units_free(&bins->units[side]);
		units_free(&bins->runs[side]);
	}
}

/* Put the samples of both sides into @all. Returns 0, or -1 with ENOMEM. */
static int merge_sides(const struct diff_row *row, struct hist *all)
{
	bool blocks = row->basis == DIFF_BLOCKS;
	size_t i;
	int side;

	if (hist_init(all, blocks ? BLOCKS_DIGITS : HIST_DIGITS_DEFAULT, 0))
		return -1;
	for (side = 0; side < 2; side++) {
		const struct result *r = row->side[side];

		if (!blocks && hist_join(all, &r->hist))
			return -1;
		for (i = 0; blocks && i < r->blocks.n; i++)
			blocks_add_to(&r->blocks.list[i], all);
	}
	/* A sample is lost when there is no memory for its bucket. */
	return all->lost ? -1 : 0;
}

/* Make a bin of each bucket with samples. Returns the bin of each bucket, or NULL. */
static size_t *number_bins(const struct hist *all, struct bins *bins)
{
	size_t *number = calloc(all->n_buckets, sizeof(*number));
	struct hist_bucket b;
	size_t position = 0;

	bins->high = calloc(all->n_buckets, sizeof(*bins->high));
	while (number && bins->high && hist_next(all, &position, &b)) {
		number[position - 1] = bins->n;
		bins->high[bins->n++] = b.high;
	}
	return number;
}

/* Count the samples of each block of a result, and of all of them. */
static void fill_units(const struct result *r, const struct hist *all, const size_t *number,
		       struct units *units, uint64_t *whole)
{
	size_t i, j, bin;

	for (i = 0; i < units->n; i++) {
		const struct block *block = &r->blocks.list[i];

		for (j = 0; j < block->n_buckets; j++) {
			bin = number[hist_index(all, block->buckets[j].low)];
			units->count[i * units->n_bins + bin] += block->buckets[j].count;
			whole[bin] += block->buckets[j].count;
		}
		units->max[i] = block->max;
	}
}

static int fill_side(const struct diff_row *row, const struct hist *all, const size_t *number,
		     struct bins *bins, int side)
{
	const struct result *r = row->side[side];
	struct units *units = &bins->units[side];
	struct hist_bucket b;
	size_t position = 0;

	bins->whole[side] = calloc(bins->n, sizeof(uint64_t));
	if (!bins->whole[side])
		return -1;
	if (row->basis == DIFF_HISTOGRAM) {
		while (hist_next(&r->hist, &position, &b))
			bins->whole[side][number[hist_index(all, b.low)]] += b.count;
		return 0;
	}
	units->n = r->blocks.n;
	units->n_bins = bins->n;
	units->count = calloc(units->n * bins->n, sizeof(*units->count));
	units->max = calloc(units->n, sizeof(*units->max));
	if (!units->count || !units->max)
		return -1;
	fill_units(r, all, number, units, bins->whole[side]);
	return 0;
}

static int bins_make(const struct diff_row *row, struct bins *bins)
{
	struct hist all = { 0 };
	size_t *number = NULL;
	int side, err = merge_sides(row, &all);

	if (!err)
		number = number_bins(&all, bins);
	if (!number || !bins->high)
		err = -1;
	for (side = 0; side < 2 && !err; side++) {
		err = fill_side(row, &all, number, bins, side);
	}
	free(number);
	hist_free(&all);
	return err;
}

/* The value of a metric, ns, of samples in bins; 0 without samples. */
static double figure_of(const struct bins *bins, const uint64_t *count, uint64_t max,
			enum diff_metric metric)
{
	uint64_t n = bins_sum(count, bins->n), high;

	if (metric == DIFF_MAX)
		return (double)max;
	high = bins->high[bins_rank(count, bins->n, bins_nearest_rank(n, metric_ppm[metric]))];
	return (double)(high > max ? max : high);
}

/* --- spans of time ----------------------------------------------------------- */

/*
 * Samples that a span must have. Both sides have the same number, since the maximum of
 * many samples is greater than that of few.
 */
static double span_samples(const struct diff_row *row, enum diff_metric metric)
{
	double need =
		metric == DIFF_MAX ? 1 : HIST_BEYOND_MIN * 1e6 / (1000000 - metric_ppm[metric]);
	int side;

	for (side = 0; side < 2; side++) {
		const struct result *r = row->side[side];

		need = fmax(need, (double)r->hist.n / (double)r->blocks.n / 2);
	}
	return need;
}

/**
 * struct spans - the values of a metric in spans of time of one side
 * @x: @n values, ns
 * @part: which file of the side each is of, from 0
 * @n: spans
 */
struct spans {
	double x[BLOCKS_MAX];
	size_t part[BLOCKS_MAX];
	size_t n;
};

/*
 * Make spans: of one block, or of as many as have @need samples together. Blocks that
 * are left over at the end of a part are in no span. Returns 0, or -1 with ENOMEM.
 */
static int make_spans(const struct bins *bins, const struct blocks *blocks, int side, double need,
		      enum diff_metric metric, struct spans *spans)
{
	const struct units *u = &bins->units[side];
	uint64_t *sum = calloc(bins->n, sizeof(*sum)), max = 0;
	size_t i, bin;

	if (!sum)
		return -1;
	spans->n = 0;
	for (i = 0; i < u->n; i++) {
		if (i && blocks->list[i].part != blocks->list[i - 1].part) {
			memset(sum, 0, bins->n * sizeof(*sum));
			max = 0;
		}
		for (bin = 0; bin < bins->n; bin++)
			sum[bin] += u->count[i * bins->n + bin];
		if (u->max[i] > max)
			max = u->max[i];
		if ((double)bins_sum(sum, bins->n) < need)
			continue;
		/* At least 1: the spans are compared by their ratios. */
		spans->part[spans->n] = blocks->list[i].part;
		spans->x[spans->n++] = fmax(1, figure_of(bins, sum, max, metric));
		memset(sum, 0, bins->n * sizeof(*sum));
		max = 0;
	}
	free(sum);
	return 0;
}

/* --- parts: files of both sides, measured in turns ----------------------------- */

/* The median of the logarithms of a part, or NaN without spans. */
static double level_of(const struct spans *spans, size_t part)
{
	double x[BLOCKS_MAX];
	size_t i, n = 0;

	for (i = 0; i < spans->n; i++)
		if (spans->part[i] == part)
			x[n++] = log(spans->x[i]);
	if (!n)
		return NAN;
	gsl_sort(x, 1, n);
	return gsl_stats_median_from_sorted_data(x, 1, n);
}

/*
 * Set @level to the values of each part relative to the middle of its two sides. What
 * the machine did during a part moved both sides of it, and is no difference between
 * them (aligned ranks; Hodges and Lehmann, Rank methods for combination of independent
 * experiments in analysis of variance, 1962). Spans of a part that has none on the
 * other side are removed. Returns the number of parts.
 */
static size_t align_parts(struct spans spans[2], double level[2][BLOCKS_MAX])
{
	size_t part, parts = 0, kept[2] = { 0, 0 }, i;
	int side;

	for (part = 0; part < BLOCKS_MAX; part++) {
		double middle = (level_of(&spans[0], part) + level_of(&spans[1], part)) / 2;

		if (isnan(middle))
			continue;
		parts++;
		for (side = 0; side < 2; side++)
			for (i = 0; i < spans[side].n; i++)
				if (spans[side].part[i] == part) {
					size_t to = kept[side]++;

					level[side][to] = log(spans[side].x[i]) - middle;
					spans[side].x[to] = spans[side].x[i];
					spans[side].part[to] = part;
				}
	}
	for (side = 0; side < 2; side++)
		spans[side].n = kept[side];
	return parts;
}

/* Test whether the spans of both sides differ. Returns 0, or -1 with ENOMEM. */
static int test_series(struct spans spans[2], struct diff_figure *f)
{
	struct series_view ranked[2], figures[2];
	double level[2][BLOCKS_MAX], ratio;
	struct rank_test test;
	double sorted[BLOCKS_MAX];
	size_t parts, all;
	int side;

	parts = align_parts(spans, level);
	all = spans[0].n + spans[1].n;
	for (side = 0; side < 2; side++) {
		f->spans[side] = spans[side].n;
		if (spans[side].n < DIFF_SPANS_MIN)
			return 0;
		figures[side] =
			(struct series_view){ spans[side].x, spans[side].n, 1, spans[side].part };
		ranked[side] =
			(struct series_view){ level[side], spans[side].n,
					      stats_inflation(level[side], spans[side].n), NULL };
		if (!ranked[side].inflation)
			return -1;
		/* The level of each part, estimated from its spans, costs a degree of freedom. */
		ranked[side].inflation *= (double)all / (double)(all - parts + 1);
	}
	if (stats_mann_whitney(&ranked[0], &ranked[1], &test) ||
	    stats_shift(&figures[0], &figures[1], &ratio))
		return -1;
	memcpy(sorted, spans[0].x, spans[0].n * sizeof(*sorted));
	f->tested = true;
	f->delta = test.delta;
	f->p = test.p;
	f->change = ratio - 1;
	f->change_ns = f->change * gsl_stats_median(sorted, 1, spans[0].n);
	return 0;
}

static int test_spans(struct diff_row *row, const struct bins *bins, enum diff_metric metric)
{
	struct diff_figure *f = &row->figures[metric];
	double need = span_samples(row, metric), length;
	struct spans spans[2];
	int side;

	for (side = 0; side < 2; side++) {
		size_t n_blocks = bins->units[side].n;

		if (make_spans(bins, &row->side[side]->blocks, side, need, metric, &spans[side]))
			return -1;
		f->spans[side] = spans[side].n;
		if (spans[side].n < DIFF_SPANS_MIN)
			continue;
		/* How many neighbouring blocks are alike in this metric. */
		length = stats_inflation(spans[side].x, spans[side].n);
		if (!length)
			return -1;
		length *= (double)n_blocks / (double)spans[side].n;
		length = fmin(ceil(length), (double)n_blocks / 4);
		if (length > (double)row->run)
			row->run = (size_t)length;
	}
	if (f->spans[0] < DIFF_SPANS_MIN || f->spans[1] < DIFF_SPANS_MIN)
		return 0;
	return test_series(spans, f);
}

/* --- intervals ----------------------------------------------------------------- */

static void set_interval(struct diff_figure *f, double *ratios)
{
	gsl_sort(ratios, 1, DRAWS);
	f->has_interval = true;
	f->low = gsl_stats_quantile_from_sorted_data(ratios, 1, DRAWS, 0.025) - 1;
	f->high = gsl_stats_quantile_from_sorted_data(ratios, 1, DRAWS, 0.975) - 1;
}

/* Set the value of each metric for blocks of a side that are drawn at random. */
static void draw_blocks(const struct bins *bins, int side, gsl_rng *rng, uint64_t *sum,
			double values[DIFF_METRICS])
{
	uint64_t max = units_draw(&bins->runs[side], rng, sum);
	int metric;

	for (metric = 0; metric < DIFF_METRICS; metric++)
		values[metric] = figure_of(bins, sum, max, (enum diff_metric)metric);
}

/*
 * Set the value of each metric for a bootstrap sample of a side without blocks. Its
 * percentile is the sample of a rank that has a binomial distribution. The maximum
 * stays as it is.
 */
static void draw_ranks(const struct diff_row *row, const struct bins *bins, int side, gsl_rng *rng,
		       double values[DIFF_METRICS])
{
	uint64_t n = row->side[side]->hist.n;
	int metric;

	for (metric = 0; metric < DIFF_MAX; metric++) {
		double share = metric_ppm[metric] / 1e6, spread, rank;

		spread = gsl_ran_gaussian(rng, sqrt((double)n * share * (1 - share)));
		rank = ceil((double)n * share + spread);
		rank = fmin(fmax(rank, 1), (double)n);
		values[metric] =
			(double)bins->high[bins_rank(bins->whole[side], bins->n, (uint64_t)rank)];
	}
	values[DIFF_MAX] = (double)row->side[side]->hist.max;
}

static int find_intervals(struct diff_row *row, const struct bins *bins, gsl_rng *rng)
{
	double values[2][DIFF_METRICS], *ratios;
	uint64_t *sum = calloc(bins->n, sizeof(*sum));
	int metric, side;
	size_t i;

	ratios = calloc(DIFF_METRICS * DRAWS, sizeof(*ratios));
	if (!sum || !ratios) {
		free(sum);
		free(ratios);
		return -1;
	}
	for (i = 0; i < DRAWS; i++) {
		for (side = 0; side < 2; side++)
			if (row->basis == DIFF_BLOCKS)
				draw_blocks(bins, side, rng, sum, values[side]);
			else
				draw_ranks(row, bins, side, rng, values[side]);
		for (metric = 0; metric < DIFF_METRICS; metric++)
			ratios[metric * DRAWS + (int)i] =
				values[1][metric] / fmax(1, values[0][metric]);
	}
	for (metric = 0; metric < DIFF_METRICS; metric++) {
		struct diff_figure *f = &row->figures[metric];

		if (f->known[0] && f->known[1] && (metric != DIFF_MAX || row->basis == DIFF_BLOCKS))
			set_interval(f, ratios + metric * DRAWS);
	}
	free(sum);
	free(ratios);
	return 0;
}

/* --- the row -------------------------------------------------------------------- */

static void set_figures(struct diff_row *row)
{
	int metric, side;

	for (metric = 0; metric < DIFF_METRICS; metric++) {
		struct diff_figure *f = &row->figures[metric];

		for (side = 0; side < 2; side++) {
			const struct hist *h = &row->side[side]->hist;

			f->ns[side] = h->max;
			f->known[side] = metric == DIFF_MAX ? h->n > 0 :
							      hist_percentile(h, metric_ppm[metric],
									      &f->ns[side]);
		}
	}
}

/* Test without blocks: each sample counts as independent, although it is not. */
static void test_whole(struct diff_row *row, const struct bins *bins)
{
	int metric;

	for (metric = 0; metric < DIFF_MAX; metric++) {
		struct diff_figure *f = &row->figures[metric];

		if (!f->known[0] || !f->known[1])
			continue;
		f->tested = true;
		f->p = bins_quantile_test(bins->whole[0], bins->whole[1], bins->n,
					  metric_ppm[metric]);
		f->delta = row->delta;
		f->change_ns = (double)f->ns[1] - (double)f->ns[0];
		f->change = f->change_ns / fmax(1, (double)f->ns[0]);
	}
	row->distance_p = stats_kolmogorov(row->distance, (double)row->side[0]->hist.n,
					   (double)row->side[1]->hist.n);
}

static int test_blocks(struct diff_row *row, struct bins *bins, size_t tests, gsl_rng *rng)
{
	size_t rounds = tests * ROUNDS_PER_TEST;
	int metric;

	for (metric = 0; metric < DIFF_METRICS; metric++)
		if (row->figures[metric].known[0] && row->figures[metric].known[1] &&
		    test_spans(row, bins, (enum diff_metric)metric))
			return -1;
	if (rounds < ROUNDS_MIN)
		rounds = ROUNDS_MIN;
	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	if (units_join(&bins->units[0], row->run, &bins->runs[0]) ||
	    units_join(&bins->units[1], row->run, &bins->runs[1]))
		return -1;
	return units_distance_test(&bins->runs[0], &bins->runs[1], rounds, rng, &row->distance_p);
}

/**
 * diff_row_test - set the figures, intervals and tests of a row
 * @row: its @side is set; gets everything but adjusted p values and verdicts
 * @tests: number of tests of all rows of the comparison
 *
 * The results depend on the row alone: each row starts with the same random seed.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int diff_row_test(struct diff_row *row, size_t tests)
{
	const struct result *a = row->side[0], *b = row->side[1];
	struct rank_test samples;
	struct bins bins = { 0 };
	gsl_rng *rng;
	int err;

	set_figures(row);
	row->run = 1;
	row->distance_p = 1;
	row->basis = a->blocks.n >= DIFF_SPANS_MIN && b->blocks.n >= DIFF_SPANS_MIN ?
			     DIFF_BLOCKS :
			     DIFF_HISTOGRAM;
	if (!a->hist.n || !b->hist.n)
		return 0;
	/* Its own handler ends the program. */
	gsl_set_error_handler_off();
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	err = !rng || bins_make(row, &bins) ? -1 : 0;
	if (!err) {
		row->distance = bins_distance(bins.whole[0], bins.whole[1], bins.n);
		bins_mann_whitney(bins.whole[0], bins.whole[1], bins.n, &samples);
		row->delta = samples.delta;
		if (row->basis == DIFF_BLOCKS)
			err = test_blocks(row, &bins, tests, rng);
		else
			test_whole(row, &bins);
	}
	if (!err)
		err = find_intervals(row, &bins, rng);
	bins_free(&bins);
	if (rng)
		gsl_rng_free(rng);
	return err;
}

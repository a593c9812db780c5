/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics, independent of interrupts: series of values, counts in bins, and random
 * draws from them. Each function names its source.
 */
#ifndef IRQLAT_STATISTICS_H
#define IRQLAT_STATISTICS_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- series (stats_rank.c) ------------------------------------------------- */

/**
 * struct series_view - values in the order in which they were measured
 * @x: @n values
 * @n: values in @x
 * @inflation: how many of the values are worth one independent value, at least 1
 * @part: part of each value; values of one part are compared; NULL: all values are
 */
struct series_view {
	const double *x;
	size_t n;
	double inflation;
	const size_t *part;
};

/**
 * struct rank_test - result of a Mann-Whitney test
 * @delta: Cliff's delta, -1 to 1: share of pairs in which the second value is the
 *	greater, minus the share in which it is the smaller
 * @p: two-sided p value
 */
struct rank_test {
	double delta;
	double p;
};

double stats_inflation(const double *x, size_t n);
int stats_mann_whitney(const struct series_view *a, const struct series_view *b,
		       struct rank_test *test);
int stats_shift(const struct series_view *a, const struct series_view *b, double *ratio);
int stats_holm(double *p, size_t n);
double stats_kolmogorov(double distance, double n_a, double n_b);

/* --- counts in bins (stats_bins.c) ------------------------------------------ */

uint64_t bins_sum(const uint64_t *count, size_t n_bins);
size_t bins_rank(const uint64_t *count, size_t n_bins, uint64_t rank);
uint64_t bins_nearest_rank(uint64_t n, uint32_t ppm);
double bins_distance(const uint64_t *a, const uint64_t *b, size_t n_bins);
void bins_mann_whitney(const uint64_t *a, const uint64_t *b, size_t n_bins, struct rank_test *test);
double bins_quantile_test(const uint64_t *a, const uint64_t *b, size_t n_bins, uint32_t ppm);

/* --- resampling (stats_resample.c) ------------------------------------------ */

/**
 * struct units - histograms of units of time, in their order, on common bins
 * @count: @n rows of @n_bins counts
 * @max: greatest sample of each unit
 * @n: units
 * @n_bins: bins
 */
struct units {
	uint64_t *count;
	uint64_t *max;
	size_t n;
	size_t n_bins;
};

int units_join(const struct units *u, size_t run, struct units *joined);
void units_free(struct units *u);
uint64_t units_draw(const struct units *u, gsl_rng *rng, uint64_t *sum);
int units_distance_test(const struct units *a, const struct units *b, size_t rounds, gsl_rng *rng,
			double *p);

#endif /* IRQLAT_STATISTICS_H */

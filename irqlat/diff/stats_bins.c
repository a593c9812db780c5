// SPDX-License-Identifier: GPL-2.0-or-later
/* Two sets of samples, as counts in common ascending bins. */

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "statistics.h"

uint64_t bins_sum(const uint64_t *count, size_t n_bins)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < n_bins; i++)
		sum += count[i];
	return sum;
}

/* The bin of the sample with this rank; ranks begin at 1. */
size_t bins_rank(const uint64_t *count, size_t n_bins, uint64_t rank)
{
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i + 1 < n_bins; i++) {
		seen += count[i];
		if (seen >= rank)
			break;
	}
	return i;
}

/* The rank of a percentile among @n samples, as hist_percentile() defines it. */
uint64_t bins_nearest_rank(uint64_t n, uint32_t ppm)
{
	unsigned __int128 share = (unsigned __int128)n * ppm + 999999;
	uint64_t rank = (uint64_t)(share / 1000000);

	return rank ? rank : 1;
}

/* Kolmogorov-Smirnov distance: the greatest difference of the distribution functions. */
double bins_distance(const uint64_t *a, const uint64_t *b, size_t n_bins)
{
	double n_a = (double)bins_sum(a, n_bins), n_b = (double)bins_sum(b, n_bins);
	uint64_t below_a = 0, below_b = 0;
	double distance = 0;
	size_t i;

	if (n_a == 0 || n_b == 0)
		return 0;
	for (i = 0; i < n_bins; i++) {
		below_a += a[i];
		below_b += b[i];
		distance = fmax(distance, fabs((double)below_a / n_a - (double)below_b / n_b));
	}
	return distance;
}

/**
 * bins_mann_whitney - stats_mann_whitney() on binned samples
 * @a: counts of the first samples
 * @b: counts of the second samples
 * @n_bins: bins
 * @test: result
 *
 * Samples in one bin are ties. Each sample counts as independent.
 */
void bins_mann_whitney(const uint64_t *a, const uint64_t *b, size_t n_bins, struct rank_test *test)
{
	double m = (double)bins_sum(a, n_bins), n = (double)bins_sum(b, n_bins);
	double all = m + n, below_a = 0, below_b = 0, ties = 0, variance, t;
	double greater = 0;
	size_t i;

	*test = (struct rank_test){ .p = 1 };
	if (m == 0 || n == 0)
		return;
	for (i = 0; i < n_bins; i++) {
		greater += (double)b[i] * below_a - (double)a[i] * below_b;
		below_a += (double)a[i];
		below_b += (double)b[i];
		t = (double)a[i] + (double)b[i];
		ties += t / all * (t / all) * (t / all) - t / all / all / all;
	}
	test->delta = greater / m / n;
	/* ties is the sum of t^3 - t over all^3, not over all^3 - all. */
	variance = (all + 1) / (3 * m * n) * (1 - ties / (1 - 1 / all / all));
	if (variance > 0)
		test->p = 2 * gsl_cdf_ugaussian_Q(fabs(test->delta) / sqrt(variance));
}

/**
 * bins_quantile_test - do two sets of samples have the same percentile?
 * @a: counts of the first samples
 * @b: counts of the second samples
 * @n_bins: bins
 * @ppm: percentile, parts per million
 *
 * Mood's median test for any percentile: is the share of samples above the percentile
 * of all samples the same in both sets? Each sample counts as independent.
 *
 * Returns the two-sided p value, by the normal approximation.
 */
double bins_quantile_test(const uint64_t *a, const uint64_t *b, size_t n_bins, uint32_t ppm)
{
	uint64_t n_a = bins_sum(a, n_bins), n_b = bins_sum(b, n_bins);
	uint64_t rank = bins_nearest_rank(n_a + n_b, ppm), seen = 0;
	double above_a = (double)n_a, above_b = (double)n_b, share, variance;
	size_t i;

	if (!n_a || !n_b)
		return 1;
	for (i = 0; i < n_bins && seen < rank; i++) {
		seen += a[i] + b[i];
		above_a -= (double)a[i];
		above_b -= (double)b[i];
	}
	share = (above_a + above_b) / (double)(n_a + n_b);
	variance = share * (1 - share) * (1 / (double)n_a + 1 / (double)n_b);
	if (variance <= 0)
		return 1;
	return 2 * gsl_cdf_ugaussian_Q(fabs(above_b / (double)n_b - above_a / (double)n_a) /
				       sqrt(variance));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests on series of values. */

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>

#include "statistics.h"

static double autocovariance(const double *x, size_t n, double mean, size_t lag)
{
	double sum = 0;
	size_t i;

	for (i = 0; i + lag < n; i++)
		sum += (x[i] - mean) * (x[i + lag] - mean);
	return sum / (double)n;
}

/**
 * stats_inflation - how much neighbours in a series are alike
 * @x: series
 * @n: values in it
 *
 * The variance of the mean of an autocorrelated series is larger than that of an
 * independent one by this factor: 1 + 2 x the sum of the autocorrelations. They are
 * summed in pairs of lags as long as a pair is positive (Geyer, Practical Markov chain
 * Monte Carlo, Statistical Science 7, 1992, 3.3), up to half of the series. The
 * autocorrelations are taken about the mean of the series itself, which makes each too
 * small by inflation / n to first order; the result is corrected for that. The ranks
 * take the place of the values, so that one outlier does not hide the others.
 *
 * Returns the factor, 1 to n, 1 without variance; 0 without memory.
 */
double stats_inflation(const double *x, size_t n)
{
	size_t *order = calloc(n, sizeof(*order)), i, j;
	double *rank = calloc(n, sizeof(*rank));
	double mean = ((double)n - 1) / 2, variance, pair, sum = 0, inflation;

	if (!order || !rank) {
		free(order);
		free(rank);
		return 0;
	}
	if (n < 4)
		goto out;
	gsl_sort_index(order, x, 1, n);
	for (i = 0; i < n; i = j) {
		for (j = i; j < n && x[order[j]] == x[order[i]]; j++)
			;
		for (size_t k = i; k < j; k++)
			rank[order[k]] = (double)(i + j - 1) / 2;
	}
	variance = autocovariance(rank, n, mean, 0);
	for (i = 0; variance > 0 && i + 1 < n / 2; i += 2) {
		pair = (autocovariance(rank, n, mean, i) + autocovariance(rank, n, mean, i + 1)) /
		       variance;
		if (pair <= 0)
			break;
		sum += pair;
	}
out:
	free(order);
	free(rank);
	inflation = 2 * sum - 1;
	/* The correction is valid only as long as the factor is small against n. */
	if (inflation > 1)
		inflation /= fmax(1 - inflation / (double)n, 0.5);
	return fmin(fmax(inflation, 1), fmax((double)n, 1));
}

/*
 * Rank the values of @a and @b together. @sum_a gets the sum of the ranks of @a, @ties
 * the sum of t^3 - t over groups of t equal values. Returns 0, or -1 with ENOMEM.
 */
static int rank_sum(const struct series_view *a, const struct series_view *b, double *sum_a,
		    double *ties)
{
	size_t n = a->n + b->n, i, j, k;
	double *all = calloc(n, sizeof(*all));
	size_t *order = calloc(n, sizeof(*order));

	if (!all || !order) {
		free(all);
		free(order);
		return -1;
	}
	for (i = 0; i < n; i++)
		all[i] = i < a->n ? a->x[i] : b->x[i - a->n];
	gsl_sort_index(order, all, 1, n);
	*sum_a = *ties = 0;
	for (i = 0; i < n; i = j) {
		double t;

		for (j = i; j < n && all[order[j]] == all[order[i]]; j++)
			;
		for (k = i; k < j; k++)
			if (order[k] < a->n)
				*sum_a += (double)(i + j + 1) / 2;
		t = (double)(j - i);
		*ties += t * t * t - t;
	}
	free(all);
	free(order);
	return 0;
}

/**
 * stats_mann_whitney - do two series have the same location?
 * @a: first series
 * @b: second series
 * @test: result
 *
 * Normal approximation with the correction for ties (Lehmann, Nonparametrics, 1.2 and
 * 1.4), without correction for continuity. A series counts for its length divided by
 * its inflation. Inflation is an estimate: with it, Student's distribution takes the
 * place of the normal distribution.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int stats_mann_whitney(const struct series_view *a, const struct series_view *b,
		       struct rank_test *test)
{
	double m = (double)a->n, n = (double)b->n, all = m + n;
	double worth_a = m / a->inflation, worth_b = n / b->inflation;
	double sum_a, ties, variance, z;

	if (rank_sum(a, b, &sum_a, &ties))
		return -1;
	/* Of m n pairs, sum_a - m (m + 1) / 2 have a above b. */
	test->delta = 1 - 2 * (sum_a - m * (m + 1) / 2) / (m * n);
	variance = (worth_a + worth_b + 1) / (3 * worth_a * worth_b) *
		   (1 - ties / (all * all * all - all));
	test->p = 1;
	if (variance <= 0)
		return 0;
	z = fabs(test->delta) / sqrt(variance);
	if (worth_a < m || worth_b < n)
		test->p = 2 * gsl_cdf_tdist_Q(z, fmax(1, worth_a + worth_b - 2));
	else
		test->p = 2 * gsl_cdf_ugaussian_Q(z);
	return 0;
}

/**
 * stats_shift - the typical ratio of two series
 * @a: positive values
 * @b: positive values
 * @ratio: set to the median of all b / a, within each part if there are parts (Hodges
 *	and Lehmann's estimate, of logarithms)
 *
 * Returns 0, or -1 with ENOMEM.
 */
int stats_shift(const struct series_view *a, const struct series_view *b, double *ratio)
{
	double *all = calloc(a->n, b->n * sizeof(*all));
	size_t i, j, n = 0;

	if (!all)
		return -1;
	for (i = 0; i < a->n; i++)
		for (j = 0; j < b->n; j++)
			if (!a->part || a->part[i] == b->part[j])
				all[n++] = b->x[j] / a->x[i];
	*ratio = gsl_stats_median(all, 1, n);
	free(all);
	return 0;
}

/**
 * stats_holm - adjust the p values of several tests
 * @p: @n p values; replaced by the adjusted values
 * @n: tests
 *
 * With the adjusted values, the chance that any true hypothesis is rejected is at most
 * the level (Holm, A simple sequentially rejective multiple test
 * procedure, Scandinavian Journal of Statistics 6, 1979).
 *
 * Returns 0, or -1 with ENOMEM.
 */
int stats_holm(double *p, size_t n)
{
	size_t *order, i;
	double least = 0;

	if (!n)
		return 0;
	order = calloc(n, sizeof(*order));
	if (!order)
		return -1;
	gsl_sort_index(order, p, 1, n);
	for (i = 0; i < n; i++) {
		least = fmax(least, fmin(1, p[order[i]] * (double)(n - i)));
		p[order[i]] = least;
	}
	free(order);
	return 0;
}

/**
 * stats_kolmogorov - the p value of a Kolmogorov-Smirnov distance
 * @distance: greatest difference of two empirical distribution functions
 * @n_a: independent samples of the first
 * @n_b: independent samples of the second
 *
 * Returns the chance of this distance or a greater one between samples of one
 * distribution: the limit distribution, with Stephens' correction for small numbers
 * (Journal of the Royal Statistical Society B 32, 1970).
 */
double stats_kolmogorov(double distance, double n_a, double n_b)
{
	double root = sqrt(n_a * n_b / (n_a + n_b));
	double x = (root + 0.12 + 0.11 / root) * distance, sum = 0, term;
	int k;

	/* Below 0.25 the series converges slowly, and the chance is above 1 - 1e-10. */
	if (x < 0.25)
		return 1;
	for (k = 1; k <= 100; k++) {
		term = exp(-2.0 * k * k * x * x);
		sum += k % 2 ? term : -term;
		if (term < 1e-17)
			break;
	}
	return fmin(1, fmax(0, 2 * sum));
}

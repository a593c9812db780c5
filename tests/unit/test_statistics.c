// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * irqlat's statistics. The expected values come from the definitions, not from this
 * code: pairs counted one by one and the complementary error function (Python's
 * math.erfc), all permutations of eight units, a series summed to 200 terms, or a
 * calculation by hand that the comment shows.
 */

#include "unit.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "irqlat/diff/statistics.h"

#define assert_close(x, expected, error) assert_true(fabs((x) - (expected)) <= (error))

static const double first[] = { 12, 15, 15, 18, 20, 21, 25, 30 };
static const double second[] = { 14, 19, 22, 26, 27, 31, 33, 35, 40 };

static struct series_view view(const double *x, size_t n)
{
	return (struct series_view){ x, n, 1, NULL };
}

/* 42 more of 72 pairs have the second value above than below; z with ties gives p. */
static void mann_whitney_counts_pairs(void **state)
{
	struct series_view a = view(first, N_ELEMENTS(first));
	struct series_view b = view(second, N_ELEMENTS(second));
	struct rank_test test;

	(void)state;
	assert_int_equal(stats_mann_whitney(&a, &b, &test), 0);
	assert_close(test.delta, 42.0 / 72, 1e-12);
	assert_close(test.p, 0.043179939765961385, 1e-9);
	assert_int_equal(stats_mann_whitney(&b, &a, &test), 0);
	assert_close(test.delta, -42.0 / 72, 1e-12);
	assert_close(test.p, 0.043179939765961385, 1e-9);
	assert_int_equal(stats_mann_whitney(&a, &a, &test), 0);
	assert_close(test.delta, 0, 1e-12);
	assert_close(test.p, 1, 1e-12);
}

/* With an inflation of 2, a series counts as half as many values. */
static void inflation_makes_less_sure(void **state)
{
	struct series_view a = view(first, N_ELEMENTS(first));
	struct series_view b = view(second, N_ELEMENTS(second));
	struct rank_test sure, unsure;

	(void)state;
	stats_mann_whitney(&a, &b, &sure);
	a.inflation = b.inflation = 2;
	stats_mann_whitney(&a, &b, &unsure);
	assert_true(unsure.delta == sure.delta);
	/* t = 42/72 / sqrt((4 + 4.5 + 1) / (3 x 4 x 4.5) (1 - 6/4896)), and
	 * Student's density of 6.5 degrees of freedom integrated by Simpson's rule.
	 */
	assert_close(unsure.p, 0.209801274631365, 1e-9);
	assert_true(unsure.p > sure.p);
}

static void equal_series_are_no_evidence(void **state)
{
	static const double flat[] = { 7, 7, 7, 7, 7, 7, 7, 7 };
	struct series_view a = view(flat, N_ELEMENTS(flat));
	struct rank_test test;
	double ratio;

	(void)state;
	assert_int_equal(stats_mann_whitney(&a, &a, &test), 0);
	assert_true(test.p == 1 && test.delta == 0);
	assert_true(stats_inflation(flat, N_ELEMENTS(flat)) == 1);
	assert_int_equal(stats_shift(&a, &a, &ratio), 0);
	assert_true(ratio == 1);
}

/* Ratios of { 1, 2 } and { 3, 4, 10 }: 1.5 2 3 4 5 10, median 3.5. */
static void shift_is_the_median_ratio(void **state)
{
	static const double x[] = { 1, 2 }, y[] = { 3, 4, 10 };
	struct series_view a = view(x, 2), b = view(y, 3);
	double ratio;

	(void)state;
	assert_int_equal(stats_shift(&a, &b, &ratio), 0);
	assert_close(ratio, 3.5, 1e-12);
}

/* x[i] = phi x[i - 1] + noise has inflation (1 + phi) / (1 - phi). */
static double mean_inflation(gsl_rng *rng, double phi)
{
	double x[400], sum = 0;
	int round, i;

	for (round = 0; round < 200; round++) {
		x[0] = gsl_ran_gaussian(rng, 1 / sqrt(1 - phi * phi));
		for (i = 1; i < 400; i++)
			x[i] = phi * x[i - 1] + gsl_ran_gaussian(rng, 1);
		sum += stats_inflation(x, 400);
	}
	return sum / 200;
}

static void inflation_knows_memory(void **state)
{
	static const double saw[] = { 1, 9, 2, 8, 1, 9, 2, 8, 1, 9 };
	static const double few[] = { 1, 2, 3 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	assert_in_range((long)(10 * mean_inflation(rng, 0)), 10, 14);
	assert_in_range((long)(10 * mean_inflation(rng, 0.5)), 26, 36);
	assert_in_range((long)(10 * mean_inflation(rng, 0.8)), 75, 105);
	assert_true(stats_inflation(saw, N_ELEMENTS(saw)) == 1);
	assert_true(stats_inflation(few, N_ELEMENTS(few)) == 1);
	gsl_rng_free(rng);
}

/* 4 x 0.005, 3 x 0.011, 2 x 0.02, 1 x 0.04. */
static void holm_steps_down(void **state)
{
	double p[] = { 0.02, 0.005, 0.04, 0.011 }, capped[] = { 0.6, 0.5 };

	(void)state;
	assert_int_equal(stats_holm(p, 4), 0);
	assert_close(p[1], 0.02, 1e-12);
	assert_close(p[3], 0.033, 1e-12);
	assert_close(p[0], 0.04, 1e-12);
	assert_close(p[2], 0.04, 1e-12);
	assert_int_equal(stats_holm(capped, 2), 0);
	assert_true(capped[0] == 1 && capped[1] == 1);
	assert_int_equal(stats_holm(NULL, 0), 0);
}

static void kolmogorov_is_the_series(void **state)
{
	(void)state;
	assert_close(stats_kolmogorov(0.3, 50, 50), 0.017144412343195865, 1e-12);
	assert_close(stats_kolmogorov(0.136, 200, 200), 0.044886509575881764, 1e-12);
	/* 1.3581 and 1.6276 are the critical values of 5 % and 1 %. */
	assert_close(stats_kolmogorov(1.3581e-4, 2e8, 2e8), 0.05, 1e-4);
	assert_close(stats_kolmogorov(1.6276e-4, 2e8, 2e8), 0.01, 1e-4);
	assert_true(stats_kolmogorov(0, 10, 10) == 1);
}

static const uint64_t bins_a[] = { 10, 20, 40, 20, 8, 2 };
static const uint64_t bins_b[] = { 5, 10, 30, 30, 15, 10 };

static void bins_are_samples(void **state)
{
	struct rank_test test;

	(void)state;
	assert_int_equal(bins_sum(bins_a, 6), 100);
	/* 70 of 100 against 45 of 100 up to the third bin */
	assert_close(bins_distance(bins_a, bins_b, 6), 0.25, 1e-12);
	bins_mann_whitney(bins_a, bins_b, 6, &test);
	assert_close(test.delta, 0.305, 1e-12);
	assert_close(test.p, 0.00011740923347665294, 1e-9);
	/* p90 of both is in the fifth bin: 2 of 100 lie above, and 10 of 100 */
	assert_close(bins_quantile_test(bins_a, bins_b, 6, 900000), 0.017220518332052515, 1e-9);
	assert_close(bins_quantile_test(bins_a, bins_a, 6, 900000), 1, 1e-12);
}

static void ranks_find_bins(void **state)
{
	(void)state;
	assert_int_equal(bins_nearest_rank(100, 500000), 50);
	assert_int_equal(bins_nearest_rank(101, 500000), 51);
	assert_int_equal(bins_nearest_rank(1, 1), 1);
	assert_int_equal(bins_rank(bins_a, 6, 1), 0);
	assert_int_equal(bins_rank(bins_a, 6, 10), 0);
	assert_int_equal(bins_rank(bins_a, 6, 11), 1);
	assert_int_equal(bins_rank(bins_a, 6, 100), 5);
}

static uint64_t units_a[] = { 5, 1, 0, 4, 2, 0, 6, 1, 1, 5, 2, 0 };
static uint64_t units_b[] = { 3, 3, 1, 2, 4, 2, 4, 3, 0, 1, 4, 3 };
static uint64_t max_a[] = { 1, 1, 9, 1 }, max_b[] = { 3, 3, 2, 3 };

/* Of the 70 ways to deal eight units, 2 are as far apart as these. */
static void distance_test_deals_units(void **state)
{
	struct units a = { units_a, max_a, 4, 3 }, b = { units_b, max_b, 4, 3 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double p;

	(void)state;
	assert_int_equal(units_distance_test(&a, &b, 20000, rng, &p), 0);
	assert_close(p, 2.0 / 70, 0.005);
	assert_int_equal(units_distance_test(&a, &a, 1000, rng, &p), 0);
	assert_true(p > 0.9);
	gsl_rng_free(rng);
}

static void units_are_joined(void **state)
{
	struct units a = { units_a, max_a, 4, 3 }, joined;

	(void)state;
	assert_int_equal(units_join(&a, 3, &joined), 0);
	assert_int_equal(joined.n, 2);
	assert_int_equal(joined.count[0], 15);
	assert_int_equal(joined.count[2], 1);
	assert_int_equal(joined.count[3], 5);
	assert_int_equal(joined.max[0], 9);
	assert_int_equal(joined.max[1], 1);
	units_free(&joined);
}

/* A draw has as many units as there are; the third one is in 1 - (3/4)^4. */
static void draws_are_with_replacement(void **state)
{
	struct units a = { units_a, max_a, 4, 3 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	uint64_t sum[3], first_bin = 0;
	int round, with_third = 0;

	(void)state;
	for (round = 0; round < 20000; round++) {
		with_third += units_draw(&a, rng, sum) == 9;
		first_bin += sum[0];
	}
	assert_close(with_third / 20000.0, 1 - 81.0 / 256, 0.015);
	assert_close((double)first_bin / 20000, 20, 0.1);
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mann_whitney_counts_pairs),
		cmocka_unit_test(inflation_makes_less_sure),
		cmocka_unit_test(equal_series_are_no_evidence),
		cmocka_unit_test(shift_is_the_median_ratio),
		cmocka_unit_test(inflation_knows_memory),
		cmocka_unit_test(holm_steps_down),
		cmocka_unit_test(kolmogorov_is_the_series),
		cmocka_unit_test(bins_are_samples),
		cmocka_unit_test(ranks_find_bins),
		cmocka_unit_test(distance_test_deals_units),
		cmocka_unit_test(units_are_joined),
		cmocka_unit_test(draws_are_with_replacement),
	};

	return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}

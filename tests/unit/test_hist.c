// SPDX-License-Identifier: GPL-2.0-or-later
/* tracing/hist, compared with sorted arrays. */

#include "unit.h"

#include "tracing/hist.h"

#define N 20000

/* xorshift64: the same numbers on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Values of every magnitude, 0 to 2^62. */
static void fill(struct hist *h, uint64_t *values, uint64_t seed)
{
	size_t i;

	for (i = 0; i < N; i++) {
		uint64_t r = next_random(&seed);

		values[i] = r >> (2 + r % 61);
		hist_record(h, (int64_t)values[i]);
	}
	qsort(values, N, sizeof(values[0]), compare);
}

static double width_of(unsigned int digits)
{
	double width = 1;

	while (digits--)
		width /= 10;
	return width;
}

static void percentiles_match_sorted_array(void **state)
{
	static const uint32_t shares[] = {
		1, 1000, 100000, 500000, 900000, 990000, 999000, 999500
	};
	static uint64_t values[N];
	unsigned int digits;
	size_t i;

	(void)state;
	for (digits = 1; digits <= HIST_DIGITS_MAX; digits++) {
		struct hist h;

		assert_int_equal(hist_init(&h, digits, 1000), 0);
		fill(&h, values, 42 + digits);
		for (i = 0; i < N_ELEMENTS(shares); i++) {
			uint64_t rank = ((uint64_t)N * shares[i] + 999999) / 1000000;
			uint64_t exact = values[rank - 1], got;

			assert_true(hist_percentile(&h, shares[i], &got));
			assert_true(got >= exact);
			assert_true((double)(got - exact) <= (double)exact * width_of(digits));
		}
		assert_int_equal(h.n, N);
		assert_int_equal(h.min, values[0]);
		assert_int_equal(h.max, values[N - 1]);
		hist_free(&h);
	}
}

static void buckets_cover_each_value_once(void **state)
{
	static uint64_t values[N];
	struct hist_bucket b;
	size_t position = 0, i = 0;
	uint64_t end = 0;
	struct hist h;

	(void)state;
	assert_int_equal(hist_init(&h, 3, 10), 0);
	fill(&h, values, 7);
	while (hist_next(&h, &position, &b)) {
		uint64_t count = 0;

		assert_true(b.low >= end);
		assert_true(b.high >= b.low);
		assert_true((double)(b.high - b.low) <= (double)b.low * 0.001);
		end = b.high + 1;
		for (; i < N && values[i] <= b.high; i++, count++)
			assert_true(values[i] >= b.low);
		assert_int_equal(b.count, count);
	}
	assert_int_equal(i, N);
	hist_free(&h);
}

/* The ends of every bucket, and the values next to them, are in the right bucket. */
static void buckets_are_contiguous(void **state)
{
	struct hist h;
	uint64_t v;
	size_t last = 0;

	(void)state;
	assert_int_equal(hist_init(&h, 2, 10), 0);
	for (v = 0; v < 100000; v++) {
		size_t i = hist_index(&h, v);

		assert_true(i == last || i == last + 1);
		last = i;
	}
	assert_int_equal(hist_index(&h, 255), 255);
	assert_int_equal(hist_index(&h, 256), 256);
	assert_int_equal(hist_index(&h, 257), 256);
	hist_free(&h);
}

static void few_samples_carry_no_percentile(void **state)
{
	uint64_t value = 99;
	struct hist h;
	int i;

	(void)state;
	assert_int_equal(hist_init(&h, 3, 10), 0);
	assert_false(hist_percentile(&h, 500000, &value));
	for (i = 0; i < 19; i++)
		hist_record(&h, 5);
	/* rank 10 of 19: nine beyond */
	assert_false(hist_percentile(&h, 500000, &value));
	hist_record(&h, 5);
	assert_true(hist_percentile(&h, 500000, &value));
	assert_int_equal(value, 5);
	for (; i < 999; i++)
		hist_record(&h, 5);
	/* 1000 samples: ten beyond p99, one beyond p99.9 */
	assert_true(hist_percentile(&h, 990000, &value));
	assert_false(hist_percentile(&h, 999000, &value));
	assert_false(hist_percentile(&h, 1000000, &value));
	hist_free(&h);
}

static void negatives_are_counted_apart(void **state)
{
	struct hist h;

	(void)state;
	assert_int_equal(hist_init(&h, 3, 10), 0);
	hist_record(&h, -1);
	hist_record(&h, INT64_MIN);
	hist_record(&h, 7);
	assert_int_equal(h.negative, 2);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.min, 7);
	assert_int_equal(h.max, 7);
	assert_true(hist_mean(&h) == 7);
	hist_free(&h);
}

static void merged_is_recorded_in_one(void **state)
{
	static uint64_t values[N];
	struct hist a, b, both;
	uint64_t va, vb;
	size_t i;

	(void)state;
	hist_init(&a, 3, 10);
	hist_init(&b, 3, 10);
	hist_init(&both, 3, 10);
	fill(&both, values, 5);
	for (i = 0; i < N; i++)
		hist_record(i % 3 ? &a : &b, (int64_t)values[i]);
	hist_record(&b, -5);
	assert_int_equal(hist_merge(&a, &b), 0);
	assert_int_equal(a.n, both.n);
	assert_int_equal(a.sum, both.sum);
	assert_int_equal(a.min, both.min);
	assert_int_equal(a.max, both.max);
	assert_int_equal(a.negative, 1);
	for (i = 1000; i < 999000; i += 1000) {
		assert_true(hist_percentile(&a, (uint32_t)i, &va));
		assert_true(hist_percentile(&both, (uint32_t)i, &vb));
		assert_int_equal(va, vb);
	}
	hist_free(&b);
	hist_init(&b, 2, 10);
	assert_int_equal(hist_merge(&a, &b), -1);
	hist_free(&a);
	hist_free(&b);
	hist_free(&both);
}

static void bad_precision_is_refused(void **state)
{
	struct hist h;

	(void)state;
	assert_int_equal(hist_init(&h, 0, 10), -1);
	assert_int_equal(hist_init(&h, HIST_DIGITS_MAX + 1, 10), -1);
}

/* Buckets of powers of two, as the kernel has them. */
static void powers_of_two(void **state)
{
	struct hist_bucket b;
	struct hist h, copy;
	size_t position = 0;
	uint64_t low = 1;

	(void)state;
	assert_int_equal(hist_init_log2(&h), 0);
	for (uint64_t value = 1; value < (uint64_t)1 << 62; value *= 2) {
		hist_record(&h, (int64_t)value);
		hist_record(&h, (int64_t)(2 * value - 1));
	}
	assert_int_equal(hist_copy(&copy, &h), 0);
	while (hist_next(&copy, &position, &b)) {
		assert_int_equal(b.low, low);
		assert_int_equal(b.high, 2 * low - 1);
		assert_int_equal(b.count, 2);
		low *= 2;
	}
	assert_int_equal(low, (uint64_t)1 << 62);
	hist_free(&h);
	hist_free(&copy);
}

/* The difference has the later samples, as exactly as the buckets. */
static void earlier_is_subtracted(void **state)
{
	struct hist h, earlier;

	(void)state;
	hist_init(&h, 3, 0);
	hist_record_n(&h, 10, 3);
	hist_record_n(&h, 70000, 2);
	assert_int_equal(hist_copy(&earlier, &h), 0);
	hist_record_n(&h, 500, 4);
	hist_record_n(&h, 900000, 1);
	hist_subtract(&h, &earlier);
	assert_int_equal(h.n, 5);
	assert_int_equal(h.sum, 4 * 500 + 900000);
	assert_int_equal(h.min, 500);
	assert_in_range(h.max, 900000, 900900);
	hist_subtract(&h, &h);
	assert_int_equal(h.n, 0);
	assert_int_equal(h.min, UINT64_MAX);
	hist_free(&h);
	hist_free(&earlier);
}

/* The result is as precise as the less precise of both, and exact otherwise. */
static void joined_with_another_precision(void **state)
{
	struct hist a, b, c;
	uint64_t p50;

	(void)state;
	assert_int_equal(hist_init(&a, 3, 0), 0);
	assert_int_equal(hist_init(&b, 2, 0), 0);
	assert_int_equal(hist_init_log2(&c), 0);
	for (int i = 0; i < 100; i++) {
		hist_record(&a, 100001);
		hist_record(&b, 100001);
		hist_record(&c, 100001);
	}
	assert_int_equal(hist_join(&a, &b), 0);
	assert_int_equal(a.n, 200);
	assert_int_equal(a.sum, 200 * 100001);
	assert_int_equal(a.sub_bits, b.sub_bits);
	assert_int_equal(hist_index(&a, 100001), hist_index(&b, 100001));
	assert_int_equal(hist_join(&c, &a), 0);
	assert_int_equal(c.n, 300);
	assert_int_equal(c.sub_bits, 1);
	assert_int_equal(c.max, 100001);
	assert_true(hist_percentile(&c, 500000, &p50));
	assert_int_equal(p50, 100001);
	hist_free(&a);
	hist_free(&b);
	hist_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined_with_another_precision),
		cmocka_unit_test(percentiles_match_sorted_array),
		cmocka_unit_test(buckets_cover_each_value_once),
		cmocka_unit_test(buckets_are_contiguous),
		cmocka_unit_test(few_samples_carry_no_percentile),
		cmocka_unit_test(negatives_are_counted_apart),
		cmocka_unit_test(merged_is_recorded_in_one),
		cmocka_unit_test(bad_precision_is_refused),
		cmocka_unit_test(powers_of_two),
		cmocka_unit_test(earlier_is_subtracted),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}

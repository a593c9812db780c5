/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hist - log-linear histogram of latencies, in the HdrHistogram layout
 *
 * Each power of two is divided into the same number of equal buckets, so that a
 * bucket is never wider than 1/1024 of its values at the default 3 significant
 * digits: every value read back is within 0.1 % of what was recorded, over the
 * whole range of 63 bits. The array grows on demand, by whole powers of two.
 *
 * Values are nanoseconds here, but nothing depends on it. Not thread safe: there is
 * one writer, and no reader while it writes.
 */
#ifndef TRACING_HIST_H
#define TRACING_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIST_DIGITS_DEFAULT 3
#define HIST_DIGITS_MAX	    5

/* Samples that must lie beyond a percentile for it to mean anything. */
#define HIST_BEYOND_MIN 10

/**
 * struct hist - histogram
 * @count: samples in each bucket; @n_buckets of them
 * @n_buckets: buckets allocated
 * @sub_bits: values below 2^@sub_bits have a bucket of their own
 * @digits: significant decimal digits; 0: powers of two, see hist_init_log2()
 * @n: samples recorded, without @negative and @lost
 * @negative: samples below zero; they are counted only here
 * @lost: samples without a bucket because memory ran out
 * @sum: sum of the @n values
 * @min: smallest, exact; UINT64_MAX while @n is 0
 * @max: largest, exact
 */
struct hist {
	uint64_t *count;
	size_t n_buckets;
	unsigned int sub_bits;
	unsigned int digits;
	uint64_t n;
	uint64_t negative;
	uint64_t lost;
	uint64_t sum;
	uint64_t min;
	uint64_t max;
};

/* The values from @low to @high, both included. */
struct hist_bucket {
	uint64_t low;
	uint64_t high;
	uint64_t count;
};

int hist_init(struct hist *h, unsigned int digits, uint64_t expected_max);
int hist_init_log2(struct hist *h);
int hist_copy(struct hist *to, const struct hist *from);
void hist_subtract(struct hist *h, const struct hist *earlier);
void hist_free(struct hist *h);
bool hist_grow(struct hist *h, size_t index);
int hist_merge(struct hist *to, const struct hist *from);
int hist_join(struct hist *to, const struct hist *from);
bool hist_percentile(const struct hist *h, uint32_t ppm, uint64_t *value);
double hist_mean(const struct hist *h);
bool hist_next(const struct hist *h, size_t *position, struct hist_bucket *b);

/* Index of the bucket that holds @value. */
static inline size_t hist_index(const struct hist *h, uint64_t value)
{
	unsigned int half_bits = h->sub_bits - 1;
	unsigned int shift;

	if (value >> h->sub_bits == 0)
		return value;
	shift = 63 - (unsigned int)__builtin_clzll(value) - half_bits;
	return ((size_t)shift << half_bits) + (value >> shift);
}

/**
 * hist_record_n - record the same value several times
 * @h: histogram
 * @value: a negative value only increases @h->negative
 * @times: how often
 */
static inline void hist_record_n(struct hist *h, int64_t value, uint64_t times)
{
	uint64_t v = (uint64_t)value;
	size_t i;

	if (value < 0) {
		h->negative += times;
		return;
	}
	i = hist_index(h, v);
	if (__builtin_expect(i >= h->n_buckets, 0) && !hist_grow(h, i)) {
		h->lost += times;
		return;
	}
	h->count[i] += times;
	h->n += times;
	h->sum += v * times;
	if (v < h->min)
		h->min = v;
	if (v > h->max)
		h->max = v;
}

/* Record one value. */
static inline void hist_record(struct hist *h, int64_t value)
{
	hist_record_n(h, value, 1);
}

#endif /* TRACING_HIST_H */

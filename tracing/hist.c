// SPDX-License-Identifier: GPL-2.0-or-later
/* Log-linear histogram; the layout is described in hist.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

/* First value of bucket @index. */
static uint64_t bucket_low(const struct hist *h, size_t index)
{
	unsigned int half_bits = h->sub_bits - 1;
	size_t half = (size_t)1 << half_bits;
	size_t shift;

	if (index < 2 * half)
		return index;
	shift = index / half - 1;
	return (uint64_t)(index % half + half) << shift;
}

static uint64_t bucket_high(const struct hist *h, size_t index)
{
	unsigned int half_bits = h->sub_bits - 1;
	size_t half = (size_t)1 << half_bits;

	if (index < 2 * half)
		return index;
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): at least 1 */
	return bucket_low(h, index) + (((uint64_t)1 << (index / half - 1)) - 1);
}

/**
 * hist_init - make an empty histogram
 * @h: overwritten
 * @digits: significant decimal digits kept, 1 to HIST_DIGITS_MAX
 * @expected_max: room for values up to this is allocated now, so that recording
 *	them never allocates
 *
 * Returns 0, or -1 with errno: EINVAL, ENOMEM. hist_free() it.
 */
int hist_init(struct hist *h, unsigned int digits, uint64_t expected_max)
{
	uint64_t single = 2;
	unsigned int i;

	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
	if (digits < 1 || digits > HIST_DIGITS_MAX) {
		errno = EINVAL;
		return -1;
	}
	h->digits = digits;
	/* Values up to 2 * 10^digits have a bucket of their own. */
	for (i = 0; i < digits; i++)
		single *= 10;
	while ((uint64_t)1 << h->sub_bits < single)
		h->sub_bits++;
	if (expected_max > INT64_MAX)
		expected_max = INT64_MAX;
	return hist_grow(h, hist_index(h, expected_max)) ? 0 : -1;
}

/**
 * hist_init_log2 - make an empty histogram with a bucket for each power of two
 * @h: overwritten
 *
 * Bucket k holds 2^k to 2^(k+1) - 1; 0 has a bucket of its own. Returns 0, or -1 with
 * errno ENOMEM.
 */
int hist_init_log2(struct hist *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
	h->sub_bits = 1;
	return hist_grow(h, 32) ? 0 : -1;
}

/**
 * hist_copy - copy a histogram
 * @to: overwritten
 * @from: unchanged
 *
 * Returns 0, or -1 with errno ENOMEM; then @to is empty and may be freed.
 */
int hist_copy(struct hist *to, const struct hist *from)
{
	size_t bytes = from->n_buckets * sizeof(*from->count);

	*to = *from;
	to->count = malloc(bytes);
	if (!to->count) {
		memset(to, 0, sizeof(*to));
		return -1;
	}
	memcpy(to->count, from->count, bytes);
	return 0;
}

/**
 * hist_subtract - subtract an earlier state
 * @h: gets the differences
 * @earlier: earlier state of @h, so that none of its counts is greater
 *
 * @h->min and @h->max become the ends of the outermost buckets.
 */
void hist_subtract(struct hist *h, const struct hist *earlier)
{
	struct hist_bucket b;
	size_t i = 0, n = earlier->n_buckets;

	for (i = 0; i < n && i < h->n_buckets; i++)
		h->count[i] -= earlier->count[i];
	h->n -= earlier->n;
	h->sum -= earlier->sum;
	h->negative -= earlier->negative;
	h->lost -= earlier->lost;
	h->min = UINT64_MAX;
	h->max = 0;
	for (i = 0; hist_next(h, &i, &b);) {
		if (b.low < h->min)
			h->min = b.low;
		h->max = b.high;
	}
}

/**
 * hist_free - free what a histogram owns
 * @h: may be all zeroes, or freed already
 */
void hist_free(struct hist *h)
{
	free(h->count);
	memset(h, 0, sizeof(*h));
}

/* Makes room for bucket @index. Returns false, with ENOMEM, when it cannot. */
bool hist_grow(struct hist *h, size_t index)
{
	size_t half = (size_t)1 << (h->sub_bits - 1);
	size_t n = (index / half + 1) * half;
	uint64_t *count = realloc(h->count, n * sizeof(*count));

	if (!count)
		return false;
	memset(count + h->n_buckets, 0, (n - h->n_buckets) * sizeof(*count));
	h->count = count;
	h->n_buckets = n;
	return true;
}

/**
 * hist_merge - add all samples of one histogram to another
 * @to: gets the samples
 * @from: unchanged
 *
 * Returns 0, or -1 with errno, and @to is unchanged: EINVAL when the precision differs,
 * ENOMEM.
 */
int hist_merge(struct hist *to, const struct hist *from)
{
	size_t i;

	if (to->sub_bits != from->sub_bits) {
		errno = EINVAL;
		return -1;
	}
	if (from->n_buckets > to->n_buckets && !hist_grow(to, from->n_buckets - 1))
		return -1;
	for (i = 0; i < from->n_buckets; i++)
		to->count[i] += from->count[i];
	to->n += from->n;
	to->negative += from->negative;
	to->lost += from->lost;
	to->sum += from->sum;
	if (from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	return 0;
}

/* An empty histogram of the precision of @like. Returns 0, or -1 with errno ENOMEM. */
static int init_like(struct hist *h, const struct hist *like)
{
	return like->digits ? hist_init(h, like->digits, 0) : hist_init_log2(h);
}

/* Add the counts of @from, which is at least as precise. Returns 0, or -1 with ENOMEM. */
static int add_counts(struct hist *to, const struct hist *from)
{
	uint64_t sum = to->sum + from->sum;
	uint64_t min = from->min < to->min ? from->min : to->min;
	uint64_t max = from->max > to->max ? from->max : to->max;
	uint64_t lost = to->lost;
	struct hist_bucket b;
	size_t position = 0;

	while (hist_next(from, &position, &b))
		hist_record_n(to, (int64_t)b.low, b.count);
	if (to->lost != lost) {
		errno = ENOMEM;
		return -1;
	}
	to->sum = sum;
	to->min = min;
	to->max = max;
	to->negative += from->negative;
	to->lost += from->lost;
	return 0;
}

/**
 * hist_join - add all samples of one histogram to another of any precision
 * @to: gets the samples, and the precision of the less precise of both. Buckets of that
 *	consist of whole buckets of the other.
 * @from: unchanged
 *
 * Returns 0, or -1 with errno ENOMEM; @to may have some of the samples then.
 */
int hist_join(struct hist *to, const struct hist *from)
{
	struct hist coarse;

	if (to->sub_bits == from->sub_bits)
		return hist_merge(to, from);
	if (to->sub_bits > from->sub_bits) {
		if (init_like(&coarse, from))
			return -1;
		if (add_counts(&coarse, to)) {
			hist_free(&coarse);
			return -1;
		}
		hist_free(to);
		*to = coarse;
		return hist_merge(to, from);
	}
	return add_counts(to, from);
}

/**
 * hist_percentile - the value that a share of the samples does not exceed
 * @h: histogram
 * @ppm: the share in millionths: p99.9 is 999000
 * @value: the sample of nearest rank, ceil(n * share), as the upper end of its
 *	bucket, but not above the maximum: a latency is not understated
 *
 * Returns true, or false when fewer than HIST_BEYOND_MIN samples are beyond that rank:
 * so few say nothing about the percentile.
 */
bool hist_percentile(const struct hist *h, uint32_t ppm, uint64_t *value)
{
	unsigned __int128 share = (unsigned __int128)h->n * ppm + 999999;
	uint64_t rank = (uint64_t)(share / 1000000);
	uint64_t seen = 0;
	size_t i;

	if (rank < 1)
		rank = 1;
	if (h->n < rank || h->n - rank < HIST_BEYOND_MIN)
		return false;
	for (i = 0; i < h->n_buckets; i++) {
		seen += h->count[i];
		if (seen >= rank)
			break;
	}
	*value = bucket_high(h, i);
	if (*value > h->max)
		*value = h->max;
	return true;
}

/**
 * hist_mean - arithmetic mean
 * @h: histogram
 *
 * Exact up to the rounding of a double; 0 without samples.
 */
double hist_mean(const struct hist *h)
{
	return h->n ? (double)h->sum / (double)h->n : 0;
}

/**
 * hist_next - iterate over the buckets that hold samples, ascending
 * @h: histogram
 * @position: 0 to start with; kept by this function
 * @b: the bucket
 *
 * Returns false after the last one.
 */
bool hist_next(const struct hist *h, size_t *position, struct hist_bucket *b)
{
	size_t i;

	for (i = *position; i < h->n_buckets; i++) {
		if (!h->count[i])
			continue;
		b->low = bucket_low(h, i);
		b->high = bucket_high(h, i);
		b->count = h->count[i];
		*position = i + 1;
		return true;
	}
	*position = i;
	return false;
}

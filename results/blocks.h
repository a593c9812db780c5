/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the same samples once more, second by second
 *
 * Samples that follow each other are alike: what happened in one second, and not
 * the single sample, is what two runs may be compared by. So a result keeps a
 * small histogram of each second. A run of a few seconds would have too few of
 * them: its blocks are shorter, and become twice as long whenever there are
 * BLOCKS_SHORT_MAX, up to a second. A long run joins neighbours in the same way
 * whenever there are BLOCKS_MAX: memory stays bounded.
 */
#ifndef RESULTS_BLOCKS_H
#define RESULTS_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "tracing/hist.h"

#define BLOCKS_MAX 256
/* At first. */
#define BLOCKS_LENGTH_NS 125000000ull
/* What blocks grow to at once, and how many there are until then. */
#define BLOCKS_LONG_NS	 1000000000ull
#define BLOCKS_SHORT_MAX 64
/* No run is as long as that: 833 days. */
#define BLOCKS_END_NS (1ull << 56)
/* A value read back is within 0.8 %. */
#define BLOCKS_DIGITS 2

/**
 * struct block - the samples of one span of time
 * @start_ns: from the begin of the run
 * @n: samples
 * @max: the greatest of them, exact
 * @part: which of the runs that blocks_join() put together, from 0
 * @buckets: @n_buckets of them, ascending
 */
struct block {
	uint64_t start_ns;
	uint64_t n;
	uint64_t max;
	size_t part;
	struct hist_bucket *buckets;
	size_t n_buckets;
};

/**
 * struct blocks - all of a result
 * @length_ns: how long a block is; 0: there are none, see blocks_init()
 * @list: @n of them, ascending in time; spans without samples have none
 * @open: samples of the span that is being recorded, from @open_start_ns on
 */
struct blocks {
	uint64_t length_ns;
	struct block *list;
	size_t n;
	struct hist open;
	uint64_t open_start_ns;
};

int blocks_init(struct blocks *b);
void blocks_record(struct blocks *b, uint64_t at_ns, int64_t value);
void blocks_close(struct blocks *b);
int blocks_append(struct blocks *b, uint64_t start_ns, const struct hist *h);
void blocks_add_to(const struct block *block, struct hist *h);
int blocks_join(struct blocks *b, struct blocks *later);
void blocks_free(struct blocks *b);

#endif /* RESULTS_BLOCKS_H */

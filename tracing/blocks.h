/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the samples of a result second by second
 *
 * Samples that follow each other are alike, so two runs are compared second by
 * second, not sample by sample: a result keeps a small histogram of each second, a
 * block. A run of a few seconds would have too few blocks. Its blocks are shorter,
 * and become twice as long whenever there are BLOCKS_SHORT_MAX of them, until they
 * are a second long. To bound memory, a long run makes its blocks twice as long
 * whenever there are BLOCKS_MAX of them.
 */
#ifndef TRACING_BLOCKS_H
#define TRACING_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "hist.h"

#define BLOCKS_MAX 256
/* Length of the first blocks. */
#define BLOCKS_LENGTH_NS 125000000ull
/* Blocks shorter than this are joined when there are BLOCKS_SHORT_MAX of them. */
#define BLOCKS_LONG_NS	 1000000000ull
#define BLOCKS_SHORT_MAX 64
/* Upper limit of times in a file: 833 days, longer than any run. */
#define BLOCKS_END_NS (1ull << 56)
/* Precision of the histograms: a value read back is within 0.8 %. */
#define BLOCKS_DIGITS 2

/**
 * struct block - the samples of one span of time
 * @start_ns: begin of the span, counted from the begin of the run
 * @n: samples in the span, at least 1
 * @max: the greatest sample, ns, exact
 * @part: number of the run, from 0, among those that blocks_join() put together
 * @buckets: @n_buckets buckets, ascending, in ns; owned by the block
 * @n_buckets: buckets in @buckets
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
 * struct blocks - all blocks of a result
 * @length_ns: length of a block; 0: the result has no blocks, see blocks_init()
 * @list: @n blocks, ascending in time; a span without samples has no block
 * @n: blocks in @list
 * @open: samples of the span that is being recorded
 * @open_start_ns: begin of that span
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
int blocks_copy(struct blocks *to, const struct blocks *from);
int blocks_join(struct blocks *b, struct blocks *later);
void blocks_free(struct blocks *b);

#endif /* TRACING_BLOCKS_H */

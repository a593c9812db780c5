// SPDX-License-Identifier: GPL-2.0-or-later
/* A result second by second; blocks.h says what for. */

#include <stdlib.h>
#include <string.h>

#include "blocks.h"

/* Histograms have room for samples up to this from the start. */
#define EXPECTED_MAX_NS 100000000ull

/**
 * blocks_init - prepare to record blocks
 * @b: overwritten; blocks_free() frees it
 *
 * A zeroed struct is valid without this: blocks_record() ignores samples then.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int blocks_init(struct blocks *b)
{
	memset(b, 0, sizeof(*b));
	if (hist_init(&b->open, BLOCKS_DIGITS, EXPECTED_MAX_NS))
		return -1;
	b->length_ns = BLOCKS_LENGTH_NS;
	return 0;
}

void blocks_free(struct blocks *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		free(b->list[i].buckets);
	free(b->list);
	hist_free(&b->open);
	memset(b, 0, sizeof(*b));
}

/**
 * blocks_add_to - add the samples of a block to a histogram
 * @block: the block
 * @h: histogram of BLOCKS_DIGITS digits
 */
void blocks_add_to(const struct block *block, struct hist *h)
{
	size_t i;

	for (i = 0; i < block->n_buckets; i++)
		hist_record_n(h, (int64_t)block->buckets[i].low, block->buckets[i].count);
	if (block->max > h->max)
		h->max = block->max;
}

/* Set the samples of @block to those of @h. Returns 0, or -1 with ENOMEM. */
static int block_fill(struct block *block, const struct hist *h)
{
	struct hist_bucket b, *buckets;
	size_t position = 0, n = 0;

	while (hist_next(h, &position, &b))
		n++;
	buckets = reallocarray(NULL, n, sizeof(*buckets));
	if (!buckets)
		return -1;
	for (position = 0, n = 0; hist_next(h, &position, &b); n++)
		buckets[n] = b;
	free(block->buckets);
	block->buckets = buckets;
	block->n_buckets = n;
	block->n = h->n;
	block->max = h->max;
	return 0;
}

static void hist_clear(struct hist *h)
{
	memset(h->count, 0, h->n_buckets * sizeof(*h->count));
	h->n = h->sum = h->negative = h->lost = h->max = 0;
	h->min = UINT64_MAX;
}

/* Make blocks twice as long. Returns 0, or -1 with ENOMEM; @b is valid then, too. */
static int join_pairs(struct blocks *b)
{
	uint64_t length_ns = 2 * b->length_ns;
	size_t i, kept = 0;
	struct hist both;
	int err = 0;

	if (hist_init(&both, BLOCKS_DIGITS, EXPECTED_MAX_NS))
		return -1;
	for (i = 0; i < b->n; i++) {
		struct block *block = &b->list[i], *last;

		block->start_ns -= block->start_ns % length_ns;
		last = kept ? &b->list[kept - 1] : NULL;
		if (err || !last || last->start_ns != block->start_ns) {
			b->list[kept++] = *block;
			continue;
		}
		blocks_add_to(last, &both);
		blocks_add_to(block, &both);
		err = block_fill(last, &both);
		hist_clear(&both);
		free(block->buckets);
	}
	hist_free(&both);
	b->n = kept;
	b->length_ns = length_ns;
	return err;
}

/**
 * blocks_append - add a block at the end
 * @b: blocks
 * @start_ns: its begin, counted from the begin of the run; after that of the last block
 * @h: its samples, at least one; of BLOCKS_DIGITS digits
 *
 * Returns 0, or -1 with ENOMEM.
 */
int blocks_append(struct blocks *b, uint64_t start_ns, const struct hist *h)
{
	struct block *list = reallocarray(b->list, b->n + 1, sizeof(*list));

	if (!list)
		return -1;
	b->list = list;
	list[b->n] = (struct block){ .start_ns = start_ns };
	if (block_fill(&list[b->n], h))
		return -1;
	b->n++;
	return 0;
}

/* Make the open span a block. Returns 0, or -1 with ENOMEM. */
static int close_open(struct blocks *b)
{
	if (!b->open.n)
		return 0;
	if (blocks_append(b, b->open_start_ns, &b->open))
		return -1;
	hist_clear(&b->open);
	return 0;
}

static size_t most_blocks(const struct blocks *b)
{
	return b->length_ns < BLOCKS_LONG_NS ? BLOCKS_SHORT_MAX : BLOCKS_MAX;
}

/*
 * Open the span that contains @at_ns. When blocks have just become longer, the last
 * block may be the first part of that span: its samples move back into the open span.
 */
static void open_span(struct blocks *b, uint64_t at_ns)
{
	struct block *last = b->n ? &b->list[b->n - 1] : NULL;

	b->open_start_ns = at_ns - at_ns % b->length_ns;
	if (!last || last->start_ns != b->open_start_ns)
		return;
	blocks_add_to(last, &b->open);
	free(last->buckets);
	b->n--;
}

/**
 * blocks_record - record a sample
 * @b: blocks
 * @at_ns: when the sample ended, counted from the begin of the run. A sample that
 *	ended before the one recorded last is counted in the open span
 * @value: ns; negative values are in no block
 *
 * Allocates memory when a span ends. Without memory, all blocks are freed, and the
 * result has no blocks.
 */
void blocks_record(struct blocks *b, uint64_t at_ns, int64_t value)
{
	if (!b->length_ns)
		return;
	if (at_ns >= b->open_start_ns + b->length_ns) {
		int err = close_open(b);

		/* If samples are rare, twice as long may not be enough. */
		while (!err && b->n >= most_blocks(b))
			err = join_pairs(b);
		if (err) {
			blocks_free(b);
			return;
		}
		open_span(b, at_ns);
	}
	hist_record(&b->open, value);
	if (b->open.lost)
		blocks_free(b);
}

/**
 * blocks_close - make the last span a block
 * @b: blocks; blocks_record() must not be called any more
 *
 * Without memory, all blocks are freed.
 */
void blocks_close(struct blocks *b)
{
	if (close_open(b))
		blocks_free(b);
}

/**
 * blocks_copy - copy all blocks
 * @to: overwritten; blocks_free() frees it, also after an error
 * @from: closed
 *
 * Returns 0, or -1 with ENOMEM.
 */
int blocks_copy(struct blocks *to, const struct blocks *from)
{
	memset(to, 0, sizeof(*to));
	to->length_ns = from->length_ns;
	to->list = calloc(from->n + 1, sizeof(*to->list));
	if (!to->list)
		return -1;
	for (; to->n < from->n; to->n++) {
		const struct block *block = &from->list[to->n];
		size_t bytes = block->n_buckets * sizeof(*block->buckets);

		to->list[to->n] = *block;
		to->list[to->n].buckets = malloc(bytes ? bytes : 1);
		if (!to->list[to->n].buckets)
			return -1;
		memcpy(to->list[to->n].buckets, block->buckets, bytes);
	}
	return 0;
}

/* Append the blocks of @later behind those of @b. Returns 0, or -1 with ENOMEM. */
static int append_all(struct blocks *b, const struct blocks *later)
{
	/* Far enough apart that join_pairs() never joins blocks of two runs. */
	uint64_t span_ns = b->length_ns * BLOCKS_MAX, from_ns = 0;
	size_t part = b->n ? b->list[b->n - 1].part + 1 : 0, i;
	struct hist h;
	int err = 0;

	if (b->n)
		from_ns = (b->list[b->n - 1].start_ns / span_ns + 1) * span_ns;
	if (hist_init(&h, BLOCKS_DIGITS, EXPECTED_MAX_NS))
		return -1;
	for (i = 0; i < later->n && !err; i++) {
		hist_clear(&h);
		blocks_add_to(&later->list[i], &h);
		err = h.lost ? -1 : blocks_append(b, from_ns + later->list[i].start_ns, &h);
		if (!err)
			b->list[b->n - 1].part = part + later->list[i].part;
	}
	hist_free(&h);
	return err;
}

/**
 * blocks_join - append the blocks of another run
 * @b: closed; gets copies of the blocks of @later. All blocks become as long as the
 *	longest, and longer if there are more than BLOCKS_MAX
 * @later: closed; its blocks become as long as those of @b
 *
 * If one of them has no blocks, @b has none afterwards. The caller still frees both.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int blocks_join(struct blocks *b, struct blocks *later)
{
	if (!b->n || !later->n) {
		blocks_free(b);
		return 0;
	}
	while (b->length_ns < later->length_ns)
		if (join_pairs(b))
			return -1;
	while (later->length_ns < b->length_ns)
		if (join_pairs(later))
			return -1;
	if (append_all(b, later))
		return -1;
	while (b->n > BLOCKS_MAX)
		if (join_pairs(b))
			return -1;
	return 0;
}

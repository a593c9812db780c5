// SPDX-License-Identifier: GPL-2.0-or-later
/* A result second by second: recorded, joined, written and read back. */

#include "unit.h"

#include "tracing/blocks.h"
#include "results/io.h"

/* Length of the first blocks. */
#define LENGTH BLOCKS_LENGTH_NS

static void a_block_is_a_span_of_time(void **state)
{
	struct blocks b;

	(void)state;
	assert_int_equal(blocks_init(&b), 0);
	blocks_record(&b, 0, 10);
	blocks_record(&b, LENGTH - 1, 2000);
	blocks_record(&b, LENGTH, 30);
	blocks_record(&b, LENGTH + 1, -5);
	blocks_record(&b, 7 * LENGTH + 5, 123456);
	blocks_close(&b);
	assert_int_equal(b.n, 3);
	assert_int_equal(b.list[0].start_ns, 0);
	assert_int_equal(b.list[0].n, 2);
	assert_int_equal(b.list[0].max, 2000);
	assert_int_equal(b.list[0].n_buckets, 2);
	assert_int_equal(b.list[1].start_ns, LENGTH);
	assert_int_equal(b.list[1].n, 1);
	assert_int_equal(b.list[2].start_ns, 7 * LENGTH);
	assert_int_equal(b.list[2].max, 123456);
	blocks_free(&b);
}

/* There are at most BLOCKS_MAX blocks, whatever the length of the run and the samples. */
static void blocks_stay_few(void **state)
{
	static const uint64_t gaps_ns[] = { LENGTH / 3, LENGTH, 5 * LENGTH, 1000 * LENGTH };
	uint64_t n, at;
	struct blocks b;
	size_t i, j;

	(void)state;
	for (i = 0; i < N_ELEMENTS(gaps_ns); i++) {
		assert_int_equal(blocks_init(&b), 0);
		for (at = 0; at < 5000; at++)
			blocks_record(&b, at * gaps_ns[i], (int64_t)at);
		blocks_close(&b);
		assert_in_range(b.n, BLOCKS_MAX / 4, BLOCKS_MAX);
		for (j = 0, n = 0; j < b.n; j++) {
			assert_int_equal(b.list[j].start_ns % b.length_ns, 0);
			assert_true(!j || b.list[j].start_ns > b.list[j - 1].start_ns);
			n += b.list[j].n;
		}
		assert_int_equal(n, 5000);
		assert_int_equal(b.list[b.n - 1].max, 4999);
		blocks_free(&b);
	}
}

static void record_every(struct blocks *b, uint64_t gap_ns, uint64_t n)
{
	uint64_t i;

	assert_int_equal(blocks_init(b), 0);
	for (i = 0; i < n; i++)
		blocks_record(b, i * gap_ns, (int64_t)i + 1);
	blocks_close(b);
}

/* A run of a second or two has enough blocks to compare; longer runs have longer blocks. */
static void short_runs_have_short_blocks(void **state)
{
	static const struct {
		uint64_t seconds, length_ns;
		size_t n;
	} cases[] = {
		{ 1, 125000000, 8 },   { 2, 125000000, 16 },   { 10, 250000000, 40 },
		{ 30, 500000000, 60 }, { 60, 1000000000, 60 }, { 200, 1000000000, 200 },
	};
	struct blocks b;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		record_every(&b, 10000000, 100 * cases[i].seconds);
		assert_int_equal(b.length_ns, cases[i].length_ns);
		assert_int_equal(b.n, cases[i].n);
		blocks_free(&b);
	}
}

/* Runs of any length can be joined. */
static void runs_are_joined(void **state)
{
	static const uint64_t lengths[][2] = {
		{ 10, 20 }, { 200, 200 }, { 1000, 10 }, { 10, 1000 }, { 5000, 5000 },
	};
	struct blocks b, later;
	uint64_t n, first;
	size_t i, j;

	(void)state;
	for (i = 0; i < N_ELEMENTS(lengths); i++) {
		record_every(&b, LENGTH, lengths[i][0]);
		record_every(&later, LENGTH, lengths[i][1]);
		assert_int_equal(blocks_join(&b, &later), 0);
		assert_in_range(b.n, 1, BLOCKS_MAX);
		assert_int_equal(b.length_ns, later.length_ns > b.length_ns ? 0 : b.length_ns);
		for (j = 0, n = 0, first = 0; j < b.n; j++) {
			assert_int_equal(b.list[j].start_ns % b.length_ns, 0);
			assert_true(!j || b.list[j].start_ns > b.list[j - 1].start_ns);
			n += b.list[j].n;
			/* No block has samples of both. */
			if (n == lengths[i][0])
				first = b.list[j].max;
		}
		assert_int_equal(n, lengths[i][0] + lengths[i][1]);
		assert_int_equal(first, lengths[i][0]);
		assert_int_equal(b.list[b.n - 1].max, lengths[i][1]);
		blocks_free(&b);
		blocks_free(&later);
	}
	/* If one run has no blocks, the blocks of the other are not all samples. */
	record_every(&b, LENGTH, 10);
	memset(&later, 0, sizeof(later));
	assert_int_equal(blocks_join(&b, &later), 0);
	assert_int_equal(b.n, 0);
}

/*
 * Rows measured under load begin late in the run: the first block may be the second
 * half of a longer one when blocks are joined.
 */
static void blocks_ascend_from_any_begin(void **state)
{
	uint64_t begin, at, n;
	struct blocks b;
	size_t i;

	(void)state;
	for (begin = 0; begin < 9; begin++) {
		assert_int_equal(blocks_init(&b), 0);
		for (at = 0; at < 3000; at++)
			blocks_record(&b, (begin + at) * LENGTH, (int64_t)at);
		blocks_close(&b);
		for (i = 0, n = 0; i < b.n; i++) {
			assert_true(!i || b.list[i].start_ns > b.list[i - 1].start_ns);
			n += b.list[i].n;
		}
		assert_int_equal(n, 3000);
		assert_int_equal(b.list[b.n - 1].max, 2999);
		blocks_free(&b);
	}
}

static void none_takes_no_samples(void **state)
{
	struct blocks b = { 0 };

	(void)state;
	blocks_record(&b, 0, 1);
	blocks_close(&b);
	assert_int_equal(b.n, 0);
	blocks_free(&b);
}

static void fill(struct run *run)
{
	struct result *r = run_add(run);
	uint64_t i;

	strcpy(r->source, "irqgen");
	strcpy(r->way, "read");
	strcpy(r->wait, "block");
	strcpy(r->stage, "total");
	assert_int_equal(blocks_init(&r->blocks), 0);
	for (i = 0; i < 4000; i++)
		result_record(r, i * LENGTH / 300, (int64_t)(1000 + i % 700));
	run_end(run);
}

static char *to_json(const struct run *run)
{
	FILE *file = tmpfile();

	assert_int_equal(run_write_json(run, file), 0);
	return unit_text_of(file);
}

static void json_keeps_blocks(void **state)
{
	struct run run = { 0 }, back = { 0 };
	struct why why = { 0 };
	char *text;
	const struct blocks *a, *b;
	size_t i;

	(void)state;
	fill(&run);
	text = to_json(&run);
	assert_int_equal(run_read_json(text, strlen(text), &back, &why), 0);
	a = &run.results[0].blocks;
	b = &back.results[0].blocks;
	assert_int_equal(a->n, 14);
	assert_int_equal(b->n, a->n);
	assert_int_equal(b->length_ns, a->length_ns);
	for (i = 0; i < a->n; i++) {
		assert_int_equal(b->list[i].start_ns, a->list[i].start_ns);
		assert_int_equal(b->list[i].n, a->list[i].n);
		assert_int_equal(b->list[i].max, a->list[i].max);
		assert_int_equal(b->list[i].n_buckets, a->list[i].n_buckets);
		assert_memory_equal(b->list[i].buckets, a->list[i].buckets,
				    a->list[i].n_buckets * sizeof(*a->list[i].buckets));
	}
	free(text);
	run_free(&run);
	run_free(&back);
}

/* The text with the first @from replaced by @to must be refused, with @words. */
static void refuse(const char *text, const char *from, const char *to, const char *words)
{
	const char *at = strstr(text, from);
	struct why why = { 0 };
	char *bad;
	struct run run = { 0 };

	assert_non_null(at);
	assert_true(asprintf(&bad, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
	assert_int_equal(run_read_json(bad, strlen(bad), &run, &why), -1);
	assert_non_null(strstr(why.text, words));
	run_free(&run);
	free(bad);
}

static void bad_blocks_are_refused(void **state)
{
	struct run run = { 0 };
	char *text;

	(void)state;
	fill(&run);
	text = to_json(&run);
	refuse(text, "\"blocks\":[", "\"blocks\":7,\"x\":[", "not an array");
	refuse(text, "\"block_ns\":125000000", "\"block_ns\":-1", "negative");
	refuse(text, "\"block_ns\":125000000", "\"block_ns\":0", "is no length");
	refuse(text, "\"block_ns\":125000000", "\"block_ns\":9000000000000000000", "is no length");
	refuse(text, "\"start_ns\":1625000000", "\"start_ns\":9000000000000000000", "too late");
	refuse(text, "\"start_ns\":125000000", "\"start_ns\":0", "do not ascend");
	refuse(text, "\"start_ns\":0,\"n\":300", "\"start_ns\":0,\"n\":301", "contradicts");
	refuse(text, "\"start_ns\":0,", "", "start_ns");
	refuse(text, "\"blocks\":[{", "\"blocks\":[],\"x\":[{", "add up");
	free(text);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_is_a_span_of_time),
		cmocka_unit_test(blocks_stay_few),
		cmocka_unit_test(short_runs_have_short_blocks),
		cmocka_unit_test(runs_are_joined),
		cmocka_unit_test(blocks_ascend_from_any_begin),
		cmocka_unit_test(none_takes_no_samples),
		cmocka_unit_test(json_keeps_blocks),
		cmocka_unit_test(bad_blocks_are_refused),
	};

	return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}

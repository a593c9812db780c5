// SPDX-License-Identifier: GPL-2.0-or-later
/* Sub-buffers: every kind of record is read, and no byte beyond the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tracegen.h"

#define PAGE 4096

static void reads_every_kind_of_record(void **state)
{
	struct gen g;
	struct subbuf_cursor c;
	struct trace_record r;
	uint64_t missed;
	uint32_t data[40] = { 7, 8, 9 };

	(void)state;
	gen_init(&g, 1, PAGE);
	gen_record(&g, 0, 1000, data, 12, false);
	gen_record(&g, 0, 1010, data, 12, true);
	gen_record(&g, 0, 1020, data, 160, false);
	gen_padding(&g, 0, 1030, 24);
	gen_record(&g, 0, 1040, data, 4, false);
	gen_record(&g, 0, 1040 + (5ull << 27) + 3, data, 8, false);
	gen_stamp(&g, 0, 0x123456789abull);
	gen_record(&g, 0, 0x123456789b0ull, data, 112, false);
	gen_close(&g, 0);

	assert_int_equal(subbuf_open(&c, &subbuf_native, g.cpus[0].pages, PAGE, &missed), 0);
	assert_int_equal(missed, 0);
	static const struct {
		uint64_t ts;
		uint32_t len;
	} want[] = {
		{ 1000, 12 },
		{ 1010, 12 },
		{ 1020, 160 },
		{ 1040, 4 },
		{ 1040 + (5ull << 27) + 3, 8 },
		{ 0x123456789b0ull, 112 },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(subbuf_next(&c, &r), 1);
		assert_int_equal(r.ts, want[i].ts);
		assert_int_equal(r.len, want[i].len);
		assert_memory_equal(r.data, data, r.len);
	}
	assert_int_equal(subbuf_next(&c, &r), 0);
	gen_free(&g);
}

/* A time stamp has 59 bits; the others are those of the time before. */
static void absolute_time_keeps_its_top_bits(void **state)
{
	uint64_t high = 0x1800000000000000ull;
	struct gen g;
	struct subbuf_cursor c;
	struct trace_record r;
	uint64_t missed;
	uint32_t data = 0;

	(void)state;
	gen_init(&g, 1, PAGE);
	gen_record(&g, 0, high + 5, &data, 4, false);
	gen_stamp(&g, 0, high + 1000);
	gen_record(&g, 0, high + 1001, &data, 4, false);
	gen_close(&g, 0);
	subbuf_open(&c, &subbuf_native, g.cpus[0].pages, PAGE, &missed);
	assert_int_equal(subbuf_next(&c, &r), 1);
	assert_int_equal(subbuf_next(&c, &r), 1);
	assert_true(r.ts == high + 1001);
	gen_free(&g);
}

static void missed_events_are_reported(void **state)
{
	struct gen g;
	struct subbuf_cursor c;
	uint64_t missed;
	uint32_t data = 0;

	(void)state;
	gen_init(&g, 1, PAGE);
	gen_loss(&g, 0, 77);
	gen_record(&g, 0, 1, &data, 4, false);
	gen_loss(&g, 0, SUBBUF_MISSED_UNKNOWN);
	gen_record(&g, 0, 2, &data, 4, false);
	gen_close(&g, 0);
	subbuf_open(&c, &subbuf_native, g.cpus[0].pages, PAGE, &missed);
	assert_int_equal(missed, 77);
	subbuf_open(&c, &subbuf_native, g.cpus[0].pages + PAGE, PAGE, &missed);
	assert_true(missed == SUBBUF_MISSED_UNKNOWN);
	gen_free(&g);
}

static uint32_t to_big(uint32_t v)
{
	return __builtin_bswap32(v);
}

/* s390 and old PowerPC: bytes swapped and bit fields from the other end. */
static void reads_the_other_byte_order(void **state)
{
	struct subbuf_layout layout;
	struct subbuf_cursor c;
	struct trace_record r = { 0 };
	uint64_t missed;
	uint32_t page[16] = { 0 };

	(void)state;
	assert_int_equal(
		subbuf_layout_parse(&layout,
				    "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
				    "\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n"
				    "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
				    "\tfield: char data;\toffset:12;\tsize:4084;\tsigned:0;\n",
				    !subbuf_native.big_endian),
		0);
	assert_int_equal(layout.data_offset, 12);
	page[1] = to_big(500);
	page[2] = to_big(16);
	page[3] = to_big(2u << 27 | 30);
	page[4] = to_big(0xa);
	page[5] = to_big(0xb);
	page[6] = to_big(29u << 27);
	assert_int_equal(subbuf_open(&c, &layout, page, sizeof(page), &missed), 0);
	assert_int_equal(subbuf_next(&c, &r), 1);
	assert_int_equal(r.ts, 530);
	assert_int_equal(r.len, 8);
	assert_int_equal(subbuf_u32(r.data, layout.swap), 0xa);
	assert_int_equal(subbuf_next(&c, &r), 0);
}

/* Runs under ASan in `make test`: the page is a block of its own. */
static void garbage_stays_inside_the_page(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t bytes = (size_t)(rand_r(&seed) % 600);
		uint8_t *page = malloc(bytes + !bytes);
		struct subbuf_cursor c;
		struct trace_record r;
		uint64_t missed;
		int got;

		for (size_t i = 0; i < bytes; i++)
			page[i] = (uint8_t)rand_r(&seed);
		if (bytes >= 16 && round & 1) {
			uint64_t commit = bytes - 16;

			memcpy(page + 8, &commit, 8);
		}
		subbuf_open(&c, &subbuf_native, page, bytes, &missed);
		while ((got = subbuf_next(&c, &r)) > 0) {
			assert_true(r.data >= page);
			assert_true(r.data + r.len <= page + bytes);
		}
		assert_ptr_equal(c.p, c.end);
		free(page);
	}
}

static void a_page_header_that_lies_is_refused(void **state)
{
	uint64_t page[4] = { 1, 1000 };
	struct subbuf_cursor c;
	struct trace_record r;
	uint64_t missed;

	(void)state;
	assert_int_equal(subbuf_open(&c, &subbuf_native, page, sizeof(page), &missed), -1);
	assert_int_equal(subbuf_next(&c, &r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind_of_record),
		cmocka_unit_test(absolute_time_keeps_its_top_bits),
		cmocka_unit_test(missed_events_are_reported),
		cmocka_unit_test(reads_the_other_byte_order),
		cmocka_unit_test(garbage_stays_inside_the_page),
		cmocka_unit_test(a_page_header_that_lies_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

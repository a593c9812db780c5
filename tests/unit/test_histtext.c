// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's text of a `hist` file: rows, totals, and corrupt text. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "tracing/histtext.h"

#define ROWS_MAX 16

/* Two histograms of one event, as Linux 6.1 prints them. */
static const char two[] =
	"# event histogram\n#\n"
	"# trigger info: hist:keys=irq,common_cpu,lat.log2:vals=hitcount,lat:sort=hitcount:size=16384 [active]\n"
	"#\n\n"
	"{ irq:         26, common_cpu:          1, lat: ~ 2^18 } hitcount:          1  lat:     168279\n"
	"{ irq:         -5, common_cpu:          0, lat: ~ 2^0  } hitcount:         35  lat:          7\n"
	"\nTotals:\n    Hits: 36\n    Entries: 2\n    Dropped: 4\n\n\n"
	"# event histogram\n#\n"
	"# trigger info: hist:keys=irq,common_cpu,name:vals=hitcount:sort=hitcount:size=2048 [paused]\n"
	"#\n\n"
	"{ irq:         25, common_cpu:          0, name: virtio0-virtqueues                                 } hitcount:          7\n"
	"{ irq:         27, common_cpu:          3, name: odd, } hitcount: 9 { x\t: y                        } hitcount:        300\n"
	"\nTotals:\n    Hits: 307\n    Entries: 2\n    Dropped: 0\n";

struct rows {
	struct histtext_row at[ROWS_MAX];
	size_t n;
};

static int add(void *ctx, const struct histtext_row *row)
{
	struct rows *rows = ctx;

	if (rows->n == ROWS_MAX)
		return 7;
	rows->at[rows->n++] = *row;
	return 0;
}

static void one_of_two_histograms(void **state)
{
	struct histtext_totals totals;
	struct rows rows = { .n = 0 };

	(void)state;
	assert_int_equal(histtext_parse(two, "hist:keys=irq,common_cpu,lat", add, &rows, &totals),
			 0);
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows.at[0].key[0], 26);
	assert_int_equal(rows.at[0].key[1], 1);
	assert_int_equal(rows.at[0].low, (1 << 17) + 1);
	assert_int_equal(rows.at[0].high, 1 << 18);
	assert_int_equal(rows.at[0].hits, 1);
	assert_int_equal(rows.at[0].sum, 168279);
	assert_int_equal(rows.at[1].key[0], -5);
	assert_int_equal(rows.at[1].low, 0);
	assert_int_equal(rows.at[1].high, 1);
	assert_true(totals.found);
	assert_int_equal(totals.hits, 36);
	assert_int_equal(totals.dropped, 4);
	assert_int_equal(totals.malformed, 0);
}

static void names_may_hold_anything(void **state)
{
	struct histtext_totals totals;
	struct rows rows = { .n = 0 };

	(void)state;
	histtext_parse(two, "hist:keys=irq,common_cpu,name:", add, &rows, &totals);
	assert_int_equal(rows.n, 2);
	assert_string_equal(rows.at[0].name, "virtio0-virtqueues");
	assert_int_equal(rows.at[0].hits, 7);
	assert_string_equal(rows.at[1].name, "odd, } hitcount: 9 { x?: y");
	assert_int_equal(rows.at[1].key[1], 3);
	assert_int_equal(rows.at[1].hits, 300);
	assert_int_equal(totals.hits, 307);
	assert_int_equal(totals.malformed, 0);
}

static void linear_buckets(void **state)
{
	static const char text[] = "# trigger info: hist:keys=lat.buckets=1000 [active]\n"
				   "{ lat: ~ 3000-3999 } hitcount:         12\n";
	struct histtext_totals totals;
	struct rows rows = { .n = 0 };

	(void)state;
	histtext_parse(text, "hist:keys=lat", add, &rows, &totals);
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.at[0].low, 3000);
	assert_int_equal(rows.at[0].high, 3999);
	assert_int_equal(rows.at[0].sum, 0);
}

/* Malformed rows are counted, and add nothing. */
static void rows_that_are_none(void **state)
{
	static const char *const bad[] = {
		"{ irq: 1",
		"{ irq: x } hitcount: 1",
		"{ irq: 1 } hitcount: x",
		"{ irq: 1 } hitcount: 1  lat: x",
		"{ a: 1, b: 2, c: 3, d: 4 } hitcount: 1",
		"{ lat: ~ 2^64 } hitcount: 1",
		"{ lat: ~ 3^4 } hitcount: 1",
		"{ lat: ~ 9-3 } hitcount: 1",
		"{ lat: ~ 9 } hitcount: 1",
		"{ irq: 99999999999999999999 } hitcount: 1",
		"{",
		"{}",
	};
	struct histtext_totals totals;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rows rows = { .n = 0 };
		char text[200];

		snprintf(text, sizeof(text), "# trigger info: hist:x\n%s\n", bad[i]);
		assert_int_equal(histtext_parse(text, "hist:x", add, &rows, &totals), 0);
		assert_int_equal(rows.n, 0);
		assert_int_equal(totals.malformed, 1);
	}
	assert_int_equal(histtext_parse(two, "hist:keys=pid", add, NULL, &totals), 0);
	assert_false(totals.found);
}

static void the_callback_ends_it(void **state)
{
	struct histtext_totals totals;
	struct rows rows = { .n = ROWS_MAX };

	(void)state;
	assert_int_equal(histtext_parse(two, "hist:keys=irq,common_cpu,lat", add, &rows, &totals),
			 7);
}

static void a_name_printed_twice_is_repaired(void **state)
{
	char text[] = "hist:keys=common_cpucommon_cpu:c=common_cpucommon_cpu,d=common_cpu";
	char plain[] = "hist:keys=irq,common_cpu";

	(void)state;
	histtext_repair(text);
	assert_string_equal(text, "hist:keys=common_cpu:c=common_cpu,d=common_cpu");
	histtext_repair(plain);
	assert_string_equal(plain, "hist:keys=irq,common_cpu");
}

/* No text makes the parser read outside of it (checked with SAN=1). */
static void spoilt_text(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand_r(&seed) % sizeof(two);
		char *text = malloc(len + 1);
		struct histtext_totals totals;
		struct rows rows = { .n = 0 };

		assert_non_null(text);
		memcpy(text, two, len);
		text[len] = '\0';
		for (int i = 0; len && i < 4; i++)
			text[(size_t)rand_r(&seed) % len] = "{}:~^-, \n\t0129a"[rand_r(&seed) % 15];
		histtext_parse(text, "hist:keys=irq", add, &rows, &totals);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_two_histograms),
		cmocka_unit_test(names_may_hold_anything),
		cmocka_unit_test(linear_buckets),
		cmocka_unit_test(rows_that_are_none),
		cmocka_unit_test(the_callback_ends_it),
		cmocka_unit_test(a_name_printed_twice_is_repaired),
		cmocka_unit_test(spoilt_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

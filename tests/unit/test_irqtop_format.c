// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's numbers and times for people. */
#include "unit.h"

#include "irqtop/view/format.h"

static void numbers_are_scaled_where_they_must(void **state)
{
	static const struct {
		double value;
		unsigned int width;
		const char *want;
	} cases[] = {
		{ 0, 7, "0" },
		{ 1234567, 7, "1234567" },
		{ 12345678, 7, "12.35M" },
		{ 12345678, 5, "12.3M" },
		{ 12345678, 4, "12M" },
		{ 999999, 5, "1.00M" },
		{ 99999, 4, "100k" },
		{ 1e15, 6, "1.00P" },
		{ 18446744073709551615.0, 6, "18.45E" },
		{ 4294967295.0, 6, "4.29G" },
	};
	char buf[FORMAT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		format_number(buf, cases[i].value, cases[i].width);
		assert_string_equal(buf, cases[i].want);
		assert_true(strlen(buf) <= cases[i].width);
	}
}

/* Numbers that fit are those of printf(), whichever way they are written. */
static void numbers_that_fit_are_printfs(void **state)
{
	static const double some[] = {
		0,
		-0.0,
		0.5,
		1.5,
		-1,
		9,
		10,
		4294967296.0,
		9007199254740991.0,
		9007199254740992.0,
		9007199254740994.0,
		18446744073709551615.0,
		0.0 / 0.0,
		1.0 / 0.0,
	};
	char buf[FORMAT_BYTES], want[FORMAT_BYTES];
	uint64_t random = 1;
	double value;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(some) + 10000; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		value = i < N_ELEMENTS(some) ? some[i] :
					       (double)(random >> 11 >> i % 53) / (1 + i % 2);
		snprintf(want, sizeof(want), "%.0f", value);
		format_number(buf, value, 20);
		assert_string_equal(buf, want);
	}
}

static void durations_have_three_digits(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} cases[] = {
		{ 0, "0ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 9994, "9.99us" },
		{ 9995, "10.0us" },
		{ 12345, "12.3us" },
		{ 99949, "99.9us" },
		{ 99950, "100us" },
		{ 999499, "999us" },
		{ 999949, "1.00ms" },
		{ 1500000, "1.50ms" },
		{ 20000000000, "20.0s" },
		{ 999000000000, "999s" },
	};
	char buf[FORMAT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		format_duration(buf, cases[i].ns);
		assert_string_equal(buf, cases[i].want);
		assert_true(strlen(buf) <= 6);
	}
}

static void a_field_says_how_its_value_is_written(void **state)
{
	static const struct {
		enum field_id id;
		struct value value;
		unsigned int width;
		const char *want;
	} cases[] = {
		{ FIELD_RATE, { .kind = VALUE_NONE }, 7, "-" },
		{ FIELD_RATE, { .kind = VALUE_REAL, .real = 0 }, 7, "0" },
		{ FIELD_RATE, { .kind = VALUE_REAL, .real = 0.31 }, 7, "0.3" },
		{ FIELD_RATE, { .kind = VALUE_REAL, .real = 9.94 }, 7, "9.9" },
		{ FIELD_RATE, { .kind = VALUE_REAL, .real = 9.96 }, 7, "10" },
		{ FIELD_TOTAL, { .kind = VALUE_COUNT, .count = 7 }, 7, "7" },
		{ FIELD_TOTAL, { .kind = VALUE_COUNT, .count = 12345678 }, 7, "12.35M" },
		{ FIELD_SHARE, { .kind = VALUE_REAL, .real = 0.1234 }, 5, "12.3" },
		{ FIELD_SHARE, { .kind = VALUE_REAL, .real = 0.9994 }, 5, "99.9" },
		{ FIELD_SHARE, { .kind = VALUE_REAL, .real = 0.9996 }, 5, "100" },
		{ FIELD_HANDLER_AVG, { .kind = VALUE_COUNT, .count = 1234 }, 6, "1.23us" },
		{ FIELD_HANDLER_AVG, { .kind = VALUE_NONE }, 6, "-" },
	};
	char buf[FORMAT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		format_value(buf, &fields[cases[i].id], &cases[i].value, cases[i].width);
		assert_string_equal(buf, cases[i].want);
	}
}

static void times_are_utc_with_milliseconds(void **state)
{
	char buf[FORMAT_BYTES];

	(void)state;
	format_time(buf, 0);
	assert_string_equal(buf, "-");
	format_time(buf, 1);
	assert_string_equal(buf, "1970-01-01T00:00:00.001Z");
	format_time(buf, 1769860800123);
	assert_string_equal(buf, "2026-01-31T12:00:00.123Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_that_fit_are_printfs),
		cmocka_unit_test(numbers_are_scaled_where_they_must),
		cmocka_unit_test(durations_have_three_digits),
		cmocka_unit_test(a_field_says_how_its_value_is_written),
		cmocka_unit_test(times_are_utc_with_milliseconds),
	};

	return cmocka_run_group_tests_name("irqtop_format", tests, NULL, NULL);
}

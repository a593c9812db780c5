// SPDX-License-Identifier: GPL-2.0-or-later
/* The comparison in short: which rows it has, in which order, how wide. */

#include "unit.h"

#include "results/io.h"

static struct result *add(struct run *run, const char *way, const char *wait, const char *stage,
			  uint64_t samples, int64_t ns)
{
	struct result *r = run_add(run);
	uint64_t i;

	snprintf(r->way, sizeof(r->way), "%s", way);
	snprintf(r->wait, sizeof(r->wait), "%s", wait);
	snprintf(r->stage, sizeof(r->stage), "%s", stage);
	for (i = 0; i < samples; i++)
		hist_record(&r->hist, ns);
	return r;
}

static char *text_of(const struct run *run, int columns, bool nanoseconds)
{
	struct text_style style = { .columns = columns, .nanoseconds = nanoseconds };
	FILE *file = tmpfile();

	run_write_overview(run, &style, file);
	return unit_text_of(file);
}

static void test_order_and_paths(void **state)
{
	struct run run = { 0 };
	char *text;

	(void)state;
	add(&run, "read", "block", "total", 2000, 4000);
	add(&run, "read", "block", "handler_to_user", 2000, 3900);
	add(&run, "uli", "spin", "total", 2000, 1500);
	add(&run, "uli", "spin", "total_direct", 1000, 1000);
	add(&run, "uli", "spin", "total_return", 1000, 2000);
	add(&run, "timerfd", "block", "total", 2000, 3000);
	add(&run, "timerfd", "block", "total_kept", 1900, 2500);
	add(&run, "poll", "block", "total", 0, 0);
	text = text_of(&run, 80, false);
	assert_string_equal(
		text,
		"\nRaised to user, us, by median:\n"
		"way          wait        p50       p99       max\n"
		"uli (direct) spin      1.000     1.000     1.000  #######\n"
		"uli (return) spin      2.000     2.000     2.000  ##############\n"
		"timerfd      block     3.000     3.000     3.000  #####################\n"
		"read         block     4.000     4.000     4.000  #############################\n");
	free(text);
	run_free(&run);
}

static void test_narrow(void **state)
{
	struct run run = { 0 };
	struct result *loaded;
	char *text;

	(void)state;
	add(&run, "read", "block", "total", 5, 4000);
	loaded = add(&run, "read", "block", "total", 2000, 123456);
	snprintf(loaded->load, sizeof(loaded->load), "a command with a long name");
	text = text_of(&run, 40, true);
	assert_string_equal(text, "\nRaised to user, ns, by median:\n"
				  "way                        p50       p99\n"
				  "read, load a command    123456    123456\n"
				  "read                       n/a       n/a\n");
	free(text);
	run_free(&run);
}

static void test_one_way_is_no_comparison(void **state)
{
	struct run run = { 0 };
	char *text;

	(void)state;
	add(&run, "read", "block", "total", 5, 4000);
	add(&run, "read", "block", "handler_to_user", 5, 4000);
	text = text_of(&run, 80, false);
	assert_string_equal(text, "");
	free(text);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_paths),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_one_way_is_no_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat bench: the gaps from one interrupt to the next. */

#include <math.h>
#include <string.h>

#include "irqlat/bench/arrivals.h"
#include "unit.h"

#define MEAN_NS 1000000
#define N	100000

static struct arrivals started(const char *text, uint64_t seed, uint64_t now_ns)
{
	struct arrivals_config config = { .mean_ns = MEAN_NS, .gap_ns = 20000, .seed = seed };
	struct arrivals arrivals;
	char name[32];
	struct why why;

	assert_int_equal(arrivals_parse(text, &config, &why), 0);
	assert_int_equal(arrivals_check(&config, &why), 0);
	arrivals_name(&config, name, sizeof(name));
	assert_string_equal(name, strcmp(text, "burst") ? text : "burst:8");
	arrivals_start(&arrivals, &config, now_ns);
	return arrivals;
}

static void arguments(void **state)
{
	static const char *const wrong[] = { "",       "fix",	  "fixed:2", "poisson:1",
					     "burst:", "burst:1", "burst:x", "burst:1025",
					     "bursts", "ready" };
	struct arrivals_config config;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(arrivals_parse(wrong[i], &config, &why), -1);
		assert_non_null(strstr(why.text, "--arrivals"));
	}
	config = (struct arrivals_config){ ARRIVALS_BURST, 8, 1000, 1000, 1 };
	assert_int_equal(arrivals_check(&config, &why), -1);
	assert_non_null(strstr(why.text, "--interval"));
	config.kind = ARRIVALS_POISSON;
	assert_int_equal(arrivals_check(&config, &why), 0);
}

static void fixed(void **state)
{
	struct arrivals a = started("fixed", 1, 5000);

	(void)state;
	assert_int_equal(arrivals_next_ns(&a, 5000), MEAN_NS);
	assert_int_equal(arrivals_next_ns(&a, 5000 + MEAN_NS + 300), MEAN_NS - 300);
	/* Late: it comes now, and the next one a gap later. */
	assert_int_equal(arrivals_next_ns(&a, 9 * MEAN_NS), 0);
	assert_int_equal(arrivals_next_ns(&a, 9 * MEAN_NS), MEAN_NS);
}

static void bursts(void **state)
{
	struct arrivals a = started("burst:4", 1, 0);
	uint64_t sum_ns = 0, gap_ns;
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		gap_ns = arrivals_gap_ns(&a);
		sum_ns += gap_ns;
		assert_int_equal(gap_ns, i % 4 ? 20000 : 4 * MEAN_NS - 3 * 20000);
	}
	assert_int_equal(sum_ns, 40 * MEAN_NS);
	a = started("burst", 1, 0);
	assert_int_equal(arrivals_gap_ns(&a), 8 * MEAN_NS - 7 * 20000);
}

/* Mean and deviation are those of an exponential distribution, and so is its tail. */
static void poisson(void **state)
{
	struct arrivals a = started("poisson", 7, 0);
	double sum = 0, squares = 0;
	int longer = 0, i;

	(void)state;
	for (i = 0; i < N; i++) {
		double gap = (double)arrivals_gap_ns(&a) / MEAN_NS;

		sum += gap;
		squares += gap * gap;
		longer += gap > 3;
	}
	/* Five standard errors. */
	assert_true(fabs(sum / N - 1) < 5 / sqrt(N));
	assert_true(fabs(squares / N - 2) < 5 * sqrt(20.0 / N));
	assert_true(fabs((double)longer / N - exp(-3)) < 5 * sqrt(exp(-3) / N));
}

static void a_seed_repeats_a_run(void **state)
{
	struct arrivals a = started("poisson", 7, 0), b = started("poisson", 7, 0),
			c = started("poisson", 8, 0);
	int same = 0, i;

	(void)state;
	for (i = 0; i < 100; i++) {
		uint64_t gap_ns = arrivals_gap_ns(&a);

		assert_int_equal(gap_ns, arrivals_gap_ns(&b));
		same += gap_ns == arrivals_gap_ns(&c);
	}
	assert_int_equal(same, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(fixed),
		cmocka_unit_test(bursts),
		cmocka_unit_test(poisson),
		cmocka_unit_test(a_seed_repeats_a_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

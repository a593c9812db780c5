// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq_wait() that watches the ring before it blocks: how long. */

#include <errno.h>
#include <stdint.h>

#include "libprocirq/local.h"
#include "unit.h"

static struct procirq_hybrid now(const struct procirq_adaptive *a)
{
	struct procirq_hybrid hybrid;

	procirq_adaptive_get(a, &hybrid);
	return hybrid;
}

static void the_window_doubles_up_to_the_limit(void **state)
{
	struct procirq_adaptive a = { .max_ns = 70000 };
	static const uint64_t windows[] = { 10000, 20000, 40000, 70000, 70000 };
	size_t i;

	(void)state;
	assert_int_equal(now(&a).window_ns, 0);
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		procirq_adaptive_fit(&a, 69999);
		assert_int_equal(now(&a).window_ns, windows[i]);
	}
}

static void later_interrupts_and_time_outs_halve_it(void **state)
{
	struct procirq_adaptive a = { .max_ns = 70000, .window_ns = 70000 };

	(void)state;
	procirq_adaptive_fit(&a, 70000);
	assert_int_equal(now(&a).window_ns, 35000);
	procirq_adaptive_fit(&a, UINT64_MAX);
	assert_int_equal(now(&a).window_ns, 17500);
	procirq_adaptive_fit(&a, UINT64_MAX);
	assert_int_equal(now(&a).window_ns, 0);
	procirq_adaptive_fit(&a, UINT64_MAX);
	assert_int_equal(now(&a).window_ns, 0);
}

/* A limit below the shortest window is the window. */
static void short_limits(void **state)
{
	struct procirq_adaptive a = { .max_ns = 300 };

	(void)state;
	procirq_adaptive_fit(&a, 299);
	assert_int_equal(now(&a).window_ns, 300);
	procirq_adaptive_fit(&a, 299);
	assert_int_equal(now(&a).window_ns, 300);
	procirq_adaptive_fit(&a, 300);
	assert_int_equal(now(&a).window_ns, 0);
}

/* A new limit holds at once. */
static void a_limit_that_sinks(void **state)
{
	struct procirq_adaptive a = { .max_ns = 1000000, .window_ns = 640000 };

	(void)state;
	a.max_ns = 50000;
	assert_int_equal(now(&a).window_ns, 50000);
	procirq_adaptive_fit(&a, UINT64_MAX);
	assert_int_equal(now(&a).window_ns, 25000);
	a.max_ns = 0;
	assert_int_equal(now(&a).window_ns, 0);
	procirq_adaptive_fit(&a, 1);
	assert_int_equal(now(&a).window_ns, 0);
}

static void never_longer_than_a_block_costs(void **state)
{
	struct procirq_adaptive a = { .max_ns = PROCIRQ_HYBRID_AUTO };
	int i;

	(void)state;
	assert_int_equal(now(&a).max_ns, 10000);
	assert_int_equal(now(&a).block_ns, 0);
	procirq_adaptive_note_block(&a, 24000);
	assert_int_equal(now(&a).block_ns, 24000);
	assert_int_equal(now(&a).max_ns, 24000);
	for (i = 0; i < 5; i++)
		procirq_adaptive_fit(&a, 100);
	assert_int_equal(now(&a).window_ns, 24000);
	/* It follows the average down. */
	procirq_adaptive_note_block(&a, 8000);
	assert_int_equal(now(&a).block_ns, 22000);
	assert_int_equal(now(&a).window_ns, 22000);
	/* A thread that lost its CPU has not measured a block. */
	procirq_adaptive_note_block(&a, 900000000);
	assert_int_equal(now(&a).block_ns, (7 * 22000 + 44000) / 8);
}

/* The average is never 0: that means that there is none. */
static void blocks_that_cost_nothing(void **state)
{
	struct procirq_adaptive a = { .max_ns = PROCIRQ_HYBRID_AUTO };

	(void)state;
	procirq_adaptive_note_block(&a, 0);
	assert_int_equal(now(&a).block_ns, 1);
	procirq_adaptive_note_block(&a, UINT64_MAX);
	assert_int_equal(now(&a).block_ns, 1);
}

static void limits_that_are_refused(void **state)
{
	struct procirq_adaptive a = { .max_ns = 5 };

	(void)state;
	errno = 0;
	assert_int_equal(procirq_adaptive_set(&a, -1, PROCIRQ_HYBRID_MAX_NS + 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(procirq_adaptive_set(&a, -1, PROCIRQ_HYBRID_MAX_NS), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(now(&a).max_ns, 5);
	/* Nothing is mapped to end it. */
	assert_int_equal(procirq_adaptive_set(&a, -1, 0), 0);
	assert_int_equal(now(&a).max_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_doubles_up_to_the_limit),
		cmocka_unit_test(later_interrupts_and_time_outs_halve_it),
		cmocka_unit_test(short_limits),
		cmocka_unit_test(a_limit_that_sinks),
		cmocka_unit_test(never_longer_than_a_block_costs),
		cmocka_unit_test(blocks_that_cost_nothing),
		cmocka_unit_test(limits_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

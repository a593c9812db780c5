// SPDX-License-Identifier: GPL-2.0-or-later
/* Control groups of both versions, and steal time. */

#include "unit.h"

#include "base/cpubudget.h"

static bool warns(const struct sysinfo *info, const char *text)
{
	for (size_t i = 0; i < info->n_warnings; i++)
		if (strstr(info->warnings[i], text))
			return true;
	return false;
}

/* The group above limits more than that of the process. */
static void version_2(void **state)
{
	struct sysinfo info = { 0 };
	struct cpubudget b;

	(void)state;
	cpubudget_read(FIXTURES "budget/v2", &b);
	assert_int_equal(b.quota_us, 20000);
	assert_int_equal(b.period_us, 100000);
	assert_string_equal(b.quota_group, "/pods/one");
	assert_int_equal(b.periods, 100);
	assert_int_equal(b.throttled, 60);
	assert_int_equal(b.rt_runtime_us, -1);
	assert_int_equal(b.ticks, 1000);
	assert_int_equal(b.steal, 100);
	cpubudget_facts(&b, &info);
	assert_string_equal(info.cpu_quota, "20000 us in each 100000 us, cgroup /pods/one");
	assert_string_equal(info.rt_budget, "");
	assert_true(warns(&info, "CPU quota of cgroup /pods/one"));
}

static void version_1(void **state)
{
	struct sysinfo info = { 0 };
	struct cpubudget b;

	(void)state;
	cpubudget_read(FIXTURES "budget/v1", &b);
	assert_int_equal(b.quota_us, 10000);
	assert_string_equal(b.quota_group, "/slice");
	assert_int_equal(b.throttled, 2);
	assert_int_equal(b.rt_runtime_us, 0);
	cpubudget_facts(&b, &info);
	assert_string_equal(info.rt_budget, "0 us, cgroup /slice");
}

static void no_limits(void **state)
{
	struct sysinfo info = { 0 };
	struct cpubudget b;

	(void)state;
	cpubudget_read(FIXTURES "bare", &b);
	assert_int_equal(b.quota_us, -1);
	assert_int_equal(b.rt_runtime_us, -1);
	cpubudget_facts(&b, &info);
	cpubudget_end(&b, &b, &info);
	assert_int_equal(info.n_warnings, 0);
	assert_string_equal(info.cpu_quota, "");
	assert_string_equal(info.steal, "");
}

/* What counts is the time of the measurement, not the time since boot. */
static void during_a_measurement(void **state)
{
	struct cpubudget before = { .quota_us = 10000,
				    .period_us = 100000,
				    .rt_runtime_us = -1,
				    .periods = 1000,
				    .throttled = 1000,
				    .steal = 50,
				    .ticks = 5000 };
	struct cpubudget after = before;
	struct sysinfo info = { 0 };

	(void)state;
	strcpy(after.quota_group, "/a");
	after.periods += 63;
	after.ticks += 10000;
	after.steal += 5;
	cpubudget_end(&before, &after, &info);
	assert_int_equal(info.n_warnings, 0);
	assert_string_equal(info.steal, "0.05 % of the time of all CPUs");
	after.throttled += 60;
	after.steal += 45;
	cpubudget_end(&before, &after, &info);
	assert_true(warns(&info, "cgroup /a was throttled in 60 of 63 periods"));
	assert_true(warns(&info, "the host took away 0.50 %"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2),
		cmocka_unit_test(version_1),
		cmocka_unit_test(no_limits),
		cmocka_unit_test(during_a_measurement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

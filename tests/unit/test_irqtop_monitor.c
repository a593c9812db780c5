// SPDX-License-Identifier: GPL-2.0-or-later
/* The totals of irqtop's header, from /proc/stat. */
#include "irqtop.h"

/* A sampler of texts, each with a text like /proc/stat. */
struct machine {
	struct texts texts;
	const char *const *stat;
};

static int machine_read(struct sampler *sampler, struct sample *sample)
{
	struct machine *machine = (struct machine *)sampler;
	const char *stat = machine->stat[sampler->next];
	int err = texts_read(sampler, sample);

	if (err)
		return err;
	sample->have_stat = true;
	return irqtable_stat_parse(&sample->stat, stat, strlen(stat));
}

static const struct sampler_ops machine_ops = { .read = machine_read, .close = texts_close };

/* The totals between two texts of /proc/stat, and two of /proc/interrupts. */
static struct monitor_totals totals(const char *before, const char *after, const char *const *text)
{
	const char *stat[] = { before, after };
	struct machine machine = { .stat = stat };
	struct monitor_totals found;
	struct monitor monitor;

	monitor_start(&monitor, &machine.texts, text, 2);
	machine.texts.sampler.ops = &machine_ops;
	assert_int_equal(monitor_step(&monitor), 0);
	assert_int_equal(monitor_step(&monitor), 0);
	found = monitor.totals;
	monitor_free(&monitor);
	return found;
}

static void what_is_there_is_counted(void **state)
{
	struct monitor_totals t =
		totals("cpu 0 0 0 100 0 10 20\nintr 1000 1\nctxt 5\nsoftirq 50 1\n",
		       "cpu 0 0 0 195 0 12 23\nintr 1500 1\nctxt 9\nsoftirq 80 1\n", three);

	(void)state;
	assert_float_equal(t.interrupts_hz, 500, 1e-9);
	assert_float_equal(t.softirqs_hz, 30, 1e-9);
	assert_float_equal(t.switches_hz, 4, 1e-9);
	assert_float_equal(t.irq_cpu, 0.02, 1e-9);
	assert_float_equal(t.softirq_cpu, 0.03, 1e-9);
}

/* A kernel without such accounting prints 0 since boot. */
static void time_that_is_not_accounted_is_unknown(void **state)
{
	struct monitor_totals t = totals("cpu 0 0 0 100 0 0 20\nintr 1 1\nsoftirq 1 1\n",
					 "cpu 0 0 0 197 0 0 23\nintr 9 1\nsoftirq 1 1\n", three);

	(void)state;
	assert_true(t.irq_cpu < 0);
	assert_float_equal(t.softirq_cpu, 0.03, 1e-9);
	assert_float_equal(t.softirqs_hz, 0, 1e-9);
}

static void one_unknown_figure_leaves_the_others(void **state)
{
	/* The sum of the interrupts wrapped. */
	struct monitor_totals t = totals("cpu 0 0 0 100 0 10 20\nintr 5000 1\nsoftirq 50 1\n",
					 "cpu 0 0 0 195 0 12 23\nintr 1 1\nsoftirq 80 1\n", three);

	(void)state;
	assert_true(t.interrupts_hz < 0);
	assert_float_equal(t.softirqs_hz, 30, 1e-9);
	assert_float_equal(t.irq_cpu, 0.02, 1e-9);
	/* There is no such line at all. */
	t = totals("cpu 0 0 0 100 0 10 20\n", "cpu 0 0 0 195 0 12 23\n", three);
	assert_true(t.interrupts_hz < 0);
	assert_true(t.softirqs_hz < 0);
	assert_true(t.switches_hz < 0);
	assert_float_equal(t.irq_cpu, 0.02, 1e-9);
}

/* /proc/stat counts them twice. */
static void sums_are_counted_once(void **state)
{
	static const char *const text[] = {
		HEAD
		"EXT: 0 0 \nCLK: 0 0   [EXT] Clock Comparator\nNMI: 0 0   [NMI] Machine Check\n",
		HEAD
		"EXT: 7 5 \nCLK: 7 5   [EXT] Clock Comparator\nNMI: 1 0   [NMI] Machine Check\n",
	};
	struct monitor_totals t = totals("cpu 0 0 0 100 0 10 20\nintr 0 1\n",
					 "cpu 0 0 0 195 0 12 23\nintr 25 1\n", text);

	(void)state;
	assert_float_equal(t.interrupts_hz, 13, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_counted),
		cmocka_unit_test(time_that_is_not_accounted_is_unknown),
		cmocka_unit_test(one_unknown_figure_leaves_the_others),
		cmocka_unit_test(sums_are_counted_once),
	};

	return cmocka_run_group_tests_name("irqtop_monitor", tests, NULL, NULL);
}

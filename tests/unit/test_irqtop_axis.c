// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs of irqtop's strip, in groups. */
#include "unit.h"

#include "irqtop/sample/axis.h"

#define CPUS 64

/* CPUs 0 to 63 without 7: four CPUs to a cache, two nodes of alternate caches. */
struct machine {
	struct irqtable table;
	struct sampler sampler;
	struct irqtable_place place[CPUS];
};

static void machine_make(struct machine *machine, bool places)
{
	uint32_t cpu;

	memset(machine, 0, sizeof(*machine));
	machine->sampler.root = -1;
	irqtable_begin(&machine->table);
	for (cpu = 0; cpu < CPUS; cpu++) {
		if (cpu != 7)
			irqtable_add_column(&machine->table, cpu);
		machine->place[cpu].cache = (int)(cpu & ~3u);
		machine->place[cpu].node = cpu >> 2 & 1;
	}
	machine->sampler.place = places ? machine->place : NULL;
	machine->sampler.nplaces = places ? CPUS : 0;
}

static void updated(struct axis *axis, const struct machine *machine, enum axis_mode mode,
		    uint32_t width, int want)
{
	assert_int_equal(axis_update(axis, &machine->table, &machine->sampler, mode, width), want);
}

/* Each CPU that is there is in one group, which counts it. */
static void groups_are_sound(const struct axis *axis)
{
	uint32_t members[CPUS] = { 0 }, cpu, g;

	assert_int_equal(axis->ncpus, CPUS - 1);
	assert_int_equal(axis->cpu_end, CPUS);
	for (cpu = 0; cpu < CPUS; cpu++) {
		if (cpu == 7) {
			assert_int_equal(axis->group_of[cpu], IRQTABLE_NONE);
			continue;
		}
		g = axis->group_of[cpu];
		assert_true(g < axis->ngroups);
		assert_in_range(cpu, axis->group[g].first, axis->group[g].last);
		members[g]++;
	}
	for (g = 0; g < axis->ngroups; g++)
		assert_int_equal(members[g], axis->group[g].ncpus);
}

static void groups_are_of_the_mode(void **state)
{
	static const struct {
		enum axis_mode asked;
		uint32_t width;
		enum axis_mode mode;
		uint32_t groups;
	} cases[] = {
		{ AXIS_CPU, 8, AXIS_CPU, 63 },	    { AXIS_CACHE, 8, AXIS_CACHE, 16 },
		{ AXIS_NODE, 8, AXIS_NODE, 2 },	    { AXIS_RANGE, 8, AXIS_RANGE, 8 },
		{ AXIS_RANGE, 20, AXIS_RANGE, 16 }, { AXIS_RANGE, 1, AXIS_RANGE, 1 },
		{ AXIS_RANGE, 0, AXIS_RANGE, 1 },   { AXIS_AUTO, 80, AXIS_CPU, 63 },
		{ AXIS_AUTO, 63, AXIS_CPU, 63 },    { AXIS_AUTO, 62, AXIS_CACHE, 16 },
		{ AXIS_AUTO, 16, AXIS_CACHE, 16 },  { AXIS_AUTO, 15, AXIS_RANGE, 8 },
	};
	struct machine machine;
	struct axis axis = { 0 };
	size_t i;

	(void)state;
	machine_make(&machine, true);
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		updated(&axis, &machine, cases[i].asked, cases[i].width, 1);
		assert_int_equal(axis.mode, cases[i].mode);
		assert_int_equal(axis.ngroups, cases[i].groups);
		groups_are_sound(&axis);
		updated(&axis, &machine, cases[i].asked, cases[i].width, 0);
	}
	axis_free(&axis);
	irqtable_free(&machine.table);
}

static void groups_know_their_node(void **state)
{
	struct machine machine;
	struct axis axis = { 0 };
	struct cpu_mask cpus;

	(void)state;
	machine_make(&machine, true);
	updated(&axis, &machine, AXIS_CACHE, 16, 1);
	assert_int_equal(axis.group[0].node, 0);
	assert_int_equal(axis.group[1].node, 1);
	assert_int_equal(axis.group[1].ncpus, 3);
	updated(&axis, &machine, AXIS_RANGE, 8, 1);
	assert_int_equal(axis.group[0].node, -1);
	assert_true(axis_node_cpus(&axis, 1, &cpus));
	assert_int_equal(cpu_mask_count(&cpus), 32);
	assert_true(cpu_mask_has(&cpus, 4));
	assert_false(cpu_mask_has(&cpus, 3));
	assert_false(axis_node_cpus(&axis, 2, &cpus));
	axis_free(&axis);
	irqtable_free(&machine.table);
}

/* Without caches and nodes every CPU is alone, or in a range. */
static void places_may_be_unknown(void **state)
{
	struct machine machine;
	struct axis axis = { 0 };
	struct cpu_mask cpus;

	(void)state;
	machine_make(&machine, false);
	updated(&axis, &machine, AXIS_NODE, 8, 1);
	assert_int_equal(axis.mode, AXIS_CPU);
	groups_are_sound(&axis);
	updated(&axis, &machine, AXIS_AUTO, 16, 1);
	assert_int_equal(axis.mode, AXIS_RANGE);
	groups_are_sound(&axis);
	assert_false(axis_node_cpus(&axis, 0, &cpus));
	assert_int_equal(axis_update(&axis, &machine.table, NULL, AXIS_CPU, 16), 1);
	axis_free(&axis);
	irqtable_free(&machine.table);
}

static void a_cpu_that_comes_is_grouped(void **state)
{
	struct machine machine;
	struct axis axis = { 0 };

	(void)state;
	machine_make(&machine, true);
	updated(&axis, &machine, AXIS_CPU, 8, 1);
	assert_int_equal(axis.group[7].first, 8);
	irqtable_add_column(&machine.table, 7);
	updated(&axis, &machine, AXIS_CPU, 8, 1);
	assert_int_equal(axis.ngroups, 64);
	assert_int_equal(axis.group_of[7], 7);
	axis_free(&axis);
	irqtable_free(&machine.table);
}

/* A group shows its busiest CPU: a sum would hide one among many. */
static void groups_show_their_busiest_cpu(void **state)
{
	static const char before[] = "CPU0 CPU1 CPU2 CPU3\n 24: 1 2 3 4 chip edge a\n",
			  after[] = "CPU0 CPU1 CPU2 CPU3\n 24: 3 2 9 5 chip edge a\n";
	struct irqtable a = { 0 }, b = { 0 };
	struct irqtable_diff diff = { 0 };
	struct axis axis = { 0 };
	struct cpu_mask only = { 0 };
	double rate[4];
	uint32_t busiest = 99;

	(void)state;
	assert_int_equal(irqtable_parse(&a, before, strlen(before)), 0);
	assert_int_equal(irqtable_parse(&b, after, strlen(after)), 0);
	assert_int_equal(irqtable_diff(&diff, &a, &b, NULL), 0);
	assert_int_equal(axis_update(&axis, &b, NULL, AXIS_RANGE, 2), 1);
	assert_int_equal(axis.ngroups, 2);
	assert_true(axis_rates(&axis, &diff, 0, 2, rate) == 3);
	assert_true(rate[0] == 1 && rate[1] == 3);
	assert_true(axis_sum_rates(&axis, &diff, 2, rate, &busiest) == 3);
	assert_true(rate[0] == 1 && rate[1] == 3 && busiest == 2);
	axis_rates(&axis, &diff, 0, 0, rate); /* no interval, no rate */
	assert_true(rate[0] == 0 && rate[1] == 0);
	cpu_mask_add(&only, 3);
	assert_int_equal(irqtable_diff(&diff, &a, &b, &only), 0);
	axis_rates(&axis, &diff, 0, 2, rate);
	assert_true(rate[0] == 0 && rate[1] == 0.5);
	axis_free(&axis);
	irqtable_diff_free(&diff);
	irqtable_free(&a);
	irqtable_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_of_the_mode),
		cmocka_unit_test(groups_know_their_node),
		cmocka_unit_test(places_may_be_unknown),
		cmocka_unit_test(a_cpu_that_comes_is_grouped),
		cmocka_unit_test(groups_show_their_busiest_cpu),
	};

	return cmocka_run_group_tests_name("irqtop_axis", tests, NULL, NULL);
}

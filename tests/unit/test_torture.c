// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls that the system-call fuzzer makes: repeatable, and safe for the guest. */
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/vm/torture/torture.h"

#define STEPS 20000

static void each_role(void (*check)(enum role role, const struct call *call))
{
	struct call call;
	enum role role;
	unsigned long step;

	for (role = 0; role < ROLES; role++) {
		for (step = 0; step < STEPS; step++) {
			call_make(&call, 7, role, role, step);
			check(role, &call);
		}
	}
}

static void check_the_same(enum role role, const struct call *call)
{
	struct call again;
	static unsigned long step;

	call_make(&again, 7, role, role, step);
	assert_memory_equal(&again, call, sizeof(again));
	step = (step + 1) % STEPS;
}

static void the_same_seed_makes_the_same_calls(void **state)
{
	(void)state;
	each_role(check_the_same);
}

/* How many of the first steps are the same in two sequences. */
static unsigned int nr_same(uint64_t seed, unsigned int thread)
{
	struct call a, b;
	unsigned int n = 0, step;

	for (step = 0; step < 100; step++) {
		call_make(&a, 7, OWNER, 0, step);
		call_make(&b, seed, OWNER, thread, step);
		n += !memcmp(&a, &b, sizeof(a));
	}
	return n;
}

static void another_seed_or_thread_makes_others(void **state)
{
	(void)state;
	assert_in_range(nr_same(8, 0), 0, 5);
	assert_in_range(nr_same(7, 1), 0, 5);
	assert_int_equal(nr_same(7, 0), 100);
}

static unsigned int drawn[ROLES][KINDS_MAX];

static void count_kind(enum role role, const struct call *call)
{
	drawn[role][call->kind - kinds]++;
}

static void each_kind_is_drawn_by_its_roles(void **state)
{
	unsigned int kind;
	enum role role;

	(void)state;
	each_role(count_kind);
	for (role = 0; role < ROLES; role++)
		for (kind = 0; kind < nr_kinds; kind++)
			assert_int_equal(!drawn[role][kind], !kinds[kind].weight[role]);
}

static bool writes(const struct procirq_step *step)
{
	return step->op >= PROCIRQ_OP_WRITE && step->op <= PROCIRQ_OP_CLEAR;
}

/* Of the edu device: what raises an interrupt, now or later, or starts a DMA. */
static bool is_dangerous(const struct procirq_step *step)
{
	unsigned int bytes = step->width / 8, first = step->offset, end = first + bytes;

	/* The kernel refuses others. */
	if (!writes(step) || (step->width != 8 && step->width != 16 && step->width != 32) ||
	    first % bytes)
		return false;
	if (step->space == PROCIRQ_SPACE_CONFIG)
		return first < 4096 &&
		       (first != 4 || step->value & ~0x400U || step->op == PROCIRQ_OP_WRITE ||
			step->op == PROCIRQ_OP_WRITE_STATUS);
	if (step->space != PROCIRQ_SPACE_BAR)
		return false;
	return (first < 0x24 && end > 0x08) || (first < 0x64 && end > 0x60) ||
	       (first < 1 << 20 && end > 0x80);
}

static unsigned int nr_descriptors, nr_right;

static void check_descriptor(enum role role, const struct call *call)
{
	struct procirq_descriptor descriptor;
	unsigned int i;

	(void)role;
	if (strcmp(call->kind->name, "descriptor") && strcmp(call->kind->name, "request"))
		return;
	memcpy(&descriptor, call->data, sizeof(descriptor));
	for (i = 0; i < PROCIRQ_STEPS_MAX; i++)
		assert_false(is_dangerous(&descriptor.steps[i]));
	if (strcmp(call->kind->name, "descriptor"))
		return;
	nr_descriptors++;
	nr_right += descriptor.size == sizeof(descriptor) &&
		    (descriptor.devfn == 4 * 8 || descriptor.devfn == 8 * 8) &&
		    (descriptor.flags || descriptor.nr_check) && !descriptor.domain &&
		    !descriptor.bus && !descriptor.reserved[0] && !descriptor.reserved[8];
}

/* The fuzzer writes to registers of devices that it has: none may write to memory. */
static void descriptors_are_safe_and_often_right(void **state)
{
	(void)state;
	each_role(check_descriptor);
	assert_in_range(nr_descriptors, 1000, 10000);
	/* Half of them are not mutated, others in the steps only. */
	assert_in_range(nr_right, nr_descriptors / 3, nr_descriptors - nr_descriptors / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_makes_the_same_calls),
		cmocka_unit_test(another_seed_or_thread_makes_others),
		cmocka_unit_test(each_kind_is_drawn_by_its_roles),
		cmocka_unit_test(descriptors_are_safe_and_often_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Which raise and which handler entry belong to a sample; system facts. */

#include "unit.h"

#include "irqlat/bench/entrytrace.h"
#include "irqlat/source/irqgen_tally.h"
#include "irqlat/source/source.h"
#include "base/sysinfo.h"

static void sequence_numbers_map(void **state)
{
	struct seq_map map;

	(void)state;
	/* The source had dispatched more than the line has taken ... */
	seq_map_set(&map, 1000, 10);
	assert_int_equal(seq_map_first(&map, 11, 1), 1001);
	assert_int_equal(seq_map_first(&map, 15, 3), 1003);
	/* ... or fewer: the line was used by something else before. */
	seq_map_set(&map, 0, 500);
	assert_int_equal(seq_map_first(&map, 501, 1), 1);
	assert_int_equal(seq_map_first(&map, 504, 4), 1);
}

/* One more interrupt of the line, with raises merged into it. */
static void dispatch(struct irqgen_ring *ring, uint64_t raise_ns, uint32_t coalesced)
{
	struct irqgen_stamp *stamp = &ring->stamp[ring->dispatched % IRQGEN_RING_ENTRIES];

	stamp->raise_ns = raise_ns;
	stamp->coalesced = coalesced;
	ring->dispatched++;
	ring->raised += 1 + coalesced;
	ring->coalesced += coalesced;
}

static void raises_are_tallied(void **state)
{
	static struct irqgen_ring ring;
	struct irqgen_tally tally;
	struct account a;

	(void)state;
	dispatch(&ring, 5, 7);
	irqgen_tally_start(&tally, &ring);

	dispatch(&ring, 100, 0);
	irqgen_tally_take(&tally, &ring, 2, 1, &a);
	assert_int_equal(a.raised, 1);
	assert_int_equal(a.coalesced, 0);
	assert_int_equal(a.raised_ns, 100);

	/* Two in one delivery, five merged; another one is under way. */
	dispatch(&ring, 200, 2);
	dispatch(&ring, 300, 3);
	dispatch(&ring, 400, 0);
	irqgen_tally_take(&tally, &ring, 3, 2, &a);
	assert_int_equal(a.raised, 7);
	assert_int_equal(a.coalesced, 5);
	assert_int_equal(a.raised_ns, 200);

	/* That one was never delivered: raised 2, of which one is lost. */
	dispatch(&ring, 500, 0);
	irqgen_tally_take(&tally, &ring, 6, 1, &a);
	assert_int_equal(a.raised, 2);
	assert_int_equal(a.raised_ns, 500);

	/* Raised, given up, and delivered after all: raised once. */
	ring.raised++;
	irqgen_tally_take(&tally, &ring, 0, 0, &a);
	assert_int_equal(a.raised, 1);
	ring.raised--;
	dispatch(&ring, 600, 0);
	irqgen_tally_take(&tally, &ring, 7, 1, &a);
	assert_int_equal(a.raised, 0);
	assert_int_equal(tally.raised, ring.raised);
}

static void overwritten_stamps_are_unknown(void **state)
{
	static struct irqgen_ring ring;
	struct irqgen_tally tally;
	struct account a;
	uint64_t i;

	(void)state;
	irqgen_tally_start(&tally, &ring);
	for (i = 0; i < IRQGEN_RING_ENTRIES + 5; i++)
		dispatch(&ring, 1000 + i, 0);
	irqgen_tally_take(&tally, &ring, 1, IRQGEN_RING_ENTRIES + 5, &a);
	assert_int_equal(a.raised, IRQGEN_RING_ENTRIES + 5);
	assert_int_equal(a.raised_ns, 0);
	/* A number that was not given out is not believed either. */
	irqgen_tally_take(&tally, &ring, ring.dispatched + 1, 1, &a);
	assert_int_equal(a.raised_ns, 0);
}

static void entries_find_their_samples(void **state)
{
	struct entry_wait waits[] = {
		{ .raised_ns = 100, .user_ns = 200 },
		{ .raised_ns = 300, .user_ns = 400 },
		{ .raised_ns = 500, .user_ns = 600 },
	};
	struct entry_match match = { .waits = waits, .n = 3 };
	static const uint64_t entries[] = { 50, 100, 150, 250, 299, 600, 700 };
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(entries); i++)
		entry_match(&match, entries[i]);
	assert_int_equal(waits[0].entry_ns, 100);
	assert_int_equal(waits[1].entry_ns, 0);
	assert_int_equal(waits[2].entry_ns, 600);
	assert_int_equal(match.next, 3);
}

static void hypervisors_are_named(void **state)
{
	bool emulated = false;

	(void)state;
	assert_string_equal(sysinfo_hypervisor_name("TCGTCGTCGTCG", &emulated), "QEMU TCG");
	assert_true(emulated);
	assert_string_equal(sysinfo_hypervisor_name("KVMKVMKVM", &emulated), "KVM");
	assert_false(emulated);
	assert_string_equal(sysinfo_hypervisor_name("NewOne", &emulated), "NewOne");
	assert_string_equal(sysinfo_hypervisor_name("", &emulated), "unknown");
}

static bool warns(const struct sysinfo *info, const char *word)
{
	size_t i;

	for (i = 0; i < info->n_warnings; i++)
		if (strstr(info->warnings[i], word))
			return true;
	return false;
}

static void facts_are_collected(void **state)
{
	struct sysinfo info;

	(void)state;
	sysinfo_collect(FIXTURES "machine", &info);
	assert_string_equal(info.clocksource, "hpet");
	assert_string_equal(info.cpus_online, "0-3");
	assert_string_equal(info.isolated_cpus, "2-3");
	assert_string_equal(info.nohz_full_cpus, "");
	assert_string_equal(info.governor, "powersave");
	assert_string_equal(info.idle_states, "intel_idle: POLL C1 C6");
	assert_string_equal(info.cpu_model, "Test CPU @ 3.00GHz");
	assert_true(info.threadirqs);
	assert_int_equal(info.rt_runtime_us, 950000);
	assert_true(warns(&info, "clocksource hpet"));
	assert_true(warns(&info, "governor powersave"));
	sysinfo_irq(FIXTURES "machine", 24, &info);
	assert_string_equal(info.irq_affinity, "allowed 0-1, effective 1");
}

static void missing_facts_are_empty(void **state)
{
	struct sysinfo info;
	size_t i;

	(void)state;
	sysinfo_collect(FIXTURES "bare", &info);
	assert_string_equal(info.clocksource, "");
	assert_string_equal(info.governor, "");
	assert_string_equal(info.idle_states, "");
	assert_false(warns(&info, "clocksource"));
	assert_int_equal(info.rt_runtime_us, -1);
	for (i = 0; i < 2 * SYSINFO_WARNINGS_MAX; i++)
		sysinfo_warn(&info, "%0300d", 1);
	assert_int_equal(info.n_warnings, SYSINFO_WARNINGS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_numbers_map),
		cmocka_unit_test(raises_are_tallied),
		cmocka_unit_test(overwritten_stamps_are_unknown),
		cmocka_unit_test(entries_find_their_samples),
		cmocka_unit_test(hypervisors_are_named),
		cmocka_unit_test(facts_are_collected),
		cmocka_unit_test(missing_facts_are_empty),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}

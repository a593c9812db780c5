// SPDX-License-Identifier: GPL-2.0-or-later
/* Which raise and which handler entry belong to a sample. */

#include "unit.h"

#include "irqlat/bench/entrytrace.h"
#include "irqlat/source/irqgen_tally.h"
#include "irqlat/source/source.h"

static void sequence_numbers_map(void **state)
{
	struct seq_map map;

	(void)state;
	/* The source had dispatched more interrupts than the line had taken ... */
	seq_map_set(&map, 1000, 10);
	assert_int_equal(seq_map_first(&map, 11, 1), 1001);
	assert_int_equal(seq_map_first(&map, 15, 3), 1003);
	/* ... or fewer: another source used the line before. */
	seq_map_set(&map, 0, 500);
	assert_int_equal(seq_map_first(&map, 501, 1), 1);
	assert_int_equal(seq_map_first(&map, 504, 4), 1);
}

/* Add an interrupt of the line, with @coalesced raises merged into it. */
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

	/* Two in one delivery, five merged; a third is pending. */
	dispatch(&ring, 200, 2);
	dispatch(&ring, 300, 3);
	dispatch(&ring, 400, 0);
	irqgen_tally_take(&tally, &ring, 3, 2, &a);
	assert_int_equal(a.raised, 7);
	assert_int_equal(a.coalesced, 5);
	assert_int_equal(a.raised_ns, 200);

	/* The third is never delivered: raised 2, one of them lost. */
	dispatch(&ring, 500, 0);
	irqgen_tally_take(&tally, &ring, 6, 1, &a);
	assert_int_equal(a.raised, 2);
	assert_int_equal(a.raised_ns, 500);

	/* Raised, given up, and delivered later: counts as raised once. */
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
	/* A number that the source has not used is not believed either. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_numbers_map),
		cmocka_unit_test(raises_are_tallied),
		cmocka_unit_test(overwritten_stamps_are_unknown),
		cmocka_unit_test(entries_find_their_samples),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}

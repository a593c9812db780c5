// SPDX-License-Identifier: GPL-2.0-or-later
/* Which raises a delivery stands for. */

#include <string.h>

#include "irqgen_tally.h"

/* The ring is written by the kernel while it is mapped here. */
static uint64_t counter(const __u64 *value)
{
	return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

/* The stamp of an interrupt, or NULL when it is overwritten or yet to come. */
static const struct irqgen_stamp *stamp_of(const struct irqgen_ring *ring, uint64_t number)
{
	uint64_t dispatched = counter(&ring->dispatched);

	if (!number || number > dispatched || dispatched - number >= IRQGEN_RING_ENTRIES)
		return NULL;
	return &ring->stamp[(number - 1) % IRQGEN_RING_ENTRIES];
}

/**
 * irqgen_tally_start - everything until now does not count
 * @tally: overwritten
 * @ring: of a line on which nothing is being raised
 */
void irqgen_tally_start(struct irqgen_tally *tally, const struct irqgen_ring *ring)
{
	tally->number = counter(&ring->dispatched);
	tally->raised = counter(&ring->raised);
	tally->ahead = 0;
}

/**
 * irqgen_tally_take - account for what has happened since the last time
 * @tally: brought up to date
 * @ring: the line's ring
 * @first: number of the first interrupt of the delivery
 * @count: interrupts in it; 0: nothing was delivered
 * @account: raised: raises that became interrupts up to the delivery's last, or
 *	all there are if nothing was delivered; coalesced: of those, raises that
 *	were merged into one before them; raised_ns: of the first interrupt
 *
 * Interrupts between the last delivery and this one are in account->raised and
 * in no delivery: they come out as lost.
 */
void irqgen_tally_take(struct irqgen_tally *tally, const struct irqgen_ring *ring, uint64_t first,
		       uint32_t count, struct account *account)
{
	const struct irqgen_stamp *stamp = stamp_of(ring, first);
	uint64_t last = first + count - 1, known;

	memset(account, 0, sizeof(*account));
	if (!count) {
		account->raised = counter(&ring->raised) - tally->raised - tally->ahead;
		tally->ahead += account->raised;
		return;
	}
	if (stamp)
		account->raised_ns = stamp->raise_ns;
	for (; tally->number < last; tally->number++) {
		stamp = stamp_of(ring, tally->number + 1);
		account->raised++;
		if (!stamp)
			continue;
		account->raised += stamp->coalesced;
		account->coalesced += stamp->coalesced;
	}
	tally->raised += account->raised;
	/* Given up, and here after all: they must not count twice. */
	known = tally->ahead < account->raised ? tally->ahead : account->raised;
	tally->ahead -= known;
	account->raised -= known;
}

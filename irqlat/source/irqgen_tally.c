// SPDX-License-Identifier: GPL-2.0-or-later
/* Which raises a delivery stands for. */

#include <string.h>

#include "irqgen_tally.h"

/* The kernel writes the ring while it is mapped here. */
static uint64_t counter(const __u64 *value)
{
	return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

/* The stamp of an interrupt, or NULL when it is overwritten or not written yet. */
static const struct irqgen_stamp *stamp_of(const struct irqgen_ring *ring, uint64_t number)
{
	uint64_t dispatched = counter(&ring->dispatched);

	if (!number || number > dispatched || dispatched - number >= IRQGEN_RING_ENTRIES)
		return NULL;
	return &ring->stamp[(number - 1) % IRQGEN_RING_ENTRIES];
}

/**
 * irqgen_tally_start - ignore all raises until now
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
 * irqgen_tally_take - account for the raises since the last call
 * @tally: brought up to date
 * @ring: the line's ring
 * @first: number of the first interrupt of the delivery
 * @count: interrupts in it; 0: nothing was delivered
 * @account: raised: raises up to the last interrupt of the delivery, or all raises
 *	if nothing was delivered; coalesced: of those, merged into an earlier one;
 *	raised_ns: of the first interrupt
 *
 * Interrupts between the delivery before and this one are in account->raised and
 * in no delivery, so they count as lost.
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
	/* Raises that were given up and arrived later must not count twice. */
	known = tally->ahead < account->raised ? tally->ahead : account->raised;
	tally->ahead -= known;
	account->raised -= known;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which raises of an irqgen line a delivery stands for. Counted by the numbers
 * of the interrupts in it, not by the ring's totals, which other raises may
 * increase meanwhile.
 */
#ifndef IRQLAT_IRQGEN_TALLY_H
#define IRQLAT_IRQGEN_TALLY_H

#include <stdint.h>

#include "source.h"
#include "uapi/irqgen.h"

/**
 * struct irqgen_tally - what has been accounted for
 * @number: last interrupt, in the numbering of struct irqgen_ring
 * @raised: raises that became interrupts up to that one, in the counting of
 *	struct irqgen_ring
 * @ahead: raises accounted for that are not in @raised: they were given up
 */
struct irqgen_tally {
	uint64_t number;
	uint64_t raised;
	uint64_t ahead;
};

void irqgen_tally_start(struct irqgen_tally *tally, const struct irqgen_ring *ring);
void irqgen_tally_take(struct irqgen_tally *tally, const struct irqgen_ring *ring, uint64_t first,
		       uint32_t count, struct account *account);

#endif /* IRQLAT_IRQGEN_TALLY_H */

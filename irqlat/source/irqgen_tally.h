/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which raises of an irqgen line a delivery stands for. They are found by the
 * numbers of the interrupts in it, because the ring's totals may include raises
 * that come after it.
 */
#ifndef IRQLAT_IRQGEN_TALLY_H
#define IRQLAT_IRQGEN_TALLY_H

#include <stdint.h>

#include "source.h"
#include "module/uapi/irqgen.h"

/**
 * struct irqgen_tally - the raises that are accounted for
 * @number: the last interrupt that is, as struct irqgen_ring numbers them
 * @raised: raises that became interrupts up to that one, as struct irqgen_ring
 *	counts them
 * @ahead: raises that are accounted for as given up, and are not in @raised
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

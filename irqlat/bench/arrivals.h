/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When interrupts come: the gaps from one to the next, at random or not. The seed
 * decides, so that a run can be repeated.
 */
#ifndef IRQLAT_ARRIVALS_H
#define IRQLAT_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"

enum arrivals_kind {
	ARRIVALS_READY,	  /* a gap after the thread is ready for it */
	ARRIVALS_FIXED,	  /* equal gaps */
	ARRIVALS_POISSON, /* exponentially distributed gaps */
	ARRIVALS_BURST,	  /* several interrupts with short gaps, then a long one */
};

/**
 * struct arrivals_config - what --arrivals, --interval, --gap and --seed ask for
 * @kind: kind
 * @burst: interrupts in a burst; 1 for other kinds
 * @mean_ns: mean gap
 * @gap_ns: ARRIVALS_BURST: gap within a burst
 * @seed: of the gaps at random
 */
struct arrivals_config {
	enum arrivals_kind kind;
	uint64_t burst;
	uint64_t mean_ns;
	uint64_t gap_ns;
	uint64_t seed;
};

/**
 * struct arrivals - gaps that are being drawn
 * @config: what was asked for
 * @state: of the generator
 * @number: gaps drawn so far
 * @due_ns: CLOCK_MONOTONIC of the last arrival
 */
struct arrivals {
	struct arrivals_config config;
	uint64_t state;
	uint64_t number;
	uint64_t due_ns;
};

int arrivals_parse(const char *text, struct arrivals_config *config, struct why *why);
int arrivals_check(const struct arrivals_config *config, struct why *why);
void arrivals_name(const struct arrivals_config *config, char *text, size_t size);
void arrivals_start(struct arrivals *arrivals, const struct arrivals_config *config,
		    uint64_t now_ns);
uint64_t arrivals_gap_ns(struct arrivals *arrivals);
uint64_t arrivals_next_ns(struct arrivals *arrivals, uint64_t now_ns);

#endif /* IRQLAT_ARRIVALS_H */

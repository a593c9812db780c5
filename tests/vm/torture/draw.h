/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers that repeat. A call is a function of seed, thread and step alone: it
 * does not depend on what the calls before it returned.
 */
#ifndef TORTURE_DRAW_H
#define TORTURE_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct draw {
	uint64_t state;
};

/* Begins the sequence of one step of one thread. */
void draw_begin(struct draw *d, uint64_t seed, unsigned int thread, uint64_t step);

uint64_t draw_64(struct draw *d);

/* 0 to @limit - 1; @limit is not 0. */
uint32_t draw_below(struct draw *d, uint32_t limit);

/* True once in @n times. */
bool draw_rarely(struct draw *d, uint32_t n);

/* A number of up to 64 bits, often one at which code decides: 0, 1, a power of two, ~0. */
uint64_t draw_number(struct draw *d);

#define draw_of(d, array) ((array)[draw_below(d, sizeof(array) / sizeof((array)[0]))])

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "draw.h"

/* SplitMix64: any state is a good one, so a hash of the step may be the state. */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t draw_64(struct draw *d)
{
	d->state += 0x9e3779b97f4a7c15;
	return mix(d->state);
}

void draw_begin(struct draw *d, uint64_t seed, unsigned int thread, uint64_t step)
{
	d->state = mix(mix(mix(seed) + thread) + step);
}

uint32_t draw_below(struct draw *d, uint32_t limit)
{
	return (uint32_t)((draw_64(d) >> 32) * limit >> 32);
}

bool draw_rarely(struct draw *d, uint32_t n)
{
	return draw_below(d, n) == 0;
}

uint64_t draw_number(struct draw *d)
{
	uint64_t bit = 1ULL << draw_below(d, 64);

	switch (draw_below(d, 8)) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return ~0ULL;
	case 3:
		return bit;
	case 4:
		return bit - 1;
	case 5:
		return ~bit;
	case 6:
		return draw_below(d, 256);
	default:
		return draw_64(d);
	}
}

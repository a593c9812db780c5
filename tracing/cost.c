// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"

#define ROUNDS 64
#define CALLS  64

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Time of a short system call now: the median of many rounds. */
uint64_t cost_call_ns(void)
{
	uint64_t rounds[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = clock_ns();

		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getppid);
		rounds[round] = (clock_ns() - start) / CALLS;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_ns);
	return rounds[ROUNDS / 2];
}

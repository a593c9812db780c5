/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handler entry times from the stock tracepoint irq:irq_handler_entry, the same
 * for every driver: a private tracefs instance, clock "mono", one line.
 */
#ifndef IRQLAT_ENTRYTRACE_H
#define IRQLAT_ENTRYTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct entry_wait - a sample that waits for its handler entry
 * @row: whose sample it is; the caller's business
 * @path: "
 * @raised_ns: CLOCK_MONOTONIC before the interrupt was raised
 * @user_ns: CLOCK_MONOTONIC when it had reached the user
 * @entry_ns: the first entry between the two; 0 until there is one
 */
struct entry_wait {
	size_t row;
	unsigned int path;
	uint64_t raised_ns;
	uint64_t user_ns;
	uint64_t entry_ns;
};

/**
 * struct entry_match - samples being matched with entries, both ascending
 * @waits: @n of them
 * @n: samples
 * @next: the first that may still get an entry
 */
struct entry_match {
	struct entry_wait *waits;
	size_t n;
	size_t next;
};

void entry_match(struct entry_match *match, uint64_t entry_ns);

struct entrytrace;

struct entrytrace *entrytrace_open(void);
int entrytrace_start(struct entrytrace *trace, unsigned int irq);
int entrytrace_drain(struct entrytrace *trace, struct entry_match *match, uint64_t *events_lost);
void entrytrace_close(struct entrytrace *trace);

#endif /* IRQLAT_ENTRYTRACE_H */

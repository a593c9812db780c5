/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time at which a hard interrupt handler begins, from the tracepoint
 * irq:irq_handler_entry, for every driver alike. It is recorded in a private tracefs
 * instance with clock "mono", for one interrupt line at a time.
 */
#ifndef IRQLAT_ENTRYTRACE_H
#define IRQLAT_ENTRYTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqlat/way/way.h"

struct way_rows;

/**
 * struct entry_wait - a sample that waits for its handler entry
 * @rows: the way whose sample it is, for the caller
 * @path: the path it took, for the caller
 * @raised_ns: CLOCK_MONOTONIC before the interrupt was raised
 * @user_ns: CLOCK_MONOTONIC when it had reached user space
 * @entry_ns: the first entry between the two; 0 until there is one
 */
struct entry_wait {
	struct way_rows *rows;
	enum handler_path path;
	uint64_t raised_ns;
	uint64_t user_ns;
	uint64_t entry_ns;
};

/**
 * struct entry_match - samples that are matched with entries, both in order of time
 * @waits: @n samples
 * @n: how many
 * @next: the first sample that may still get an entry
 */
struct entry_match {
	struct entry_wait *waits;
	size_t n;
	size_t next;
};

void entry_match(struct entry_match *match, uint64_t entry_ns);

struct entrytrace;
struct why;

struct entrytrace *entrytrace_open(struct why *why);
int entrytrace_start(struct entrytrace *trace, unsigned int irq, struct why *why);
int entrytrace_drain(struct entrytrace *trace, struct entry_match *match, uint64_t *events_lost,
		     struct why *why);
void entrytrace_close(struct entrytrace *trace);

#endif /* IRQLAT_ENTRYTRACE_H */

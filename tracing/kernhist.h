/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernhist - histograms that the kernel keeps: hist triggers, synthetic events
 *
 * Nothing is recorded, so no buffer can overflow. In return less is known: for each
 * interrupt the time in its handlers, and the way of a task or irq thread that a
 * handler woke until it runs. Softirqs and work items are not followed, and a bucket
 * is as wide as the kernel makes it.
 */
#ifndef TRACING_KERNHIST_H
#define TRACING_KERNHIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "stats.h"

/**
 * struct kernhist_config - what to keep
 * @irqs: only these interrupts, @n_irqs of them; none: all
 * @bucket_ns: width of a bucket; 0: each power of two has one
 */
struct kernhist_config {
	const int32_t *irqs;
	size_t n_irqs;
	uint64_t bucket_ns;
};

/**
 * struct kernhist_account - counts of one interrupt on one CPU
 * @seen: handlers entered
 * @timed: of those, handlers with a time
 * @woke: wake-ups by a handler, or of its irq thread
 * @ran: of those, tasks that were switched in, with their times
 */
struct kernhist_account {
	int32_t irq;
	unsigned int cpu;
	uint64_t seen;
	uint64_t timed;
	uint64_t woke;
	uint64_t ran;
};

/**
 * struct kernhist_counts - what was counted
 * @accounts: @n_accounts of them
 * @running: wake-ups of tasks that had not left the CPU yet, so no switch in follows
 * @dropped: times that had no room in the kernel's tables
 * @malformed: rows of the kernel's text that this program does not understand
 */
struct kernhist_counts {
	struct kernhist_account *accounts;
	size_t n_accounts;
	uint64_t running;
	uint64_t dropped;
	uint64_t malformed;
};

struct kernhist;

struct kernhist *kernhist_new(const struct kernhist_config *config, struct why *why);
void kernhist_free(struct kernhist *k);
int kernhist_start(struct kernhist *k);
int kernhist_stop(struct kernhist *k);
int kernhist_read(struct kernhist *k, struct stats *stats, struct kernhist_counts *counts);
uint64_t kernhist_cost_ns(const struct kernhist *k);

#endif /* TRACING_KERNHIST_H */

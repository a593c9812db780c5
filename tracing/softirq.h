/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * softirq - how long each softirq waited, and how long it ran
 *
 * It waits from its first raise to its entry on the same CPU. It runs from its entry to
 * its exit, without the handlers of interrupts that are recorded and that interrupted it.
 * Where softirqs can be preempted (PREEMPT_RT) the time of what preempted it is in it.
 */
#ifndef TRACING_SOFTIRQ_H
#define TRACING_SOFTIRQ_H

#include "event.h"

#define SOFTIRQ_VECS 10

/**
 * struct softirq_run - a softirq that ended
 * @vec: its number, as in /proc/softirqs
 * @cpu: where
 * @has_wait: its raise was recorded
 * @wait_ns: how long it waited
 * @ns: how long it ran
 */
struct softirq_run {
	uint32_t vec;
	unsigned int cpu;
	bool has_wait;
	uint64_t wait_ns;
	uint64_t ns;
};

/* Gets each softirq that ended. */
typedef void softirq_ended(void *ctx, const struct softirq_run *run);

const char *softirq_name(uint32_t vec);

struct softirqs;

struct softirqs *softirqs_new(unsigned int n_cpus, softirq_ended *ended, void *ctx);
void softirqs_event(struct softirqs *softirqs, const struct event *e);
void softirqs_free(struct softirqs *softirqs);

#endif /* TRACING_SOFTIRQ_H */

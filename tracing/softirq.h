/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * softirq - how long each softirq ran
 *
 * From its entry to its exit on one CPU, without the handlers of interrupts that are
 * recorded and that interrupted it. Where softirqs can be preempted (PREEMPT_RT) the time
 * of what preempted it is in it.
 */
#ifndef TRACING_SOFTIRQ_H
#define TRACING_SOFTIRQ_H

#include "event.h"

/* Gets each softirq that ended: its number, as in /proc/softirqs, and its time. */
typedef void softirq_ended(void *ctx, uint32_t vec, uint64_t ns);

struct softirqs;

struct softirqs *softirqs_new(unsigned int n_cpus, softirq_ended *ended, void *ctx);
void softirqs_event(struct softirqs *softirqs, const struct event *e);
void softirqs_free(struct softirqs *softirqs);

#endif /* TRACING_SOFTIRQ_H */

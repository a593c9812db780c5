/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time in handlers, from interrupt to the woken task, and to the end of the read()
 * of /proc/irq/N/irq that returns it, from a private tracing instance. A thread
 * drains it all the time, so that a long interval loses nothing; what it counted
 * is taken over once per sample.
 */
#ifndef IRQTOP_LATENCY_H
#define IRQTOP_LATENCY_H

#include "base/why.h"
#include "monitor.h"
#include "tracing/hist.h"

struct latency;

enum latency_kind { LATENCY_TASK, LATENCY_READ, LATENCY_KINDS };

struct latency_cost {
	double events_hz;
	double cpu;    /* share of one CPU that recording takes; <0: unknown */
	uint64_t lost; /* events, since the start */
	bool reads;    /* some interrupt has latencies of reads */
};

/*
 * Starts to record. NULL where that is not possible (not root, no tracefs).
 */
struct latency *latency_start(struct why *why);

/*
 * Hands what was counted in the last `seconds` to the tracks of the interrupts.
 * With `latency` NULL, takes it away from them.
 */
void latency_take(struct latency *latency, struct tracks *tracks, double seconds,
		  struct latency_cost *cost);

/*
 * A copy of one interrupt's latencies since the start, which the caller frees with
 * hist_free(). false: there are none.
 */
bool latency_histogram(struct latency *latency, int32_t irq, enum latency_kind kind,
		       struct hist *copy);

/* Stops, and removes the instance. NULL is nothing. */
void latency_stop(struct latency *latency);

#endif

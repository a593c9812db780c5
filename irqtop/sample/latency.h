/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times measured by tracing, in a private tracing instance: in handlers and softirqs, from the
 * interrupt to the task it woke, and from the interrupt to the end of the read() of
 * /proc/irq/N/irq that returns it. A thread reads the events continuously, so that
 * none is lost in a long interval. Once per sample its counts go to the tracks.
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
	double cpu;    /* share of one CPU that tracing takes; negative: unknown */
	uint64_t lost; /* events since the start */
	bool reads;    /* some interrupt has latencies of read() */
};

/*
 * Starts to trace. NULL where that is not possible (not root, no tracefs).
 */
struct latency *latency_start(struct why *why);

/*
 * Gives the counts of the last `seconds` to the tracks of the interrupts and softirqs,
 * tracks[TABLE_COUNT]. With `latency` NULL, clears them there.
 */
void latency_take(struct latency *latency, struct tracks *tracks, double seconds,
		  struct latency_cost *cost);

/*
 * Copies one interrupt's latencies since the start; the caller frees the copy with
 * hist_free(). false: there are none.
 */
bool latency_histogram(struct latency *latency, int32_t irq, enum latency_kind kind,
		       struct hist *copy);

/* Stops to trace, and removes the instance. Does nothing for NULL. */
void latency_stop(struct latency *latency);

#endif

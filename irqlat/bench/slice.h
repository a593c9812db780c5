/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured at one time: a group of ways that share a port. */
#ifndef IRQLAT_SLICE_H
#define IRQLAT_SLICE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "irqlat/source/source.h"
#include "irqlat/way/way.h"
#include "record.h"

/**
 * struct group_way - a way of a group
 * @way: the way
 * @rows: its rows of the present phase
 * @given_up: how many of its interrupts in a row did not arrive
 */
struct group_way {
	const struct way *way;
	struct way_rows *rows;
	unsigned int given_up;
};

/**
 * struct way_group - the ways that need the same driver, and their source
 * @ways: @n_ways of them
 * @n_ways: 0: no way needs this driver
 * @unavailable: the driver could not be opened, which was reported
 * @ops: the kind of source
 * @source: the source; groups with the same @ops share it
 * @samples: of each way, in the present phase
 *
 * The measured thread reads @ways, @n_ways, @ops and @source, which are constant
 * while it runs. The rest belongs to the controlling thread.
 */
struct way_group {
	struct group_way ways[WAYS_MAX];
	unsigned int n_ways;
	bool unavailable;
	const struct source_ops *ops;
	struct source *source;
	uint64_t samples;
};

/**
 * struct slice - a span of time in which the ways of one group take turns
 * @bench: what to measure
 * @group: the group
 * @driver: its driver
 * @port: opened by the driver; only the measured thread uses it while it runs
 * @warmup: samples of each way to throw away first
 * @samples: samples of each way after those, at most
 * @end_ns: CLOCK_MONOTONIC at which to end, 0: after @samples
 *
 * The controlling thread writes it before the measured thread starts.
 */
struct slice {
	const struct bench *bench;
	struct way_group *group;
	const struct driver_ops *driver;
	struct port port;
	uint64_t warmup;
	uint64_t samples;
	uint64_t end_ns;
};

/* The way of wait @number: the ways of a group take turns, each for a burst of interrupts. */
static inline struct group_way *slice_turn(const struct slice *slice, uint64_t number)
{
	uint64_t burst = slice->bench->arrivals.burst;

	return &slice->group->ways[number / burst % slice->group->n_ways];
}

/* How many waits its way had in this slice before wait @number. */
static inline uint64_t slice_waits(const struct slice *slice, uint64_t number)
{
	uint64_t burst = slice->bench->arrivals.burst;

	return number / (burst * slice->group->n_ways) * burst + number % burst;
}

/* Whether each way had as many waits before wait @number as the others. */
static inline bool slice_is_even(const struct slice *slice, uint64_t number)
{
	return !(number % (slice->bench->arrivals.burst * slice->group->n_ways));
}

/*
 * Whether the thread begins to wait when the controlling thread allows it: one that spins
 * does not sleep, and where interrupts come at given times nobody looks whether it does.
 */
static inline bool slice_awaits_go(const struct slice *slice, const struct way *way)
{
	if (slice->group->ops->self_timed)
		return false;
	return way->spins || way->may_spin || slice->bench->arrivals.kind != ARRIVALS_READY;
}

/*
 * A thread that spins on the CPU of the controlling thread keeps that from running:
 * it raises its interrupt itself, if the source can do that.
 */
static inline bool slice_raises_itself(const struct slice *slice, const struct way *way)
{
	return way->spins && slice->group->ops->raise_here &&
	       slice->bench->measured_cpu == slice->bench->source_cpu;
}

#endif /* IRQLAT_SLICE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run of irqlat bench.
 *
 * A run has one or two phases: without load, and under load. A phase has rounds. In
 * a round each group of ways has a slice, so that drift of the system affects all
 * groups alike. In a slice the ways of the group take turns, interrupt by interrupt.
 *
 * measure.c decides what is measured when. drive.c is the controlling thread during a
 * slice, measured_thread.c the measured thread. record.c keeps the results.
 */
#ifndef IRQLAT_MEASURE_H
#define IRQLAT_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpubudget.h"
#include "bench.h"
#include "measured_thread.h"
#include "record.h"
#include "slice.h"

/**
 * struct phase - a part of the run
 * @load: as in results
 * @is_first: it is the one without load
 * @is_first_round: no round of it is over
 * @end_ns: CLOCK_MONOTONIC at which it ends, 0: after bench->samples
 */
struct phase {
	const char *load;
	bool is_first;
	bool is_first_round;
	uint64_t end_ns;
};

/**
 * struct measurement - a run
 * @bench: what to measure
 * @run: the results; the rows are in @recording until the end
 * @why: reason of the last failure, empty after report() has passed it on
 * @recording: the rows
 * @groups: ways, by the driver that they need
 * @overhead_ns: cost of reading the clock
 * @next_progress_ns: CLOCK_MONOTONIC of the next call of bench->progress()
 * @arrivals: when the interrupts of the phase come
 * @phase: overwritten for each phase
 * @slice: overwritten for each slice
 * @thread: overwritten for each slice
 *
 * Only the controlling thread uses it. What the measured thread uses of @slice,
 * @thread and @groups, slice.h and measured_thread.h say.
 */
struct measurement {
	const struct bench *bench;
	struct run *run;
	struct why why;
	struct cpubudget budget; /* when it began */
	struct recording recording;
	struct way_group groups[DRIVER_COUNT];
	uint64_t overhead_ns;
	uint64_t next_progress_ns;
	struct arrivals arrivals;
	struct phase phase;
	struct slice slice;
	struct measured_thread thread;
};

/* drive.c */
bool measurement_stops(struct measurement *m);
int drive_slice(struct measurement *m);

#endif /* IRQLAT_MEASURE_H */

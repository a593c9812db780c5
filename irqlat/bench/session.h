/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run of irqlat bench, shared by its rounds (rounds.c: which way, when)
 * and its loop (run.c: one interrupt after the other).
 *
 * A run has phases: without load, and under load if that is wanted. A phase has
 * rounds, so that drift hits all ways alike; in a round each driver has a slice,
 * in which its ways take turns, interrupt by interrupt.
 */
#ifndef IRQLAT_BENCH_SESSION_H
#define IRQLAT_BENCH_SESSION_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench.h"
#include "entrytrace.h"

/* How far the measured thread may run ahead; it does where it times itself. */
#define ARRIVALS_MAX 1024
/* Samples that wait for their handler entry between two drains. */
#define ENTRY_WAITS_MAX 512

/* Rows of a way in the results, in this order. */
enum stage { STAGE_TOTAL, STAGE_TO_HANDLER, STAGE_TO_USER, STAGE_COUNT };

/* Where the path is known, rows of each path but PATH_NONE follow those. */
enum path_stage { PATH_TOTAL, PATH_TO_USER, PATH_STAGES };

/**
 * struct arrival - how one wait ended
 * @error: 0, or errno; EINTR: cancelled
 * @brought: @delivery is valid
 * @delivery: what the wait returned, or what was there after it was cancelled
 */
struct arrival {
	int error;
	bool brought;
	struct delivery delivery;
};

/**
 * struct turn - a way that takes turns on the port
 * @way: the way
 * @row: its first row in the results
 * @n_rows: STAGE_COUNT, or 1 where the handler entry is unknown; rows of paths
 *	not counted
 * @given_up: interrupts in a row that did not arrive
 */
struct turn {
	const struct way *way;
	size_t row;
	size_t n_rows;
	unsigned int given_up;
};

/**
 * struct lane - a driver and its ways
 * @turns: @n_turns ways; their rows are this phase's
 * @n_turns: 0: not wanted
 * @unavailable: it is not there, and was reported
 * @ops: what raises for it
 * @source: the same, opened
 * @done: samples per way in this phase
 */
struct lane {
	struct turn turns[BENCH_WAYS_MAX];
	unsigned int n_turns;
	bool unavailable;
	const struct source_ops *ops;
	struct source *source;
	uint64_t done;
};

struct session {
	const struct bench *bench;
	struct run *run;
	struct entrytrace *trace;
	struct entry_wait *waits;
	size_t n_waits;
	uint64_t entries_lost;
	uint64_t entries_missing;
	uint64_t early;
	uint64_t drift;
	uint64_t start_ns;

	/* The phase. */
	struct lane lanes[DRIVER_COUNT];
	const char *load;
	const char *first_load;
	uint64_t begin_ns;
	uint64_t phase_end_ns;
	uint64_t progress_ns;

	/* The slice. */
	struct lane *lane;
	const struct driver_ops *driver;
	struct port port;
	uint64_t slice_warmup;
	uint64_t slice_samples;
	uint64_t slice_end_ns;

	/* The measured thread. */
	pthread_t thread;
	pid_t tid;
	int priority_error;
	int stat_fd;
	sem_t armed;
	sem_t room;
	sem_t go;
	atomic_bool stop;
	atomic_bool exited;
	/* Number + 1 of the sample that is given up. */
	_Atomic uint64_t cancelled;
	struct arrival arrivals[ARRIVALS_MAX];
};

bool session_stop_requested(struct session *s);
void session_serve_interim(struct session *s);
int session_match_entries(struct session *s);
int session_measure(struct session *s);

#endif /* IRQLAT_BENCH_SESSION_H */

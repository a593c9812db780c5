/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The measured thread: in a loop it waits for an interrupt by the way whose turn it
 * is, acknowledges the device, and announces the next wait.
 */
#ifndef IRQLAT_MEASURED_THREAD_H
#define IRQLAT_MEASURED_THREAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "slice.h"

/*
 * How many waits the thread may be ahead of the controlling thread: it is where a
 * way times itself, or another program raises interrupts.
 */
#define WAITS_AHEAD_MAX 1024

/**
 * struct wait_end - how a wait ended
 * @error: 0, or errno; EINTR: the controlling thread gave it up
 * @delivered: @delivery is valid
 * @delivery: what the wait returned, or what had arrived when it was given up
 * @cost: what the wait cost
 */
struct wait_end {
	int error;
	bool delivered;
	struct delivery delivery;
	struct wait_cost cost;
};

/**
 * struct measured_thread - the thread, and what it shares with the controlling one
 * @slice: what it measures; constant while it runs
 * @thread: its id; written and read by the controlling thread
 * @stat_fd: /proc/self/task/TID/stat; used by the controlling thread
 * @tid: its kernel id; written by the thread before it first posts @armed
 * @priority_error: errno of setting its priority, or 0; written as @tid
 * @unpinned: it is not pinned, for its policy; written as @tid
 * @armed: posted by the thread when it is about to begin its next wait, and when it
 *	ends
 * @room: free elements of @ends; posted by the controlling thread, which has read
 *	one, waited for by the thread before it writes one
 * @go: posted by the controlling thread: the wait may begin, see slice_awaits_go()
 * @gap_ns: until the interrupt that the thread raises itself; written by the controlling
 *	thread before it posts @go
 * @stop: written by the controlling thread: the thread has to end
 * @cancelled: written by the controlling thread: number + 1 of the wait that it
 *	gives up; waits are numbered from 0
 * @exited: written by the thread after its last wait
 * @ends: wait N ends in element N % WAITS_AHEAD_MAX, which the thread writes before
 *	it posts @armed for wait N + 1, and the controlling thread reads after it has
 *	waited for that post
 *
 * After it has written @stop or @cancelled, the controlling thread interrupts the
 * wait with SIGUSR2 until the thread has posted @armed again, because a signal may
 * come before the wait has begun. Atomics are sequentially consistent. The
 * semaphores order all other accesses.
 */
struct measured_thread {
	struct slice *slice;
	pthread_t thread;
	int stat_fd;
	pid_t tid;
	int priority_error;
	bool unpinned;
	sem_t armed;
	sem_t room;
	sem_t go;
	uint64_t gap_ns;
	atomic_bool stop;
	_Atomic uint64_t cancelled;
	atomic_bool exited;
	struct wait_end ends[WAITS_AHEAD_MAX];
};

int measured_thread_start(struct measured_thread *t, struct slice *slice, struct why *why);
void measured_thread_end(struct measured_thread *t);
bool measured_thread_wait_armed(struct measured_thread *t, uint64_t until_ns);
bool measured_thread_is_asleep(const struct measured_thread *t);
void measured_thread_give_up(struct measured_thread *t, uint64_t number);
const struct wait_end *measured_thread_end_of(const struct measured_thread *t, uint64_t number);

#endif /* IRQLAT_MEASURED_THREAD_H */

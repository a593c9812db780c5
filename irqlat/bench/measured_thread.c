// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The measured thread, and how the controlling thread starts, watches and ends it.
 * Nothing but the way under test runs on the measured thread between the interrupt
 * and the time that ends the sample.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "rtsetup.h"
#include "measured_thread.h"

#define STACK_BYTES (256 * 1024)
/* From one signal to the next, where a wait is interrupted. */
#define KICK_NS 1000000

/* --- on the measured thread ----------------------------------------------- */

/* CPU time of the calling thread, ns. */
static uint64_t thread_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static bool is_given_up(const struct measured_thread *t, uint64_t number)
{
	return atomic_load(&t->stop) || atomic_load(&t->cancelled) == number + 1;
}

static void service_device(struct slice *slice)
{
	if (slice->group->ops->ack)
		slice->group->ops->ack(slice->group->source);
	if (slice->driver->rearm)
		slice->driver->rearm(&slice->port);
}

static void wait_interrupt(struct measured_thread *t, const struct way *way, uint64_t number,
			   struct wait_end *end)
{
	struct slice *slice = t->slice;
	int err;

	do {
		err = way->wait(&slice->port, &end->delivery);
	} while (err && errno == EINTR && !is_given_up(t, number));

	end->error = err ? errno : 0;
	end->cost.cpu_ns += thread_cpu_ns();
	end->cost.wait_ns += clock_ns();
	if (!err && way->after && way->after(&slice->port, &end->delivery))
		end->error = errno;
	end->delivered = !end->error;
	/* A thread that raises its interrupt itself sleeps until then, and does not wait. */
	if (slice_raises_itself(slice, way))
		end->cost = (struct wait_cost){ 0 };
	if (end->error == EINTR && !atomic_load(&t->stop))
		end->delivered = !slice->driver->drain(&slice->port, &end->delivery);
	if (end->delivered)
		service_device(slice);
}

/*
 * A thread that spins does not sleep, and on the CPU of the controlling thread it
 * keeps that from running. So it begins when the controlling thread allows it:
 * before the interrupt is raised, or after the source was asked to raise it later.
 */
static void await_go(struct measured_thread *t, uint64_t number)
{
	while (sem_wait(&t->go) && !is_given_up(t, number))
		;
}

static void begin_spinning(struct measured_thread *t, const struct way *way, uint64_t number)
{
	struct slice *slice = t->slice;

	way->begin(&slice->port);
	if (slice_raises_itself(slice, way) && !is_given_up(t, number))
		slice->group->ops->raise_here(slice->group->source, t->gap_ns,
					      way->in_call && way->in_call(&slice->port));
}

/* Returns false when the way does not work. */
static bool wait_once(struct measured_thread *t, uint64_t number)
{
	const struct way *way = slice_turn(t->slice, number)->way;
	struct wait_end *end = &t->ends[number % WAITS_AHEAD_MAX];
	int error = way->arm && way->arm(&t->slice->port) ? errno : 0;

	sem_post(&t->armed);
	while (sem_wait(&t->room) && !atomic_load(&t->stop))
		;
	*end = (struct wait_end){ .error = error };
	if (error)
		return false;
	if (slice_awaits_go(t->slice, way))
		await_go(t, number);
	/* What is passed by is subtracted: see wait_interrupt(). */
	end->cost.wait_ns = -clock_ns();
	end->cost.cpu_ns = -thread_cpu_ns();
	if (way->spins)
		begin_spinning(t, way, number);
	wait_interrupt(t, way, number, end);
	return !end->error || end->error == EINTR;
}

static void *measured_thread(void *context)
{
	struct measured_thread *t = context;
	struct slice *slice = t->slice;
	uint64_t number;

	t->tid = gettid();
	rt_pin(slice->bench->measured_cpu);
	t->priority_error =
		rt_set_priority(&slice->bench->priority, slice->bench->measured_cpu, &t->unpinned) ?
			errno :
			0;

	for (number = 0; !atomic_load(&t->stop); number++)
		if (!wait_once(t, number))
			break;
	if (slice->driver->leave)
		slice->driver->leave(&slice->port);
	atomic_store(&t->exited, true);
	sem_post(&t->armed);
	return NULL;
}

/* --- on the controlling thread -------------------------------------------- */

static void interrupt_wait(int signal)
{
	(void)signal;
}

/* Without SA_RESTART: a system call that waits returns with EINTR. */
static void catch_signal(void)
{
	struct sigaction action = { .sa_handler = interrupt_wait };

	sigaction(SIGUSR2, &action, NULL);
}

/* Returns whether the thread posted @armed in time. */
bool measured_thread_wait_armed(struct measured_thread *t, uint64_t until_ns)
{
	struct timespec until = clock_timespec(until_ns);

	return !sem_clockwait(&t->armed, CLOCK_MONOTONIC, &until);
}

/* Is it asleep, or has it ended? The state is the field after "(comm)". */
bool measured_thread_is_asleep(const struct measured_thread *t)
{
	char text[512], *end;
	ssize_t n = pread(t->stat_fd, text, sizeof(text) - 1, 0);

	if (n > 0) {
		text[n] = '\0';
		end = strrchr(text, ')');
		if (end && end[1] == ' ' && end[2] == 'S')
			return true;
	}
	return atomic_load(&t->exited);
}

/* Interrupt its wait until it posts @armed. */
static void kick(struct measured_thread *t)
{
	do {
		pthread_kill(t->thread, SIGUSR2);
	} while (!measured_thread_wait_armed(t, clock_ns() + KICK_NS));
}

/* End a wait to which no interrupt comes. */
void measured_thread_give_up(struct measured_thread *t, uint64_t number)
{
	atomic_store(&t->cancelled, number + 1);
	kick(t);
}

/* How a wait ended, after the thread has armed the next one. */
const struct wait_end *measured_thread_end_of(const struct measured_thread *t, uint64_t number)
{
	return &t->ends[number % WAITS_AHEAD_MAX];
}

static int open_stat(struct measured_thread *t, struct why *why)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", t->tid);
	t->stat_fd = open(path, O_RDONLY | O_CLOEXEC);
	return t->stat_fd < 0 ? why_set(why, "%s: %s", path, strerror(errno)) : 0;
}

static void destroy_semaphores(struct measured_thread *t)
{
	sem_destroy(&t->armed);
	sem_destroy(&t->room);
	sem_destroy(&t->go);
}

void measured_thread_end(struct measured_thread *t)
{
	if (t->stat_fd >= 0)
		close(t->stat_fd);
	atomic_store(&t->stop, true);
	while (!atomic_load(&t->exited))
		kick(t);
	pthread_join(t->thread, NULL);
	destroy_semaphores(t);
}

/**
 * measured_thread_start - start it
 * @t: overwritten
 * @slice: what it measures; the port is open
 * @why: gets the reason of a failure
 *
 * When this returns it has set its priority, and has posted @t->armed for its first
 * wait.
 *
 * Returns 0 or -1.
 */
int measured_thread_start(struct measured_thread *t, struct slice *slice, struct why *why)
{
	pthread_attr_t attr;
	int error;

	t->slice = slice;
	t->stat_fd = -1;
	sem_init(&t->armed, 0, 0);
	sem_init(&t->room, 0, WAITS_AHEAD_MAX);
	sem_init(&t->go, 0, 0);
	atomic_store(&t->stop, false);
	atomic_store(&t->exited, false);
	atomic_store(&t->cancelled, 0);
	catch_signal();
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	error = pthread_create(&t->thread, &attr, measured_thread, t);
	pthread_attr_destroy(&attr);
	if (error) {
		destroy_semaphores(t);
		return why_set(why, "cannot start a thread: %s", strerror(error));
	}
	while (sem_wait(&t->armed) && errno == EINTR)
		;
	sem_post(&t->armed);
	if (!open_stat(t, why))
		return 0;
	measured_thread_end(t);
	return -1;
}

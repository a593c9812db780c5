// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The controlling thread during a slice. In a loop it sees the measured thread
 * asleep, has the source raise an interrupt, waits until the thread announces its
 * next wait, and records what the wait before has brought. So every sample is of a
 * thread that sleeps, or spins, when the interrupt is raised. With --arrivals it does
 * not look whether the thread sleeps: interrupts come when they are due. Ways that time
 * themselves need no raise: there it only records.
 */

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "measure.h"
#include "rtsetup.h"

/* An interrupt that has not arrived after this time is given up. */
#define ARRIVAL_TIMEOUT_NS (2 * NSEC_PER_SEC)
/* The run ends when this number of interrupts in a row was given up. */
#define GIVE_UP_AFTER 3
/* How often to look for signals during a wait. */
#define SIGNAL_CHECK_NS (NSEC_PER_SEC / 10)
#define PROGRESS_NS	(NSEC_PER_SEC / 2)

/* --- signals and progress ------------------------------------------------- */

/* Is a signal pending that ends the run? */
bool measurement_stops(struct measurement *m)
{
	sigset_t pending;
	int signal;

	sigpending(&pending);
	for (signal = 1; signal < NSIG; signal++)
		if (sigismember(&m->bench->stop_signals, signal) == 1 &&
		    sigismember(&pending, signal) == 1)
			m->run->interrupted = true;
	return m->run->interrupted;
}

/* SIGUSR1 asks for the results so far. */
static void serve_interim(struct measurement *m)
{
	const struct timespec now = { 0 };
	struct run so_far;
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1);
	if (sigtimedwait(&wanted, NULL, &now) != SIGUSR1)
		return;
	so_far = *m->run;
	if (!recording_view(&m->recording, &so_far))
		m->bench->interim(m->bench->context, &so_far);
	free(so_far.results);
}

static void show_progress(struct measurement *m, uint64_t samples)
{
	uint64_t now_ns = clock_ns();

	if (!m->bench->progress || now_ns < m->next_progress_ns)
		return;
	m->next_progress_ns = now_ns + PROGRESS_NS;
	m->bench->progress(m->bench->context, &(struct bench_progress){
						      .elapsed_ns = now_ns - m->recording.start_ns,
						      .load = m->phase.load,
						      .way = m->slice.group->ways[0].way->name,
						      .samples = m->slice.group->samples + samples,
					      });
}

/* --- one interrupt -------------------------------------------------------- */

/* Returns 0, ETIMEDOUT, or EINTR when the run has to end. */
static int wait_armed(struct measurement *m, uint64_t timeout_ns)
{
	uint64_t end_ns = clock_ns() + timeout_ns, check_ns;

	for (;;) {
		check_ns = clock_ns() + SIGNAL_CHECK_NS;
		if (measured_thread_wait_armed(&m->thread, check_ns < end_ns ? check_ns : end_ns))
			return 0;
		if (measurement_stops(m))
			return EINTR;
		serve_interim(m);
		if (clock_ns() >= end_ns)
			return ETIMEDOUT;
	}
}

static int wait_asleep(struct measurement *m)
{
	uint64_t end_ns = clock_ns() + ARRIVAL_TIMEOUT_NS;

	while (!measured_thread_is_asleep(&m->thread)) {
		if (clock_ns() > end_ns)
			return why_set(
				&m->why,
				"the measured thread does not get to sleep: is CPU %d overloaded?",
				m->bench->measured_cpu);
		sched_yield();
	}
	return 0;
}

/* Have the next interrupt come to the thread, which waits by @way, after @gap_ns. */
static int raise_for(struct measurement *m, const struct way *way, uint64_t gap_ns)
{
	const struct source_ops *ops = m->slice.group->ops;
	struct source *source = m->slice.group->source;
	int err;

	if (ops->self_timed)
		return 0;
	if (!slice_awaits_go(&m->slice, way))
		return wait_asleep(m) || ops->raise(source, gap_ns, &m->why) ? -1 : 0;
	m->thread.gap_ns = gap_ns;
	if (!ops->raises_later)
		sem_post(&m->thread.go);
	if (slice_raises_itself(&m->slice, way))
		return 0;
	err = ops->raise(source, gap_ns, &m->why);
	if (ops->raises_later)
		sem_post(&m->thread.go);
	return err;
}

/* Raise an interrupt and wait until it has arrived, or give it up. */
static int drive_interrupt(struct measurement *m, uint64_t number)
{
	const struct source_config *config = &m->bench->source_config;
	const struct way_group *group = m->slice.group;
	struct group_way *turn = slice_turn(&m->slice, number);
	uint64_t delay_ns = config->interval_ns;
	int error;

	if (!group->ops->self_timed)
		delay_ns = arrivals_next_ns(&m->arrivals, clock_ns());
	if (raise_for(m, turn->way, delay_ns))
		return -1;
	error = wait_armed(m, ARRIVAL_TIMEOUT_NS + delay_ns);
	if (!error) {
		turn->given_up = 0;
		return 0;
	}
	if (group->ops->stop && group->ops->stop(group->source, &m->why))
		return -1;
	measured_thread_give_up(&m->thread, number);
	if (error == EINTR || ++turn->given_up < GIVE_UP_AFTER)
		return 0;
	return why_set(&m->why,
		       "no interrupt of %s reached way %s within %.0f s, %d times in a row",
		       group->ops->name, turn->way->name, (double)ARRIVAL_TIMEOUT_NS / NSEC_PER_SEC,
		       GIVE_UP_AFTER);
}

/* Count and record what wait @number brought. */
static int take_sample(struct measurement *m, uint64_t number)
{
	const struct wait_end *end = measured_thread_end_of(&m->thread, number);
	const struct delivery *delivery = end->delivered ? &end->delivery : NULL;
	struct way_group *group = m->slice.group;
	struct group_way *turn = slice_turn(&m->slice, number);
	struct account account;

	group->ops->account(group->source, delivery, &account);
	if (slice_waits(&m->slice, number) < m->slice.warmup) {
		recording_warmup(turn->rows, &account);
	} else {
		recording_count(turn->rows, &account, delivery);
		recording_cost(turn->rows, delivery, &end->cost);
		if (delivery && !end->error &&
		    recording_sample(&m->recording, turn->rows, &account, delivery, &m->why))
			return -1;
	}
	if (end->error && end->error != EINTR)
		return why_set(&m->why, "way %s: %s", turn->way->name, strerror(end->error));
	return 0;
}

/* --- a slice -------------------------------------------------------------- */

/* Is the slice over? Each way gets at least one sample. */
static bool is_over(struct measurement *m, uint64_t number)
{
	const struct slice *slice = &m->slice;
	uint64_t waits = slice_waits(slice, number);
	uint64_t samples = waits > slice->warmup ? waits - slice->warmup : 0;

	show_progress(m, samples);
	if (measurement_stops(m))
		return true;
	serve_interim(m);
	if (!slice_is_even(slice, number) || !samples)
		return false;
	if (samples < slice->samples && (!slice->end_ns || clock_ns() < slice->end_ns))
		return false;
	slice->group->samples += samples;
	return true;
}

static int drive(struct measurement *m)
{
	uint64_t number;

	if (wait_armed(m, ARRIVAL_TIMEOUT_NS) == ETIMEDOUT)
		return why_set(&m->why, "the measured thread does not start: is CPU %d overloaded?",
			       m->bench->measured_cpu);
	for (number = 0; !is_over(m, number); number++) {
		if (drive_interrupt(m, number) || take_sample(m, number))
			return -1;
		sem_post(&m->thread.room);
	}
	return 0;
}

/* Measure the slice m->slice. Returns 0, or -1 with the reason in m->why. */
int drive_slice(struct measurement *m)
{
	int err;

	if (measured_thread_start(&m->thread, &m->slice, &m->why))
		return -1;
	if (!*m->run->system.priority)
		rt_note_priority(&m->bench->priority, m->thread.priority_error, m->thread.unpinned,
				 &m->budget, &m->run->system);
	err = drive(m);
	measured_thread_end(&m->thread);
	return err;
}

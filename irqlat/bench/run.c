// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The loop of irqlat bench: two threads.
 *
 * The measured thread announces that it is about to wait ("armed"), waits for
 * an interrupt by the way whose turn it is, stamps its return, acknowledges the
 * device and goes on to the next. The controlling thread does everything else:
 * it accounts for the sample before, sees the measured thread asleep, and has
 * the source raise the next interrupt. So every sample is of a blocked thread,
 * and nothing but the way under test runs on the measured thread.
 *
 * A thread that spins never sleeps, and where both threads have one CPU nothing
 * else runs on it then. So it begins when the controlling thread lets it
 * ("go"): before the interrupt is raised, or after the source was told to raise
 * it later. A way that times itself needs no controlling thread, which only
 * takes its samples.
 *
 * struct session is shared like this: the measured thread writes arrival N
 * before the sem_post(&armed) that announces wait N + 1, and the controlling
 * thread reads it after the matching sem_wait. Interrupts that somebody else
 * raises, and ways that time themselves, let the measured thread run ahead, by
 * ARRIVALS_MAX at most (@room). @stop and @cancelled are written by the
 * controlling thread, which then interrupts the wait with SIGUSR2.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "base/clock.h"
#include "base/msg.h"
#include "rtsetup.h"

/* An interrupt that has not arrived after this is given up. */
#define ARRIVAL_TIMEOUT_NS (2 * NSEC_PER_SEC)
/* So many in a row, and there is no point in going on. */
#define GIVE_UP_AFTER 3
/* How often a pending signal is looked for while waiting. */
#define SIGNAL_CHECK_NS (NSEC_PER_SEC / 10)
#define PROGRESS_NS	(NSEC_PER_SEC / 2)
/* Expiries that one delivery may stand for, and each be a sample. */
#define PERIODS_MAX 1000000
#define STACK_BYTES (256 * 1024)

static struct arrival *arrival_of(struct session *s, uint64_t number)
{
	return &s->arrivals[number % ARRIVALS_MAX];
}

/* --- measured thread ------------------------------------------------------ */

static void tend_device(struct session *s)
{
	s->lane->ops->ack(s->lane->source);
	s->driver->rearm(&s->port);
}

static void wait_for(struct session *s, const struct way *way, uint64_t number,
		     struct arrival *arrival)
{
	int rc;

	arrival->delivery = (struct delivery){ 0 };
	do {
		rc = way->wait(&s->port, &arrival->delivery);
	} while (rc && errno == EINTR && !atomic_load(&s->stop) &&
		 atomic_load(&s->cancelled) != number + 1);

	arrival->error = rc ? errno : 0;
	arrival->brought = !rc;
	if (arrival->error == EINTR && !atomic_load(&s->stop))
		arrival->brought = !s->driver->drain(&s->port, &arrival->delivery);
	if (arrival->brought)
		tend_device(s);
}

static void wait_go(struct session *s, uint64_t number)
{
	while (sem_wait(&s->go) && !atomic_load(&s->stop) &&
	       atomic_load(&s->cancelled) != number + 1)
		;
}

/* Who spins where the source raises has no other CPU to be interrupted from. */
static bool raises_itself(const struct session *s, const struct way *way)
{
	return way_spins(way) && s->lane->ops->raise_here &&
	       s->bench->measured_cpu == s->bench->source_cpu;
}

/* On the measured thread, when it may spin. */
static void begin_spinning(struct session *s, const struct way *way, uint64_t number)
{
	wait_go(s, number);
	way->begin(&s->port);
	if (raises_itself(s, way) && !atomic_load(&s->stop) &&
	    atomic_load(&s->cancelled) != number + 1)
		s->lane->ops->raise_here(s->lane->source, way->in_call && way->in_call(&s->port));
}

/* One turn. Returns false when the way does not work. */
static bool take_turn(struct session *s, uint64_t number)
{
	const struct way *way = s->lane->turns[number % s->lane->n_turns].way;
	int error = way->arm && way->arm(&s->port) ? errno : 0;
	struct arrival *arrival;

	sem_post(&s->armed);
	while (sem_wait(&s->room) && !atomic_load(&s->stop))
		;
	arrival = arrival_of(s, number);
	*arrival = (struct arrival){ .error = error };
	if (error)
		return false;
	if (way_spins(way))
		begin_spinning(s, way, number);
	wait_for(s, way, number, arrival);
	return !arrival->error || arrival->error == EINTR;
}

static void *measured_thread(void *context)
{
	struct session *s = context;
	uint64_t number;

	s->tid = gettid();
	rt_pin(s->bench->measured_cpu);
	s->priority_error = rt_set_priority(&s->bench->priority) ? errno : 0;

	for (number = 0; !atomic_load(&s->stop); number++)
		if (!take_turn(s, number))
			break;
	if (s->driver->leave)
		s->driver->leave(&s->port);
	atomic_store(&s->exited, true);
	sem_post(&s->armed);
	return NULL;
}

/* --- controlling thread --------------------------------------------------- */

/* Has a signal asked to stop? Notes that it has. */
bool session_stop_requested(struct session *s)
{
	const struct bench *bench = s->bench;
	sigset_t pending;
	int signal;

	sigpending(&pending);
	for (signal = 1; signal < NSIG; signal++)
		if (sigismember(&bench->stop_signals, signal) == 1 &&
		    sigismember(&pending, signal) == 1)
			s->run->interrupted = true;
	return s->run->interrupted;
}

/* SIGUSR1 asks for what there is so far. */
void session_serve_interim(struct session *s)
{
	const struct timespec now = { 0 };
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1);
	if (sigtimedwait(&wanted, NULL, &now) == SIGUSR1)
		s->bench->interim(s->bench->context, s->run);
}

/* Returns 0, ETIMEDOUT, or EINTR when a signal asks to stop. */
static int wait_armed(struct session *s, uint64_t timeout_ns)
{
	uint64_t end_ns = clock_ns() + timeout_ns, slice_ns;
	struct timespec until;

	for (;;) {
		slice_ns = clock_ns() + SIGNAL_CHECK_NS;
		until = clock_timespec(slice_ns < end_ns ? slice_ns : end_ns);
		if (!sem_clockwait(&s->armed, CLOCK_MONOTONIC, &until))
			return 0;
		if (session_stop_requested(s))
			return EINTR;
		session_serve_interim(s);
		if (clock_ns() >= end_ns)
			return ETIMEDOUT;
	}
}

/* Is the measured thread blocked? State is the field after "(comm)". */
static bool is_asleep(const struct session *s)
{
	char text[512], *end;
	ssize_t n = pread(s->stat_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	end = strrchr(text, ')');
	return end && end[1] == ' ' && end[2] == 'S';
}

static int wait_asleep(const struct session *s)
{
	uint64_t end_ns = clock_ns() + ARRIVAL_TIMEOUT_NS;

	while (!is_asleep(s)) {
		if (atomic_load(&s->exited))
			return 0;
		if (clock_ns() > end_ns) {
			msg_error(
				"the measured thread does not get to sleep: is CPU %d overloaded?",
				s->bench->measured_cpu);
			return -1;
		}
		sched_yield();
	}
	return 0;
}

/* Interrupt the wait until the thread has noticed; a kick may come too early. */
static void kick(struct session *s)
{
	struct timespec pause = clock_timespec(1000000);
	struct timespec until;

	do {
		pthread_kill(s->thread, SIGUSR2);
		until = clock_timespec(clock_ns() + (uint64_t)pause.tv_nsec);
	} while (sem_clockwait(&s->armed, CLOCK_MONOTONIC, &until));
}

/* The rows of one path of a way, or NULL. */
static struct result *path_rows(struct session *s, size_t row, unsigned int path)
{
	if (path == PATH_NONE)
		return NULL;
	return &s->run->results[row + STAGE_COUNT + (path - 1) * PATH_STAGES];
}

static void record(struct session *s, size_t row, size_t n_rows, unsigned int path,
		   uint64_t raised_ns, uint64_t entry_ns, uint64_t user_ns)
{
	struct result *of_path = path_rows(s, row, path);
	struct result *rows = &s->run->results[row];
	uint64_t at_ns = user_ns - s->start_ns;

	result_record(&rows[STAGE_TOTAL], at_ns, (int64_t)(user_ns - raised_ns));
	if (of_path)
		result_record(&of_path[PATH_TOTAL], at_ns, (int64_t)(user_ns - raised_ns));
	if (n_rows != STAGE_COUNT || !entry_ns)
		return;
	result_record(&rows[STAGE_TO_HANDLER], at_ns, (int64_t)(entry_ns - raised_ns));
	result_record(&rows[STAGE_TO_USER], at_ns, (int64_t)(user_ns - entry_ns));
	if (of_path)
		result_record(&of_path[PATH_TO_USER], at_ns, (int64_t)(user_ns - entry_ns));
}

int session_match_entries(struct session *s)
{
	struct entry_match match = { .waits = s->waits, .n = s->n_waits };
	size_t i;

	if (entrytrace_drain(s->trace, &match, &s->entries_lost))
		return -1;
	for (i = 0; i < s->n_waits; i++) {
		struct entry_wait *w = &s->waits[i];

		if (!w->entry_ns)
			s->entries_missing++;
		record(s, w->row, STAGE_COUNT, w->path, w->raised_ns, w->entry_ns, w->user_ns);
	}
	s->n_waits = 0;
	return 0;
}

/*
 * Those after the first that a delivery stands for, where it is known when each
 * was raised: they waited too.
 */
static void record_late(struct session *s, const struct turn *turn, const struct delivery *d,
			const struct account *account)
{
	struct result *total = &s->run->results[turn->row + STAGE_TOTAL];
	uint64_t at_ns = d->user_ns - s->start_ns;
	uint64_t raised_ns = account->raised_ns, i;

	for (i = 1; account->period_ns && i < d->count && i < PERIODS_MAX; i++) {
		raised_ns += account->period_ns;
		result_record(total, at_ns, (int64_t)(d->user_ns - raised_ns));
	}
}

/* The row BENCH_STAGE_KEPT of a way that times itself, or NULL. */
static struct result *kept_row(struct session *s, const struct turn *turn)
{
	return s->lane->ops->self_timed ? &s->run->results[turn->row + turn->n_rows] : NULL;
}

static int record_sample(struct session *s, const struct turn *turn, const struct delivery *d,
			 const struct account *account)
{
	struct result *kept = kept_row(s, turn);

	if (!account->raised_ns)
		return 0;
	record_late(s, turn, d, account);
	if (kept) {
		kept->raised++;
		kept->delivered++;
		result_record(kept, d->user_ns - s->start_ns,
			      (int64_t)(d->user_ns - account->raised_ns));
	}
	if (!s->trace || turn->n_rows != STAGE_COUNT) {
		record(s, turn->row, turn->n_rows, d->path, account->raised_ns, d->entry_ns,
		       d->user_ns);
		return 0;
	}
	s->waits[s->n_waits++] = (struct entry_wait){
		.row = turn->row,
		.path = d->path,
		.raised_ns = account->raised_ns,
		.user_ns = d->user_ns,
	};
	return s->n_waits == ENTRY_WAITS_MAX ? session_match_entries(s) : 0;
}

static void count(struct result *rows, size_t n, const struct account *account,
		  const struct delivery *d)
{
	struct result *r;

	for (r = rows; r < rows + n; r++) {
		r->raised += account->raised;
		r->coalesced += account->coalesced;
		if (d) {
			r->delivered++;
			r->coalesced += (d->count < PERIODS_MAX ? d->count : PERIODS_MAX) - 1;
		}
		r->lost = (int64_t)(r->raised - r->delivered - r->coalesced);
	}
}

/* Account for sample @number, whose end the measured thread has announced. */
static int take_sample(struct session *s, uint64_t number)
{
	const struct arrival *arrival = arrival_of(s, number);
	const struct lane *lane = s->lane;
	const struct turn *turn = &lane->turns[number % lane->n_turns];
	const struct delivery *d = arrival->brought ? &arrival->delivery : NULL;
	struct account account;

	lane->ops->account(lane->source, d, &account);
	if (number / lane->n_turns < s->slice_warmup)
		return 0;
	count(&s->run->results[turn->row], turn->n_rows, &account, d);
	if (d && d->path != PATH_NONE)
		count(path_rows(s, turn->row, d->path), PATH_STAGES, &account, d);
	if (!d || arrival->error)
		return 0;
	if (d->early) {
		s->early++;
		return 0;
	}
	return record_sample(s, turn, d, &account);
}

static void say_progress(struct session *s, uint64_t number)
{
	const struct lane *lane = s->lane;
	uint64_t now_ns = clock_ns();
	char limit[32] = "";

	if (!s->bench->progress || now_ns < s->progress_ns)
		return;
	s->progress_ns = now_ns + PROGRESS_NS;
	if (s->bench->duration_ns)
		snprintf(limit, sizeof(limit), " of %.0f",
			 (double)s->bench->duration_ns / NSEC_PER_SEC);
	fprintf(stderr, "\r\033[Kirqlat: %.0f%s s, load %s, %s: %" PRIu64 " samples ",
		(double)(now_ns - s->begin_ns) / NSEC_PER_SEC, limit, s->load,
		lane->turns[0].way->name,
		lane->done + (number / lane->n_turns > s->slice_warmup ?
				      number / lane->n_turns - s->slice_warmup :
				      0));
}

/* Is the slice over? Each way gets at least one sample. */
static bool is_done(struct session *s, uint64_t number)
{
	unsigned int n_turns = s->lane->n_turns;
	uint64_t samples;

	say_progress(s, number);
	if (session_stop_requested(s))
		return true;
	session_serve_interim(s);
	if (number % n_turns || number / n_turns <= s->slice_warmup)
		return false;
	samples = number / n_turns - s->slice_warmup;
	if (samples < s->slice_samples && (!s->slice_end_ns || clock_ns() < s->slice_end_ns))
		return false;
	s->lane->done += samples;
	return true;
}

/* Have the next interrupt come to the thread that waits by @way. */
static int raise_for(struct session *s, const struct way *way)
{
	const struct source_ops *ops = s->lane->ops;
	int err;

	if (ops->self_timed)
		return 0;
	if (!way_spins(way))
		return wait_asleep(s) || ops->raise(s->lane->source) ? -1 : 0;
	if (!ops->raises_later)
		sem_post(&s->go);
	if (raises_itself(s, way))
		return 0;
	err = ops->raise(s->lane->source);
	if (ops->raises_later)
		sem_post(&s->go);
	return err;
}

/* Raise one interrupt and see it arrive, or give it up. Returns 0 or -1. */
static int drive_sample(struct session *s, uint64_t number)
{
	const struct source_config *config = &s->bench->source_config;
	const struct source_ops *source = s->lane->ops;
	struct turn *turn = &s->lane->turns[number % s->lane->n_turns];
	int rc;

	if (raise_for(s, turn->way))
		return -1;
	rc = wait_armed(s, ARRIVAL_TIMEOUT_NS +
				   (source->self_timed ? config->interval_ns : config->gap_ns));
	if (!rc) {
		turn->given_up = 0;
		return 0;
	}
	if (source->stop(s->lane->source))
		return -1;
	atomic_store(&s->cancelled, number + 1);
	kick(s);
	if (rc == EINTR || ++turn->given_up < GIVE_UP_AFTER)
		return 0;
	msg_error("no interrupt of %s reached way %s within %.0f s, %d times in a row",
		  source->name, turn->way->name, (double)ARRIVAL_TIMEOUT_NS / NSEC_PER_SEC,
		  GIVE_UP_AFTER);
	return -1;
}

static int drive(struct session *s)
{
	uint64_t number = 0;
	int error;

	if (wait_armed(s, ARRIVAL_TIMEOUT_NS) == ETIMEDOUT) {
		msg_error("the measured thread does not start: is CPU %d overloaded?",
			  s->bench->measured_cpu);
		return -1;
	}
	while (!is_done(s, number)) {
		if (drive_sample(s, number))
			return -1;
		if (take_sample(s, number))
			return -1;
		error = arrival_of(s, number)->error;
		if (error && error != EINTR) {
			msg_error("way %s: %s", s->lane->turns[number % s->lane->n_turns].way->name,
				  strerror(error));
			return -1;
		}
		sem_post(&s->room);
		number++;
	}
	return 0;
}

/* --- set-up --------------------------------------------------------------- */

static int start_thread(struct session *s)
{
	pthread_attr_t attr;
	int err;

	sem_init(&s->armed, 0, 0);
	sem_init(&s->room, 0, ARRIVALS_MAX);
	sem_init(&s->go, 0, 0);
	atomic_store(&s->stop, false);
	atomic_store(&s->exited, false);
	atomic_store(&s->cancelled, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	err = pthread_create(&s->thread, &attr, measured_thread, s);
	pthread_attr_destroy(&attr);
	if (!err)
		return 0;
	msg_error("cannot start a thread: %s", strerror(err));
	sem_destroy(&s->armed);
	sem_destroy(&s->room);
	sem_destroy(&s->go);
	return -1;
}

static void end_thread(struct session *s)
{
	atomic_store(&s->stop, true);
	while (!atomic_load(&s->exited))
		kick(s);
	pthread_join(s->thread, NULL);
	sem_destroy(&s->armed);
	sem_destroy(&s->room);
	sem_destroy(&s->go);
}

static int open_stat(struct session *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", s->tid);
	s->stat_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->stat_fd >= 0)
		return 0;
	msg_error("%s: %s", path, strerror(errno));
	return -1;
}

/*
 * Measure a slice. The thread has posted once: what it says about itself can be
 * read. Returns 0, or -1 after saying why.
 */
int session_measure(struct session *s)
{
	int err;

	if (start_thread(s))
		return -1;
	/* drive() takes the same announcement again. */
	while (sem_wait(&s->armed) && errno == EINTR)
		;
	sem_post(&s->armed);
	if (!*s->run->system.priority)
		rt_note_priority(&s->bench->priority, s->priority_error, &s->run->system);
	err = open_stat(s);
	if (!err) {
		err = drive(s);
		close(s->stat_fd);
	}
	end_thread(s);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The run loop of irqlat bench: a closed loop of two threads.
 *
 * The measured thread announces that it is about to wait ("armed"), waits for
 * an interrupt by the way whose turn it is, stamps its return, acknowledges the
 * device and goes on to the next. The controlling thread does everything else:
 * it accounts for the sample before, sees the measured thread asleep, and has
 * the source raise the next interrupt. So every sample is of a blocked thread,
 * and nothing but the way under test runs on the measured thread.
 *
 * struct session is shared like this: the measured thread writes arrival N
 * before the sem_post(&armed) that announces wait N + 1, and the controlling
 * thread reads it after the matching sem_wait. Interrupts that somebody else
 * raises let the measured thread run ahead, by ARRIVALS_MAX at most (@room).
 * @stop and @cancelled are written by the controlling thread, which then
 * interrupts the wait with SIGUSR1.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "entrytrace.h"
#include "msg.h"
#include "rtsetup.h"

/* An interrupt that has not arrived after this is given up. */
#define ARRIVAL_TIMEOUT_NS	(2 * NSEC_PER_SEC)
/* So many in a row, and there is no point in going on. */
#define GIVE_UP_AFTER		3
/* How often a pending signal is looked for while waiting. */
#define SIGNAL_CHECK_NS		(NSEC_PER_SEC / 10)
#define PROGRESS_NS		(NSEC_PER_SEC / 2)
/* Samples that wait for their handler entry between two drains. */
#define ENTRY_WAITS_MAX		512
/* How far the measured thread may run ahead. */
#define ARRIVALS_MAX		64
#define STACK_BYTES		(256 * 1024)

/* Rows of a way in the results, in this order. */
enum stage { STAGE_TOTAL, STAGE_TO_HANDLER, STAGE_TO_USER, STAGE_COUNT };

static const char *const stage_names[STAGE_COUNT] = {
	[STAGE_TOTAL] = "total",
	[STAGE_TO_HANDLER] = "raise_to_handler",
	[STAGE_TO_USER] = "handler_to_user",
};

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
 * @n_rows: STAGE_COUNT, or 1 where the handler entry is unknown
 */
struct turn {
	const struct way *way;
	size_t row;
	size_t n_rows;
};

struct session {
	const struct bench *bench;
	struct run *run;
	struct source *source;
	struct entrytrace *trace;
	struct entry_wait *waits;
	size_t n_waits;
	uint64_t entries_lost;
	uint64_t entries_missing;
	uint64_t start_ns;

	/* One driver's share of the run. */
	const struct driver_ops *driver;
	struct port port;
	struct turn turns[BENCH_WAYS_MAX];
	unsigned int n_turns;
	uint64_t share_end_ns;
	uint64_t progress_ns;

	/* The measured thread. */
	pthread_t thread;
	pid_t tid;
	int priority_error;
	int stat_fd;
	sem_t armed;
	sem_t room;
	atomic_bool stop;
	atomic_bool exited;
	/* Number + 1 of the sample that is given up. */
	_Atomic uint64_t cancelled;
	struct arrival arrivals[ARRIVALS_MAX];
};

static struct arrival *arrival_of(struct session *s, uint64_t number)
{
	return &s->arrivals[number % ARRIVALS_MAX];
}

/* --- measured thread ------------------------------------------------------ */

static void tend_device(struct session *s)
{
	s->bench->source->ack(s->source);
	s->driver->rearm(&s->port);
}

static void wait_for(struct session *s, const struct way *way, uint64_t number,
		     struct arrival *arrival)
{
	int rc;

	do {
		rc = way->wait(&s->port, &arrival->delivery);
	} while (rc && errno == EINTR && !atomic_load(&s->stop) &&
		 atomic_load(&s->cancelled) != number + 1);

	arrival->error = rc ? errno : 0;
	arrival->brought = !rc;
	if (arrival->error == EINTR && !atomic_load(&s->stop))
		arrival->brought =
			!port_drain(&s->port, way, &arrival->delivery);
	if (arrival->brought)
		tend_device(s);
}

static void *measured_thread(void *context)
{
	struct session *s = context;
	struct arrival *arrival;
	uint64_t number;

	s->tid = gettid();
	rt_pin(s->bench->measured_cpu);
	s->priority_error = rt_set_priority(&s->bench->priority) ? errno : 0;

	for (number = 0; !atomic_load(&s->stop); number++) {
		sem_post(&s->armed);
		while (sem_wait(&s->room) && !atomic_load(&s->stop))
			;
		arrival = arrival_of(s, number);
		wait_for(s, s->turns[number % s->n_turns].way, number, arrival);
		if (arrival->error && arrival->error != EINTR)
			break;
	}
	atomic_store(&s->exited, true);
	sem_post(&s->armed);
	return NULL;
}

/* --- controlling thread --------------------------------------------------- */

static bool stop_requested(const struct bench *bench)
{
	sigset_t pending;
	int signal;

	sigpending(&pending);
	for (signal = 1; signal < NSIG; signal++)
		if (sigismember(&bench->stop_signals, signal) == 1 &&
		    sigismember(&pending, signal) == 1)
			return true;
	return false;
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
		if (stop_requested(s->bench))
			return EINTR;
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
			msg_error("the measured thread does not get to sleep: is CPU %d overloaded?",
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
		pthread_kill(s->thread, SIGUSR1);
		until = clock_timespec(clock_ns() + (uint64_t)pause.tv_nsec);
	} while (sem_clockwait(&s->armed, CLOCK_MONOTONIC, &until));
}

static void record(struct session *s, size_t row, size_t n_rows,
		   uint64_t raised_ns, uint64_t entry_ns, uint64_t user_ns)
{
	struct result *rows = &s->run->results[row];
	uint64_t at_ns = user_ns - s->start_ns;

	result_record(&rows[STAGE_TOTAL], at_ns,
		      (int64_t)(user_ns - raised_ns));
	if (n_rows != STAGE_COUNT || !entry_ns)
		return;
	result_record(&rows[STAGE_TO_HANDLER], at_ns,
		      (int64_t)(entry_ns - raised_ns));
	result_record(&rows[STAGE_TO_USER], at_ns,
		      (int64_t)(user_ns - entry_ns));
}

static int match_entries(struct session *s)
{
	struct entry_match match = { .waits = s->waits, .n = s->n_waits };
	size_t i;

	if (entrytrace_drain(s->trace, &match, &s->entries_lost))
		return -1;
	for (i = 0; i < s->n_waits; i++) {
		struct entry_wait *w = &s->waits[i];

		if (!w->entry_ns)
			s->entries_missing++;
		record(s, w->row, STAGE_COUNT, w->raised_ns, w->entry_ns,
		       w->user_ns);
	}
	s->n_waits = 0;
	return 0;
}

static int record_sample(struct session *s, const struct turn *turn,
			 const struct delivery *d,
			 const struct account *account)
{
	if (!account->raised_ns)
		return 0;
	if (!s->trace) {
		record(s, turn->row, turn->n_rows, account->raised_ns,
		       d->entry_ns, d->user_ns);
		return 0;
	}
	s->waits[s->n_waits++] = (struct entry_wait){
		.row = turn->row,
		.raised_ns = account->raised_ns,
		.user_ns = d->user_ns,
	};
	return s->n_waits == ENTRY_WAITS_MAX ? match_entries(s) : 0;
}

/* Account for sample @number, whose end the measured thread has announced. */
static int take_sample(struct session *s, uint64_t number)
{
	const struct arrival *arrival = arrival_of(s, number);
	const struct turn *turn = &s->turns[number % s->n_turns];
	struct account account;
	size_t i;

	s->bench->source->account(s->source,
				  arrival->brought ? &arrival->delivery : NULL,
				  &account);
	if (number / s->n_turns < s->bench->warmup)
		return 0;
	for (i = turn->row; i < turn->row + turn->n_rows; i++) {
		struct result *r = &s->run->results[i];

		r->raised += account.raised;
		r->coalesced += account.coalesced;
		if (arrival->brought) {
			r->delivered++;
			r->coalesced += arrival->delivery.count - 1;
		}
		r->lost = (int64_t)(r->raised - r->delivered - r->coalesced);
	}
	if (!arrival->brought || arrival->error)
		return 0;
	return record_sample(s, turn, &arrival->delivery, &account);
}

static void say_progress(struct session *s, uint64_t number)
{
	uint64_t now_ns = clock_ns();

	if (!s->bench->progress || now_ns < s->progress_ns)
		return;
	s->progress_ns = now_ns + PROGRESS_NS;
	fprintf(stderr, "\rirqlat: %" PRIu64 " samples per way, %u ways ",
		number / s->n_turns, s->n_turns);
}

/* Has this driver's share been measured? */
static bool is_done(struct session *s, uint64_t number)
{
	const struct bench *b = s->bench;

	say_progress(s, number);
	if (stop_requested(b)) {
		s->run->interrupted = true;
		return true;
	}
	if (number % s->n_turns || number / s->n_turns < b->warmup)
		return false;
	if (b->samples != UINT64_MAX &&
	    number / s->n_turns >= b->warmup + b->samples)
		return true;
	return b->duration_ns && clock_ns() >= s->share_end_ns;
}

/* Raise one interrupt and see it arrive, or give it up. Returns 0 or -1. */
static int drive_sample(struct session *s, uint64_t number, int *given_up)
{
	const struct source_ops *source = s->bench->source;
	int rc;

	if (wait_asleep(s) || source->raise(s->source))
		return -1;
	rc = wait_armed(s, ARRIVAL_TIMEOUT_NS + s->bench->source_config.gap_ns);
	if (!rc) {
		*given_up = 0;
		return 0;
	}
	if (source->stop(s->source))
		return -1;
	atomic_store(&s->cancelled, number + 1);
	kick(s);
	if (rc == EINTR || ++*given_up < GIVE_UP_AFTER)
		return 0;
	msg_error("no interrupt of %s reached way %s within %.0f s, %d times in a row",
		  source->name, s->turns[number % s->n_turns].way->name,
		  (double)ARRIVAL_TIMEOUT_NS / NSEC_PER_SEC, GIVE_UP_AFTER);
	return -1;
}

static int drive(struct session *s)
{
	uint64_t number = 0;
	int given_up = 0, error;

	if (wait_armed(s, ARRIVAL_TIMEOUT_NS) == ETIMEDOUT) {
		msg_error("the measured thread does not start: is CPU %d overloaded?",
			  s->bench->measured_cpu);
		return -1;
	}
	while (!is_done(s, number)) {
		if (drive_sample(s, number, &given_up))
			return -1;
		if (take_sample(s, number))
			return -1;
		error = arrival_of(s, number)->error;
		if (error && error != EINTR) {
			msg_error("way %s: %s",
				  s->turns[number % s->n_turns].way->name,
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

/* The thread has posted once: what it says about itself can be read. */
static int run_thread(struct session *s)
{
	int err;

	if (start_thread(s))
		return -1;
	/* drive() takes the same announcement again. */
	while (sem_wait(&s->armed) && errno == EINTR)
		;
	sem_post(&s->armed);
	if (!*s->run->system.priority)
		rt_note_priority(&s->bench->priority, s->priority_error,
				 &s->run->system);
	err = open_stat(s);
	if (!err) {
		err = drive(s);
		close(s->stat_fd);
	}
	end_thread(s);
	return err;
}

/* Raise times are found by number: they are wrong when the numbers are. */
static void note_drift(struct session *s)
{
	int64_t drift = s->bench->source->drift(s->source, &s->port);

	if (drift)
		sysinfo_warn(&s->run->system,
			     "the source and the line disagree by %" PRId64 " interrupts by now: does somebody else raise it? stages from raised on, and counts, are unreliable",
			     drift);
}

static int measure_port(struct session *s, unsigned int irq)
{
	int err;

	sysinfo_irq("", irq, &s->run->system);
	if (s->trace && entrytrace_start(s->trace, irq))
		return -1;
	if (s->bench->source->sync(s->source, &s->port))
		return -1;
	err = run_thread(s);
	if (s->bench->source->stop(s->source))
		err = -1;
	else
		note_drift(s);
	if (s->trace && match_entries(s))
		err = -1;
	return err;
}

/* A row for each stage of a way. Returns 0, or -1 after saying why. */
static int add_rows(struct session *s, struct turn *turn, unsigned int irq,
		    uint64_t overhead_ns)
{
	size_t i;

	turn->row = s->run->n_results;
	turn->n_rows = s->trace || turn->way->driver == DRIVER_PROCIRQ ?
			       STAGE_COUNT : 1;
	for (i = 0; i < turn->n_rows; i++) {
		struct result *r = run_add(s->run);

		if (!r || blocks_init(&r->blocks)) {
			msg_error("out of memory");
			return -1;
		}
		snprintf(r->source, sizeof(r->source), "%s",
			 s->bench->source->name);
		snprintf(r->way, sizeof(r->way), "%s", turn->way->name);
		snprintf(r->wait, sizeof(r->wait), "%s", turn->way->wait_kind);
		snprintf(r->stage, sizeof(r->stage), "%s", stage_names[i]);
		r->irq = irq;
		r->cpu = s->bench->measured_cpu;
		r->overhead_ns = overhead_ns;
	}
	return 0;
}

static int measure_driver(struct session *s, enum driver driver,
			  uint64_t overhead_ns)
{
	struct target target = { 0 };
	unsigned int i;
	int err;

	if (s->bench->source->connect(s->source, driver, &target))
		return -1;
	for (i = 0; i < s->n_turns; i++)
		if (add_rows(s, &s->turns[i], target.irq, overhead_ns))
			return -1;
	s->driver = driver_ops(driver);
	if (s->driver->open(&s->port, &target))
		return -1;
	err = measure_port(s, target.irq);
	s->driver->close(&s->port);
	return err;
}

/* The ways of @driver become the turns. Returns how many. */
static unsigned int choose_turns(struct session *s, enum driver driver)
{
	int i;

	s->n_turns = 0;
	for (i = 0; i < s->bench->n_ways; i++)
		if (s->bench->ways[i]->driver == driver)
			s->turns[s->n_turns++].way = s->bench->ways[i];
	return s->n_turns;
}

static unsigned int count_drivers(struct session *s)
{
	unsigned int n = 0;
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++)
		n += choose_turns(s, (enum driver)driver) > 0;
	return n;
}

static int measure_drivers(struct session *s, uint64_t overhead_ns)
{
	uint64_t share_ns = s->bench->duration_ns / count_drivers(s);
	int driver, err = 0;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		if (!choose_turns(s, (enum driver)driver))
			continue;
		if (stop_requested(s->bench)) {
			s->run->interrupted = true;
			break;
		}
		s->share_end_ns = clock_ns() + share_ns;
		err = measure_driver(s, (enum driver)driver, overhead_ns);
		if (err)
			break;
	}
	if (s->bench->progress)
		fputs("\r\033[K", stderr);
	return err;
}

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Median cost of one stamp, ns: two clock reads back to back. */
static uint64_t measure_overhead(struct sysinfo *info)
{
	uint64_t cost_ns[1001], before_ns;
	size_t n = sizeof(cost_ns) / sizeof(cost_ns[0]), i;

	for (i = 0; i < n; i++) {
		before_ns = clock_ns();
		cost_ns[i] = clock_ns() - before_ns;
	}
	qsort(cost_ns, n, sizeof(cost_ns[0]), compare_ns);
	snprintf(info->clock_overhead, sizeof(info->clock_overhead),
		 "%" PRIu64 " ns per clock read (median; least %" PRIu64
		 "), contained in every figure",
		 cost_ns[n / 2], cost_ns[0]);
	return cost_ns[n / 2];
}

static void interrupt_wait(int signal)
{
	(void)signal;
}

/* Without SA_RESTART: the blocked call returns EINTR. */
static void catch_kicks(void)
{
	struct sigaction action = { .sa_handler = interrupt_wait };

	sigaction(SIGUSR1, &action, NULL);
}

static void note_entries(struct session *s)
{
	if (s->entries_lost)
		sysinfo_warn(&s->run->system,
			     "the trace buffer lost %" PRIu64 " handler entries or more",
			     s->entries_lost);
	if (s->entries_missing)
		sysinfo_warn(&s->run->system,
			     "%" PRIu64 " samples have no handler entry in the trace: they count in stage total only",
			     s->entries_missing);
}

/**
 * bench_measure - run a benchmark
 * @bench: what to measure
 * @run: gets the rows; its system facts are completed
 *
 * Everything that was changed on the system is restored when this returns.
 *
 * Returns 0, or -1 after saying why; what was measured until then is in @run.
 */
int bench_measure(const struct bench *bench, struct run *run)
{
	struct session *s = calloc(1, sizeof(*s));
	int err = -1, latency_fd = -1;

	if (!s) {
		msg_error("out of memory");
		return -1;
	}
	s->bench = bench;
	s->run = run;
	catch_kicks();
	s->source = bench->source->open(&bench->source_config);
	if (!s->source)
		goto out_free;
	if (bench->entry_trace) {
		s->trace = entrytrace_open();
		s->waits = calloc(ENTRY_WAITS_MAX, sizeof(*s->waits));
		if (!s->trace || !s->waits)
			goto out_close;
		snprintf(run->system.trace_clock,
			 sizeof(run->system.trace_clock), "mono");
	}
	rt_lock_memory(&run->system);
	latency_fd = rt_hold_cpu_dma_latency(&run->system);
	rt_pin(bench->source_cpu);
	run->warmup = bench->warmup;
	s->start_ns = clock_ns();
	err = measure_drivers(s, measure_overhead(&run->system));
	run_end(run);
	note_entries(s);
	if (latency_fd >= 0)
		close(latency_fd);
out_close:
	entrytrace_close(s->trace);
	bench->source->close(s->source);
out_free:
	free(s->waits);
	free(s);
	return err;
}

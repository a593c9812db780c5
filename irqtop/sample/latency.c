// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two threads: the tracing thread runs the engine, whose callbacks count; the main
 * thread takes the counts. `lock` guards what both use while the tracing thread runs.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "latency.h"
#include "tracing/engine.h"
#include "tracing/instance.h"

#define WAIT_MS	  200
#define BUFFER_KB 2048
#define SOFTIRQS  16   /* the kernel has ten */
#define IRQ_SLOTS 8192 /* power of two; more interrupts are not counted */

/* How long handlers or a softirq ran. */
struct latency_runs {
	uint64_t count, ns, max_ns;   /* in this interval */
	struct track_buckets buckets; /* since the start */
};

struct latency_irq {
	bool used;
	int32_t irq;
	struct latency_runs handlers;
	struct hist from_irq[LATENCY_KINDS];	     /* since the start; no memory while empty */
	struct track_buckets buckets[LATENCY_KINDS]; /* since the start */
};

struct latency {
	struct instance *instance;
	pthread_t thread;
	pthread_mutex_t lock;
	int stop_fd;		/* an eventfd that ends the tracing thread */
	uint64_t events_before; /* main thread only */
	uint64_t event_cost_ns;
	struct engine *engine;		       /* under lock */
	struct engine_counts counts;	       /* under lock */
	uint64_t dropped;		       /* times without a place or memory; under lock */
	struct latency_irq *slot;	       /* under lock; [IRQ_SLOTS], by hash of the number */
	struct latency_runs softirq[SOFTIRQS]; /* under lock; by row of /proc/softirqs */
};

static struct latency_irq *irq_find(struct latency *latency, int32_t irq, bool make)
{
	uint32_t at = (uint32_t)irq * 2654435761u, i;

	for (i = 0; i < IRQ_SLOTS; i++, at++) {
		struct latency_irq *slot = &latency->slot[at & (IRQ_SLOTS - 1)];

		if (slot->used && slot->irq == irq)
			return slot;
		if (slot->used)
			continue;
		if (!make)
			return NULL;
		slot->used = true;
		slot->irq = irq;
		return slot;
	}
	return NULL;
}

static void run_add(struct latency_runs *runs, uint64_t ns)
{
	runs->count++;
	runs->ns += ns;
	if (ns > runs->max_ns)
		runs->max_ns = ns;
	track_bucket_add(&runs->buckets, ns);
}

/* The kernel's numbers are those of the rows of /proc/softirqs. */
static void on_softirq(void *ctx, const struct softirq_run *run)
{
	struct latency *latency = ctx;

	if (run->vec < SOFTIRQS)
		run_add(&latency->softirq[run->vec], run->ns);
}

static void on_handler(void *ctx, void *of, uint64_t ns)
{
	struct latency_irq *slot = of;

	if (!slot) {
		((struct latency *)ctx)->dropped++;
		return;
	}
	run_add(&slot->handlers, ns);
}

static void latency_note(struct latency *latency, int32_t irq, enum latency_kind kind, uint64_t ns)
{
	struct latency_irq *slot = irq_find(latency, irq, true);
	struct hist *hist = slot ? &slot->from_irq[kind] : NULL;

	if (hist && (hist->count || !hist_init(hist, 2, 0)))
		hist_record(hist, (int64_t)ns);
	else
		latency->dropped++;
	if (slot)
		track_bucket_add(&slot->buckets[kind], ns);
}

static void on_sample(void *ctx, const struct chain_sample *sample)
{
	uint64_t ns = sample->end_ns - sample->start_ns;

	/* Without the stages after the task began to run. */
	ns -= sample->ns[CHAIN_STAGE_READ] + sample->ns[CHAIN_STAGE_EXIT];
	latency_note(ctx, sample->irq, LATENCY_TASK, ns);
}

/*
 * The event has the handler's time of the oldest interrupt that the read() returns, so
 * that no events need be paired. Both times are CLOCK_MONOTONIC.
 */
static void on_read(void *ctx, const struct event *event)
{
	latency_note(ctx, event->read.irq, LATENCY_READ, event->ts_ns - event->read.irq_ns);
}

/* Handlers of a shared line are one interrupt here. */
static void *on_seen(void *ctx, const struct event *event)
{
	return irq_find(ctx, event->irq, true);
}

/* The engine requires all four callbacks. */
static void on_outcome(void *ctx, void *of, enum chain_outcome outcome)
{
	(void)ctx;
	(void)of;
	(void)outcome;
}

static void *drain(void *arg)
{
	struct latency *latency = arg;
	uint64_t stop;

	while (read(latency->stop_fd, &stop, sizeof(stop)) < 0) {
		if (instance_wait(latency->instance, WAIT_MS, latency->stop_fd) && errno != EINTR)
			break;
		pthread_mutex_lock(&latency->lock);
		engine_run(latency->engine, instance_settled_ns());
		engine_counts(latency->engine, &latency->counts);
		pthread_mutex_unlock(&latency->lock);
	}
	return NULL;
}

static int engine_open(struct latency *latency)
{
	struct engine_config config = {
		.n_cpus = instance_n_cpus(latency->instance),
		.layout = *instance_layout(latency->instance),
		.catalog = instance_catalog(latency->instance),
		.reader = instance_reader(latency->instance),
		.sink = { .seen = on_seen,
			  .handler = on_handler,
			  .sample = on_sample,
			  .outcome = on_outcome,
			  .ctx = latency },
		.read = on_read,
		.read_ctx = latency,
		.softirq = on_softirq,
		.softirq_ctx = latency,
	};

	latency->engine = engine_new(&config);
	return latency->engine ? 0 : -1;
}

/* With all signals blocked: the main thread handles them. */
static int thread_start(struct latency *latency)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	errno = pthread_create(&latency->thread, NULL, drain, latency);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return errno ? -1 : 0;
}

static void latency_free(struct latency *latency)
{
	uint32_t i, kind;

	engine_free(latency->engine);
	if (latency->instance)
		instance_free(latency->instance);
	if (latency->stop_fd >= 0)
		close(latency->stop_fd);
	for (i = 0; latency->slot && i < IRQ_SLOTS; i++)
		for (kind = 0; kind < LATENCY_KINDS; kind++)
			hist_free(&latency->slot[i].from_irq[kind]);
	free(latency->slot);
	free(latency);
}

struct latency *latency_start(struct why *why)
{
	struct instance_config config = { .works = true, .buffer_kb = BUFFER_KB };
	struct latency *latency = calloc(1, sizeof(*latency));

	why_set(why, "out of memory");
	if (!latency)
		return NULL;
	latency->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	latency->slot = calloc(IRQ_SLOTS, sizeof(*latency->slot));
	if (latency->stop_fd < 0 || !latency->slot)
		goto fail;
	latency->instance = instance_new(&config, why);
	if (!latency->instance)
		goto fail;
	latency->event_cost_ns = instance_event_cost_ns(latency->instance);
	pthread_mutex_init(&latency->lock, NULL);
	if (engine_open(latency))
		goto fail;
	if (instance_start(latency->instance) || thread_start(latency)) {
		why_set(why, "cannot start to record: %s", strerror(errno));
		goto fail;
	}
	return latency;
fail:
	latency_free(latency);
	return NULL;
}

static void summary_take(const struct hist *hist, struct track_latency *out)
{
	memset(out, 0, sizeof(*out));
	if (!hist->count)
		return;
	out->n = hist->n;
	out->max_ns = hist->n ? hist->max : 0;
	out->have_p50 = hist_percentile(hist, 500000, &out->p50_ns);
	out->have_p99 = hist_percentile(hist, 990000, &out->p99_ns);
}

static void runs_take(struct latency_runs *runs, struct track_time *time, double seconds)
{
	time->known = true;
	time->handlers = runs->count;
	time->avg_ns = runs->count ? runs->ns / runs->count : 0;
	time->max_ns = runs->max_ns > time->max_ns ? runs->max_ns : time->max_ns;
	time->share = seconds > 0 ? (double)runs->ns / 1e9 / seconds : 0;
	time->handler_buckets = runs->buckets;
	runs->count = runs->ns = runs->max_ns = 0;
}

static void irq_take(struct latency_irq *slot, struct track_time *time, double seconds)
{
	runs_take(&slot->handlers, time, seconds);
	summary_take(&slot->from_irq[LATENCY_TASK], &time->task);
	summary_take(&slot->from_irq[LATENCY_READ], &time->read);
	time->task_buckets = slot->buckets[LATENCY_TASK];
	time->read_buckets = slot->buckets[LATENCY_READ];
}

/* The memory of a row's times, when there are any; without memory they are unknown. */
static struct track_time *time_of(struct track *track, bool measured)
{
	if (measured && !track->time)
		track->time = calloc(1, sizeof(*track->time));
	if (!measured && track->time)
		memset(track->time, 0, sizeof(*track->time));
	return measured ? track->time : NULL;
}

static void softirqs_take(struct latency *latency, struct tracks *tracks, double seconds)
{
	struct track_time *time;
	bool measured;
	uint32_t r;

	for (r = 0; r < tracks->nrows && r < SOFTIRQS; r++) {
		measured = latency && latency->softirq[r].buckets.n;
		time = time_of(tracks_of_row(tracks, r), measured);
		if (time)
			runs_take(&latency->softirq[r], time, seconds);
	}
}

void latency_take(struct latency *latency, struct tracks *all, double seconds,
		  struct latency_cost *cost)
{
	struct tracks *tracks = &all[TABLE_INTERRUPTS];
	struct track_time *time;
	struct latency_irq *slot;
	uint32_t r;

	memset(cost, 0, sizeof(*cost));
	cost->cpu = -1;
	if (latency)
		pthread_mutex_lock(&latency->lock);
	for (r = 0; r < tracks->nrows; r++) {
		struct track *track = tracks_of_row(tracks, r);

		slot = latency && track->irq >= 0 ? irq_find(latency, track->irq, false) : NULL;
		time = time_of(track, slot != NULL);
		if (!time)
			continue;
		irq_take(slot, time, seconds);
		cost->reads |= time->read.n > 0;
	}
	softirqs_take(latency, &all[TABLE_SOFTIRQS], seconds);
	if (!latency)
		return;
	if (seconds > 0)
		cost->events_hz =
			(double)(latency->counts.events - latency->events_before) / seconds;
	latency->events_before = latency->counts.events;
	if (latency->event_cost_ns)
		cost->cpu = cost->events_hz * (double)latency->event_cost_ns / 1e9;
	cost->lost = latency->counts.merge.lost + latency->counts.no_memory + latency->dropped;
	/* The engine does not run while we hold the lock. */
	instance_renew(latency->instance);
	pthread_mutex_unlock(&latency->lock);
}

bool latency_histogram(struct latency *latency, int32_t irq, enum latency_kind kind,
		       struct hist *copy)
{
	const struct latency_irq *slot;
	bool found = false;

	if (!latency || hist_init(copy, 2, 0))
		return false;
	pthread_mutex_lock(&latency->lock);
	slot = irq_find(latency, irq, false);
	if (slot && slot->from_irq[kind].n)
		found = !hist_merge(copy, &slot->from_irq[kind]);
	pthread_mutex_unlock(&latency->lock);
	if (!found)
		hist_free(copy);
	return found;
}

void latency_stop(struct latency *latency)
{
	uint64_t one = 1;

	if (!latency)
		return;
	if (write(latency->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(latency->thread, NULL);
	instance_stop(latency->instance);
	latency_free(latency);
}

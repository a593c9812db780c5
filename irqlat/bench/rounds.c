// SPDX-License-Identifier: GPL-2.0-or-later
/* Phases, rounds and slices of irqlat bench; see session.h. */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "base/clock.h"
#include "base/msg.h"
#include "rtsetup.h"

/* A slice, where several drivers share the run: whatever comes first. */
#define SLICE_SAMPLES 500
#define SLICE_NS      (NSEC_PER_SEC / 2)
/* What the first samples after a change of driver cost is not the way's. */
#define SLICE_WARMUP 20

static const char *const stage_names[STAGE_COUNT] = {
	[STAGE_TOTAL] = "total",
	[STAGE_TO_HANDLER] = "raise_to_handler",
	[STAGE_TO_USER] = "handler_to_user",
};

static const char *const path_stage_names[PATH_COUNT][PATH_STAGES] = {
	[PATH_DIRECT] = { "total_direct", "handler_to_user_direct" },
	[PATH_RETURN] = { "total_return", "handler_to_user_return" },
	[PATH_WAKE] = { "total_wake", "handler_to_user_wake" },
	[PATH_REPEAT] = { "total_repeat", "handler_to_user_repeat" },
};

/* --- rows ----------------------------------------------------------------- */

static int add_stage(struct session *s, const struct turn *turn, const char *stage,
		     unsigned int irq, uint64_t overhead_ns)
{
	struct result *r = run_add(s->run);

	if (!r || blocks_init(&r->blocks)) {
		msg_error("out of memory");
		return -1;
	}
	snprintf(r->source, sizeof(r->source), "%s", s->lane->ops->name);
	snprintf(r->way, sizeof(r->way), "%s", turn->way->name);
	snprintf(r->wait, sizeof(r->wait), "%s", turn->way->wait_kind);
	snprintf(r->stage, sizeof(r->stage), "%s", stage);
	snprintf(r->load, sizeof(r->load), "%s", s->load);
	r->irq = irq == TARGET_NO_IRQ ? RESULT_NO_IRQ : irq;
	r->cpu = s->bench->measured_cpu;
	r->overhead_ns = overhead_ns;
	return 0;
}

static int add_path_rows(struct session *s, const struct turn *turn, unsigned int irq,
			 uint64_t overhead_ns)
{
	int path, i;

	for (path = PATH_NONE + 1; path < PATH_COUNT; path++)
		for (i = 0; i < PATH_STAGES; i++)
			if (add_stage(s, turn, path_stage_names[path][i], irq, overhead_ns))
				return -1;
	return 0;
}

/* A row for each stage of a way. Returns 0, or -1 after saying why. */
static int add_rows(struct session *s, struct turn *turn, unsigned int irq, uint64_t overhead_ns)
{
	bool traced = s->trace && irq != TARGET_NO_IRQ;
	enum driver driver = turn->way->driver;
	size_t i;

	turn->row = s->run->n_results;
	turn->n_rows = traced || driver == DRIVER_PROCIRQ || driver == DRIVER_ULI ? STAGE_COUNT : 1;
	for (i = 0; i < turn->n_rows; i++)
		if (add_stage(s, turn, stage_names[i], irq, overhead_ns))
			return -1;
	if (s->lane->ops->self_timed)
		return add_stage(s, turn, bench_stages[BENCH_STAGE_KEPT].name, irq, overhead_ns);
	return driver == DRIVER_ULI ? add_path_rows(s, turn, irq, overhead_ns) : 0;
}

/* --- slices --------------------------------------------------------------- */

/* Raise times are found by number: they are wrong when the numbers are. */
static void note_drift(struct session *s)
{
	int64_t drift = s->lane->ops->drift(s->lane->source, &s->port);

	s->drift += (uint64_t)(drift < 0 ? -drift : drift);
}

static int measure_port(struct session *s, unsigned int irq)
{
	bool traced = s->trace && irq != TARGET_NO_IRQ;
	int err;

	if (traced && entrytrace_start(s->trace, irq))
		return -1;
	if (s->lane->ops->sync(s->lane->source, &s->port))
		return -1;
	err = session_measure(s);
	if (s->lane->ops->stop(s->lane->source))
		err = -1;
	else
		note_drift(s);
	if (traced && session_match_entries(s))
		err = -1;
	return err;
}

/* How long the slice lasts. */
static void choose_slice(struct session *s, unsigned int n_lanes, unsigned int lanes_left,
			 bool first)
{
	const struct bench *b = s->bench;
	uint64_t now_ns = clock_ns(), slice_ns = SLICE_NS, left_ns;

	s->slice_warmup = b->warmup;
	if (!first && b->warmup > SLICE_WARMUP)
		s->slice_warmup = SLICE_WARMUP;
	s->slice_samples = b->samples - s->lane->done;
	s->slice_end_ns = s->phase_end_ns;
	if (n_lanes == 1)
		return;
	if (s->slice_samples > SLICE_SAMPLES)
		s->slice_samples = SLICE_SAMPLES;
	if (s->phase_end_ns) {
		/* In the first round, everybody's turn comes in time. */
		left_ns = s->phase_end_ns > now_ns ? s->phase_end_ns - now_ns : 0;
		if (slice_ns > left_ns / lanes_left)
			slice_ns = left_ns / lanes_left;
	}
	if (b->samples == UINT64_MAX || s->phase_end_ns)
		s->slice_end_ns = now_ns + slice_ns;
}

static int open_lane(struct session *s, enum driver driver, struct target *target)
{
	struct lane *lane = s->lane;

	if (lane->ops->connect(lane->source, driver, target))
		return -1;
	s->driver = driver_ops(driver);
	return s->driver->open(&s->port, target);
}

static void note_unavailable(struct session *s, struct lane *lane)
{
	unsigned int i;

	lane->unavailable = true;
	for (i = 0; i < lane->n_turns; i++) {
		struct unavailable *u = &s->run->unavailable[s->run->n_unavailable++];

		snprintf(u->way, sizeof(u->way), "%s", lane->turns[i].way->name);
		snprintf(u->reason, sizeof(u->reason), "%s", msg_last_error());
	}
}

static int measure_slice(struct session *s, enum driver driver, bool first, uint64_t overhead_ns)
{
	struct lane *lane = s->lane;
	struct target target = { 0 };
	unsigned int i;
	int err = 0;

	if (open_lane(s, driver, &target)) {
		/* Once it has worked it has to go on working. */
		if (!first || s->load != s->first_load)
			return -1;
		note_unavailable(s, lane);
		return 0;
	}
	if (first && target.irq != TARGET_NO_IRQ)
		sysinfo_irq("", target.irq, &s->run->system);
	for (i = 0; first && !err && i < lane->n_turns; i++)
		err = add_rows(s, &lane->turns[i], target.irq, overhead_ns);
	if (!err)
		err = measure_port(s, target.irq);
	s->driver->close(&s->port);
	return err;
}

/* --- rounds --------------------------------------------------------------- */

static bool is_open(const struct session *s, const struct lane *lane)
{
	return lane->n_turns && !lane->unavailable && lane->done < s->bench->samples;
}

static unsigned int count_lanes(const struct session *s)
{
	unsigned int n = 0;
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++)
		n += is_open(s, &s->lanes[driver]);
	return n;
}

static bool is_phase_over(struct session *s)
{
	return session_stop_requested(s) || !count_lanes(s) ||
	       (s->phase_end_ns && clock_ns() >= s->phase_end_ns);
}

static int measure_round(struct session *s, bool first, uint64_t overhead_ns)
{
	const unsigned int n_lanes = count_lanes(s);
	unsigned int left = n_lanes;
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		s->lane = &s->lanes[driver];
		if (!is_open(s, s->lane))
			continue;
		if (session_stop_requested(s) || (!first && is_phase_over(s)))
			return 0;
		choose_slice(s, n_lanes, left--, first);
		if (measure_slice(s, (enum driver)driver, first, overhead_ns))
			return -1;
	}
	return 0;
}

static bool any_available(const struct session *s)
{
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++)
		if (s->lanes[driver].n_turns && !s->lanes[driver].unavailable)
			return true;
	return false;
}

static int measure_phase(struct session *s, const char *load, uint64_t duration_ns,
			 uint64_t overhead_ns)
{
	bool first = true;
	int driver;

	s->load = load;
	s->phase_end_ns = duration_ns ? clock_ns() + duration_ns : 0;
	for (driver = 0; driver < DRIVER_COUNT; driver++)
		s->lanes[driver].done = 0;
	do {
		if (measure_round(s, first, overhead_ns))
			return -1;
		first = false;
	} while (!is_phase_over(s));
	return any_available(s) ? 0 : -1;
}

static int measure_phases(struct session *s, struct load *load, uint64_t overhead_ns)
{
	uint64_t duration_ns = s->bench->duration_ns / (load ? 2 : 1);
	char label[RESULT_NAME_BYTES];
	int err;

	s->begin_ns = clock_ns();
	s->first_load = RESULT_NO_LOAD;
	err = measure_phase(s, s->first_load, duration_ns, overhead_ns);
	if (!err && load && !session_stop_requested(s)) {
		load_label(&s->bench->load, label, sizeof(label));
		err = load_start(load);
		if (!err)
			err = measure_phase(s, label, duration_ns, overhead_ns);
		load_stop(load, &s->run->system);
	}
	if (s->bench->progress)
		fputs("\r\033[K", stderr);
	return err;
}

/* --- set-up --------------------------------------------------------------- */

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

	sigaction(SIGUSR2, &action, NULL);
}

/* Of ways whose thread is in user mode, and reached only through the kernel. */
static void note_detours(struct run *run)
{
	const char *direct = path_stage_names[PATH_DIRECT][PATH_TOTAL];
	const struct result *r, *end = run->results + run->n_results;
	const struct result *total = run->results;

	for (r = run->results; r < end; r++) {
		if (!strcmp(r->stage, stage_names[STAGE_TOTAL]))
			total = r;
		if (strcmp(r->stage, direct) || strcmp(r->wait, "spin") || r->delivered ||
		    !total->delivered)
			continue;
		sysinfo_warn(
			&run->system,
			"way %s: no interrupt hit the thread itself, so path direct is not measured: CPU %" PRId64
			" does not take them (-c, or smp_affinity of irq %" PRIu64 ")",
			r->way, r->cpu, r->irq);
	}
}

static void note_doubts(struct session *s)
{
	struct sysinfo *info = &s->run->system;

	if (s->drift)
		sysinfo_warn(
			info,
			"the source and the line disagree by %" PRIu64
			" interrupts by now: does somebody else raise it? stages from raised on, and counts, are unreliable",
			s->drift);
	if (s->entries_lost)
		sysinfo_warn(info, "the trace buffer lost %" PRIu64 " handler entries or more",
			     s->entries_lost);
	if (s->entries_missing)
		sysinfo_warn(
			info,
			"%" PRIu64
			" samples have no handler entry in the trace: they count in stage total only",
			s->entries_missing);
	if (s->early)
		sysinfo_warn(
			info,
			"%" PRIu64
			" interrupts came before the thread was spinning: delivered, but no samples; a longer --gap avoids it",
			s->early);
	note_detours(s->run);
}

/* A path that no interrupt took has no figures; nor has a row that leaves out
 * missed periods where none were missed anything to say. The row before it is
 * that of all periods.
 */
static bool is_unused(const struct run *run, size_t i)
{
	const struct result *r = &run->results[i];

	if (result_is(r, BENCH_STAGE_KEPT))
		return !r[-1].coalesced && !r[-1].lost;
	return result_path(r) && !r->delivered;
}

static void drop_unused_rows(struct run *run)
{
	size_t i = 0;

	while (i < run->n_results)
		if (is_unused(run, i))
			run_remove(run, i);
		else
			i++;
}

static void close_sources(struct session *s)
{
	int driver, other;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		struct source *source = s->lanes[driver].source;

		if (!source)
			continue;
		s->lanes[driver].ops->close(source);
		for (other = 0; other < DRIVER_COUNT; other++)
			if (s->lanes[other].source == source)
				s->lanes[other].source = NULL;
	}
}

/* Drivers of one device share what raises its interrupts. */
static int open_sources(struct session *s)
{
	int driver, other;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		struct lane *lane = &s->lanes[driver];

		if (!lane->n_turns)
			continue;
		lane->ops = source_for(s->bench->source, (enum driver)driver);
		for (other = 0; other < driver; other++)
			if (s->lanes[other].ops == lane->ops)
				lane->source = s->lanes[other].source;
		if (!lane->source)
			lane->source = lane->ops->open(&s->bench->source_config);
		if (!lane->source)
			return -1;
	}
	return 0;
}

static struct session *session_new(const struct bench *bench, struct run *run)
{
	struct session *s = calloc(1, sizeof(*s));
	int i;

	if (!s) {
		msg_error("out of memory");
		return NULL;
	}
	s->bench = bench;
	s->run = run;
	for (i = 0; i < bench->n_ways; i++) {
		struct lane *lane = &s->lanes[bench->ways[i]->driver];

		lane->turns[lane->n_turns++].way = bench->ways[i];
	}
	return s;
}

static int open_trace(struct session *s)
{
	if (!s->bench->entry_trace)
		return 0;
	s->trace = entrytrace_open();
	s->waits = calloc(ENTRY_WAITS_MAX, sizeof(*s->waits));
	if (!s->trace || !s->waits)
		return -1;
	snprintf(s->run->system.trace_clock, sizeof(s->run->system.trace_clock), "mono");
	return 0;
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
	struct session *s = session_new(bench, run);
	struct load *load = NULL;
	int err = -1, latency_fd = -1;

	if (!s)
		return -1;
	catch_kicks();
	run->warmup = bench->warmup;
	run->partial = true;
	if (load_wanted(&bench->load)) {
		load = load_open(&bench->load);
		if (!load)
			goto out;
	}
	if (open_sources(s) || open_trace(s))
		goto out;
	rt_lock_memory(&run->system);
	latency_fd = rt_hold_cpu_dma_latency(&run->system);
	rt_pin(bench->source_cpu);
	s->start_ns = clock_ns();
	err = measure_phases(s, load, measure_overhead(&run->system));
	run_end(run);
	note_doubts(s);
	drop_unused_rows(run);
	run->partial = err || run->interrupted;
	if (latency_fd >= 0)
		close(latency_fd);
out:
	load_close(load);
	entrytrace_close(s->trace);
	close_sources(s);
	free(s->waits);
	free(s);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A run: its phases, rounds and slices, and its set-up; see measure.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "measure.h"
#include "rtsetup.h"

/* Limits of a slice where several groups share the run: what comes first. */
#define SLICE_SAMPLES 500
#define SLICE_NS      (NSEC_PER_SEC / 2)
/* The first samples after a change of driver contain costs of that change. */
#define SLICE_WARMUP 20

/* Pass on the reason of a failure. Returns -1. */
static int report(struct measurement *m)
{
	if (*m->why.text)
		m->bench->problem(m->bench->context, m->why.text);
	m->why.text[0] = '\0';
	return -1;
}

/* --- slices --------------------------------------------------------------- */

/* Times of raising are found by number: they are wrong when the numbers are. */
static void note_drift(struct measurement *m)
{
	const struct way_group *group = m->slice.group;
	int64_t drift = 0;

	if (group->ops->drift && group->ops->drift(group->source, &m->slice.port, &drift, &m->why))
		report(m);
	m->recording.drift += (uint64_t)(drift < 0 ? -drift : drift);
}

static int measure_port(struct measurement *m, unsigned int irq)
{
	bool is_traced = m->recording.trace && irq != TARGET_NO_IRQ;
	const struct way_group *group = m->slice.group;
	int err;

	if (is_traced && entrytrace_start(m->recording.trace, irq, &m->why))
		return -1;
	if (group->ops->sync && group->ops->sync(group->source, &m->slice.port, &m->why))
		return -1;
	err = drive_slice(m);
	if (err)
		report(m);
	if (group->ops->stop && group->ops->stop(group->source, &m->why))
		err = report(m);
	else
		note_drift(m);
	if (is_traced && recording_match_entries(&m->recording, &m->why))
		err = report(m);
	return err;
}

/* The rows of a way in this phase. */
static int add_rows(struct measurement *m, struct group_way *turn, unsigned int irq)
{
	const struct way_facts facts = {
		.way = turn->way,
		.source = m->slice.group->ops->name,
		.load = m->phase.load,
		.irq = irq,
		.cpu = m->bench->measured_cpu,
		.overhead_ns = m->overhead_ns,
		.self_timed = m->slice.group->ops->self_timed,
		.has_entry = (m->recording.trace && irq != TARGET_NO_IRQ) ||
			     driver_ops(turn->way->driver)->has_entry,
	};

	turn->rows = recording_add(&m->recording, &facts, &m->why);
	return turn->rows ? 0 : -1;
}

/* Choose the length of the next slice: @n_left groups have none in this round yet. */
static void set_limits(struct measurement *m, unsigned int n_groups, unsigned int n_left)
{
	uint64_t now_ns = clock_ns(), slice_ns = SLICE_NS, left_ns;
	uint64_t phase_end_ns = m->phase.end_ns;
	const struct bench *bench = m->bench;
	struct slice *slice = &m->slice;

	slice->warmup = bench->warmup;
	if (!m->phase.is_first_round && bench->warmup > SLICE_WARMUP)
		slice->warmup = SLICE_WARMUP;
	slice->samples = bench->samples - slice->group->samples;
	slice->end_ns = phase_end_ns;
	if (n_groups == 1)
		return;
	if (slice->samples > SLICE_SAMPLES)
		slice->samples = SLICE_SAMPLES;
	if (phase_end_ns) {
		/* In a short phase every group gets its share of the first round. */
		left_ns = phase_end_ns > now_ns ? phase_end_ns - now_ns : 0;
		if (slice_ns > left_ns / n_left)
			slice_ns = left_ns / n_left;
	}
	if (bench->samples == UINT64_MAX || phase_end_ns)
		slice->end_ns = now_ns + slice_ns;
}

static int open_port(struct measurement *m, enum driver driver, struct target *target)
{
	struct way_group *group = m->slice.group;

	if (group->ops->connect(group->source, driver, target, &m->why))
		return -1;
	target->spin_ns = m->bench->spin_ns;
	m->slice.driver = driver_ops(driver);
	return m->slice.driver->open(&m->slice.port, target, &m->why);
}

static void note_unavailable(struct measurement *m)
{
	struct way_group *group = m->slice.group;
	unsigned int i;

	group->unavailable = true;
	for (i = 0; i < group->n_ways; i++) {
		struct unavailable *u = &m->run->unavailable[m->run->n_unavailable++];

		snprintf(u->way, sizeof(u->way), "%s", group->ways[i].way->name);
		snprintf(u->reason, sizeof(u->reason), "%s", m->why.text);
	}
	report(m);
}

static int measure_slice(struct measurement *m, enum driver driver)
{
	bool is_first_round = m->phase.is_first_round;
	struct way_group *group = m->slice.group;
	struct target target = { 0 };
	unsigned int i;
	int err = 0;

	if (open_port(m, driver, &target)) {
		/* A driver that has worked before must go on working. */
		if (!m->phase.is_first || !is_first_round)
			return -1;
		note_unavailable(m);
		return 0;
	}
	if (is_first_round && target.irq != TARGET_NO_IRQ)
		sysinfo_irq("", target.irq, &m->run->system);
	for (i = 0; is_first_round && !err && i < group->n_ways; i++)
		err = add_rows(m, &group->ways[i], target.irq);
	if (!err)
		err = measure_port(m, target.irq);
	m->slice.driver->close(&m->slice.port);
	return err;
}

/* --- rounds and phases ---------------------------------------------------- */

static bool is_wanted(const struct way_group *group)
{
	return group->n_ways && !group->unavailable;
}

/* Has the group samples to take in this phase? */
static bool is_open(const struct measurement *m, const struct way_group *group)
{
	return is_wanted(group) && group->samples < m->bench->samples;
}

static unsigned int count_open(const struct measurement *m)
{
	unsigned int n = 0;
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++)
		n += is_open(m, &m->groups[driver]);
	return n;
}

static bool is_phase_over(struct measurement *m)
{
	return measurement_stops(m) || !count_open(m) ||
	       (m->phase.end_ns && clock_ns() >= m->phase.end_ns);
}

static int measure_round(struct measurement *m)
{
	unsigned int n_groups = count_open(m), n_left = n_groups;
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		if (!is_open(m, &m->groups[driver]))
			continue;
		if (measurement_stops(m) || (!m->phase.is_first_round && is_phase_over(m)))
			return 0;
		m->slice.group = &m->groups[driver];
		set_limits(m, n_groups, n_left--);
		if (measure_slice(m, (enum driver)driver))
			return -1;
	}
	return 0;
}

/* Returns -1 also when no way is available, which report() has said. */
static int measure_phase(struct measurement *m, const char *load, bool is_first,
			 uint64_t duration_ns)
{
	bool any_available = false;
	int driver;

	m->phase = (struct phase){
		.load = load,
		.is_first = is_first,
		.is_first_round = true,
		.end_ns = duration_ns ? clock_ns() + duration_ns : 0,
	};
	for (driver = 0; driver < DRIVER_COUNT; driver++)
		m->groups[driver].samples = 0;
	arrivals_start(&m->arrivals, &m->bench->arrivals, clock_ns());
	do {
		if (measure_round(m))
			return -1;
		m->phase.is_first_round = false;
	} while (!is_phase_over(m));
	for (driver = 0; driver < DRIVER_COUNT; driver++)
		any_available |= is_wanted(&m->groups[driver]);
	return any_available ? 0 : -1;
}

static int measure_phases(struct measurement *m, struct load *load)
{
	uint64_t duration_ns = m->bench->duration_ns / (load ? 2 : 1);
	char label[RESULT_NAME_BYTES];
	int err;

	err = measure_phase(m, RESULT_NO_LOAD, true, duration_ns);
	if (err || !load || measurement_stops(m))
		return err;
	load_label(&m->bench->load, label, sizeof(label));
	err = load_start(load, &m->why);
	if (!err)
		err = measure_phase(m, label, false, duration_ns);
	load_stop(load, &m->run->system);
	return err;
}

/* --- set-up --------------------------------------------------------------- */

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Median cost of reading the clock, ns: two readings one after the other. */
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

static void make_groups(struct measurement *m)
{
	int i;

	for (i = 0; i < m->bench->n_ways; i++) {
		const struct way *way = m->bench->ways[i];
		struct way_group *group = &m->groups[way->driver];

		group->ways[group->n_ways++].way = way;
	}
}

/* The source that another group has opened already, or NULL. */
static struct source *shared_source(const struct measurement *m, const struct source_ops *ops)
{
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++)
		if (m->groups[driver].ops == ops && m->groups[driver].source)
			return m->groups[driver].source;
	return NULL;
}

static int open_sources(struct measurement *m)
{
	int driver;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		struct way_group *group = &m->groups[driver];

		if (!group->n_ways)
			continue;
		group->ops = source_for(m->bench->source, (enum driver)driver);
		group->source = shared_source(m, group->ops);
		if (!group->source)
			group->source = group->ops->open(&m->bench->source_config, &m->why);
		if (!group->source)
			return -1;
	}
	return 0;
}

static void close_sources(struct measurement *m)
{
	int driver, other;

	for (driver = 0; driver < DRIVER_COUNT; driver++) {
		struct source *source = m->groups[driver].source;

		if (!source)
			continue;
		if (m->groups[driver].ops->close(source, &m->why))
			report(m);
		for (other = 0; other < DRIVER_COUNT; other++)
			if (m->groups[other].source == source)
				m->groups[other].source = NULL;
	}
}

static int open_trace(struct measurement *m)
{
	if (!m->bench->entry_trace)
		return 0;
	snprintf(m->run->system.trace_clock, sizeof(m->run->system.trace_clock), "mono");
	return recording_open_trace(&m->recording, &m->why);
}

/* A spinning thread with a real-time priority uses up what RT throttling leaves it. */
static void warn_of_rt_throttling(struct measurement *m)
{
	struct sysinfo *info = &m->run->system;
	bool spins = false;

	for (int driver = 0; driver < DRIVER_COUNT; driver++)
		for (size_t i = 0; i < m->groups[driver].n_ways; i++)
			spins |= m->groups[driver].ways[i].way->spins;
	if (spins && m->bench->priority.class == SCHED_CLASS_DEADLINE)
		sysinfo_warn(
			info,
			"a SCHED_DEADLINE thread that spins uses up its runtime of each period, and is stopped for the rest");
	else if (spins && m->bench->priority.class != SCHED_CLASS_OTHER && info->rt_runtime_us >= 0)
		sysinfo_warn(
			info,
			"RT throttling: a real-time thread that spins may run for %" PRId64
			" us of each period, and is stopped for the rest; sysctl kernel.sched_rt_runtime_us=-1",
			info->rt_runtime_us);
}

/* With the sources, the trace and the load open. */
static int measure(struct measurement *m, struct load *load)
{
	struct sysinfo *info = &m->run->system;
	struct cpubudget after;
	int latency_fd, err;

	cpubudget_read("", &m->budget);
	cpubudget_facts(&m->budget, info);
	warn_of_rt_throttling(m);
	rt_lock_memory(info);
	rt_set_timer_slack(info);
	latency_fd = rt_hold_cpu_dma_latency(info);
	rt_pin(m->bench->source_cpu);
	m->overhead_ns = measure_overhead(info);
	m->recording.start_ns = clock_ns();
	err = measure_phases(m, load);
	if (err)
		report(m);
	if (recording_end(&m->recording, m->run, &m->why))
		err = -1;
	cpubudget_read("", &after);
	cpubudget_end(&m->budget, &after, info);
	m->run->partial = err || m->run->interrupted;
	if (latency_fd >= 0)
		close(latency_fd);
	return err;
}

/**
 * bench_measure - run a benchmark
 * @bench: what to measure
 * @run: gets the rows; its facts about the system are completed
 *
 * When this returns, everything that it changed on the system is restored.
 *
 * Returns 0, or -1 after bench->problem() got the reason; what was measured until
 * then is in @run.
 */
int bench_measure(const struct bench *bench, struct run *run)
{
	struct measurement *m = calloc(1, sizeof(*m));
	struct load *load = NULL;
	int err = -1;

	if (!m) {
		bench->problem(bench->context, "out of memory");
		return -1;
	}
	m->bench = bench;
	m->run = run;
	m->slice.bench = bench;
	make_groups(m);
	run->warmup = bench->warmup;
	arrivals_name(&bench->arrivals, run->arrivals.kind, sizeof(run->arrivals.kind));
	run->arrivals.mean_ns = bench->arrivals.mean_ns;
	run->arrivals.gap_ns = bench->arrivals.gap_ns;
	run->arrivals.seed = bench->arrivals.seed;
	run->spin_ns = bench->spin_ns;
	run->partial = true;
	if (load_wanted(&bench->load)) {
		load = load_open(&bench->load, &m->why);
		if (!load)
			goto out;
	}
	if (!open_sources(m) && !open_trace(m))
		err = measure(m, load);
out:
	if (err)
		report(m);
	load_close(load);
	recording_free(&m->recording);
	close_sources(m);
	free(m);
	return err;
}

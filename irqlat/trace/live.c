// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace on the running kernel. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "trace.h"
#include "stop.h"
#include "top.h"
#include "tracing/instance.h"

#define POLL_MS	       100
#define KEEP_BYTES_CPU (16u << 20)
#define KEEP_BYTES_ALL (256u << 20)

/**
 * struct live_run - a live run
 * @run: its results
 * @instance: of the kernel
 * @engine: reads the instance
 * @stop: notes chains that took too long
 * @top: the screen, if any
 * @signal_fd: signals that end the run
 * @end_ns: when the run ends; 0: never
 * @next_ns: when the next table is due
 * @stopped: @run->ended_ns is set
 * @unread: nobody reads our output any more
 */
struct live_run {
	struct trace_run *run;
	struct instance *instance;
	struct engine *engine;
	struct trace_stop *stop;
	struct trace_top *top;
	int signal_fd;
	uint64_t end_ns;
	uint64_t next_ns;
	bool stopped;
	bool unread;
};

/*
 * The PIDs of --pid are those that /proc shows. In a PID namespace with a /proc of its
 * own these are not those of the trace, and nothing translates them.
 */
static int check_pids(struct live_run *live)
{
	char link[32] = "";
	int32_t own = instance_own_pid(live->instance);
	ssize_t len = readlink("/proc/self", link, sizeof(link) - 1);

	if (!live->run->config->filter.n_pids || len <= 0 || atoi(link) == own)
		return 0;
	return why_set(
		&live->run->why,
		"--pid: a trace has the PIDs of the initial PID namespace, and here are others: this process is %s here and %d there; use --comm, or run irqlat outside the container",
		link, own);
}

static int open_instance(struct live_run *live)
{
	const struct trace_config *config = live->run->config;
	struct instance_config want = {
		.user = !config->no_user,
		.timers = config->timers,
		.works = true,
		.vectors = !config->no_vectors,
		.stacks = config->autos.n > 0,
		.pids = config->filter.pids,
		.n_pids = config->filter.n_pids,
		.buffer_kb = (uint32_t)config->buffer_kb,
		.subbuf_kb = (uint32_t)config->subbuf_kb,
	};
	long n_cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (config->trace_file.wanted || config->n_actions) {
		want.keep_bytes = KEEP_BYTES_CPU;
		if (n_cpus > KEEP_BYTES_ALL / KEEP_BYTES_CPU)
			want.keep_bytes = KEEP_BYTES_ALL / (size_t)n_cpus;
	}
	live->instance = instance_new(&want, &live->run->why);
	if (!live->instance)
		return -1;
	live->run->event_cost_ns = instance_event_cost_ns(live->instance);
	return check_pids(live);
}

static int open_engine(struct live_run *live)
{
	struct trace_run *run = live->run;
	struct engine_config config = {
		.n_cpus = instance_n_cpus(live->instance),
		.layout = *instance_layout(live->instance),
		.catalog = instance_catalog(live->instance),
		.reader = instance_reader(live->instance),
		.no_hops = run->config->no_hops,
		.loss = trace_run_loss,
		.loss_ctx = run,
	};
	struct stats_filter filter = run->config->filter;

	/* It is woken by what it does itself, for example by the ring buffer's irq_work. */
	filter.own_pid = instance_own_pid(live->instance);
	run->sees_user = event_catalog_has(config.catalog, EVENT_SYS_EXIT);
	if (stats_init(&run->total, config.catalog, &filter) ||
	    stats_init(&run->interval, config.catalog, &filter))
		return -1;
	if (trace_run_begin_runs(run, &config))
		return -1;
	run->interval.keep_blocks = run->config->json.wanted;
	config.sink = stats_sink(&run->interval);
	config.with_timeline = run->config->autos.n || run->worst;
	live->engine = engine_new(&config);
	if (!live->engine)
		return -1;
	live->stop = trace_stop_new(run, live->engine);
	if (!live->stop)
		return -1;
	run->timeline = engine_timeline(live->engine);
	if (run->worst) {
		run->interval.on_sample = trace_explain_sample;
		run->interval.on_ctx = run;
	} else if (run->config->n_limits) {
		run->interval.on_sample = trace_stop_sample;
		run->interval.on_handler = trace_stop_handler;
		run->interval.on_ctx = live->stop;
	}
	return 0;
}

/* Add the interval to the total; print its table, or that of top. */
static int end_interval(struct live_run *live, bool show)
{
	struct trace_run *run = live->run;

	if (!live->stopped)
		run->ended_ns = clock_ns();
	engine_counts(live->engine, &run->counts);
	if (stats_merge(&run->total, &run->interval))
		return -1;
	if (live->top) {
		stats_sort(&run->total);
		trace_top_draw(live->top, run);
	} else if (show) {
		stats_sort(&run->interval);
		printf("%.1f s\n", (double)(run->ended_ns - run->started_ns) / 1e9);
		trace_text_table(run, &run->interval, stdout);
		putchar('\n');
		live->unread = msg_flush_output() < 0;
	}
	stats_clear(&run->interval);
	return 0;
}

static int timeout_ms(const struct live_run *live, uint64_t now)
{
	uint64_t until = live->next_ns;

	if (live->end_ns && live->end_ns < until)
		until = live->end_ns;
	if (until <= now)
		return 0;
	until = (until - now + 999999) / 1000000;
	return until < POLL_MS ? (int)until : POLL_MS;
}

/* Print what failed, if @status is below zero; the run goes on. */
static void report(struct live_run *live, int status, const struct why *why)
{
	if (!status)
		return;
	msg_error("%s", why->text);
	live->run->failed = true;
}

/* @path NULL: where --trace says. */
static void keep(struct live_run *live, const char *path)
{
	struct why why;
	int err;

	if (!path)
		path = live->run->config->trace_file.name;
	err = trace_keep(live->instance, path, &why);
	report(live, err, &why);
	if (!err)
		fprintf(stderr, "  Saving trace to %s\n", path);
}

/* Do what -a, -t and --on-threshold ask for. Returns whether measuring goes on. */
static bool act(struct live_run *live)
{
	const struct trace_config *config = live->run->config;
	FILE *out = trace_out_uses_stdout(config) ? stderr : stdout;
	struct why why;
	bool go_on = false;

	for (size_t i = 0; i < config->n_actions; i++)
		go_on |= config->actions[i].kind == TRACE_ACTION_CONTINUE;
	if (!go_on) {
		instance_stop(live->instance);
		live->run->ended_ns = clock_ns();
	}
	if (config->autos.n) {
		trace_stop_explain(live->stop, out);
		msg_flush_output();
	}
	if (config->trace_file.wanted)
		keep(live, NULL);
	for (size_t i = 0; i < config->n_actions; i++) {
		const struct trace_action *action = &config->actions[i];

		if (action->kind == TRACE_ACTION_TRACE)
			keep(live, action->text);
		else if (action->kind != TRACE_ACTION_CONTINUE)
			report(live, trace_action_run(action, &why), &why);
	}
	return go_on;
}

/* Returns 1 when the run ends, 0 when it goes on, -1 with errno set. */
static int step(struct live_run *live)
{
	uint64_t now = clock_ns();
	int wake_fd = live->signal_fd;

	if (live->top && trace_top_key(live->top))
		return 1;
	if (instance_wait(live->instance, timeout_ms(live, now), wake_fd) ||
	    engine_run(live->engine, instance_settled_ns()))
		return -1;
	if (trace_run_signal(live->signal_fd)) {
		live->run->interrupted = true;
		return 1;
	}
	if (trace_stop_take(live->stop)) {
		/* Reports and messages go to the terminal's own screen. */
		trace_top_pause(live->top);
		live->stopped = !act(live);
		if (live->stopped)
			return 1;
	}
	now = clock_ns();
	if (now >= live->next_ns) {
		live->next_ns += live->run->config->interval_ns;
		if (live->next_ns < now)
			live->next_ns = now + live->run->config->interval_ns;
		if (end_interval(live, trace_run_shows_tables(live->run)))
			return -1;
	}
	return live->unread || (live->end_ns && now >= live->end_ns);
}

/* Reading the names of a kernel's functions takes a moment: only where an item has one. */
static int end_runs(struct live_run *live)
{
	struct trace_run *run = live->run;

	return trace_run_end_runs(run, live->engine,
				  run->runs.works.n_rows ? symbols_read("/proc/kallsyms") : NULL);
}

static int measure(struct live_run *live)
{
	struct trace_run *run = live->run;
	int rc;

	run->started_ns = clock_ns();
	live->next_ns = run->started_ns + run->config->interval_ns;
	if (run->config->duration_ns)
		live->end_ns = run->started_ns + run->config->duration_ns;
	if (instance_start(live->instance))
		return -1;
	do {
		rc = step(live);
	} while (!rc);
	instance_stop(live->instance);
	/* What follows goes to the terminal's own screen. */
	trace_top_close(live->top);
	live->top = NULL;
	if (!live->stopped)
		run->ended_ns = clock_ns();
	live->stopped = true;
	if (rc < 0 || engine_run(live->engine, UINT64_MAX))
		return -1;
	engine_finish(live->engine);
	if (run->config->runs && end_runs(live))
		return -1;
	if (run->config->trace_file.wanted && !run->config->n_limits)
		keep(live, NULL);
	if (end_interval(live, false))
		return -1;
	stats_end_blocks(&run->total, &run->interval);
	return 0;
}

static int open_top(struct live_run *live)
{
	if (live->run->config->mode != TRACE_TOP)
		return 0;
	live->top = trace_top_open(&live->run->why);
	return live->top ? 0 : -1;
}

/**
 * trace_live - measure the running kernel
 * @run: options in, results out
 *
 * Returns 0, or -1 with @run->why filled. In any case, the instance is removed.
 */
int trace_live(struct trace_run *run)
{
	struct live_run live = { .run = run, .signal_fd = trace_run_hold_signals(run) };
	int err = -1;

	if (live.signal_fd < 0)
		return -1;
	if (open_instance(&live) || open_top(&live))
		goto out;
	err = open_engine(&live) || measure(&live) ? -1 : 0;
	if (err)
		why_set(&run->why, "tracing stopped: %s", strerror(errno));
	stats_sort(&run->total);
	trace_top_close(live.top);
out:
	trace_stop_free(live.stop);
	engine_free(live.engine);
	/* Frees the catalog, too: the statistics have copied the names. */
	instance_free(live.instance);
	close(live.signal_fd);
	return err;
}

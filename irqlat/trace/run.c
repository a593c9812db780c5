// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace: what live.c, kernel.c and file.c share. */

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "trace.h"

/* The signals that end a run. */
void trace_run_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
}

/*
 * Signals must not kill the process, so that it can remove what it made in the kernel.
 * Returns a descriptor from which they are read, or -1 with @run->why filled.
 */
int trace_run_hold_signals(struct trace_run *run)
{
	sigset_t set;
	int fd;

	trace_run_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		why_set(&run->why, "cannot hold signals: %s", strerror(errno));
	return fd;
}

/* Whether one of these signals has arrived. */
bool trace_run_signal(int signal_fd)
{
	struct signalfd_siginfo info;

	return read(signal_fd, &info, sizeof(info)) == sizeof(info);
}

/* Whether a table is printed for each interval. */
bool trace_run_shows_tables(const struct trace_run *run)
{
	return run->config->mode == TRACE_TABLE && !run->config->quiet &&
	       !trace_out_uses_stdout(run->config);
}

/* One event begins a gap and another one of the same CPU ends it. */
void trace_run_loss(void *ctx, const struct event *e)
{
	struct trace_run *run = ctx;
	uint64_t i;

	if (e->kind == EVENT_LOSS_BEGIN) {
		i = run->n_gaps++;
		if (i < TRACE_GAPS_MAX)
			run->gaps[i] = (struct trace_gap){
				.ts_ns = e->ts_ns,
				.lost = e->lost,
				.cpu = e->cpu,
			};
	} else if (e->kind == EVENT_LOSS_END) {
		for (i = 0; i < run->n_gaps && i < TRACE_GAPS_MAX; i++) {
			struct trace_gap *gap = &run->gaps[i];

			if (gap->cpu == e->cpu && !gap->until_ns) {
				gap->until_ns = e->ts_ns;
				gap->lost = e->lost;
			}
		}
	}
}

/* How often memory lacked for an interrupt or for a time. */
uint64_t trace_run_no_memory(const struct trace_run *run)
{
	return run->total.no_memory + run->counts.no_memory;
}

/* Of --runs: have the engine tell the times. Returns 0, or -1 with errno set. */
int trace_run_begin_runs(struct trace_run *run, struct engine_config *config)
{
	if (!run->config->runs)
		return 0;
	if (trace_runs_init(&run->runs, config->n_cpus))
		return -1;
	config->softirq = trace_runs_softirq;
	config->softirq_ctx = &run->runs;
	config->works = trace_works_sink(&run->runs.works);
	return 0;
}

/**
 * trace_run_end_runs - of --runs: all events were read
 * @run: gets the names of functions and the counts
 * @engine: that read them
 * @symbols: of the kernel; freed; NULL: not known
 *
 * Returns 0, or -1 with errno set.
 */
int trace_run_end_runs(struct trace_run *run, const struct engine *engine, struct symbols *symbols)
{
	struct trace_works *works = &run->runs.works;
	int err = trace_works_name(works, symbols);

	engine_works(engine, &works->counts);
	works->sees_switches = engine_has(engine, EVENT_SWITCH);
	symbols_free(symbols);
	return err;
}

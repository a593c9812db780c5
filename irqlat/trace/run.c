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

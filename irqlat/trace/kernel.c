// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace --in-kernel: read the histograms that the kernel keeps. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "trace.h"
#include "top.h"

#define POLL_MS 100

/**
 * struct kernel_run - a run
 * @run: its results; @run->total is what was read last
 * @collector: the BPF programs; NULL where they cannot be had
 * @kernel: the hist triggers then
 * @top: the screen, if any
 * @signal_fd: signals that end the run
 */
struct kernel_run {
	struct trace_run *run;
	struct collector *collector;
	struct kernhist *kernel;
	struct trace_top *top;
	int signal_fd;
};

static int start(struct kernel_run *own)
{
	if (own->collector)
		return collector_start(own->collector, &own->run->why);
	if (!kernhist_start(own->kernel))
		return 0;
	return why_set(&own->run->why, "cannot start to count: %s", strerror(errno));
}

static int stop(struct kernel_run *own)
{
	if (!own->collector)
		return kernhist_stop(own->kernel);
	collector_stop(own->collector);
	return 0;
}

static int read_counts(struct kernel_run *own, struct stats *stats)
{
	struct trace_run *run = own->run;
	struct kernhist_counts counts;

	if (own->collector)
		return collector_read(own->collector, stats, &run->collector);
	if (kernhist_read(own->kernel, stats, &counts)) {
		int reason = errno;

		free(counts.accounts);
		errno = reason;
		return -1;
	}
	free(run->kernel.accounts);
	run->kernel = counts;
	return 0;
}

/* Set run->total to all that was counted so far. */
static int read_all(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	struct stats stats;

	if (stats_init(&stats, NULL, &run->config->filter))
		return -1;
	if (read_counts(own, &stats)) {
		int reason = errno;

		stats_free(&stats);
		errno = reason;
		return -1;
	}
	stats_free(&run->total);
	run->total = stats;
	stats_sort(&run->total);
	return 0;
}

/* Our buckets do not begin where those of hist triggers do. */
static void round_down(struct stats *interval, uint64_t bucket_ns)
{
	for (size_t i = 0; i < interval->n_rows; i++) {
		for (int n = 0; n < CHAIN_ENDS * CHAIN_STAGES; n++) {
			struct hist *h =
				interval->rows[i]->hist[n / CHAIN_STAGES][n % CHAIN_STAGES];

			if (h && h->n)
				h->min -= h->min % bucket_ns;
		}
	}
}

static int show_interval(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	struct stats earlier;

	if (stats_init(&earlier, NULL, &run->config->filter))
		return -1;
	if (stats_merge(&earlier, &run->total) || read_all(own)) {
		stats_free(&earlier);
		return -1;
	}
	run->ended_ns = clock_ns();
	if (own->top) {
		trace_top_draw(own->top, run);
	} else if (trace_run_shows_tables(run)) {
		stats_free(&run->interval);
		if (stats_init(&run->interval, NULL, &run->config->filter) ||
		    stats_merge(&run->interval, &run->total) ||
		    stats_subtract(&run->interval, &earlier)) {
			stats_free(&earlier);
			return -1;
		}
		if (own->kernel && run->config->bucket_ns)
			round_down(&run->interval, run->config->bucket_ns);
		stats_sort(&run->interval);
		printf("%.1f s\n", (double)(run->ended_ns - run->started_ns) / 1e9);
		trace_text_table(run, &run->interval, stdout);
		putchar('\n');
	}
	stats_free(&earlier);
	return 0;
}

/* Returns 1 when the run ends, 0 when it goes on, -1 with errno set. */
static int step(struct kernel_run *own, uint64_t *next_ns)
{
	const struct trace_config *config = own->run->config;
	struct pollfd wake = { .fd = own->signal_fd, .events = POLLIN };
	uint64_t end_ns =
		config->duration_ns ? own->run->started_ns + config->duration_ns : UINT64_MAX;
	uint64_t until = *next_ns < end_ns ? *next_ns : end_ns, now = clock_ns();
	int timeout_ms = until <= now ? 0 :
			 until - now < POLL_MS * 1000000ull ?
					(int)((until - now + 999999) / 1000000) :
					POLL_MS;

	if (own->top && trace_top_key(own->top))
		return 1;
	if (poll(&wake, 1, timeout_ms) < 0 && errno != EINTR)
		return -1;
	if (trace_run_signal(own->signal_fd)) {
		own->run->interrupted = true;
		return 1;
	}
	now = clock_ns();
	if (now >= end_ns)
		return 1;
	if (now >= *next_ns) {
		*next_ns = now + config->interval_ns;
		if ((own->top || trace_run_shows_tables(own->run)) && show_interval(own))
			return -1;
		return msg_flush_output() < 0;
	}
	return 0;
}

static int measure(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	uint64_t next_ns;
	int rc;

	if (start(own))
		return -1;
	run->started_ns = clock_ns();
	next_ns = run->started_ns + run->config->interval_ns;
	do {
		rc = step(own, &next_ns);
	} while (!rc);
	if (rc >= 0 && !stop(own)) {
		run->ended_ns = clock_ns();
		if (!read_all(own))
			return 0;
	}
	return why_set(&run->why, "measuring in the kernel stopped: %s", strerror(errno));
}

static int open_top(struct kernel_run *own)
{
	if (own->run->config->mode != TRACE_TOP)
		return 0;
	own->top = trace_top_open(&own->run->why);
	return own->top ? 0 : -1;
}

/* Options that only the collector has. */
static int check_triggers(const struct trace_config *config, const struct why *no_collector,
			  struct why *why)
{
	const struct {
		const char *option;
		bool given;
	} cannot[] = {
		{ .option = "--pid", .given = config->pids },
		{ .option = "--comm", .given = config->comms },
		{ .option = "--hlog", .given = config->hlog.wanted },
		{ .option = "--hgrm", .given = config->hgrm.wanted },
	};

	for (size_t i = 0; i < sizeof(cannot) / sizeof(cannot[0]); i++) {
		if (cannot[i].given)
			return why_set(
				why,
				"--in-kernel: %s needs BPF programs, hist triggers do not have that: %s",
				cannot[i].option, no_collector->text);
	}
	return 0;
}

static int open_triggers(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	const struct trace_config *config = run->config;
	struct kernhist_config want = {
		.irqs = config->filter.irqs,
		.n_irqs = config->filter.n_irqs,
		.bucket_ns = config->bucket_ns,
	};
	char text[SYSINFO_WARNING_BYTES];
	struct why why;

	if (check_triggers(config, &run->no_collector, &run->why))
		return -1;
	own->kernel = kernhist_new(&want, &why);
	if (!own->kernel && config->in_kernel == TRACE_KERNEL_HIST) {
		run->why = why;
		return -1;
	}
	if (!own->kernel)
		return why_set(&run->why, "--in-kernel: no BPF programs: %s; no hist triggers: %s",
			       run->no_collector.text, why.text);
	run->event_cost_ns = kernhist_cost_ns(own->kernel);
	trace_kernel_resolution(config, text, sizeof(text));
	sysinfo_warn(&run->system, "%s", text);
	return 0;
}

static int open_collector(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	struct stats_filter filter = run->config->filter;
	const struct collector_config want = {
		.filter = &filter,
		.vectors = !run->config->no_vectors,
	};

	if (run->config->in_kernel == TRACE_KERNEL_HIST) {
		why_set(&run->no_collector, "not wanted");
		return open_triggers(own);
	}
	filter.own_pid = getpid();
	own->collector = collector_new(&want, &run->no_collector);
	run->collected = own->collector;
	if (own->collector)
		return 0;
	if (run->config->in_kernel == TRACE_KERNEL_BPF)
		return why_set(&run->why, "--in-kernel: no BPF programs: %s",
			       run->no_collector.text);
	return open_triggers(own);
}

/**
 * trace_in_kernel - let the running kernel measure itself
 * @run: options in, results out
 *
 * BPF programs do it, or hist triggers where these cannot be had. Returns 0, or -1 with
 * @run->why filled. In any case, what was made in the kernel is removed.
 */
int trace_in_kernel(struct trace_run *run)
{
	struct kernel_run own = { .run = run, .signal_fd = trace_run_hold_signals(run) };
	int err;

	if (own.signal_fd < 0)
		return -1;
	err = open_collector(&own) || open_top(&own) || measure(&own) ? -1 : 0;
	trace_top_close(own.top);
	collector_free(own.collector);
	kernhist_free(own.kernel);
	close(own.signal_fd);
	return err;
}

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
 * @kernel: the histograms
 * @top: the screen, if any
 * @signal_fd: signals that end the run
 */
struct kernel_run {
	struct trace_run *run;
	struct kernhist *kernel;
	struct trace_top *top;
	int signal_fd;
};

/* Set run->total to all that was counted so far. */
static int read_all(struct kernel_run *own)
{
	struct trace_run *run = own->run;
	struct kernhist_counts counts;
	struct stats stats;

	if (stats_init(&stats, NULL, &run->config->filter))
		return -1;
	if (kernhist_read(own->kernel, &stats, &counts)) {
		int reason = errno;

		stats_free(&stats);
		free(counts.accounts);
		errno = reason;
		return -1;
	}
	stats_free(&run->total);
	free(run->kernel.accounts);
	run->total = stats;
	run->kernel = counts;
	stats_sort(&run->total);
	return 0;
}

static void subtract_row(struct stats_row *later, const struct stats_row *earlier,
			 uint64_t bucket_ns)
{
	for (int end = 0; end < CHAIN_ENDS; end++) {
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			struct hist *h = later->hist[end][stage];

			if (!h || !earlier->hist[end][stage])
				continue;
			hist_subtract(h, earlier->hist[end][stage]);
			/* Our buckets do not begin where the kernel's do. */
			if (h->n && bucket_ns)
				h->min -= h->min % bucket_ns;
		}
	}
}

/* Leave in @interval what was counted since @earlier. */
static void subtract(struct stats *interval, const struct stats *earlier, uint64_t bucket_ns)
{
	for (size_t i = 0; i < earlier->n_rows; i++) {
		const struct stats_row *row = earlier->rows[i];
		struct stats_row *later = stats_row_of_line(interval, row->irq, row->cpu, NULL);

		if (later)
			subtract_row(later, row, bucket_ns);
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
		    stats_merge(&run->interval, &run->total)) {
			stats_free(&earlier);
			return -1;
		}
		subtract(&run->interval, &earlier, run->config->bucket_ns);
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

	run->started_ns = clock_ns();
	next_ns = run->started_ns + run->config->interval_ns;
	if (kernhist_start(own->kernel))
		return -1;
	do {
		rc = step(own, &next_ns);
	} while (!rc);
	if (rc < 0 || kernhist_stop(own->kernel))
		return -1;
	run->ended_ns = clock_ns();
	return read_all(own);
}

static int open_top(struct kernel_run *own)
{
	if (own->run->config->mode != TRACE_TOP)
		return 0;
	own->top = trace_top_open(&own->run->why);
	return own->top ? 0 : -1;
}

/**
 * trace_in_kernel - let the running kernel measure itself
 * @run: options in, results out
 *
 * Returns 0, or -1 with @run->why filled. In any case, what was made in the kernel is
 * removed.
 */
int trace_in_kernel(struct trace_run *run)
{
	const struct trace_config *config = run->config;
	struct kernhist_config want = {
		.irqs = config->filter.irqs,
		.n_irqs = config->filter.n_irqs,
		.bucket_ns = config->bucket_ns,
	};
	struct kernel_run own = { .run = run, .signal_fd = trace_run_hold_signals(run) };
	char text[SYSINFO_WARNING_BYTES];
	int err;

	if (own.signal_fd < 0)
		return -1;
	own.kernel = kernhist_new(&want, &run->why);
	if (!own.kernel) {
		close(own.signal_fd);
		return -1;
	}
	run->event_cost_ns = kernhist_cost_ns(own.kernel);
	trace_kernel_resolution(config, text, sizeof(text));
	sysinfo_warn(&run->system, "%s", text);
	err = open_top(&own);
	if (!err && measure(&own)) {
		err = -1;
		why_set(&run->why, "measuring in the kernel stopped: %s", strerror(errno));
	}
	trace_top_close(own.top);
	kernhist_free(own.kernel);
	close(own.signal_fd);
	return err;
}

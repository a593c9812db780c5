// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace --in-kernel: the kernel keeps the histograms, we read them. */

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
 * struct keeper - a run
 * @run: its results; its total is what was read last
 * @kernel: the histograms
 * @top: the screen, if any
 * @signal_fd: SIGINT and its like end the run
 */
struct keeper {
	struct trace_run *run;
	struct kernhist *kernel;
	struct trace_top *top;
	int signal_fd;
};

/* run->total becomes all that was counted so far. */
static int read_all(struct keeper *keeper)
{
	struct trace_run *run = keeper->run;
	struct kernhist_counts counts;
	struct stats stats;

	if (stats_init(&stats, NULL, &run->config->filter))
		return -1;
	if (kernhist_read(keeper->kernel, &stats, &counts)) {
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

/* What was counted since @earlier stays in @interval. */
static void subtract(struct stats *interval, struct stats *earlier, uint64_t bucket_ns)
{
	for (size_t i = 0; i < earlier->n_rows; i++) {
		const struct stats_row *row = earlier->rows[i];
		struct stats_row *later = stats_row(interval, row->irq, row->cpu, NULL);

		for (int k = 0; later && k < CHAIN_ENDS * CHAIN_STAGES; k++) {
			int end = k / CHAIN_STAGES, stage = k % CHAIN_STAGES;

			struct hist *h = later->hist[end][stage];

			if (!h || !row->hist[end][stage])
				continue;
			hist_subtract(h, row->hist[end][stage]);
			/* Ours begin elsewhere than the kernel's. */
			if (h->n && bucket_ns)
				h->min -= h->min % bucket_ns;
		}
	}
}

static int show_interval(struct keeper *keeper)
{
	struct trace_run *run = keeper->run;
	struct stats earlier;

	if (stats_init(&earlier, NULL, &run->config->filter))
		return -1;
	/* The total of before is taken from that of now. */
	if (stats_merge(&earlier, &run->total) || read_all(keeper)) {
		stats_free(&earlier);
		return -1;
	}
	run->ended_ns = clock_ns();
	if (keeper->top) {
		trace_top_draw(keeper->top, run);
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

/* Returns 1 when it is over, 0 to go on, -1 with errno set. */
static int step(struct keeper *keeper, uint64_t *next_ns)
{
	const struct trace_config *config = keeper->run->config;
	struct pollfd wake = { keeper->signal_fd, POLLIN, 0 };
	uint64_t end_ns =
		config->duration_ns ? keeper->run->started_ns + config->duration_ns : UINT64_MAX;
	uint64_t until = *next_ns < end_ns ? *next_ns : end_ns, now = clock_ns();
	int timeout_ms = until <= now ? 0 :
			 until - now < POLL_MS * 1000000ull ?
					(int)((until - now + 999999) / 1000000) :
					POLL_MS;

	if (keeper->top && trace_top_key(keeper->top))
		return 1;
	if (poll(&wake, 1, timeout_ms) < 0 && errno != EINTR)
		return -1;
	if (trace_run_signal(keeper->signal_fd)) {
		keeper->run->interrupted = true;
		return 1;
	}
	now = clock_ns();
	if (now >= end_ns)
		return 1;
	if (now >= *next_ns) {
		*next_ns = now + config->interval_ns;
		if ((keeper->top || trace_run_shows_tables(keeper->run)) && show_interval(keeper))
			return -1;
		return msg_flush_output() < 0;
	}
	return 0;
}

static int measure(struct keeper *keeper)
{
	struct trace_run *run = keeper->run;
	uint64_t next_ns;
	int rc;

	run->started_ns = clock_ns();
	next_ns = run->started_ns + run->config->interval_ns;
	if (kernhist_start(keeper->kernel))
		return -1;
	do {
		rc = step(keeper, &next_ns);
	} while (!rc);
	if (rc < 0 || kernhist_stop(keeper->kernel))
		return -1;
	run->ended_ns = clock_ns();
	return read_all(keeper);
}

static int open_top(struct keeper *keeper)
{
	if (keeper->run->config->mode != TRACE_TOP)
		return 0;
	keeper->top = trace_top_open();
	return keeper->top ? 0 : -1;
}

/**
 * trace_in_kernel - let the running kernel measure itself
 * @run: options in, results out
 *
 * Returns the exit status; whatever happens, nothing of ours is left in the
 * kernel.
 */
int trace_in_kernel(struct trace_run *run)
{
	const struct trace_config *config = run->config;
	struct kernhist_config want = {
		.irqs = config->filter.irqs,
		.n_irqs = config->filter.n_irqs,
		.bucket_ns = config->bucket_ns,
	};
	struct keeper keeper = { .run = run, .signal_fd = trace_run_hold_signals() };
	char error[PRIVATE_ERROR_BYTES], text[SYSINFO_WARNING_BYTES];
	int err, reason = 0;

	if (keeper.signal_fd < 0)
		return EXIT_ERROR;
	keeper.kernel = kernhist_new(&want, error);
	if (!keeper.kernel) {
		msg_error("%s", error);
		close(keeper.signal_fd);
		return EXIT_ERROR;
	}
	run->event_cost_ns = kernhist_cost_ns(keeper.kernel);
	trace_kernel_resolution(config, text, sizeof(text));
	sysinfo_warn(&run->system, "%s", text);
	err = open_top(&keeper);
	if (!err && measure(&keeper)) {
		err = -1;
		reason = errno;
	}
	trace_top_close(keeper.top);
	if (reason)
		msg_error("measuring in the kernel stopped: %s", strerror(reason));
	kernhist_free(keeper.kernel);
	close(keeper.signal_fd);
	return err ? EXIT_ERROR : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat bench: runs a benchmark, and prints and writes its results. */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "bench.h"
#include "irqlat/command.h"
#include "options.h"
#include "reports/reference/ref.h"
#include "results/io.h"

/*
 * From here on the signals that end a program only end the run: a device may be
 * bound to another driver, and is restored before the program ends.
 */
static void block_signals(struct bench *bench)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t interim;
	size_t i;

	sigemptyset(&bench->stop_signals);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&bench->stop_signals, signals[i]);
	sigprocmask(SIG_BLOCK, &bench->stop_signals, NULL);
	sigemptyset(&interim);
	sigaddset(&interim, SIGUSR1);
	sigprocmask(SIG_BLOCK, &interim, NULL);
}

static int write_json(const void *run, FILE *out)
{
	return run_write_json(run, out);
}

static int write_csv(const void *run, FILE *out)
{
	run_write_csv(run, out);
	return ferror(out) ? -1 : 0;
}

/* --- while it runs -------------------------------------------------------- */

static bool shows_progress(const struct bench_options *options)
{
	return !options->quiet && isatty(STDERR_FILENO);
}

static void clear_progress(const struct bench_options *options)
{
	if (shows_progress(options))
		fputs("\r\033[K", stderr);
}

static void show_problem(void *context, const char *reason)
{
	clear_progress(context);
	msg_error("%s", reason);
}

static void show_progress(void *context, const struct bench_progress *progress)
{
	const struct bench_options *options = context;
	char limit[32] = "";

	if (options->bench.duration_ns)
		snprintf(limit, sizeof(limit), " of %.0f",
			 (double)options->bench.duration_ns / NSEC_PER_SEC);
	clear_progress(options);
	fprintf(stderr, "irqlat: %.0f%s s, load %s, %s: %" PRIu64 " samples ",
		(double)progress->elapsed_ns / NSEC_PER_SEC, limit, progress->load, progress->way,
		progress->samples);
}

/* Results so far go to standard error, and to the files. */
static void show_interim(void *context, const struct run *run)
{
	const struct bench_options *options = context;
	struct text_style style = { .nanoseconds = options->nanoseconds };

	clear_progress(options);
	fputs("irqlat: so far:\n", stderr);
	text_style_detect(&style, stderr);
	run_write_text(run, &style, stderr);
	fflush(stderr);
	if (!opt_file_is_stdout(&options->json))
		opt_file_write(&options->json, write_json, run);
	if (!opt_file_is_stdout(&options->csv))
		opt_file_write(&options->csv, write_csv, run);
}

/* --- at the end ----------------------------------------------------------- */

static int present(const struct bench_options *options, const struct run *run)
{
	struct text_style style = {
		.nanoseconds = options->nanoseconds,
		.header = !options->no_header,
		.histogram = !options->no_histogram,
	};
	int err;

	err = opt_file_write(&options->json, write_json, run);
	err |= opt_file_write(&options->csv, write_csv, run);
	if (opt_file_is_stdout(&options->json) || opt_file_is_stdout(&options->csv)) {
		text_warnings(&run->system, stderr);
		return err;
	}
	text_style_detect(&style, stdout);
	run_write_text(run, &style, stdout);
	if (options->compare == BENCH_COMPARE_REF)
		ref_compare(run, &style, stdout);
	return err;
}

/**
 * cmd_bench - irqlat bench
 * @argc: arguments from "bench" on
 * @argv: the arguments
 *
 * Returns the exit status.
 */
int cmd_bench(int argc, char **argv)
{
	struct bench_options options;
	struct bench *bench = &options.bench;
	struct run run = { 0 };
	struct why why;
	int err, status;

	if (!bench_options_parse(argc, argv, &options, &status))
		return status;
	if (bench_options_apply(&options, &run, &why)) {
		msg_error("%s", why.text);
		return EXIT_ERROR;
	}
	bench->problem = show_problem;
	bench->interim = show_interim;
	if (shows_progress(&options))
		bench->progress = show_progress;
	bench->context = &options;
	block_signals(bench);
	err = bench_measure(bench, &run);
	clear_progress(&options);
	/* What was measured before an error is presented too. */
	if ((!err || run_has_samples(&run)) && present(&options, &run))
		err = -1;
	run_free(&run);
	return err ? EXIT_ERROR : EXIT_OK;
}

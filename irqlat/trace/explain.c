// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat explain: who made the longest chains late. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqlat/command.h"
#include "options.h"
#include "trace.h"

#define YEAR_NS	       (365 * 86400 * NSEC_PER_SEC)
#define WORST_DEFAULT  10
#define WORST_MAX      1000
#define BUFFER_DEFAULT 16384
#define SUBBUF_DEFAULT 64
#define DURATION_NS    (10 * NSEC_PER_SEC)

static const struct opt options[] = {
	{ 0, "instance", "NAME", OPT_STRING, AT(instance),
	  .help = "events of this tracing instance of FILE, top for the\nunnamed one (default: the first with interrupts)" },
	TRACE_FILTER_OPTIONS,
	{ 0, "end", "user|task|all", OPT_STRING, AT(ends),
	  .help = "chains that reached user space, or only a task\n(default all)" },
	{ 0, "no-hops", NULL, OPT_FLAG, AT(no_hops),
	  .help = "follow no chain through tasks that wake other tasks" },
	{ 'd', "duration", "TIME", OPT_SECONDS, AT(duration_ns), .min = 1, .max = YEAR_NS,
	  .help = "without FILE: how long to look (default 10)" },
	{ 'N', "worst", "N", OPT_U64, AT(n_worst), .min = 1, .max = WORST_MAX,
	  .help = "print so many single chains (default 10)" },
	{ 'n', "nano", NULL, OPT_FLAG, AT(nanoseconds),
	  .help = "print nanoseconds instead of microseconds" },
	{ 0, "no-header", NULL, OPT_FLAG, AT(no_header),
	  .help = "do not print the facts about the system" },
	{ 0, "chains", "FILE", OPT_FILE, AT(chains),
	  .help = "write the single chains as JSON, one in each row, to FILE,\nor instead of the text" },
	{ 0, "json", "FILE", OPT_FILE, AT(json),
	  .help = "write all of it and the results of irqlat trace as JSON, of\nwhich irqlat report makes a page, to FILE, or instead of the text" },
	{ 0, "perfetto", "FILE", OPT_FILE, AT(perfetto),
	  .help = "write them as Chrome's trace events, for ui.perfetto.dev,\nto FILE, or instead of the text" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "explain",
	.arguments = "[FILE]",
	.summary =
		"Say who made the longest chains late: of a trace.dat or a trace's text, or of the\nrunning kernel.",
	.options = options,
	.epilogue = "Exit status: 0 done, 1 error.\n",
};

/* Called for each chain that passes the filter; @ctx is the run. */
void trace_explain_sample(void *ctx, const struct chain_sample *sample)
{
	struct trace_run *run = ctx;
	const struct stats_row *row = sample->row;

	if (run->config->wanted_ends >> sample->end & 1)
		worst_add(run->worst, row->name, sample, run->timeline);
}

static int n_to_stdout(const struct trace_config *config)
{
	return opt_file_is_stdout(&config->chains) + opt_file_is_stdout(&config->json) +
	       opt_file_is_stdout(&config->perfetto);
}

/* What is said about recording does not apply to a file. */
static int check(struct trace_config *config)
{
	if (config->instance && !config->input) {
		msg_error("--instance: needs a FILE; irqlat makes an instance of its own");
		return -1;
	}
	if (config->duration_ns && config->input) {
		msg_error("-d: a recording has its length: leave out -d or FILE");
		return -1;
	}
	if (n_to_stdout(config) > 1) {
		msg_error(
			"--chains, --json and --perfetto: one of them to standard output at a time: give the others a file");
		return -1;
	}
	if (!config->duration_ns)
		config->duration_ns = DURATION_NS;
	return trace_filter_parse(config);
}

static int present(const struct trace_run *run)
{
	const struct trace_config *config = run->config;
	int err = opt_file_write(&config->chains, trace_explain_json, run) |
		  opt_file_write(&config->perfetto, trace_explain_perfetto, run) |
		  trace_out_files(run);

	if (n_to_stdout(config)) {
		trace_text_gaps(run, stderr);
		for (size_t i = 0; i < run->system.n_warnings; i++)
			msg_warning("%s", run->system.warnings[i]);
		return err;
	}
	if (!config->no_header)
		trace_text_header(run, stdout);
	trace_explain_text(run, stdout);
	trace_text_gaps(run, stdout);
	return err;
}

static int measure(struct trace_run *run)
{
	int err;

	if (run->config->input)
		return trace_offline(run);
	trace_live_facts(run);
	err = trace_live(run);
	trace_live_end(run);
	return err;
}

/**
 * cmd_explain - irqlat explain
 * @argc: arguments from "explain" on
 * @argv: the arguments
 *
 * Returns the exit status.
 */
int cmd_explain(int argc, char **argv)
{
	struct trace_config config = {
		.mode = TRACE_EXPLAIN,
		.quiet = true,
		.interval_ns = NSEC_PER_SEC,
		.buffer_kb = BUFFER_DEFAULT,
		.subbuf_kb = SUBBUF_DEFAULT,
		.n_worst = WORST_DEFAULT,
	};
	struct worst worst;
	struct trace_run run = { .config = &config, .worst = &worst };
	int operand, err, status;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (operand + 1 < argc) {
		msg_error("explain: \"%s\": one recording at a time", argv[operand + 1]);
		return EXIT_ERROR;
	}
	config.input = operand < argc ? argv[operand] : NULL;
	if (check(&config))
		return EXIT_ERROR;
	if (worst_init(&worst, config.n_worst)) {
		msg_error("out of memory");
		return EXIT_ERROR;
	}
	worst.keep_spans = config.perfetto.wanted || config.json.wanted;
	err = measure(&run);
	worst_end(&worst);
	status = EXIT_ERROR;
	if (err)
		msg_error("%s", run.why.text);
	else if (!present(&run))
		status = EXIT_OK;
	worst_free(&worst);
	stats_free(&run.interval);
	stats_free(&run.total);
	free(config.cpu_set);
	return status;
}

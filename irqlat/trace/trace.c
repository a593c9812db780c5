// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace: options, and the results. */

#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqlat/command.h"
#include "options.h"

#define YEAR_NS		   (365 * 86400 * NSEC_PER_SEC)
#define BUCKET_DEFAULT	   1000
#define ENTRIES_DEFAULT	   256
#define ENTRIES_MAX	   9999999
#define BUFFER_DEFAULT	   4096
#define SUBBUF_DEFAULT	   64
#define TRACE_FILE_DEFAULT "irqlat_trace.dat"

/* Made by set_stage_help() before the options are parsed. */
static char stage_help[STAGE_LIST_BYTES + 32];

static int parse_in_kernel(void *config, const char *text, struct why *why)
{
	enum trace_kernel *in_kernel = &((struct trace_config *)config)->in_kernel;

	if (!text)
		*in_kernel = TRACE_KERNEL_ANY;
	else if (!strcmp(text, "bpf"))
		*in_kernel = TRACE_KERNEL_BPF;
	else if (!strcmp(text, "hist"))
		*in_kernel = TRACE_KERNEL_HIST;
	else
		return why_set(why, "neither bpf nor hist");
	return 0;
}

static const struct opt options[] = {
	{ 'i', "input", "FILE", OPT_STRING, AT(input),
	  .help = "read a trace.dat of trace-cmd, or the text of trace_pipe,\ntrace-cmd report or perf script, instead of the running\nkernel; -: standard input" },
	{ 0, "instance", "NAME", OPT_STRING, AT(instance),
	  .help = "-i: events of this tracing instance, top for the unnamed\none (default: the first with interrupts)" },
	TRACE_FILTER_OPTIONS,
	{ 0, "stage", "LIST", OPT_STRING, AT(stages), .help = stage_help },
	{ 0, "end", "user|task|all", OPT_STRING, AT(ends),
	  .help = "chains that reached user space, or only a task\n(default all)" },
	{ 0, "no-hops", NULL, OPT_FLAG, AT(no_hops),
	  .help = "follow no chain through tasks that wake other tasks" },
	{ 'd', "duration", "TIME", OPT_SECONDS, AT(duration_ns), .min = 1, .max = YEAR_NS,
	  .help = "stop after this time: 30, 10m, 1h" },
	{ 0, "interval", "TIME", OPT_SECONDS, AT(interval_ns), .min = 10000000, .max = YEAR_NS,
	  .help = "between two tables (default 1)" },
	{ 'q', "quiet", NULL, OPT_FLAG, AT(quiet), .help = "print only a summary at the end" },
	{ 'n', "nano", NULL, OPT_FLAG, AT(nanoseconds),
	  .help = "print nanoseconds instead of microseconds" },
	{ 'b', "bucket-size", "TIME", OPT_DURATION, AT(bucket_ns), .min = 1, .max = NSEC_PER_SEC,
	  .help = "hist, and hist triggers of --in-kernel: width of a bucket\n(default of hist 1us)" },
	{ 'E', "entries", "N", OPT_U64, AT(entries), .min = 1, .max = ENTRIES_MAX,
	  .help = "hist: number of buckets (default 256)" },
	{ 'T', "threshold", "LIMIT", OPT_STRINGS, AT(thresholds),
	  .help = "stop when a chain takes longer than this: 500 (us), 2ms,\n'eth0*=500', 24:queue=80 (one stage), :irq=20 (every\nhandler); several of these options: any of them.\n-i: compare the whole recording" },
	{ 'a', "auto", "LIMIT", OPT_STRINGS, AT(autos),
	  .help = "like -T; also print what ran instead, and keep the trace" },
	{ 't', "trace", "FILE", OPT_FILE, AT(trace_file),
	  .help = "keep the trace as FILE (irqlat_trace.dat): that of the\nchain that took too long, or else of the end of the run" },
	{ 0, "on-threshold", "ACTIONS", OPT_STRINGS, AT(on_threshold),
	  .help = "what to do then, separated by ';' (\\; in a command), or one\nof several of these options: trace[,file=F]\nsignal,num=N,pid=P|parent shell,command=C continue" },
	{ 0, "runs", NULL, OPT_FLAG, AT(runs),
	  .help = "also print how long handlers, softirqs and work items ran,\nhow long the latter waited, and their share of each CPU" },
	{ 0, "no-user", NULL, OPT_FLAG, AT(no_user),
	  .help = "do not trace system calls: cheaper, and chains end\nwhen the task runs" },
	{ 0, "no-vectors", NULL, OPT_FLAG, AT(no_vectors),
	  .help = "do not trace interrupts without a number" },
	{ 0, "timers", NULL, OPT_FLAG, AT(timers),
	  .help = "follow each hrtimer instead of its timer interrupt" },
	{ 0, "in-kernel", "bpf|hist", OPT_CUSTOM, .parse = parse_in_kernel, .optional = true,
	  .help = "the kernel keeps histograms, nothing is recorded, chains end\nwhen the task runs: by BPF programs, or where these cannot\nbe had by hist triggers" },
	{ 0, "buffer", "KIB", OPT_U64, AT(buffer_kb), .min = 64, .max = 1 << 20,
	  .help = "trace buffer of each CPU (default 4096)" },
	{ 0, "sub-buffer", "KIB", OPT_U64, AT(subbuf_kb), .min = 4, .max = 256,
	  .help = "its pages, where the kernel has a choice (default 64)" },
	{ 0, "no-header", NULL, OPT_FLAG, AT(no_header),
	  .help = "do not print the facts about the system" },
	{ 0, "no-index", NULL, OPT_FLAG, AT(no_index),
	  .help = "hist: do not print the index column" },
	{ 0, "no-summary", NULL, OPT_FLAG, AT(no_summary),
	  .help = "hist: do not print the rows below the buckets" },
	{ 0, "with-zeros", NULL, OPT_FLAG, AT(with_zeros),
	  .help = "hist: print empty buckets too" },
	{ 0, "json", "FILE", OPT_FILE, AT(json),
	  .help = "write JSON to FILE, or instead of the text" },
	{ 0, "csv", "FILE", OPT_FILE, AT(csv),
	  .help = "write CSV to FILE, or instead of the text" },
	{ 0, "hlog", "FILE", OPT_FILE, AT(hlog),
	  .help = "write an HdrHistogram log (V2, Tag=irqN.cpuM.stage)" },
	{ 0, "hgrm", "PREFIX", OPT_FILE, AT(hgrm),
	  .help = "write percentiles to PREFIX.irqN.cpuM.stage.hgrm" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "trace",
	.arguments = "[hist|top]",
	.summary =
		"Show how long interrupts take to reach user space, and in which stage, on any kernel.",
	.options = options,
	.epilogue = "Without hist or top: a table for each interval and one for the whole run.\n"
		    "Exit status: 0 done, 1 error, 2 a chain or handler took longer than -T or -a\n"
		    "allows.\n",
};

/* --- options --------------------------------------------------------------- */

#define HELP_COLUMNS 58

/* The names of all stages, in rows that --help has room for. */
static void set_stage_help(void)
{
	char stages[STAGE_LIST_BYTES], *space, *row = stage_help;

	snprintf(stage_help, sizeof(stage_help), "only these stages: %s",
		 stage_list(chain_stages, CHAIN_STAGES, stages));
	while (strlen(row) > HELP_COLUMNS && (space = memrchr(row, ' ', HELP_COLUMNS))) {
		*space = '\n';
		row = space + 1;
	}
}

static int set_mode(struct trace_config *config, const char *word)
{
	if (!strcmp(word, "hist")) {
		config->mode = TRACE_HIST;
	} else if (!strcmp(word, "top")) {
		config->mode = TRACE_TOP;
	} else {
		msg_error("trace: \"%s\" is neither hist nor top", word);
		return -1;
	}
	return 0;
}

/* The word may be in front of the options or behind them. */
static int parse_mode(struct trace_config *config, int *argc, char ***argv)
{
	if (*argc < 2 || (*argv)[1][0] == '-')
		return 0;
	if (set_mode(config, (*argv)[1]))
		return -1;
	(*argc)--;
	(*argv)++;
	return 0;
}

/* Options that say what and how long to record: a recording has that already. */
static int check_recording(const struct trace_config *config)
{
	const struct {
		const char *option;
		bool given;
	} cannot[] = {
		{ .option = "-d", .given = config->duration_ns },
		{ .option = "--interval", .given = config->interval_ns },
		{ .option = "--no-user", .given = config->no_user },
		{ .option = "--no-vectors", .given = config->no_vectors },
		{ .option = "--timers", .given = config->timers },
		{ .option = "--buffer", .given = config->buffer_kb },
		{ .option = "--sub-buffer", .given = config->subbuf_kb },
	};

	for (size_t i = 0; config->input && i < sizeof(cannot) / sizeof(cannot[0]); i++) {
		if (cannot[i].given) {
			msg_error(
				"-i: not with %s, which says how to record: leave out one of them",
				cannot[i].option);
			return -1;
		}
	}
	return 0;
}

static void set_defaults(struct trace_config *config)
{
	if (!config->interval_ns)
		config->interval_ns = NSEC_PER_SEC;
	if (!config->buffer_kb)
		config->buffer_kb = BUFFER_DEFAULT;
	if (!config->subbuf_kb)
		config->subbuf_kb = SUBBUF_DEFAULT;
}

/* Options for which histograms that the kernel keeps have no data. */
static int check_in_kernel(const struct trace_config *config)
{
	const struct {
		const char *option;
		bool given;
	} cannot[] = {
		{ .option = "-i", .given = config->input },
		{ .option = "-T", .given = config->thresholds.n },
		{ .option = "-a", .given = config->autos.n },
		{ .option = "-t", .given = config->trace_file.wanted },
		{ .option = "--timers", .given = config->timers },
		{ .option = "--runs", .given = config->runs },
		{ .option = "--end user", .given = config->wanted_ends == 1u << CHAIN_END_USER },
	};

	for (size_t i = 0; i < sizeof(cannot) / sizeof(cannot[0]); i++) {
		if (cannot[i].given) {
			msg_error(
				"--in-kernel: not with %s: the kernel's histograms do not have that; leave out one of them",
				cannot[i].option);
			return -1;
		}
	}
	return 0;
}

/* -T and -a, and what to do then. */
static int check_limits(struct trace_config *config)
{
	const struct opt_strings *limits = config->autos.n ? &config->autos : &config->thresholds;
	const char *option = config->autos.n ? "-a" : "-T";
	struct why why;

	if (config->thresholds.n && config->autos.n) {
		msg_error("-T and -a: both stop, and -a also says why: give one of them");
		return -1;
	}
	for (size_t i = 0; i < limits->n; i++) {
		if (trace_limit_parse(limits->text[i], config, &why)) {
			msg_error("%s: %s", option, why.text);
			return -1;
		}
		if (config->autos.n && config->limits[i].stage == CHAIN_STAGE_IRQ) {
			msg_error("-a: %s: a handler waits for nobody: use -T", limits->text[i]);
			return -1;
		}
	}
	for (size_t i = 0; i < config->on_threshold.n; i++) {
		if (trace_actions_parse(config->on_threshold.text[i], config, &why)) {
			msg_error("%s", why.text);
			return -1;
		}
	}
	if (config->on_threshold.n && !config->n_limits) {
		msg_error("--on-threshold: needs -T or -a to say when");
		return -1;
	}
	if (config->input && (config->autos.n || config->on_threshold.n)) {
		msg_error(
			"-i: a recording cannot be stopped: leave out -a and --on-threshold; -T compares all of it, irqlat explain says why");
		return -1;
	}
	return 0;
}

static int check(struct trace_config *config)
{
	if (config->autos.n)
		config->trace_file.wanted = true;
	if (!config->trace_file.name)
		config->trace_file.name = TRACE_FILE_DEFAULT;
	if (check_limits(config))
		return -1;
	if (config->input && config->mode == TRACE_TOP) {
		msg_error("-i: a recording cannot be watched: leave out top");
		return -1;
	}
	if (config->instance && !config->input) {
		msg_error("--instance: needs -i; irqlat makes an instance of its own");
		return -1;
	}
	if (config->input && config->trace_file.wanted) {
		msg_error("-t: a recording is kept already: leave out -i or -t");
		return -1;
	}
	if (config->mode == TRACE_TOP && !isatty(STDOUT_FILENO)) {
		msg_error("trace top: standard output is no terminal; use trace");
		return -1;
	}
	if (check_recording(config))
		return -1;
	set_defaults(config);
	if (trace_filter_parse(config) || (config->in_kernel && check_in_kernel(config)))
		return -1;
	/* The default of hist triggers is powers of two, except for hist. */
	if (!config->bucket_ns && (!config->in_kernel || config->mode == TRACE_HIST))
		config->bucket_ns = BUCKET_DEFAULT;
	return 0;
}

/* --- results --------------------------------------------------------------- */

static int present(const struct trace_run *run)
{
	const struct trace_config *config = run->config;
	int err = trace_out_files(run);

	if (trace_out_uses_stdout(config)) {
		trace_text_gaps(run, stderr);
		for (size_t i = 0; i < run->system.n_warnings; i++)
			msg_warning("%s", run->system.warnings[i]);
		return err;
	}
	if (config->mode == TRACE_HIST) {
		trace_hist(run, stdout);
		return err;
	}
	if (!config->no_header)
		trace_text_header(run, stdout);
	if (run->collected)
		trace_collector_summary(run, stdout);
	else if (config->in_kernel)
		trace_kernel_summary(run, stdout);
	else
		trace_text_summary(run, stdout);
	return err;
}

/*
 * The exit status. A gate must not pass because nothing was compared: a limit that names
 * an interrupt or a stage needs samples, unless another one ended the run.
 */
static int status_of(const struct trace_run *run)
{
	int status = run->over ? EXIT_THRESHOLD : EXIT_OK;

	for (size_t i = 0; i < run->config->n_limits && status != EXIT_THRESHOLD; i++) {
		const struct trace_limit *limit = &run->config->limits[i];

		if (!trace_limit_must_decide(limit) || trace_limit_sum(run, limit).n)
			continue;
		msg_error("-T %s: nothing was measured that it applies to", limit->text);
		status = EXIT_ERROR;
	}
	return status;
}

static void live_overhead(struct trace_run *run)
{
	if (run->collected)
		return;
	snprintf(run->system.clock_overhead, sizeof(run->system.clock_overhead),
		 "%llu ns for each %s, contained in the figures",
		 (unsigned long long)run->event_cost_ns,
		 run->config->in_kernel ? "histogram of an event" : "event of a chain");
}

/**
 * cmd_trace - irqlat trace
 * @argc: arguments from "trace" on
 * @argv: the arguments
 *
 * Returns the exit status.
 */
int cmd_trace(int argc, char **argv)
{
	struct trace_config config = {
		.entries = ENTRIES_DEFAULT,
	};
	struct trace_run run = { .config = &config };
	int operand, err, status;

	set_stage_help();
	if (parse_mode(&config, &argc, &argv))
		return EXIT_ERROR;
	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (operand < argc && (config.mode != TRACE_TABLE || operand + 1 < argc)) {
		msg_error("trace: \"%s\" is not an option", argv[argc - 1]);
		return EXIT_ERROR;
	}
	if (operand < argc && set_mode(&config, argv[operand]))
		return EXIT_ERROR;
	if (check(&config))
		return EXIT_ERROR;
	if (config.input) {
		err = trace_offline(&run);
	} else {
		trace_live_facts(&run);
		err = config.in_kernel ? trace_in_kernel(&run) : trace_live(&run);
		live_overhead(&run);
		trace_live_end(&run);
	}
	status = EXIT_ERROR;
	if (err)
		msg_error("%s", run.why.text);
	else if (!present(&run) && !run.failed)
		status = status_of(&run);
	stats_free(&run.interval);
	stats_free(&run.total);
	trace_runs_free(&run.runs);
	free(run.kernel.accounts);
	free(config.cpu_set);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat bench: options, and what is done with the results. */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "base/clock.h"
#include "irqlat/command.h"
#include "base/msg.h"
#include "base/opts.h"
#include "results/io.h"
#include "reports/reference/ref.h"
#include "rtsetup.h"
#include "uapi/irqgen.h"

#define SAMPLES_DEFAULT	    10000
#define SAMPLES_MAX	    1000000000
#define WARMUP_DEFAULT	    100
#define GAP_DEFAULT_NS	    100000
#define INTERVAL_DEFAULT_NS 1000000
#define INTERVAL_MIN_NS	    10000
#define GAP_MIN_NS	    1000
#define GAP_MAX_NS	    (10 * NSEC_PER_SEC)
#define YEAR_NS		    (365 * 86400 * NSEC_PER_SEC)

enum entry { ENTRY_STAMP, ENTRY_TRACE };
enum compare { COMPARE_NONE, COMPARE_REF };

struct config {
	const char *source;
	const char *ways;
	const char *load;
	const char *load_command;
	uint64_t line;
	uint64_t samples;
	uint64_t duration_ns;
	uint64_t warmup;
	uint64_t gap_ns;
	uint64_t interval_ns;
	struct cpu_list cpus;
	struct priority priority;
	int entry;
	int compare;
	bool quiet;
	bool nanoseconds;
	bool no_header;
	bool no_histogram;
	struct opt_file json;
	struct opt_file csv;
};

static const char *const entry_choices[] = { "stamp", "trace", NULL };
static const char *const compare_choices[] = { "none", "ref", NULL };

#define AT(member) .offset = offsetof(struct config, member)

static const struct opt options[] = {
	{ 's', "source", "SOURCE", OPT_STRING, AT(source),
	  .help = "what raises interrupts: irqgen (default where it is\nloaded); edu, QEMU's PCI device, the first or\nedu=PCI-ADDRESS; timer (default elsewhere): no device" },
	{ 'w', "ways", "LIST", OPT_STRING, AT(ways),
	  .help = "how they are waited for. irqgen and edu: read, poll,\nepoll, eventfd, mmap-spin (default read,poll), and user\nlevel interrupts: uli, uli-spin, uli-sleep; edu: uio,\nuio-poll, vfio; any source: timerfd, nanosleep, signal,\neventfd-base (default of timer)" },
	{ 0, "line", "N", OPT_U64, AT(line), .max = IRQGEN_LINES_MAX - 1,
	  .help = "irqgen line to use (default 0)" },
	{ 0, "samples", "N", OPT_U64, AT(samples), .min = 1, .max = SAMPLES_MAX,
	  .help = "interrupts per way (default 10000; with -d no limit)" },
	{ 'd', "duration", "TIME", OPT_SECONDS, AT(duration_ns), .min = 1, .max = YEAR_NS,
	  .help = "stop after this time: 30, 10m, 1h" },
	{ 0, "warmup", "N", OPT_U64, AT(warmup), .max = SAMPLES_MAX,
	  .help = "interrupts per way before that, not counted (default 100)" },
	{ 0, "gap", "TIME", OPT_DURATION, AT(gap_ns), .min = GAP_MIN_NS, .max = GAP_MAX_NS,
	  .help = "from the thread asleep to the interrupt (default 100us)" },
	{ 'i', "interval", "TIME", OPT_DURATION, AT(interval_ns), .min = INTERVAL_MIN_NS,
	  .max = GAP_MAX_NS,
	  .help = "of timerfd, nanosleep and signal: from one expiry to\nthe next (default 1ms)" },
	{ 0, "load", "LIST", OPT_STRING, AT(load),
	  .help = "measure again under load: cpu, io, irq, net" },
	{ 0, "load-cmd", "CMD", OPT_STRING, AT(load_command),
	  .help = "measure again while sh -c CMD runs" },
	{ 'c', "cpus", "LIST", OPT_CPUS, AT(cpus),
	  .help = "measure on the first CPU of the list, raise on the second;\na list of one does both there" },
	{ 'P', "priority", "PRIO", OPT_PRIORITY, AT(priority),
	  .help = "of the measured thread: f:N FIFO, r:N RR, o:NICE;\ndefault f:80" },
	{ 0, "entry", "HOW", OPT_CHOICE, AT(entry), .choices = entry_choices,
	  .help = "when the handler began: stamp (default; the module's own)\nor trace (tracepoint irq_handler_entry, for every way)" },
	{ 0, "compare", "WHAT", OPT_CHOICE, AT(compare), .choices = compare_choices,
	  .help = "ref: print the figures of irqlat ref beside ours" },
	{ 'q', "quiet", NULL, OPT_FLAG, AT(quiet), .help = "no progress, only the result" },
	{ 'n', "nano", NULL, OPT_FLAG, AT(nanoseconds),
	  .help = "print nanoseconds instead of microseconds" },
	{ 0, "no-header", NULL, OPT_FLAG, AT(no_header),
	  .help = "do not print the facts about the system" },
	{ 0, "no-histogram", NULL, OPT_FLAG, AT(no_histogram), .help = "do not draw histograms" },
	{ 0, "json", "FILE", OPT_FILE, AT(json),
	  .help = "write JSON to FILE, or instead of the text" },
	{ 0, "csv", "FILE", OPT_FILE, AT(csv),
	  .help = "write CSV to FILE, or instead of the text" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "bench",
	.arguments = "",
	.summary =
		"Raise interrupts and measure how long each takes to reach user space, by which way.",
	.options = options,
	.epilogue =
		"Times: a number and ns, us, ms, s, m, h or d. Ctrl-C ends early, with a result.\n"
		"SIGUSR1 shows what there is so far, and writes it to the files.\n"
		"Exit status: 0 done, 1 error.\n",
};

/*
 * Without --source: whatever is here, unless the ways say that a device is
 * wanted.
 */
static const char *default_source(const struct config *config)
{
	return config->ways || !access("/dev/irqgen", F_OK) ? "irqgen" : "timer";
}

/* "irqgen", "edu", "edu=0000:00:04.0". */
static int choose_source(const struct config *config, struct bench *bench)
{
	const char *source = config->source ? config->source : default_source(config);
	const char *equals = strchrnul(source, '=');
	char name[16];

	snprintf(name, sizeof(name), "%.*s", (int)(equals - source > 15 ? 15 : equals - source),
		 source);
	bench->source = source_find(name);
	if (!bench->source) {
		msg_error("--source: \"%s\" is none of: irqgen, edu, edu=PCI-ADDRESS, timer",
			  source);
		return -1;
	}
	if (!*equals)
		return 0;
	if (bench->source != &source_edu_ops) {
		msg_error("--source %s: only edu takes an address", source);
		return -1;
	}
	bench->source_config.address = equals + 1;
	return 0;
}

static int choose_ways(const struct config *config, struct bench *bench)
{
	const char *list = config->ways;
	int i;

	if (!list)
		list = bench->source == &source_timer_ops ?
			       "timerfd,nanosleep,signal,eventfd-base" :
			       "read,poll";
	bench->n_ways = way_list_parse(list, bench->ways, BENCH_WAYS_MAX);
	if (bench->n_ways < 0)
		return -1;
	for (i = 0; i < bench->n_ways; i++) {
		const struct way *way = bench->ways[i];

		if (!source_for(bench->source, way->driver)) {
			msg_error("way %s needs %s", way->name,
				  way->driver == DRIVER_PROCIRQ || way->driver == DRIVER_ULI ?
					  "an interrupt: use --source irqgen or edu" :
					  "a PCI device: use --source edu");
			return -1;
		}
		/* UIO has no other line, and like is compared with like. */
		if (way->driver == DRIVER_UIO)
			bench->source_config.intx = true;
	}
	return 0;
}

static int choose_load(const struct config *config, struct bench *bench, struct run *run)
{
	bench->load.measured_cpu = bench->measured_cpu;
	bench->load.source_cpu = bench->source_cpu;
	bench->load.command = config->load_command;
	if (config->load_command && !*config->load_command) {
		msg_error("--load-cmd: the command is empty");
		return -1;
	}
	if (config->load_command)
		snprintf(run->load_command, sizeof(run->load_command), "%s", config->load_command);
	return config->load ? load_parse(config->load, &bench->load) : 0;
}

static int check_outputs(const struct config *config)
{
	const struct opt_file *files[] = { &config->json, &config->csv };
	size_t i;
	FILE *file;

	if (opt_file_is_stdout(&config->json) && opt_file_is_stdout(&config->csv)) {
		msg_error("--json and --csv both to standard output: give one of them a file");
		return -1;
	}
	for (i = 0; i < 2; i++) {
		if (!files[i]->wanted || opt_file_is_stdout(files[i]))
			continue;
		/* Better now than after an hour of measuring. */
		file = fopen(files[i]->name, "ae");
		if (!file) {
			msg_error("%s: cannot write: %s", files[i]->name, strerror(errno));
			return -1;
		}
		fclose(file);
	}
	return 0;
}

static int prepare(const struct config *config, struct bench *bench, struct run *run)
{
	sysinfo_collect("", &run->system);
	bench->source_config.line = config->line;
	bench->source_config.gap_ns = config->gap_ns;
	bench->source_config.interval_ns = config->interval_ns;
	bench->samples = config->samples;
	if (!config->samples)
		bench->samples = config->duration_ns ? UINT64_MAX : SAMPLES_DEFAULT;
	bench->duration_ns = config->duration_ns;
	bench->warmup = config->warmup;
	bench->entry_trace = config->entry == ENTRY_TRACE;
	bench->priority = config->priority;
	bench->progress = !config->quiet && isatty(STDERR_FILENO);
	if (choose_source(config, bench) || choose_ways(config, bench) || check_outputs(config) ||
	    rt_choose_cpus(&config->cpus, &bench->measured_cpu, &bench->source_cpu) ||
	    choose_load(config, bench, run))
		return -1;
	bench->source_config.cpu = bench->source_cpu;
	snprintf(run->system.measured_cpu, SYSINFO_TEXT_BYTES, "%d", bench->measured_cpu);
	snprintf(run->system.source_cpu, SYSINFO_TEXT_BYTES, "%d", bench->source_cpu);
	return 0;
}

/*
 * From here on Ctrl-C only ends the run loop: a device may be bound to another
 * driver, and everything is put back on the ordinary way out.
 */
static void hold_stop_signals(struct bench *bench)
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

struct interim {
	const struct config *config;
	const struct bench *bench;
};

/* While it goes on: to standard error, and to the files. */
static void show_interim(void *context, struct run *run)
{
	const struct interim *interim = context;
	const struct config *config = interim->config;
	struct text_style style = { .nanoseconds = config->nanoseconds };

	if (interim->bench->progress)
		fputs("\r\033[K", stderr);
	fputs("irqlat: so far:\n", stderr);
	text_style_detect(&style, stderr);
	run_write_text(run, &style, stderr);
	fflush(stderr);
	if (!opt_file_is_stdout(&config->json))
		opt_file_write(&config->json, write_json, run);
	if (!opt_file_is_stdout(&config->csv))
		opt_file_write(&config->csv, write_csv, run);
}

static int present(const struct config *config, const struct run *run)
{
	struct text_style style = {
		.nanoseconds = config->nanoseconds,
		.header = !config->no_header,
		.histogram = !config->no_histogram,
	};
	int err;

	err = opt_file_write(&config->json, write_json, run);
	err |= opt_file_write(&config->csv, write_csv, run);
	if (opt_file_is_stdout(&config->json) || opt_file_is_stdout(&config->csv)) {
		text_warnings(&run->system, stderr);
		return err;
	}
	text_style_detect(&style, stdout);
	run_write_text(run, &style, stdout);
	if (config->compare == COMPARE_REF)
		ref_compare(run, &style, stdout);
	return err;
}

/**
 * cmd_bench - irqlat bench
 * @argc: arguments from "bench" on
 * @argv: the same
 *
 * Returns the exit status.
 */
int cmd_bench(int argc, char **argv)
{
	struct config config = {
		.warmup = WARMUP_DEFAULT,
		.gap_ns = GAP_DEFAULT_NS,
		.interval_ns = INTERVAL_DEFAULT_NS,
		.priority = { SCHED_CLASS_FIFO, 80 },
	};
	struct bench bench = { 0 };
	struct interim interim = { &config, &bench };
	struct run run = { 0 };
	int operand, rc, status;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (prepare(&config, &bench, &run))
		return EXIT_ERROR;
	bench.interim = show_interim;
	bench.context = &interim;
	hold_stop_signals(&bench);
	rc = bench_measure(&bench, &run);
	/* An error in the middle does not take away what was measured. */
	if ((!rc || run_has_samples(&run)) && present(&config, &run))
		rc = -1;
	run_free(&run);
	return rc ? EXIT_ERROR : EXIT_OK;
}

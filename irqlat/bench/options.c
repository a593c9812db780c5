// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of irqlat bench, and the benchmark that they describe. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "options.h"
#include "rtsetup.h"
#include "module/uapi/irqgen.h"
#include "module/uapi/procirq.h"

#define SAMPLES_DEFAULT	    10000
#define SAMPLES_MAX	    1000000000
#define WARMUP_DEFAULT	    100
#define GAP_DEFAULT_NS	    100000
#define INTERVAL_DEFAULT_NS 1000000
#define SEED_DEFAULT	    1
#define INTERVAL_MIN_NS	    10000
#define GAP_MIN_NS	    1000
#define GAP_MAX_NS	    (10 * NSEC_PER_SEC)
#define YEAR_NS		    (365 * 86400 * NSEC_PER_SEC)
/* Without --ways. */
#define WAYS_DEFAULT "read,poll"
#define WAYS_TIMER   "timerfd,nanosleep,signal,eventfd-base"
/* Of a text with names of sources. */
#define SOURCES_BYTES 128
/* Of a line of help, in the column of --help that has it. */
#define HELP_WIDTH 56

static const char *const entry_choices[] = { "stamp", "trace", NULL };
static const char *const compare_choices[] = { "none", "ref", NULL };

#define AT(member) .offset = offsetof(struct bench_options, member)

/* Of --ways, made by write_ways_help(). */
static char ways_help[1024];

static const struct opt option_table[] = {
	{ 's', "source", "SOURCE", OPT_STRING, AT(source),
	  .help = "what raises interrupts: irqgen (default where it is\nloaded); edu, QEMU's PCI device, the first or\nedu=PCI-ADDRESS; pl031, ARM's clock on the platform bus,\nthe first or pl031=DEVICE; gic=DEVICE, a spare interrupt\nof ARM's controller, of a platform device; gpio-sim, a\nsimulated GPIO line; timer (default elsewhere): no device" },
	{ 'w', "ways", "LIST", OPT_STRING, AT(ways), .help = ways_help },
	{ 0, "line", "N", OPT_U64, AT(bench.source_config.line), .max = IRQGEN_LINES_MAX - 1,
	  .help = "irqgen line to use (default 0)" },
	{ 0, "samples", "N", OPT_U64, AT(bench.samples), .min = 1, .max = SAMPLES_MAX,
	  .help = "interrupts per way (default 10000; with -d no limit)" },
	{ 'd', "duration", "TIME", OPT_SECONDS, AT(bench.duration_ns), .min = 1, .max = YEAR_NS,
	  .help = "stop after this time: 30, 10m, 1h" },
	{ 0, "warmup", "N", OPT_U64, AT(bench.warmup), .max = SAMPLES_MAX,
	  .help = "interrupts per way before those, thrown away (default 100)" },
	{ 0, "gap", "TIME", OPT_DURATION, AT(bench.arrivals.gap_ns), .min = GAP_MIN_NS,
	  .max = GAP_MAX_NS,
	  .help = "time from the thread ready to the interrupt, or between\ninterrupts of a burst (default 100us)" },
	{ 0, "arrivals", "KIND", OPT_STRING, AT(arrivals),
	  .help = "interrupts come at times that do not depend on the thread:\nfixed, poisson or burst[:N] (8); the ways take turns by\nbursts. Mean gap: --interval" },
	{ 0, "seed", "N", OPT_U64, AT(bench.arrivals.seed), .max = UINT32_MAX,
	  .help = "of --arrivals poisson, which repeats its gaps (default 1)" },
	{ 0, "spin", "TIME", OPT_DURATION, AT(bench.spin_ns), .min = 1, .max = PROCIRQ_SPIN_MAX_NS,
	  .help = "longest time that the hybrid ways busy-wait (default 10ms)" },
	{ 'i', "interval", "TIME", OPT_DURATION, AT(bench.source_config.interval_ns),
	  .min = INTERVAL_MIN_NS, .max = GAP_MAX_NS,
	  .help = "timerfd, nanosleep, signal, --arrivals: time from one\ninterrupt to the next (default 1ms)" },
	{ 0, "load", "LIST", OPT_STRING, AT(load),
	  .help = "measure again under load: cpu, io, irq, net" },
	{ 0, "load-cmd", "CMD", OPT_STRING, AT(bench.load.command),
	  .help = "measure again while sh -c CMD runs" },
	{ 'c', "cpus", "LIST", OPT_CPUS, AT(cpus),
	  .help = "measure on the first CPU of the list, raise on the second;\nboth on the same if the list has one" },
	{ 'P', "priority", "PRIO", OPT_PRIORITY, AT(bench.priority),
	  .help = "priority of the measured thread: f:N FIFO, r:N RR,\no:NICE, d:RUNTIME:PERIOD deadline (d:500us:1ms);\ndefault f:80" },
	{ 0, "entry", "HOW", OPT_CHOICE, AT(entry), .choices = entry_choices,
	  .help = "time of the handler: stamp (default), from the module, or\ntrace, from tracepoint irq_handler_entry, for every way" },
	{ 0, "compare", "WHAT", OPT_CHOICE, AT(compare), .choices = compare_choices,
	  .help = "ref: print the figures of irqlat ref too" },
	{ 'q', "quiet", NULL, OPT_FLAG, AT(quiet), .help = "no progress, only the result" },
	{ 'n', "nano", NULL, OPT_FLAG, AT(nanoseconds),
	  .help = "print nanoseconds instead of microseconds" },
	{ 0, "no-header", NULL, OPT_FLAG, AT(no_header),
	  .help = "do not print the facts about the system" },
	{ 0, "no-histogram", NULL, OPT_FLAG, AT(no_histogram), .help = "do not draw histograms" },
	{ 0, "json", "FILE", OPT_FILE, AT(json),
	  .help = "write JSON to FILE, or print it instead of the text" },
	{ 0, "csv", "FILE", OPT_FILE, AT(csv),
	  .help = "write CSV to FILE, or print it instead of the text" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "bench",
	.arguments = "",
	.summary =
		"Raise interrupts and measure how long each takes to reach user space, by which way.",
	.options = option_table,
	.epilogue =
		"Times: a number and ns, us, ms, s, m, h or d. Ctrl-C ends the run, with results.\n"
		"SIGUSR1 shows the results so far, and writes them to the files.\n"
		"Exit status: 0 success, 1 error.\n",
};

/* Append a word, on a new line where it does not fit. */
static void add_help(const char *word, const char *end)
{
	size_t len = strlen(ways_help);
	const char *newline = strrchr(ways_help, '\n');
	size_t column = newline ? len - (size_t)(newline + 1 - ways_help) : len;
	bool fits = column + 1 + strlen(word) + strlen(end) <= HELP_WIDTH;

	snprintf(ways_help + len, sizeof(ways_help) - len, "%s%s%s", fits ? " " : "\n", word, end);
}

/* Whether a way works with these sources of --source, which become the way's. */
static bool has_sources(const struct way *way, char sources[SOURCES_BYTES])
{
	char own[SOURCES_BYTES] = "any source";
	bool same;

	if (!source_for(&source_timer_ops, way->driver))
		source_serving(way->driver, " and ", own, sizeof(own));
	same = !strcmp(own, sources);
	memcpy(sources, own, sizeof(own));
	return same;
}

/* Names of ways, each time after the sources that they work with. */
static void write_ways_help(void)
{
	char sources[SOURCES_BYTES] = "", next[SOURCES_BYTES], *word, *save;
	size_t i;

	snprintf(ways_help, sizeof(ways_help),
		 "ways to wait for them; default: " WAYS_DEFAULT ", with timer\n" WAYS_TIMER ".");
	for (i = 0; i < WAYS_MAX; i++) {
		if (!has_sources(all_ways[i], sources)) {
			memcpy(next, sources, sizeof(next));
			for (word = strtok_r(next, " ", &save); word;
			     word = strtok_r(NULL, " ", &save))
				add_help(word, *save ? "" : ":");
		}
		memcpy(next, sources, sizeof(next));
		add_help(all_ways[i]->name, i + 1 == WAYS_MAX		       ? "" :
					    has_sources(all_ways[i + 1], next) ? "," :
										 ";");
	}
}

/**
 * bench_options_parse - read the command line
 * @argc: arguments from "bench" on
 * @argv: the arguments
 * @options: gets the values
 * @status: gets the exit status when there is nothing more to do
 *
 * Returns whether to go on.
 */
bool bench_options_parse(int argc, char **argv, struct bench_options *options, int *status)
{
	int operand;

	*options = (struct bench_options){
		.bench.arrivals.gap_ns = GAP_DEFAULT_NS,
		.bench.source_config.interval_ns = INTERVAL_DEFAULT_NS,
		.bench.arrivals.seed = SEED_DEFAULT,
		.bench.spin_ns = PROCIRQ_SPIN_MAX_NS,
		.bench.warmup = WARMUP_DEFAULT,
		.bench.priority = { .class = SCHED_CLASS_FIFO, .value = 80 },
	};
	write_ways_help();
	return opts_start(&command, argc, argv, options, &operand, status);
}

/*
 * Without --source: the irqgen module if it is loaded, or if -w names ways, because
 * most ways need an interrupt.
 */
static const char *default_source(const struct bench_options *options)
{
	return options->ways || !access("/dev/irqgen", F_OK) ? "irqgen" : "timer";
}

/* "irqgen", "edu", "edu=0000:00:04.0". */
static int choose_source(const struct bench_options *options, struct bench *bench, struct why *why)
{
	const char *source = options->source ? options->source : default_source(options);
	const char *equals = strchrnul(source, '=');
	char name[16], choices[SOURCES_BYTES];

	snprintf(name, sizeof(name), "%.*s", (int)(equals - source > 15 ? 15 : equals - source),
		 source);
	bench->source = source_find(name);
	source_choices(choices, sizeof(choices));
	if (!bench->source)
		return why_set(why, "--source: \"%s\" is none of: %s", source, choices);
	if (!*equals)
		return 0;
	if (!bench->source->argument)
		return why_set(why, "--source %s: %s takes no device", source, name);
	bench->source_config.device = equals + 1;
	return 0;
}

static int choose_ways(const struct bench_options *options, struct bench *bench, struct why *why)
{
	const char *list = options->ways;
	char sources[SOURCES_BYTES];
	int i;

	if (!list)
		list = bench->source == &source_timer_ops ? WAYS_TIMER : WAYS_DEFAULT;
	bench->n_ways = way_list_parse(list, bench->ways, why);
	if (bench->n_ways < 0)
		return -1;
	for (i = 0; i < bench->n_ways; i++) {
		const struct way *way = bench->ways[i];

		source_serving(way->driver, " or ", sources, sizeof(sources));
		if (!source_for(bench->source, way->driver))
			return why_set(why, "way %s does not work with --source %s: use %s",
				       way->name, bench->source->name, sources);
		/* UIO can use INTx only. All ways use it then, to be comparable. */
		if (way->driver == DRIVER_UIO)
			bench->source_config.intx = true;
	}
	return 0;
}

static int choose_load(const struct bench_options *options, struct load_config *load,
		       struct why *why)
{
	load->measured_cpu = options->bench.measured_cpu;
	load->source_cpu = options->bench.source_cpu;
	if (load->command && !*load->command)
		return why_set(why, "--load-cmd: the command is empty");
	return options->load ? load_parse(options->load, load, why) : 0;
}

static int choose_arrivals(const struct bench_options *options, struct bench *bench,
			   struct why *why)
{
	struct arrivals_config *arrivals = &bench->arrivals;

	arrivals->kind = ARRIVALS_READY;
	arrivals->burst = 1;
	arrivals->mean_ns = arrivals->gap_ns;
	if (!options->arrivals)
		return 0;
	arrivals->mean_ns = bench->source_config.interval_ns;
	if (bench->source == &source_timer_ops)
		return why_set(why, "--arrivals: a timer has fixed gaps: use another --source");
	if (arrivals_parse(options->arrivals, arrivals, why))
		return -1;
	return arrivals_check(arrivals, why);
}

static int check_outputs(const struct bench_options *options, struct why *why)
{
	const struct opt_file *files[] = { &options->json, &options->csv };
	size_t i;

	if (opt_file_is_stdout(&options->json) && opt_file_is_stdout(&options->csv))
		return why_set(why,
			       "--json and --csv both to standard output: give one of them a file");
	for (i = 0; i < 2; i++) {
		if (!files[i]->wanted || opt_file_is_stdout(files[i]))
			continue;
		/* Fail now, and not after an hour of measuring. */
		if (file_check(files[i]->name))
			return why_set(why, "%s: cannot write: %s", files[i]->name,
				       strerror(errno));
	}
	return 0;
}

/**
 * bench_options_apply - complete the benchmark
 * @options: the values; their @bench becomes complete
 * @run: gets the facts about the system that are known before the run
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int bench_options_apply(struct bench_options *options, struct run *run, struct why *why)
{
	struct bench *bench = &options->bench;

	if (!bench->samples)
		bench->samples = bench->duration_ns ? UINT64_MAX : SAMPLES_DEFAULT;
	bench->entry_trace = options->entry == BENCH_ENTRY_TRACE;
	if (choose_source(options, bench, why) || choose_ways(options, bench, why) ||
	    choose_arrivals(options, bench, why) || check_outputs(options, why) ||
	    rt_choose_cpus(&options->cpus, &bench->measured_cpu, &bench->source_cpu, why) ||
	    choose_load(options, &bench->load, why))
		return -1;
	bench->source_config.cpu = bench->source_cpu;

	sysinfo_collect("", &run->system);
	snprintf(run->system.measured_cpu, SYSINFO_TEXT_BYTES, "%d", bench->measured_cpu);
	snprintf(run->system.source_cpu, SYSINFO_TEXT_BYTES, "%d", bench->source_cpu);
	if (bench->load.command)
		snprintf(run->load_command, sizeof(run->load_command), "%s", bench->load.command);
	return 0;
}

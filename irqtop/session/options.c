// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/opts.h"
#include "config.h"
#include "options.h"
#include "irqtop/view/plan.h"

/* --- values of OPT_CUSTOM ---------------------------------------------------- */

static int columns_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;
	enum field_id column[FIELD_COUNT];
	unsigned int n = 0;
	const char *p = text;
	size_t len;
	int id;

	while (*p) {
		len = strcspn(p, ",");
		id = field_find(p, len);
		if (id < 0)
			return why_set(why, "\"%s\" is no column (--help-columns)", p);
		if (n == FIELD_COUNT)
			return why_set(why, "more than %d columns", FIELD_COUNT);
		column[n++] = (enum field_id)id;
		p += len + (p[len] == ',');
	}
	memcpy(options->column, column, sizeof(column[0]) * n);
	options->ncolumns = n;
	return 0;
}

static void columns_format(const void *config, char *buf, size_t size)
{
	const struct options *options = config;
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < options->ncolumns && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? "," : "",
					fields[options->column[i]].key);
}

static int sort_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;
	int id = field_find(text, strlen(text));

	if (id < 0)
		return why_set(why, "\"%s\" is no column (--help-columns)", text);
	options->view.sort = (enum field_id)id;
	return 0;
}

static void sort_format(const void *config, char *buf, size_t size)
{
	const struct options *options = config;

	snprintf(buf, size, "%s", fields[options->view.sort].key);
}

/* Each of the options adds words to the filter. */
static int filter_add(struct options *options, const char *prefix, const char *text,
		      struct why *why)
{
	char *filter = options->view.filter;
	size_t len = strlen(filter), room = sizeof(options->view.filter) - len;

	if ((size_t)snprintf(filter + len, room, "%s%s%s", len ? " " : "", prefix, text) < room)
		return 0;
	filter[len] = '\0';
	return why_set(why, "the filter is too long");
}

static int filter_parse_words(void *options, const char *text, struct why *why)
{
	return filter_add(options, "", text, why);
}

static int filter_parse_cpus(void *options, const char *text, struct why *why)
{
	return filter_add(options, "cpu:", text, why);
}

static int filter_parse_node(void *options, const char *text, struct why *why)
{
	return filter_add(options, "node:", text, why);
}

static int filter_parse_active(void *options, const char *text, struct why *why)
{
	(void)text;
	return filter_add(options, "active", "", why);
}

static int metrics_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;

	if (text && strcmp(text, "strict"))
		return why_set(why, "\"%s\" is neither strict nor nothing", text);
	options->strict = text;
	options->mode = MODE_METRICS;
	return 0;
}

static int listen_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;

	(void)why;
	options->listen = text;
	options->mode = MODE_LISTEN;
	return 0;
}

static int alert_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;

	return alerts_add(&options->alerts, text, why);
}

static int threshold_parse(void *options, const char *text, struct why *why)
{
	return filter_add(options, "total>", text, why);
}

/* Options of util-linux that mean something else here, or nothing. */
static int pairs_refuse(void *options, const char *text, struct why *why)
{
	(void)options;
	(void)text;
	return why_set(why, "no such format; --csv and --json have the same values");
}

static int headings_refuse(void *options, const char *text, struct why *why)
{
	(void)options;
	(void)text;
	return why_set(why, "the headings stay; --json has none");
}

static int cpu_stat_refuse(void *options, const char *text, struct why *why)
{
	(void)options;
	(void)text;
	return why_set(why, "the strip above the list is always there; --group chooses its CPUs");
}

static int explain_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;

	(void)why;
	options->diff[0] = text;
	options->explain = true;
	return 0;
}

static int move_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;
	const char *where = strrchr(text, '=');
	struct plan_where place;

	if (!where || where == text || where - text >= FILTER_BYTES)
		return why_set(why, "\"%s\" is not PATTERN=CPUS", text);
	if (plan_where_parse(&place, where + 1, why))
		return -1;
	if (options->nmoves == MOVES_MAX)
		return why_set(why, "more than %d", MOVES_MAX);
	options->move[options->nmoves++] = text;
	return 0;
}

static int no_config_parse(void *config, const char *text, struct why *why)
{
	struct options *options = config;

	(void)text;
	(void)why;
	options->config = NULL;
	return 0;
}

/* --- the table --------------------------------------------------------------- */

static const char *const tables_choices[] = { "both",	 "interrupts", "softirqs", "cpus",
					      "devices", "drivers",    NULL };
static const char *const theme_choices[] = { "dark", "light", NULL };
static const char *const colour_choices[] = { "auto", "never", "8", "256", NULL };

#define AT(member) offsetof(struct options, member)

static const struct opt rows[] = {
	{ 't', "tables", NULL, OPT_CHOICE, AT(view.tables), .choices = tables_choices,
	  .saved = true, .help = "default both", .group = "What to show" },
	{ 'S', "softirqs", NULL, OPT_SET, AT(view.tables), .value = TABLES_SOFTIRQS,
	  .alias = "softirq", .help = "--tables softirqs" },
	{ 'f', "filter", "WORDS", OPT_CUSTOM, AT(view.filter), .parse = filter_parse_words,
	  .help = "rows that hold all of: text, /regex/, cpu:LIST,\ncpu:isolated, cpu:nohz, node:N, total>N, active" },
	{ 'C', "cpus", "LIST", OPT_CUSTOM, AT(view.filter), .parse = filter_parse_cpus,
	  .alias = "cpu-list",
	  .help = "count these CPUs only; leave out rows that never hit them" },
	{ 0, "node", "N", OPT_CUSTOM, AT(view.filter), .parse = filter_parse_node,
	  .help = "count the CPUs of this NUMA node only" },
	{ 'a', "active", NULL, OPT_CUSTOM, AT(view.filter), .parse = filter_parse_active,
	  .help = "only rows that count something" },
	{ 's', "sort", "COLUMN", OPT_CUSTOM, AT(view.sort), .parse = sort_parse,
	  .format = sort_format, .saved = true,
	  .help = "order of the rows; default rate (irq with --once)" },
	{ 'r', "reverse", NULL, OPT_FLAG, AT(view.reverse), .saved = true,
	  .help = "reverse the order" },
	{ 'c', "columns", "LIST", OPT_CUSTOM, AT(column), .parse = columns_parse,
	  .format = columns_format, .saved = true,
	  .help = "columns by name (--help-columns lists them)" },
	{ 'L', "latency", NULL, OPT_FLAG, AT(latency),
	  .help = "time in handlers and softirqs, from interrupt to the woken\n"
		  "task, and to the end of procirq's read() (root, tracefs; the\n"
		  "screen says what it costs)" },
	{ 0, "group", NULL, OPT_CHOICE, AT(group), .choices = axis_mode_names, .saved = true,
	  .help = "what a place of the CPU strip stands for" },
	{ 0, "idle", NULL, OPT_FLAG, AT(idle), .saved = true,
	  .help = "show rows that count nothing; the screen folds them" },
	{ 0, "wide", NULL, OPT_FLAG, AT(wide), .saved = true,
	  .help = "CPU strip over the whole width of the screen" },

	{ 'b', "batch", NULL, OPT_SET, AT(mode), .value = MODE_BATCH,
	  .help = "a table per interval",
	  .group = "Without a screen (standard input is never read)" },
	{ 'J', "json", NULL, OPT_SET, AT(mode), .value = MODE_JSON,
	  .help = "JSON Lines: an object per row" },
	{ 0, "csv", NULL, OPT_SET, AT(mode), .value = MODE_CSV, .help = "RFC 4180, with a header" },
	{ 0, "openmetrics", "strict", OPT_CUSTOM, AT(mode), .parse = metrics_parse,
	  .optional = true,
	  .help = "counters once, for node_exporter's textfile collector;\n"
		  "strict: by the letter of OpenMetrics 1.0" },
	{ 0, "listen", "[ADDR]:PORT", OPT_CUSTOM, AT(listen), .parse = listen_parse,
	  .help = "serve them at http://ADDR:PORT/metrics; without ADDR on\n127.0.0.1 and [::1]" },
	{ 'l', "list", NULL, OPT_FLAG, AT(once), .alias = "once",
	  .help = "totals since boot, at once, without rates" },
	{ 0, "per-cpu", NULL, OPT_FLAG, AT(per_cpu),
	  .help = "each CPU's counts too (--json, --openmetrics, --listen)" },
	{ 'q', "quiet", NULL, OPT_SET, AT(mode), .value = MODE_QUIET,
	  .help = "print nothing (with --record, --alert)" },
	{ 0, "rows", "N", OPT_U64, AT(rows), .min = 1, .max = UINT32_MAX,
	  .help = "no more than N rows" },
	{ 'd', "interval", "S", OPT_SECONDS, AT(interval_ns), .min = INTERVAL_MIN_NS,
	  .max = INTERVAL_MAX_NS, .saved = true, .alias = "delay",
	  .help = "seconds between samples (default 1), on the screen too" },
	{ 'n', "count", "N", OPT_U64, AT(count), .min = 1, .max = UINT32_MAX, .alias = "iter",
	  .help = "stop after N reports, on the screen too" },

	{ 0, "record", "FILE", OPT_STRING, AT(record), .help = "write every sample to FILE as well",
	  .group = "Over time" },
	{ 0, "replay", "FILE", OPT_STRING, AT(replay),
	  .help = "show a recording; the screen can jump in it" },
	{ 0, "diff", "A B", OPT_STRING, AT(diff[0]),
	  .help = "compare two recordings, copied trees or copies of\n/proc/interrupts" },
	{ 0, "explain", "A B", OPT_CUSTOM, AT(diff[0]), .parse = explain_parse,
	  .help = "what changed most between two of them, in words: new, gone,\nmoved, faster, off its node" },
	{ 0, "alert", "EXPR", OPT_CUSTOM, AT(alerts), .parse = alert_parse,
	  .help = "[TEXT:]COLUMN > NUMBER [for N]; exit status 2 when it\nhappens" },
	{ 0, "alert-command", "CMD", OPT_STRING, AT(alert_command),
	  .help = "run CMD (sh -c) with IRQTOP_* set instead of stopping" },

	{ 0, "move", "PATTERN=CPUS", OPT_CUSTOM, AT(move), .parse = move_parse,
	  .help = "plan new affinities, write them, and print the kernel's\n"
		  "answers and what would undo them. PATTERN: numbers, text or\n"
		  "/regex/; CPUS: a list, node:N, spread or spread:LIST",
	  .group = "Moving interrupts" },
	{ 0, "dry-run", NULL, OPT_FLAG, AT(dry_run), .help = "plan only" },

	{ 'i', "input", "FILE", OPT_STRING, AT(input),
	  .help = "show a copy of /proc/interrupts, as --once does",
	  .group = "As util-linux's irqtop and lsirq have them" },
	{ 'o', "output", "LIST", OPT_CUSTOM, AT(column), .parse = columns_parse,
	  .help = "--columns LIST" },
	{ 0, "threshold", "N", OPT_CUSTOM, AT(view.filter), .parse = threshold_parse,
	  .help = "--filter 'total>N'" },
	{ 'P', "pairs", NULL, OPT_CUSTOM, AT(mode), .parse = pairs_refuse,
	  .help = "refused: see --csv and --json" },
	{ 0, "noheadings", NULL, OPT_CUSTOM, AT(mode), .parse = headings_refuse,
	  .help = "refused: see --json" },
	{ 0, "cpu-stat", "MODE", OPT_CUSTOM, AT(mode), .parse = cpu_stat_refuse,
	  .help = "refused: see --group" },

	{ 0, "root", "DIR", OPT_STRING, AT(root),
	  .help = "read a copied tree (DIR/proc/interrupts, DIR/sys/...)",
	  .group = "Where and how" },
	{ 0, "ascii", NULL, OPT_FLAG, AT(ascii), .saved = true,
	  .help = "no characters beyond ASCII" },
	{ 0, "color", NULL, OPT_CHOICE, AT(colour), .choices = colour_choices, .saved = true,
	  .help = "NO_COLOR is honoured" },
	{ 0, "theme", NULL, OPT_CHOICE, AT(theme), .choices = theme_choices, .saved = true,
	  .help = "colours for a dark or a light background" },
	{ 0, "no-mouse", NULL, OPT_FLAG, AT(no_mouse), .saved = true,
	  .help = "leave the mouse to the terminal" },
	{ 0, "config", "FILE", OPT_STRING, AT(config),
	  .help = "instead of ~/.config/irqtop/config" },
	{ 0, "no-config", NULL, OPT_CUSTOM, AT(config), .parse = no_config_parse,
	  .help = "no config file" },
	{ 0, "help-columns", NULL, OPT_SET, AT(print), .value = PRINT_COLUMNS,
	  .help = "list the columns" },
	{ 'V', "version", NULL, OPT_SET, AT(print), .value = PRINT_VERSION,
	  .help = "print the version" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "",
	.arguments = "",
	.summary = "Shows which interrupts happen, how often and on which CPUs.",
	.options = rows,
};

/* --- all of it --------------------------------------------------------------- */

static void defaults(struct options *options)
{
	memset(options, 0, sizeof(*options));
	options->interval_ns = 1000000000;
	options->root = "/";
	options->view.sort = FIELD_RATE;
	options->rows = UINT32_MAX;
	config_locate(options->config_default, sizeof(options->config_default));
	options->config = options->config_default[0] ? options->config_default : NULL;
}

/* The second name of --diff is an operand for getopt_long(). */
static int operands_take(struct options *options, int argc, char **argv, int first)
{
	if (options->diff[0]) {
		options->diff[1] = argv[first++];
		if (!options->diff[1]) {
			msg_error("%s needs two names", options->explain ? "--explain" : "--diff");
			return -1;
		}
	}
	if (first >= argc)
		return 0;
	msg_error("%s: irqtop takes options only", argv[first]);
	return -1;
}

static void mode_choose(struct options *options)
{
	if (options->mode == MODE_AUTO)
		options->mode = options->once || options->diff[0] || options->nmoves ||
						!isatty(STDOUT_FILENO) ?
					MODE_BATCH :
					MODE_SCREEN;
}

/* The order of modes without a series of intervals, when none was given. */
static void order_choose(struct options *options)
{
	if (options->diff[0])
		options->view.sort = FIELD_DELTA;
	else if (options->once || options->mode == MODE_METRICS || options->mode == MODE_LISTEN)
		options->view.sort = FIELD_IRQ;
}

/* Columns and alerts that need tracing turn it on. */
static void latency_imply(struct options *options)
{
	unsigned int i;

	for (i = 0; i < options->ncolumns; i++)
		options->latency |= !!(fields[options->column[i]].needs & NEED_TIME);
	for (i = 0; i < options->alerts.count; i++)
		options->latency |= !!(fields[options->alerts.alert[i].field].needs & NEED_TIME);
}

/* An alert about what is low is about idle rows as well. */
static void fold_choose(struct options *options)
{
	unsigned int i;

	for (i = 0; i < options->alerts.count; i++)
		options->idle |= !options->alerts.alert[i].above;
	options->view.fold = options->mode == MODE_SCREEN && !options->idle;
}

/* The message about options that exclude each other, or NULL. */
static const char *conflict(const struct options *options)
{
	enum mode mode = options->mode;

	if (options->per_cpu && mode != MODE_JSON && mode != MODE_METRICS && mode != MODE_LISTEN)
		return "--per-cpu: only with --json, --openmetrics or --listen";
	if (mode == MODE_LISTEN && (options->record || options->replay || options->alerts.count))
		return "--listen: not with --record, --replay or --alert";
	if (options->diff[0] && (options->record || options->replay || options->once))
		return "--diff: not with --record, --replay or --once";
	if (options->replay && options->record)
		return "--replay: not with --record";
	if (options->input && (options->replay || options->record || options->diff[0] ||
			       mode == MODE_LISTEN || mode == MODE_SCREEN))
		return "--input: one sample, not for a screen, --record, --replay, --diff or "
		       "--listen";
	if (options->dry_run && !options->nmoves)
		return "--dry-run: only with --move";
	if (options->nmoves &&
	    (mode != MODE_BATCH || options->record || options->replay || options->diff[0] ||
	     options->input || options->alerts.count || options->view.filter[0]))
		return "--move: not with another output, input, --filter, --record or --alert";
	if (options->alert_command && !options->alerts.count)
		return "--alert-command: needs --alert";
	if (mode == MODE_METRICS && options->latency)
		return "--openmetrics: times take time to measure: use --listen";
	return NULL;
}

static int check(const struct options *options)
{
	const char *why = conflict(options);
	unsigned int i;

	if (why) {
		msg_error("%s", why);
		return -1;
	}
	for (i = 0; i < options->ncolumns; i++) {
		const struct field *field = &fields[options->column[i]];

		if (field->metric ||
		    (options->mode != MODE_METRICS && options->mode != MODE_LISTEN))
			continue;
		msg_error("--columns: \"%s\" is no metric (--help-columns)", field->key);
		return -1;
	}
	return 0;
}

static void columns_print(void)
{
	int i;

	for (i = 0; i < FIELD_COUNT; i++)
		printf("%-15s %s%s%s%s\n", fields[i].key, fields[i].help,
		       fields[i].style == STYLE_PICTURE ? " (screen only)" :
		       fields[i].style == STYLE_PERCENT ? " (on the screen in %)" :
							  "",
		       fields[i].metric ? "; metric " : "",
		       fields[i].metric ? fields[i].metric : "");
}

/* Returns the exit status. */
static int print(enum print what)
{
	int err;

	switch (what) {
	case PRINT_COLUMNS:
		columns_print();
		break;
	case PRINT_VERSION:
		puts("irqtop (procirq) " PROCIRQ_VERSION);
		break;
	default:
		opts_help(&command, stdout);
	}
	err = msg_flush_output();
	if (err)
		msg_error("standard output: %s", strerror(errno));
	return err ? EXIT_ERROR : EXIT_OK;
}

int options_parse(struct options *options, int argc, char **argv)
{
	int found, first;
	uint64_t given;

	defaults(options);
	found = opts_parse(&command, argc, argv, options, &first, &given);
	if (found == OPTS_HELP || (found == OPTS_OK && options->print))
		return print(found == OPTS_HELP ? PRINT_HELP : options->print);
	if (found != OPTS_OK)
		return EXIT_ERROR;
	if (operands_take(options, argc, argv, first))
		return EXIT_ERROR;
	if (options->input)
		options->once = true;
	mode_choose(options);
	if (opts_given(&command, given, AT(config)) && options->config &&
	    access(options->config, R_OK)) {
		msg_error("%s: %s", options->config, strerror(errno));
		return EXIT_ERROR;
	}
	/* What other programs read must not depend on settings for the screen. */
	if (options->config &&
	    (options->mode == MODE_SCREEN || opts_given(&command, given, AT(config))))
		config_read(options->config, &command, given, options);
	if (!opts_given(&command, given, AT(view.sort)))
		order_choose(options);
	latency_imply(options);
	fold_choose(options);
	return check(options) ? EXIT_ERROR : -1;
}

int options_save(const struct options *options)
{
	return config_write(options->config, &command, options);
}

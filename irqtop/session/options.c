// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "irqtop/view/filter.h"
#include "options.h"

#define INTERVAL_MIN_S 0.05
#define INTERVAL_MAX_S 86400.0

enum {
	OPT_JSON = 256,
	OPT_CSV,
	OPT_METRICS,
	OPT_LISTEN,
	OPT_RECORD,
	OPT_REPLAY,
	OPT_DIFF,
	OPT_ALERT,
	OPT_ALERT_COMMAND,
	OPT_ROOT,
	OPT_NODE,
	OPT_PER_CPU,
	OPT_ROWS,
	OPT_ASCII,
	OPT_COLOUR,
	OPT_THEME,
	OPT_CONFIG,
	OPT_NO_CONFIG,
	OPT_GROUP,
	OPT_WIDE,
	OPT_NO_MOUSE,
	OPT_COLUMNS_HELP,
	OPT_HELP = 'h',
};

static const struct option long_options[] = {
	{ "interval", required_argument, NULL, 'd' },
	{ "count", required_argument, NULL, 'n' },
	{ "batch", no_argument, NULL, 'b' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ "openmetrics", optional_argument, NULL, OPT_METRICS },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "once", no_argument, NULL, 'l' },
	{ "list", no_argument, NULL, 'l' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "diff", required_argument, NULL, OPT_DIFF },
	{ "alert", required_argument, NULL, OPT_ALERT },
	{ "alert-command", required_argument, NULL, OPT_ALERT_COMMAND },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "tables", required_argument, NULL, 't' },
	{ "softirqs", no_argument, NULL, 'S' },
	{ "sort", required_argument, NULL, 's' },
	{ "reverse", no_argument, NULL, 'r' },
	{ "filter", required_argument, NULL, 'f' },
	{ "cpus", required_argument, NULL, 'C' },
	{ "node", required_argument, NULL, OPT_NODE },
	{ "active", no_argument, NULL, 'a' },
	{ "columns", required_argument, NULL, 'c' },
	{ "rows", required_argument, NULL, OPT_ROWS },
	{ "latency", no_argument, NULL, 'L' },
	{ "per-cpu", no_argument, NULL, OPT_PER_CPU },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "wide", no_argument, NULL, OPT_WIDE },
	{ "ascii", no_argument, NULL, OPT_ASCII },
	{ "color", required_argument, NULL, OPT_COLOUR },
	{ "theme", required_argument, NULL, OPT_THEME },
	{ "no-mouse", no_argument, NULL, OPT_NO_MOUSE },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "no-config", no_argument, NULL, OPT_NO_CONFIG },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "help-columns", no_argument, NULL, OPT_COLUMNS_HELP },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: irqtop [OPTION]...\n"
	"Shows which interrupts happen, how often and on which CPUs.\n"
	"\n"
	"What to show\n"
	"  -t, --tables LIST      interrupts, softirqs or both (default both)\n"
	"  -S, --softirqs         --tables softirqs\n"
	"  -f, --filter WORDS     rows that hold all of: text, /regex/, cpu:LIST, node:N, active\n"
	"  -C, --cpus LIST        count these CPUs only; rows that never hit them are left out\n"
	"      --node N           the same, with the CPUs of a NUMA node\n"
	"  -a, --active           only rows that count something\n"
	"  -s, --sort COLUMN      default rate (irq with --once); -r, --reverse turns it\n"
	"  -c, --columns LIST     columns by name (--help-columns lists them)\n"
	"  -L, --latency          time in handlers, from interrupt to the woken task, and to\n"
	"                         the end of procirq's read() (root, tracefs; the screen\n"
	"                         says what it costs)\n"
	"      --group HOW        CPU strip: auto, cpu, cache, node or range\n"
	"      --wide             CPU strip over the whole width of the screen\n"
	"\n"
	"Without a screen (standard input is never read)\n"
	"  -b, --batch            a table per interval\n"
	"      --json             an object per row and line\n"
	"      --csv              RFC 4180, with a header\n"
	"      --openmetrics      counters once, for node_exporter's textfile collector;\n"
	"                         =strict: by the letter of OpenMetrics 1.0\n"
	"      --listen ADDR:PORT serve them at http://ADDR:PORT/metrics\n"
	"  -l, --list, --once     totals since boot, at once, without rates\n"
	"      --per-cpu          each CPU's counts too (--json, --openmetrics, --listen)\n"
	"  -q, --quiet            print nothing (with --record, --alert)\n"
	"      --rows N           no more than N rows\n"
	"  -d, --interval S       seconds between samples (default 1), on the screen too\n"
	"  -n, --count N          stop after N reports, on the screen too\n"
	"\n"
	"Over time\n"
	"      --record FILE      write every sample to FILE as well\n"
	"      --replay FILE      show a recording; the screen can jump in it\n"
	"      --diff A B         compare two recordings, copied trees or copies of\n"
	"                         /proc/interrupts\n"
	"      --alert 'EXPR'     [TEXT:]COLUMN > NUMBER [for N]; exit status 2 when it happens\n"
	"      --alert-command C  run C (sh -c) with IRQTOP_* set instead of stopping\n"
	"\n"
	"Where and how\n"
	"      --root DIR         read a copied tree (DIR/proc/interrupts, DIR/sys/...)\n"
	"      --ascii            no characters beyond ASCII\n"
	"      --color WHEN       auto, never, 8 or 256; NO_COLOR is honoured\n"
	"      --theme NAME       dark or light\n"
	"      --no-mouse         leave the mouse to the terminal\n"
	"      --config FILE      instead of ~/.config/irqtop/config; --no-config: none\n"
	"  -h, --help; -V, --version\n";

static const char *const theme_names[] = { "dark", "light" };
static const char *const colour_names[] = { "auto", "never", "8", "256" };

static int fail(const char *what, const char *value, const char *why)
{
	fprintf(stderr, "irqtop: %s '%s': %s\n", what, value, why);
	return 1;
}

static int choose(const char *value, const char *const *names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(value, names[i]))
			return i;
	return -1;
}

static int tables_parse(struct options *options, const char *value)
{
	bool interrupts = !strcmp(value, "interrupts"), both = !strcmp(value, "both");

	if (!interrupts && !both && strcmp(value, "softirqs"))
		return fail("tables", value, "want interrupts, softirqs or both");
	options->table[TABLE_INTERRUPTS] = interrupts || both;
	options->table[TABLE_SOFTIRQS] = !interrupts;
	options->table_given = true;
	return 0;
}

static int columns_parse(struct options *options, const char *value)
{
	const char *p = value;
	size_t len;
	int id;

	options->ncolumns = 0;
	while (*p) {
		len = strcspn(p, ",");
		id = field_find(p, len);
		if (id < 0)
			return fail("columns", p, "no such column (--help-columns)");
		if (options->ncolumns == FIELD_COUNT)
			return fail("columns", value, "too many");
		options->column[options->ncolumns++] = (enum field_id)id;
		p += len + (p[len] == ',');
	}
	return 0;
}

static int interval_parse(struct options *options, const char *value)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds >= INTERVAL_MIN_S) || seconds > INTERVAL_MAX_S)
		return fail("interval", value, "want seconds, from 0.05 to 86400");
	options->interval_s = seconds;
	return 0;
}

static int count_parse(const char *what, const char *value, uint32_t *count)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (end == value || *end || !n || n > UINT32_MAX || value[0] == '-')
		return fail(what, value, "want a number from 1");
	*count = (uint32_t)n;
	return 0;
}

int options_filter_add(struct options *options, const char *prefix, const char *text)
{
	size_t len = strlen(options->filter);
	int n = snprintf(options->filter + len, sizeof(options->filter) - len, "%s%s%s",
			 len ? " " : "", prefix, text);

	if ((size_t)n < sizeof(options->filter) - len)
		return 0;
	options->filter[len] = '\0';
	return fail("filter", text, "too long");
}

static int sort_parse(struct options *options, const char *value)
{
	int id = field_find(value, strlen(value));

	if (id < 0)
		return fail("sort", value, "no such column (--help-columns)");
	options->sort = (enum field_id)id;
	options->sort_given = true;
	return 0;
}

static int named_parse(const char *what, const char *value, const char *const *names, int n,
		       int *index)
{
	*index = choose(value, names, n);
	return *index < 0 ? fail(what, value, "unknown (see --help)") : 0;
}

/* A setting that the config file and the command line share. -1: not one. */
static int setting_parse(struct options *options, int option, const char *value)
{
	int index = 0, status;

	switch (option) {
	case 'd':
		return interval_parse(options, value);
	case 't':
		return tables_parse(options, value);
	case 's':
		return sort_parse(options, value);
	case 'r':
		options->reverse = true;
		return 0;
	case 'c':
		return columns_parse(options, value);
	case OPT_ASCII:
		options->ascii = true;
		return 0;
	case OPT_WIDE:
		options->wide = true;
		return 0;
	case OPT_NO_MOUSE:
		options->mouse = false;
		return 0;
	case OPT_GROUP:
		status = named_parse("group", value, axis_mode_names, AXIS_MODES, &index);
		options->group = (enum axis_mode)index;
		return status;
	case OPT_COLOUR:
		status = named_parse("color", value, colour_names, 4, &index);
		options->colour = (enum colour)index;
		return status;
	case OPT_THEME:
		status = named_parse("theme", value, theme_names, 2, &index);
		options->theme = (enum theme)index;
		return status;
	default:
		return -1;
	}
}

static void mode_set(struct options *options, enum mode mode)
{
	options->mode = mode;
	options->mode_given = true;
}

static int metrics_parse(struct options *options, const char *value)
{
	if (value && strcmp(value, "strict"))
		return fail("openmetrics", value, "want strict or nothing");
	options->strict = value;
	mode_set(options, MODE_METRICS);
	return 0;
}

static int alert_parse(struct options *options, const char *value)
{
	char error[256];

	if (!alerts_add(&options->alerts, value, error, sizeof(error)))
		return 0;
	fprintf(stderr, "irqtop: alert %s\n", error);
	return 1;
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

static int option_apply(struct options *options, int option, const char *value)
{
	switch (option) {
	case 'n':
		return count_parse("count", value, &options->count);
	case OPT_ROWS:
		return count_parse("rows", value, &options->rows);
	case 'b':
		mode_set(options, MODE_BATCH);
		return 0;
	case 'q':
		mode_set(options, MODE_QUIET);
		return 0;
	case OPT_JSON:
		mode_set(options, MODE_JSON);
		return 0;
	case OPT_CSV:
		mode_set(options, MODE_CSV);
		return 0;
	case OPT_METRICS:
		return metrics_parse(options, value);
	case OPT_LISTEN:
		mode_set(options, MODE_LISTEN);
		options->listen = value;
		return 0;
	case 'l':
		options->once = true;
		return 0;
	case OPT_RECORD:
		options->record = value;
		return 0;
	case OPT_DIFF:
		options->diff[0] = value;
		return 0;
	case OPT_CONFIG:
		snprintf(options->config, sizeof(options->config), "%s", value);
		options->config_given = true;
		return 0;
	case OPT_NO_CONFIG:
		options->config[0] = '\0';
		options->config_given = false;
		return 0;
	case OPT_REPLAY:
		options->replay = value;
		return 0;
	case OPT_ALERT:
		return alert_parse(options, value);
	case OPT_ALERT_COMMAND:
		options->alert_command = value;
		return 0;
	case OPT_ROOT:
		options->root = value;
		return 0;
	case 'S':
		return tables_parse(options, "softirqs");
	case 'f':
		return options_filter_add(options, "", value);
	case 'C':
		return options_filter_add(options, "cpu:", value);
	case OPT_NODE:
		return options_filter_add(options, "node:", value);
	case 'a':
		return options_filter_add(options, "active", "");
	case 'L':
		options->latency = true;
		return 0;
	case OPT_PER_CPU:
		options->per_cpu = true;
		return 0;
	case OPT_HELP:
		fputs(usage, stdout);
		exit(fflush(stdout) ? 1 : 0);
	case OPT_COLUMNS_HELP:
		columns_print();
		exit(fflush(stdout) ? 1 : 0);
	case 'V':
		puts("irqtop (procirq) " PROCIRQ_VERSION);
		exit(fflush(stdout) ? 1 : 0);
	default:
		return setting_parse(options, option, value);
	}
}

/* --- the config file ------------------------------------------------------- */

static void config_locate(struct options *options)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	options->config[0] = '\0';
	if (xdg && xdg[0] == '/')
		snprintf(options->config, sizeof(options->config), "%s/irqtop/config", xdg);
	else if (home && home[0])
		snprintf(options->config, sizeof(options->config), "%s/.config/irqtop/config",
			 home);
}

static int config_line(struct options *options, char *line)
{
	char *value = strchr(line, '=');
	size_t len;
	int i;

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t");
	if (!*line)
		return 0;
	value = strchr(line, '=');
	if (!value)
		return -EINVAL;
	*value++ = '\0';
	value += strspn(value, " \t");
	for (len = strlen(value); len && strchr(" \t\r", value[len - 1]);)
		value[--len] = '\0';
	line[strcspn(line, " \t")] = '\0';
	for (i = 0; long_options[i].name; i++) {
		if (strcmp(long_options[i].name, line))
			continue;
		/* A setting that is only there or not: "no" leaves it out. */
		if (long_options[i].has_arg == no_argument && strcmp(value, "yes"))
			return strcmp(value, "no") ? -EINVAL : 0;
		return setting_parse(options, long_options[i].val, value) ? -EINVAL : 0;
	}
	return -EINVAL;
}

/* A bad line must not keep anybody from the screen: say so and go on. */
static void config_read(struct options *options)
{
	FILE *file = options->config[0] ? fopen(options->config, "re") : NULL;
	char line[512];
	int number = 0;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		number++;
		if (config_line(options, line))
			fprintf(stderr, "irqtop: %s:%d: not understood, ignored\n", options->config,
				number);
	}
	fclose(file);
}

static void config_write(FILE *file, const struct options *options)
{
	unsigned int i;

	fprintf(file, "# irqtop wrote this; the names are those of its long options\n");
	fprintf(file, "interval = %g\n", options->interval_s);
	fprintf(file, "tables = %s\n",
		options->table[0] && options->table[1] ? "both" :
		options->table[0]		       ? "interrupts" :
							 "softirqs");
	fprintf(file, "sort = %s\n", fields[options->sort].key);
	fprintf(file, "reverse = %s\n", options->reverse ? "yes" : "no");
	fprintf(file, "group = %s\n", axis_mode_names[options->group]);
	fprintf(file, "wide = %s\n", options->wide ? "yes" : "no");
	fprintf(file, "theme = %s\n", theme_names[options->theme]);
	fprintf(file, "color = %s\n", colour_names[options->colour]);
	fprintf(file, "ascii = %s\n", options->ascii ? "yes" : "no");
	fprintf(file, "no-mouse = %s\n", options->mouse ? "no" : "yes");
	if (!options->ncolumns)
		return;
	fprintf(file, "columns = ");
	for (i = 0; i < options->ncolumns; i++)
		fprintf(file, "%s%s", i ? "," : "", fields[options->column[i]].key);
	fprintf(file, "\n");
}

static void folders_make(const char *path)
{
	char part[4096];
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	for (slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(part, 0700); /* as the XDG specification says */
		*slash = '/';
	}
}

int options_save(const struct options *options)
{
	char path[4096 + 8];
	FILE *file;
	int fd, err = 0;

	if (!options->config[0])
		return -ENOENT;
	folders_make(options->config);
	snprintf(path, sizeof(path), "%s.XXXXXX", options->config);
	fd = mkostemp(path, 0);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return -errno;
	config_write(file, options);
	if (fflush(file) || fsync(fd))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	if (!err && rename(path, options->config))
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

/* --- all of it -------------------------------------------------------------- */

static void defaults(struct options *options)
{
	memset(options, 0, sizeof(*options));
	options->interval_s = 1;
	options->root = "/";
	options->table[TABLE_INTERRUPTS] = options->table[TABLE_SOFTIRQS] = true;
	options->sort = FIELD_RATE;
	options->rows = UINT32_MAX;
	options->mouse = true;
	config_locate(options);
}

/* A column or condition that needs tracing asks for it. */
static void latency_imply(struct options *options)
{
	unsigned int i;

	for (i = 0; i < options->ncolumns; i++)
		options->latency |= !!(fields[options->column[i]].needs & NEED_TIME);
	for (i = 0; i < options->alerts.count; i++)
		options->latency |= !!(fields[options->alerts.alert[i].field].needs & NEED_TIME);
}

/* Columns of counters and gauges: not every one is. */
static int metrics_check(const struct options *options)
{
	unsigned int i;

	if (options->mode != MODE_METRICS && options->mode != MODE_LISTEN)
		return 0;
	for (i = 0; i < options->ncolumns; i++) {
		const struct field *field = &fields[options->column[i]];

		if (!field->metric)
			return fail("columns", field->key, "no metric (--help-columns)");
	}
	if (options->mode == MODE_METRICS && options->latency)
		return fail("option", "--openmetrics", "times take time to measure: use --listen");
	return 0;
}

/* Options that cannot go together. */
static int check(struct options *options)
{
	latency_imply(options);
	if (!options->mode_given)
		options->mode = options->once || options->diff[0] || !isatty(STDOUT_FILENO) ?
					MODE_BATCH :
					MODE_SCREEN;
	if (options->per_cpu && options->mode != MODE_JSON && options->mode != MODE_METRICS &&
	    options->mode != MODE_LISTEN)
		return fail("option", "--per-cpu", "only with --json, --openmetrics or --listen");
	if (options->mode == MODE_LISTEN &&
	    (options->record || options->replay || options->alerts.count))
		return fail("option", "--listen", "not with --record, --replay or --alert");
	if (options->diff[0] && (options->record || options->replay || options->once))
		return fail("option", "--diff", "not with --record, --replay or --once");
	if (options->replay && options->record)
		return fail("option", "--replay", "not with --record");
	if (options->alert_command && !options->alerts.count)
		return fail("option", "--alert-command", "needs --alert");
	if (!options->sort_given &&
	    (options->once || options->mode == MODE_METRICS || options->mode == MODE_LISTEN))
		options->sort = FIELD_IRQ;
	if (!options->sort_given && options->diff[0])
		options->sort = FIELD_DELTA;
	return metrics_check(options);
}

static const char short_options[] = "-d:n:blqt:Ss:rf:C:ac:LhV";

/* The words of the command line. 0, or the exit status after an error was printed. */
static int words_parse(struct options *options, int argc, char **argv)
{
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) >= 0) {
		/* "-" in front of the letters hands out plain words as 1 */
		if (option == 1 && options->diff[0] && !options->diff[1]) {
			options->diff[1] = optarg;
			continue;
		}
		if (option == 1)
			return fail("argument", optarg, "not expected (see --help)");
		if (option == '?') {
			fputs("irqtop: try irqtop --help\n", stderr);
			return 1;
		}
		if (option_apply(options, option, optarg))
			return 1;
	}
	if (optind < argc)
		return fail("argument", argv[optind], "not expected (see --help)");
	if (options->diff[0] && !options->diff[1])
		return fail("option", "--diff", "needs two names");
	return check(options);
}

int options_parse(struct options *options, int argc, char **argv)
{
	char config[sizeof(options->config)];
	int status;

	defaults(options);
	status = words_parse(options, argc, argv);
	if (status)
		return status;
	/* What programs read must not depend on what somebody likes on his screen. */
	if (options->mode != MODE_SCREEN && !options->config_given)
		return -1;
	memcpy(config, options->config, sizeof(config));
	defaults(options);
	memcpy(options->config, config, sizeof(config));
	config_read(options);
	/* An order for all that is shown, not for what has an order of its own. */
	options->sort_given = false;
	status = words_parse(options, argc, argv);
	return status ? status : -1;
}

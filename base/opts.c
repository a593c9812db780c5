// SPDX-License-Identifier: GPL-2.0-or-later
/* Option tables: parsing and --help. */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpus.h"
#include "file.h"
#include "msg.h"
#include "opts.h"
#include "parse.h"

/* More than any command has: the arrays stay on the stack, and a word holds a bit each. */
#define OPTIONS_MAX 64

/* getopt_long() values of options without a letter. */
#define LONG_ONLY_BASE 256

static const char *duration_text(uint64_t ns, char *buf, size_t size)
{
	if (ns % 1000000000 == 0)
		snprintf(buf, size, "%" PRIu64 "s", ns / 1000000000);
	else if (ns % 1000000 == 0)
		snprintf(buf, size, "%" PRIu64 "ms", ns / 1000000);
	else if (ns % 1000 == 0)
		snprintf(buf, size, "%" PRIu64 "us", ns / 1000);
	else
		snprintf(buf, size, "%" PRIu64 "ns", ns);
	return buf;
}

/* "one, two", with another separator "one|two". */
static const char *choices_text(const struct opt *o, const char *separator, char *buf, size_t size)
{
	size_t len = 0;
	int i;

	buf[0] = '\0';
	for (i = 0; o->choices[i] && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? separator : "",
					o->choices[i]);
	return buf;
}

static int store_flag(const char *text, bool *flag, struct why *why)
{
	if (text && strcmp(text, "yes") && strcmp(text, "no")) {
		return why_set(why, "\"%s\" is neither yes nor no", text);
	}
	*flag = !text || !strcmp(text, "yes");
	return 0;
}

static int store_u64(const struct opt *o, const char *text, uint64_t *value, struct why *why)
{
	uint64_t parsed;

	if (parse_u64(text, &parsed))
		return why_set(why, "\"%s\" is not a number (a whole one, without sign)", text);
	if (parsed < o->min || parsed > o->max)
		return why_set(why, "%s is out of range: from %" PRIu64 " to %" PRIu64, text,
			       o->min, o->max);
	*value = parsed;
	return 0;
}

static int store_duration(const struct opt *o, const char *text, uint64_t *ns, struct why *why)
{
	uint64_t bare_ns = o->type == OPT_SECONDS ? 1000000000 : 0;
	char low[32], high[32];
	uint64_t parsed;

	if (parse_duration(text, bare_ns, &parsed))
		return why_set(why, "\"%s\" is not a time: a number and one of ns us ms s m h d",
			       text);
	if (parsed < o->min || parsed > o->max)
		return why_set(why, "%s is out of range: from %s to %s", text,
			       duration_text(o->min, low, sizeof(low)),
			       duration_text(o->max, high, sizeof(high)));
	*ns = parsed;
	return 0;
}

static int store_choice(const struct opt *o, const char *text, int *choice, struct why *why)
{
	char words[256];
	int i;

	for (i = 0; o->choices[i]; i++) {
		if (!strcmp(text, o->choices[i])) {
			*choice = i;
			return 0;
		}
	}
	return why_set(why, "\"%s\" is none of: %s", text,
		       choices_text(o, ", ", words, sizeof(words)));
}

static int store_string(const char *text, struct opt_strings *strings, struct why *why)
{
	if (strings->n == OPT_STRINGS_MAX) {
		return why_set(why, "given more than %d times", OPT_STRINGS_MAX);
	}
	strings->text[strings->n++] = text;
	return 0;
}

/**
 * opt_store - give an option its value
 * @o: the option
 * @text: its argument. Of OPT_FLAG "yes" or "no", or NULL for yes. Must stay in
 *	place for the types that keep it (OPT_STRING, OPT_STRINGS, OPT_FILE).
 * @config: the command's configuration
 * @why: gets the reason of a failure, without the option's name
 *
 * Returns 0, or -1 and the value is as before.
 */
int opt_store(const struct opt *o, const char *text, void *config, struct why *why)
{
	void *field = (char *)config + o->offset;

	switch (o->type) {
	case OPT_FLAG:
		return store_flag(text, field, why);
	case OPT_U64:
		return store_u64(o, text, field, why);
	case OPT_DURATION:
	case OPT_SECONDS:
		return store_duration(o, text, field, why);
	case OPT_CPUS:
		if (!cpu_list_parse(field, text))
			return 0;
		return why_set(why, "\"%s\" is not a list of CPUs such as 0,2-3", text);
	case OPT_PRIORITY:
		if (!parse_priority(text, field))
			return 0;
		return why_set(
			why,
			"\"%s\" is not a priority: f:1..99 (FIFO), r:1..99 (RR), o:-20..19 (other, nice) or d:RUNTIME:PERIOD (deadline)",
			text);
	case OPT_STRING:
		*(const char **)field = text;
		return 0;
	case OPT_CHOICE:
		return store_choice(o, text, field, why);
	case OPT_FILE:
		*(struct opt_file *)field = (struct opt_file){ .wanted = true, .name = text };
		return 0;
	case OPT_STRINGS:
		return store_string(text, field, why);
	case OPT_SET:
		*(int *)field = o->value;
		return 0;
	case OPT_CUSTOM:
		return o->parse(config, text, why);
	}
	return -1;
}

/**
 * opt_format - an option's value as opt_store() reads it
 * @o: the option, of a type that a config file may hold
 * @config: the command's configuration
 * @buf: filled
 * @size: of @buf
 *
 * Returns @buf, which is empty for a value that is not set.
 */
const char *opt_format(const struct opt *o, const void *config, char *buf, size_t size)
{
	const void *field = (const char *)config + o->offset;

	buf[0] = '\0';
	if (o->type == OPT_FLAG)
		snprintf(buf, size, "%s", *(const bool *)field ? "yes" : "no");
	else if (o->type == OPT_SECONDS)
		snprintf(buf, size, "%.12g", (double)*(const uint64_t *)field / 1e9);
	else if (o->type == OPT_CHOICE)
		snprintf(buf, size, "%s", o->choices[*(const int *)field]);
	else if (o->type == OPT_CUSTOM)
		o->format(config, buf, size);
	return buf;
}

/* The option of getopt_long() value @value. */
static const struct opt *option_of(const struct opt *options, int value)
{
	const struct opt *o;

	for (o = options; o->name; o++)
		if (value == o->letter || value == LONG_ONLY_BASE + (o - options))
			return o;
	return NULL;
}

/* Whether getopt_long() looks for an argument. */
static int has_argument(const struct opt *o)
{
	switch (o->type) {
	case OPT_FLAG:
	case OPT_SET:
		return no_argument;
	case OPT_FILE:
		return optional_argument;
	case OPT_CUSTOM:
		return !o->arg ? no_argument : o->optional ? optional_argument : required_argument;
	default:
		return required_argument;
	}
}

static void build_getopt(const struct opt *options, char *letters, struct option *longs)
{
	const struct opt *o;
	int kind;

	/* With ':' first, getopt_long() tells a missing argument from an unknown option. */
	*letters++ = ':';
	for (o = options; o->name; o++) {
		kind = has_argument(o);
		*longs = (struct option){ o->name, kind, NULL,
					  o->letter ? o->letter :
						      LONG_ONLY_BASE + (int)(o - options) };
		if (o->alias) {
			longs[1] = longs[0];
			(++longs)->name = o->alias;
		}
		longs++;
		if (!o->letter)
			continue;
		*letters++ = o->letter;
		if (kind != no_argument)
			*letters++ = ':';
		if (kind == optional_argument)
			*letters++ = ':';
	}
	*letters++ = 'h';
	*letters = '\0';
	*longs++ = (struct option){ "help", no_argument, NULL, 'h' };
	*longs = (struct option){ 0 };
}

/*
 * The optional argument of a short option. getopt_long() accepts -t and -tFILE; users of
 * rtla also write -t FILE and -t=FILE.
 */
static char *letter_file(int argc, char **argv, char *attached)
{
	if (attached)
		return attached + (*attached == '=');
	if (optind < argc && (argv[optind][0] != '-' || !argv[optind][1]))
		return argv[optind++];
	return NULL;
}

static void say_unknown(const struct opt_command *command, char *argument)
{
	const char *blank = *command->name ? " " : "";

	if (strncmp(argument, "--", 2))
		msg_error("unknown option -%c; %s%s%s --help lists them", optopt,
			  program_invocation_short_name, blank, command->name);
	else
		msg_error(
			"%s: unknown option, or a value it does not take; %s%s%s --help lists them",
			argument, program_invocation_short_name, blank, command->name);
}

/* The name of an option's argument, for --help and messages. */
static const char *argument_text(const struct opt *o, char *buf, size_t size)
{
	return o->arg ? o->arg : o->choices ? choices_text(o, "|", buf, size) : "";
}

/**
 * opts_parse - read a command's options
 * @command: its table
 * @argc: arguments, the command's own name being the first
 * @argv: reordered so that operands come last
 * @config: the command's configuration, filled with defaults before
 * @first_operand: index in @argv of the first argument that is no option
 * @given: set to a word whose bit N says that row N of the table was used; may be
 *	NULL
 *
 * Returns OPTS_OK, OPTS_HELP, or -1 after printing an error.
 */
int opts_parse(const struct opt_command *command, int argc, char **argv, void *config,
	       int *first_operand, uint64_t *given)
{
	struct option longs[2 * OPTIONS_MAX + 2] = { 0 };
	char letters[3 * OPTIONS_MAX + 3], name[100];
	struct why why;
	const struct opt *o;
	uint64_t seen = 0;
	int c, at = -1;

	build_getopt(command->options, letters, longs);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, letters, longs, &at)) != -1) {
		if (c == 'h')
			return OPTS_HELP;
		if (c == ':') {
			o = option_of(command->options, optopt);
			msg_error("--%s needs a value: %s", o->name,
				  argument_text(o, name, sizeof(name)));
			return -1;
		}
		if (c == '?') {
			say_unknown(command, argv[optind - 1]);
			return -1;
		}
		o = option_of(command->options, c);
		if (has_argument(o) == optional_argument && at < 0)
			optarg = letter_file(argc, argv, optarg);
		if (opt_store(o, optarg, config, &why)) {
			msg_error("--%s: %s", o->name, why.text);
			return -1;
		}
		seen |= UINT64_C(1) << (o - command->options);
		at = -1;
	}
	*first_operand = optind;
	if (given)
		*given = seen;
	return OPTS_OK;
}

/**
 * opts_given - whether one of the options given sets a field of the configuration
 * @command: the table
 * @given: from opts_parse()
 * @offset: of the field
 */
bool opts_given(const struct opt_command *command, uint64_t given, size_t offset)
{
	const struct opt *o;

	for (o = command->options; o->name; o++)
		if (o->offset == offset && given >> (o - command->options) & 1)
			return true;
	return false;
}

#define HELP_INDENT 28

/* "  -o, --output=FILE         where to write", on as many rows as @help has. */
static void option_help(const struct opt *o, FILE *out)
{
	char left[160], choices[100], letter[8] = "    ";
	int kind = has_argument(o), len;
	const char *row, *end;

	if (o->group)
		fprintf(out, "\n%s:\n", o->group);
	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	len = snprintf(left, sizeof(left), "  %s--%s%s%s%s%s%s", letter, o->name,
		       o->alias ? ", --" : "", o->alias ? o->alias : "",
		       kind == no_argument	 ? "" :
		       kind == optional_argument ? "[=" :
						   "=",
		       kind == no_argument ? "" : argument_text(o, choices, sizeof(choices)),
		       kind == optional_argument ? "]" : "");
	fprintf(out, "%-*s", HELP_INDENT, left);
	if (len >= HELP_INDENT)
		fprintf(out, "\n%*s", HELP_INDENT, "");
	for (row = o->help; *row; row = *end ? end + 1 : end) {
		end = strchrnul(row, '\n');
		fprintf(out, "%*s%.*s\n", row == o->help ? 0 : HELP_INDENT, "", (int)(end - row),
			row);
	}
}

/**
 * opts_help - print the help of a command
 * @command: its table
 * @out: where to print
 */
void opts_help(const struct opt_command *command, FILE *out)
{
	static const struct opt help = { .letter = 'h', .name = "help", .help = "print this text" };
	const struct opt *o;

	fprintf(out, "usage: %s%s%s [options]%s%s\n%s\n%s", program_invocation_short_name,
		*command->name ? " " : "", command->name, *command->arguments ? " " : "",
		command->arguments, command->summary, command->options->group ? "" : "\n");
	for (o = command->options; o->name; o++)
		option_help(o, out);
	option_help(&help, out);
	if (command->epilogue)
		fprintf(out, "\n%s", command->epilogue);
}

/**
 * opts_start - read the options of a command, or print its help
 * @command: its table; a command without @arguments takes options only
 * @argc: as of opts_parse()
 * @argv: as of opts_parse()
 * @config: as of opts_parse()
 * @first_operand: as of opts_parse()
 * @status: set to the exit status if the command has nothing to do
 *
 * Returns true, or false after printing the help or an error.
 */
bool opts_start(const struct opt_command *command, int argc, char **argv, void *config,
		int *first_operand, int *status)
{
	int rc = opts_parse(command, argc, argv, config, first_operand, NULL);

	if (rc == OPTS_OK && !*command->arguments && *first_operand < argc) {
		msg_error("%s: %s takes options only", argv[*first_operand], command->name);
		rc = -1;
	}
	if (rc == OPTS_OK)
		return true;
	if (rc == OPTS_HELP)
		opts_help(command, stdout);
	*status = rc == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	return false;
}

/* Does this output go to standard output? */
bool opt_file_is_stdout(const struct opt_file *file)
{
	return file->wanted && (!file->name || !strcmp(file->name, "-"));
}

/* What @write lacks is printed here; commands_main() prints why it cannot be written. */
static int write_stdout(int (*write)(const void *what, FILE *out), const void *what)
{
	if (!write(what, stdout))
		return 0;
	if (!ferror(stdout))
		msg_error("cannot write the output: %s", strerror(errno));
	return -1;
}

/**
 * opt_file_write - write an output to its file or to standard output
 * @wanted: the option's value; nothing is done if the output is not wanted
 * @write: writes @what; returns 0, or -1 with errno set
 * @what: passed to @write
 *
 * The file is written as file_replace() does.
 *
 * Returns 0, or -1; the error was printed then, but for that of writing standard output,
 * which is commands_main()'s to print.
 */
int opt_file_write(const struct opt_file *wanted, int (*write)(const void *what, FILE *out),
		   const void *what)
{
	if (!wanted->wanted)
		return 0;
	if (opt_file_is_stdout(wanted))
		return write_stdout(write, what);
	if (!file_replace(wanted->name, write, what))
		return 0;
	msg_error("%s: cannot write: %s", wanted->name, strerror(errno));
	return -1;
}

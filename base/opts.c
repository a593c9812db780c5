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
#include "msg.h"
#include "opts.h"
#include "parse.h"

/* More than any command has, and the two arrays stay on the stack. */
#define OPTIONS_MAX 64

/* getopt_long() values of options without a letter. */
#define LONG_ONLY_BASE 256

static const char *duration_text(uint64_t ns, char *buf, size_t size)
{
	if (ns % 1000000000 == 0)
		snprintf(buf, size, "%" PRIu64 "s", ns / 1000000000);
	else if (ns % 1000 == 0)
		snprintf(buf, size, "%" PRIu64 "us", ns / 1000);
	else
		snprintf(buf, size, "%" PRIu64 "ns", ns);
	return buf;
}

static int store_u64(const struct opt *o, const char *text, uint64_t *value)
{
	if (parse_u64(text, value)) {
		msg_error("--%s: \"%s\" is not a number (a whole one, without sign)", o->name,
			  text);
		return -1;
	}
	if (*value < o->min || *value > o->max) {
		msg_error("--%s: %s is out of range: from %" PRIu64 " to %" PRIu64, o->name, text,
			  o->min, o->max);
		return -1;
	}
	return 0;
}

static int store_duration(const struct opt *o, const char *text, uint64_t *ns)
{
	uint64_t bare_ns = o->type == OPT_SECONDS ? 1000000000 : 0;
	char low[32], high[32];

	if (parse_duration(text, bare_ns, ns)) {
		msg_error("--%s: \"%s\" is not a time: a number and one of ns us ms s m h d",
			  o->name, text);
		return -1;
	}
	if (*ns < o->min || *ns > o->max) {
		msg_error("--%s: %s is out of range: from %s to %s", o->name, text,
			  duration_text(o->min, low, sizeof(low)),
			  duration_text(o->max, high, sizeof(high)));
		return -1;
	}
	return 0;
}

static int store_choice(const struct opt *o, const char *text, int *choice)
{
	char words[256] = "";
	int i;

	for (i = 0; o->choices[i]; i++) {
		if (!strcmp(text, o->choices[i])) {
			*choice = i;
			return 0;
		}
		if (i)
			strncat(words, ", ", sizeof(words) - strlen(words) - 1);
		strncat(words, o->choices[i], sizeof(words) - strlen(words) - 1);
	}
	msg_error("--%s: \"%s\" is none of: %s", o->name, text, words);
	return -1;
}

static int store_string(const struct opt *o, const char *text, struct opt_strings *strings)
{
	if (strings->n == OPT_STRINGS_MAX) {
		msg_error("--%s: given more than %d times", o->name, OPT_STRINGS_MAX);
		return -1;
	}
	strings->text[strings->n++] = text;
	return 0;
}

static int store(const struct opt *o, const char *text, void *config)
{
	void *field = (char *)config + o->offset;
	struct opt_file *file;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_U64:
		return store_u64(o, text, field);
	case OPT_DURATION:
	case OPT_SECONDS:
		return store_duration(o, text, field);
	case OPT_CPUS:
		if (!cpu_list_parse(field, text))
			return 0;
		msg_error("--%s: \"%s\" is not a list of CPUs such as 0,2-3", o->name, text);
		return -1;
	case OPT_PRIORITY:
		if (!parse_priority(text, field))
			return 0;
		msg_error(
			"--%s: \"%s\" is not a priority: f:1..99 (FIFO), r:1..99 (RR) or o:-20..19 (other, nice)",
			o->name, text);
		return -1;
	case OPT_STRING:
		*(const char **)field = text;
		return 0;
	case OPT_CHOICE:
		return store_choice(o, text, field);
	case OPT_FILE:
		file = field;
		file->wanted = true;
		file->name = text;
		return 0;
	case OPT_STRINGS:
		return store_string(o, text, field);
	}
	return -1;
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

static void build_getopt(const struct opt *options, char *letters, struct option *longs)
{
	const struct opt *o;
	size_t n = 0;

	/* ':' first: a missing argument is told from an unknown option. */
	*letters++ = ':';
	for (o = options; o->name; o++, n++) {
		longs[n].name = o->name;
		longs[n].has_arg = o->type == OPT_FLAG ? no_argument :
				   o->type == OPT_FILE ? optional_argument :
							 required_argument;
		longs[n].val = o->letter ? o->letter : LONG_ONLY_BASE + (int)n;
		if (!o->letter)
			continue;
		*letters++ = o->letter;
		if (o->type != OPT_FLAG)
			*letters++ = ':';
		if (o->type == OPT_FILE)
			*letters++ = ':';
	}
	*letters++ = 'h';
	*letters = '\0';
	longs[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[n] = (struct option){ 0 };
}

/*
 * Behind a letter getopt takes an optional argument only without a blank; users
 * of rtla write -t, -tFILE, -t FILE and -t=FILE.
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
	if (strncmp(argument, "--", 2))
		msg_error("unknown option -%c; %s %s --help lists them", optopt,
			  program_invocation_short_name, command->name);
	else
		msg_error(
			"%s: unknown option, or a value it does not take; %s %s --help lists them",
			argument, program_invocation_short_name, command->name);
}

/**
 * opts_parse - read a command's options
 * @command: its table
 * @argc: arguments, the command's own name being the first
 * @argv: reordered so that operands come last
 * @config: the command's configuration, filled with defaults before
 * @first_operand: index in @argv of the first argument that is no option
 *
 * Returns OPTS_OK, OPTS_HELP, or -1 after one line on standard error.
 */
int opts_parse(const struct opt_command *command, int argc, char **argv, void *config,
	       int *first_operand)
{
	struct option longs[OPTIONS_MAX + 2] = { 0 };
	char letters[2 * OPTIONS_MAX + 3];
	const struct opt *o;
	int c, at = -1;

	build_getopt(command->options, letters, longs);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, letters, longs, &at)) != -1) {
		if (c == 'h')
			return OPTS_HELP;
		if (c == ':') {
			o = option_of(command->options, optopt);
			msg_error("--%s needs a value: %s", o->name, o->arg);
			return -1;
		}
		if (c == '?') {
			say_unknown(command, argv[optind - 1]);
			return -1;
		}
		o = option_of(command->options, c);
		if (o->type == OPT_FILE && at < 0)
			optarg = letter_file(argc, argv, optarg);
		if (store(o, optarg, config))
			return -1;
		at = -1;
	}
	*first_operand = optind;
	return OPTS_OK;
}

/**
 * opts_help - print --help of a command
 * @command: its table
 * @out: where to
 */
void opts_help(const struct opt_command *command, FILE *out)
{
	static const struct opt help = { .letter = 'h', .name = "help", .help = "print this text" };
	const struct opt *o = command->options;
	bool last = false;

	fprintf(out, "usage: %s %s [options]%s%s\n%s\n\n", program_invocation_short_name,
		command->name, *command->arguments ? " " : "", command->arguments,
		command->summary);
	while (!last) {
		char left[64], letter[8] = "    ";
		const char *line, *end;

		if (!o->name) {
			o = &help;
			last = true;
		}
		if (o->letter)
			snprintf(letter, sizeof(letter), "-%c, ", o->letter);
		snprintf(left, sizeof(left), "  %s--%s%s%s%s", letter, o->name,
			 o->type == OPT_FLAG ? "" :
			 o->type == OPT_FILE ? "[=" :
					       "=",
			 o->arg ? o->arg : "", o->type == OPT_FILE ? "]" : "");
		fprintf(out, "%-28s", left);
		for (line = o->help; *line; line = *end ? end + 1 : end) {
			end = strchrnul(line, '\n');
			fprintf(out, "%s%*s%.*s\n",
				line == o->help && strlen(left) > 27 ? "\n" : "",
				line == o->help && strlen(left) <= 27 ? 0 : 28, "",
				(int)(end - line), line);
		}
		o++;
	}
	if (command->epilogue)
		fprintf(out, "\n%s", command->epilogue);
}

/**
 * opts_start - what a command begins with: its options, or its help
 * @command: its table; one without arguments takes options only
 * @argc: as of opts_parse()
 * @argv: the same
 * @config: the same
 * @first_operand: the same
 * @status: set to the exit status where there is nothing more to do
 *
 * Returns whether to go on; else the help is printed, or one line on standard error.
 */
bool opts_start(const struct opt_command *command, int argc, char **argv, void *config,
		int *first_operand, int *status)
{
	int rc = opts_parse(command, argc, argv, config, first_operand);

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

/**
 * opt_file_write - write what was asked for where it was asked for
 * @wanted: nothing is done when nothing was
 * @write: writes @what; returns 0 or -1 with errno
 * @what: passed to it
 *
 * A file that is there already is replaced when all of it is written: who reads
 * it meanwhile finds a whole one, the last or this.
 *
 * Returns 0, or -1; of a file it has said why then.
 */
int opt_file_write(const struct opt_file *wanted, int (*write)(const void *what, FILE *out),
		   const void *what)
{
	char name[PATH_MAX];
	struct stat status;
	bool replace;
	FILE *file;
	int err;

	if (!wanted->wanted)
		return 0;
	if (opt_file_is_stdout(wanted))
		return write(what, stdout);
	replace = !lstat(wanted->name, &status) && S_ISREG(status.st_mode);
	snprintf(name, sizeof(name), "%s%s", wanted->name, replace ? ".new" : "");
	file = fopen(name, "we");
	err = !file || write(what, file);
	if (file && fclose(file))
		err = -1;
	if (!err && replace)
		err = rename(name, wanted->name);
	if (!err)
		return 0;
	msg_error("%s: cannot write: %s", wanted->name, strerror(errno));
	if (file && replace)
		unlink(name);
	return -1;
}

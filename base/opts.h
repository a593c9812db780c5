/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command line options as a table. A row has the names of an option, the type of its
 * argument, the field of its value, and the text of --help.
 *
 * This is the outermost layer of every tool: unlike the rest of base/, it prints
 * messages on standard error, and help on standard output.
 */
#ifndef BASE_OPTS_H
#define BASE_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "why.h"

enum opt_type {
	OPT_FLAG,     /* bool, set to true */
	OPT_U64,      /* uint64_t, between @min and @max */
	OPT_DURATION, /* uint64_t, ns, between @min and @max */
	OPT_SECONDS,  /* uint64_t, ns, between @min and @max; a bare number is seconds */
	OPT_CPUS,     /* struct cpu_list */
	OPT_PRIORITY, /* struct priority */
	OPT_STRING,   /* const char *, the argument itself */
	OPT_CHOICE,   /* int, index into @choices */
	OPT_FILE,     /* struct opt_file; the name may be left out */
	OPT_STRINGS,  /* struct opt_strings; may be given several times */
	OPT_SET,      /* int or enum, set to @value; takes no argument */
	OPT_CUSTOM,   /* what @parse makes of it; takes no argument without @arg */
};

/* An output: standard output if its name is NULL or "-". */
struct opt_file {
	bool wanted;
	const char *name;
};

#define OPT_STRINGS_MAX 16

/* The arguments of an option that may be given several times, in their order. */
struct opt_strings {
	const char *text[OPT_STRINGS_MAX];
	size_t n;
};

/**
 * struct opt - one option
 * @letter: short name, 0 for none
 * @name: long name without dashes; NULL ends a table
 * @arg: name of the argument in --help; NULL for OPT_FLAG and OPT_SET, and for
 *	OPT_CHOICE, which prints @choices
 * @type: what the argument is
 * @offset: of the field in the command's configuration
 * @min: least value of OPT_U64, OPT_DURATION and OPT_SECONDS
 * @max: greatest value of OPT_U64, OPT_DURATION and OPT_SECONDS
 * @choices: NULL-terminated words of OPT_CHOICE
 * @help: one sentence for --help, may have line feeds
 * @value: of OPT_SET
 * @parse: OPT_CUSTOM: stores @text, NULL where there is no argument, in @config.
 *	Returns 0, or -1 with the reason in @why.
 * @format: OPT_CUSTOM: writes what @parse reads to @buf; nothing where nothing is set
 * @optional: the argument of OPT_CUSTOM may be left out
 * @saved: belongs in the tool's config file
 * @alias: second long name, may be NULL
 * @group: heading in --help of this option and those that follow, may be NULL
 */
struct opt {
	char letter;
	const char *name;
	const char *arg;
	enum opt_type type;
	size_t offset;
	uint64_t min;
	uint64_t max;
	const char *const *choices;
	const char *help;
	int value;
	int (*parse)(void *config, const char *text, struct why *why);
	void (*format)(const void *config, char *buf, size_t size);
	bool optional;
	bool saved;
	const char *alias;
	const char *group;
};

/**
 * struct opt_command - how a command is called
 * @name: "bench"; empty for a tool without commands
 * @arguments: what follows the options, for the usage in --help
 * @summary: one sentence for --help
 * @options: table
 * @epilogue: text after the options in --help, may be NULL
 */
struct opt_command {
	const char *name;
	const char *arguments;
	const char *summary;
	const struct opt *options;
	const char *epilogue;
};

/* What opts_parse() found besides errors (-1). */
#define OPTS_OK	  0
#define OPTS_HELP 1

int opts_parse(const struct opt_command *command, int argc, char **argv, void *config,
	       int *first_operand, uint64_t *given);
bool opts_given(const struct opt_command *command, uint64_t given, size_t offset);
int opt_store(const struct opt *o, const char *text, void *config, struct why *why);
const char *opt_format(const struct opt *o, const void *config, char *buf, size_t size);
bool opts_start(const struct opt_command *command, int argc, char **argv, void *config,
		int *first_operand, int *status);
void opts_help(const struct opt_command *command, FILE *out);
bool opt_file_is_stdout(const struct opt_file *file);
int opt_file_write(const struct opt_file *wanted, int (*write)(const void *what, FILE *out),
		   const void *what);

#endif /* BASE_OPTS_H */

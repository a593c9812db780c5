// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat diff: is B slower than A, or is the difference chance? */

#include <stdio.h>
#include <stdlib.h>

#include "irqlat/command.h"
#include "diff.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/opts.h"

struct diff_config {
	struct opt_strings limits;
	const char *stages;
	const char *sources;
	bool any_irq;
	bool any_cpu;
	bool details;
	bool nanoseconds;
	struct opt_file json;
};

#define AT(member) .offset = offsetof(struct diff_config, member)

static const struct opt options[] = {
	{ 0, "max-regress", "LIMIT", OPT_STRINGS, AT(limits),
	  .help = "how much worse a figure may become: p50, p99, p99.9 or max,\n= and a share, a time, or both: p99=5%,2us; may be given again.\nDefault: any change for the worse is a regression" },
	{ 0, "stage", "LIST", OPT_STRING, AT(stages),
	  .help = "compare only these stages: total,handler" },
	{ 0, "source", "LIST", OPT_STRING, AT(sources),
	  .help = "compare only these sources, or handlers of a trace: eth0*" },
	{ 0, "any-irq", NULL, OPT_FLAG, AT(any_irq),
	  .help = "rows match even if their interrupt numbers differ" },
	{ 0, "any-cpu", NULL, OPT_FLAG, AT(any_cpu),
	  .help = "rows match even if their CPUs differ" },
	{ 'v', "details", NULL, OPT_FLAG, AT(details),
	  .help = "print every figure and test, not only the verdict" },
	{ 'n', "nano", NULL, OPT_FLAG, AT(nanoseconds),
	  .help = "print nanoseconds instead of microseconds" },
	{ 0, "json", "FILE", OPT_FILE, AT(json),
	  .help = "write JSON to FILE, or instead of the text" },
	{ 0 }
};

static const struct opt_command command = {
	.name = "diff",
	.arguments = "A.json B.json [A.json B.json]...",
	.summary =
		"Compare two results of irqlat bench or trace: which rows became slower, and is it\nchance?",
	.options = options,
	.epilogue =
		"Exit status: 0 no regression, 1 error or too little to decide by, 2 regression.\n",
};

struct diff_output {
	const struct diff *diff;
	const struct diff_style *style;
};

static int write_json(const void *what, FILE *out)
{
	const struct diff_output *output = what;

	return diff_write_json(output->diff, output->style, out);
}

static int print(const struct diff_config *config, const struct diff *diff, const char *names[2],
		 bool in_turns)
{
	struct diff_style style = {
		.names = { names[0], names[1] },
		.in_turns = in_turns,
		.nanoseconds = config->nanoseconds,
		.details = config->details,
	};
	const struct diff_output output = { diff, &style };

	if (!opt_file_is_stdout(&config->json))
		diff_write_text(diff, &style, stdout);
	return opt_file_write(&config->json, write_json, &output);
}

static bool has_blocks(const struct run *run)
{
	for (size_t i = 0; i < run->n_results; i++)
		if (run->results[i].blocks.n)
			return true;
	return false;
}

/* Compare and print. Returns the exit status. */
static int compare(const struct diff_config *config, const struct diff_options *wanted,
		   const struct run *a, const struct run *b, const char *names[2], bool in_turns)
{
	struct diff diff = { 0 };
	int status = EXIT_ERROR;

	if (diff_compare(a, b, wanted, &diff)) {
		msg_error("out of memory");
	} else if (!diff.n_rows) {
		msg_error(
			"%s and %s: no row is in both; --any-irq and --any-cpu match rows that differ in these",
			names[0], names[1]);
	} else if (!print(config, &diff, names, in_turns)) {
		if (diff_has_decision(&diff))
			status = diff_has_regression(&diff) ? EXIT_THRESHOLD : EXIT_OK;
		else
			msg_error(
				"%s and %s: too little to decide any row by: it takes %d blocks of time in both files%s",
				names[0], names[1], DIFF_SPANS_MIN,
				has_blocks(a) && has_blocks(b) ?
					"; measure for longer (-d 60)" :
					", and one has none at all: measure again, with this version");
	}
	diff_free(&diff);
	return status;
}

/* The files of a side: every second operand. */
struct diff_side {
	char **files;
	int n;
};

/* The names of the files, with commas. Returns NULL without memory. */
static char *side_name(const struct diff_side *side)
{
	char *name = NULL;
	size_t bytes = 0;
	FILE *list = open_memstream(&name, &bytes);
	int i;

	if (!list)
		return NULL;
	for (i = 0; i < side->n; i++)
		fprintf(list, "%s%s", i ? ", " : "", side->files[2 * i]);
	if (!file_finish(list, 0))
		return name;
	free(name);
	return NULL;
}

/*
 * Read all files of a side into one run. @name is set to the names of the files, which
 * the caller frees. Returns 0, or -1 after a message.
 */
static int read_side(const struct diff_side *side, const struct diff_options *wanted,
		     struct run *run, char **name)
{
	struct why why;
	long left_out = 0;
	int i, err = 0;

	*name = side_name(side);
	if (!*name) {
		msg_error("out of memory");
		return -1;
	}

	for (i = 0; i < side->n && !err; i++) {
		const char *file = side->files[2 * i];
		struct run more = { 0 };
		long n = 0;

		err = run_read_file(file, i ? &more : run, NULL, NULL, &why);
		if (err)
			msg_error("%s: %s", file, why.text);
		diff_drop_kept(i ? &more : run);
		diff_drop_others(i ? &more : run, wanted);
		if (!err && i) {
			n = diff_join(run, &more, wanted);
			if (n < 0) {
				msg_error("out of memory");
				err = -1;
			}
		}
		left_out += n;
		run_free(&more);
	}
	if (!err && left_out)
		msg_warning("%s: %ld rows are not in all of them, and left out", *name, left_out);
	return err;
}

/**
 * cmd_diff - irqlat diff
 * @argc: arguments from "diff" on
 * @argv: arguments
 *
 * Returns the exit status.
 */
int cmd_diff(int argc, char **argv)
{
	struct diff_config config = { 0 };
	struct diff_options wanted = { 0 };
	struct run run[2] = { 0 };
	char *names[2] = { NULL, NULL };
	int operand, err = 0, status = EXIT_ERROR;
	size_t i;

	if (!opts_start(&command, argc, argv, &config, &operand, &status))
		return status;
	if (argc - operand < 2) {
		msg_error("diff: which two files? irqlat diff A.json B.json");
		return EXIT_ERROR;
	}
	if ((argc - operand) % 2) {
		msg_error(
			"diff: %d files, which are no pairs: A.json B.json A.json B.json, as they were measured in turns",
			argc - operand);
		return EXIT_ERROR;
	}
	wanted.stages = config.stages;
	wanted.sources = config.sources;
	wanted.any_irq = config.any_irq;
	wanted.any_cpu = config.any_cpu;
	for (i = 0; i < config.limits.n; i++)
		if (diff_limit_parse(config.limits.text[i], wanted.limits))
			return EXIT_ERROR;
	for (i = 0; i < 2 && !err; i++) {
		const struct diff_side side = { argv + operand + i, (argc - operand) / 2 };

		err = read_side(&side, &wanted, &run[i], &names[i]);
	}
	if (!err)
		status = compare(&config, &wanted, &run[0], &run[1],
				 (const char *[]){ names[0], names[1] }, argc - operand > 2);
	for (i = 0; i < 2; i++) {
		run_free(&run[i]);
		free(names[i]);
	}
	return status;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What every command does: options, operands, opening a line. */

#include <errno.h>
#include <stdio.h>

#include "base/msg.h"
#include "target.h"

/**
 * target_options - options and operands of a command
 * @command: its table
 * @argc: as main()'s, the command's own name being the first
 * @argv: reordered
 * @config: the command's configuration, filled with defaults before
 * @operands: gets @max of them, NULL where one was left out
 * @min: fewest operands
 * @max: most operands
 *
 * Returns OPTS_OK, OPTS_HELP after printing that, or -1 after saying why.
 */
int target_options(const struct opt_command *command, int argc, char **argv, void *config,
		   char **operands, int min, int max)
{
	int first, status = opts_parse(command, argc, argv, config, &first, NULL), i;

	if (status == OPTS_HELP)
		opts_help(command, stdout);
	if (status != OPTS_OK)
		return status;
	if (argc - first < min || argc - first > max) {
		msg_error("%s; usage: procirq %s [options]%s%s",
			  argc - first > max ? "too many arguments" : "an argument is missing",
			  command->name, *command->arguments ? " " : "", command->arguments);
		return -1;
	}
	for (i = 0; i < max; i++)
		operands[i] = first + i < argc ? argv[first + i] : NULL;
	return OPTS_OK;
}

/**
 * target_open - claim a line for this command
 * @name: what procirq_resolve() accepts
 * @flags: as procirq_open()
 */
struct procirq *target_open(const char *name, unsigned int flags)
{
	struct procirq *line = procirq_open_name(name, flags);
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (!line) {
		procirq_explain_name(name, errno, why, sizeof(why));
		msg_error("%s", why);
	}
	return line;
}

/* Sets the descriptor; 0 or -1. */
int target_describe(struct procirq *line, const struct procirq_descriptor *descriptor)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (!procirq_set_descriptor(line, descriptor))
		return 0;
	procirq_explain_descriptor(procirq_irq(line), descriptor, errno, why, sizeof(why));
	msg_error("%s", why);
	return -1;
}

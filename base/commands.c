// SPDX-License-Identifier: GPL-2.0-or-later
/* Running the command that the first argument names. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "msg.h"

static int run_command(const struct command_set *set, const char *name, int argc, char **argv)
{
	const struct command *command;

	for (command = set->commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command->run(argc, argv);
	msg_error("unknown command \"%s\"; %s help lists them", name, set->tool);
	return EXIT_ERROR;
}

/* "help" alone lists the commands, "help bench" is "bench --help". */
static int help(const struct command_set *set, int argc, char **argv)
{
	const struct command *command;
	char option[] = "--help";

	if (argc > 1 && strcmp(argv[1], "help") && argv[1][0] != '-') {
		char *arguments[] = { argv[1], option, NULL };

		return run_command(set, argv[1], 2, arguments);
	}
	printf("usage: %s COMMAND [options]\n%s\n\n", set->tool, set->summary);
	for (command = set->commands; command->name; command++)
		printf("  %-9s %s\n", command->name, command->summary);
	printf("  %-9s %s\n", "help", "print this list, or the options of one command");
	printf("  %-9s %s\n", "--version", "print the version");
	return EXIT_OK;
}

static int dispatch(const struct command_set *set, int argc, char **argv)
{
	if (argc < 2) {
		msg_error("which command? %s help lists them", set->tool);
		return EXIT_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(set, argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("%s " PROCIRQ_VERSION "\n", set->tool);
		return EXIT_OK;
	}
	return run_command(set, argv[1], argc - 1, argv + 1);
}

/**
 * commands_main - all of main(): run a command and write its output
 * @set: the tool
 * @argc: of main()
 * @argv: of main()
 *
 * Ignores SIGPIPE.
 *
 * Returns the exit status.
 */
int commands_main(const struct command_set *set, int argc, char **argv)
{
	int status;

	/* Report a closed pipe as an error of write(). */
	signal(SIGPIPE, SIG_IGN);
	status = dispatch(set, argc, argv);
	if (msg_flush_output()) {
		msg_error("cannot write the output: %s", strerror(errno));
		return EXIT_ERROR;
	}
	return status;
}

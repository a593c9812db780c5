// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq: device interrupts from a shell. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "msg.h"

static int cmd_help(int argc, char **argv);

static const struct {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "bind", "give a PCI device's interrupts to programs", cmd_bind },
	{ "unbind", "take them back", cmd_unbind },
	{ "list", "show such devices, their lines and who reads them", cmd_list },
	{ "wait", "wait for interrupts, one line of text for each", cmd_wait },
	{ "attach", "try a device descriptor on the real device", cmd_attach },
	{ "inject", "make interrupts for a self test", cmd_inject },
	{ "info", "show the state of one line", cmd_info },
	{ "help", "print this list, or the options of one command", cmd_help },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int run_command(const char *name, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argc, argv);
	msg_error("unknown command \"%s\"; procirq help lists them", name);
	return EXIT_ERROR;
}

static int cmd_help(int argc, char **argv)
{
	char help[] = "--help";
	size_t i;

	if (argc > 1 && strcmp(argv[1], "help") && argv[1][0] != '-') {
		char *arguments[] = { argv[1], help, NULL };

		return run_command(argv[1], 2, arguments);
	}
	printf("usage: procirq COMMAND [options]\n"
	       "Device interrupts from a shell, through /proc/irq/N/irq.\n\n");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  %-9s %s\n", commands[i].name, commands[i].summary);
	printf("  %-9s %s\n", "--version", "print the version");
	return EXIT_OK;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		msg_error("which command? procirq help lists them");
		return EXIT_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return cmd_help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("procirq " PROCIRQ_VERSION);
		return EXIT_OK;
	}
	return run_command(argv[1], argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status;

	/* A reader that went away is a write error like any other. */
	signal(SIGPIPE, SIG_IGN);
	status = dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		msg_error("cannot write the output: %s", strerror(errno));
		return EXIT_ERROR;
	}
	return status;
}

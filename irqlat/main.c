// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat: how long an interrupt takes to reach user space, and by which way. */

#include <errno.h>
#include <locale.h>
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
	{ "bench", "raise interrupts and compare the ways they reach user space",
	  cmd_bench },
	{ "report", "draw results: SVG, PNG and one HTML page", cmd_report },
	{ "diff", "compare two results: is one slower, or is that chance?",
	  cmd_diff },
	{ "ref", "print what others claim: ULI, REACT, UINTR, seL4, DPDK", cmd_ref },
	{ "trace", "show what interrupts do on this kernel until the task runs",
	  cmd_trace },
	{ "check", "say what on this system spoils a measurement", cmd_check },
	{ "help", "print this list, or the options of one command", cmd_help },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int run_command(const char *name, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argc, argv);
	msg_error("unknown command \"%s\"; irqlat help lists them", name);
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
	printf("usage: irqlat COMMAND [options]\n"
	       "Measures how long an interrupt takes to reach user space.\n\n");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  %-10s%s\n", commands[i].name, commands[i].summary);
	printf("  %-10s%s\n", "--version", "print the version");
	return EXIT_OK;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		msg_error("which command? irqlat help lists them");
		return EXIT_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return cmd_help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("irqlat " PROCIRQ_VERSION);
		return EXIT_OK;
	}
	return run_command(argv[1], argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status;

	setlocale(LC_CTYPE, "");
	/* A reader that went away is a write error like any other. */
	signal(SIGPIPE, SIG_IGN);
	status = dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		msg_error("cannot write the output: %s", strerror(errno));
		return EXIT_ERROR;
	}
	return status;
}

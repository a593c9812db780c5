// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat: how long an interrupt takes to reach user space, and by which way. */

#include <locale.h>
#include <stddef.h>

#include "command.h"
#include "base/commands.h"

static const struct command commands[] = {
	{ "bench", "raise interrupts and compare the ways they reach user space", cmd_bench },
	{ "report", "draw results: SVG, PNG and one HTML page", cmd_report },
	{ "diff", "compare two results: is one slower, or is that chance?", cmd_diff },
	{ "ref", "print what others claim: ULI, REACT, UINTR, seL4, DPDK", cmd_ref },
	{ "trace", "show what interrupts do on this kernel until the task runs", cmd_trace },
	{ "explain", "say who made the longest chains of a trace late", cmd_explain },
	{ "check", "say what on this system spoils a measurement", cmd_check },
	{ .name = NULL },
};

int main(int argc, char **argv)
{
	static const struct command_set set = {
		.tool = "irqlat",
		.summary = "Measures how long an interrupt takes to reach user space.",
		.commands = commands,
	};

	setlocale(LC_CTYPE, "");
	return commands_main(&set, argc, argv);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq: device interrupts from a shell. */

#include <stddef.h>

#include "command.h"
#include "base/commands.h"

static const struct command commands[] = {
	{ .name = "bind",
	  .summary = "make a PCI device's interrupts available to programs",
	  .run = cmd_bind },
	{ .name = "unbind", .summary = "undo bind", .run = cmd_unbind },
	{ .name = "list", .summary = "show lines and their readers", .run = cmd_list },
	{ .name = "wait",
	  .summary = "wait for interrupts, and print a row each time some have come",
	  .run = cmd_wait },
	{ .name = "attach",
	  .summary = "try a device descriptor on the real device",
	  .run = cmd_attach },
	{ .name = "inject", .summary = "make interrupts for a self test", .run = cmd_inject },
	{ .name = "info", .summary = "show the state of one line", .run = cmd_info },
	{ .name = NULL },
};

int main(int argc, char **argv)
{
	static const struct command_set set = {
		.tool = "procirq",
		.summary = "Device interrupts from a shell, through /proc/irq/N/irq.",
		.commands = commands,
	};

	return commands_main(&set, argc, argv);
}

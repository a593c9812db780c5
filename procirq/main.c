// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq: device interrupts from a shell. */

#include <stddef.h>

#include "command.h"
#include "base/commands.h"

static const struct command commands[] = {
	{ "bind", "give a PCI device's interrupts to programs", cmd_bind },
	{ "unbind", "take them back", cmd_unbind },
	{ "list", "show such devices, their lines and who reads them", cmd_list },
	{ "wait", "wait for interrupts, one line of text for each", cmd_wait },
	{ "attach", "try a device descriptor on the real device", cmd_attach },
	{ "inject", "make interrupts for a self test", cmd_inject },
	{ "info", "show the state of one line", cmd_info },
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

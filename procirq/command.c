// SPDX-License-Identifier: GPL-2.0-or-later
/* What several commands do: options and operands, opening a line, output. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

/**
 * command_start - read options and operands of a command, or print its help
 * @command: its options
 * @argc: number of arguments, the name of the command being the first
 * @argv: arguments; reordered
 * @config: the command's configuration, filled with defaults
 * @operands: gets @max of them; NULL for one that is left out
 * @min: least number of operands
 * @max: greatest number of operands
 * @status: gets the exit status if this returns false
 *
 * Returns whether to go on. If not, the help or an error has been printed.
 */
bool command_start(const struct opt_command *command, int argc, char **argv, void *config,
		   char **operands, int min, int max, int *status)
{
	int first, n, i;

	if (!opts_start(command, argc, argv, config, &first, status))
		return false;
	n = argc - first;
	if (n < min || n > max) {
		msg_error("%s; usage: procirq %s [options] %s",
			  n > max ? "too many arguments" : "an argument is missing", command->name,
			  command->arguments);
		*status = EXIT_ERROR;
		return false;
	}
	for (i = 0; i < max; i++)
		operands[i] = i < n ? argv[first + i] : NULL;
	return true;
}

/* Prints an error. Returns the exit status. */
int command_fail(const char *why)
{
	msg_error("%s", why);
	return EXIT_ERROR;
}

/* Prints @root with jsonio_write(). Returns the exit status. */
int command_print_json(json_t *root)
{
	if (!jsonio_write(root, JSON_INDENT(1), stdout))
		return EXIT_OK;
	/* commands_main() reports that the output cannot be written. */
	return ferror(stdout) ? EXIT_ERROR : command_fail(strerror(errno));
}

/**
 * command_device - get the device that the name of a line names
 * @name: a name that procirq_resolve() accepts
 * @device: gets the device's name, if this returns true
 *
 * Returns whether the name is one of a device: "00:04.0", "platform:9010000.rtc/alarm".
 */
bool command_device(const char *name, char device[PROCIRQ_DEVICE_BYTES])
{
	char found[PROCIRQ_PLATFORM_BYTES];

	if (!procirq_pci_find(name, device))
		return true;
	/* Without the interrupt. */
	snprintf(device, PROCIRQ_DEVICE_BYTES, "%.*s", (int)strcspn(name, "/"), name);
	if (procirq_platform_find(device, found))
		return false;
	snprintf(device, PROCIRQ_DEVICE_BYTES, "platform:%s", found);
	return true;
}

/**
 * command_open - open a line
 * @name: a name that procirq_resolve() accepts
 * @flags: as in procirq_open()
 * @why: gets a sentence when this fails
 *
 * Returns a handle for procirq_close(), or NULL.
 */
struct procirq *command_open(const char *name, unsigned int flags, char why[PROCIRQ_EXPLAIN_BYTES])
{
	struct procirq *line = procirq_open_name(name, flags);

	if (!line)
		procirq_explain_name(name, errno, why, PROCIRQ_EXPLAIN_BYTES);
	return line;
}

/**
 * command_describe - set a descriptor on a line
 * @line: the line
 * @descriptor: the descriptor
 * @why: gets a sentence when this fails
 *
 * Returns 0 or -1.
 */
int command_describe(struct procirq *line, const struct procirq_descriptor *descriptor,
		     char why[PROCIRQ_EXPLAIN_BYTES])
{
	if (!procirq_set_descriptor(line, descriptor))
		return 0;
	procirq_explain_descriptor(procirq_irq(line), descriptor, errno, why,
				   PROCIRQ_EXPLAIN_BYTES);
	return -1;
}

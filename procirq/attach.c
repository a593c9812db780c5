// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq attach: tries a descriptor on the real device. */

#include <stdio.h>

#include "command.h"

struct attach_config {
	const char *line; /* NULL: the device's first */
};

static const struct opt options[] = {
	{ .letter = 'l',
	  .name = "line",
	  .arg = "LINE",
	  .type = OPT_STRING,
	  .offset = offsetof(struct attach_config, line),
	  .help = "set the descriptor on LINE (default: the device's first line)" },
	{ .name = NULL },
};

static const struct opt_command command = {
	.name = "attach",
	.arguments = "FILE [DEVICE]",
	.summary = "Tries a device descriptor on the real device and says what is wrong with it.",
	.options = options,
	.epilogue =
		"procirq-device(5) describes FILE. The descriptor is set and removed again; its\n"
		"resume and release steps are run.\n",
};

/* Opens the line that was asked for, or the device's first one. */
static struct procirq *open_line(const char *name, const char *device, char *why)
{
	char number[16];
	unsigned int irq;

	if (!name && procirq_resolve(device, &irq, 1) > 0) {
		snprintf(number, sizeof(number), "%u", irq);
		name = number;
	}
	return command_open(name ? name : device, 0, why);
}

static void print_success(const char *file, const char *device, unsigned int irq,
			  const struct procirq_descriptor *d)
{
	printf("%s: ok: %s on line %u, ", file, device, irq);
	if (d->flags & PROCIRQ_DESC_INTX)
		printf("PCI INTx\n");
	else
		printf("steps: check %u, ack %u, silence %u, resume %u, release %u\n", d->nr_check,
		       d->nr_ack, d->nr_silence, d->nr_resume, d->nr_release);
}

int cmd_attach(int argc, char **argv)
{
	struct attach_config config = { 0 };
	char why[PROCIRQ_EXPLAIN_BYTES], device[PROCIRQ_DEVICE_BYTES], *operands[2];
	struct procirq_descriptor d;
	struct procirq *line;
	int status, err;

	if (!command_start(&command, argc, argv, &config, operands, 1, 2, &status))
		return status;
	if (procirq_descriptor_load(&d, operands[0], operands[1], why, sizeof(why)))
		return command_fail(why);
	procirq_descriptor_device(&d, device);
	line = open_line(config.line, device, why);
	if (!line)
		return command_fail(why);
	err = command_describe(line, &d, why);
	if (!err)
		print_success(operands[0], device, procirq_irq(line), &d);
	procirq_close(line);
	return err ? command_fail(why) : EXIT_OK;
}

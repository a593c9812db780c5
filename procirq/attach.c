// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq attach: does this descriptor fit the real device? */

#include <stdio.h>

#include "command.h"
#include "base/msg.h"
#include "target.h"

struct attach_config {
	const char *line; /* NULL: the device's first */
};

static const struct opt options[] = { { 'l', "line", "LINE", OPT_STRING,
					offsetof(struct attach_config, line),
					.help = "the line to attach to; the device's first one" },
				      { 0 } };

static const struct opt_command command = {
	.name = "attach",
	.arguments = "FILE [DEVICE]",
	.summary = "Tries a device descriptor on the real device and says what is wrong with it.",
	.options = options,
	.epilogue =
		"FILE is as procirq-device(5) says. The descriptor is set and given up again: its\n"
		"resume and release steps are run.\n",
};

/* The line: what was asked for, or the device's first. NULL after saying why. */
static struct procirq *open_line(const char *name, const char *address)
{
	char number[16];
	unsigned int irq;

	if (!name && procirq_resolve(address, &irq, 1) > 0) {
		snprintf(number, sizeof(number), "%u", irq);
		name = number;
	}
	return target_open(name ? name : address, 0);
}

int cmd_attach(int argc, char **argv)
{
	struct attach_config config = { 0 };
	char why[PROCIRQ_EXPLAIN_BYTES], address[PROCIRQ_PCI_BYTES], *operands[2];
	struct procirq_descriptor d;
	struct procirq *line;
	int status;

	status = target_options(&command, argc, argv, &config, operands, 1, 2);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	if (procirq_descriptor_load(&d, operands[0], operands[1], why, sizeof(why))) {
		msg_error("%s", why);
		return EXIT_ERROR;
	}
	snprintf(address, sizeof(address), "%04x:%02x:%02x.%x", d.domain & 0xffff, d.bus,
		 d.devfn >> 3, d.devfn & 7);
	line = open_line(config.line, address);
	if (!line)
		return EXIT_ERROR;
	status = target_describe(line, &d) ? EXIT_ERROR : EXIT_OK;
	if (status == EXIT_OK && d.flags & PROCIRQ_DESC_INTX)
		printf("%s: ok: %s on line %u, PCI INTx\n", operands[0], address,
		       procirq_irq(line));
	else if (status == EXIT_OK)
		printf("%s: ok: %s on line %u, steps: check %u, ack %u, silence %u, resume %u, release %u\n",
		       operands[0], address, procirq_irq(line), d.nr_check, d.nr_ack, d.nr_silence,
		       d.nr_resume, d.nr_release);
	procirq_close(line);
	return status;
}

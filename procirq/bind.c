// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq bind, procirq unbind: PCI devices and the driver procirq-pci. */

#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "base/msg.h"
#include "target.h"

struct bind_config {
	int kind; /* index in kinds, -1 for none given */
	uint64_t vectors;
};

static const char *const kinds[] = { "auto", "msix", "msi", "intx", NULL };

static const struct opt bind_options[] = {
	{ 'k', "kind", "KIND", OPT_CHOICE, offsetof(struct bind_config, kind), .choices = kinds,
	  .help = "auto (the first of the others that it has), msix, msi or intx" },
	{ 'n', "vectors", "N", OPT_U64, offsetof(struct bind_config, vectors), 1, 2048,
	  .help = "at most so many MSI or MSI-X vectors" },
	{ 0 }
};

static const struct opt_command bind_command = {
	.name = "bind",
	.arguments = "DEVICE",
	.summary = "Gives the interrupts of a PCI device to programs, and lists its lines.",
	.options = bind_options,
	.epilogue = "DEVICE is an address (0000:00:04.0) or an ID (1234:11e8).\n",
};

static const struct opt unbind_options[] = { { 0 } };

static const struct opt_command unbind_command = {
	.name = "unbind",
	.arguments = "DEVICE",
	.summary = "Takes the interrupts of a PCI device back; it has no driver then.",
	.options = unbind_options,
};

static int fail(const char *device)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	procirq_explain_pci(device, errno, why, sizeof(why));
	msg_error("%s", why);
	return EXIT_ERROR;
}

int cmd_bind(int argc, char **argv)
{
	struct bind_config config = { .kind = -1 };
	char *device, address[PROCIRQ_PCI_BYTES];
	unsigned int irqs[2048];
	int status, n, i;

	status = target_options(&bind_command, argc, argv, &config, &device, 1, 1);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	if (procirq_pci_bind(device, config.kind < 0 ? NULL : kinds[config.kind],
			     (unsigned int)config.vectors) ||
	    procirq_pci_find(device, address))
		return fail(device);
	n = procirq_resolve(address, irqs, sizeof(irqs) / sizeof(irqs[0]));
	if (n < 0)
		return fail(device);
	printf("%s: line%s", address, n > 1 ? "s" : "");
	for (i = 0; i < n; i++)
		printf(" %u", irqs[i]);
	printf("\n");
	return EXIT_OK;
}

int cmd_unbind(int argc, char **argv)
{
	char *device;
	int status;

	status = target_options(&unbind_command, argc, argv, NULL, &device, 1, 1);
	if (status != OPTS_OK)
		return status == OPTS_HELP ? EXIT_OK : EXIT_ERROR;
	return procirq_pci_unbind(device) ? fail(device) : EXIT_OK;
}

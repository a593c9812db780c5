// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq bind, procirq unbind: PCI devices and the driver procirq-pci. */

#include <errno.h>
#include <stdio.h>

#include "command.h"

#define LINES_MAX 2048 /* of one device: MSI-X has no more */

struct bind_config {
	int kind; /* index in kinds; -1 for none */
	uint64_t vectors;
};

static const char *const kinds[] = { "auto", "msix", "msi", "intx", NULL };

static const struct opt bind_options[] = {
	{ .letter = 'k',
	  .name = "kind",
	  .arg = "KIND",
	  .type = OPT_CHOICE,
	  .offset = offsetof(struct bind_config, kind),
	  .choices = kinds,
	  .help = "msix, msi, intx, or auto: the first of them that the device has" },
	{ .letter = 'n',
	  .name = "vectors",
	  .arg = "N",
	  .type = OPT_U64,
	  .offset = offsetof(struct bind_config, vectors),
	  .min = 1,
	  .max = LINES_MAX,
	  .help = "allocate at most N MSI or MSI-X vectors" },
	{ .name = NULL },
};

static const struct opt_command bind_command = {
	.name = "bind",
	.arguments = "DEVICE",
	.summary = "Makes the interrupts of a PCI device available to programs; lists its lines.",
	.options = bind_options,
	.epilogue = "DEVICE is an address (0000:00:04.0) or an ID (1234:11e8).\n",
};

static const struct opt unbind_options[] = { { .name = NULL } };

static const struct opt_command unbind_command = {
	.name = "unbind",
	.arguments = "DEVICE",
	.summary = "Undoes procirq bind. The device has no driver afterwards.",
	.options = unbind_options,
};

static int fail(const char *device)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	procirq_explain_pci(device, errno, why, sizeof(why));
	return command_fail(why);
}

int cmd_bind(int argc, char **argv)
{
	struct bind_config config = { .kind = -1 };
	char *device, address[PROCIRQ_PCI_BYTES];
	unsigned int irqs[LINES_MAX];
	int status, n, i;

	if (!command_start(&bind_command, argc, argv, &config, &device, 1, 1, &status))
		return status;
	if (procirq_pci_bind(device, config.kind < 0 ? NULL : kinds[config.kind],
			     (unsigned int)config.vectors) ||
	    procirq_pci_find(device, address))
		return fail(device);
	n = procirq_resolve(address, irqs, LINES_MAX);
	if (n < 0)
		return fail(device);
	printf("%s: line%s", address, n > 1 ? "s" : "");
	for (i = 0; i < n && i < LINES_MAX; i++)
		printf(" %u", irqs[i]);
	printf("\n");
	return EXIT_OK;
}

int cmd_unbind(int argc, char **argv)
{
	char *device;
	int status;

	if (!command_start(&unbind_command, argc, argv, NULL, &device, 1, 1, &status))
		return status;
	return procirq_pci_unbind(device) ? fail(device) : EXIT_OK;
}

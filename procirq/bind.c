// SPDX-License-Identifier: GPL-2.0-or-later
/* procirq bind, procirq unbind: devices and the drivers procirq-pci, procirq-platform. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
	.summary = "Makes the interrupts of a device available to programs; lists its lines.",
	.options = bind_options,
	.epilogue =
		"DEVICE is the address (0000:00:04.0) or the ID (1234:11e8) of a PCI device, or the\n"
		"name of a platform device (platform:9010000.rtc), which has no options.\n",
};

static const struct opt unbind_options[] = { { .name = NULL } };

static const struct opt_command unbind_command = {
	.name = "unbind",
	.arguments = "DEVICE",
	.summary = "Undoes procirq bind. The device has no driver afterwards.",
	.options = unbind_options,
};

/* Fills in the platform device's name, if @name is one. */
static bool is_platform(const char *name, char device[PROCIRQ_PLATFORM_BYTES])
{
	char address[PROCIRQ_PCI_BYTES];

	return (!procirq_platform_find(name, device) || !strncmp(name, "platform:", 9)) &&
	       (procirq_pci_find(name, address) && errno == EINVAL);
}

static int fail(const char *device, bool platform)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	if (platform)
		procirq_explain_platform(device, errno, why, sizeof(why));
	else
		procirq_explain_pci(device, errno, why, sizeof(why));
	return command_fail(why);
}

static void print_lines(const char *device, const unsigned int *irqs, int n)
{
	int i;

	printf("%s: line%s", device, n > 1 ? "s" : "");
	for (i = 0; i < n && i < LINES_MAX; i++)
		printf(" %u", irqs[i]);
	printf("\n");
}

/* The interrupts of a platform device have names, some of them. */
static int bind_platform(const char *name, const struct bind_config *config)
{
	char device[PROCIRQ_DEVICE_BYTES];
	unsigned int irqs[LINES_MAX];
	int n;

	if (config->kind >= 0 || config->vectors)
		return command_fail(
			"a platform device has the interrupts that it has: --kind and --vectors are for PCI devices");
	snprintf(device, sizeof(device), "%s%s", strncmp(name, "platform:", 9) ? "platform:" : "",
		 name);
	if (procirq_platform_bind(device))
		return fail(device, true);
	n = procirq_resolve(device, irqs, LINES_MAX);
	if (n < 0)
		return fail(device, true);
	print_lines(device, irqs, n);
	return EXIT_OK;
}

int cmd_bind(int argc, char **argv)
{
	struct bind_config config = { .kind = -1 };
	char *device, address[PROCIRQ_PCI_BYTES], name[PROCIRQ_PLATFORM_BYTES];
	unsigned int irqs[LINES_MAX];
	int status, n;

	if (!command_start(&bind_command, argc, argv, &config, &device, 1, 1, &status))
		return status;
	if (is_platform(device, name))
		return bind_platform(device, &config);
	if (procirq_pci_bind(device, config.kind < 0 ? NULL : kinds[config.kind],
			     (unsigned int)config.vectors) ||
	    procirq_pci_find(device, address))
		return fail(device, false);
	n = procirq_resolve(address, irqs, LINES_MAX);
	if (n < 0)
		return fail(device, false);
	print_lines(address, irqs, n);
	return EXIT_OK;
}

int cmd_unbind(int argc, char **argv)
{
	char *device, name[PROCIRQ_PLATFORM_BYTES];
	int status;

	if (!command_start(&unbind_command, argc, argv, NULL, &device, 1, 1, &status))
		return status;
	if (is_platform(device, name))
		return procirq_platform_unbind(device) ? fail(device, true) : EXIT_OK;
	return procirq_pci_unbind(device) ? fail(device, false) : EXIT_OK;
}

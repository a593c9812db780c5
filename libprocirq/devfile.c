// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Character devices of the interrupts of devices that are bound to procirq-pci or
 * procirq-platform: /dev/procirq/DEVICE/INDEX, and their class procirq-irq in sysfs.
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

/* Splits "0000:00:04.0/3". Returns whether @name is of this form. */
bool procirq_vector_split(const char *name, char address[PROCIRQ_PCI_BYTES], unsigned int *vector)
{
	const char *slash = strchr(name, '/');
	char before[PROCIRQ_PCI_BYTES];
	int end = 0;

	if (!slash || (size_t)(slash - name) >= sizeof(before) || !isdigit((unsigned char)slash[1]))
		return false;
	snprintf(before, sizeof(before), "%.*s", (int)(slash - name), name);
	return procirq_pci_address_parse(before, address) &&
	       sscanf(slash + 1, "%u%n", vector, &end) == 1 && !slash[1 + end];
}

/* Gets the interrupt of a vector. Returns 0, or -1 with errno: ENXIO the device has none. */
int procirq_vector_irq_at(const char *root, const char *address, unsigned int vector,
			  unsigned int *irq)
{
	char text[32];

	if (procirq_text_read(text, sizeof(text), "%s/sys/class/procirq-irq/%s:%u/irq", root,
			      address, vector) >= 0 &&
	    sscanf(text, "%u", irq) == 1)
		return 0;
	errno = ENXIO;
	return -1;
}

static bool devfile_exists(const char *root, const char *device, unsigned int index)
{
	return procirq_file_exists("%s/dev/procirq/%s/%u", root, device, index);
}

/*
 * Gets the path of the character device of the interrupt that @name means. Returns false if
 * it means none that has one, or several.
 */
bool procirq_devfile_find_at(const char *root, const char *name, char path[PATH_MAX])
{
	char device[PROCIRQ_DEVICE_BYTES], address[PROCIRQ_PCI_BYTES];
	unsigned int index = 0;

	if (procirq_vector_split(name, address, &index))
		snprintf(device, sizeof(device), "%s", address);
	else if (procirq_pci_address_parse(name, address) && !devfile_exists(root, address, 1))
		snprintf(device, sizeof(device), "%s", address);
	else if (!procirq_platform_index_at(root, name, device, &index))
		return false;
	snprintf(path, PATH_MAX, "%s/dev/procirq/%s/%u", root, device, index);
	return devfile_exists(root, device, index);
}

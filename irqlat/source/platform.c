// SPDX-License-Identifier: GPL-2.0-or-later
/* Platform devices, as described by firmware, for the sources that use one. */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfile.h"
#include "base/why.h"
#include "irqlat/way/uio_device.h"
#include "platform.h"

#define DEVICES "/sys/bus/platform/devices"

static const char *const driver_names[DRIVER_COUNT] = {
	[DRIVER_PROCIRQ] = BUSDEV_PLATFORM_OURS,
	[DRIVER_ULI] = BUSDEV_PLATFORM_OURS,
	[DRIVER_URING] = BUSDEV_PLATFORM_OURS,
	[DRIVER_UIO] = "uio_pdrv_genirq",
};

/* Is the string one of those of the device's node in the device tree? */
static bool is_compatible(const char *name, const char *compatible)
{
	char path[PATH_MAX], text[512], *at;
	int len;

	snprintf(path, sizeof(path), DEVICES "/%s/of_node/compatible", name);
	len = sysfile_read("", path, text, sizeof(text));
	for (at = text; at - text < len; at += strlen(at) + 1)
		if (!strcmp(at, compatible))
			return true;
	return false;
}

/**
 * platform_find - the first platform device of a kind
 * @compatible: string of the device tree
 * @name: gets the device's name, the first in alphabetical order
 *
 * Returns whether there is one.
 */
bool platform_find(const char *compatible, char name[PROCIRQ_PLATFORM_BYTES])
{
	struct dirent **entries;
	int n = scandir(DEVICES, &entries, NULL, alphasort);
	bool found = false;
	int i;

	for (i = 0; i < n; i++) {
		const char *each = entries[i]->d_name;

		if (!found && strlen(each) < PROCIRQ_PLATFORM_BYTES &&
		    is_compatible(each, compatible)) {
			strcpy(name, each);
			found = true;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

/* Note how the device is found. @name may begin with "platform:". Returns 0 or -1. */
int platform_open(struct busdev *dev, const char *name, struct why *why)
{
	char found[PROCIRQ_PLATFORM_BYTES];

	if (!procirq_platform_find(name, found))
		return busdev_open(dev, &platform_bus, found, driver_names, why);
	procirq_explain_platform(name, errno, why->text, sizeof(why->text));
	return -1;
}

/* The device's first interrupt; TARGET_NO_IRQ if that is not known. */
static unsigned int find_irq(const struct target *target, const char *driver)
{
	char name[sizeof("platform:/0") + sizeof(target->device)], uio[UIO_NAME_BYTES];
	unsigned int irq = TARGET_NO_IRQ;

	if (!strcmp(driver, BUSDEV_PLATFORM_OURS)) {
		snprintf(name, sizeof(name), "platform:%s/0", target->device);
		procirq_resolve(name, &irq, 1);
	} else if (!uio_find(target, uio)) {
		irq = uio_irq(uio);
	}
	return irq;
}

/**
 * platform_connect - bind the device to the driver of a way
 * @dev: device
 * @driver: driver that driver_names has
 * @target: gets the device and its interrupt
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1. busdev_restore() undoes it.
 */
int platform_connect(struct busdev *dev, enum driver driver, struct target *target, struct why *why)
{
	const char *name = driver_names[driver];

	if (strcmp(dev->driver, name) &&
	    (busdev_check_driver(dev, name, why) || busdev_bind(dev, name, NULL, why)))
		return -1;
	target->bus = dev->bus->name;
	snprintf(target->device, sizeof(target->device), "%s", dev->name);
	target->irq = find_irq(target, name);
	if (target->irq == TARGET_NO_IRQ && driver != DRIVER_UIO)
		return why_set(why, "%s: driver %s gave it no interrupt line", dev->name, name);
	return 0;
}

/*
 * Map the first memory region of a device that is connected. Returns the address of its
 * first register, for procirq_platform_unmap(), and stores the number of bytes; or NULL.
 */
volatile void *platform_map(const struct busdev *dev, const struct target *target, size_t *bytes,
			    struct why *why)
{
	bool ours = !strcmp(dev->driver, BUSDEV_PLATFORM_OURS);
	volatile void *registers = NULL;
	char uio[UIO_NAME_BYTES];

	if (ours)
		registers = procirq_platform_map(dev->name, 0, bytes);
	else if (!uio_find(target, uio))
		registers = uio_map(uio, bytes);
	if (!registers && ours)
		procirq_explain_platform(dev->name, errno, why->text, sizeof(why->text));
	else if (!registers)
		why_set(why, "%s: cannot map its registers: %s", dev->name, strerror(errno));
	return registers;
}

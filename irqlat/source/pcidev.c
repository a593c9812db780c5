// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI devices through sysfs: finding, binding and restoring them. */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "base/why.h"
#include "pcidev.h"

#define DEVICES "/sys/bus/pci/devices"
#define DRIVERS "/sys/bus/pci/drivers"

static void device_path(char *path, const char *address, const char *file)
{
	snprintf(path, PATH_MAX, DEVICES "/%s/%s", address, file);
}

static bool is_device(const char *address, unsigned int vendor, unsigned int device)
{
	char path[PATH_MAX], text[16];

	device_path(path, address, "vendor");
	if (sysfile_read("", path, text, sizeof(text)) < 0 || strtoul(text, NULL, 16) != vendor)
		return false;
	device_path(path, address, "device");
	return sysfile_read("", path, text, sizeof(text)) >= 0 && strtoul(text, NULL, 16) == device;
}

/**
 * pcidev_find - the first device of a kind
 * @vendor: PCI vendor
 * @device: PCI device
 * @address: gets the lowest address of such a device
 *
 * Returns 0, or -1 when there is none. (procirq_pci_find() wants exactly one.)
 */
int pcidev_find(unsigned int vendor, unsigned int device, char address[PROCIRQ_PCI_BYTES])
{
	struct dirent **entries;
	int n = scandir(DEVICES, &entries, NULL, alphasort);
	int found = -1, i;

	for (i = 0; i < n; i++) {
		if (found && is_device(entries[i]->d_name, vendor, device)) {
			snprintf(address, PROCIRQ_PCI_BYTES, "%.12s", entries[i]->d_name);
			found = 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

/**
 * pcidev_open - note how a device is found
 * @dev: overwritten
 * @address: its address, long form
 * @vendor: what it must be
 * @device: what it must be
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int pcidev_open(struct pcidev *dev, const char *address, unsigned int vendor, unsigned int device,
		struct why *why)
{
	char path[PATH_MAX];

	memset(dev, 0, sizeof(*dev));
	snprintf(dev->address, sizeof(dev->address), "%s", address);
	if (procirq_pci_driver(address, dev->found_driver, sizeof(dev->found_driver)) < 0) {
		procirq_explain_pci(address, errno, why->text, sizeof(why->text));
		return -1;
	}
	if (!is_device(address, vendor, device))
		return why_set(why, "%s: not a PCI device %04x:%04x", address, vendor, device);
	snprintf(dev->driver, sizeof(dev->driver), "%s", dev->found_driver);
	device_path(path, address, "driver_override");
	sysfile_read("", path, dev->found_override, sizeof(dev->found_override));
	if (!strcmp(dev->found_override, "(null)"))
		dev->found_override[0] = '\0';
	return 0;
}

static int set_override(const struct pcidev *dev, const char *driver)
{
	char path[PATH_MAX], text[PCIDEV_NAME_BYTES + 1];

	device_path(path, dev->address, "driver_override");
	snprintf(text, sizeof(text), "%s\n", driver);
	return sysfile_write(path, text);
}

static int unbind(struct pcidev *dev)
{
	char path[PATH_MAX];

	if (!*dev->driver)
		return 0;
	device_path(path, dev->address, "driver/unbind");
	if (sysfile_write(path, dev->address))
		return -1;
	dev->driver[0] = '\0';
	return 0;
}

/* @driver may be empty: then the device stays without one. */
static int bind_to(const struct pcidev *dev, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DRIVERS "/%s/bind", driver);
	return *driver ? sysfile_write(path, dev->address) : 0;
}

/* Is there such a driver to bind to? Returns 0, or -1 with the reason in @why. */
int pcidev_check_driver(const struct pcidev *dev, const char *driver, struct why *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DRIVERS "/%s", driver);
	if (!access(path, F_OK))
		return 0;
	return why_set(why, "%s: driver %s is not loaded; run: modprobe %s", dev->address, driver,
		       strcmp(driver, PCIDEV_PROCIRQ) ? driver : "procirq");
}

/**
 * pcidev_bind - bind a device to a driver
 * @dev: device
 * @driver: name of a loaded PCI driver
 * @intx: have procirq-pci use the INTx line; other drivers choose themselves
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1. pcidev_restore() undoes it.
 */
int pcidev_bind(struct pcidev *dev, const char *driver, bool intx, struct why *why)
{
	bool ours = !strcmp(driver, PCIDEV_PROCIRQ);

	dev->changed = true;
	if (!unbind(dev)) {
		if (ours ? !procirq_pci_bind(dev->address, intx ? "intx" : NULL, 0) :
			   !set_override(dev, driver) && !bind_to(dev, driver)) {
			snprintf(dev->driver, sizeof(dev->driver), "%s", driver);
			return 0;
		}
	}
	if (ours)
		procirq_explain_pci(dev->address, errno, why->text, sizeof(why->text));
	else
		why_set(why, "%s: cannot bind it to %s: %s", dev->address, driver,
			errno == EACCES || errno == EPERM ? "run irqlat as root" : strerror(errno));
	return -1;
}

/**
 * pcidev_restore - leave the device as it was found
 * @dev: device; nothing happens when nothing was changed
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int pcidev_restore(struct pcidev *dev, struct why *why)
{
	if (!dev->changed)
		return 0;
	dev->changed = false;
	/* The override decides what a bind may do, so the unbind comes first. */
	if (!unbind(dev) && !set_override(dev, dev->found_override) &&
	    !bind_to(dev, dev->found_driver))
		return 0;
	return why_set(why, "%s: cannot restore its driver \"%s\": %s", dev->address,
		       dev->found_driver, strerror(errno));
}

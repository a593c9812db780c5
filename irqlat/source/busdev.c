// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices of two buses through sysfs: finding, binding and restoring them. */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "base/why.h"
#include "busdev.h"

/* --- PCI ------------------------------------------------------------------ */

#define PCI_DEVICES "/sys/bus/pci/devices"

static unsigned long pci_id(const char *address, const char *file)
{
	char path[PATH_MAX], text[16];

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", address, file);
	sysfile_read("", path, text, sizeof(text));
	return strtoul(text, NULL, 16);
}

/* Is there such a PCI device at the address, whose form is the long one? */
bool busdev_is_pci(const char *address, unsigned int vendor, unsigned int device)
{
	return pci_id(address, "vendor") == vendor && pci_id(address, "device") == device;
}

/**
 * busdev_find_pci - the first PCI device of a kind
 * @vendor: PCI vendor, not 0
 * @device: PCI device
 * @address: gets the lowest address of such a device
 *
 * Returns 0, or -1 when there is none. (procirq_pci_find() wants exactly one.)
 */
int busdev_find_pci(unsigned int vendor, unsigned int device, char address[PROCIRQ_PCI_BYTES])
{
	struct dirent **entries;
	int n = scandir(PCI_DEVICES, &entries, NULL, alphasort);
	int found = -1, i;

	for (i = 0; i < n; i++) {
		if (found && busdev_is_pci(entries[i]->d_name, vendor, device)) {
			snprintf(address, PROCIRQ_PCI_BYTES, "%.12s", entries[i]->d_name);
			found = 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static int bind_pci(const char *device, const char *kind)
{
	return procirq_pci_bind(device, kind, 0);
}

const struct bus pci_bus = {
	.name = "pci",
	.ours = BUSDEV_PCI_OURS,
	.driver = procirq_pci_driver,
	.bind = bind_pci,
	.explain = procirq_explain_pci,
};

/* --- platform ------------------------------------------------------------- */

static int bind_platform(const char *device, const char *kind)
{
	(void)kind;
	return procirq_platform_bind(device);
}

const struct bus platform_bus = {
	.name = "platform",
	.ours = BUSDEV_PLATFORM_OURS,
	.driver = procirq_platform_driver,
	.bind = bind_platform,
	.explain = procirq_explain_platform,
};

/* --- any bus -------------------------------------------------------------- */

static void device_path(const struct busdev *dev, char *path, const char *file)
{
	snprintf(path, PATH_MAX, "/sys/bus/%s/devices/%s/%s", dev->bus->name, dev->name, file);
}

static int explain(const struct busdev *dev, int error, struct why *why)
{
	dev->bus->explain(dev->name, error, why->text, sizeof(why->text));
	return -1;
}

/* May the device be taken from its driver, or has it none? */
static bool is_free(const char *driver, const char *const drivers[DRIVER_COUNT])
{
	int i;

	for (i = 0; i < DRIVER_COUNT; i++)
		if (drivers[i] && !strcmp(driver, drivers[i]))
			return true;
	return !*driver;
}

/**
 * busdev_open - note how a device is found
 * @dev: overwritten
 * @bus: its bus
 * @name: its folder in sysfs
 * @drivers: those that the device may be taken from
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int busdev_open(struct busdev *dev, const struct bus *bus, const char *name,
		const char *const drivers[DRIVER_COUNT], struct why *why)
{
	char path[PATH_MAX];

	*dev = (struct busdev){ .bus = bus };
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	if (bus->driver(name, dev->found_driver, sizeof(dev->found_driver)) < 0)
		return explain(dev, errno, why);
	if (!is_free(dev->found_driver, drivers))
		return why_set(why, "%s: bound to driver %s; unbind it first", name,
			       dev->found_driver);
	snprintf(dev->driver, sizeof(dev->driver), "%s", dev->found_driver);
	device_path(dev, path, "driver_override");
	sysfile_read("", path, dev->found_override, sizeof(dev->found_override));
	if (!strcmp(dev->found_override, "(null)"))
		dev->found_override[0] = '\0';
	return 0;
}

static int set_override(const struct busdev *dev, const char *driver)
{
	char path[PATH_MAX], text[BUSDEV_DRIVER_BYTES + 1];

	device_path(dev, path, "driver_override");
	snprintf(text, sizeof(text), "%s\n", driver);
	return sysfile_write(path, text);
}

static int unbind(struct busdev *dev)
{
	char path[PATH_MAX];

	if (!*dev->driver)
		return 0;
	device_path(dev, path, "driver/unbind");
	if (sysfile_write(path, dev->name))
		return -1;
	dev->driver[0] = '\0';
	return 0;
}

/* @driver may be empty: then the device stays without one. */
static int bind_to(const struct busdev *dev, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s/bind", dev->bus->name, driver);
	return *driver ? sysfile_write(path, dev->name) : 0;
}

/* Is there such a driver to bind to? Returns 0, or -1 with the reason in @why. */
int busdev_check_driver(const struct busdev *dev, const char *driver, struct why *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s", dev->bus->name, driver);
	if (!access(path, F_OK))
		return 0;
	return why_set(why, "%s: driver %s is not loaded; run: modprobe %s", dev->name, driver,
		       strcmp(driver, dev->bus->ours) ? driver : "procirq");
}

/**
 * busdev_bind - bind a device to a driver
 * @dev: device
 * @driver: name of a loaded driver of its bus
 * @kind: kind of interrupt that procirq-pci is to use, "intx"; NULL: its choice
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1. busdev_restore() undoes it.
 */
int busdev_bind(struct busdev *dev, const char *driver, const char *kind, struct why *why)
{
	bool ours = !strcmp(driver, dev->bus->ours);

	dev->changed = true;
	if (!unbind(dev)) {
		if (ours ? !dev->bus->bind(dev->name, kind) :
			   !set_override(dev, driver) && !bind_to(dev, driver)) {
			snprintf(dev->driver, sizeof(dev->driver), "%s", driver);
			return 0;
		}
	}
	if (ours)
		return explain(dev, errno, why);
	return why_set(why, "%s: cannot bind it to %s: %s", dev->name, driver,
		       errno == EACCES || errno == EPERM ? "run irqlat as root" : strerror(errno));
}

/**
 * busdev_restore - leave the device as it was found
 * @dev: device; nothing happens when nothing was changed
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int busdev_restore(struct busdev *dev, struct why *why)
{
	if (!dev->changed)
		return 0;
	dev->changed = false;
	/* The override decides what a bind may do, so the unbind comes first. */
	if (!unbind(dev) && !set_override(dev, dev->found_override) &&
	    !bind_to(dev, dev->found_driver))
		return 0;
	return why_set(why, "%s: cannot restore its driver \"%s\": %s", dev->name,
		       dev->found_driver, strerror(errno));
}

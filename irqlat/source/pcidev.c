// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI devices through sysfs: binding, restoring, mapping. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/msg.h"
#include "pcidev.h"
#include "base/sysfile.h"

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
 * @address: gets its address, the lowest if there are several
 *
 * Returns 0, or -1 when there is none.
 */
int pcidev_find(unsigned int vendor, unsigned int device, char address[13])
{
	struct dirent **entries;
	int n = scandir(DEVICES, &entries, NULL, alphasort);
	int found = -1, i;

	for (i = 0; i < n; i++) {
		if (found && is_device(entries[i]->d_name, vendor, device)) {
			snprintf(address, 13, "%.12s", entries[i]->d_name);
			found = 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static void read_driver(const char *address, char *driver)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	device_path(path, address, "driver");
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0) {
		driver[0] = '\0';
		return;
	}
	target[n] = '\0';
	snprintf(driver, PCIDEV_NAME_BYTES, "%.63s",
		 strrchr(target, '/') ? strrchr(target, '/') + 1 : target);
}

/**
 * pcidev_open - note how a device is found
 * @dev: overwritten
 * @address: its address, long form
 * @vendor: what it must be
 * @device: what it must be
 *
 * Returns 0, or -1 after saying why.
 */
int pcidev_open(struct pcidev *dev, const char *address, unsigned int vendor, unsigned int device)
{
	char path[PATH_MAX];

	memset(dev, 0, sizeof(*dev));
	snprintf(dev->address, sizeof(dev->address), "%s", address);
	device_path(path, address, "");
	if (access(path, F_OK)) {
		msg_error("%s: no PCI device has that address", address);
		return -1;
	}
	if (!is_device(address, vendor, device)) {
		msg_error("%s: not a PCI device %04x:%04x", address, vendor, device);
		return -1;
	}
	read_driver(address, dev->found_driver);
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

/* Unbinds what is bound, and lets the driver core bind @driver if not empty. */
static int rebind(struct pcidev *dev, const char *driver)
{
	char path[PATH_MAX];

	if (*dev->driver) {
		device_path(path, dev->address, "driver/unbind");
		if (sysfile_write(path, dev->address))
			return -1;
		dev->driver[0] = '\0';
	}
	if (!*driver)
		return 0;
	snprintf(path, sizeof(path), DRIVERS "/%s/bind", driver);
	if (sysfile_write(path, dev->address))
		return -1;
	snprintf(dev->driver, sizeof(dev->driver), "%s", driver);
	return 0;
}

/**
 * pcidev_driver_loaded - is there such a driver to bind to?
 * @dev: device, for the message
 * @driver: name of a PCI driver
 *
 * Returns false after saying which module to load.
 */
bool pcidev_driver_loaded(const struct pcidev *dev, const char *driver)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DRIVERS "/%s", driver);
	if (!access(path, F_OK))
		return true;
	msg_error("%s: driver %s is not loaded; run: modprobe %s", dev->address, driver,
		  strcmp(driver, "procirq-pci") ? driver : "procirq");
	return false;
}

/**
 * pcidev_bind - have a driver take the device
 * @dev: device
 * @driver: name of a loaded PCI driver
 *
 * Returns 0, or -1 after saying why. pcidev_restore() undoes it.
 */
int pcidev_bind(struct pcidev *dev, const char *driver)
{
	if (!set_override(dev, driver)) {
		dev->changed = true;
		if (!rebind(dev, driver))
			return 0;
	}
	msg_error("%s: cannot bind it to %s: %s", dev->address, driver,
		  errno == EACCES || errno == EPERM ? "run irqlat as root" : strerror(errno));
	return -1;
}

/**
 * pcidev_restore - leave the device as it was found
 * @dev: device; nothing happens when nothing was changed
 */
void pcidev_restore(struct pcidev *dev)
{
	if (!dev->changed)
		return;
	dev->changed = false;
	/* The override decides what a bind may do, so the unbind comes first. */
	if (rebind(dev, "") || set_override(dev, dev->found_override) ||
	    rebind(dev, dev->found_driver))
		msg_error("%s: cannot restore its driver \"%s\": %s", dev->address,
			  dev->found_driver, strerror(errno));
}

/**
 * pcidev_map_bar0 - map the first memory region of the device
 * @dev: device, enabled by its driver
 * @bytes: how much of it
 *
 * Returns the mapping, for munmap(), or NULL after saying why.
 */
void *pcidev_map_bar0(const struct pcidev *dev, size_t bytes)
{
	char path[PATH_MAX];
	void *map;
	int fd;

	device_path(path, dev->address, "resource0");
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd < 0) {
		msg_error("%s: %s%s", path, strerror(errno),
			  errno == EPERM ? " (kernel lockdown forbids it)" : "");
		return NULL;
	}
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		msg_error("%s: cannot map it: %s", path, strerror(errno));
		map = NULL;
	}
	close(fd);
	return map;
}

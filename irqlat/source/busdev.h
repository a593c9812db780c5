/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device of the PCI or the platform bus that is bound to the driver a way needs, and
 * restored when the run ends.
 */
#ifndef IRQLAT_BUSDEV_H
#define IRQLAT_BUSDEV_H

#include <stdbool.h>

#include "irqlat/way/way.h"
#include "libprocirq/procirq.h"

struct why;

#define BUSDEV_DRIVER_BYTES  64
#define BUSDEV_PCI_OURS	     "procirq-pci" /* the module's own drivers */
#define BUSDEV_PLATFORM_OURS "procirq-platform"

/**
 * struct bus - what differs from one bus to the other
 * @name: its folder in /sys/bus
 * @ours: the module's driver
 * @driver: get the name of a device's driver, as procirq_pci_driver()
 * @bind: bind a device to @ours; @kind is for PCI
 * @explain: turn an error of these two into a sentence
 */
struct bus {
	const char *name;
	const char *ours;
	int (*driver)(const char *device, char *buf, size_t size);
	int (*bind)(const char *device, const char *kind);
	int (*explain)(const char *device, int error, char *buf, size_t size);
};

extern const struct bus pci_bus;
extern const struct bus platform_bus;

/**
 * struct busdev - a device, and how it was found
 * @bus: its bus
 * @name: its folder in sysfs: "0000:00:04.0", "9010000.rtc"
 * @found_driver: the driver that was bound when it was found, empty if none
 * @found_override: its driver_override, empty if none
 * @driver: the driver that is bound now, empty if none
 * @changed: the device must be restored
 */
struct busdev {
	const struct bus *bus;
	char name[PROCIRQ_PLATFORM_BYTES];
	char found_driver[BUSDEV_DRIVER_BYTES];
	char found_override[BUSDEV_DRIVER_BYTES];
	char driver[BUSDEV_DRIVER_BYTES];
	bool changed;
};

int busdev_find_pci(unsigned int vendor, unsigned int device, char address[PROCIRQ_PCI_BYTES]);
bool busdev_is_pci(const char *address, unsigned int vendor, unsigned int device);
int busdev_open(struct busdev *dev, const struct bus *bus, const char *name,
		const char *const drivers[DRIVER_COUNT], struct why *why);
int busdev_check_driver(const struct busdev *dev, const char *driver, struct why *why);
int busdev_bind(struct busdev *dev, const char *driver, const char *kind, struct why *why);
int busdev_restore(struct busdev *dev, struct why *why);

#endif /* IRQLAT_BUSDEV_H */

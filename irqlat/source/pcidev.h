/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI device that is bound to the driver a way needs, and restored when the run
 * ends.
 */
#ifndef IRQLAT_PCIDEV_H
#define IRQLAT_PCIDEV_H

#include <stdbool.h>

#include "procirq.h"

struct why;

#define PCIDEV_NAME_BYTES 64
#define PCIDEV_PROCIRQ	  "procirq-pci" /* the module's own PCI driver */

/**
 * struct pcidev - a device, and how it was found
 * @address: "0000:00:04.0"
 * @found_driver: the driver that was bound when it was found, empty if none
 * @found_override: its driver_override, empty if none
 * @driver: the driver that is bound now, empty if none
 * @changed: the device must be restored
 */
struct pcidev {
	char address[PROCIRQ_PCI_BYTES];
	char found_driver[PCIDEV_NAME_BYTES];
	char found_override[PCIDEV_NAME_BYTES];
	char driver[PCIDEV_NAME_BYTES];
	bool changed;
};

int pcidev_find(unsigned int vendor, unsigned int device, char address[PROCIRQ_PCI_BYTES]);
int pcidev_open(struct pcidev *dev, const char *address, unsigned int vendor, unsigned int device,
		struct why *why);
int pcidev_check_driver(const struct pcidev *dev, const char *driver, struct why *why);
int pcidev_bind(struct pcidev *dev, const char *driver, bool intx, struct why *why);
int pcidev_restore(struct pcidev *dev, struct why *why);

#endif /* IRQLAT_PCIDEV_H */

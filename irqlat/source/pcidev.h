/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI device lent to a driver of ours, and given back as it was found. */
#ifndef IRQLAT_PCIDEV_H
#define IRQLAT_PCIDEV_H

#include <stdbool.h>
#include <stddef.h>

#define PCIDEV_NAME_BYTES 64

/**
 * struct pcidev - a device and how it was found
 * @address: "0000:00:04.0"
 * @found_driver: bound driver when it was found, empty if none
 * @found_override: its driver_override, empty if none
 * @driver: driver bound now, empty if none
 * @changed: the device must be restored
 */
struct pcidev {
	char address[13];
	char found_driver[PCIDEV_NAME_BYTES];
	char found_override[PCIDEV_NAME_BYTES];
	char driver[PCIDEV_NAME_BYTES];
	bool changed;
};

int pcidev_find(unsigned int vendor, unsigned int device, char address[13]);
int pcidev_open(struct pcidev *dev, const char *address, unsigned int vendor, unsigned int device);
bool pcidev_driver_loaded(const struct pcidev *dev, const char *driver);
int pcidev_bind(struct pcidev *dev, const char *driver);
void pcidev_restore(struct pcidev *dev);
void *pcidev_map_bar0(const struct pcidev *dev, size_t bytes);

#endif /* IRQLAT_PCIDEV_H */

// SPDX-License-Identifier: GPL-2.0-or-later
/* Which PCI device and driver an interrupt belongs to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "irqtable.h"
#include "local.h"

#define PCI_DEVICES "sys/bus/pci/devices"

/* What firmware writes to the register of a function without an interrupt line. */
#define LINE_NONE 255

static DIR *folder_open(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

static int device_add(struct irqtable_devices *devices, uint32_t irq, const char *device,
		      const char *driver, int node, bool msi)
{
	struct irqtable_device *entry;

	if (array_reserve(&devices->device, &devices->room, devices->count + 1, sizeof(*entry)))
		return -ENOMEM;
	entry = &devices->device[devices->count++];
	memset(entry, 0, sizeof(*entry));
	entry->irq = irq;
	entry->msi = msi;
	snprintf(entry->device, sizeof(entry->device), "%s", device);
	snprintf(entry->driver, sizeof(entry->driver), "%s", driver);
	entry->node = node;
	return 0;
}

static void driver_read(int root, const char *device, char *buf, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t len;

	buf[0] = '\0';
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/driver", device);
	len = readlinkat(root, path, target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	slash = strrchr(target, '/');
	slash = slash ? slash + 1 : target;
	len = (ssize_t)strnlen(slash, size - 1);
	memcpy(buf, slash, (size_t)len);
	buf[len] = '\0';
}

/* "-1": the firmware does not tell. */
static int node_read(int root, const char *device)
{
	char path[PATH_MAX], text[16];
	int node;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/numa_node", device);
	if (irqtable_text(root, path, text, sizeof(text)) <= 0 || sscanf(text, "%d", &node) != 1)
		return -1;
	return node;
}

/* An MSI device has a file per vector; others have one interrupt in the file "irq". */
static int device_read(struct irqtable_devices *devices, int root, const char *device)
{
	char path[PATH_MAX], text[32], driver[32];
	struct dirent *entry;
	unsigned int found = 0;
	int node;
	uint64_t irq;
	const char *p;
	DIR *dir;
	int err = 0;

	driver_read(root, device, driver, sizeof(driver));
	node = node_read(root, device);
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/msi_irqs", device);
	dir = folder_open(root, path);
	while (dir && !err && (entry = readdir(dir))) {
		p = entry->d_name;
		if (!irqtable_number(&p, p + strlen(p), &irq) || *p || irq > INT32_MAX)
			continue;
		err = device_add(devices, (uint32_t)irq, device, driver, node, true);
		found++;
	}
	if (dir)
		closedir(dir);
	if (found || err)
		return err;
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/irq", device);
	if (irqtable_text(root, path, text, sizeof(text)) <= 0)
		return 0;
	p = text;
	if (!irqtable_number(&p, p + strlen(p), &irq) || !irq || irq == LINE_NONE ||
	    irq > INT32_MAX)
		return 0;
	return device_add(devices, (uint32_t)irq, device, driver, node, false);
}

static int device_order(const void *a, const void *b)
{
	const struct irqtable_device *x = a, *y = b;

	if (x->irq != y->irq)
		return x->irq < y->irq ? -1 : 1;
	/* Without a driver, the file "irq" may have the number of an MSI by chance. */
	if (x->msi != y->msi)
		return x->msi ? -1 : 1;
	/* Of devices that share a line, the one with a driver goes first. */
	if (!x->driver[0] != !y->driver[0])
		return x->driver[0] ? -1 : 1;
	return strcmp(x->device, y->device);
}

int irqtable_devices_read(struct irqtable_devices *devices, int root)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	devices->count = 0;
	dir = folder_open(root, PCI_DEVICES);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = device_read(devices, root, entry->d_name);
	closedir(dir);
	if (devices->count)
		qsort(devices->device, devices->count, sizeof(*devices->device), device_order);
	return err;
}

const struct irqtable_device *irqtable_devices_find(const struct irqtable_devices *devices,
						    uint32_t irq)
{
	unsigned int low = 0, high = devices->count;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (devices->device[mid].irq < irq)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < devices->count && devices->device[low].irq == irq)
		return &devices->device[low];
	return NULL;
}

void irqtable_devices_free(struct irqtable_devices *devices)
{
	free(devices->device);
	memset(devices, 0, sizeof(*devices));
}

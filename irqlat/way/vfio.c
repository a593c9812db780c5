// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An eventfd that the stock driver vfio-pci signals for each interrupt
 * (Documentation/driver-api/vfio.rst). The interrupt is the device's first MSI
 * vector, or its INTx line, which the driver's handler masks and user space unmasks.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "base/why.h"
#include "libprocirq/procirq.h"
#include "way.h"

#define CONTAINER "/dev/vfio/vfio"

/**
 * struct vfio_port - port->private of DRIVER_VFIO
 * @container: descriptor of the container, which holds the group and its IOMMU
 * @group: descriptor of the device's IOMMU group
 * @device: descriptor of the device
 * @index: VFIO_PCI_INTX_IRQ_INDEX or VFIO_PCI_MSI_IRQ_INDEX
 */
struct vfio_port {
	int container;
	int group;
	int device;
	uint32_t index;
};

/* The descriptor follows the structure, whose last member is an array without a size. */
static int set_irqs(const struct vfio_port *priv, uint32_t flags, int fd)
{
	_Alignas(struct vfio_irq_set) char bytes[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
	const struct vfio_irq_set head = {
		.argsz = flags & VFIO_IRQ_SET_DATA_NONE ? sizeof(head) : sizeof(bytes),
		.flags = flags,
		.index = priv->index,
		.count = 1,
	};
	const int32_t data = fd;

	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), &data, sizeof(data));
	return ioctl(priv->device, VFIO_DEVICE_SET_IRQS, bytes);
}

/*
 * Returns the number of the device's IOMMU group, or -1. *@no_iommu: it is a group
 * that VFIO made without an IOMMU.
 */
static int find_group(const char *pci, bool *no_iommu)
{
	char path[PATH_MAX], target[PATH_MAX], name[32];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", pci);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	slash = strrchr(target, '/');
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group/name", pci);
	*no_iommu = sysfile_read("", path, name, sizeof(name)) > 0 && !strcmp(name, "vfio-noiommu");
	return atoi(slash ? slash + 1 : target);
}

static int open_group(struct vfio_port *priv, const char *pci, struct why *why)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	bool no_iommu = false;
	int number = find_group(pci, &no_iommu);
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%s%d", no_iommu ? "noiommu-" : "", number);
	priv->group = open(path, O_RDWR | O_CLOEXEC);
	if (priv->group < 0)
		return why_set(why, "%s: %s: %s", pci, path, strerror(errno));
	if (ioctl(priv->group, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		return why_set(why,
			       "%s: other drivers have devices of its IOMMU group %d; unbind them",
			       pci, number);
	}
	if (!ioctl(priv->group, VFIO_GROUP_SET_CONTAINER, &priv->container) &&
	    !ioctl(priv->container, VFIO_SET_IOMMU,
		   no_iommu ? VFIO_NOIOMMU_IOMMU : VFIO_TYPE1v2_IOMMU))
		return 0;
	return why_set(why, "%s: VFIO cannot use the IOMMU: %s%s", pci, strerror(errno),
		       errno == EPERM  ? "; it does not remap interrupts" :
		       errno == ENODEV ? "; run: modprobe vfio_iommu_type1" :
					 "");
}

static int open_device(struct vfio_port *priv, const char *pci, struct why *why)
{
	priv->container = open(CONTAINER, O_RDWR | O_CLOEXEC);
	if (priv->container < 0)
		return why_set(why, "%s: " CONTAINER ": %s", pci, strerror(errno));
	if (open_group(priv, pci, why))
		return -1;
	priv->device = ioctl(priv->group, VFIO_GROUP_GET_DEVICE_FD, pci);
	if (priv->device >= 0)
		return 0;
	return why_set(why, "%s: VFIO does not give it away: %s", pci, strerror(errno));
}

/* Does the device have an interrupt of this kind? */
static bool has_irq(const struct vfio_port *priv, uint32_t index)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };

	return !ioctl(priv->device, VFIO_DEVICE_GET_IRQ_INFO, &info) && info.count;
}

/* An MSI is a write to memory, for which the device must be a bus master. */
static int set_master(const struct vfio_port *priv)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	uint16_t command;
	off_t at;

	if (ioctl(priv->device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return -1;
	at = (off_t)info.offset + PCI_COMMAND;
	if (pread(priv->device, &command, sizeof(command), at) != sizeof(command))
		return -1;
	command |= PCI_COMMAND_MASTER;
	return pwrite(priv->device, &command, sizeof(command), at) == sizeof(command) ? 0 : -1;
}

static int open_irq(struct port *port, struct target *target, struct why *why)
{
	struct vfio_port *priv = port->private;

	priv->index = !target->intx && has_irq(priv, VFIO_PCI_MSI_IRQ_INDEX) ?
			      VFIO_PCI_MSI_IRQ_INDEX :
			      VFIO_PCI_INTX_IRQ_INDEX;
	port->fd = eventfd(0, EFD_CLOEXEC);
	if (port->fd < 0 || (priv->index == VFIO_PCI_MSI_IRQ_INDEX && set_master(priv)) ||
	    set_irqs(priv, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, port->fd))
		return why_set(why, "%s: VFIO gives it no interrupt: %s", target->device,
			       strerror(errno));
	/* The vector, and its interrupt number, exist only now. */
	procirq_resolve(target->device, &target->irq, 1);
	return 0;
}

static void close_vfio(struct port *port)
{
	struct vfio_port *priv = port->private;
	/* The group can be closed only after the device. */
	int fds[] = { priv->device, port->fd, priv->group, priv->container };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(priv);
	port->private = NULL;
}

static int open_vfio(struct port *port, struct target *target, struct why *why)
{
	struct vfio_port *priv = malloc(sizeof(*priv));

	if (!priv)
		return why_set(why, "out of memory");
	*priv = (struct vfio_port){ .container = -1, .group = -1, .device = -1 };
	port->private = priv;
	port->fd = -1;
	if (!open_device(priv, target->device, why) && !open_irq(port, target, why))
		return 0;
	close_vfio(port);
	return -1;
}

static void rearm_vfio(struct port *port)
{
	const struct vfio_port *priv = port->private;

	/* If this fails no interrupt arrives, which the run reports. */
	if (priv->index == VFIO_PCI_INTX_IRQ_INDEX)
		set_irqs(priv, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK, -1);
}

void *vfio_map_bar0(const struct port *port, size_t bytes)
{
	const struct vfio_port *priv = port->private;
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	void *map;

	if (ioctl(priv->device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return NULL;
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, priv->device,
		   (off_t)info.offset);
	return map == MAP_FAILED ? NULL : map;
}

static int drain_vfio(struct port *port, struct delivery *delivery)
{
	return port_without_blocking(port, delivery, port_read_count);
}

const struct driver_ops vfio_driver_ops = {
	.open = open_vfio,
	.close = close_vfio,
	.rearm = rearm_vfio,
	.drain = drain_vfio,
};

const struct way way_vfio = {
	.name = "vfio",
	.driver = DRIVER_VFIO,
	.wait = port_read_count,
};

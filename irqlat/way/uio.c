// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * read and poll of /dev/uioN of the stock drivers for devices of any kind
 * (Documentation/driver-api/uio-howto.rst). The handler of uio_pci_generic disables INTx
 * through bit 10 of the PCI command register, and user space enables it again there. That
 * of uio_pdrv_genirq, for platform devices, disables the line, and user space writes 1 to
 * the file to enable it.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/why.h"
#include "uio_device.h"
#include "way.h"

/**
 * struct uio_port - port->private of DRIVER_UIO
 * @config_fd: the device's PCI configuration space; -1 for a platform device
 * @command: PCI command register with INTx enabled
 * @events: interrupts of the device until now, as the driver counts them
 */
struct uio_port {
	int config_fd;
	uint16_t command;
	uint32_t events;
};

static void unmask_line(struct port *port)
{
	const struct uio_port *priv = port->private;
	const int32_t on = 1;
	ssize_t n;

	/* If this fails no interrupt arrives, which the run reports. */
	if (priv->config_fd >= 0)
		n = pwrite(priv->config_fd, &priv->command, sizeof(priv->command), PCI_COMMAND);
	else
		n = write(port->fd, &on, sizeof(on));
	(void)n;
}

static int open_config(struct uio_port *priv, const char *pci, struct why *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", pci);
	priv->config_fd = open(path, O_RDWR | O_CLOEXEC);
	if (priv->config_fd < 0)
		return why_set(why, "%s: %s", path, strerror(errno));
	if (pread(priv->config_fd, &priv->command, sizeof(priv->command), PCI_COMMAND) !=
	    sizeof(priv->command))
		return why_set(why, "%s: cannot read the command register", path);
	priv->command &= (uint16_t)~PCI_COMMAND_INTX_DISABLE;
	return 0;
}

static void close_uio(struct port *port)
{
	struct uio_port *priv = port->private;

	if (port->fd >= 0)
		close(port->fd);
	if (priv->config_fd >= 0)
		close(priv->config_fd);
	free(priv);
}

static int open_device(struct port *port, struct target *target, struct why *why)
{
	struct uio_port *priv = port->private;
	char name[UIO_NAME_BYTES], path[32];

	if (uio_find(target, name))
		return why_set(why, "%s: its driver made no /dev/uioN", target->device);
	if (!strcmp(target->bus, "pci") && open_config(priv, target->device, why))
		return -1;
	snprintf(path, sizeof(path), "/dev/%s", name);
	port->fd = open(path, O_RDWR | O_CLOEXEC);
	if (port->fd < 0)
		return why_set(why, "%s: %s", path, strerror(errno));
	/* Interrupts before this do not belong to the run. */
	priv->events = uio_events(name);
	unmask_line(port);
	return 0;
}

static int open_uio(struct port *port, struct target *target, struct why *why)
{
	struct uio_port *priv = malloc(sizeof(*priv));

	if (!priv)
		return why_set(why, "out of memory");
	*priv = (struct uio_port){ .config_fd = -1 };
	port->private = priv;
	port->fd = -1;
	if (!open_device(port, target, why))
		return 0;
	close_uio(port);
	return -1;
}

static int wait_uio(struct port *port, struct delivery *delivery)
{
	struct uio_port *priv = port->private;
	uint32_t events;

	if (port_read(port, delivery, &events, sizeof(events)))
		return -1;
	delivery->count = events - priv->events;
	priv->events = events;
	return 0;
}

static int wait_uio_poll(struct port *port, struct delivery *delivery)
{
	if (port_poll(port->fd, -1))
		return -1;
	return wait_uio(port, delivery);
}

static int drain_uio(struct port *port, struct delivery *delivery)
{
	return port_without_blocking(port, delivery, wait_uio);
}

const struct driver_ops uio_driver_ops = {
	.open = open_uio,
	.close = close_uio,
	.rearm = unmask_line,
	.drain = drain_uio,
};

const struct way way_uio = {
	.name = "uio",
	.driver = DRIVER_UIO,
	.wait = wait_uio,
};

const struct way way_uio_poll = {
	.name = "uio-poll",
	.driver = DRIVER_UIO,
	.wait = wait_uio_poll,
};

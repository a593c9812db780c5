// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * read and poll of /dev/uioN of the stock driver uio_pci_generic: the peer to compare
 * with. Its handler disables INTx through bit 10 of the PCI command register
 * (Documentation/driver-api/uio-howto.rst), and user space enables it again.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/sysfile.h"
#include "way.h"

/* "uioN" of a PCI device. Returns 0, or -1 when it has none. */
static int find_uio(const char *pci, char *name, size_t size)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int found = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/uio", pci);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (found && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "uio", 3))
			found = snprintf(name, size, "%.15s", entry->d_name) < 0;
	closedir(dir);
	return found;
}

static void enable_intx(struct port *port)
{
	ssize_t n = pwrite(port->config_fd, &port->command, sizeof(port->command), PCI_COMMAND);

	/* Should it fail, no interrupt comes and the run says so. */
	(void)n;
}

static int open_config(struct port *port, const char *pci)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", pci);
	port->config_fd = open(path, O_RDWR | O_CLOEXEC);
	if (port->config_fd < 0) {
		msg_error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (pread(port->config_fd, &port->command, sizeof(port->command), PCI_COMMAND) !=
	    sizeof(port->command)) {
		msg_error("%s: cannot read the command register", path);
		close(port->config_fd);
		return -1;
	}
	port->command &= (uint16_t)~PCI_COMMAND_INTX_DISABLE;
	return 0;
}

/* Interrupts before the first read are none of ours. */
static uint32_t events_so_far(const char *name)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/sys/class/uio/%s/event", name);
	if (sysfile_read("", path, text, sizeof(text)) <= 0)
		return 0;
	return (uint32_t)strtoul(text, NULL, 10);
}

static int open_uio(struct port *port, struct target *target)
{
	char name[16], path[32];

	if (find_uio(target->pci, name, sizeof(name))) {
		msg_error("%s: uio_pci_generic made no /dev/uioN for it", target->pci);
		return -1;
	}
	if (open_config(port, target->pci))
		return -1;
	snprintf(path, sizeof(path), "/dev/%s", name);
	port->fd = open(path, O_RDWR | O_CLOEXEC);
	if (port->fd < 0) {
		msg_error("%s: %s", path, strerror(errno));
		close(port->config_fd);
		return -1;
	}
	port->events = events_so_far(name);
	enable_intx(port);
	return 0;
}

static void close_uio(struct port *port)
{
	close(port->fd);
	close(port->config_fd);
}

static int wait_uio(struct port *port, struct delivery *delivery)
{
	uint32_t events;
	ssize_t n = read(port->fd, &events, sizeof(events));

	delivery->user_ns = clock_ns();
	if (n != sizeof(events)) {
		if (n >= 0)
			errno = EIO;
		return -1;
	}
	delivery->entry_ns = 0;
	delivery->seq = 0;
	delivery->count = events - port->events;
	port->events = events;
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
	.rearm = enable_intx,
	.drain = drain_uio,
};

const struct way way_uio = {
	.name = "uio",
	.wait_kind = "block",
	.driver = DRIVER_UIO,
	.wait = wait_uio,
};

const struct way way_uio_poll = {
	.name = "uio-poll",
	.wait_kind = "block",
	.driver = DRIVER_UIO,
	.wait = wait_uio_poll,
};

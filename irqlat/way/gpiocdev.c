// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events of a line of the GPIO character device, /dev/gpiochipN, which the kernel stamps
 * in the hard interrupt handler (Documentation/userspace-api/gpio): read, and poll and
 * read as libgpiod does.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfile.h"
#include "base/why.h"
#include "way.h"

#define IRQS "/sys/kernel/irq"

/* The interrupt of the line that @consumer has requested, or TARGET_NO_IRQ. */
static unsigned int irq_of(const char *consumer)
{
	unsigned int irq = TARGET_NO_IRQ;
	struct dirent *entry;
	DIR *dir = opendir(IRQS);
	size_t len = strlen(consumer);

	if (!dir)
		return irq;
	while (irq == TARGET_NO_IRQ && (entry = readdir(dir))) {
		char path[PATH_MAX], actions[64];

		snprintf(path, sizeof(path), IRQS "/%s/actions", entry->d_name);
		if (sysfile_read("", path, actions, sizeof(actions)) > 0 &&
		    !strncmp(actions, consumer, len) && (!actions[len] || actions[len] == '\n'))
			irq = (unsigned int)strtoul(entry->d_name, NULL, 10);
	}
	closedir(dir);
	return irq;
}

static int open_gpio(struct port *port, struct target *target, struct why *why)
{
	struct gpio_v2_line_request request = {
		.offsets = { target->gpio_line },
		.num_lines = 1,
		.config.flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING,
	};
	char path[sizeof("/dev/") + sizeof(target->gpio_chip)];
	int chip, rc, error;

	snprintf(path, sizeof(path), "/dev/%s", target->gpio_chip);
	chip = open(path, O_RDWR | O_CLOEXEC);
	if (chip < 0)
		return why_set(why, "%s: %s", path, strerror(errno));
	/* It names the interrupt, too: the process id makes it unique. */
	snprintf(request.consumer, sizeof(request.consumer), "irqlat-%d", getpid());
	rc = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request);
	error = errno;
	close(chip);
	if (rc)
		return why_set(why, "%s: cannot get edges of line %u: %s", path, target->gpio_line,
			       strerror(error));
	port->fd = request.fd;
	target->irq = irq_of(request.consumer);
	return 0;
}

static void close_gpio(struct port *port)
{
	close(port->fd);
}

/* Each interrupt is an event of its own. */
static int wait_event(struct port *port, struct delivery *delivery)
{
	struct gpio_v2_line_event event;

	if (port_read(port, delivery, &event, sizeof(event)))
		return -1;
	delivery->entry_ns = event.timestamp_ns;
	delivery->seq = event.line_seqno;
	delivery->count = 1;
	return 0;
}

static int wait_poll(struct port *port, struct delivery *delivery)
{
	return port_poll(port->fd, -1) ? -1 : wait_event(port, delivery);
}

static int drain_gpio(struct port *port, struct delivery *delivery)
{
	return port_without_blocking(port, delivery, wait_event);
}

const struct driver_ops gpio_driver_ops = {
	.has_entry = true,
	.open = open_gpio,
	.close = close_gpio,
	.drain = drain_gpio,
};

const struct way way_gpiocdev = {
	.name = "gpiocdev",
	.driver = DRIVER_GPIO,
	.wait = wait_event,
};

const struct way way_gpiocdev_poll = {
	.name = "gpiocdev-poll",
	.driver = DRIVER_GPIO,
	.wait = wait_poll,
};

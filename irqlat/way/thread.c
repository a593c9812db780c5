// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An eventfd that another thread of this process writes: the cost of a wake-up
 * without an interrupt.
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/why.h"
#include "way.h"

static int open_thread(struct port *port, struct target *target, struct why *why)
{
	(void)target;
	port->fd = eventfd(0, EFD_CLOEXEC);
	if (port->fd >= 0)
		return 0;
	return why_set(why, "cannot make an eventfd: %s", strerror(errno));
}

static void close_thread(struct port *port)
{
	close(port->fd);
}

static int drain_thread(struct port *port, struct delivery *delivery)
{
	return port_without_blocking(port, delivery, port_read_count);
}

const struct driver_ops thread_driver_ops = {
	.open = open_thread,
	.close = close_thread,
	.drain = drain_thread,
};

const struct way way_eventfd_base = {
	.name = "eventfd-base",
	.driver = DRIVER_THREAD,
	.wait = port_read_count,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* read, poll and epoll of /proc/irq/N/irq. */

#include <errno.h>
#include <sys/epoll.h>

#include "driver_procirq.h"

static int wait_poll(struct port *port, struct delivery *delivery)
{
	if (port_poll(port->fd, -1))
		return -1;
	return procirq_port_read(port, delivery);
}

/* A file that is watched wakes the watcher, whoever reads it: 200 instructions. */
static int arm_epoll(struct port *port)
{
	struct procirq_port *own = port->own;
	struct epoll_event event = { .events = EPOLLIN };

	if (own->watched)
		return 0;
	if (epoll_ctl(own->epoll_fd, EPOLL_CTL_ADD, port->fd, &event))
		return -1;
	own->watched = true;
	return 0;
}

static int wait_epoll(struct port *port, struct delivery *delivery)
{
	const struct procirq_port *own = port->own;
	struct epoll_event event;
	int rc;

	if (epoll_wait(own->epoll_fd, &event, 1, -1) < 0)
		return -1;
	if (!(event.events & EPOLLIN)) {
		errno = ENODEV;
		return -1;
	}
	rc = procirq_port_read(port, delivery);
	procirq_port_end_watch(port);
	return rc;
}

const struct way way_read = {
	.name = "read",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.wait = procirq_port_read,
};

const struct way way_poll = {
	.name = "poll",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.wait = wait_poll,
};

const struct way way_epoll = {
	.name = "epoll",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_epoll,
	.wait = wait_epoll,
};

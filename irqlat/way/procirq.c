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

/*
 * The file is watched only for a wait of this way: an interrupt wakes every
 * watcher, which would cost the other ways 200 instructions.
 */
static int arm_epoll(struct port *port)
{
	struct procirq_port *priv = port->private;
	struct epoll_event event = { .events = EPOLLIN };

	if (priv->watched)
		return 0;
	if (epoll_ctl(priv->epoll_fd, EPOLL_CTL_ADD, port->fd, &event))
		return -1;
	priv->watched = true;
	return 0;
}

static int wait_epoll(struct port *port, struct delivery *delivery)
{
	const struct procirq_port *priv = port->private;
	struct epoll_event event;
	int rc;

	if (epoll_wait(priv->epoll_fd, &event, 1, -1) < 0)
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
	.driver = DRIVER_PROCIRQ,
	.wait = procirq_port_read,
};

const struct way way_poll = {
	.name = "poll",
	.driver = DRIVER_PROCIRQ,
	.wait = wait_poll,
};

const struct way way_epoll = {
	.name = "epoll",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_epoll,
	.wait = wait_epoll,
};

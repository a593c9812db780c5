// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An eventfd to which /proc/irq/N/irq adds 1 for each interrupt. After the time is
 * taken the file is read, to find out which interrupt it was.
 */

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "driver_procirq.h"

/* An interrupt of an earlier wait must not end the next one. */
static int clear(int event_fd)
{
	uint64_t count;

	if (port_poll(event_fd, 0))
		return errno == EAGAIN ? 0 : -1;
	return read(event_fd, &count, sizeof(count)) == sizeof(count) ? 0 : -1;
}

static int arm_eventfd(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (clear(priv->event_fd) || procirq_set_eventfd(port->line, priv->event_fd, 0))
		return -1;
	priv->attached = true;
	procirq_port_unmask(port);
	return 0;
}

static int wait_eventfd(struct port *port, struct delivery *delivery)
{
	const struct procirq_port *priv = port->private;
	uint64_t count;
	ssize_t n = read(priv->event_fd, &count, sizeof(count));

	delivery->user_ns = clock_ns();
	return n == sizeof(count) ? 0 : -1;
}

/* Detaching waits until no handler uses the eventfd. */
static int after_eventfd(struct port *port, struct delivery *delivery)
{
	procirq_port_end_eventfd(port);
	return procirq_port_take_record(port, delivery);
}

const struct way way_eventfd = {
	.name = "eventfd",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_eventfd,
	.wait = wait_eventfd,
	.after = after_eventfd,
};

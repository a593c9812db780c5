// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An eventfd to which /proc/irq/N/irq adds 1 for each interrupt. After the time is
 * taken the file is read, to find out which interrupt it was.
 */

#include <unistd.h>

#include "base/clock.h"
#include "driver_procirq.h"

static int wait_eventfd(struct port *port, struct delivery *delivery)
{
	const struct procirq_port *priv = port->private;
	uint64_t count;
	ssize_t n = read(priv->event_fd, &count, sizeof(count));

	delivery->user_ns = clock_ns();
	return n == sizeof(count) ? 0 : -1;
}

const struct way way_eventfd = {
	.name = "eventfd",
	.driver = DRIVER_PROCIRQ,
	.arm = procirq_port_arm_eventfd,
	.wait = wait_eventfd,
	.after = procirq_port_after_eventfd,
};

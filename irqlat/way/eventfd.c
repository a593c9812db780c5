// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An eventfd that /proc/irq/N/irq rings. It is a bell and no more, so that the
 * file can be asked afterwards which interrupt it was; that is not in the time.
 */

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "driver_procirq.h"

/* Nothing that was rung for an earlier wait may end the next one. */
static int clear(int event_fd)
{
	uint64_t count;

	if (port_poll(event_fd, 0))
		return errno == EAGAIN ? 0 : -1;
	return read(event_fd, &count, sizeof(count)) == sizeof(count) ? 0 : -1;
}

static int arm_eventfd(struct port *port)
{
	struct procirq_port *own = port->own;

	if (clear(own->event_fd) || procirq_set_eventfd(port->line, own->event_fd, 0))
		return -1;
	own->rings = true;
	procirq_port_find_nothing(port);
	return 0;
}

static int wait_eventfd(struct port *port, struct delivery *delivery)
{
	const struct procirq_port *own = port->own;
	uint64_t count;
	ssize_t n = read(own->event_fd, &count, sizeof(count));

	delivery->user_ns = clock_ns();
	if (n != sizeof(count))
		return -1;
	procirq_port_end_bell(port);
	return procirq_port_take_record(port, delivery);
}

const struct way way_eventfd = {
	.name = "eventfd",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_eventfd,
	.wait = wait_eventfd,
};

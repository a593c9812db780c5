// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * read and poll of /proc/irq/N/irq. Both use one reader in turn: with two, each
 * would have to catch up with the other's interrupts before the kernel unmasks
 * the line.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "msg.h"
#include "procirq.h"
#include "way.h"

static int open_line(struct port *port, const struct target *target)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	port->line = procirq_open(target->irq, PROCIRQ_FLAG_RECORDS);
	if (!port->line) {
		procirq_explain(target->irq, errno, why, sizeof(why));
		msg_error("%s", why);
		return -1;
	}
	port->fd = procirq_fd(port->line);
	return 0;
}

static void close_line(struct port *port)
{
	procirq_close(port->line);
	port->line = NULL;
}

/* The next wait finds nothing to report, and that unmasks the line. */
static void rearm_nothing(struct port *port)
{
	(void)port;
}

const struct driver_ops procirq_driver_ops = {
	.open = open_line,
	.close = close_line,
	.rearm = rearm_nothing,
};

/* The plain system call, as the other drivers' ways make it. */
static int wait_read(struct port *port, struct delivery *delivery)
{
	struct procirq_event event;
	ssize_t n = read(port->fd, &event, sizeof(event));

	delivery->user_ns = clock_ns();
	if (n != sizeof(event)) {
		if (n >= 0)
			errno = EIO;
		return -1;
	}
	delivery->entry_ns = event.first_ns;
	delivery->seq = event.seq;
	delivery->count = event.count;
	return 0;
}

static int wait_poll(struct port *port, struct delivery *delivery)
{
	struct pollfd pfd = { .fd = port->fd, .events = POLLIN };

	if (poll(&pfd, 1, -1) < 0)
		return -1;
	if (!(pfd.revents & POLLIN)) {
		errno = ENODEV;
		return -1;
	}
	return wait_read(port, delivery);
}

const struct way way_read = {
	.name = "read",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.wait = wait_read,
};

const struct way way_poll = {
	.name = "poll",
	.wait_kind = "block",
	.driver = DRIVER_PROCIRQ,
	.wait = wait_poll,
};

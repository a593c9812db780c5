// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/irq/N/irq as one reader for all the ways that use it: opening it, and
 * leaving it as the next way expects it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "driver_procirq.h"

static int open_extras(struct port *port)
{
	struct procirq_port *own = calloc(1, sizeof(*own));

	if (!own)
		return -1;
	port->own = own;
	own->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	own->event_fd = eventfd(0, EFD_CLOEXEC);
	if (own->epoll_fd < 0 || own->event_fd < 0)
		return -1;
	own->ring = procirq_ring_open(port->line);
	own->ring_error = own->ring ? 0 : errno;
	return 0;
}

static void close_line(struct port *port)
{
	struct procirq_port *own = port->own;

	if (own) {
		procirq_ring_close(own->ring);
		if (own->epoll_fd >= 0)
			close(own->epoll_fd);
		if (own->event_fd >= 0)
			close(own->event_fd);
		free(own);
	}
	procirq_close(port->line);
	port->line = NULL;
	port->own = NULL;
}

static int open_line(struct port *port, struct target *target)
{
	char why[PROCIRQ_EXPLAIN_BYTES];

	port->own = NULL;
	port->line = procirq_open(target->irq, PROCIRQ_FLAG_RECORDS);
	if (!port->line) {
		procirq_explain(target->irq, errno, why, sizeof(why));
		msg_error("%s", why);
		return -1;
	}
	port->fd = procirq_fd(port->line);
	if (!open_extras(port))
		return 0;
	msg_error("/proc/irq/%u/irq: cannot watch it: %s", target->irq, strerror(errno));
	close_line(port);
	return -1;
}

/*
 * A wait that finds nothing to report unmasks the line. This is for ways that
 * wait for something else than the file.
 */
void procirq_port_find_nothing(struct port *port)
{
	port_poll(port->fd, 0);
}

/* A wait of a way: the plain system call, as the other drivers' ways make it. */
int procirq_port_read(struct port *port, struct delivery *delivery)
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

/* After an interrupt came some other way: which it was, and none is pending. */
int procirq_port_take_record(struct port *port, struct delivery *delivery)
{
	uint64_t user_ns = delivery->user_ns;

	if (procirq_port_read(port, delivery))
		return -1;
	delivery->user_ns = user_ns;
	return 0;
}

/* The other ways need not pay for it. */
void procirq_port_end_bell(struct port *port)
{
	struct procirq_port *own = port->own;

	if (own->rings)
		procirq_set_eventfd(port->line, -1, 0);
	own->rings = false;
}

/* The other ways have the line masked. */
void procirq_port_end_spinning(struct port *port)
{
	struct procirq_port *own = port->own;

	if (own->no_mask)
		procirq_set_flags(port->line, PROCIRQ_FLAG_RECORDS);
	own->no_mask = false;
}

void procirq_port_end_watch(struct port *port)
{
	struct procirq_port *own = port->own;

	if (own->watched)
		epoll_ctl(own->epoll_fd, EPOLL_CTL_DEL, port->fd, NULL);
	own->watched = false;
}

static int drain_line(struct port *port, struct delivery *delivery)
{
	procirq_port_end_bell(port);
	procirq_port_end_spinning(port);
	procirq_port_end_watch(port);
	return port_without_blocking(port, delivery, procirq_port_read);
}

const struct driver_ops procirq_driver_ops = {
	.open = open_line,
	.close = close_line,
	.rearm = port_rearm_nothing,
	.drain = drain_line,
};

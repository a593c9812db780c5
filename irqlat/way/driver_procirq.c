// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening /proc/irq/N/irq, and what its ways share. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/why.h"
#include "driver_procirq.h"

static int open_extras(struct port *port)
{
	struct procirq_port *priv = calloc(1, sizeof(*priv));

	if (!priv)
		return -1;
	port->private = priv;
	priv->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	priv->event_fd = eventfd(0, EFD_CLOEXEC);
	if (priv->epoll_fd < 0 || priv->event_fd < 0)
		return -1;
	priv->ring = procirq_ring_open(port->line);
	priv->ring_error = priv->ring ? 0 : errno;
	return 0;
}

void procirq_port_close(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (priv) {
		procirq_ring_close(priv->ring);
		if (priv->epoll_fd >= 0)
			close(priv->epoll_fd);
		if (priv->event_fd >= 0)
			close(priv->event_fd);
		free(priv);
	}
	procirq_close(port->line);
	port->line = NULL;
	port->private = NULL;
}

int procirq_port_open(struct port *port, struct target *target, struct why *why)
{
	port->private = NULL;
	port->line = procirq_open(target->irq, PROCIRQ_FLAG_RECORDS);
	if (!port->line) {
		procirq_explain(target->irq, errno, why->text, sizeof(why->text));
		return -1;
	}
	port->fd = procirq_fd(port->line);
	if (!open_extras(port)) {
		((struct procirq_port *)port->private)->spin_ns = target->spin_ns;
		return 0;
	}
	why_set(why, "/proc/irq/%u/irq: cannot watch it: %s", target->irq, strerror(errno));
	procirq_port_close(port);
	return -1;
}

/*
 * The kernel unmasks the line when a read() or poll() of the file finds no
 * interrupt. Ways that do not wait on the file itself call this before they wait.
 */
void procirq_port_unmask(struct port *port)
{
	port_poll(port->fd, 0);
}

/* What the kernel returned of the line, without the time. */
void procirq_port_deliver(const struct procirq_event *event, struct delivery *delivery)
{
	delivery->entry_ns = event->first_ns;
	delivery->seq = event->seq;
	delivery->count = event->count;
}

/* Not through libprocirq: the ways of other drivers make a plain system call too. */
int procirq_port_read(struct port *port, struct delivery *delivery)
{
	struct procirq_event event;

	if (port_read(port, delivery, &event, sizeof(event)))
		return -1;
	procirq_port_deliver(&event, delivery);
	return 0;
}

/*
 * For a way that learnt of an interrupt without reading the file: find out which
 * interrupt it was. Keeps @delivery->user_ns.
 */
int procirq_port_take_record(struct port *port, struct delivery *delivery)
{
	uint64_t user_ns = delivery->user_ns;

	if (procirq_port_read(port, delivery))
		return -1;
	delivery->user_ns = user_ns;
	return 0;
}

/* An interrupt of an earlier wait must not end the next one. */
static int clear_eventfd(int event_fd)
{
	uint64_t count;

	if (port_poll(event_fd, 0))
		return errno == EAGAIN ? 0 : -1;
	return read(event_fd, &count, sizeof(count)) == sizeof(count) ? 0 : -1;
}

/* Have each interrupt add to the eventfd. Returns 0, or -1 with errno. */
int procirq_port_arm_eventfd(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (clear_eventfd(priv->event_fd) || procirq_set_eventfd(port->line, priv->event_fd, 0))
		return -1;
	priv->attached = true;
	procirq_port_unmask(port);
	return 0;
}

/* Detaching waits until no handler uses the eventfd. */
int procirq_port_after_eventfd(struct port *port, struct delivery *delivery)
{
	procirq_port_end_eventfd(port);
	return procirq_port_take_record(port, delivery);
}

void procirq_port_end_eventfd(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (priv->attached)
		procirq_set_eventfd(port->line, -1, 0);
	priv->attached = false;
}

void procirq_port_end_spinning(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (priv->no_mask)
		procirq_set_flags(port->line, PROCIRQ_FLAG_RECORDS);
	priv->no_mask = false;
}

void procirq_port_end_hybrid(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (priv->hybrid)
		procirq_set_spin(port->line, 0);
	priv->hybrid = false;
}

void procirq_port_end_watch(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (priv->watched)
		epoll_ctl(priv->epoll_fd, EPOLL_CTL_DEL, port->fd, NULL);
	priv->watched = false;
}

int procirq_port_drain(struct port *port, struct delivery *delivery)
{
	procirq_port_end_eventfd(port);
	procirq_port_end_spinning(port);
	procirq_port_end_hybrid(port);
	procirq_port_end_watch(port);
	return port_without_blocking(port, delivery, procirq_port_read);
}

const struct driver_ops procirq_driver_ops = {
	.has_entry = true,
	.open = procirq_port_open,
	.close = procirq_port_close,
	.drain = procirq_port_drain,
};

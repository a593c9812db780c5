/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the ways of /proc/irq/N/irq share. They are one reader in turn: with two,
 * each would have to catch up with the other's interrupts before the kernel
 * unmasks the line.
 */
#ifndef IRQLAT_DRIVER_PROCIRQ_H
#define IRQLAT_DRIVER_PROCIRQ_H

#include <stdbool.h>

#include "procirq.h"
#include "way.h"

/**
 * struct procirq_port - port->own of DRIVER_PROCIRQ
 * @epoll_fd: watches port->fd while
 * @watched: is set
 * @event_fd: eventfd
 * @rings: each interrupt adds to @event_fd
 * @ring: the line's ring, or NULL for
 * @ring_error: the reason
 * @spins_since_ns: when spinning on it began, 0: it has not
 * @no_mask: interrupts do not mask the line
 */
struct procirq_port {
	int epoll_fd;
	bool watched;
	int event_fd;
	bool rings;
	struct procirq_ring_reader *ring;
	int ring_error;
	uint64_t spins_since_ns;
	bool no_mask;
};

int procirq_port_read(struct port *port, struct delivery *delivery);
int procirq_port_take_record(struct port *port, struct delivery *delivery);
void procirq_port_find_nothing(struct port *port);
void procirq_port_end_bell(struct port *port);
void procirq_port_end_spinning(struct port *port);
void procirq_port_end_watch(struct port *port);

#endif /* IRQLAT_DRIVER_PROCIRQ_H */

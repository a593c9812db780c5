/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the ways of /proc/irq/N/irq share. They use one open file in turn. With a
 * file each, the kernel would not unmask the line before every file has been read.
 */
#ifndef IRQLAT_DRIVER_PROCIRQ_H
#define IRQLAT_DRIVER_PROCIRQ_H

#include <stdbool.h>

#include "libprocirq/procirq.h"
#include "way.h"

struct uring;

/**
 * struct procirq_port - port->private of DRIVER_PROCIRQ and DRIVER_URING
 * @epoll_fd: an epoll instance
 * @watched: @epoll_fd watches port->fd
 * @event_fd: an eventfd
 * @attached: each interrupt adds to @event_fd
 * @ring: the line's ring, NULL if it cannot be mapped
 * @ring_error: errno of mapping it
 * @spinning_since_ns: when the thread began to spin on @ring
 * @no_mask: interrupts do not mask the line
 * @spin_ns: longest time that the hybrid ways busy-wait
 * @hybrid: reads busy-wait in the kernel
 * @uring: of DRIVER_URING
 *
 * The procirq_port_end_*() functions undo what one way needs and costs the others
 * time.
 */
struct procirq_port {
	int epoll_fd;
	bool watched;
	int event_fd;
	bool attached;
	struct procirq_ring_reader *ring;
	int ring_error;
	uint64_t spinning_since_ns;
	bool no_mask;
	uint64_t spin_ns;
	bool hybrid;
	struct uring *uring;
};

int procirq_port_open(struct port *port, struct target *target, struct why *why);
void procirq_port_close(struct port *port);
int procirq_port_drain(struct port *port, struct delivery *delivery);
void procirq_port_deliver(const struct procirq_event *event, struct delivery *delivery);
int procirq_port_read(struct port *port, struct delivery *delivery);
int procirq_port_take_record(struct port *port, struct delivery *delivery);
void procirq_port_unmask(struct port *port);
int procirq_port_arm_eventfd(struct port *port);
int procirq_port_after_eventfd(struct port *port, struct delivery *delivery);
void procirq_port_end_eventfd(struct port *port);
void procirq_port_end_spinning(struct port *port);
void procirq_port_end_hybrid(struct port *port);
void procirq_port_end_watch(struct port *port);

#endif /* IRQLAT_DRIVER_PROCIRQ_H */

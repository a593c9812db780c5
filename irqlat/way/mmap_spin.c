// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Spinning on the mapped ring of /proc/irq/N/irq, without a system call. Nor is the
 * line masked meanwhile, where that can be done without.
 */

#include <errno.h>

#include "base/clock.h"
#include "driver_procirq.h"

/* How often the spinning thread looks whether it is to stop. */
#define SPIN_NS 1000000

/* What the other ways have read is in the ring too. */
static int arm_mmap_spin(struct port *port)
{
	struct procirq_port *own = port->own;
	struct procirq_ring_entry entry;

	if (!own->ring) {
		errno = own->ring_error;
		return -1;
	}
	while (procirq_ring_next(own->ring, &entry, NULL))
		;
	procirq_port_find_nothing(port);
	own->no_mask = !procirq_set_flags(port->line, PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_NO_MASK);
	return 0;
}

static void begin_mmap_spin(struct port *port)
{
	struct procirq_port *own = port->own;

	own->spins_since_ns = clock_ns();
}

static int wait_mmap_spin(struct port *port, struct delivery *delivery)
{
	struct procirq_port *own = port->own;
	struct procirq_ring_entry entry;

	if (!procirq_ring_spin(own->ring, &entry, NULL, SPIN_NS)) {
		/* The ring does not tell that the line has gone. */
		if (port_poll(port->fd, 0) && errno == ENODEV)
			return -1;
		errno = EINTR;
		return -1;
	}
	delivery->user_ns = clock_ns();
	delivery->early = entry.irq_ns < own->spins_since_ns;
	procirq_port_end_spinning(port);
	return procirq_port_take_record(port, delivery);
}

const struct way way_mmap_spin = {
	.name = "mmap-spin",
	.wait_kind = "spin",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_mmap_spin,
	.begin = begin_mmap_spin,
	.wait = wait_mmap_spin,
};

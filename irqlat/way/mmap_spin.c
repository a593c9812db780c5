// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Spinning on the mapped ring of /proc/irq/N/irq, without a system call. Interrupts
 * do not mask the line, where its type allows that.
 */

#include <errno.h>

#include "base/clock.h"
#include "driver_procirq.h"

/* How often the spinning thread checks whether it has to stop. */
#define SPIN_NS 1000000

/* The ring still has the interrupts that other ways have read: skip them. */
static int arm_mmap_spin(struct port *port)
{
	struct procirq_port *priv = port->private;
	struct procirq_ring_entry entry;

	if (!priv->ring) {
		errno = priv->ring_error;
		return -1;
	}
	while (procirq_ring_next(priv->ring, &entry, NULL))
		;
	procirq_port_unmask(port);
	priv->no_mask = !procirq_set_flags(port->line, PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_NO_MASK);
	return 0;
}

static void begin_mmap_spin(struct port *port)
{
	struct procirq_port *priv = port->private;

	priv->spinning_since_ns = clock_ns();
}

static int wait_mmap_spin(struct port *port, struct delivery *delivery)
{
	struct procirq_port *priv = port->private;
	struct procirq_ring_entry entry;

	if (!procirq_ring_spin(priv->ring, &entry, NULL, SPIN_NS)) {
		/* The ring does not show that the line was removed. */
		if (port_poll(port->fd, 0) && errno == ENODEV)
			return -1;
		errno = EINTR;
		return -1;
	}
	delivery->user_ns = clock_ns();
	delivery->early = entry.irq_ns < priv->spinning_since_ns;
	return 0;
}

static int after_mmap_spin(struct port *port, struct delivery *delivery)
{
	procirq_port_end_spinning(port);
	return procirq_port_take_record(port, delivery);
}

const struct way way_mmap_spin = {
	.name = "mmap-spin",
	.spins = true,
	.driver = DRIVER_PROCIRQ,
	.arm = arm_mmap_spin,
	.begin = begin_mmap_spin,
	.wait = wait_mmap_spin,
	.after = after_mmap_spin,
};

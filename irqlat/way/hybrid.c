// SPDX-License-Identifier: GPL-2.0-or-later
/* read() of /proc/irq/N/irq that busy-waits in the kernel before it sleeps. */

#include "driver_procirq.h"

/* The longest time that it may: then it adapts itself to how interrupts come. */
#define HYBRID_MAX_NS PROCIRQ_SPIN_MAX_NS

static int arm_hybrid(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (procirq_set_spin(port->line, HYBRID_MAX_NS))
		return -1;
	priv->hybrid = true;
	return 0;
}

static int wait_hybrid(struct port *port, struct delivery *delivery)
{
	int rc = procirq_port_read(port, delivery);

	procirq_port_end_hybrid(port);
	return rc;
}

const struct way way_hybrid = {
	.name = "hybrid",
	.driver = DRIVER_PROCIRQ,
	.arm = arm_hybrid,
	.wait = wait_hybrid,
};

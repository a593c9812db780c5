// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ways that busy-wait before they sleep: read() of /proc/irq/N/irq in the kernel, and
 * procirq_wait() on the mapped ring. Each is switched on for its own waits only.
 */

#include "base/clock.h"
#include "driver_procirq.h"

static int arm_hybrid(struct port *port)
{
	struct procirq_port *priv = port->private;

	if (procirq_set_spin(port->line, priv->spin_ns))
		return -1;
	priv->hybrid = true;
	return 0;
}

static int wait_hybrid(struct port *port, struct delivery *delivery)
{
	return procirq_port_read(port, delivery);
}

static int after_hybrid(struct port *port, struct delivery *delivery)
{
	(void)delivery;
	procirq_port_end_hybrid(port);
	return 0;
}

static int arm_hybrid_mmap(struct port *port)
{
	const struct procirq_port *priv = port->private;

	return procirq_set_hybrid(port->line, priv->spin_ns);
}

static int wait_hybrid_mmap(struct port *port, struct delivery *delivery)
{
	if (procirq_wait(port->line, -1) < 0)
		return -1;
	delivery->user_ns = clock_ns();
	return 0;
}

const struct way way_hybrid = {
	.name = "hybrid",
	.driver = DRIVER_PROCIRQ,
	.may_spin = true,
	.arm = arm_hybrid,
	.wait = wait_hybrid,
	.after = after_hybrid,
};

const struct way way_hybrid_mmap = {
	.name = "hybrid-mmap",
	.driver = DRIVER_PROCIRQ,
	.may_spin = true,
	.arm = arm_hybrid_mmap,
	.wait = wait_hybrid_mmap,
	.after = procirq_port_take_record,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * plainirq.ko: one level interrupt of a domain that is not hierarchical, as GPIO
 * drivers make them. Such an interrupt loses its chip when its mapping is
 * disposed of, which a write to the parameter "dispose" does. With msi=1 it passes for the
 * MSI vector of a device that is not on the PCI bus, with bus=1 for a line of an expander,
 * whose chip is behind a bus that sleeps.
 */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/mutex.h>

static struct irq_domain *plainirq_domain;

static unsigned int irq;
module_param(irq, uint, 0444);
MODULE_PARM_DESC(irq, "the interrupt; 0 after it has been disposed of");

static bool msi;
module_param(msi, bool, 0444);
MODULE_PARM_DESC(msi, "make it look like an MSI vector");

static bool bus;
module_param(bus, bool, 0444);
MODULE_PARM_DESC(bus, "its chip is changed under a lock that sleeps");

static struct msi_desc plainirq_msi;

static void plainirq_noop(struct irq_data *data)
{
}

static DEFINE_MUTEX(plainirq_mutex);

static void plainirq_bus_lock(struct irq_data *data)
{
	mutex_lock(&plainirq_mutex);
}

static void plainirq_bus_unlock(struct irq_data *data)
{
	mutex_unlock(&plainirq_mutex);
}

static struct irq_chip plainirq_chip = {
	.name = "plainirq",
	.irq_mask = plainirq_noop,
	.irq_unmask = plainirq_noop,
};

static struct irq_chip plainirq_bus_chip = {
	.name = "plainirq-bus",
	.irq_mask = plainirq_noop,
	.irq_unmask = plainirq_noop,
	.irq_bus_lock = plainirq_bus_lock,
	.irq_bus_sync_unlock = plainirq_bus_unlock,
};

static int plainirq_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, bus ? &plainirq_bus_chip : &plainirq_chip, handle_level_irq);
	irqd_set_trigger_type(irq_get_irq_data(virq), IRQ_TYPE_LEVEL_HIGH);
	irq_set_status_flags(virq, IRQ_LEVEL);
	return 0;
}

static const struct irq_domain_ops plainirq_ops = { .map = plainirq_map };

static int plainirq_dispose(const char *value, const struct kernel_param *kp)
{
	irq_dispose_mapping(irq);
	irq = 0;
	return 0;
}

static const struct kernel_param_ops plainirq_dispose_ops = { .set = plainirq_dispose };
module_param_cb(dispose, &plainirq_dispose_ops, NULL, 0200);
MODULE_PARM_DESC(dispose, "dispose of the interrupt's mapping");

static irqreturn_t plainirq_handler(int virq, void *data)
{
	return IRQ_NONE;
}

static int __init plainirq_init(void)
{
	int err = -ENOMEM;

	plainirq_msi.dev = root_device_register("plainirq");
	if (IS_ERR(plainirq_msi.dev))
		return PTR_ERR(plainirq_msi.dev);
	plainirq_domain = irq_domain_create_linear(NULL, 1, &plainirq_ops, NULL);
	if (!plainirq_domain)
		goto out_device;
	irq = irq_create_mapping(plainirq_domain, 0);
	err = -ENOSPC;
	if (!irq)
		goto out_domain;
#ifdef CONFIG_GENERIC_MSI_IRQ
	if (msi)
		irq_get_irq_data(irq)->common->msi_desc = &plainirq_msi;
#endif
	/* Requested once: that makes /proc/irq/N. */
	if (!request_irq(irq, plainirq_handler, IRQF_NO_AUTOEN, "plainirq", &plainirq_domain))
		free_irq(irq, &plainirq_domain);
	return 0;

out_domain:
	irq_domain_remove(plainirq_domain);
out_device:
	root_device_unregister(plainirq_msi.dev);
	return err;
}

static void __exit plainirq_exit(void)
{
	irq_dispose_mapping(irq);
	irq_domain_remove(plainirq_domain);
	root_device_unregister(plainirq_msi.dev);
}

module_init(plainirq_init);
module_exit(plainirq_exit);
MODULE_DESCRIPTION("An interrupt of a plain domain that can be disposed of at any time");
MODULE_LICENSE("GPL");

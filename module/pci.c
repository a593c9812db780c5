// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices and drivers coming and going, and the driver "procirq-pci".
 *
 * A driver that is unbound frees its device's MSI vectors, with our handler on
 * them or not. So readers of MSI vectors are revoked before its remove() runs.
 *
 * procirq-pci is for devices whose driver is in user space: it enables the
 * device and allocates its vectors, so that each shows up as /proc/irq/N/irq.
 */
#include <linux/moduleparam.h>
#include <linux/msi.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "internal.h"

static const struct {
	const char *name;
	unsigned int flags;
} pci_irq_kinds[] = {
	{ "auto", PCI_IRQ_MSIX | PCI_IRQ_MSI },
	{ "msix", PCI_IRQ_MSIX },
	{ "msi", PCI_IRQ_MSI },
	{ "intx", 0 },
};

static unsigned int pci_irq;

static int pci_irq_set(const char *value, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pci_irq_kinds); i++) {
		if (sysfs_streq(value, pci_irq_kinds[i].name)) {
			WRITE_ONCE(pci_irq, i);
			return 0;
		}
	}
	return -EINVAL;
}

static int pci_irq_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", pci_irq_kinds[READ_ONCE(pci_irq)].name);
}

static const struct kernel_param_ops pci_irq_ops = {
	.set = pci_irq_set,
	.get = pci_irq_get,
};
module_param_cb(pci_irq, &pci_irq_ops, NULL, 0644);
MODULE_PARM_DESC(pci_irq, "what procirq-pci allocates when it binds: auto, msix, msi or intx");

static unsigned int pci_vectors = 32;
module_param(pci_vectors, uint, 0644);
MODULE_PARM_DESC(pci_vectors, "most MSI or MSI-X vectors that procirq-pci allocates for a device");

/* UNBIND comes with the device's lock held, before the driver's remove(). */
static int pci_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	switch (event) {
	case BUS_NOTIFY_UNBIND_DRIVER:
		lines_revoke_device(dev, NULL);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		lines_revoke_device(dev, to_pci_dev(dev));
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pci_notifier = {
	.notifier_call = pci_event,
};

static int procirq_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	unsigned int wanted = READ_ONCE(pci_irq);
	unsigned int kind = pci_irq_kinds[wanted].flags;
	bool intx = !kind || kind == pci_irq_kinds[0].flags;
	int vectors = -ENOSPC;
	int err;
	int i;

	err = pci_enable_device(pdev);
	if (err)
		return err;

	if (kind)
		vectors = pci_alloc_irq_vectors(pdev, 1, max(READ_ONCE(pci_vectors), 1U), kind);
	if (vectors > 0) {
		/* MSI writes are bus master writes. */
		pci_set_master(pdev);
	} else if (intx && pdev->irq && pdev->pin) {
		vectors = 1;
	} else {
		pci_err(pdev, "no interrupt of kind \"%s\"\n", pci_irq_kinds[wanted].name);
		err = vectors;
		goto out_disable;
	}

	for (i = 0; i < vectors; i++) {
		err = lines_touch(pci_irq_vector(pdev, i));
		if (err && err != -EBUSY)
			goto out_free_vectors;
	}
	return 0;

out_free_vectors:
	pci_free_irq_vectors(pdev);
out_disable:
	pci_clear_master(pdev);
	pci_disable_device(pdev);
	return err;
}

/* Readers of its vectors were revoked before this: BUS_NOTIFY_UNBIND_DRIVER. */
static void procirq_pci_remove(struct pci_dev *pdev)
{
	pci_clear_master(pdev);
	pci_free_irq_vectors(pdev);
	pci_disable_device(pdev);
}

/* No ids: a device gets this driver through its driver_override. */
static const struct pci_device_id procirq_pci_ids[] = {
	{ }
};

static struct pci_driver procirq_pci_driver = {
	.name = "procirq-pci",
	.id_table = procirq_pci_ids,
	.probe = procirq_pci_probe,
	.remove = procirq_pci_remove,
};

/**
 * pci_init() - follow PCI devices, and offer procirq-pci
 *
 * Return: 0 or the error of registering.
 */
int pci_init(void)
{
	int err;

	err = bus_register_notifier(&pci_bus_type, &pci_notifier);
	if (err)
		return err;
	err = pci_register_driver(&procirq_pci_driver);
	if (err)
		bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	return err;
}

/* Undoes pci_init(); devices bound to procirq-pci lose their vectors. */
void pci_exit(void)
{
	pci_unregister_driver(&procirq_pci_driver);
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
}

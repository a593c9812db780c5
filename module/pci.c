// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices and drivers coming and going, and the driver "procirq-pci".
 *
 * A driver that is unbound frees its device's MSI vectors, even if our handler is
 * attached to them. So the readers of MSI vectors are revoked before its remove()
 * is called.
 *
 * procirq-pci is for devices whose driver is in user space: it enables the device
 * and allocates its vectors, so that each has a /proc/irq/N/irq.
 */
#include <linux/msi.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"

static ssize_t irqs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct procirq_pci_bound *bound = dev_get_drvdata(dev);
	ssize_t len = 0;
	unsigned int i;

	for (i = 0; i < bound->nr_vectors; i++)
		len += sysfs_emit_at(buf, len, "%u %u\n", i, bound->irqs[i]);
	return len;
}
static DEVICE_ATTR_RO(irqs);

static ssize_t kind_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct pci_dev *pdev = to_pci_dev(dev);

	return sysfs_emit(buf, "%s\n",
			  pdev->msix_enabled ? "msix" :
			  pdev->msi_enabled  ? "msi" :
					       "intx");
}
static DEVICE_ATTR_RO(kind);

/* procirq/irqs: a row "VECTOR IRQ" for each vector; procirq/kind: msix, msi or intx. */
static struct attribute *procirq_pci_attrs[] = {
	&dev_attr_irqs.attr,
	&dev_attr_kind.attr,
	NULL,
};

static const struct attribute_group procirq_pci_group = {
	.name = "procirq",
	.attrs = procirq_pci_attrs,
};
__ATTRIBUTE_GROUPS(procirq_pci);

/*
 * A driver is about to be bound. The PCI core has forgotten the device's power state when it
 * had none, and finds it out when it is enabled, which it is already if a reader keeps it so.
 * The driver would get no MSI.
 */
static void pci_note_bind(struct pci_dev *pdev)
{
	if (pci_is_enabled(pdev) && pdev->current_state == PCI_UNKNOWN)
		pci_set_power_state(pdev, PCI_D0);
}

/*
 * Called for UNBIND with the device's lock held, before the driver's remove(); for BIND with
 * that lock, before its probe().
 */
static int pci_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	switch (event) {
	case BUS_NOTIFY_BIND_DRIVER:
		pci_note_bind(to_pci_dev(dev));
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		procirq_registry_revoke_device(dev, NULL);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
		procirq_registry_driver_gone(to_pci_dev(dev));
		break;
	case BUS_NOTIFY_ADD_DEVICE:
		procirq_pci_note_added(to_pci_dev(dev));
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		/* First, so that no action is missed: see procirq_line_set_device(). */
		procirq_pci_note_deleted(to_pci_dev(dev));
		procirq_registry_revoke_device(dev, to_pci_dev(dev));
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pci_notifier = {
	.notifier_call = pci_event,
};

static int procirq_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct procirq_pci_choice choice = procirq_pci_choose(pdev);
	struct procirq_pci_bound *bound;
	int vectors = -ENOSPC;
	int err;
	int i, n;

	err = pci_enable_device(pdev);
	if (err)
		return err;

	if (choice.flags)
		vectors = pci_alloc_irq_vectors(pdev, 1, choice.vectors, choice.flags);
	if (vectors <= 0 && choice.intx && pdev->irq && pdev->pin)
		vectors = 1;
	if (vectors <= 0) {
		pci_err(pdev, "no interrupt of kind \"%s\"\n", choice.name);
		err = vectors;
		goto out_disable;
	}

	bound = kzalloc(struct_size(bound, irqs, vectors), GFP_KERNEL);
	err = -ENOMEM;
	if (!bound)
		goto out_free_vectors;
	bound->pdev = pdev;
	bound->nr_vectors = vectors;
	for (i = 0; i < vectors; i++)
		bound->irqs[i] = pci_irq_vector(pdev, i);
	pci_set_drvdata(pdev, bound);
	/* Before the files: the handler of the first to open one is counted. */
	procirq_pci_add_bound(bound);
	for (i = 0; i < vectors; i++) {
		err = procirq_registry_own(bound->irqs[i]);
		if (err)
			goto out_disown;
	}
	for (n = 0; n < vectors; n++) {
		err = procirq_devfile_add(&pdev->dev, n, bound->irqs[n], NULL);
		if (err)
			goto out_disown;
	}
	return 0;

out_disown:
	procirq_devfile_remove_all(&pdev->dev);
	while (i--)
		procirq_registry_disown(bound->irqs[i], NULL);
	procirq_pci_remove_bound(bound);
	kfree(bound);
	pci_clear_master(pdev);
out_free_vectors:
	pci_free_irq_vectors(pdev);
out_disable:
	pci_disable_device(pdev);
	return err;
}

/* Readers of the vectors have been revoked before this: BUS_NOTIFY_UNBIND_DRIVER. */
static void procirq_pci_remove(struct pci_dev *pdev)
{
	struct procirq_pci_bound *bound = pci_get_drvdata(pdev);
	unsigned int i;

	procirq_devfile_remove_all(&pdev->dev);
	for (i = 0; i < bound->nr_vectors; i++)
		procirq_registry_disown(bound->irqs[i], NULL);
	procirq_pci_remove_bound(bound);
	kfree(bound);
	pci_clear_master(pdev);
	pci_free_irq_vectors(pdev);
	pci_disable_device(pdev);
}

/* No ids: devices are bound to this driver through driver_override. */
static const struct pci_device_id procirq_pci_ids[] = { {} };

static struct pci_driver procirq_pci_driver = {
	.name = "procirq-pci",
	.id_table = procirq_pci_ids,
	.probe = procirq_pci_probe,
	.remove = procirq_pci_remove,
	.groups = procirq_pci_driver_groups,
	.dev_groups = procirq_pci_groups,
};

/**
 * procirq_pci_init() - watch PCI devices, and register procirq-pci
 *
 * Return: 0, or the error of registering.
 */
int procirq_pci_init(void)
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

/* Undoes procirq_pci_init(); devices bound to procirq-pci lose their vectors. */
void procirq_pci_exit(void)
{
	pci_unregister_driver(&procirq_pci_driver);
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
	procirq_pci_forget_deleted();
}

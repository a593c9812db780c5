// SPDX-License-Identifier: GPL-2.0-only
/*
 * vectors.ko: a PCI driver that frees and allocates its MSI vector while it is bound,
 * as drivers do that reset their device or change its number of queues. It does so on
 * each write to its parameter "again".
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

static struct pci_dev *vectors_pdev;
static DEFINE_MUTEX(vectors_mutex);

static irqreturn_t vectors_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static int vectors_alloc(struct pci_dev *pdev)
{
	int nr = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);

	if (nr < 0)
		return nr;
	/* Requested once, so that /proc/irq/N exists, and freed for others. */
	if (!request_irq(pci_irq_vector(pdev, 0), vectors_handler, 0, "vectors", pdev))
		free_irq(pci_irq_vector(pdev, 0), pdev);
	return 0;
}

static int vectors_again(const char *value, const struct kernel_param *kp)
{
	int err = -ENODEV;

	mutex_lock(&vectors_mutex);
	if (vectors_pdev) {
		pci_free_irq_vectors(vectors_pdev);
		err = vectors_alloc(vectors_pdev);
	}
	mutex_unlock(&vectors_mutex);
	return err;
}

static const struct kernel_param_ops vectors_ops = { .set = vectors_again };
module_param_cb(again, &vectors_ops, NULL, 0200);
MODULE_PARM_DESC(again, "free the bound device's vector and allocate it again");

static int vectors_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pci_enable_device(pdev);

	if (err)
		return err;
	pci_set_master(pdev);
	err = vectors_alloc(pdev);
	if (err) {
		pci_disable_device(pdev);
		return err;
	}
	mutex_lock(&vectors_mutex);
	vectors_pdev = pdev;
	mutex_unlock(&vectors_mutex);
	return 0;
}

static void vectors_remove(struct pci_dev *pdev)
{
	mutex_lock(&vectors_mutex);
	vectors_pdev = NULL;
	mutex_unlock(&vectors_mutex);
	pci_free_irq_vectors(pdev);
	pci_disable_device(pdev);
}

/* Bound through driver_override. */
static const struct pci_device_id vectors_ids[] = { {} };

static struct pci_driver vectors_driver = {
	.name = "vectors",
	.id_table = vectors_ids,
	.probe = vectors_probe,
	.remove = vectors_remove,
};

module_pci_driver(vectors_driver);
MODULE_DESCRIPTION("A driver that changes its MSI vectors while bound, for tests");
MODULE_LICENSE("GPL");

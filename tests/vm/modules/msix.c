// SPDX-License-Identifier: GPL-2.0-only
/*
 * msix.ko: a PCI driver that frees and allocates a single MSI-X vector while it is bound,
 * with pci_msix_free_irq() and pci_msix_alloc_irq_at() (since 6.2), on each write to its
 * parameter "again".
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/pci.h>

#ifdef MSI_ANY_INDEX
static struct pci_dev *msix_pdev;
static struct msi_map msix_map;
static DEFINE_MUTEX(msix_mutex);

static unsigned int irq;
module_param(irq, uint, 0444);
MODULE_PARM_DESC(irq, "the vector");

static unsigned int deactivated;
module_param(deactivated, uint, 0444);
MODULE_PARM_DESC(deactivated, "times that the vector was deactivated");

static unsigned int in_use;
module_param(in_use, uint, 0444);
MODULE_PARM_DESC(in_use, "of them, with a handler attached");

static int msix_deactivate(struct kprobe *probe, struct pt_regs *regs)
{
	struct irq_data *data = (void *)regs_get_kernel_argument(regs, 0);

	if (data && data->irq == READ_ONCE(irq)) {
		deactivated++;
		in_use += !!irq_data_to_desc(data)->action;
	}
	return 0;
}

static struct kprobe msix_probe_deactivate = {
	.symbol_name = "irq_domain_deactivate_irq",
	.pre_handler = msix_deactivate,
};

static irqreturn_t msix_handler(int number, void *data)
{
	return IRQ_NONE;
}

static int msix_alloc(struct pci_dev *pdev)
{
	msix_map = pci_msix_alloc_irq_at(pdev, 1, NULL);
	if (msix_map.index < 0)
		return msix_map.index;
	WRITE_ONCE(irq, msix_map.virq);
	/* Requested once, so that /proc/irq/N exists, and freed for others. */
	if (!request_irq(irq, msix_handler, 0, "msix", pdev))
		free_irq(irq, pdev);
	deactivated = 0;
	in_use = 0;
	return 0;
}

static int msix_again(const char *value, const struct kernel_param *kp)
{
	int err = -ENODEV;

	mutex_lock(&msix_mutex);
	if (msix_pdev) {
		pci_msix_free_irq(msix_pdev, msix_map);
		pr_info("irq %u: deactivated %u times, %u of them in use\n", irq, deactivated,
			in_use);
		err = in_use ? -EBUSY : msix_alloc(msix_pdev);
		if (err)
			msix_pdev = NULL;
	}
	mutex_unlock(&msix_mutex);
	return err;
}

static const struct kernel_param_ops msix_ops = { .set = msix_again };
module_param_cb(again, &msix_ops, NULL, 0200);
MODULE_PARM_DESC(again, "free the vector and allocate it again; EBUSY: a handler was attached");

static int msix_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pci_enable_device(pdev);

	if (err)
		return err;
	pci_set_master(pdev);
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (err > 0)
		err = pci_msix_can_alloc_dyn(pdev) ? msix_alloc(pdev) : -EOPNOTSUPP;
	if (err) {
		pci_free_irq_vectors(pdev);
		pci_disable_device(pdev);
		return err;
	}
	mutex_lock(&msix_mutex);
	msix_pdev = pdev;
	mutex_unlock(&msix_mutex);
	return 0;
}

static void msix_remove(struct pci_dev *pdev)
{
	mutex_lock(&msix_mutex);
	msix_pdev = NULL;
	mutex_unlock(&msix_mutex);
	pci_free_irq_vectors(pdev);
	pci_disable_device(pdev);
}

/* Bound through driver_override. */
static const struct pci_device_id msix_ids[] = { {} };

static struct pci_driver msix_driver = {
	.name = "msix",
	.id_table = msix_ids,
	.probe = msix_probe,
	.remove = msix_remove,
};

static int __init msix_init(void)
{
	int err = register_kprobe(&msix_probe_deactivate);

	if (err)
		return err;
	err = pci_register_driver(&msix_driver);
	if (err)
		unregister_kprobe(&msix_probe_deactivate);
	return err;
}

static void __exit msix_exit(void)
{
	pci_unregister_driver(&msix_driver);
	unregister_kprobe(&msix_probe_deactivate);
}
#else
static int __init msix_init(void)
{
	return -EOPNOTSUPP;
}

static void __exit msix_exit(void)
{
}
#endif

module_init(msix_init);
module_exit(msix_exit);
MODULE_DESCRIPTION("A driver that frees a single MSI-X vector while bound, for tests");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * eduirq.ko: a kernel driver of edu devices that shares their lines. It acknowledges
 * its devices' interrupts and counts them. Bind it through driver_override; the count
 * of all is a module parameter.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define EDU_STATUS 0x24
#define EDU_ACK	   0x64

static unsigned long handled;
module_param(handled, ulong, 0444);
MODULE_PARM_DESC(handled, "interrupts of its devices so far");

static irqreturn_t eduirq_handler(int irq, void *data)
{
	void __iomem *edu = data;
	u32 status = ioread32(edu + EDU_STATUS);

	if (!status)
		return IRQ_NONE;
	/* Counted first: a test that sees the status cleared also sees the count. */
	WRITE_ONCE(handled, handled + 1);
	iowrite32(status, edu + EDU_ACK);
	return IRQ_HANDLED;
}

static int eduirq_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pci_enable_device(pdev);
	void __iomem *edu;

	if (err)
		return err;
	edu = pci_iomap(pdev, 0, 0);
	if (!edu) {
		err = -ENOMEM;
		goto out_disable;
	}
	err = request_irq(pdev->irq, eduirq_handler, IRQF_SHARED, "eduirq", edu);
	if (!err) {
		pci_set_drvdata(pdev, edu);
		return 0;
	}
	pci_iounmap(pdev, edu);
out_disable:
	pci_disable_device(pdev);
	return err;
}

static void eduirq_remove(struct pci_dev *pdev)
{
	void __iomem *edu = pci_get_drvdata(pdev);

	free_irq(pdev->irq, edu);
	pci_iounmap(pdev, edu);
	pci_disable_device(pdev);
}

static const struct pci_device_id eduirq_ids[] = { {} };

static struct pci_driver eduirq_driver = {
	.name = "eduirq",
	.id_table = eduirq_ids,
	.probe = eduirq_probe,
	.remove = eduirq_remove,
};
module_pci_driver(eduirq_driver);
MODULE_DESCRIPTION("Kernel driver of the edu device, to share a line with");
MODULE_LICENSE("GPL");

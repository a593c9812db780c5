// SPDX-License-Identifier: GPL-2.0-only
/*
 * busmaster.ko: a PCI driver that makes its device a bus master and leaves it to
 * pci_disable_device() to end that, as most drivers do.
 *
 * The driver's name is a parameter: it can take the name of another. With "wait", its
 * remove() waits until something is written to "leave", as drivers wait that have given
 * files to programs; before or after it disables the device.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *name = "busmaster";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "name of the driver");

static char *wait = "";
module_param(wait, charp, 0444);
MODULE_PARM_DESC(wait, "remove() waits: before it disables the device, after that, or not at all");

static DECLARE_COMPLETION(busmaster_leave);

static int busmaster_leave_set(const char *value, const struct kernel_param *kp)
{
	complete(&busmaster_leave);
	return 0;
}

static const struct kernel_param_ops busmaster_leave_ops = { .set = busmaster_leave_set };
module_param_cb(leave, &busmaster_leave_ops, NULL, 0200);
MODULE_PARM_DESC(leave, "let remove() go on");

static irqreturn_t busmaster_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static int busmaster_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pci_enable_device(pdev);

	if (err)
		return err;
	pci_set_master(pdev);
	/* Requested once: that makes /proc/irq/N. */
	if (!request_irq(pdev->irq, busmaster_handler, IRQF_SHARED, "busmaster", pdev))
		free_irq(pdev->irq, pdev);
	return 0;
}

static void busmaster_remove(struct pci_dev *pdev)
{
	if (!strcmp(wait, "before"))
		wait_for_completion(&busmaster_leave);
	pci_disable_device(pdev);
	if (!strcmp(wait, "after"))
		wait_for_completion(&busmaster_leave);
}

static const struct pci_device_id busmaster_ids[] = { {} };

static struct pci_driver busmaster_driver = {
	.id_table = busmaster_ids,
	.probe = busmaster_probe,
	.remove = busmaster_remove,
};

static int __init busmaster_init(void)
{
	busmaster_driver.name = name;
	return pci_register_driver(&busmaster_driver);
}

static void __exit busmaster_exit(void)
{
	pci_unregister_driver(&busmaster_driver);
}

module_init(busmaster_init);
module_exit(busmaster_exit);
MODULE_DESCRIPTION("A bus master's driver, to see what is left when it goes");
MODULE_LICENSE("GPL");

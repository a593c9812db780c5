// SPDX-License-Identifier: GPL-2.0
/*
 * busmaster.ko: a PCI driver that makes its device a bus master and leaves it to
 * pci_disable_device() to end that, as most drivers do.
 *
 * The driver's name is a parameter: it can take the name of another.
 */
#include <linux/module.h>
#include <linux/pci.h>

static char *name = "busmaster";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "name of the driver");

static int busmaster_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err = pci_enable_device(pdev);

	if (!err)
		pci_set_master(pdev);
	return err;
}

static void busmaster_remove(struct pci_dev *pdev)
{
	pci_disable_device(pdev);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping the PCI function behind an INTx line enabled.
 *
 * A driver that is unbound disables its device, which frees the descriptor of
 * its INTx line, with our handler on it or not, unless somebody else keeps a
 * function on that line enabled: so we do.
 */
#include <linux/pci.h>

#include "internal.h"

static bool pci_uses_intx(const struct pci_dev *pdev)
{
	return pdev->pin && !pdev->msi_enabled && !pdev->msix_enabled;
}

static struct pci_dev *pci_pin_one(unsigned int irq, bool bridge)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (pdev->irq != irq || !pci_uses_intx(pdev) || pci_is_bridge(pdev) != bridge)
			continue;
		/*
		 * What pci_enable_device() does to an enabled device. Enabling one
		 * here could free or allocate descriptors, under our locks.
		 */
		if (atomic_inc_not_zero(&pdev->enable_cnt))
			return pdev; /* with for_each_pci_dev()'s reference */
	}
	return NULL;
}

/**
 * procirq_pci_pin() - keep the PCI function behind an INTx line enabled
 * @irq: Linux interrupt number of the line
 *
 * A bridge is enabled for what is behind it, and often on the same line: rather
 * not that, for when the device is pulled out the bridge stays.
 *
 * Return: the function, for procirq_pci_unpin(), or NULL if no enabled function uses
 * the line.
 */
struct pci_dev *procirq_pci_pin(unsigned int irq)
{
	return pci_pin_one(irq, false) ?: pci_pin_one(irq, true);
}

/**
 * procirq_pci_pin_function() - keep a function enabled that interrupts on a line
 * @pdev: the function; on success the caller's reference goes with the pin
 * @irq: Linux interrupt number of the line
 * @msi_dev: the device whose MSI vector the line is; NULL if it is none
 *
 * Return: 0; -EXDEV if its interrupt is another, -ENETDOWN if it is not enabled.
 */
int procirq_pci_pin_function(struct pci_dev *pdev, unsigned int irq, const struct device *msi_dev)
{
	if (msi_dev ? msi_dev != &pdev->dev : pdev->irq != irq || !pci_uses_intx(pdev))
		return -EXDEV;
	return atomic_inc_not_zero(&pdev->enable_cnt) ? 0 : -ENETDOWN;
}

/**
 * procirq_pci_unpin() - undo procirq_pci_pin() or procirq_pci_pin_function()
 * @pdev: the function; NULL is fine
 *
 * Context: may sleep, takes the function's lock, and may free the line's
 * descriptor.
 */
void procirq_pci_unpin(struct pci_dev *pdev)
{
	if (!pdev)
		return;
	/*
	 * Drivers enable and disable the device under its lock, so we do too:
	 * one that enables it while we, the last, are disabling it would take
	 * the interrupt that we are about to free.
	 *
	 * pci_disable_device() also tells a driver that used pcim_enable_device()
	 * that it need not disable the device any more: not for us to say as long
	 * as anybody else keeps it enabled.
	 */
	device_lock(&pdev->dev);
	if (!atomic_add_unless(&pdev->enable_cnt, -1, 1))
		pci_disable_device(pdev);
	device_unlock(&pdev->dev);
	pci_dev_put(pdev);
}

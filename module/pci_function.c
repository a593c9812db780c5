// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping the PCI function behind an INTx line enabled.
 *
 * A driver that is unbound disables its device, which frees the descriptor of
 * its INTx line, with our handler on it or not, unless somebody else keeps a
 * function on that line enabled: so we do.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "internal.h"

static bool pci_uses_msi(const struct pci_dev *pdev)
{
	return pdev->msi_enabled || pdev->msix_enabled;
}

static bool pci_uses_intx(const struct pci_dev *pdev)
{
	return pdev->pin && !pci_uses_msi(pdev);
}

static struct pci_dev *pci_get_enabled_one(unsigned int irq, bool bridge)
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
 * procirq_pci_get_enabled() - keep the PCI function behind an INTx line enabled
 * @irq: Linux interrupt number of the line
 *
 * A bridge is enabled for what is behind it, and often on the same line: rather
 * not that, for when the device is pulled out the bridge stays.
 *
 * Return: the function, for procirq_pci_put_enabled(), or NULL if no enabled function uses
 * the line.
 */
struct pci_dev *procirq_pci_get_enabled(unsigned int irq)
{
	return pci_get_enabled_one(irq, false) ?: pci_get_enabled_one(irq, true);
}

/**
 * procirq_pci_get_enabled_function() - keep a function enabled that interrupts on a line
 * @pdev: the function; on success the caller's reference goes with the pin
 * @irq: Linux interrupt number of the line
 * @msi_dev: the device whose MSI vector the line is; NULL if it is none
 *
 * Return: 0; -EXDEV if its interrupt is another, -ENETDOWN if it is not enabled.
 */
int procirq_pci_get_enabled_function(struct pci_dev *pdev, unsigned int irq,
				     const struct device *msi_dev)
{
	if (msi_dev ? msi_dev != &pdev->dev : pdev->irq != irq || !pci_uses_intx(pdev))
		return -EXDEV;
	return atomic_inc_not_zero(&pdev->enable_cnt) ? 0 : -ENETDOWN;
}

/**
 * procirq_pci_put_enabled() - undo procirq_pci_get_enabled() or procirq_pci_get_enabled_function()
 * @pdev: the function; NULL is fine
 *
 * Context: may sleep, takes the function's lock, and may free the line's
 * descriptor.
 */
void procirq_pci_put_enabled(struct pci_dev *pdev)
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

static LIST_HEAD(pci_bounds); /* struct procirq_pci_bound */
static DEFINE_MUTEX(pci_bounds_mutex);

static bool pci_bound_has(const struct procirq_pci_bound *bound, unsigned int irq)
{
	unsigned int i;

	for (i = 0; i < bound->nr_vectors; i++)
		if (bound->irqs[i] == irq)
			return true;
	return false;
}

/**
 * procirq_pci_count_handler() - a handler of ours was added to an interrupt, or is removed
 * @irq: the interrupt
 * @function: the function that the handler serves; NULL for all on the line
 * @added: whether it was added
 *
 * A function bound to procirq-pci must not write to memory while nobody listens to
 * it: its driver is gone. MSI is such writes, so a handler makes it a bus master.
 *
 * Context: may sleep; the line's mutex held.
 */
void procirq_pci_count_handler(unsigned int irq, const struct pci_dev *function, bool added)
{
	struct procirq_pci_bound *bound;

	mutex_lock(&pci_bounds_mutex);
	list_for_each_entry(bound, &pci_bounds, node) {
		if (function ? bound->pdev != function : !pci_bound_has(bound, irq))
			continue;
		/* The handler may be older than the bound. */
		if (!added && !bound->nr_handlers)
			continue;
		bound->nr_handlers += added ? 1 : -1;
		if (!bound->nr_handlers)
			pci_clear_master(bound->pdev);
		else if (added && pci_uses_msi(bound->pdev))
			pci_set_master(bound->pdev);
	}
	mutex_unlock(&pci_bounds_mutex);
}

/* A function was bound to procirq-pci: handlers that are added to it are counted. */
void procirq_pci_add_bound(struct procirq_pci_bound *bound)
{
	mutex_lock(&pci_bounds_mutex);
	list_add_tail(&bound->node, &pci_bounds);
	mutex_unlock(&pci_bounds_mutex);
}

/* Undoes procirq_pci_add_bound(). */
void procirq_pci_remove_bound(struct procirq_pci_bound *bound)
{
	mutex_lock(&pci_bounds_mutex);
	list_del(&bound->node);
	mutex_unlock(&pci_bounds_mutex);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PCI functions behind lines: keeping them enabled, and bus mastering of those
 * that are bound to procirq-pci.
 *
 * A driver that is unbound disables its device. That frees the descriptor of its
 * INTx line, even if our handler is attached, unless another user keeps a function
 * on the line enabled. So we keep one enabled while a handler is attached.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

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
		 * This is what pci_enable_device() does to an enabled device. To
		 * enable a disabled one could free or allocate descriptors, which
		 * must not happen with our locks held.
		 */
		if (atomic_inc_not_zero(&pdev->enable_cnt))
			return pdev; /* with the reference of for_each_pci_dev() */
	}
	return NULL;
}

/**
 * procirq_pci_get_enabled() - keep the PCI function behind an INTx line enabled
 * @irq: Linux interrupt number of the line
 *
 * A bridge is often on the line of a device behind it, and stays when the device is
 * pulled out. So a bridge is the second choice.
 *
 * Return: the function, for procirq_pci_put_enabled(), or NULL if no enabled
 * function uses the line.
 */
struct pci_dev *procirq_pci_get_enabled(unsigned int irq)
{
	return pci_get_enabled_one(irq, false) ?: pci_get_enabled_one(irq, true);
}

/**
 * procirq_pci_get_enabled_function() - keep a function enabled that interrupts on a line
 * @pdev: the function; on success procirq_pci_put_enabled() drops the caller's reference
 * @irq: Linux interrupt number of the line
 * @msi_dev: the device whose MSI vector the line is; NULL for an INTx line
 *
 * Return: 0, -EXDEV if it interrupts on another line, -ENETDOWN if it is not enabled.
 */
int procirq_pci_get_enabled_function(struct pci_dev *pdev, unsigned int irq,
				     const struct device *msi_dev)
{
	if (msi_dev ? msi_dev != &pdev->dev : pdev->irq != irq || !pci_uses_intx(pdev))
		return -EXDEV;
	return atomic_inc_not_zero(&pdev->enable_cnt) ? 0 : -ENETDOWN;
}

/**
 * struct pci_late_put - a function to be put when its device lock is free
 * @work: takes the lock
 * @pdev: the function; with the reference and the enable count of its user
 */
struct pci_late_put {
	struct work_struct work;
	struct pci_dev *pdev;
};

/* Runs struct pci_late_put. Unbound and wide: one that waits for a lock delays no other. */
static struct workqueue_struct *pci_late_puts;

/*
 * Drivers enable and disable the device with its lock held, and so does this. Without it,
 * a driver could enable the device while we disable it as the last user, and use the
 * interrupt that we are about to free.
 *
 * pci_disable_device() also takes the duty to disable the device from a driver that used
 * pcim_enable_device(). So it is called as the last user only.
 */
static void pci_put_locked(struct pci_dev *pdev)
{
	if (!atomic_add_unless(&pdev->enable_cnt, -1, 1))
		pci_disable_device(pdev);
}

static void pci_put_late(struct work_struct *work)
{
	struct pci_late_put *late = container_of(work, struct pci_late_put, work);

	device_lock(&late->pdev->dev);
	pci_put_locked(late->pdev);
	device_unlock(&late->pdev->dev);
	pci_dev_put(late->pdev);
	kfree(late);
}

/**
 * procirq_pci_put_enabled() - let a function be disabled that was kept enabled
 * @pdev: the function; NULL is allowed
 *
 * A program that closes a file calls this, and the holder of the function's device lock
 * may be waiting for that program: a driver's remove() that has given it other files, as
 * vfio's. So this does not wait for the lock. If somebody has it, work does the rest when
 * it is free: until then the function stays enabled, and its interrupt keeps its file.
 *
 * Context: may sleep; may take the function's device lock, and may free the line's
 * descriptor. None of our locks is held.
 */
void procirq_pci_put_enabled(struct pci_dev *pdev)
{
	struct pci_late_put *late;

	if (!pdev)
		return;
	if (atomic_add_unless(&pdev->enable_cnt, -1, 1)) {
		pci_dev_put(pdev);
		return;
	}
	if (device_trylock(&pdev->dev)) {
		pci_put_locked(pdev);
		device_unlock(&pdev->dev);
		pci_dev_put(pdev);
		return;
	}
	/* A close cannot fail. */
	late = kmalloc(sizeof(*late), GFP_KERNEL | __GFP_NOFAIL);
	late->pdev = pdev;
	INIT_WORK(&late->work, pci_put_late);
	queue_work(pci_late_puts, &late->work);
}

/* Returns 0 or -ENOMEM. */
int procirq_pci_function_init(void)
{
	pci_late_puts = alloc_workqueue("procirq_pci", WQ_UNBOUND, 0);
	return pci_late_puts ? 0 : -ENOMEM;
}

/*
 * Nobody calls procirq_pci_put_enabled() any more. Waits until every function has been put,
 * and so for a driver's remove() that has the device lock of one.
 */
void procirq_pci_function_exit(void)
{
	destroy_workqueue(pci_late_puts);
}

static LIST_HEAD(pci_bounds); /* struct procirq_pci_bound; pci_bounds_mutex */
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
 * procirq_pci_count_handler() - count a handler of ours on functions bound to procirq-pci
 * @irq: the interrupt
 * @function: the function that the handler serves; NULL for all on the line
 * @added: the handler was attached; else it is about to be detached
 *
 * A function without a driver must not write to memory. So a function bound to
 * procirq-pci is no bus master while no handler is attached. An MSI is a write to
 * memory: a handler makes a function that uses them a bus master.
 *
 * Context: may sleep; line->mutex held.
 */
void procirq_pci_count_handler(unsigned int irq, const struct pci_dev *function, bool added)
{
	struct procirq_pci_bound *bound;

	mutex_lock(&pci_bounds_mutex);
	list_for_each_entry(bound, &pci_bounds, node) {
		if (function ? bound->pdev != function : !pci_bound_has(bound, irq))
			continue;
		/* The function may have been bound after the handler was attached. */
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

/* A function was bound to procirq-pci: count the handlers attached from now on. */
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

/* Whether an interrupt is one of a function that is bound to procirq-pci. */
bool procirq_pci_is_bound(unsigned int irq)
{
	struct procirq_pci_bound *bound;
	bool found = false;

	mutex_lock(&pci_bounds_mutex);
	list_for_each_entry(bound, &pci_bounds, node)
		found |= pci_bound_has(bound, irq);
	mutex_unlock(&pci_bounds_mutex);
	return found;
}

/*
 * Functions that have been deleted, by the address of their pci_dev: code that got a
 * reference before can still use one. An entry stays until a function is added at the
 * same address. The xarray's own lock guards it.
 */
static DEFINE_XARRAY(pci_deleted);

/* Records that the function is being deleted. May sleep. */
void procirq_pci_note_deleted(const struct pci_dev *pdev)
{
	xa_store(&pci_deleted, (unsigned long)pdev, xa_mk_value(1), GFP_KERNEL | __GFP_NOFAIL);
}

/* Records that a function is being added. May sleep. */
void procirq_pci_note_added(const struct pci_dev *pdev)
{
	xa_erase(&pci_deleted, (unsigned long)pdev);
}

/* Whether procirq_pci_note_deleted() was called. Caller has a reference. */
bool procirq_pci_is_deleted(const struct pci_dev *pdev)
{
	return xa_load(&pci_deleted, (unsigned long)pdev);
}

/* Frees the records, at module exit. */
void procirq_pci_forget_deleted(void)
{
	xa_destroy(&pci_deleted);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of the interrupts that have a /proc/irq/N/irq, and these files.
 *
 * A line is removed in this order: refuse new opens and give up the interrupt
 * (procirq_line_revoke()); remove the file, which waits for opens in progress;
 * remove the line from the registry. As long as the registry has the line,
 * nobody makes the file again.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/proc_fs.h>
#include <linux/xarray.h>

#include "compat.h"
#include "internal.h"

/* How often to look for a directory after its request_irq(), a millisecond apart. */
#define REGISTRY_PENDING_TRIES 100

/*
 * struct procirq_line, by interrupt number. Entries are added with registry_mutex
 * held and removed with registry_remove_mutex held.
 */
static DEFINE_XARRAY(registry);
static DEFINE_MUTEX(registry_mutex);
static DEFINE_MUTEX(registry_remove_mutex);
static bool registry_closed;  /* no more additions; registry_mutex */
static bool registry_watched; /* procirq_registry_remove() will be called in time */

/*
 * While procirq_registry_add_existing() runs, a descriptor may be halfway freed:
 * its directory is gone, but irq_get_irq_data() still finds it. Interrupts that
 * are removed in the meantime are noted here. All three: registry_mutex.
 */
static DEFINE_XARRAY(registry_gone);
static bool registry_adding_existing;
static bool registry_gone_overflow;

/*
 * Whether the interrupt is a vector that is deactivated, while our handler is attached to
 * it, without one of procdir's or pci's hooks being called before.
 */
static bool registry_is_unwatched(unsigned int irq)
{
	struct msi_desc *msi = irq_get_msi_desc(irq);

	return msi && !dev_is_pci(msi_desc_to_dev(msi));
}

/* With @pin, pins what provides the descriptor. */
static int registry_create(unsigned int irq, bool pin)
{
	struct irq_data *data = irq_get_irq_data(irq);
	struct procirq_line *line;
	struct irq_desc *desc;
	int err;

	lockdep_assert_held(&registry_mutex);
	if (registry_closed || !data)
		return -ENODEV;
	/* Timers, interrupts between CPUs: request_irq() warns that they are not for it. */
	if (irq_is_percpu_devid(irq))
		return -EOPNOTSUPP;
	desc = irq_data_to_desc(data);
	if (!desc->dir)
		return -ENOENT;
	if (registry_is_unwatched(irq))
		return -EOPNOTSUPP;
	line = procirq_line_alloc(irq);
	if (!line)
		return -ENOMEM;

	err = -ENODEV;
	if (pin) {
		if (!try_module_get(desc->owner))
			goto out_put_line;
		line->pinned = true;
		line->provider = desc->owner;
		line->provider_function = procirq_pci_get_enabled(irq);
	}
	err = xa_insert(&registry, irq, line, GFP_KERNEL);
	if (err)
		goto out_put_provider;
	line->pde = proc_create_data("irq", 0600, desc->dir, &procirq_file_proc_ops, line);
	if (line->pde)
		return 0;

	err = -ENOMEM;
	xa_erase(&registry, irq);
out_put_provider:
	procirq_pci_put_enabled(line->provider_function);
	module_put(line->provider);
out_put_line:
	procirq_line_put(line);
	return err;
}

/**
 * procirq_registry_set_watched() - say whether the directories are watched
 * @watched: procirq_registry_remove() is called before a directory goes
 */
void procirq_registry_set_watched(bool watched)
{
	WRITE_ONCE(registry_watched, watched);
}

/**
 * procirq_registry_add() - make the file in /proc/irq/@irq, unless it exists
 * @irq: an interrupt whose descriptor cannot go away during the call
 *
 * Context: may sleep.
 * Return: 0 if the file exists now; -ENOENT without a directory, -ENODEV
 * without a descriptor or while the module unloads, -EOPNOTSUPP for the MSI vector of
 * other than a PCI device and for an interrupt that each CPU has its own of, -ENOMEM.
 */
int procirq_registry_add(unsigned int irq)
{
	int err = 0;

	/* Every request_irq() of the system comes here: the usual case is quick. */
	if (xa_load(&registry, irq))
		return 0;
	mutex_lock(&registry_mutex);
	xa_erase(&registry_gone, irq);
	if (!xa_load(&registry, irq))
		err = registry_create(irq, false);
	mutex_unlock(&registry_mutex);
	return err;
}

/*
 * Waits until descriptors that are being freed are gone: genirq removes directory
 * and number under the mutex under which it allocates descriptors. It takes that mutex
 * also if it has no memory for one.
 */
static void registry_wait_for_frees(void)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	if (irq >= 0)
		irq_free_desc(irq);
}

/* Returns 0, -EAGAIN if an interrupt that is in use has no directory yet, or -ENOMEM. */
static int registry_create_existing(void)
{
	bool pending = false;
	unsigned int irq;
	int err;

	for (irq = 0; irq < irq_get_nr_irqs(); irq++) {
		mutex_lock(&registry_mutex);
		err = registry_gone_overflow ? -ENOMEM : 0;
		if (!err && !xa_load(&registry, irq) && !xa_load(&registry_gone, irq))
			err = registry_create(irq, false);
		mutex_unlock(&registry_mutex);
		if (err == -ENOMEM)
			return err;
		pending |= err == -ENOENT && irq_has_action(irq);
		cond_resched();
	}
	return pending ? -EAGAIN : 0;
}

/**
 * procirq_registry_add_existing() - make the files of all interrupts that have a directory
 *
 * Call it with procdir's hooks in place: they report the interrupts that come and
 * go during this call. They miss a request_irq() that had passed the hooked
 * function before, so this waits for its directory.
 * Context: may sleep.
 * Return: 0, or -ENOMEM: some of the files have been made.
 */
int procirq_registry_add_existing(void)
{
	int tries, err;

	mutex_lock(&registry_mutex);
	registry_adding_existing = true;
	mutex_unlock(&registry_mutex);

	registry_wait_for_frees();
	for (tries = 0; tries < REGISTRY_PENDING_TRIES; tries++) {
		err = registry_create_existing();
		if (err != -EAGAIN)
			break;
		usleep_range(1000, 2000);
	}

	mutex_lock(&registry_mutex);
	registry_adding_existing = false;
	mutex_unlock(&registry_mutex);
	xa_destroy(&registry_gone);
	return err == -ENOMEM ? err : 0;
}

/*
 * Makes /proc/irq/@irq, unless it exists. That takes a request of the interrupt, during which
 * nobody else can have it. Returns 0, or the error of request_irq(); -EBUSY if the interrupt
 * has an owner, and still no directory.
 */
static int registry_make_directory(unsigned int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);
	int tries, err = -EBUSY;

	if (!data)
		return -ENODEV;
	/* -EBUSY: another request is under way. genirq makes the directory at its end. */
	for (tries = 0; tries < REGISTRY_PENDING_TRIES && err == -EBUSY; tries++) {
		if (tries)
			usleep_range(1000, 2000);
		if (READ_ONCE(irq_data_to_desc(data)->dir))
			return 0;
		err = procirq_line_make_directory(irq);
	}
	return err;
}

/**
 * procirq_registry_add_pinned() - register an interrupt where directories are not watched
 * @irq: the interrupt; a directory is made for it if necessary
 *
 * The provider of the descriptor is pinned: the module that allocated it, or the PCI
 * function behind an INTx line. Nothing can pin an MSI vector, whose descriptor its
 * driver frees at any time: such interrupts are refused.
 * Context: may sleep.
 * Return: as procirq_registry_add(), -EEXIST, -EOPNOTSUPP for an MSI, or the error
 * of requesting the interrupt once.
 */
int procirq_registry_add_pinned(unsigned int irq)
{
	int err;

	if (irq_get_msi_desc(irq))
		return -EOPNOTSUPP;
	mutex_lock(&registry_mutex);
	err = xa_load(&registry, irq) ? -EEXIST : registry_create(irq, true);
	mutex_unlock(&registry_mutex);
	if (err != -ENOENT)
		return err;

	err = registry_make_directory(irq);
	if (err)
		return err;
	mutex_lock(&registry_mutex);
	err = registry_create(irq, true);
	mutex_unlock(&registry_mutex);
	/* There was no memory for the directory. */
	return err == -ENOENT ? -ENOMEM : err;
}

/*
 * Caller holds registry_remove_mutex. It is dropped to put the provider's function: that
 * may take the function's device lock, in which procirq_registry_revoke_device() takes the
 * mutex.
 */
static void registry_remove_line(struct procirq_line *line)
{
	struct pci_dev *function = line->provider_function;

	lockdep_assert_held(&registry_remove_mutex);
	procirq_line_revoke(line, true);
	/* The file itself, not its path: the path may be gone already. */
	proc_remove(line->pde);
	xa_erase(&registry, line->irq);
	module_put(line->provider);
	procirq_line_put(line);
	if (!function)
		return;
	mutex_unlock(&registry_remove_mutex);
	procirq_pci_put_enabled(function);
	mutex_lock(&registry_remove_mutex);
}

/**
 * procirq_registry_remove() - the directory /proc/irq/@irq is about to go
 * @irq: the interrupt
 *
 * Context: may sleep; genirq's sparse_irq_lock may be held.
 */
void procirq_registry_remove(unsigned int irq)
{
	struct procirq_line *line;

	mutex_lock(&registry_mutex);
	if (registry_adding_existing &&
	    xa_is_err(xa_store(&registry_gone, irq, xa_mk_value(1), GFP_KERNEL)))
		registry_gone_overflow = true;
	mutex_unlock(&registry_mutex);

	mutex_lock(&registry_remove_mutex);
	line = xa_load(&registry, irq);
	if (line)
		registry_remove_line(line);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_remove_all() - remove every file and allow no new one
 *
 * Context: may sleep.
 */
void procirq_registry_remove_all(void)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&registry_mutex);
	registry_closed = true;
	mutex_unlock(&registry_mutex);

	mutex_lock(&registry_remove_mutex);
	xa_for_each(&registry, irq, line)
		registry_remove_line(line);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_revoke() - give up an interrupt whose descriptor is about to go
 * @irq: the interrupt; its file refuses opens until procirq_registry_remove()
 *
 * Context: may sleep.
 */
void procirq_registry_revoke(unsigned int irq)
{
	struct procirq_line *line;

	mutex_lock(&registry_remove_mutex);
	line = xa_load(&registry, irq);
	if (line)
		procirq_line_revoke(line, true);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_revoke_msi() - a device's MSI vectors are about to be freed
 * @dev: the device; the files of its vectors refuse opens until they are removed
 *
 * Context: may sleep; the device's MSI descriptors are locked.
 */
void procirq_registry_revoke_msi(struct device *dev)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&registry_remove_mutex);
	xa_for_each(&registry, irq, line)
		if (line->msi_dev == dev)
			procirq_line_revoke(line, true);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_revoke_device() - a device, or its driver, is giving up its interrupts
 * @dev: the device; lines that are its MSI vectors are given up
 * @function: the PCI function that goes, whose INTx line is given up too; NULL if
 *	the device stays
 *
 * If the directories are watched, the files stay until these go, and may be opened
 * again if the interrupt stays.
 * Context: may sleep; the lock of a device whose driver is unbound is held.
 */
void procirq_registry_revoke_device(struct device *dev, struct pci_dev *function)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&registry_remove_mutex);
	xa_for_each(&registry, irq, line) {
		bool intx = function &&
			    (line->function == function || line->provider_function == function);

		if (function)
			procirq_line_revoke_device(line, function, NULL);
		if (line->msi_dev != dev && !intx)
			continue;
		if (READ_ONCE(registry_watched))
			procirq_line_revoke(line, false);
		else
			registry_remove_line(line);
	}
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_driver_gone() - a PCI function has lost its driver
 * @pdev: the function
 *
 * The driver's pci_disable_device() did nothing if a reader keeps the function
 * enabled. Then this ends bus mastering, which pci_disable_device() would have ended:
 * there is no driver any more that controls the function's DMA.
 * Context: may sleep; the function's device lock is held.
 */
void procirq_registry_driver_gone(struct pci_dev *pdev)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&registry_remove_mutex);
	xa_for_each(&registry, irq, line)
		if (line->provider_function == pdev || procirq_line_keeps_function(line, pdev))
			pci_clear_master(pdev);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_get() - get the line of an interrupt
 * @irq: the interrupt
 *
 * Context: may sleep.
 * Return: the line, for procirq_line_put(), or NULL if it has no file.
 */
struct procirq_line *procirq_registry_get(unsigned int irq)
{
	struct procirq_line *line;

	mutex_lock(&registry_remove_mutex);
	line = xa_load(&registry, irq);
	if (line)
		kref_get(&line->ref);
	mutex_unlock(&registry_remove_mutex);
	return line;
}

/**
 * procirq_registry_for_each() - call @fn for each line, in the order of their numbers
 * @fn: may take the line's mutex, and locks inside that
 * @m: passed to @fn
 *
 * Context: may sleep.
 */
void procirq_registry_for_each(void (*fn)(struct procirq_line *line, struct seq_file *m),
			       struct seq_file *m)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&registry_remove_mutex);
	xa_for_each(&registry, irq, line)
		fn(line, m);
	mutex_unlock(&registry_remove_mutex);
}

/**
 * procirq_registry_own() - a device that is bound to a driver of ours has an interrupt
 * @irq: the interrupt; its descriptor cannot go away until procirq_registry_disown()
 *
 * Makes /proc/irq/@irq and the file in it, also where the directories are not watched.
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EOPNOTSUPP as procirq_registry_add(), or the error of
 * request_irq().
 */
int procirq_registry_own(unsigned int irq)
{
	int err = registry_make_directory(irq);
	struct procirq_line *line;

	if (err && err != -EBUSY)
		return err;
	mutex_lock(&registry_remove_mutex);
	mutex_lock(&registry_mutex);
	/* procdir's hook has made it, if there is one. */
	err = xa_load(&registry, irq) ? 0 : registry_create(irq, false);
	mutex_unlock(&registry_mutex);
	line = xa_load(&registry, irq);
	if (line)
		line->nr_owners++;
	mutex_unlock(&registry_remove_mutex);
	return err == -ENOENT ? -ENOMEM : err;
}

/**
 * procirq_registry_disown() - undo procirq_registry_own()
 * @irq: the interrupt
 * @bound: the platform device that is unbound: its descriptors end, and so do other
 *	readers unless another device of ours has the interrupt too. NULL for a PCI
 *	function, whose readers have been revoked or may stay
 *
 * Where the directories are not watched, the last owner's file goes.
 * Context: may sleep.
 */
void procirq_registry_disown(unsigned int irq, const struct procirq_platform_bound *bound)
{
	struct procirq_line *line;

	mutex_lock(&registry_remove_mutex);
	line = xa_load(&registry, irq);
	if (!line)
		goto out_unlock;
	if (bound)
		procirq_line_revoke_device(line, NULL, bound);
	/* The file may be another one than the owner's: its vector is gone. */
	if (!line->nr_owners || --line->nr_owners)
		goto out_unlock;
	if (!READ_ONCE(registry_watched) && !line->pinned)
		registry_remove_line(line);
	else if (bound)
		procirq_line_revoke(line, false);
out_unlock:
	mutex_unlock(&registry_remove_mutex);
}

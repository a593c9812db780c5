// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which lines have a /proc/irq/N/irq: the files, and the register of them.
 *
 * Removal, in this order: refuse new opens and give up the interrupt
 * (procirq_line_revoke), remove the file, which waits for opens under way, then forget
 * the line. While the register still has it, nobody makes the file anew.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/proc_fs.h>
#include <linux/xarray.h>

#include "compat.h"
#include "internal.h"

/* How long from request_irq() to the directory: a millisecond each. */
#define LINES_PENDING_TRIES 100

static DEFINE_XARRAY(lines);	   /* struct procirq_line, by irq */
static DEFINE_MUTEX(lines_mutex);  /* additions, and what follows */
static DEFINE_MUTEX(remove_mutex); /* removals, whole; outside line->mutex */
static bool lines_closed;	   /* no more additions */
static bool lines_watched;	   /* procirq_lines_remove() will be called in time */

/*
 * While the lines that exist already are being added, a descriptor may be on
 * its way out: its directory is freed but irq_get_irq_data() still finds it.
 * Those that went meanwhile are noted here.
 */
static DEFINE_XARRAY(lines_gone);
static bool lines_adding_existing;
static bool lines_gone_overflow;

static int lines_create(unsigned int irq, bool keep)
{
	struct irq_data *data = irq_get_irq_data(irq);
	struct procirq_line *line;
	struct irq_desc *desc;
	int err;

	lockdep_assert_held(&lines_mutex);
	if (lines_closed || !data)
		return -ENODEV;
	desc = irq_data_to_desc(data);
	if (!desc->dir)
		return -ENOENT;
	line = procirq_line_alloc(irq);
	if (!line)
		return -ENOMEM;

	err = -ENODEV;
	if (keep) {
		if (!try_module_get(desc->owner))
			goto out_put_line;
		line->keeper = desc->owner;
		line->keeper_pci = procirq_pci_pin(irq);
	}
	err = xa_insert(&lines, irq, line, GFP_KERNEL);
	if (err)
		goto out_put_keepers;
	line->pde = proc_create_data("irq", 0600, desc->dir, &procirq_reader_proc_ops, line);
	if (!line->pde) {
		err = -ENOMEM;
		goto out_erase;
	}
	return 0;

out_erase:
	xa_erase(&lines, irq);
out_put_keepers:
	procirq_pci_unpin(line->keeper_pci);
	module_put(line->keeper);
out_put_line:
	procirq_line_put(line);
	return err;
}

/**
 * procirq_lines_set_watched() - say whether procirq_lines_remove() is called for each directory
 * @watched: it is, before the directory goes
 */
void procirq_lines_set_watched(bool watched)
{
	WRITE_ONCE(lines_watched, watched);
}

/**
 * procirq_lines_add() - make the file in /proc/irq/@irq, unless it is there
 * @irq: an interrupt whose descriptor cannot go away during the call
 *
 * Context: may sleep.
 * Return: 0 if the file exists now; -ENOENT without a directory, -ENODEV
 * without a descriptor or while the module unloads, -ENOMEM.
 */
int procirq_lines_add(unsigned int irq)
{
	int err = 0;

	/* Every request_irq() of the system comes here: the usual case is quick. */
	if (xa_load(&lines, irq))
		return 0;
	mutex_lock(&lines_mutex);
	xa_erase(&lines_gone, irq);
	if (!xa_load(&lines, irq))
		err = lines_create(irq, false);
	mutex_unlock(&lines_mutex);
	return err;
}

/*
 * Waits until whoever is freeing a descriptor has done so: genirq frees them, from
 * the directory to the number, under the mutex under which it allocates them.
 */
static void lines_wait_for_frees(void)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	if (irq >= 0)
		irq_free_desc(irq);
}

/* Returns whether an interrupt in use is about to get its directory. */
static bool lines_create_existing(void)
{
	bool pending = false;
	unsigned int irq;
	int err;

	for (irq = 0; irq < irq_get_nr_irqs(); irq++) {
		mutex_lock(&lines_mutex);
		err = 0;
		if (!xa_load(&lines, irq) && !xa_load(&lines_gone, irq) && !lines_gone_overflow)
			err = lines_create(irq, false);
		mutex_unlock(&lines_mutex);
		pending |= err == -ENOENT && irq_has_action(irq);
		cond_resched();
	}
	return pending;
}

/**
 * procirq_lines_add_existing() - make the files for all interrupts that have a directory
 *
 * Only with procdir's hooks in place, which tell of those that come and go
 * meanwhile; not of those that had passed the hook before it was there.
 * Context: may sleep.
 */
void procirq_lines_add_existing(void)
{
	int tries;

	mutex_lock(&lines_mutex);
	lines_adding_existing = true;
	mutex_unlock(&lines_mutex);

	lines_wait_for_frees();
	for (tries = 0; lines_create_existing() && tries < LINES_PENDING_TRIES; tries++)
		usleep_range(1000, 2000);

	mutex_lock(&lines_mutex);
	lines_adding_existing = false;
	if (lines_gone_overflow)
		pr_warn("out of memory; some interrupts have no file until they are requested again\n");
	mutex_unlock(&lines_mutex);
	xa_destroy(&lines_gone);
}

/**
 * procirq_lines_add_kept() - make one file without hooks on the directory's removal
 * @irq: the interrupt; a directory is made for it if need be
 *
 * What provides the descriptor is pinned while the file exists: the module that
 * allocated it, or the PCI function behind an INTx line. Nothing can pin an MSI
 * vector; its file goes when the device's driver is unbound.
 * Context: may sleep.
 * Return: as procirq_lines_add(), or the error of requesting the interrupt once.
 */
int procirq_lines_add_kept(unsigned int irq)
{
	int err;

	mutex_lock(&lines_mutex);
	err = xa_load(&lines, irq) ? -EEXIST : lines_create(irq, true);
	mutex_unlock(&lines_mutex);
	if (err != -ENOENT)
		return err;

	err = procirq_lines_touch(irq);
	if (err)
		return err;
	mutex_lock(&lines_mutex);
	err = lines_create(irq, true);
	mutex_unlock(&lines_mutex);
	return err;
}

/*
 * Returns the function to unpin outside remove_mutex: that takes the function's
 * lock, under which procirq_lines_revoke_device() may be waiting for remove_mutex.
 */
static struct pci_dev *lines_remove_locked(struct procirq_line *line)
{
	struct pci_dev *pin = line->keeper_pci;

	lockdep_assert_held(&remove_mutex);
	procirq_line_revoke(line, true);
	/* The file itself, not its path: the path may be gone already. */
	proc_remove(line->pde);
	xa_erase(&lines, line->irq);
	module_put(line->keeper);
	procirq_line_put(line);
	return pin;
}

/**
 * procirq_lines_remove() - the directory /proc/irq/@irq is about to go
 * @irq: the interrupt
 *
 * Context: may sleep; genirq's sparse_irq_lock may be held.
 */
void procirq_lines_remove(unsigned int irq)
{
	struct pci_dev *pin = NULL;
	struct procirq_line *line;

	mutex_lock(&lines_mutex);
	if (lines_adding_existing &&
	    xa_is_err(xa_store(&lines_gone, irq, xa_mk_value(1), GFP_KERNEL)))
		lines_gone_overflow = true;
	mutex_unlock(&lines_mutex);

	mutex_lock(&remove_mutex);
	line = xa_load(&lines, irq);
	if (line)
		pin = lines_remove_locked(line);
	mutex_unlock(&remove_mutex);
	procirq_pci_unpin(pin);
}

/**
 * procirq_lines_revoke() - give up an interrupt whose descriptor is about to go
 * @irq: the interrupt; its file refuses opens until procirq_lines_remove()
 *
 * Context: may sleep.
 */
void procirq_lines_revoke(unsigned int irq)
{
	struct procirq_line *line;

	mutex_lock(&remove_mutex);
	line = xa_load(&lines, irq);
	if (line)
		procirq_line_revoke(line, true);
	mutex_unlock(&remove_mutex);
}

/**
 * procirq_lines_remove_all() - remove every file and allow no new one
 *
 * Context: may sleep.
 */
void procirq_lines_remove_all(void)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&lines_mutex);
	lines_closed = true;
	mutex_unlock(&lines_mutex);

	mutex_lock(&remove_mutex);
	xa_for_each(&lines, irq, line) {
		struct pci_dev *pin = lines_remove_locked(line);

		mutex_unlock(&remove_mutex);
		procirq_pci_unpin(pin);
		mutex_lock(&remove_mutex);
	}
	mutex_unlock(&remove_mutex);
}

/**
 * procirq_lines_revoke_device() - a device, or its driver, is letting go of its lines
 * @dev: lines that are this device's MSI vectors
 * @function: lines whose INTx pin is this function's; NULL for none
 *
 * Where hooks tell when the directory goes the file stays until then, and may
 * be opened again if the interrupt outlives this.
 * Context: may sleep.
 */
void procirq_lines_revoke_device(struct device *dev, struct pci_dev *function)
{
	struct procirq_line *line;
	struct pci_dev *pin;
	unsigned long irq;

	mutex_lock(&remove_mutex);
	xa_for_each(&lines, irq, line) {
		bool intx = function && (line->pinned == function || line->keeper_pci == function);

		if (function)
			procirq_line_revoke_function(line, function);
		if (line->msi_dev != dev && !intx)
			continue;
		if (READ_ONCE(lines_watched)) {
			procirq_line_revoke(line, false);
			continue;
		}
		pin = lines_remove_locked(line);
		mutex_unlock(&remove_mutex);
		procirq_pci_unpin(pin);
		mutex_lock(&remove_mutex);
	}
	mutex_unlock(&remove_mutex);
}

/**
 * procirq_lines_revoke_msi() - a device's MSI vectors are about to be freed
 * @dev: the device; the files of its vectors refuse opens until procirq_lines_remove()
 *
 * Context: may sleep; the device's MSI descriptors are locked.
 */
void procirq_lines_revoke_msi(struct device *dev)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&remove_mutex);
	xa_for_each(&lines, irq, line)
		if (line->msi_dev == dev)
			procirq_line_revoke(line, true);
	mutex_unlock(&remove_mutex);
}

/**
 * procirq_lines_for_each() - call @fn for each line, in the order of their numbers
 * @fn: must not sleep on anything that opening or freeing an interrupt holds
 * @m: passed on
 *
 * Context: may sleep.
 */
void procirq_lines_for_each(void (*fn)(struct procirq_line *line, struct seq_file *m),
			    struct seq_file *m)
{
	struct procirq_line *line;
	unsigned long irq;

	mutex_lock(&remove_mutex);
	xa_for_each(&lines, irq, line)
		fn(line, m);
	mutex_unlock(&remove_mutex);
}

static irqreturn_t lines_no_handler(int irq, void *data)
{
	return IRQ_NONE;
}

/**
 * procirq_lines_touch() - have genirq make /proc/irq/@irq
 * @irq: an interrupt of ours, or one nobody has
 *
 * genirq makes the directory when an interrupt is first requested, not when it
 * is allocated. Requests it, without enabling it, and gives it back.
 * Context: may sleep.
 * Return: 0, or the error of request_irq(): -EBUSY means that the directory is
 * there, for the interrupt has an owner.
 */
int procirq_lines_touch(unsigned int irq)
{
	static int cookie;
	int err;

	err = request_irq(irq, lines_no_handler, IRQF_NO_AUTOEN | IRQF_PROBE_SHARED, "procirq",
			  &cookie);
	if (!err)
		free_irq(irq, &cookie);
	return err;
}

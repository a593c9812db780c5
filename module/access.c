// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may open an IRQ file, and which lines can be opened for reading only.
 *
 * An open file is the right to use its line, and may be passed to another program. So
 * access is checked here, at open. A device descriptor reaches beyond the line, and
 * needs another check: procirq_device_alloc().
 *
 * Programs that walk through /proc open every file for reading: grep -r, backups,
 * collectors of support data. They must not claim interrupts. So only lines that are
 * meant for user space can be opened for reading only, see the parameter "claim"; and
 * even these are not claimed by the open, see file_join().
 */
#include <linux/bitmap.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "internal.h"

/* The parameter takes interrupt numbers below this. */
#define CLAIM_IRQS 4096

enum claim { CLAIM_OWNED, CLAIM_ALL, CLAIM_LISTED };

static DEFINE_MUTEX(claim_mutex);
static enum claim claim;		       /* claim_mutex */
static DECLARE_BITMAP(claim_irqs, CLAIM_IRQS); /* claim_mutex */

static int claim_set(const char *value, const struct kernel_param *kp)
{
	unsigned long *irqs;
	int err;

	if (sysfs_streq(value, "owned") || sysfs_streq(value, "all")) {
		mutex_lock(&claim_mutex);
		claim = sysfs_streq(value, "all") ? CLAIM_ALL : CLAIM_OWNED;
		mutex_unlock(&claim_mutex);
		return 0;
	}
	irqs = bitmap_zalloc(CLAIM_IRQS, GFP_KERNEL);
	if (!irqs)
		return -ENOMEM;
	err = bitmap_parselist(value, irqs, CLAIM_IRQS);
	if (!err) {
		mutex_lock(&claim_mutex);
		claim = CLAIM_LISTED;
		bitmap_copy(claim_irqs, irqs, CLAIM_IRQS);
		mutex_unlock(&claim_mutex);
	}
	bitmap_free(irqs);
	return err;
}

static int claim_get(char *buffer, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&claim_mutex);
	if (claim == CLAIM_LISTED)
		len = sysfs_emit(buffer, "%*pbl\n", CLAIM_IRQS, claim_irqs);
	else
		len = sysfs_emit(buffer, "%s\n", claim == CLAIM_ALL ? "all" : "owned");
	mutex_unlock(&claim_mutex);
	return len;
}

static const struct kernel_param_ops claim_ops = { .set = claim_set, .get = claim_get };
module_param_cb(claim, &claim_ops, NULL, 0644);
MODULE_PARM_DESC(
	claim,
	"lines that can be opened for reading only: owned (default: of procirq-pci, procirq-platform, irqgen and irqs=), all, or owned ones and a list of numbers");

/* Whether the line is reserved for user space. */
static bool access_is_owned(const struct procirq_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->irq);
	const struct module *provider = data ? irq_data_to_desc(data)->owner : NULL;

	return line->pinned || procirq_pci_is_bound(line->irq) ||
	       procirq_platform_is_bound(line->irq) ||
	       (provider && !strcmp(provider->name, "irqgen"));
}

/* Whether the line can be opened for reading only. */
static bool access_allows_reading(const struct procirq_line *line)
{
	bool allows;

	mutex_lock(&claim_mutex);
	allows = claim == CLAIM_ALL || (claim == CLAIM_LISTED && line->irq < CLAIM_IRQS &&
					test_bit(line->irq, claim_irqs));
	mutex_unlock(&claim_mutex);
	return allows || access_is_owned(line);
}

/**
 * procirq_access_check() - check whether the caller may open a line
 * @line: the line
 * @mode: FMODE_READ and FMODE_WRITE of the file
 *
 * Context: may sleep; the descriptor cannot go away during the call.
 * Return: 0; -EPERM without CAP_SYS_RAWIO in the initial user namespace; -EACCES if
 * the line cannot be opened for reading only.
 */
int procirq_access_check(const struct procirq_line *line, fmode_t mode)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return mode & FMODE_WRITE || access_allows_reading(line) ? 0 : -EACCES;
}

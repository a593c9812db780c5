// SPDX-License-Identifier: GPL-2.0-only
/*
 * What procirq-pci allocates for a function that is bound to it: what the request to bind
 * that function says, or else the module's parameters.
 *
 * A request is a write to the driver's file "bind_with". It binds the function, too, so
 * that two programs that bind functions, or the same one, at the same time do not get
 * each other's choice, as they would if each wrote the parameters and then bound.
 */
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "internal.h"

static const struct {
	const char *name;
	unsigned int flags;
} pci_irq_kinds[] = {
	{ "auto", PCI_IRQ_MSIX | PCI_IRQ_MSI },
	{ "msix", PCI_IRQ_MSIX },
	{ "msi", PCI_IRQ_MSI },
	{ "intx", 0 },
};

static unsigned int pci_irq;

/* Returns the index of the kind, or -EINVAL. */
static int pci_irq_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pci_irq_kinds); i++)
		if (sysfs_streq(name, pci_irq_kinds[i].name))
			return i;
	return -EINVAL;
}

static int pci_irq_set(const char *value, const struct kernel_param *kp)
{
	int kind = pci_irq_find(value);

	if (kind < 0)
		return kind;
	WRITE_ONCE(pci_irq, kind);
	return 0;
}

static int pci_irq_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", pci_irq_kinds[READ_ONCE(pci_irq)].name);
}

static const struct kernel_param_ops pci_irq_ops = {
	.set = pci_irq_set,
	.get = pci_irq_get,
};
module_param_cb(pci_irq, &pci_irq_ops, NULL, 0644);
MODULE_PARM_DESC(pci_irq, "what procirq-pci allocates when it binds: auto, msix, msi or intx");

static unsigned int pci_vectors = 32;
module_param(pci_vectors, uint, 0644);
MODULE_PARM_DESC(pci_vectors, "most MSI or MSI-X vectors that procirq-pci allocates for a device");

/* Held while a request binds its function: there is one request at a time. */
static DEFINE_MUTEX(pci_request_mutex);

/*
 * The request that is binding its function; without a function there is none. A probe of
 * another function looks at it meanwhile.
 */
static DEFINE_SPINLOCK(pci_request_lock);
static struct pci_dev *pci_request_pdev;      /* compared only; pci_request_lock */
static struct procirq_pci_choice pci_request; /* pci_request_lock */

static struct procirq_pci_choice pci_choice_make(unsigned int kind, unsigned int vectors)
{
	unsigned int flags = pci_irq_kinds[kind].flags;

	return (struct procirq_pci_choice){
		.name = pci_irq_kinds[kind].name,
		.flags = flags,
		.intx = !flags || flags == pci_irq_kinds[0].flags,
		.vectors = max(vectors, 1U),
	};
}

static void pci_request_set(struct pci_dev *pdev, const struct procirq_pci_choice *choice)
{
	spin_lock(&pci_request_lock);
	pci_request_pdev = pdev;
	if (choice)
		pci_request = *choice;
	spin_unlock(&pci_request_lock);
}

/**
 * procirq_pci_choose() - say what to allocate for a function that is being bound
 * @pdev: the function
 *
 * Context: process context; the function's device lock is held.
 * Return: what its request says, or else the parameters.
 */
struct procirq_pci_choice procirq_pci_choose(const struct pci_dev *pdev)
{
	struct procirq_pci_choice choice =
		pci_choice_make(READ_ONCE(pci_irq), READ_ONCE(pci_vectors));

	spin_lock(&pci_request_lock);
	if (pci_request_pdev == pdev)
		choice = pci_request;
	spin_unlock(&pci_request_lock);
	return choice;
}

/* Binds the function to the driver with @choice. Returns 0 or a negative errno. */
static int pci_bind_with(struct device_driver *driver, struct pci_dev *pdev,
			 const struct procirq_pci_choice *choice)
{
	int err = mutex_lock_interruptible(&pci_request_mutex);

	if (err)
		return err;
	pci_request_set(pdev, choice);
	/* As a write to "bind" does; the probe may run in another thread. */
	err = device_driver_attach(driver, &pdev->dev);
	pci_request_set(NULL, NULL);
	mutex_unlock(&pci_request_mutex);
	return err;
}

/* "ADDRESS KIND [VECTORS]"; a KIND of "default", and no VECTORS, are the parameters'. */
static ssize_t bind_with_store(struct device_driver *driver, const char *buf, size_t count)
{
	unsigned int domain, bus, slot, function, vectors = READ_ONCE(pci_vectors);
	struct procirq_pci_choice choice;
	struct pci_dev *pdev;
	int kind, err, n, end;
	char name[8];

	/* The last "%n" is set if there is a number before it. */
	n = sscanf(buf, "%x:%x:%x.%x %7s%n %u%n", &domain, &bus, &slot, &function, name, &end,
		   &vectors, &end);
	if (n < 5 || *skip_spaces(buf + end) || slot > 31 || function > 7 || bus > 255 || !vectors)
		return -EINVAL;
	kind = strcmp(name, "default") ? pci_irq_find(name) : READ_ONCE(pci_irq);
	if (kind < 0)
		return kind;
	choice = pci_choice_make(kind, vectors);
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	err = pci_bind_with(driver, pdev, &choice);
	pci_dev_put(pdev);
	return err ?: count;
}
static DRIVER_ATTR_WO(bind_with);

static struct attribute *pci_driver_attrs[] = {
	&driver_attr_bind_with.attr,
	NULL,
};

static const struct attribute_group pci_driver_group = {
	.attrs = pci_driver_attrs,
};

/* Files of the driver procirq-pci. */
const struct attribute_group *procirq_pci_driver_groups[] = {
	&pci_driver_group,
	NULL,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices bound to procirq-platform: which interrupts are theirs, and how long their
 * registers may be accessed.
 *
 * A descriptor keeps the struct of its device, not the device: that may be unbound at any
 * time. Its @gone is set first, so that nobody gets a handler that accesses it any more,
 * then the handlers that there are get detached, and only then its clock stops.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

static LIST_HEAD(platform_bounds); /* struct procirq_platform_bound; platform_bounds_mutex */
static DEFINE_MUTEX(platform_bounds_mutex);

static bool platform_bound_has(const struct procirq_platform_bound *bound, unsigned int irq)
{
	unsigned int i;

	for (i = 0; i < bound->nr_irqs; i++)
		if (bound->irqs[i] == irq)
			return true;
	return false;
}

/* A device was bound: programs may describe it from now on. */
void procirq_platform_add_bound(struct procirq_platform_bound *bound)
{
	mutex_lock(&platform_bounds_mutex);
	list_add_tail(&bound->node, &platform_bounds);
	mutex_unlock(&platform_bounds_mutex);
}

/**
 * procirq_platform_remove_bound() - a device is being unbound
 * @bound: procirq_platform_add_bound() was called
 *
 * Context: may sleep. The caller gives up the lines of its interrupts next.
 */
void procirq_platform_remove_bound(struct procirq_platform_bound *bound)
{
	mutex_lock(&platform_bounds_mutex);
	list_del(&bound->node);
	mutex_unlock(&platform_bounds_mutex);
	WRITE_ONCE(bound->gone, true); /* see line_prepare_device() */
}

/**
 * procirq_platform_get() - find a device that is bound to procirq-platform
 * @name: its name
 * @irq: an interrupt
 *
 * Context: may sleep.
 * Return: the device, for procirq_platform_put(); -ENXIO if there is none, -EXDEV if the
 * interrupt is not one of its.
 */
struct procirq_platform_bound *procirq_platform_get(const char *name, unsigned int irq)
{
	struct procirq_platform_bound *found = ERR_PTR(-ENXIO), *bound;

	mutex_lock(&platform_bounds_mutex);
	list_for_each_entry(bound, &platform_bounds, node) {
		if (strcmp(bound->name, name))
			continue;
		found = ERR_PTR(-EXDEV);
		if (platform_bound_has(bound, irq)) {
			kref_get(&bound->ref);
			found = bound;
		}
	}
	mutex_unlock(&platform_bounds_mutex);
	return found;
}

static void platform_bound_release(struct kref *ref)
{
	kfree(container_of(ref, struct procirq_platform_bound, ref));
}

/* Drops a reference; NULL is allowed. */
void procirq_platform_put(struct procirq_platform_bound *bound)
{
	if (bound)
		kref_put(&bound->ref, platform_bound_release);
}

/* Whether an interrupt is one of a device that is bound to procirq-platform. */
bool procirq_platform_is_bound(unsigned int irq)
{
	struct procirq_platform_bound *bound;
	bool found = false;

	mutex_lock(&platform_bounds_mutex);
	list_for_each_entry(bound, &platform_bounds, node)
		found |= platform_bound_has(bound, irq);
	mutex_unlock(&platform_bounds_mutex);
	return found;
}

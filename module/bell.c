// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader's eventfd: rung once for each interrupt.
 *
 * Adding to an eventfd takes its wait queue's lock, which is not raw, and sleeps
 * on PREEMPT_RT: there, and under a raw lock, an irq_work does it, and adds what
 * came meanwhile one by one.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat.h"
#include "internal.h"

struct procirq_bell {
	struct eventfd_ctx *eventfd;
	bool delivers;
	atomic_t due; /* where work does the ringing */
	struct irq_work work;
};

static void bell_work(struct irq_work *work)
{
	struct procirq_bell *bell = container_of(work, struct procirq_bell, work);
	int due = atomic_xchg(&bell->due, 0);

	while (due--)
		procirq_eventfd_signal_one(bell->eventfd);
}

/**
 * procirq_bell_alloc() - take hold of an eventfd of the calling process
 * @fd: the eventfd
 * @flags: PROCIRQ_EVENTFD_*, checked by the caller
 *
 * Return: the bell, for procirq_bell_free(); -EBADF, -EINVAL (no eventfd), -ENOMEM.
 */
struct procirq_bell *procirq_bell_alloc(int fd, u32 flags)
{
	struct procirq_bell *bell = kzalloc(sizeof(*bell), GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *eventfd;

	if (!bell)
		return ERR_PTR(-ENOMEM);
	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd)) {
		kfree(bell);
		return ERR_CAST(eventfd);
	}
	bell->eventfd = eventfd;
	bell->delivers = flags & PROCIRQ_EVENTFD_DELIVER;
	init_irq_work(&bell->work, bell_work);
	return bell;
}

/* No reader has it any more. NULL is fine. May sleep. */
void procirq_bell_free(struct procirq_bell *bell)
{
	if (!bell)
		return;
	synchronize_rcu();
	irq_work_sync(&bell->work);
	eventfd_ctx_put(bell->eventfd);
	kfree(bell);
}

/* Adds 1. Interrupts off, no raw lock held, not on PREEMPT_RT. */
void procirq_bell_ring(struct procirq_bell *bell)
{
	procirq_eventfd_signal_one(bell->eventfd);
}

/* Adds 1 in a moment. Anywhere. */
void procirq_bell_ring_later(struct procirq_bell *bell)
{
	atomic_inc(&bell->due);
	irq_work_queue(&bell->work);
}

/* PROCIRQ_EVENTFD_DELIVER */
bool procirq_bell_delivers(const struct procirq_bell *bell)
{
	return bell->delivers;
}

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

struct procirq_eventfd_target {
	struct eventfd_ctx *eventfd;
	bool delivers;
	atomic_t due; /* where work does the ringing */
	struct irq_work work;
};

static void eventfd_work(struct irq_work *work)
{
	struct procirq_eventfd_target *target =
		container_of(work, struct procirq_eventfd_target, work);
	int due = atomic_xchg(&target->due, 0);

	while (due--)
		procirq_eventfd_signal_one(target->eventfd);
}

/**
 * procirq_eventfd_alloc() - take hold of an eventfd of the calling process
 * @fd: the eventfd
 * @flags: PROCIRQ_EVENTFD_*, checked by the caller
 *
 * Return: the target, for procirq_eventfd_free(); -EBADF, -EINVAL (no eventfd), -ENOMEM.
 */
struct procirq_eventfd_target *procirq_eventfd_alloc(int fd, u32 flags)
{
	struct procirq_eventfd_target *target = kzalloc(sizeof(*target), GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *eventfd;

	if (!target)
		return ERR_PTR(-ENOMEM);
	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd)) {
		kfree(target);
		return ERR_CAST(eventfd);
	}
	target->eventfd = eventfd;
	target->delivers = flags & PROCIRQ_EVENTFD_DELIVER;
	init_irq_work(&target->work, eventfd_work);
	return target;
}

/* No reader has it any more. NULL is fine. May sleep. */
void procirq_eventfd_free(struct procirq_eventfd_target *target)
{
	if (!target)
		return;
	synchronize_rcu();
	irq_work_sync(&target->work);
	eventfd_ctx_put(target->eventfd);
	kfree(target);
}

/* Adds 1. Interrupts off, no raw lock held, not on PREEMPT_RT. */
void procirq_eventfd_signal(struct procirq_eventfd_target *target)
{
	procirq_eventfd_signal_one(target->eventfd);
}

/* Adds 1 in a moment. Anywhere. */
void procirq_eventfd_signal_later(struct procirq_eventfd_target *target)
{
	atomic_inc(&target->due);
	irq_work_queue(&target->work);
}

/* PROCIRQ_EVENTFD_DELIVER */
bool procirq_eventfd_delivers(const struct procirq_eventfd_target *target)
{
	return target->delivers;
}

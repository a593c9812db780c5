// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader's eventfd: each interrupt adds 1 to it.
 *
 * eventfd_signal() takes the lock of a wait queue, which is not raw, and sleeps on
 * PREEMPT_RT. There, and with a raw lock held, an irq_work makes the call, once for
 * each interrupt that came until it runs.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat.h"
#include "internal.h"

/* Maximum number of signals in one run of the work, which is in interrupt context. */
#define EVENTFD_WORK_MAX 64

static void eventfd_work(struct irq_work *work)
{
	struct procirq_eventfd_target *target =
		container_of(work, struct procirq_eventfd_target, work);
	int due = atomic_xchg(&target->due, 0);
	int now = min(due, EVENTFD_WORK_MAX);

	if (unlikely(due > now)) {
		atomic_add(due - now, &target->due);
		irq_work_queue(&target->work);
	}
	while (now--)
		procirq_eventfd_signal_one(target->eventfd);
}

/**
 * procirq_eventfd_alloc() - reference an eventfd of the calling process
 * @fd: the eventfd
 * @flags: PROCIRQ_EVENTFD_*, checked by the caller
 *
 * Return: the target, for procirq_eventfd_free(); -EBADF, -EINVAL (not an eventfd),
 * -ENOMEM.
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

/* Frees a target that no reader has any more; NULL is allowed. May sleep. */
void procirq_eventfd_free(struct procirq_eventfd_target *target)
{
	if (!target)
		return;
	synchronize_rcu();
	irq_work_sync(&target->work);
	eventfd_ctx_put(target->eventfd);
	kfree(target);
}

/* Adds 1 from an irq_work. Context: any. */
void procirq_eventfd_signal_later(struct procirq_eventfd_target *target)
{
	atomic_inc(&target->due);
	irq_work_queue(&target->work);
}

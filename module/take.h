/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking an interrupt: what the interrupt handler does in each case, inlined into the
 * handlers in action.c and the flow handlers in flow.c. action.c has the rest of the
 * handler, and the rule of masking.
 */
#ifndef PROCIRQ_TAKE_H
#define PROCIRQ_TAKE_H

#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/wait.h>

#include "compat.h"
#include "internal.h"
#include "trace.h"
#include "uliraise.h"

struct procirq_eventfd_target *procirq_action_signal_eventfds(struct procirq_action *action);
void procirq_action_raise_ulis(struct procirq_action *action, u64 now);
void procirq_action_guard_judge(struct procirq_action *action, u64 now);

/* When the last interrupt was taken, ns; 0 without one. Caller holds action->lock. */
static inline u64 action_last_ns(const struct procirq_action *action)
{
	return action->taken ? procirq_ring_entry(action->ring, action->taken)->irq_ns : 0;
}

/*
 * What disable_irq_nosync() does, for callers that hold desc->lock, and without
 * looking up the descriptor: that costs a tenth of the way to read() since descriptors
 * are in a maple tree (6.5). It changes the descriptor's depth and state bits, as
 * __irq_disable() and mask_irq() do; enable_irq() undoes it. It reads the chip at each
 * call, as these do: irq_domain_disassociate() replaces the chip of an interrupt.
 */
static __always_inline void action_disable_desc(struct irq_desc *desc)
{
	struct irq_data *data = &desc->irq_data;
	const struct irq_chip *chip;

	lockdep_assert_held(&desc->lock);
	if (desc->depth++)
		return;
	chip = data->chip;
	/* desc->irq_common_data is what data->common points to, without the load. */
	ACCESS_PRIVATE(&desc->irq_common_data, state_use_accessors) |= IRQD_IRQ_DISABLED;
	if (unlikely(chip->irq_disable)) {
		chip->irq_disable(data);
		ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
	} else if (desc->status_use_accessors & IRQ_DISABLE_UNLAZY && !irqd_irq_masked(data) &&
		   likely(chip->irq_mask)) {
		/* Without the flag, genirq masks when the line interrupts again. */
		chip->irq_mask(data);
		ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
	}
}

/* Disables the line once more. Caller holds action->lock. */
static __always_inline void action_disable(struct procirq_action *action)
{
	if (likely(action->desc))
		action_disable_desc(action->desc);
	else
		disable_irq_nosync(action->irq);
}

/* Caller holds action->lock. */
static __always_inline void action_mask_inline(struct procirq_action *action,
					       struct procirq_device *device)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(action->lock);
	if (action->masked)
		return;
	action->masked = true;
	if (device)
		procirq_device_silence(device);
	else
		action_disable(action);
	if (trace_procirq_mask_enabled())
		trace_procirq_mask(irq, action->taken, action_last_ns(action));
}

/*
 * Gives the interrupt that was just taken to the reader's first blocked thread, if there is
 * one. No other interrupt is pending, or the thread would not have blocked. It wakes one
 * thread per reader: a second one would find nothing, and unmask the line.
 * Returns how many threads were woken: 1 or 0.
 */
static __always_inline unsigned int action_deliver(struct procirq_reader *reader, u64 seq, u64 now,
						   u32 status)
{
	struct procirq_waiter *waiter =
		list_first_entry(&reader->waiters, struct procirq_waiter, node);

	if (list_empty(&reader->waiters))
		return 0;
	/* file_look() has set the other fields: count is 1, lost is 0. */
	waiter->event.status = status;
	waiter->event.seq = seq;
	waiter->event.first_ns = now;
	waiter->event.last_ns = now;
	reader->cursor = seq;
	reader->totals.delivered++;
	procirq_waiter_wake(waiter, 1);
	return 1;
}

/* With PROCIRQ_EVENTFD_DELIVER, to signal the reader's eventfd counts as a read. */
static __always_inline void action_read_by_eventfd(struct procirq_reader *reader, u64 seq)
{
	u64 pending = seq - reader->cursor;

	if (likely(!reader->eventfd->delivers) || !pending)
		return;
	reader->totals.delivered++;
	reader->totals.coalesced += pending - 1;
	reader->cursor = seq;
}

/*
 * Signals an eventfd of a reader. action->lock is not held; interrupts are off, which
 * procirq_eventfd_free() waits for: that makes this an RCU read-side section.
 */
static __always_inline void action_signal(struct procirq_eventfd_target *target)
{
	if (procirq_hard)
		procirq_eventfd_signal_later(target);
	else
		procirq_eventfd_signal_one(target->eventfd);
}

/* Called for each interrupt that does not mask the action, or comes while it is masked. */
static __always_inline void action_guard(struct procirq_action *action, u64 now)
{
	if (unlikely(now >= action->storm_until_ns || action->taken > action->storm_to))
		procirq_action_guard_judge(action, now);
}

static __always_inline bool action_wants_mask(const struct procirq_action *action,
					      const struct procirq_device *device)
{
	/* Without silence steps a device cannot be kept from interrupting. */
	if (device && !procirq_device_silences(device))
		return false;
	return !action->nomask;
}

/*
 * Whether there are threads in poll() that action_finish() has to wake. Called after the
 * interrupt was counted. A poller adds itself to the queue, and then takes the lock to
 * read the count. If it had the lock before us, we see it on the queue. If it gets the lock
 * after us, it sees the count.
 */
static __always_inline bool action_has_pollers(const struct procirq_action *action)
{
	/* The lock, which was taken in between, is the barrier. */
	return waitqueue_active(&action->line->poll_wait);
}

/*
 * Takes one interrupt: counts it, delivers it, masks. Called with action->lock held
 * and interrupts off. @audience is action->audience or PROCIRQ_AUDIENCE_ANY. Returns the
 * eventfd that action_finish() has to signal, or NULL.
 *
 * @now is CLOCK_MONOTONIC in ns, not a count of the TSC for the reader to convert. That would
 * save the handler some instructions, but NTP changes the clock's multiplier all the time: who
 * converts a count later does so with another multiplier, and may get a time that is later
 * than the clock's when he reads it.
 *
 * This is half of the time from the interrupt to a thread in read() or to a user
 * level handler. So it is inlined into each handler, where the compiler knows
 * @audience, and whether @device is NULL.
 */
static __always_inline struct procirq_eventfd_target *action_take(struct procirq_action *action,
								  struct procirq_device *device,
								  enum procirq_audience audience,
								  u64 now, u32 status)
{
	struct procirq_eventfd_target *target = NULL;
	struct procirq_reader *solo = action->solo;
	struct procirq_reader *reader;
	unsigned int woken = 0;
	u64 seq = ++action->taken;

	procirq_ring_put(action->ring, seq, now, status);
	action->nr_idle = 0;

	/*
	 * Wake before masking: another CPU can wake up while this one accesses
	 * the interrupt controller.
	 */
	switch (audience) {
	case PROCIRQ_AUDIENCE_READER:
		woken = action_deliver(solo, seq, now, status);
		break;
	case PROCIRQ_AUDIENCE_ULI:
		procirq_uli_raise_to(solo, seq, now);
		break;
	case PROCIRQ_AUDIENCE_EVENTFD:
		woken = action_deliver(solo, seq, now, status);
		action_read_by_eventfd(solo, seq);
		target = solo->eventfd;
		break;
	case PROCIRQ_AUDIENCE_ANY:
		list_for_each_entry(reader, &action->readers, node)
			woken += action_deliver(reader, seq, now, status);
		if (unlikely(action->nr_eventfds | action->nr_ulis)) {
			target = procirq_action_signal_eventfds(action);
			procirq_action_raise_ulis(action, now);
		}
	}
	if (likely(action_wants_mask(action, device) && !action->masked))
		action_mask_inline(action, device);
	else
		action_guard(action, now);

	if (trace_procirq_irq_enabled())
		trace_procirq_irq(action->irq, seq, now);
	if (trace_procirq_wake_enabled() && (woken || action_has_pollers(action)))
		trace_procirq_wake(action->irq, seq, now, woken, action_has_pollers(action));
	return target;
}

#endif /* PROCIRQ_TAKE_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow handlers of our own, for lines that have our handler and no other.
 *
 * genirq's flow handlers take desc->lock, mark the interrupt as in progress, drop the
 * lock, call the handlers of the line one after the other, do the accounting, take
 * the lock again and look what has changed. That is twice as much work as our handler.
 * These ones keep desc->lock, which is our handler's lock too (procirq_action.lock):
 * what others change under that lock cannot change in the middle.
 *
 * They handle only the plain case: flow_is_plain() makes genirq's checks. In every
 * other case, genirq's flow handler is called, as if it had never been replaced. It
 * makes its checks again. So it is genirq that marks an interrupt pending that comes
 * while the line is disabled, resends it, masks lazily disabled lines, wakes the system
 * from suspend, and calls the tracepoints. To move an interrupt to another CPU is up to
 * the chip's irq_ack() or irq_eoi(), which have desc->lock here as there.
 *
 * Differences from genirq's flow handlers:
 *
 * - IRQD_IRQ_INPROGRESS is not set. It tells that a handler is running although
 *   desc->lock is free. synchronize_irq(), and with it free_irq(), disable_irq() and
 *   suspend, wait for the flag and then take desc->lock, and so wait for ours too. An
 *   interrupt that comes on another CPU in the meantime waits for the lock and is
 *   handled; genirq would mark it pending. What is left after the lock is dropped
 *   (procirq_action_finish()) wakes threads only, and procirq_flow_remove() waits
 *   for it.
 * - Since 6.16, handle_edge_irq() waits for a handler on another CPU if the interrupt
 *   has just been moved away from there; it does so only if it is the line's own flow
 *   handler. Called from here it masks, and marks the interrupt pending, as before 6.16.
 * - add_interrupt_randomness() is called for one interrupt in FLOW_MIX, once the random
 *   number generator has been initialised. Until then it is called for each one.
 * - The times of interrupts (IRQS_TIMINGS) are not recorded: with that state bit the
 *   case is not plain.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "internal.h"
#include "take.h"

static bool flow = true;
module_param(flow, bool, 0644);
MODULE_PARM_DESC(flow, "use flow handlers of our own on lines that are claimed from now on");

/* A power of two: the entropy of an interrupt's time is in its gap from the last one. */
#define FLOW_MIX 64

/* irq:irq_handler_entry and irq:irq_handler_exit; not exported. Set once, by init. */
static const struct tracepoint *flow_entry __ro_after_init;
static const struct tracepoint *flow_exit __ro_after_init;

/*
 * add_interrupt_randomness() is called for interrupts whose number has none of these bits:
 * for all of them, until the random number generator is initialised.
 */
static unsigned int flow_mix_mask __read_mostly;

/*
 * Whether nothing needs genirq's flow handler: no one else is on the line, it is
 * neither disabled, masked nor handled elsewhere, and does not wake the system; genirq
 * has nothing noted about it, and has no unhandled interrupts to compare it with; nobody
 * traces handlers. Caller holds desc->lock.
 */
static __always_inline bool flow_is_plain(const struct irq_desc *desc)
{
	const unsigned int busy =
		IRQD_IRQ_DISABLED | IRQD_IRQ_MASKED | IRQD_IRQ_INPROGRESS | IRQD_WAKEUP_ARMED;
	const struct irqaction *action = desc->action;

	if (unlikely(!action || action->handler != procirq_action_handler || action->next))
		return false;
	if (unlikely(ACCESS_PRIVATE(&desc->irq_common_data, state_use_accessors) & busy))
		return false;
	if (unlikely((procirq_desc_state(desc) & ~PROCIRQ_DESC_STATE_KEPT) | desc->irqs_unhandled))
		return false;
	return likely(!rcu_access_pointer(flow_entry->funcs) &&
		      !rcu_access_pointer(flow_exit->funcs));
}

static __always_inline void flow_unlock(struct irq_desc *desc, bool eoi) __releases(&desc->lock)
{
	if (eoi)
		desc->irq_data.chip->irq_eoi(&desc->irq_data);
	raw_spin_unlock(&desc->lock);
}

/* Tells lockdep what genirq tells it of handlers that "threadirqs" would force into a thread. */
static __always_inline void flow_note_threaded(void)
{
	if (!procirq_hard)
		lockdep_hardirq_threaded();
}

/* The end of flow_take() if there is something to do without desc->lock. */
static noinline void flow_end_slowly(struct irq_desc *desc, struct procirq_action *action,
				     struct procirq_eventfd_target *target, bool eoi)
	__releases(&desc->lock)
{
	bool mix = !(desc->tot_count & READ_ONCE(flow_mix_mask));

	atomic_inc(&action->unfinished);
	flow_unlock(desc, eoi);
	if (mix) {
		add_interrupt_randomness(action->irq);
		if (!flow_mix_mask && rng_is_initialized())
			WRITE_ONCE(flow_mix_mask, FLOW_MIX - 1);
	}
	flow_note_threaded();
	procirq_action_finish(action, target);
	/* The action may be gone from here on: see procirq_flow_wait(). */
	atomic_dec_return_release(&action->unfinished);
}

/*
 * As flow_take(), compiled for each audience. What it does without desc->lock it leaves to
 * flow_end_slowly(), but for the eventfd of an only reader.
 */
static __always_inline void flow_take_for(enum procirq_audience audience, struct irq_desc *desc,
					  struct procirq_action *action, u64 now, bool eoi)
	__releases(&desc->lock)
{
	struct procirq_eventfd_target *target = action_take(action, NULL, audience, now, 0);
	bool eventfd = audience == PROCIRQ_AUDIENCE_EVENTFD;

	if (unlikely(action_has_pollers(action) || (target && !eventfd) ||
		     !(desc->tot_count & READ_ONCE(flow_mix_mask)))) {
		flow_end_slowly(desc, action, target, eoi);
		return;
	}
	if (eventfd)
		atomic_inc(&action->unfinished);
	flow_unlock(desc, eoi);
	if (!eventfd)
		return;
	flow_note_threaded();
	action_signal(target);
	/* The action may be gone from here on: see procirq_flow_wait(). */
	atomic_dec_return_release(&action->unfinished);
}

/*
 * Has our handler take an interrupt, and drops desc->lock, which the caller holds. If
 * @eoi, signals the end of the interrupt before.
 */
static __always_inline void flow_take(struct irq_desc *desc, bool eoi) __releases(&desc->lock)
{
	struct procirq_action *action = desc->action->dev_id;
	u64 now = ktime_get_ns();
	enum procirq_audience audience = action->audience;

	/* The shortest way first. */
	if (audience == PROCIRQ_AUDIENCE_ULI)
		flow_take_for(PROCIRQ_AUDIENCE_ULI, desc, action, now, eoi);
	else if (audience == PROCIRQ_AUDIENCE_READER)
		flow_take_for(PROCIRQ_AUDIENCE_READER, desc, action, now, eoi);
	else if (audience == PROCIRQ_AUDIENCE_EVENTFD)
		flow_take_for(PROCIRQ_AUDIENCE_EVENTFD, desc, action, now, eoi);
	else
		flow_take_for(PROCIRQ_AUDIENCE_ANY, desc, action, now, eoi);
}

/* Instead of handle_edge_irq(): the interrupt is acknowledged first, and may come again. */
static void flow_edge(struct irq_desc *desc)
{
	raw_spin_lock(&desc->lock);
	if (unlikely(!flow_is_plain(desc))) {
		raw_spin_unlock(&desc->lock);
		handle_edge_irq(desc);
		return;
	}
	procirq_desc_count(desc);
	desc->irq_data.chip->irq_ack(&desc->irq_data);
	flow_take(desc, false);
}

/* Instead of handle_fasteoi_irq(): the controller waits for the end of the interrupt. */
static void flow_fasteoi(struct irq_desc *desc)
{
	raw_spin_lock(&desc->lock);
	if (unlikely(!flow_is_plain(desc))) {
		raw_spin_unlock(&desc->lock);
		handle_fasteoi_irq(desc);
		return;
	}
	procirq_desc_count(desc);
	flow_take(desc, true);
}

/**
 * procirq_flow_install() - replace the flow handler of a line that our handler has alone
 * @desc: the line's descriptor; its handlers run in hard interrupt context
 *
 * Only flow handlers that this file knows are replaced.
 * Context: takes desc->lock.
 */
void procirq_flow_install(struct irq_desc *desc)
{
	const struct irq_chip *chip;

	if (!READ_ONCE(flow) || !flow_entry || !flow_exit)
		return;
	raw_spin_lock_irq(&desc->lock);
	chip = desc->irq_data.chip;
	/* Not irq_set_handler(), which also clears the name in /proc/interrupts. */
	if (desc->handle_irq == handle_edge_irq && chip->irq_ack)
		irq_set_handler_locked(&desc->irq_data, flow_edge);
	else if (desc->handle_irq == handle_fasteoi_irq && chip->irq_eoi)
		irq_set_handler_locked(&desc->irq_data, flow_fasteoi);
	raw_spin_unlock_irq(&desc->lock);
}

/**
 * procirq_flow_remove() - put genirq's flow handler back
 * @desc: the line's descriptor; a flow handler that is not ours stays
 *
 * Context: takes desc->lock. Our handler may still be called, but by genirq.
 */
void procirq_flow_remove(struct irq_desc *desc)
{
	raw_spin_lock_irq(&desc->lock);
	if (desc->handle_irq == flow_edge)
		irq_set_handler_locked(&desc->irq_data, handle_edge_irq);
	else if (desc->handle_irq == flow_fasteoi)
		irq_set_handler_locked(&desc->irq_data, handle_fasteoi_irq);
	raw_spin_unlock_irq(&desc->lock);
}

/**
 * procirq_flow_wait() - wait for the last instructions of our flow handler
 * @action: its handler has been detached
 *
 * Context: process context. Those who are waited for have interrupts off.
 */
void procirq_flow_wait(struct procirq_action *action)
{
	while (atomic_read_acquire(&action->unfinished))
		cpu_relax();
}

/* Whether the line has a flow handler of ours. Takes desc->lock. */
bool procirq_flow_is_ours(struct irq_desc *desc)
{
	bool ours;

	raw_spin_lock_irq(&desc->lock);
	ours = desc->handle_irq == flow_edge || desc->handle_irq == flow_fasteoi;
	raw_spin_unlock_irq(&desc->lock);
	return ours;
}

#ifdef CONFIG_TRACEPOINTS
static void __init flow_look(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "irq_handler_entry"))
		flow_entry = tracepoint;
	else if (!strcmp(tracepoint->name, "irq_handler_exit"))
		flow_exit = tracepoint;
}

void __init procirq_flow_init(void)
{
	for_each_kernel_tracepoint(flow_look, NULL);
	if (rng_is_initialized())
		flow_mix_mask = FLOW_MIX - 1;
}
#else
/* Without tracepoints this kernel is not one that this file was tested with. */
void __init procirq_flow_init(void)
{
}
#endif

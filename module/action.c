// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt handler: it counts the interrupt, delivers it to readers, masks
 * the line. And the rest of masking: holds, the storm guard, unmasking.
 *
 * The handler runs in hard interrupt context, also on PREEMPT_RT, and takes only
 * raw locks. It wakes threads that block in read() with wake_up_process(). poll()
 * needs a wait queue, whose lock sleeps on PREEMPT_RT: there an irq_work wakes the
 * pollers.
 *
 * Masking rule: action->masked says that we hold one count of genirq's disable
 * depth, or that we silenced the action's device. Only action_mask_inline(),
 * procirq_action_mask() and procirq_action_unmask() change it; line_detach() clears
 * it once free_irq() has shut the line down.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "internal.h"
#include "trace.h"

/*
 * Keep the handler in hard interrupt context even if the kernel forces handlers into
 * threads, and wake pollers from an irq_work. Set before the first handler.
 */
bool procirq_hard = IS_ENABLED(CONFIG_PREEMPT_RT);
module_param_named(hard, procirq_hard, bool, 0444);
MODULE_PARM_DESC(hard,
		 "never thread our handler, wake pollers indirectly (always so on PREEMPT_RT)");

static unsigned int storm_rate = 100000;
module_param(storm_rate, uint, 0644);
MODULE_PARM_DESC(
	storm_rate,
	"interrupts a second, unmasked and with nobody reading, at which a line is masked (0: never)");

/* The storm guard counts interrupts in windows of this length, or of 1 s at low rates. */
#define STORM_WINDOW_NS (100 * NSEC_PER_MSEC)

/* What the storm guard has done about a storm. If the storm goes on, it does the next. */
enum action_storm { STORM_NONE, STORM_SILENCED, STORM_RELEASED, STORM_DISABLED };

/* When the last interrupt was taken, ns; 0 without one. Caller holds action->lock. */
static u64 action_last_ns(const struct procirq_action *action)
{
	return action->taken ? procirq_ring_entry(action->ring, action->taken)->irq_ns : 0;
}

/*
 * What disable_irq_nosync() does, without looking up the descriptor: that costs a
 * tenth of the way to read() since descriptors are in a maple tree (6.5). It takes
 * the descriptor's lock and changes its depth and state bits, as __irq_disable() and
 * mask_irq() do; enable_irq() undoes it. It reads the chip at each call, as these do:
 * irq_domain_disassociate() replaces the chip of an interrupt.
 */
static __always_inline void action_disable_line(struct irq_desc *desc)
{
	struct irq_data *data = &desc->irq_data;
	const struct irq_chip *chip;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&desc->lock);
	if (!desc->depth++) {
		chip = data->chip;
		ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_DISABLED;
		if (unlikely(chip->irq_disable)) {
			chip->irq_disable(data);
			ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
		} else if (desc->status_use_accessors & IRQ_DISABLE_UNLAZY &&
			   !irqd_irq_masked(data) && likely(chip->irq_mask)) {
			/* Without the flag, genirq masks when the line interrupts again. */
			chip->irq_mask(data);
			ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
		}
	}
	raw_spin_unlock(&desc->lock);
}

/* Caller holds action->lock. */
static __always_inline void action_mask_inline(struct procirq_action *action,
					       struct procirq_device *device)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(&action->lock);
	if (action->masked)
		return;
	action->masked = true;
	if (device)
		procirq_device_silence(device);
	else if (action->desc)
		action_disable_line(action->desc);
	else
		disable_irq_nosync(irq);
	if (trace_procirq_mask_enabled())
		trace_procirq_mask(irq, action->taken, action_last_ns(action));
}

/*
 * Masks the line or silences the device, if the handler is attached: otherwise the
 * line's disable depth is not ours, and the descriptor may be gone. Caller holds
 * action->lock.
 */
void procirq_action_mask(struct procirq_action *action)
{
	if (action->attached)
		action_mask_inline(action, action->device);
}

/*
 * Undoes procirq_action_mask(), and what the storm guard did. Caller holds
 * action->lock: enable_irq() does not sleep, because line_request() refuses chips
 * with a bus lock.
 */
void procirq_action_unmask(struct procirq_action *action)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(&action->lock);
	if (!action->masked || !action->attached)
		return;
	procirq_action_end_storm(action);
	if (action->device && !procirq_device_resume(action->device)) {
		/* As if it was resumed, and had interrupted at once. */
		action->retaking = true;
		irq_work_queue(&action->retake_work);
		return;
	}
	action->masked = false;
	action->retaking = false;
	if (!action->device)
		enable_irq(irq);
	if (trace_procirq_unmask_enabled())
		trace_procirq_unmask(irq, action->taken, action_last_ns(action));
}

/*
 * Ends what the storm guard has done: enables a line that it disabled for all users.
 * Caller holds action->lock; our handler is attached.
 */
void procirq_action_end_storm(struct procirq_action *action)
{
	if (action->storm == STORM_DISABLED)
		enable_irq(action->irq);
	action->storm = STORM_NONE;
}

/* Unmasks if every reader has serviced its device. Caller holds action->lock. */
static void action_unmask_if_serviced(struct procirq_action *action)
{
	if (action->nr_idle == action->nr_readers && action->nr_readers && !action->nr_holding &&
	    action->storm == STORM_NONE)
		procirq_action_unmask(action);
}

/*
 * The reader looked for interrupts and found none: it has serviced the device. Once
 * all readers have, the line is unmasked. Caller holds action->lock.
 */
void procirq_action_reader_idle(struct procirq_action *action, struct procirq_reader *reader)
{
	lockdep_assert_held(&action->lock);
	if (reader->idle_at != action->taken) {
		reader->idle_at = action->taken;
		action->nr_idle++;
	}
	action_unmask_if_serviced(action);
}

/* The reader wrote 0: the line stays masked. Caller holds action->lock. */
void procirq_action_hold(struct procirq_action *action, struct procirq_reader *reader)
{
	lockdep_assert_held(&action->lock);
	action->nr_holding += !reader->holding;
	reader->holding = true;
}

/* A reader wrote 1, which ends the holds of all readers. Caller holds action->lock. */
void procirq_action_release_hold(struct procirq_action *action)
{
	struct procirq_reader *reader;

	lockdep_assert_held(&action->lock);
	if (!action->nr_holding)
		return;
	list_for_each_entry(reader, &action->readers, node)
		reader->holding = false;
	action->nr_holding = 0;
}

/*
 * Gives the interrupt that was just taken to the reader's first blocked thread. No
 * other interrupt is pending, or the thread would not have blocked. It wakes one
 * thread per reader: a second one would find nothing, and unmask the line.
 */
static __always_inline void action_deliver(struct procirq_reader *reader, u64 seq, u64 now,
					   u32 status)
{
	struct procirq_waiter *waiter =
		list_first_entry(&reader->waiters, struct procirq_waiter, node);

	/* file_look() has set the other fields: count is 1, lost is 0. */
	waiter->event.status = status;
	waiter->event.seq = seq;
	waiter->event.first_ns = now;
	waiter->event.last_ns = now;
	reader->cursor = seq;
	reader->totals.delivered++;
	procirq_waiter_wake(waiter, 1);
}

/*
 * Signals the readers' eventfds. With PROCIRQ_EVENTFD_DELIVER that counts as a read.
 * A single eventfd is returned instead, for the caller to signal without
 * action->lock: an eventfd's lock is not raw. Caller holds action->lock.
 */
static noinline struct procirq_eventfd_target *action_signal_eventfds(struct procirq_action *action)
{
	struct procirq_eventfd_target *now = NULL;
	struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node) {
		if (!reader->eventfd)
			continue;
		if (action->nr_eventfds == 1 && !procirq_hard)
			now = reader->eventfd;
		else
			procirq_eventfd_signal_later(reader->eventfd);
		if (procirq_eventfd_delivers(reader->eventfd) && procirq_reader_pending(reader)) {
			reader->totals.delivered++;
			reader->totals.coalesced += procirq_reader_pending(reader) - 1;
			reader->cursor = action->taken;
		}
	}
	return now;
}

static noinline void action_raise_ulis(struct procirq_action *action, u64 now)
{
	struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node)
		if (reader->uli)
			procirq_uli_raise(reader, now);
}

/*
 * Whether a reader has read an interrupt of the guard's present window, or its user
 * level handler has handled one. Reads of a mapped ring cannot be seen: the guard
 * trusts a reader that has mapped it.
 */
static bool action_is_read(const struct procirq_action *action)
{
	const struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node)
		if (reader->nr_mappings ||
		    reader->cursor - procirq_uli_backlog(reader) > action->storm_from)
			return true;
	return false;
}

/* Logs the first storm of an action, with the name of the reader that does not read it. */
static void action_log_storm(struct irq_work *work)
{
	struct procirq_action *action = container_of(work, struct procirq_action, storm_work);
	struct procirq_reader *reader;
	static const char *const done[] = {
		[STORM_SILENCED] = "masked until it writes 1",
		[STORM_RELEASED] = "its device is silenced until it writes 1",
		[STORM_DISABLED] =
			"that did not end it: the line is disabled, for all its users, until it writes 1 or closes",
	};
	char comm[sizeof(reader->comm)] = "";
	enum action_storm storm;
	unsigned long flags;
	pid_t pid = 0;
	bool log;

	raw_spin_lock_irqsave(&action->lock, flags);
	storm = action->storm;
	log = action->storms == 1 || storm == STORM_DISABLED;
	reader = list_first_entry_or_null(&action->readers, struct procirq_reader, node);
	if (reader) {
		memcpy(comm, reader->comm, sizeof(comm));
		pid = reader->pid;
	}
	raw_spin_unlock_irqrestore(&action->lock, flags);
	if (log && storm != STORM_NONE)
		pr_warn("irq %u%s%s: interrupt storm, and its reader %.16s (pid %d) does not read; %s\n",
			action->irq, action->device ? ", device " : "",
			action->device ? procirq_device_name(action->device) : "", comm, pid,
			done[storm]);
}

/*
 * Tries to end a storm by the next measure: silence the device, or mask the line; run
 * the device's release steps; disable the line for all its users. Caller holds
 * action->lock.
 */
static void action_stop_storm(struct procirq_action *action)
{
	struct procirq_device *device = action->device;

	if (action->storm == STORM_NONE && (!device || procirq_device_silences(device))) {
		action->storm = STORM_SILENCED;
		procirq_action_mask(action);
	} else if (action->storm < STORM_RELEASED && device) {
		action->storm = STORM_RELEASED;
		action->masked = true;
		procirq_device_release(device);
	} else if (action->storm < STORM_DISABLED) {
		action->storm = STORM_DISABLED;
		action->masked = true;
		disable_irq_nosync(action->irq);
	}
}

/*
 * The storm guard: acts if too many interrupts came within a window and nobody
 * read; then begins a new window. Caller holds action->lock.
 */
static noinline void action_guard_judge(struct procirq_action *action, u64 now)
{
	unsigned int rate = READ_ONCE(storm_rate);
	u64 window_ns = rate < NSEC_PER_SEC / STORM_WINDOW_NS ? NSEC_PER_SEC : STORM_WINDOW_NS;

	if (action->taken > action->storm_to && now < action->storm_until_ns &&
	    !action_is_read(action)) {
		action->storms++;
		action_stop_storm(action);
		/* The message is printed from there, without action->lock. */
		irq_work_queue(&action->storm_work);
	}
	action->storm_until_ns = now + window_ns;
	action->storm_from = action->taken;
	action->storm_to = rate ? action->taken + rate / (NSEC_PER_SEC / window_ns) : U64_MAX;
}

/* Called for each interrupt that does not mask the action, or comes while it is masked. */
static __always_inline void action_guard(struct procirq_action *action, u64 now)
{
	if (unlikely(now >= action->storm_until_ns || action->taken > action->storm_to))
		action_guard_judge(action, now);
}

static __always_inline bool action_wants_mask(const struct procirq_action *action,
					      const struct procirq_device *device)
{
	/* Without silence steps a device cannot be kept from interrupting. */
	if (device && !procirq_device_silences(device))
		return false;
	return action->nr_nomask < action->nr_readers || !action->nr_readers;
}

/*
 * Takes one interrupt: counts it, delivers it, masks. Called with action->lock held
 * and interrupts off; drops the lock. @solo is action->solo if none of its threads
 * is blocked, else NULL.
 *
 * This is half of the time from the interrupt to a thread in read() or to a user
 * level handler. So it is inlined into each handler, where the compiler knows
 * whether @device and @solo are NULL.
 */
static __always_inline void action_take(struct procirq_action *action,
					struct procirq_device *device, struct procirq_reader *solo,
					u64 now, u32 status) __releases(&action->lock)
{
	struct procirq_eventfd_target *target = NULL;
	struct procirq_line *line;
	struct procirq_reader *reader;
	unsigned int woken = 0;
	u64 seq = ++action->taken;
	bool pollers;

	procirq_ring_put(action->ring, seq, now, status);
	action->nr_idle = 0;

	/*
	 * Wake before masking: another CPU can wake up while this one accesses
	 * the interrupt controller.
	 */
	if (solo) {
		procirq_uli_raise(solo, now);
	} else {
		list_for_each_entry(reader, &action->readers, node) {
			if (list_empty(&reader->waiters))
				continue;
			action_deliver(reader, seq, now, status);
			woken++;
		}
		if (unlikely(action->nr_eventfds | action->nr_ulis)) {
			target = action_signal_eventfds(action);
			action_raise_ulis(action, now);
		}
	}
	if (likely(action_wants_mask(action, device) && !action->masked))
		action_mask_inline(action, device);
	else
		action_guard(action, now);

	line = action->line;
	/*
	 * A poller adds itself to the queue, and then takes the lock to read the
	 * count. If it had the lock before us, we see it on the queue. If it gets
	 * the lock after us, it sees the count.
	 */
	pollers = waitqueue_active(&line->poll_wait);
	raw_spin_unlock(&action->lock);

	/* procirq_eventfd_free() waits for this: with interrupts off it is an RCU reader. */
	if (unlikely(target))
		procirq_eventfd_signal(target);
	if (pollers) {
		if (procirq_hard)
			irq_work_queue(&line->poll_work);
		else
			procirq_line_wake_pollers(line);
	}
	if (trace_procirq_irq_enabled())
		trace_procirq_irq(action->irq, seq, now);
	if (trace_procirq_wake_enabled() && (woken || pollers))
		trace_procirq_wake(action->irq, seq, now, woken, pollers);
}

/* The handler of a line that is ours alone. */
irqreturn_t procirq_action_handler(int irq, void *data)
{
	struct procirq_action *action = data;
	u64 now = ktime_get_ns();

	raw_spin_lock(&action->lock);
	if (action->solo && list_empty(&action->solo->waiters))
		action_take(action, NULL, action->solo, now, 0);
	else
		action_take(action, NULL, NULL, now, 0);
	return IRQ_HANDLED;
}

/* The handler for one device, on a line that may be shared. */
irqreturn_t procirq_action_device_handler(int irq, void *data)
{
	enum procirq_check check = PROCIRQ_CHECK_NONE;
	struct procirq_action *action = data;
	u64 now = ktime_get_ns();
	unsigned long flags;
	u32 status;

	/* CONFIG_DEBUG_SHIRQ also calls handlers from request_irq() and free_irq(). */
	raw_spin_lock_irqsave(&action->lock, flags);
	if (action->attached)
		check = procirq_device_check(action->device, &status);
	if (check != PROCIRQ_CHECK_INTERRUPT) {
		raw_spin_unlock_irqrestore(&action->lock, flags);
		return check == PROCIRQ_CHECK_SILENCED ? IRQ_HANDLED : IRQ_NONE;
	}
	action_take(action, action->device, NULL, now, status);
	local_irq_restore(flags);
	return IRQ_HANDLED;
}

/* Takes an interrupt that was pending in the device when it was to be resumed. */
static void action_retake(struct irq_work *work)
{
	struct procirq_action *action = container_of(work, struct procirq_action, retake_work);
	u64 now = ktime_get_ns();
	unsigned long flags;
	bool retaking;
	u32 status;

	raw_spin_lock_irqsave(&action->lock, flags);
	retaking = action->retaking && action->attached;
	action->retaking = false;
	/* Held or stopped since: what unmasks it then finds the interrupt again. */
	if (!retaking || action->nr_holding || action->storm != STORM_NONE) {
		raw_spin_unlock_irqrestore(&action->lock, flags);
	} else if (procirq_device_recheck(action->device, &status)) {
		action_take(action, action->device, NULL, now, status);
		local_irq_restore(flags);
	} else {
		/* The program has ended it meanwhile. */
		procirq_action_unmask(action);
		raw_spin_unlock_irqrestore(&action->lock, flags);
	}
}

/**
 * procirq_action_inject() - handle one interrupt that did not come
 * @action: its device and the interrupt controller are not accessed
 *
 * Context: process context.
 * Return: 0, -ENOTCONN without a handler, -EBUSY while masked.
 */
int procirq_action_inject(struct procirq_action *action)
{
	int err = 0;

	local_irq_disable();
	raw_spin_lock(&action->lock);
	if (!action->attached)
		err = -ENOTCONN;
	else if (action->masked)
		err = -EBUSY;
	if (err) {
		raw_spin_unlock(&action->lock);
	} else {
		action->injected++;
		action_take(action, action->device, NULL, ktime_get_ns(), 0);
	}
	local_irq_enable();
	return err;
}

/*
 * Adds the totals of a reader that has left the action to @closed. What it has not
 * read is lost. Caller holds action->lock.
 */
void procirq_action_settle(struct procirq_action *action, struct procirq_reader *reader)
{
	struct procirq_totals *totals = &reader->totals;

	lockdep_assert_held(&action->lock);
	totals->lost = procirq_reader_pending(reader);
	totals->due = reader->end - reader->opened_at;
	procirq_totals_add(&action->closed, totals);
	if (totals->lost)
		trace_procirq_lost(action->irq, reader->end, totals->lost);
	*totals = (struct procirq_totals){};
	reader->cursor = reader->end;
	/* A reader that closes has serviced the device. */
	action_unmask_if_serviced(action);
}

/* All readers leave, and read() returns -ENODEV to them. Takes action->lock. */
void procirq_action_revoke(struct procirq_action *action)
{
	struct procirq_waiter *waiter, *next_waiter;
	struct procirq_reader *reader, *next;

	raw_spin_lock_irq(&action->lock);
	list_for_each_entry_safe(reader, next, &action->readers, node) {
		procirq_reader_leave(reader);
		/* Nothing is pending for them, or they would not have blocked. */
		list_for_each_entry_safe(waiter, next_waiter, &reader->waiters, node)
			procirq_waiter_wake(waiter, -ENODEV);
	}
	raw_spin_unlock_irq(&action->lock);
}

/**
 * procirq_action_init() - initialise an action without readers, not attached
 * @action: zeroed
 * @line: the line it is on
 * @device: the device to ask, which the action owns from now on; or NULL
 */
void procirq_action_init(struct procirq_action *action, struct procirq_line *line,
			 struct procirq_device *device)
{
	action->line = line;
	action->irq = line->irq;
	action->device = device;
	raw_spin_lock_init(&action->lock);
	init_irq_work(&action->storm_work, action_log_storm);
	action->retake_work = IRQ_WORK_INIT_HARD(action_retake);
	INIT_LIST_HEAD(&action->readers);
	INIT_LIST_HEAD(&action->node);
}

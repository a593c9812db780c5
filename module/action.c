// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a reader's interrupts come from: taking them in the hard interrupt
 * handler, counting, handing out to readers, masking.
 *
 * The handler runs in hard interrupt context and takes only raw locks, so it
 * is the same on PREEMPT_RT: readers blocked in read() are woken directly
 * with wake_up_process(). A wait queue, which poll() needs, has a sleeping
 * lock there, so pollers are woken from an irq_work on PREEMPT_RT.
 *
 * Masking rule: action->masked shadows the one count of genirq's disable depth
 * that we hold, or says that we silenced the action's device. Only procirq_action_mask()
 * and procirq_action_unmask() change either.
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
 * Keep the handler in hard interrupt context whatever the kernel does with
 * others', and wake pollers, whose wait queue has a sleeping lock on
 * PREEMPT_RT, from an irq_work.
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

/* How long the storm guard counts before it judges. */
#define STORM_WINDOW_NS (100 * NSEC_PER_MSEC)

/* When the last interrupt was taken, ns; 0 if none was. */
static u64 action_last_ns(const struct procirq_action *action)
{
	return action->taken ? procirq_ring_entry(action->ring, action->taken)->irq_ns : 0;
}

/*
 * As disable_irq_nosync(), which first looks the descriptor up: a tenth of the way
 * to read() since descriptors are in a maple tree (6.5). The same lock, depth and
 * state bits, for chips that only mask; enable_irq() undoes it.
 */
static __always_inline void action_disable_line(struct irq_desc *desc)
{
	struct irq_data *data = &desc->irq_data;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&desc->lock);
	if (!desc->depth++) {
		ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_DISABLED;
		/* Otherwise genirq does, when the line interrupts again. */
		if (desc->status_use_accessors & IRQ_DISABLE_UNLAZY && !irqd_irq_masked(data)) {
			data->chip->irq_mask(data);
			ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
		}
	}
	raw_spin_unlock(&desc->lock);
}

static __always_inline void action_mask_inline(struct procirq_action *action,
					       struct procirq_device *device, u32 status)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(&action->lock);
	if (action->masked)
		return;
	action->masked = true;
	if (device)
		procirq_device_silence(device, status);
	else if (action->desc)
		action_disable_line(action->desc);
	else
		disable_irq_nosync(irq);
	if (trace_procirq_mask_enabled())
		trace_procirq_mask(irq, action->taken, action_last_ns(action));
}

/*
 * Caller holds action->lock. Without our handler the line's disable depth is not
 * ours, and the descriptor may be gone.
 */
void procirq_action_mask(struct procirq_action *action)
{
	if (action->attached)
		action_mask_inline(action, action->device, 0);
}

/*
 * Caller holds action->lock. enable_irq() may be called here: line_attach()
 * refused chips whose bus lock sleeps.
 */
void procirq_action_unmask(struct procirq_action *action)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(&action->lock);
	if (!action->masked || !action->attached)
		return;
	action->masked = false;
	action->stormy = false;
	if (action->device)
		procirq_device_resume(action->device);
	else
		enable_irq(irq);
	if (trace_procirq_unmask_enabled())
		trace_procirq_unmask(irq, action->taken, action_last_ns(action));
}

static void action_unmask_if_serviced(struct procirq_action *action)
{
	if (action->nr_idle == action->nr_readers && action->nr_readers && !action->nr_holding &&
	    !action->stormy)
		procirq_action_unmask(action);
}

/*
 * The reader came back and found nothing: it has tended the device. Once all
 * have, the line may fire again. Caller holds action->lock.
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

/* The reader wrote 0; caller holds action->lock. */
void procirq_action_hold(struct procirq_action *action, struct procirq_reader *reader)
{
	lockdep_assert_held(&action->lock);
	action->nr_holding += !reader->holding;
	reader->holding = true;
}

/* A reader wrote 1, which ends every hold; caller holds action->lock. */
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
 * The same for the interrupt just taken, the only one pending where a thread
 * is blocked. One thread per reader: to another the line would look tended.
 */
static __always_inline void action_deliver(struct procirq_reader *reader, u64 seq, u64 now,
					   u32 status)
{
	struct procirq_waiter *waiter =
		list_first_entry(&reader->waiters, struct procirq_waiter, node);

	/* The rest of the event is as the thread left it: count 1, nothing lost. */
	waiter->event.status = status;
	waiter->event.seq = seq;
	waiter->event.first_ns = now;
	waiter->event.last_ns = now;
	reader->cursor = seq;
	reader->totals.delivered++;
	procirq_waiter_wake(waiter, 1);
}

/*
 * Rings the readers' eventfds; a target that delivers has the interrupt read. Where
 * there is but one, and it may be rung from here, it is returned, to be rung
 * without the lock: an eventfd's own lock is no raw one.
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
 * Whether some reader has taken an interrupt of the guard's present window, as
 * far as we can know.
 */
static bool action_is_read(const struct procirq_action *action)
{
	const struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node)
		if (reader->mapped || reader->cursor > action->storm_from)
			return true;
	return false;
}

/* Tells the log, once for each action, with the name of who does not read. */
static void action_tell_storm(struct irq_work *work)
{
	struct procirq_action *action = container_of(work, struct procirq_action, storm_work);
	struct procirq_reader *reader;
	char comm[sizeof(reader->comm)] = "";
	unsigned long flags;
	pid_t pid = 0;
	bool tell;

	raw_spin_lock_irqsave(&action->lock, flags);
	tell = action->storms == 1;
	reader = list_first_entry_or_null(&action->readers, struct procirq_reader, node);
	if (reader) {
		memcpy(comm, reader->comm, sizeof(comm));
		pid = reader->pid;
	}
	raw_spin_unlock_irqrestore(&action->lock, flags);
	if (tell)
		pr_warn("irq %u%s%s: a storm, and its reader %.16s (pid %d) does not read; masked until it writes 1\n",
			action->irq, action->device ? ", device " : "",
			action->device ? procirq_device_name(action->device) : "", comm, pid);
}

/*
 * An interrupt was taken and the action stays unmasked: the storm guard. A
 * thread that spins on the ring reads without our knowing; where a ring is
 * mapped the guard trusts its reader.
 */
static noinline void action_guard_judge(struct procirq_action *action, u64 now)
{
	unsigned int limit = READ_ONCE(storm_rate) / (NSEC_PER_SEC / STORM_WINDOW_NS);

	if (limit && now - action->storm_ns < STORM_WINDOW_NS && !action_is_read(action)) {
		action->storms++;
		action->stormy = true;
		if (action->device && !procirq_device_silences(action->device))
			procirq_device_release(action->device);
		procirq_action_mask(action);
		/* Says so, where printing is allowed. */
		irq_work_queue(&action->storm_work);
	}
	action->storm_ns = now;
	action->storm_from = action->taken;
	action->storm_to = limit ? action->taken + limit : U64_MAX;
}

/* Every interrupt that leaves its action unmasked comes through here. */
static __always_inline void action_guard(struct procirq_action *action, u64 now)
{
	if (unlikely(now - action->storm_ns >= STORM_WINDOW_NS || action->taken > action->storm_to))
		action_guard_judge(action, now);
}

static __always_inline bool action_wants_mask(const struct procirq_action *action,
					      const struct procirq_device *device)
{
	/* A device without such steps interrupts on. */
	if (device && !procirq_device_silences(device))
		return false;
	return action->nr_nomask < action->nr_readers || !action->nr_readers;
}

/*
 * Takes one interrupt: counts it, wakes whom it concerns. Caller holds
 * action->lock, and drops it; hard interrupt context, or interrupts off. Inline,
 * with @device and @solo known to be NULL or not: it is half of the way to read(),
 * and half of the way to a handler. @solo is action->solo, with nobody blocked.
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
	 * Wake before masking: masking goes out to the interrupt controller,
	 * the other CPU's wake-up can proceed meanwhile.
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
	if (likely(action_wants_mask(action, device)))
		action_mask_inline(action, device, status);
	else
		action_guard(action, now);

	line = action->line;
	/*
	 * A poller adds itself to the queue and then takes the lock to look
	 * at the count. If it looked before us it is on the queue and seen
	 * here; if it looks after us it sees the count.
	 */
	pollers = waitqueue_active(&line->poll_wait);
	raw_spin_unlock(&action->lock);

	/* Interrupts are off: an RCU read-side section, which procirq_eventfd_free() waits for. */
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

/* The handler of a line that we have for ourselves. */
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

/* The handler of a device on a line that may be shared. */
irqreturn_t procirq_action_device_handler(int irq, void *data)
{
	struct procirq_action *action = data;
	u64 now = ktime_get_ns();
	unsigned long flags;
	u32 status;

	/* CONFIG_DEBUG_SHIRQ also calls handlers from request_irq() and free_irq(). */
	raw_spin_lock_irqsave(&action->lock, flags);
	if (!action->attached || !procirq_device_check(action->device, &status)) {
		raw_spin_unlock_irqrestore(&action->lock, flags);
		return IRQ_NONE;
	}
	action_take(action, action->device, NULL, now, status);
	local_irq_restore(flags);
	return IRQ_HANDLED;
}

/**
 * procirq_action_inject() - as if its interrupt had come, once
 * @action: its device and the interrupt controller are not touched
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
 * The reader, which has left, takes no more of this action: what it has not
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
	/* Closing counts as having caught up. */
	action_unmask_if_serviced(action);
}

/* Its readers' reads return -ENODEV; takes action->lock. */
void procirq_action_revoke(struct procirq_action *action)
{
	struct procirq_waiter *waiter, *next_waiter;
	struct procirq_reader *reader, *next;

	raw_spin_lock_irq(&action->lock);
	list_for_each_entry_safe(reader, next, &action->readers, node) {
		procirq_reader_leave(reader);
		/* None is pending where a thread is blocked. */
		list_for_each_entry_safe(waiter, next_waiter, &reader->waiters, node)
			procirq_waiter_wake(waiter, -ENODEV);
	}
	raw_spin_unlock_irq(&action->lock);
}

/**
 * procirq_action_init() - a action without readers, not attached
 * @action: zeroed
 * @line: the line it is on
 * @device: the device to ask, which becomes the action's; or NULL
 */
void procirq_action_init(struct procirq_action *action, struct procirq_line *line,
			 struct procirq_device *device)
{
	action->line = line;
	action->irq = line->irq;
	action->device = device;
	raw_spin_lock_init(&action->lock);
	init_irq_work(&action->storm_work, action_tell_storm);
	INIT_LIST_HEAD(&action->readers);
	INIT_LIST_HEAD(&action->node);
}

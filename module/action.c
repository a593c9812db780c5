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
 * it once free_irq() has shut the line down. The disable depth follows at once when
 * it is set; when it is cleared, enable_irq() is called after the lock is dropped.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "internal.h"
#include "take.h"
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

/**
 * procirq_action_use_lock() - replace an action's lock
 * @action: its handler is not attached
 * @lock: its own lock, or that of the line's descriptor
 *
 * Context: process context.
 */
void procirq_action_use_lock(struct procirq_action *action, raw_spinlock_t *lock)
{
	raw_spinlock_t *old;

	procirq_action_lock(action);
	old = action->lock;
	/*
	 * Pairs with procirq_action_lock_irqoff(): who takes the new lock sees what was
	 * written with the old one held. Nothing is accessed after this.
	 */
	smp_store_release(&action->lock, lock);
	raw_spin_unlock_irq(old);
}

/*
 * Drops action->lock and makes the calls of enable_irq() that are owed. Interrupts stay
 * off, so that line_detach() does not wait long. enable_irq() does not sleep, because
 * line_request() refuses chips with a bus lock.
 */
void procirq_action_pay(struct procirq_action *action) __releases(action->lock)
{
	unsigned int owed = action->owed;
	unsigned int irq = action->irq;

	action->owed = 0;
	atomic_inc(&action->enabling);
	raw_spin_unlock(action->lock);
	while (owed--)
		enable_irq(irq);
	/* line_detach() may go on. */
	atomic_dec_return_release(&action->enabling);
}

/* Undoes procirq_action_mask(), and what the storm guard did. Caller holds action->lock. */
void procirq_action_unmask(struct procirq_action *action)
{
	unsigned int irq = action->irq;

	lockdep_assert_held(action->lock);
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
		action->owed++;
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
		action->owed++;
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
	lockdep_assert_held(action->lock);
	if (reader->idle_at != action->taken) {
		reader->idle_at = action->taken;
		action->nr_idle++;
	}
	action_unmask_if_serviced(action);
}

/* The reader wrote 0: the line stays masked. Caller holds action->lock. */
void procirq_action_hold(struct procirq_action *action, struct procirq_reader *reader)
{
	lockdep_assert_held(action->lock);
	action->nr_holding += !reader->holding;
	reader->holding = true;
}

/* A reader wrote 1, which ends the holds of all readers. Caller holds action->lock. */
void procirq_action_release_hold(struct procirq_action *action)
{
	struct procirq_reader *reader;

	lockdep_assert_held(action->lock);
	if (!action->nr_holding)
		return;
	list_for_each_entry(reader, &action->readers, node)
		reader->holding = false;
	action->nr_holding = 0;
}

/*
 * Signals the readers' eventfds. A single one is returned instead, for the caller to
 * signal without action->lock: an eventfd's lock is not raw. Caller holds action->lock.
 */
struct procirq_eventfd_target *procirq_action_signal_eventfds(struct procirq_action *action)
{
	struct procirq_eventfd_target *now = NULL;
	struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node) {
		if (!reader->eventfd)
			continue;
		if (action->nr_eventfds == 1)
			now = reader->eventfd;
		else
			procirq_eventfd_signal_later(reader->eventfd);
		action_read_by_eventfd(reader, action->taken);
	}
	return now;
}

/* Raises the user level interrupts of all readers. Caller holds action->lock. */
void procirq_action_raise_ulis(struct procirq_action *action, u64 now)
{
	struct procirq_reader *reader;

	list_for_each_entry(reader, &action->readers, node)
		if (reader->uli)
			procirq_uli_raise(reader, now);
}

/*
 * Whether a reader has read an interrupt of the guard's present window, or its user
 * level handler has handled one. Reads of a mapped ring cannot be seen: the guard
 * trusts a reader while it is mapped.
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

	local_irq_save(flags);
	procirq_action_lock_irqoff(action);
	storm = action->storm;
	log = action->storms == 1 || storm == STORM_DISABLED;
	reader = list_first_entry_or_null(&action->readers, struct procirq_reader, node);
	if (reader) {
		memcpy(comm, reader->comm, sizeof(comm));
		pid = reader->pid;
	}
	raw_spin_unlock(action->lock);
	local_irq_restore(flags);
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
		action_disable(action);
	}
}

/*
 * The storm guard: acts if too many interrupts came within a window and nobody
 * read; then begins a new window. Caller holds action->lock.
 */
void procirq_action_guard_judge(struct procirq_action *action, u64 now)
{
	unsigned int rate = READ_ONCE(storm_rate);
	u64 window_ns = rate < NSEC_PER_SEC / STORM_WINDOW_NS ? NSEC_PER_SEC : STORM_WINDOW_NS;

	/* The parameter may have been set to 0 since the window began. */
	if (rate && action->taken > action->storm_to && now < action->storm_until_ns &&
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

/* The rest of an interrupt, after action->lock is dropped. Interrupts off. */
static __always_inline void action_finish(struct procirq_action *action,
					  struct procirq_eventfd_target *target)
{
	struct procirq_line *line = action->line;

	if (unlikely(target))
		action_signal(target);
	if (likely(!action_has_pollers(action)))
		return;
	if (procirq_hard)
		irq_work_queue(&line->poll_work);
	else
		procirq_line_wake_pollers(line);
}

/**
 * procirq_action_finish() - do what action_take() could not do with the lock held
 * @action: not freed during the call, nor is its line
 * @target: what action_take() returned
 *
 * Context: hard interrupt, action->lock not held.
 */
void procirq_action_finish(struct procirq_action *action, struct procirq_eventfd_target *target)
{
	action_finish(action, target);
}

/* The handler of a line that is ours alone, called by genirq's flow handlers. */
irqreturn_t procirq_action_handler(int irq, void *data)
{
	struct procirq_action *action = data;
	struct procirq_eventfd_target *target;
	u64 now = ktime_get_ns();

	/* While our handler is attached, action->lock is the same. */
	raw_spin_lock(action->lock);
	if (action->audience == PROCIRQ_AUDIENCE_ULI)
		target = action_take(action, NULL, PROCIRQ_AUDIENCE_ULI, now, 0);
	else
		target = action_take(action, NULL, PROCIRQ_AUDIENCE_ANY, now, 0);
	raw_spin_unlock(action->lock);
	action_finish(action, target);
	return IRQ_HANDLED;
}

/* The handler for one device, on a line that may be shared. */
irqreturn_t procirq_action_device_handler(int irq, void *data)
{
	enum procirq_check check = PROCIRQ_CHECK_NONE;
	struct procirq_action *action = data;
	struct procirq_eventfd_target *target;
	u64 now = ktime_get_ns();
	unsigned long flags;
	u32 status;

	/* CONFIG_DEBUG_SHIRQ also calls handlers from request_irq() and free_irq(). */
	raw_spin_lock_irqsave(&action->own_lock, flags);
	if (action->attached)
		check = procirq_device_check(action->device, &status);
	if (check != PROCIRQ_CHECK_INTERRUPT) {
		raw_spin_unlock_irqrestore(&action->own_lock, flags);
		return check == PROCIRQ_CHECK_SILENCED ? IRQ_HANDLED : IRQ_NONE;
	}
	target = action_take(action, action->device, PROCIRQ_AUDIENCE_ANY, now, status);
	raw_spin_unlock(&action->own_lock);
	action_finish(action, target);
	local_irq_restore(flags);
	return IRQ_HANDLED;
}

/* Takes an interrupt that was pending in the device when it was to be resumed. */
static void action_retake(struct irq_work *work)
{
	struct procirq_action *action = container_of(work, struct procirq_action, retake_work);
	struct procirq_eventfd_target *target = NULL;
	u64 now = ktime_get_ns();
	bool retaking, taken = false;
	unsigned long flags;
	u32 status;

	local_irq_save(flags);
	procirq_action_lock_irqoff(action);
	retaking = action->retaking && action->attached;
	action->retaking = false;
	/* Held or stopped since: what unmasks it then finds the interrupt again. */
	if (retaking && !action->nr_holding && action->storm == STORM_NONE) {
		taken = procirq_device_recheck(action->device, &status);
		/* If not, the program has ended it meanwhile. */
		if (taken)
			target = action_take(action, action->device, PROCIRQ_AUDIENCE_ANY, now,
					     status);
		else
			procirq_action_unmask(action);
	}
	procirq_action_unlock_irqoff(action);
	if (taken)
		action_finish(action, target);
	local_irq_restore(flags);
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
	struct procirq_eventfd_target *target = NULL;
	int err = 0;

	local_irq_disable();
	procirq_action_lock_irqoff(action);
	/* While a claim of a shared line is being tried, @attached is set ahead of time. */
	if (!action->attached || (!action->device && action->line->shared)) {
		err = -ENOTCONN;
	} else if (action->masked) {
		err = -EBUSY;
	} else {
		action->injected++;
		target = action_take(action, action->device, PROCIRQ_AUDIENCE_ANY, ktime_get_ns(),
				     0);
	}
	raw_spin_unlock(action->lock);
	action_finish(action, target);
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

	lockdep_assert_held(action->lock);
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

/**
 * procirq_action_revoke() - make readers leave, so that their read() returns -ENODEV
 * @action: theirs; its lock is taken
 * @devfile: those that were opened by it; NULL: all
 */
void procirq_action_revoke(struct procirq_action *action, const struct procirq_devfile *devfile)
{
	struct procirq_waiter *waiter, *next_waiter;
	struct procirq_reader *reader, *next;

	procirq_action_lock(action);
	list_for_each_entry_safe(reader, next, &action->readers, node) {
		if (devfile && reader->devfile != devfile)
			continue;
		procirq_reader_leave(reader);
		/* Nothing is pending for them, or they would not have blocked. */
		list_for_each_entry_safe(waiter, next_waiter, &reader->waiters, node)
			procirq_waiter_wake(waiter, -ENODEV);
	}
	/* The others need not wait for those who have gone. */
	action_unmask_if_serviced(action);
	procirq_action_unlock(action);
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
	raw_spin_lock_init(&action->own_lock);
	action->lock = &action->own_lock;
	init_irq_work(&action->storm_work, action_log_storm);
	/* In the context of the handler, whose wake-ups it makes. */
	action->retake_work =
		procirq_hard ? IRQ_WORK_INIT_HARD(action_retake) : IRQ_WORK_INIT(action_retake);
	INIT_LIST_HEAD(&action->readers);
	INIT_LIST_HEAD(&action->node);
}

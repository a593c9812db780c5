// SPDX-License-Identifier: GPL-2.0-only
/*
 * User level interrupts: a thread calls its handler for a reader's interrupts.
 * "Interrupt handler" below is the kernel's, "handler" the thread's.
 *
 * A thread is sent to its handler on one of three paths:
 * - direct: the interrupt hit the thread in user mode, and the return from the
 *   interrupt goes to the handler;
 * - return: the thread was in the kernel or not running. It gets task work, which
 *   runs on its way out of the kernel;
 * - wake: it slept interruptibly. It gets task work, and is woken for it.
 *
 * No interrupt is lost. The interrupt handler increments shared->raised and then
 * reads shared->state. The thread sets shared->state to 0 and then reads
 * shared->raised. Both have a full barrier in between. So either the thread sees the
 * interrupt, or the interrupt handler sees that the thread is free, and sends it.
 * In the kernel, only the thread's own CPU sets state to BUSY, in an interrupt that
 * hit the thread or in its task work. Nothing that the thread writes is trusted.
 *
 * Task work cannot be cancelled. So it holds a reference on the procirq_ulireg and
 * on the module, which cannot be unloaded until the work has run.
 *
 * Contexts: procirq_uli_raise() hard interrupt (or interrupts off), action->lock
 * held; the timers hard interrupt, no lock; uli_work() the thread itself, may sleep.
 */
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/kmemleak.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/task_work.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "internal.h"
#include "trace.h"
#include "uliraise.h"

#define ULI_LIMIT_MIN_NS NSEC_PER_MSEC
#define ULI_LIMIT_MAX_NS (3600ULL * NSEC_PER_SEC)

/* Delay before another attempt to send a thread that could not be sent. */
#define ULI_RETRY_NS (100 * NSEC_PER_USEC)

/*
 * A page of its own, not slab memory: if task work is in a slab object, KASAN records
 * who queued it, and may allocate memory for that, which an interrupt handler must not
 * do. kmemleak has to scan the page, because it holds the only pointers to some objects.
 */
static struct procirq_ulireg *uli_memory(void)
{
	struct procirq_ulireg *uli = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	BUILD_BUG_ON(sizeof(*uli) > PAGE_SIZE);
	if (uli)
		kmemleak_alloc(uli, sizeof(*uli), 1, GFP_KERNEL);
	return uli;
}

static void uli_memory_free(struct procirq_ulireg *uli)
{
	kmemleak_free(uli);
	free_page((unsigned long)uli);
}

static void uli_free(struct kref *ref)
{
	struct procirq_ulireg *uli = container_of(ref, struct procirq_ulireg, ref);

	unpin_user_pages_dirty_lock(&uli->page, 1, true);
	account_locked_vm(uli->mm, 1, false);
	mmdrop(uli->mm);
	put_task_struct(uli->task);
	uli_memory_free(uli);
}

static void uli_put(struct procirq_ulireg *uli)
{
	kref_put(&uli->ref, uli_free);
}

/* Interrupts that the handler has not been called for, if the program counts right. */
static u64 uli_pending(const struct procirq_ulireg *uli)
{
	u64 raised = READ_ONCE(uli->raised);

	return min(raised - READ_ONCE(uli->shared->taken), raised);
}

/* On the thread's CPU. Returns true if the handler was free: the caller sends the thread. */
static bool uli_claim(struct procirq_ulireg *uli)
{
	return atomic_cmpxchg(uli_state(uli), 0, PROCIRQ_ULI_BUSY) == 0;
}

/* Undoes uli_claim(). */
static void uli_unclaim(struct procirq_ulireg *uli)
{
	atomic_sub(PROCIRQ_ULI_BUSY, uli_state(uli));
}

/* --- task work ---------------------------------------------------------------- */

static void uli_retry_later(struct procirq_ulireg *uli)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&uli->lock, flags);
	uli->retries++;
	if (!uli->closing)
		hrtimer_start(&uli->retry, ns_to_ktime(ULI_RETRY_NS), HRTIMER_MODE_REL_HARD);
	raw_spin_unlock_irqrestore(&uli->lock, flags);
}

static void uli_work_send(struct procirq_ulireg *uli, enum procirq_uli_path path)
{
	if (!uli_pending(uli) || !uli_claim(uli))
		return;
	switch (procirq_uli_arch_send(&uli->code)) {
	case 0:
		uli_sent(uli, path);
		return;
	case -EFAULT:
		/* No stack: what the kernel does if it cannot deliver a signal. */
		uli_unclaim(uli);
		uli->faults++;
		force_sig(SIGSEGV);
		return;
	case -EOPNOTSUPP:
		/* It cannot be sent any more: its interrupts go to read() again. */
		uli_unclaim(uli);
		set_bit(ULI_DEAD, &uli->bits);
		return;
	default:
		uli_unclaim(uli);
		uli_retry_later(uli);
	}
}

/* Task work: runs in the thread, on its way out of the kernel or when it ends. */
static void uli_work(struct callback_head *work)
{
	struct procirq_ulireg *uli = container_of(work, struct procirq_ulireg, work);
	enum procirq_uli_path path;

	path = test_and_clear_bit(ULI_WAKING, &uli->bits) ? ULI_WAKE : ULI_RETURN;
	clear_bit(ULI_QUEUED, &uli->bits);
	/* A CPU that sees QUEUED set has already updated @raised; pairs with uli_queue(). */
	smp_mb__after_atomic();

	if (current->flags & PF_EXITING || current->mm != uli->mm)
		set_bit(ULI_DEAD, &uli->bits);
	if (!uli_is_dead(uli) && !READ_ONCE(uli->closing)) {
		if (test_and_clear_bit(ULI_OVERRUN, &uli->bits)) {
			uli->overruns++;
			send_sig(SIGXCPU, current, 1);
		}
		uli_work_send(uli, path);
	}
	uli_put(uli);
	/* procirq_uli_exit() waits for the last instructions of this function. */
	module_put(THIS_MODULE);
}

/* Flags of the handler's thread. */
static unsigned int uli_thread_flags(const struct procirq_ulireg *uli)
{
	/*
	 * It alone writes them, with plain accesses. Once it has set PF_EXITING or
	 * PF_DUMPCORE, these stay.
	 */
	return data_race(READ_ONCE(uli->task->flags));
}

/*
 * Makes the thread run uli_work(). Interrupts off. With TWA_SIGNAL the thread is
 * notified as by a signal: it may be in the kernel and about to sleep, and no
 * interruptible sleep must go on.
 */
static void uli_queue(struct procirq_ulireg *uli, enum task_work_notify_mode mode)
{
	unsigned int flags = uli_thread_flags(uli);

	if (uli_is_dead(uli))
		return;
	if (unlikely(flags & (PF_EXITING | PF_DUMPCORE))) {
		/*
		 * It does not return to user mode. A notification would interrupt a
		 * core dump to a pipe at the first write that blocks.
		 */
		set_bit(ULI_DEAD, &uli->bits);
		if (flags & PF_DUMPCORE)
			clear_tsk_thread_flag(uli->task, TIF_NOTIFY_SIGNAL);
		return;
	}
	if (test_and_set_bit(ULI_QUEUED, &uli->bits))
		return;
	/* A pending signal wakes the thread too, and may kill it. */
	if (mode == TWA_SIGNAL && task_sigpending(uli->task))
		mode = TWA_RESUME;
	kref_get(&uli->ref);
	__module_get(THIS_MODULE);
	if (mode == TWA_SIGNAL && READ_ONCE(uli->task->__state) & TASK_INTERRUPTIBLE)
		set_bit(ULI_WAKING, &uli->bits);
	if (!task_work_add(uli->task, &uli->work, mode))
		return;
	/* It has ended. This is not the last reference: the reader has one. */
	set_bit(ULI_DEAD, &uli->bits);
	kref_put(&uli->ref, uli_free);
	module_put(THIS_MODULE);
}

/* --- interrupts ------------------------------------------------------------------ */

/* What follows if uli_try_direct() returned @err. Interrupts off. */
static void uli_queue_unless_busy(struct procirq_ulireg *uli, int err)
{
	switch (err) {
	case -EBUSY:
		return;
	case -ESRCH:
		set_bit(ULI_DEAD, &uli->bits);
		return;
	case -ENOENT:
		/* Pairs with the thread's barrier: it sets state to 0, then reads raised. */
		smp_mb();
		if (!atomic_read(uli_state(uli)))
			uli_queue(uli, TWA_SIGNAL);
		return;
	default:
		uli_queue(uli, TWA_RESUME);
	}
}

/*
 * Ends the delivery to the handler: what it has not been called for is pending for
 * read() again. Caller holds action->lock.
 */
static void uli_end(struct procirq_reader *reader)
{
	struct procirq_ulireg *uli = reader->uli;
	u64 pending;

	lockdep_assert_held(reader->action->lock);
	if (test_and_set_bit(ULI_ENDED, &uli->bits))
		return;
	pending = uli_pending(uli);
	uli->unhandled = pending;
	reader->cursor -= pending;
	reader->totals.delivered -= pending;
	procirq_reader_hand_over(reader);
}

/**
 * procirq_uli_notice() - end the delivery to a handler whose thread has ended
 * @reader: has a user level interrupt; somebody is about to read or poll
 *
 * Context: action->lock held.
 */
void procirq_uli_notice(struct procirq_reader *reader)
{
	struct procirq_ulireg *uli = reader->uli;

	if (uli_thread_flags(uli) & PF_EXITING)
		set_bit(ULI_DEAD, &uli->bits);
	if (uli_is_dead(uli))
		uli_end(reader);
}

/* Sends the thread, or queues that. Caller guarantees pending interrupts, interrupts off. */
static void uli_deliver(struct procirq_ulireg *uli)
{
	int err = uli_try_direct(uli);

	if (err)
		uli_queue_unless_busy(uli, err);
}

/**
 * procirq_uli_raise_rest() - the rest of procirq_uli_raise_to(), if the thread is not sent directly
 * @reader: has a user level interrupt
 * @err: what uli_try_direct() returned
 *
 * Context: as procirq_uli_raise_to().
 */
void procirq_uli_raise_rest(struct procirq_reader *reader, int err)
{
	struct procirq_ulireg *uli = reader->uli;

	uli_queue_unless_busy(uli, err);
	if (unlikely(uli_is_dead(uli)))
		uli_end(reader);
}

/**
 * procirq_uli_raise() - deliver what is pending for a reader, if anything is, to its handler
 * @reader: has a user level interrupt, and has not left its action
 * @now: when the interrupt handler took the last interrupt, ns
 *
 * Context: interrupts off; action->lock held.
 */
void procirq_uli_raise(struct procirq_reader *reader, u64 now)
{
	if (procirq_reader_pending(reader))
		procirq_uli_raise_to(reader, reader->action->taken, now);
}

/* The reader's thread has ended, or its user level interrupt. */
void procirq_uli_raise_dead(struct procirq_reader *reader)
{
	if (uli_is_dead(reader->uli))
		uli_end(reader);
}

static enum hrtimer_restart uli_retry_timer(struct hrtimer *timer)
{
	struct procirq_ulireg *uli = container_of(timer, struct procirq_ulireg, retry);

	if (uli_pending(uli) && !uli_is_dead(uli))
		uli_deliver(uli);
	return HRTIMER_NORESTART;
}

/* Finds the handler in one call twice in a row: it has exceeded its limit. */
static enum hrtimer_restart uli_watch_timer(struct hrtimer *timer)
{
	struct procirq_ulireg *uli = container_of(timer, struct procirq_ulireg, watch);
	u64 found = 0;
	int i;

	if (uli_is_dead(uli))
		return HRTIMER_NORESTART;
	if (atomic_read(uli_state(uli)) & PROCIRQ_ULI_BUSY) {
		found = 1 + READ_ONCE(uli->shared->calls);
		for (i = 0; i < ULI_PATHS; i++)
			found += READ_ONCE(uli->sent[i]);
	}
	if (found && found == uli->watched) {
		set_bit(ULI_OVERRUN, &uli->bits);
		uli_queue(uli, TWA_SIGNAL);
		found = 0;
	}
	uli->watched = found;
	hrtimer_forward_now(timer, ns_to_ktime(uli->code.limit_ns));
	return HRTIMER_RESTART;
}

/* --- registering -------------------------------------------------------------------- */

static int uli_check(const struct procirq_uli *code)
{
	u64 limit_ns = code->limit_ns;

	if (code->flags || code->reserved || code->shared % sizeof(struct procirq_uli_shared) ||
	    (limit_ns && (limit_ns < ULI_LIMIT_MIN_NS || limit_ns > ULI_LIMIT_MAX_NS)))
		return -EINVAL;
	return procirq_uli_arch_check(code);
}

static struct procirq_ulireg *uli_alloc(const struct procirq_uli *code, unsigned int irq)
{
	struct procirq_ulireg *uli = uli_memory();
	int err = -EFAULT;

	if (!uli)
		return ERR_PTR(-ENOMEM);
	BUILD_BUG_ON(sizeof(*uli->shared) != 64);
	/* Counts for RLIMIT_MEMLOCK. */
	if (account_locked_vm(current->mm, 1, true)) {
		err = -ENOMEM;
		goto out_free;
	}
	if (pin_user_pages_fast(code->shared & PAGE_MASK, 1, FOLL_WRITE | FOLL_LONGTERM,
				&uli->page) != 1)
		goto out_unaccount;
	uli->shared = page_address(uli->page) + offset_in_page(code->shared);
	uli->task = get_task_struct(current);
	uli->mm = current->mm;
	mmgrab(uli->mm);
	uli->code = *code;
	uli->irq = irq;
	raw_spin_lock_init(&uli->lock);
	hrtimer_setup(&uli->retry, uli_retry_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer_setup(&uli->watch, uli_watch_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	init_task_work(&uli->work, uli_work);
	kref_init(&uli->ref);
	return uli;

out_unaccount:
	account_locked_vm(current->mm, 1, false);
out_free:
	uli_memory_free(uli);
	return ERR_PTR(err);
}

/* Drops the reader's reference; @uli is no longer the reader's. May sleep. */
static void uli_destroy(struct procirq_ulireg *uli)
{
	raw_spin_lock_irq(&uli->lock);
	WRITE_ONCE(uli->closing, true);
	raw_spin_unlock_irq(&uli->lock);
	hrtimer_cancel(&uli->retry);
	hrtimer_cancel(&uli->watch);
	uli_put(uli);
}

/* Adds @totals to @sum. */
void procirq_uli_totals_add(struct procirq_uli_totals *sum, const struct procirq_uli_totals *totals)
{
	sum->registrations += totals->registrations;
	sum->raised += totals->raised;
	sum->direct += totals->direct;
	sum->returned += totals->returned;
	sum->woken += totals->woken;
	sum->repeated += totals->repeated;
	sum->coalesced += totals->coalesced;
	sum->pending += totals->pending;
	sum->unhandled += totals->unhandled;
	sum->overruns += totals->overruns;
	sum->faults += totals->faults;
	sum->retries += totals->retries;
	sum->left_by_call += totals->left_by_call;
	sum->left_by_stub += totals->left_by_stub;
}

/* Adds the totals of the reader's user level interrupt, if any. Caller holds action->lock. */
void procirq_uli_account(const struct procirq_reader *reader, struct procirq_uli_totals *sum)
{
	const struct procirq_ulireg *uli = reader->uli;
	struct procirq_uli_totals totals;

	if (!uli)
		return;
	totals = (struct procirq_uli_totals){
		.registrations = 1,
		.raised = uli->raised,
		.direct = READ_ONCE(uli->sent[ULI_DIRECT]),
		.returned = READ_ONCE(uli->sent[ULI_RETURN]),
		.woken = READ_ONCE(uli->sent[ULI_WAKE]),
		.repeated = READ_ONCE(uli->shared->repeats),
		.coalesced = READ_ONCE(uli->shared->taken) - READ_ONCE(uli->shared->calls),
		.pending = uli_has_ended(uli) ? 0 : uli_pending(uli),
		.unhandled = uli->unhandled,
		.overruns = uli->overruns,
		.faults = uli->faults,
		.retries = uli->retries,
		.left_by_call = uli->left,
		.left_by_stub = READ_ONCE(uli->shared->left_by_stub),
	};
	procirq_uli_totals_add(sum, &totals);
}

/*
 * Removes the registration from its reader, whose interrupts go to read() again.
 * Returns it for uli_destroy(), or NULL. Caller holds action->lock.
 */
static struct procirq_ulireg *uli_take(struct procirq_reader *reader)
{
	struct procirq_ulireg *uli = reader->uli;

	lockdep_assert_held(reader->action->lock);
	if (!uli)
		return NULL;
	uli_end(reader);
	procirq_uli_account(reader, &reader->action->uli_closed);
	reader->uli = NULL;
	if (!procirq_reader_revoked(reader))
		procirq_reader_count(reader, 0, -1);
	return uli;
}

/* PROCIRQ_IOC_ULI_REGISTER */
long procirq_uli_register(struct procirq_reader *reader, const void __user *arg)
{
	struct procirq_ulireg *uli, *old = NULL;
	struct procirq_action *action;
	struct procirq_uli code;
	int err;

	if (copy_from_user(&code, arg, sizeof(code)))
		return -EFAULT;
	err = uli_check(&code);
	if (err)
		return err;
	uli = uli_alloc(&code, reader->line->irq);
	if (IS_ERR(uli))
		return PTR_ERR(uli);
	if (code.limit_ns)
		hrtimer_start(&uli->watch, ns_to_ktime(code.limit_ns), HRTIMER_MODE_REL_HARD);

	action = procirq_reader_lock(reader);
	if (procirq_reader_revoked(reader)) {
		err = -ENODEV;
	} else if ((reader->uli && !uli_is_dead(reader->uli)) || !list_empty(&reader->waiters)) {
		err = -EBUSY;
	} else {
		old = uli_take(reader);
		reader->uli = uli;
		reader->used = true;
		procirq_reader_count(reader, 0, 1);
		/* What is pending for read() goes to the handler. */
		procirq_uli_raise(reader, ktime_get_ns());
	}
	procirq_reader_unlock(action);
	if (err)
		uli_destroy(uli);
	if (old)
		uli_destroy(old);
	return err;
}

/* Caller holds action->lock; @info is zeroed. */
static void uli_fill_info(const struct procirq_ulireg *uli, struct procirq_uli_info *info)
{
	const struct procirq_uli_shared *shared = uli->shared;

	info->raised = uli->raised;
	info->direct = uli->sent[ULI_DIRECT];
	info->returned = uli->sent[ULI_RETURN];
	info->woken = uli->sent[ULI_WAKE];
	info->repeated = READ_ONCE(shared->repeats);
	info->coalesced = READ_ONCE(shared->taken) - READ_ONCE(shared->calls);
	info->pending = uli_pending(uli);
	info->overruns = uli->overruns;
	info->faults = uli->faults;
	info->retries = uli->retries;
	info->left_by_call = uli->left;
	info->left_by_stub = READ_ONCE(shared->left_by_stub);
	info->limit_ns = uli->code.limit_ns;
	if (!uli_is_dead(uli) && !(uli_thread_flags(uli) & PF_EXITING))
		info->tid = task_pid_vnr(uli->task);
}

/* PROCIRQ_IOC_ULI_INFO */
long procirq_uli_get_info(struct procirq_reader *reader, void __user *arg)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	struct procirq_uli_info info = {};
	bool any = reader->uli;

	if (any)
		uli_fill_info(reader->uli, &info);
	procirq_reader_unlock(action);
	if (!any)
		return -ENOENT;
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* PROCIRQ_IOC_ULI_UNREGISTER */
long procirq_uli_unregister(struct procirq_reader *reader, void __user *arg)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	struct procirq_ulireg *uli = reader->uli;
	struct procirq_uli_info info = {};
	long err = 0;

	if (!uli) {
		err = -ENOENT;
	} else if (uli->mm != current->mm) {
		err = -EPERM;
	} else {
		uli_fill_info(uli, &info);
		uli_take(reader);
	}
	procirq_reader_unlock(action);
	if (err)
		return err;
	uli_destroy(uli);
	procirq_line_wake_pollers(reader->line);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* PROCIRQ_IOC_ULI_KICK */
long procirq_uli_kick(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	struct procirq_ulireg *uli = reader->uli;
	long err = 0;

	if (!uli)
		err = -ENOENT;
	else if (uli->mm != current->mm)
		err = -EPERM;
	else if (uli_pending(uli))
		uli_deliver(uli);
	procirq_reader_unlock(action);
	return err;
}

/**
 * procirq_uli_leave() - end the handler of the calling thread
 * @reader: the handler's; its user level interrupt may be gone
 * @at: the frame that was made for the handler
 *
 * It gives the thread the registers of before first, which needs no privilege: it is the
 * thread itself that has chosen them.
 * Return: what the system call has to return, or -EFAULT.
 */
loff_t procirq_uli_leave(struct procirq_reader *reader, void __user *at)
{
	struct procirq_action *action;
	struct procirq_ulireg *uli;
	u64 shared;
	long ret;
	int err = procirq_uli_arch_leave(at, &shared, &ret);

	if (err)
		return err;
	action = procirq_reader_lock(reader);
	uli = reader->uli;
	if (uli && uli->task == current && uli->mm == current->mm && uli->code.shared == shared) {
		uli_unclaim(uli);
		/* As the entry code of x86-64 does: free itself, then look. */
		smp_mb__after_atomic();
		if (uli_pending(uli) && uli_claim(uli)) {
			WRITE_ONCE(uli->shared->repeats, uli->shared->repeats + 1);
			ret = procirq_uli_arch_again(&uli->code, at);
		} else {
			uli->left++;
		}
	}
	procirq_reader_unlock(action);
	return ret;
}

/* Whether the reader has a user level interrupt in effect. Caller holds action->lock. */
bool procirq_uli_is_live(const struct procirq_reader *reader)
{
	return reader->uli && !uli_has_ended(reader->uli) && !uli_is_dead(reader->uli);
}

/* Interrupts that the reader's handler has not been called for. Caller holds action->lock. */
u64 procirq_uli_backlog(const struct procirq_reader *reader)
{
	return procirq_uli_is_live(reader) ? uli_pending(reader->uli) : 0;
}

/* Ends the reader's user level interrupt, if any, when the file is closed. */
void procirq_uli_close(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	struct procirq_ulireg *uli = uli_take(reader);

	procirq_reader_unlock(action);
	if (uli)
		uli_destroy(uli);
}

/*
 * At module exit: no file is open and no task work is queued. Waits for task work that
 * has dropped its reference on the module but has not returned.
 */
void procirq_uli_exit(void)
{
	synchronize_rcu_tasks();
}

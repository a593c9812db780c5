// SPDX-License-Identifier: GPL-2.0-only
/*
 * Busy-waiting in read() and poll() before they sleep, for interrupts that come soon: it
 * saves the sleep and the wake-up, which are most of the way to the program.
 *
 * How long, adapts itself to each reader, as KVM's halt polling does (halt_poll_ns): the
 * window doubles if an interrupt came after the call had slept for less than the limit,
 * and is halved if it came later, or not before the call timed out. So a reader whose
 * interrupts come rarely spends no CPU time, and one whose interrupts come in bursts
 * catches those of a burst.
 *
 * A file's poll function is called for one file after the other. To busy-wait in it is
 * right only if there is no other file: one that comes later may be ready. It cannot see
 * that from its arguments, so it looks at those of the system call. select() has a set
 * of files, and epoll_wait() does not call it before it sleeps.
 */
#include <asm/syscall.h>
#include <asm/unistd.h>
#include <linux/atomic.h>
#include <linux/compat.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/uaccess.h>

#include "internal.h"

/* The first window, and the shortest one. */
#define SPIN_MIN_NS 10000ULL

/* How often to look for an interrupt for each reading of the clock. */
#define SPIN_LOOKS 16

static unsigned int spin_ns;
module_param(spin_ns, uint, 0644);
MODULE_PARM_DESC(
	spin_ns,
	"longest time that read() and poll() of files opened from now on busy-wait, ns (0: not at all)");

/* Called at open. */
void procirq_spin_init(struct procirq_reader_spin *spin)
{
	spin->max_ns = min_t(u64, READ_ONCE(spin_ns), PROCIRQ_SPIN_MAX_NS);
}

/*
 * Busy-waits until @is_over, or the thread has something better to do, or for @window_ns.
 * Inlined, so that there is no indirect call. Returns how long it took, ns.
 */
static __always_inline u64 spin_until(bool (*is_over)(const void *arg), const void *arg,
				      u64 window_ns)
{
	u64 start_ns = ktime_get_ns(), spun_ns;
	unsigned int looks;

	do {
		for (looks = 0; looks < SPIN_LOOKS; looks++) {
			if (is_over(arg) || need_resched() || signal_pending(current))
				break;
			cpu_relax();
		}
		spun_ns = ktime_get_ns() - start_ns;
	} while (looks == SPIN_LOOKS && spun_ns < window_ns);
	return spun_ns;
}

static void spin_count(struct procirq_reader_spin *spin, u64 spun_ns, bool caught)
{
	atomic64_inc(&spin->spins);
	atomic64_add(spun_ns, &spin->spun_ns);
	if (caught)
		atomic64_inc(&spin->caught);
}

/* How long a call busy-waits now, ns. */
u64 procirq_spin_window_ns(const struct procirq_reader_spin *spin)
{
	return min(READ_ONCE(spin->window_ns), READ_ONCE(spin->max_ns));
}

static bool spin_has_result(const void *arg)
{
	const struct procirq_waiter *waiter = arg;

	return READ_ONCE(waiter->done);
}

/**
 * procirq_spin_wait() - busy-wait for a result
 * @spin: of the reader
 * @waiter: of the current thread; queued
 * @until: CLOCK_MONOTONIC time after which the read does not wait; NULL: no limit
 *
 * Context: process context; does not sleep.
 * Return: @waiter->done, which is 0 if the window or the time ended first.
 */
int procirq_spin_wait(struct procirq_reader_spin *spin, const struct procirq_waiter *waiter,
		      const ktime_t *until)
{
	u64 window_ns = procirq_spin_window_ns(spin), spun_ns;
	int done;

	if (!window_ns)
		return 0;
	if (until)
		window_ns = clamp_t(s64, ktime_sub(*until, ktime_get()), 0, window_ns);
	spun_ns = spin_until(spin_has_result, waiter, window_ns);
	/* Pairs with procirq_waiter_wake(), as in file_wait(). */
	done = smp_load_acquire(&waiter->done);
	spin_count(spin, spun_ns, done > 0);
	return done;
}

/* How long a ppoll() may wait, ns; U64_MAX: no limit. */
static u64 spin_timespec_ns(const struct __kernel_timespec __user *arg)
{
	struct timespec64 timeout;

	if (!arg)
		return U64_MAX;
	/* It was read before, for the call itself. Here it only limits the window. */
	return get_timespec64(&timeout, arg) ? 0 : timespec64_to_ns(&timeout);
}

/*
 * How long the current system call may wait, ns, if it is a poll() or ppoll() of one file;
 * else 0. U64_MAX: no limit.
 */
static u64 spin_poll_limit_ns(void)
{
	struct pt_regs *regs = current_pt_regs();
	unsigned long args[6];
	int nr;

	/* Calls of 32-bit programs have other numbers. */
	if (current->flags & PF_KTHREAD || in_compat_syscall())
		return 0;
	nr = syscall_get_nr(current, regs);
	syscall_get_arguments(current, regs, args);
#ifdef __NR_poll
	if (nr == __NR_poll && (unsigned int)args[1] == 1)
		return (int)args[2] < 0 ? U64_MAX : (u64)(int)args[2] * NSEC_PER_MSEC;
#endif
	if (nr == __NR_ppoll && (unsigned int)args[1] == 1)
		return spin_timespec_ns((void __user *)args[2]);
	return 0;
}

/**
 * struct spin_look - what a poll looks at while it busy-waits
 * @reader: the reader
 * @ring: of its action
 * @taken: number of the last interrupt when nothing was pending
 */
struct spin_look {
	const struct procirq_reader *reader;
	const struct procirq_ring *ring;
	u64 taken;
};

static bool spin_has_news(const void *arg)
{
	const struct spin_look *look = arg;

	return READ_ONCE(look->ring->head) != look->taken ||
	       READ_ONCE(look->reader->end) != U64_MAX;
}

/**
 * procirq_spin_poll() - busy-wait in a poll that found nothing and is going to sleep
 * @reader: the reader
 * @ring: of its action
 * @taken: number of the action's last interrupt when the poll looked
 *
 * Context: process context; does not sleep, but may fault.
 * Return: whether to look again.
 */
bool procirq_spin_poll(struct procirq_reader *reader, const struct procirq_ring *ring, u64 taken)
{
	const struct spin_look look = { .reader = reader, .ring = ring, .taken = taken };
	struct procirq_reader_spin *spin = &reader->spin;
	u64 limit_ns = spin_poll_limit_ns(), spun_ns;

	if (!limit_ns)
		return false;
	WRITE_ONCE(spin->poll_ns, ktime_get_ns());
	limit_ns = min(limit_ns, procirq_spin_window_ns(spin));
	if (!limit_ns)
		return false;
	spun_ns = spin_until(spin_has_news, &look, limit_ns);
	spin_count(spin, spun_ns, READ_ONCE(ring->head) != taken);
	return spin_has_news(&look);
}

/**
 * procirq_spin_poll_slept() - fit the window after a poll that may have slept
 * @spin: of the reader
 * @irq_ns: when the first interrupt came that is pending, ns; 0: there is none
 */
void procirq_spin_poll_slept(struct procirq_reader_spin *spin, u64 irq_ns)
{
	u64 start_ns = READ_ONCE(spin->poll_ns);

	if (!start_ns)
		return;
	WRITE_ONCE(spin->poll_ns, 0);
	if (!irq_ns)
		procirq_spin_adapt(spin, PROCIRQ_SPIN_IN_VAIN);
	else if (irq_ns > start_ns)
		procirq_spin_adapt(spin, irq_ns - start_ns);
}

/**
 * procirq_spin_adapt() - fit the window after a call that slept
 * @spin: of the reader
 * @waited_ns: from the beginning of the wait to the interrupt, ns; PROCIRQ_SPIN_IN_VAIN:
 *	none came before the time ran out
 */
void procirq_spin_adapt(struct procirq_reader_spin *spin, u64 waited_ns)
{
	u64 max_ns = READ_ONCE(spin->max_ns), window_ns = READ_ONCE(spin->window_ns);

	if (waited_ns <= window_ns)
		return; /* it was disturbed */
	if (waited_ns < max_ns)
		window_ns = clamp_t(u64, 2 * window_ns, min(SPIN_MIN_NS, max_ns), max_ns);
	else
		window_ns = window_ns >= 2 * SPIN_MIN_NS ? window_ns / 2 : 0;
	WRITE_ONCE(spin->window_ns, window_ns);
}

/* PROCIRQ_IOC_SET_SPIN */
long procirq_spin_set(struct procirq_reader_spin *spin, const void __user *arg)
{
	struct procirq_spin wanted;

	if (copy_from_user(&wanted, arg, sizeof(wanted)))
		return -EFAULT;
	if (wanted.max_ns > PROCIRQ_SPIN_MAX_NS || wanted.window_ns || wanted.spins ||
	    wanted.caught || wanted.spun_ns ||
	    memchr_inv(wanted.reserved, 0, sizeof(wanted.reserved)))
		return -EINVAL;
	WRITE_ONCE(spin->max_ns, wanted.max_ns);
	return 0;
}

/* PROCIRQ_IOC_GET_SPIN */
long procirq_spin_get(struct procirq_reader_spin *spin, void __user *arg)
{
	struct procirq_spin now = {
		.max_ns = READ_ONCE(spin->max_ns),
		.window_ns = procirq_spin_window_ns(spin),
		.spins = atomic64_read(&spin->spins),
		.caught = atomic64_read(&spin->caught),
		.spun_ns = atomic64_read(&spin->spun_ns),
	};

	return copy_to_user(arg, &now, sizeof(now)) ? -EFAULT : 0;
}

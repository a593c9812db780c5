// SPDX-License-Identifier: GPL-2.0-only
/*
 * Busy-waiting in read() before it sleeps, for interrupts that come soon: it saves the
 * sleep and the wake-up, which are most of the way to the program.
 *
 * How long, adapts itself to each reader, as KVM's halt polling does (halt_poll_ns): the
 * window doubles if an interrupt came after the read had slept for less than the limit,
 * and is halved if it came later. So a reader whose interrupts come rarely spends no CPU
 * time, and one whose interrupts come in bursts catches those of a burst.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
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
	"longest time that read() of files opened from now on busy-waits, ns (0: not at all)");

/* Called at open. */
void procirq_spin_init(struct procirq_reader_spin *spin)
{
	spin->max_ns = min_t(u64, READ_ONCE(spin_ns), PROCIRQ_SPIN_MAX_NS);
}

/* Whether the thread has something better to do than to look at @waiter again. */
static bool spin_is_over(const struct procirq_waiter *waiter)
{
	return READ_ONCE(waiter->done) || need_resched() || signal_pending(current);
}

/**
 * procirq_spin_wait() - busy-wait for a result
 * @spin: of the reader
 * @waiter: of the current thread; queued
 *
 * Context: process context; does not sleep.
 * Return: @waiter->done, which is 0 if the window ended first.
 */
int procirq_spin_wait(struct procirq_reader_spin *spin, const struct procirq_waiter *waiter)
{
	u64 max_ns = READ_ONCE(spin->max_ns), window_ns = READ_ONCE(spin->window_ns);
	u64 start_ns, spun_ns;
	unsigned int looks;
	int done;

	window_ns = min(window_ns, max_ns);
	if (!window_ns)
		return 0;
	start_ns = ktime_get_ns();
	do {
		for (looks = 0; looks < SPIN_LOOKS && !spin_is_over(waiter); looks++)
			cpu_relax();
		spun_ns = ktime_get_ns() - start_ns;
	} while (looks == SPIN_LOOKS && spun_ns < window_ns);
	/* Pairs with procirq_waiter_wake(), as in file_wait(). */
	done = smp_load_acquire(&waiter->done);
	atomic64_inc(&spin->spins);
	atomic64_add(spun_ns, &spin->spun_ns);
	if (done > 0)
		atomic64_inc(&spin->caught);
	return done;
}

/**
 * procirq_spin_adapt() - fit the window after a read that slept
 * @spin: of the reader
 * @waited_ns: from the beginning of the wait to the interrupt, ns
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
	u64 max_ns = READ_ONCE(spin->max_ns);
	struct procirq_spin now = {
		.max_ns = max_ns,
		.window_ns = min(READ_ONCE(spin->window_ns), max_ns),
		.spins = atomic64_read(&spin->spins),
		.caught = atomic64_read(&spin->caught),
		.spun_ns = atomic64_read(&spin->spun_ns),
	};

	return copy_to_user(arg, &now, sizeof(now)) ? -EFAULT : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * splat.ko: provokes a kernel warning or error.
 *
 * The guest runner must not report success if the kernel reported a problem. Its
 * self test loads this module with how=... and expects the runner to fail.
 */
#include <linux/irq.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *how = "warn";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how,
		 "warn, oops, panic, deadlock, atomic, overrun, leak, stuck, depth, race or call");

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_SPINLOCK(spin);

/* Two orders of two locks: no deadlock here, but lockdep reports one. */
static void splat_deadlock(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static void splat_atomic(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static void splat_overrun(void)
{
	char *block = kmalloc(24, GFP_KERNEL);

	if (!block)
		return;
	OPTIMIZER_HIDE_VAR(block);
	block[24] = 1;
	kfree(block);
}

static void splat_leak(void)
{
	char *block = kmalloc(4242, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(block);
	block = NULL;
	OPTIMIZER_HIDE_VAR(block);
}

/* Leaves the line of the first edu devices disabled under its user. */
static void splat_depth(void)
{
	disable_irq(8);
}

static int splat_stuck(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static struct task_struct *racers[2];
static unsigned long raced;

static int splat_racer(void *unused)
{
	while (!kthread_should_stop()) {
		raced++;
		cond_resched();
	}
	return 0;
}

/* Two threads, one for each of two CPUs, count in the same word without a lock. */
static void splat_race(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		racers[i] = kthread_create(splat_racer, NULL, "splat-racer/%d", i);
		if (IS_ERR(racers[i])) {
			racers[i] = NULL;
			continue;
		}
		kthread_bind(racers[i], i);
		wake_up_process(racers[i]);
	}
}

static int splat_callee(int value)
{
	return value + 1;
}

/* An indirect call of a function through a pointer of another type. */
static void splat_call(void)
{
	long (*call)(void *pointer, long value) = (void *)splat_callee;

	OPTIMIZER_HIDE_VAR(call);
	pr_info("splat: the call was made (%ld)\n", call(NULL, 0));
}

static int __init splat_init(void)
{
	if (!strcmp(how, "warn"))
		WARN(1, "splat: asked to warn\n");
	else if (!strcmp(how, "oops"))
		*(volatile int *)8 = 1;
	else if (!strcmp(how, "panic"))
		panic("splat: asked to panic");
	else if (!strcmp(how, "deadlock"))
		splat_deadlock();
	else if (!strcmp(how, "atomic"))
		splat_atomic();
	else if (!strcmp(how, "overrun"))
		splat_overrun();
	else if (!strcmp(how, "leak"))
		splat_leak();
	else if (!strcmp(how, "depth"))
		splat_depth();
	else if (!strcmp(how, "stuck"))
		kthread_run(splat_stuck, NULL, "splat-stuck");
	else if (!strcmp(how, "race"))
		splat_race();
	else if (!strcmp(how, "call"))
		splat_call();
	else
		return -EINVAL;
	return 0;
}

static void __exit splat_exit(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (racers[i])
			kthread_stop(racers[i]);
	}
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("Kernel complaints on demand, to test the guest runner");
MODULE_LICENSE("GPL");

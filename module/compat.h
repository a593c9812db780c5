/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernel 6.1 and newer ones. No other file of the module checks
 * the kernel's version.
 */
#ifndef PROCIRQ_COMPAT_H
#define PROCIRQ_COMPAT_H

#include <linux/eventfd.h>
#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/* Whether a file's poll may be followed by a sleep. Not every kernel has poll_does_not_wait(). */
static inline bool procirq_poll_may_sleep(const poll_table *wait)
{
	return wait && wait->_qproc;
}

/* pci_msix_free_irq(): drivers free single vectors. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define PROCIRQ_MSIX_FREE_IRQ
#endif

static inline void procirq_eventfd_signal_one(struct eventfd_ctx *eventfd)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(eventfd, 1);
#else
	eventfd_signal(eventfd);
#endif
}

/*
 * Handlers that share a line must agree on IRQF_ONESHOT: handlers that are forced
 * into threads have it, ours has not. These flags are tried in this order. Since 6.9
 * a handler can accept both with IRQF_COND_ONESHOT.
 */
#ifdef IRQF_COND_ONESHOT
#define IRQF_SHARED_ATTEMPTS                    \
	{                                       \
		IRQF_SHARED | IRQF_COND_ONESHOT \
	}
#elif IS_ENABLED(CONFIG_PREEMPT_RT)
#define IRQF_SHARED_ATTEMPTS                            \
	{                                               \
		IRQF_SHARED | IRQF_ONESHOT, IRQF_SHARED \
	}
#else
#define IRQF_SHARED_ATTEMPTS                            \
	{                                               \
		IRQF_SHARED, IRQF_SHARED | IRQF_ONESHOT \
	}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline unsigned int irq_get_nr_irqs(void)
{
	return nr_irqs;
}

static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/*
 * What genirq notes about a line (IRQS_*). Its names and values are genirq's own: we
 * only read it, to see that there is nothing in it but IRQS_SYSFS, which says that the
 * descriptor is in sysfs (since 6.2, and in stable 6.1).
 */
#define PROCIRQ_DESC_STATE_KEPT 0x4000U

static inline unsigned int procirq_desc_state(const struct irq_desc *desc)
{
	return desc->core_internal_state__do_not_mess_with_it;
}

/* Counts an interrupt for /proc/interrupts and /proc/stat. Caller holds desc->lock. */
static inline void procirq_desc_count(struct irq_desc *desc)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	__this_cpu_inc(*desc->kstat_irqs);
#else
	__this_cpu_inc(desc->kstat_irqs->cnt);
#endif
	__this_cpu_inc(kstat.irqs_sum);
	desc->tot_count++;
}

#ifdef CONFIG_RSEQ
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
static inline struct rseq __user *procirq_current_rseq(void)
{
	return current->rseq;
}

static inline u32 procirq_current_rseq_signature(void)
{
	return current->rseq_sig;
}
#else
static inline struct rseq __user *procirq_current_rseq(void)
{
	return current->rseq.usrptr;
}

static inline u32 procirq_current_rseq_signature(void)
{
	return current->rseq.sig;
}
#endif
#endif

/* The remove() of a platform driver that returns nothing: another one before 6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define PROCIRQ_PLATFORM_REMOVE remove_new
#else
#define PROCIRQ_PLATFORM_REMOVE remove
#endif

/* Nor do those of a class change the device. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define PROCIRQ_DEVICE_CONST
#else
#define PROCIRQ_DEVICE_CONST const
#endif

/* Callbacks of files in sysfs do not change what describes the file. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define PROCIRQ_BIN_ATTR_CONST
#else
#define PROCIRQ_BIN_ATTR_CONST const
#endif

/* Renamed in 6.2. Before that, arm64 has all registers or none. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#ifdef CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS
#define ftrace_regs_set_instruction_pointer(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#else
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	instruction_pointer_set(ftrace_get_regs(fregs), ip)
#endif
#endif

#endif /* PROCIRQ_COMPAT_H */

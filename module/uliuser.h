/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User level interrupts: where user code of the current thread may not be interrupted, as
 * far as that is alike on all architectures.
 */
#ifndef PROCIRQ_ULIUSER_H
#define PROCIRQ_ULIUSER_H

#include <linux/errno.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/uprobes.h>
#include <uapi/linux/rseq.h>

#include "compat.h"

/*
 * Whether the thread executes a copy of a probed instruction (uprobes): its ip is in
 * the copy, and only the kernel knows where it continues. This ends at the next trap.
 * It is the only code of a thread that is executed out of line: a debugger's displaced
 * step is a single step, and kprobes are not in user code.
 */
static __always_inline bool uli_is_probed(void)
{
#ifdef CONFIG_UPROBES
	return current->utask && current->utask->active_uprobe;
#else
	return false;
#endif
}

/* Whether the thread is on an alternate signal stack: see procirq_uli_arch_send(). */
static __always_inline bool uli_on_altstack(const struct pt_regs *regs)
{
	return current->sas_ss_size && __on_sig_stack(regs->sp);
}

/*
 * Whether a word of the thread's memory has a value. Each frame has the address of its
 * registration's shared struct: a thread may have several registrations, whose handlers
 * interrupt each other.
 * Return: 1 or 0, or -EFAULT.
 */
static inline int uli_user_word_is(const u64 __user *at, u64 value)
{
	u64 word;

	if (!user_read_access_begin(at, sizeof(*at)))
		return -EFAULT;
	unsafe_get_user(word, at, fault);
	user_read_access_end();
	return word == value;

fault:
	user_read_access_end();
	return -EFAULT;
}

#ifdef CONFIG_RSEQ
/*
 * A restartable sequence (rseq(2)) must be aborted if a handler interrupts it, as it
 * is by a signal. uli_abort_rseq() does that, because it may access user memory
 * that faults.
 *
 * Called between user_access_begin() and user_access_end(): the address of the struct
 * rseq was checked when it was registered.
 * Return: 0; -EAGAIN if the thread may be in a sequence; -EFAULT.
 */
static __always_inline int uli_refuse_rseq(void)
{
	struct rseq __user *rseq = procirq_current_rseq();
	u64 cs;

	if (!rseq)
		return 0;
	unsafe_get_user(cs, &rseq->rseq_cs, fault);
	return cs ? -EAGAIN : 0;

fault:
	return -EFAULT;
}

/* Return: 0, or -EFAULT for what the kernel itself would answer with SIGSEGV. */
static inline int uli_abort_rseq(struct pt_regs *regs)
{
	struct rseq __user *rseq = procirq_current_rseq();
	struct rseq_cs cs;
	u32 signature;
	u64 address;

	if (!rseq)
		return 0;
	if (get_user(address, &rseq->rseq_cs))
		return -EFAULT;
	if (!address)
		return 0;
	if (!access_ok((void __user *)address, sizeof(cs)) ||
	    copy_from_user(&cs, (void __user *)address, sizeof(cs)))
		return -EFAULT;
	if (put_user(0ULL, &rseq->rseq_cs))
		return -EFAULT;
	if (instruction_pointer(regs) - cs.start_ip >= cs.post_commit_offset)
		return 0;
	if (cs.version || cs.abort_ip - cs.start_ip < cs.post_commit_offset ||
	    !access_ok((void __user *)cs.abort_ip, 1) ||
	    get_user(signature, (u32 __user *)(cs.abort_ip - sizeof(signature))) ||
	    signature != procirq_current_rseq_signature())
		return -EFAULT;
	instruction_pointer_set(regs, cs.abort_ip);
	return 0;
}
#else
static inline int uli_refuse_rseq(void)
{
	return 0;
}

static inline int uli_abort_rseq(struct pt_regs *regs)
{
	return 0;
}
#endif

#endif /* PROCIRQ_ULIUSER_H */

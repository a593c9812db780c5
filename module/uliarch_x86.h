/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User level interrupts on x86-64: sending the current thread to its handler by the return
 * from an interrupt. uli_x86.c has the rest.
 *
 * The frame is a struct uli_frame, below the red zone of the System V ABI (128 bytes
 * below the stack pointer that a leaf function may use). The entry code in the
 * program saves the registers that it uses, and returns with popfq and "ret $128".
 */
#ifndef PROCIRQ_ULIARCH_X86_H
#define PROCIRQ_ULIARCH_X86_H

#include <linux/interrupt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#include <asm/irq_regs.h>
#include <asm/processor-flags.h>
#ifdef CONFIG_X86_USER_SHADOW_STACK
#include <uapi/asm/prctl.h>
#endif

#include "uliuser.h"

#define RED_ZONE 128

/**
 * struct uli_frame - what is on the thread's stack when its handler is entered
 * @shared: address of the struct procirq_uli_shared
 * @flags: flags that the thread returns to
 * @ip: address that it returns to
 */
struct uli_frame {
	u64 shared;
	u64 flags;
	u64 ip;
};

/* The shadow stack has no entry for the frame, so "ret $128" would fault. */
static inline bool uli_has_shadow_stack(void)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	return current->thread.features & ARCH_SHSTK_SHSTK;
#else
	return false;
#endif
}

/*
 * A thread that a debugger single-steps is not sent until it runs again. If a thread
 * is stepped over popfq, the kernel assumes that it set the trap flag itself (see
 * is_setting_trap_flag() in arch/x86/kernel/step.c): the flag stays set when the
 * debugger detaches, and SIGTRAP kills the thread. Every handler ends with popfq.
 * TIF_FORCED_TF need not be tested: it is never set without TIF_SINGLESTEP.
 */
static __always_inline bool uli_is_stepped(void)
{
	return test_thread_flag(TIF_SINGLESTEP);
}

/* Makes the thread enter the handler, with @frame on its stack. */
static __always_inline void uli_set_regs(struct pt_regs *regs, const struct procirq_uli *code,
					 const struct uli_frame __user *frame)
{
	regs->sp = (unsigned long)frame;
	regs->ip = code->entry;
	regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_TF);
}

/* Where a new frame goes. */
static __always_inline struct uli_frame __user *uli_frame(const struct pt_regs *regs)
{
	return (struct uli_frame __user *)(regs->sp - RED_ZONE - sizeof(struct uli_frame));
}

/* Whether the thread executes the last instructions of the entry code. */
static __always_inline bool uli_is_leaving(const struct pt_regs *regs,
					   const struct procirq_uli *code)
{
	return regs->ip >= code->window && regs->ip <= code->ret;
}

/* Called between user_access_begin() and user_access_end(). Return: 0 or -EFAULT. */
static __always_inline int uli_put_frame(const struct pt_regs *regs, const struct procirq_uli *code,
					 struct uli_frame __user *frame)
{
	unsafe_put_user(code->shared, &frame->shared, fault);
	unsafe_put_user(regs->flags, &frame->flags, fault);
	unsafe_put_user(regs->ip, &frame->ip, fault);
	return 0;

fault:
	return -EFAULT;
}

int procirq_uli_arch_send_leaving(struct pt_regs *regs, const struct procirq_uli *code,
				  atomic_t *state);

/**
 * procirq_uli_arch_send_direct() - send the current thread to its handler by the return
 *	from this interrupt
 * @code: as registered by the current thread
 * @state: its procirq_uli_shared.state; on success changed from 0 to
 *	PROCIRQ_ULI_BUSY, else unchanged
 *
 * Context: hard interrupt: user memory that is not present faults and is not read
 * in. In other contexts it returns -ENOENT.
 * Return: 0; -ENOENT if the interrupt did not hit user mode; -EBUSY if @state is not
 * 0; -EAGAIN or -EFAULT if procirq_uli_arch_send() has to send the thread.
 */
static __always_inline int procirq_uli_arch_send_direct(const struct procirq_uli *code,
							atomic_t *state)
{
	struct pt_regs *regs = get_irq_regs();
	struct uli_frame __user *frame;
	int err;

	/*
	 * Set by entries of device interrupts, between irq_enter_rcu() and irq_exit_rcu(), and
	 * back to NULL before softirqs run. If set, they are this task's.
	 */
	if (unlikely(!regs))
		return -ENOENT;
	if (unlikely(!user_64bit_mode(regs)))
		return user_mode(regs) ? -EAGAIN : -ENOENT;
	if (unlikely(uli_has_shadow_stack() || uli_is_stepped() || uli_is_probed() ||
		     uli_on_altstack(regs)))
		return -EAGAIN;
	if (unlikely(atomic_cmpxchg(state, 0, PROCIRQ_ULI_BUSY) != 0))
		return -EBUSY;
	if (unlikely(uli_is_leaving(regs, code)))
		return procirq_uli_arch_send_leaving(regs, code, state);

	frame = uli_frame(regs);
	err = -EFAULT;
	/*
	 * In a hard interrupt no fault reads memory in (faulthandler_disabled()). Up to 6.1
	 * access_ok() complains all the same, if it is told to check such things.
	 */
	if (IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
		pagefault_disable();
	if (likely(user_access_begin(frame, sizeof(*frame)))) {
		err = uli_refuse_rseq();
		if (likely(!err))
			err = uli_put_frame(regs, code, frame);
		user_access_end();
	}
	if (IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
		pagefault_enable();
	if (likely(!err))
		uli_set_regs(regs, code, frame);
	else
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

#endif /* PROCIRQ_ULIARCH_X86_H */

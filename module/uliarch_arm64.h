/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User level interrupts on arm64: sending the current thread to its handler by the return
 * from an interrupt. uli_arm64.c has the rest.
 *
 * The frame is a struct procirq_uli_frame right below the stack pointer: the procedure call
 * standard has no red zone. A64 has no instruction that goes to an address in memory and
 * leaves all registers as they were. So the kernel restores some of them, in a system call
 * at the end of the handler: procirq_uli_arch_leave(). Or the program makes code that ends with
 * a branch to the one address in question, a stub. Then an interrupt may find the thread on its
 * way back, with PROCIRQ_ULI_BUSY cleared and the frame still on its stack: it is sent to
 * "again" with that frame, as on x86-64, or frames would pile up. The branch itself comes when
 * all of the frame is restored: a new one takes its place.
 *
 * The system call discards what the kernel does not keep over system calls: the parts of SVE's
 * registers that are not in the floating point registers, and SME's streaming mode. A thread
 * that has such state in use is not sent. Nor is it where there are stubs: whether it would
 * return by one is known when its handler has ended.
 */
#ifndef PROCIRQ_ULIARCH_ARM64_H
#define PROCIRQ_ULIARCH_ARM64_H

#include <linux/interrupt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>

#include <asm/compat.h>
#include <asm/irq_regs.h>
#include <asm/processor.h>

#include "uliuser.h"

/* The stack pointer has to be a multiple of this where it is used to access memory. */
#define STACK_ALIGN 16UL

/* Whether the thread may have state in registers that a system call discards. */
static __always_inline bool uli_has_vectors(void)
{
#ifdef CONFIG_ARM64_SME
	if (test_thread_flag(TIF_SME))
		return true;
#endif
	return test_thread_flag(TIF_SVE);
}

/* A debugger's step would end in the handler. */
static __always_inline bool uli_is_stepped(void)
{
	return test_thread_flag(TIF_SINGLESTEP);
}

/* Makes the thread go to @pc with this stack pointer, as a call by the kernel. */
static __always_inline void uli_set_regs(struct pt_regs *regs, const struct procirq_uli *code,
					 unsigned long sp, unsigned long pc)
{
	regs->regs[0] = code->shared;
	regs->sp = sp;
	regs->pc = pc;
	/* It is not the target of a branch; memory tags are checked. */
	regs->pstate &= ~(PSR_BTYPE_MASK | PSR_TCO_BIT);
}

/* Where a new frame goes. */
static __always_inline struct procirq_uli_frame __user *uli_frame(const struct pt_regs *regs)
{
	unsigned long top = regs->sp & ~(STACK_ALIGN - 1);

	return (struct procirq_uli_frame __user *)(top - sizeof(struct procirq_uli_frame));
}

/* Called between user_access_begin() and user_access_end(). Return: 0 or -EFAULT. */
static __always_inline int uli_put_frame(const struct pt_regs *regs, const struct procirq_uli *code,
					 struct procirq_uli_frame __user *frame)
{
	unsafe_put_user(code->shared, &frame->shared, fault);
	unsafe_put_user((u64)regs->pstate, &frame->pstate, fault);
	unsafe_put_user((u64)regs->pc, &frame->pc, fault);
	unsafe_put_user((u64)regs->sp, &frame->sp, fault);
	unsafe_put_user((u64)regs->regs[0], &frame->x0, fault);
	unsafe_put_user((u64)regs->regs[1], &frame->x1, fault);
	unsafe_put_user((u64)regs->regs[2], &frame->x2, fault);
	unsafe_put_user((u64)regs->regs[8], &frame->x8, fault);
	return 0;

fault:
	return -EFAULT;
}

/* Whether the thread executes a stub before its branch. */
static __always_inline bool uli_is_in_stub(u64 pc, u64 stubs)
{
	return pc - stubs < PROCIRQ_ULI_AREA_BYTES &&
	       pc % PROCIRQ_ULI_STUB_BYTES < PROCIRQ_ULI_STUB_BRANCH;
}

/* Whether the thread is on its way back from a handler without a system call. */
static __always_inline bool uli_is_leaving(const struct pt_regs *regs,
					   const struct procirq_uli *code)
{
	if (likely(!code->window))
		return false;
	return regs->pc - code->window < code->entry - code->window ||
	       uli_is_in_stub(regs->pc, code->stubs) || uli_is_in_stub(regs->pc, code->more_stubs);
}

int procirq_uli_arch_send_leaving(struct pt_regs *regs, const struct procirq_uli *code,
				  atomic_t *state);

/* As in uliarch_x86.h. */
static __always_inline int procirq_uli_arch_send_direct(const struct procirq_uli *code,
							atomic_t *state)
{
	struct pt_regs *regs = get_irq_regs();
	struct procirq_uli_frame __user *frame;
	int err;

	/* Set by the entries of interrupts, around their handlers. */
	if (unlikely(!regs || !user_mode(regs)))
		return -ENOENT;
	if (unlikely(compat_user_mode(regs) || uli_has_vectors() || uli_is_stepped() ||
		     uli_is_probed() || uli_on_altstack(regs)))
		return -EAGAIN;
	if (unlikely(atomic_cmpxchg(state, 0, PROCIRQ_ULI_BUSY) != 0))
		return -EBUSY;
	if (unlikely(uli_is_leaving(regs, code)))
		return procirq_uli_arch_send_leaving(regs, code, state);

	frame = uli_frame(regs);
	err = -EFAULT;
	/* In a hard interrupt no fault reads memory in (faulthandler_disabled()). */
	if (likely(user_access_begin(frame, sizeof(*frame)))) {
		err = uli_refuse_rseq();
		if (likely(!err))
			err = uli_put_frame(regs, code, frame);
		user_access_end();
	}
	if (likely(!err))
		uli_set_regs(regs, code, (unsigned long)frame, code->entry);
	else
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

#endif /* PROCIRQ_ULIARCH_ARM64_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * User level interrupts on arm64: sending the current thread to its handler by changing the
 * registers with which it returns to user mode, and its return. uliarch_arm64.h has the way
 * from an interrupt that hits the thread.
 */
#include <linux/compat.h>
#include <linux/ktime.h>
#include <linux/ptrace.h>
#include <linux/restart_block.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/sizes.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <uapi/linux/futex.h>

#include <asm/unistd.h>

#include "uliarch.h"

/* Maximum of procirq_uli.frame, bytes. */
#define FRAME_MAX 4096

/* Maximum of procirq_uli.stack, bytes. */
#define STACK_MAX SZ_64K

/* The instruction "svc #0", by which programs make system calls. */
#define INSTRUCTION_SVC 0xd4000001U

/* What a program may set: condition flags, BTYPE, SSBS, DIT, TCO. */
#define PSTATE_USER (0xf0000000UL | PSR_BTYPE_MASK | PSR_SSBS_BIT | PSR_DIT_BIT | PSR_TCO_BIT)

/* Whether what the program says of its stubs can be so. */
static bool uli_check_stubs(const struct procirq_uli *code)
{
	if (!code->window)
		return !code->stubs && !code->more_stubs;
	return code->window % 4 == 0 && code->window < code->entry &&
	       code->stubs % PROCIRQ_ULI_STUB_BYTES == 0 &&
	       code->more_stubs % PROCIRQ_ULI_STUB_BYTES == 0 &&
	       access_ok((void __user *)code->stubs, PROCIRQ_ULI_AREA_BYTES) &&
	       access_ok((void __user *)code->more_stubs, PROCIRQ_ULI_AREA_BYTES);
}

/**
 * procirq_uli_arch_check() - check whether the calling thread may have a handler
 * @code: user space addresses; not trusted
 *
 * Return: 0, -EINVAL for a bad address, -EOPNOTSUPP for a 32-bit program.
 */
int procirq_uli_arch_check(const struct procirq_uli *code)
{
	if (is_compat_task())
		return -EOPNOTSUPP;
	if (code->entry % 4 || code->again % 4 || !access_ok((void __user *)code->entry, 4) ||
	    !access_ok((void __user *)code->again, 4))
		return -EINVAL;
	if (!uli_check_stubs(code))
		return -EINVAL;
	if (code->frame > FRAME_MAX || code->frame % STACK_ALIGN || code->stack > STACK_MAX)
		return -EINVAL;
	return 0;
}

/*
 * Whether what is in the restart block is of the call that ended early just now: a sleep
 * that is over, or one of long ago, has no time left.
 */
static bool uli_sleep_has_time_left(const struct restart_block *restart)
{
	switch (restart->nanosleep.clockid) {
	case CLOCK_MONOTONIC:
		return restart->nanosleep.expires > ktime_get();
	case CLOCK_BOOTTIME:
		return restart->nanosleep.expires > ktime_get_boottime();
	default:
		return false;
	}
}

/* Whether the call is a futex(2) that waits for a time, which its restart block has. */
static bool uli_waits_for_futex(const struct pt_regs *regs, const struct restart_block *restart)
{
	int operation = regs->regs[1] & FUTEX_CMD_MASK;

	return (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) && regs->regs[3] &&
	       (unsigned long)restart->futex.uaddr == regs->orig_x0;
}

/*
 * A system call that ended early because the thread was woken for its handler is restarted
 * after the handler. The kernel prepares that before task work runs (do_signal()): the thread
 * is at its "svc" again, with the call's arguments. What it does later, and only if the thread
 * is still there, is to have a sleep go on by restart_syscall(), so that it does not begin
 * anew. The thread will not be there, so it is done here.
 */
static void uli_end_call(struct pt_regs *regs)
{
	const struct restart_block *restart = &current->restart_block;
	u32 instruction;
	bool goes_on;

	switch (regs->regs[8]) {
	case __NR_nanosleep:
	case __NR_clock_nanosleep:
		goes_on = uli_sleep_has_time_left(restart);
		break;
	case __NR_futex:
		goes_on = uli_waits_for_futex(regs, restart);
		break;
	default:
		goes_on = false;
	}
	if (!goes_on || regs->regs[0] != regs->orig_x0)
		return;
	/* Code that cannot be read begins its sleep anew. */
	if (get_user(instruction, (u32 __user *)regs->pc) || instruction != INSTRUCTION_SVC)
		return;
	regs->regs[8] = __NR_restart_syscall;
}

/* Whether the frame that the thread is about to leave is of this registration: see uliuser.h. */
static int uli_leaves(const struct pt_regs *regs, const struct procirq_uli *code)
{
	const struct procirq_uli_frame __user *frame = (void __user *)(regs->sp + code->frame);

	return uli_user_word_is(&frame->shared, code->shared);
}

/* Enters the handler from any code. Return: 0 or -EFAULT. */
static int uli_enter(struct pt_regs *regs, const struct procirq_uli *code)
{
	struct procirq_uli_frame __user *frame = uli_frame(regs);
	int err = 0;

	/*
	 * Up to the branch the frame is as it was made, and so is what the entry code has put
	 * below it: all that was loaded from there is loaded again.
	 */
	if (uli_is_leaving(regs, code))
		err = uli_leaves(regs, code);
	if (err < 0)
		return err;
	if (err) {
		uli_set_regs(regs, code, regs->sp, code->again);
		return 0;
	}
	if (!user_access_begin(frame, sizeof(*frame)))
		return -EFAULT;
	err = uli_put_frame(regs, code, frame);
	user_access_end();
	if (!err)
		uli_set_regs(regs, code, (unsigned long)frame, code->entry);
	return err;
}

/* The rare case of procirq_uli_arch_send_direct(), which has set @state to BUSY. */
int procirq_uli_arch_send_leaving(struct pt_regs *regs, const struct procirq_uli *code,
				  atomic_t *state)
{
	int err;

	/* Neither the entry code nor a stub is in a restartable sequence. */
	pagefault_disable();
	err = uli_enter(regs, code);
	pagefault_enable();
	if (err)
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

/**
 * procirq_uli_arch_send() - send the current thread to its handler when it returns to
 *	user mode
 * @code: as registered by the current thread
 *
 * Context: task work; may sleep.
 * Return: 0; -EAGAIN if the caller has to try again later; -EFAULT if there is no stack for
 * a frame.
 */
int procirq_uli_arch_send(const struct procirq_uli *code)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long number = regs->regs[8];
	int err;

	if (compat_user_mode(regs) || uli_is_stepped() || uli_is_probed())
		return -EAGAIN;
	/* What the kernel does if a signal's frame does not fit. */
	if (uli_on_altstack(regs) && !__on_sig_stack((unsigned long)uli_frame(regs) - code->stack))
		return -EFAULT;
	/*
	 * A call that has not been executed yet, where ptrace runs task work, or whose
	 * restart, if there is one, has not been prepared.
	 */
	if (in_syscall(regs))
		return -EAGAIN;
	/* After a call that slept, nothing of it is in use any more. */
	if (uli_has_vectors())
		return -EAGAIN;
	/* Signals come first, as on x86-64. */
	if (task_sigpending(current))
		return -EAGAIN;
	err = uli_abort_rseq(regs);
	if (err)
		return err;
	uli_end_call(regs);
	err = uli_enter(regs, code);
	if (err)
		regs->regs[8] = number;
	return err;
}

/**
 * procirq_uli_arch_leave() - give the current thread the registers of before its handler
 * @at: its frame; not trusted: it may be any that the thread could set
 * @shared: gets the address of its struct procirq_uli_shared
 * @x0: gets what the system call has to return
 *
 * Context: a system call; may sleep.
 * Return: 0 or -EFAULT.
 */
int procirq_uli_arch_leave(const void __user *at, u64 *shared, long *x0)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct procirq_uli_frame frame;

	if (copy_from_user(&frame, at, sizeof(frame)))
		return -EFAULT;
	/* No number of x0 is an error of a call that would be restarted. */
	forget_syscall(regs);
	regs->pc = frame.pc;
	regs->sp = frame.sp;
	regs->pstate = (regs->pstate & ~PSTATE_USER) | (frame.pstate & PSTATE_USER);
	regs->regs[1] = frame.x1;
	regs->regs[2] = frame.x2;
	regs->regs[8] = frame.x8;
	*shared = frame.shared;
	*x0 = frame.x0;
	return 0;
}

/**
 * procirq_uli_arch_again() - send the current thread, which leaves its handler, back to it
 * @code: as registered by the current thread
 * @at: its frame, which procirq_uli_arch_leave() has read
 *
 * Return: what the system call has to return.
 */
long procirq_uli_arch_again(const struct procirq_uli *code, const void __user *at)
{
	uli_set_regs(task_pt_regs(current), code, (unsigned long)at - code->frame, code->again);
	return code->shared;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * User level interrupts on x86-64: sending the current thread to its handler by
 * changing the registers with which it returns to user mode. uliarch_x86.h has the
 * frame, and the way from an interrupt that hits the thread.
 */
#include <linux/compat.h>
#include <linux/interrupt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include <asm/processor-flags.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "uliarch.h"

/* Maximum of procirq_uli.frame, bytes. */
#define FRAME_MAX 4096

/* Maximum of procirq_uli.stack, bytes. */
#define STACK_MAX SZ_64K

/* __NR_restart_syscall of 32-bit programs (arch/x86/entry/syscalls/syscall_32.tbl). */
#define NR_IA32_RESTART_SYSCALL 0

/**
 * procirq_uli_arch_check() - check whether the calling thread may have a handler
 * @code: user space addresses; not trusted
 *
 * Return: 0, -EINVAL for a bad address, -EOPNOTSUPP for a 32-bit program or a thread
 * with a shadow stack.
 */
int procirq_uli_arch_check(const struct procirq_uli *code)
{
	if (in_compat_syscall() || !user_64bit_mode(task_pt_regs(current)) ||
	    uli_has_shadow_stack())
		return -EOPNOTSUPP;
	if (!access_ok((void __user *)code->entry, 1) ||
	    !access_ok((void __user *)code->again, 1) || !access_ok((void __user *)code->ret, 1))
		return -EINVAL;
	if (code->window > code->popf || code->popf >= code->ret)
		return -EINVAL;
	if (code->frame > FRAME_MAX || code->frame % sizeof(u64) || code->stack > STACK_MAX)
		return -EINVAL;
	return 0;
}

/* Whether the frame that the thread is about to leave is of this registration: see uliuser.h. */
static int uli_leaves(const struct pt_regs *regs, const struct procirq_uli *code)
{
	const struct uli_frame __user *frame = (void __user *)(regs->sp + code->frame);

	return uli_user_word_is(&frame->shared, code->shared);
}

/*
 * Enters the handler from the last instructions of the entry code. To keep frames from
 * piling up when interrupts come fast, no frame is added: the thread goes back to
 * @again, or its old frame is used again.
 * Return: 0; -EAGAIN or -EFAULT; 1 if these instructions end another registration's
 * handler, and need a new frame like any code.
 */
static noinline int uli_enter_again(struct pt_regs *regs, const struct procirq_uli *code)
{
	struct uli_frame __user *frame;
	int leaves;

	if (regs->ip < code->popf) {
		leaves = uli_leaves(regs, code);
		if (leaves < 0)
			return leaves;
		if (!leaves)
			return 1;
		regs->ip = code->again;
		return 0;
	}
	if (regs->ip == code->popf)
		frame = (void __user *)(regs->sp - offsetof(struct uli_frame, flags));
	else if (regs->ip == code->ret)
		frame = (void __user *)(regs->sp - offsetof(struct uli_frame, ip));
	else
		return -EAGAIN;

	if (!user_write_access_begin(frame, sizeof(*frame)))
		return -EFAULT;
	unsafe_put_user(code->shared, &frame->shared, fault);
	if (regs->ip == code->ret)
		unsafe_put_user(regs->flags, &frame->flags, fault);
	user_write_access_end();
	uli_set_regs(regs, code, frame);
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/* Enters the handler from any code. Return: 0, -EAGAIN or -EFAULT. */
static int uli_enter(struct pt_regs *regs, const struct procirq_uli *code)
{
	struct uli_frame __user *frame = uli_frame(regs);
	int err = 1;

	if (uli_is_leaving(regs, code))
		err = uli_enter_again(regs, code);
	if (err <= 0)
		return err;
	if (!user_write_access_begin(frame, sizeof(*frame)))
		return -EFAULT;
	err = uli_put_frame(regs, code, frame);
	user_write_access_end();
	if (!err)
		uli_set_regs(regs, code, frame);
	return err;
}

/* The rare case of procirq_uli_arch_send_direct(), which has set @state to BUSY. */
int procirq_uli_arch_send_leaving(struct pt_regs *regs, const struct procirq_uli *code,
				  atomic_t *state)
{
	int err;

	/* The entry code contains no restartable sequence. */
	pagefault_disable();
	err = uli_enter(regs, code);
	pagefault_enable();
	if (err)
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

/* The number of restart_syscall() in the ABI by which the call was made. */
static unsigned long uli_restart_syscall(const struct pt_regs *regs)
{
#ifdef CONFIG_IA32_EMULATION
	if (current->restart_block.arch_data & TS_COMPAT)
		return NR_IA32_RESTART_SYSCALL;
#endif
#ifdef CONFIG_X86_X32_ABI
	return __NR_restart_syscall | (regs->orig_ax & __X32_SYSCALL_BIT);
#else
	return __NR_restart_syscall;
#endif
}

/*
 * If a system call ended early because the thread was woken for its handler, restarts
 * it after the handler, as with SA_RESTART. Calls that are never restarted after a
 * signal handler return EINTR. arch_do_signal_or_restart() cannot do this: it runs
 * later, and would change the registers with which the handler is entered.
 */
static void uli_end_call(struct pt_regs *regs)
{
	switch ((long)regs->ax) {
	case -ERESTARTNOHAND:
		regs->ax = -EINTR;
		regs->orig_ax = -1;
		return;
	case -ERESTART_RESTARTBLOCK:
		regs->ax = uli_restart_syscall(regs);
		break;
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
		regs->ax = regs->orig_ax;
		break;
	default:
		return;
	}
	regs->ip -= 2; /* the length of "syscall" and of "int $0x80" */
	regs->orig_ax = -1;
}

/**
 * procirq_uli_arch_send() - send the current thread to its handler when it returns to
 *	user mode
 * @code: as registered by the current thread
 *
 * Context: task work; may sleep.
 * Return: 0; -EAGAIN if the caller has to try again later; -EOPNOTSUPP if the thread
 * has enabled a shadow stack since it registered; -EFAULT if there is no
 * stack for a frame.
 */
int procirq_uli_arch_send(const struct procirq_uli *code)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long ip, ax, orig_ax;
	int err;

	if (uli_has_shadow_stack())
		return -EOPNOTSUPP;
	if (!user_64bit_mode(regs) || uli_is_stepped() || uli_is_probed())
		return -EAGAIN;
	/* What the kernel does if a signal's frame does not fit. */
	if (uli_on_altstack(regs) && !__on_sig_stack((unsigned long)uli_frame(regs) - code->stack))
		return -EFAULT;
	/* ax is so before a system call is executed, where ptrace runs task work. */
	if ((long)regs->orig_ax >= 0 && (long)regs->ax == -ENOSYS)
		return -EAGAIN;
	/*
	 * Signals come first: their handlers decide whether a system call is
	 * restarted, and a breakpoint's signal must find the thread at its address.
	 */
	if (task_sigpending(current))
		return -EAGAIN;
	err = uli_abort_rseq(regs);
	if (err)
		return err;
	/* What uli_end_call() changes. uli_enter() changes nothing if it fails. */
	ip = regs->ip;
	ax = regs->ax;
	orig_ax = regs->orig_ax;
	if ((long)regs->orig_ax >= 0)
		uli_end_call(regs);
	err = uli_enter(regs, code);
	if (err) {
		regs->ip = ip;
		regs->ax = ax;
		regs->orig_ax = orig_ax;
	}
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * User level interrupts on x86-64: sending the current thread to its handler by
 * changing the registers that it returns to user mode with.
 *
 * The frame is struct uli_frame, right below the red zone of the System V ABI
 * (128 bytes that a leaf function may use below its stack pointer). The entry
 * code saves what it uses, and returns with popfq and "ret $128".
 */
#include <linux/interrupt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <uapi/linux/rseq.h>

#include <asm/irq_regs.h>
#include <asm/processor-flags.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#ifdef CONFIG_X86_USER_SHADOW_STACK
#include <uapi/asm/prctl.h>
#endif

#include "compat.h"
#include "uliarch.h"

/* Greatest procirq_uli.frame, bytes. */
#define FRAME_MAX 4096
#define RED_ZONE  128

struct uli_frame {
	u64 shared;
	u64 flags;
	u64 ip;
};

/* "ret $128" would go where the shadow stack has nothing written. */
static bool uli_has_shadow_stack(void)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	return current->thread.features & ARCH_SHSTK_SHSTK;
#else
	return false;
#endif
}

/**
 * procirq_uli_arch_check() - whether the calling thread may have such a handler
 * @code: addresses of user space; not trusted
 *
 * Return: 0, -EINVAL for an address, -EOPNOTSUPP for a 32-bit program or one
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
	if (code->frame > FRAME_MAX || code->frame % sizeof(u64))
		return -EINVAL;
	return 0;
}

/*
 * A thread that a debugger single-steps is left alone until it runs again. Whoever
 * is stepped over popfq has the trap flag taken for its own by the kernel (see
 * is_setting_trap_flag() in arch/x86/kernel/step.c), keeps it when the debugger
 * goes, and dies of SIGTRAP: a debugger that steps through the program would do
 * that to it at the end of every handler. TIF_FORCED_TF is never set without it.
 */
static __always_inline bool uli_is_stepped(void)
{
	return test_thread_flag(TIF_SINGLESTEP);
}

/*
 * Whether the frame that the thread is about to leave is this registration's: a
 * thread may have several, and their handlers interrupt each other.
 * Return: that, or -EFAULT.
 */
static int uli_leaves(const struct pt_regs *regs, const struct procirq_uli *code)
{
	struct uli_frame __user *frame = (void __user *)(regs->sp + code->frame);
	u64 shared;

	if (!user_read_access_begin(frame, sizeof(*frame)))
		return -EFAULT;
	unsafe_get_user(shared, &frame->shared, fault);
	user_read_access_end();
	return shared == code->shared;

fault:
	user_read_access_end();
	return -EFAULT;
}

/* The thread's registers are the handler's, on @frame. */
static __always_inline void uli_set_regs(struct pt_regs *regs, const struct procirq_uli *code,
					 const struct uli_frame __user *frame)
{
	regs->sp = (unsigned long)frame;
	regs->ip = code->entry;
	regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_TF);
}

/*
 * Enters from the last few instructions out of a handler: the thread is sent round
 * again, or its old frame is used again. However fast they come, interrupts do not
 * pile up frames.
 * Return: 0; -EAGAIN, -EFAULT; 1 if it is another registration's handler, and a
 * frame is to be made as anywhere else.
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

#ifdef CONFIG_RSEQ
/*
 * A thread in a restartable sequence (rseq(2)) shall not find out that it was
 * interrupted by running on: its sequence is aborted, as by a signal. That is for
 * procirq_uli_arch_send(), where user memory may fault.
 *
 * Between user_access_begin() and user_access_end(): the address of its struct rseq
 * was checked when it was registered. Return: 0; -EAGAIN if it may be in one, -EFAULT.
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

/* Return: 0, or -EFAULT where the kernel itself would send SIGSEGV. */
static int uli_abort_rseq(struct pt_regs *regs)
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
	if (regs->ip - cs.start_ip >= cs.post_commit_offset)
		return 0;
	if (cs.version || cs.abort_ip - cs.start_ip < cs.post_commit_offset ||
	    !access_ok((void __user *)cs.abort_ip, 1) ||
	    get_user(signature, (u32 __user *)(cs.abort_ip - sizeof(signature))) ||
	    signature != procirq_current_rseq_signature())
		return -EFAULT;
	regs->ip = cs.abort_ip;
	return 0;
}
#else
static int uli_refuse_rseq(void)
{
	return 0;
}

static int uli_abort_rseq(struct pt_regs *regs)
{
	return 0;
}
#endif

/* Where the frame is made, unless uli_enter_again() knows another place. */
static __always_inline struct uli_frame __user *uli_frame(const struct pt_regs *regs)
{
	return (struct uli_frame __user *)(regs->sp - RED_ZONE - sizeof(struct uli_frame));
}

/* Whether the thread is on its way out of the handler. */
static __always_inline bool uli_is_leaving(const struct pt_regs *regs,
					   const struct procirq_uli *code)
{
	return regs->ip - code->window <= code->ret - code->window;
}

/* Between user_access_begin() and user_access_end(). Return: 0, -EFAULT. */
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

/* Enters from wherever the thread is. Return: 0; -EAGAIN, -EFAULT. */
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

/* The rest of procirq_uli_arch_send_direct(), which has the state. */
static noinline int uli_send_leaving(struct pt_regs *regs, const struct procirq_uli *code,
				     atomic_t *state)
{
	int err;

	/* There is no restartable sequence in there. */
	pagefault_disable();
	err = uli_enter(regs, code);
	pagefault_enable();
	if (err)
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

/**
 * procirq_uli_arch_send_direct() - the return from this interrupt goes to the handler, if
 * the interrupt has hit the current thread in user mode
 * @code: as registered by the current thread
 * @state: its procirq_uli_shared.state; from 0 to PROCIRQ_ULI_BUSY, or unchanged
 *
 * Context: hard interrupt, where user memory that is not there is not waited for;
 * in any other -ENOENT. What is rare is a call at its end, for it to have no
 * registers to save.
 * Return: 0; -ENOENT it has hit something else; -EBUSY @state is not 0; -EAGAIN or
 * -EFAULT procirq_uli_arch_send() has to do it.
 */
int procirq_uli_arch_send_direct(const struct procirq_uli *code, atomic_t *state)
{
	struct pt_regs *regs = get_irq_regs();
	struct uli_frame __user *frame;
	int err;

	/* Not every interrupt entry sets them; none sets another task's. */
	if (unlikely(!in_hardirq() || !regs))
		return -ENOENT;
	if (unlikely(!user_64bit_mode(regs)))
		return user_mode(regs) ? -EAGAIN : -ENOENT;
	if (unlikely(uli_has_shadow_stack() || uli_is_stepped()))
		return -EAGAIN;
	if (unlikely(atomic_cmpxchg(state, 0, PROCIRQ_ULI_BUSY) != 0))
		return -EBUSY;
	if (unlikely(uli_is_leaving(regs, code)))
		return uli_send_leaving(regs, code, state);

	frame = uli_frame(regs);
	err = -EFAULT;
	pagefault_disable();
	if (likely(user_access_begin(frame, sizeof(*frame)))) {
		err = uli_refuse_rseq();
		if (likely(!err))
			err = uli_put_frame(regs, code, frame);
		user_access_end();
	}
	pagefault_enable();
	if (likely(!err))
		uli_set_regs(regs, code, frame);
	else
		atomic_sub(PROCIRQ_ULI_BUSY, state);
	return err;
}

/*
 * A system call was to end because the thread was woken for its handler. It goes
 * on afterwards, as with SA_RESTART; those that never go on after a signal
 * handler return EINTR. What arch_do_signal_or_restart() does later would be
 * done to the handler's registers.
 */
static void uli_end_call(struct pt_regs *regs)
{
	switch ((long)regs->ax) {
	case -ERESTARTNOHAND:
		regs->ax = -EINTR;
		return;
	case -ERESTART_RESTARTBLOCK:
		regs->ax = __NR_restart_syscall;
		break;
	default:
		regs->ax = regs->orig_ax;
	}
	regs->ip -= 2; /* the length of "syscall" and of "int $0x80" */
}

static bool uli_call_restarts(const struct pt_regs *regs)
{
	switch ((long)regs->ax) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		return true;
	default:
		return false;
	}
}

/**
 * procirq_uli_arch_send() - the current thread's way out of the kernel goes to the handler
 * @code: as registered by it
 *
 * Context: task work; may sleep.
 * Return: 0; -EAGAIN when it has to be tried again later; -EFAULT when there is
 * no stack to make a frame on.
 */
int procirq_uli_arch_send(const struct procirq_uli *code)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct pt_regs before;
	int err;

	if (!user_64bit_mode(regs) || uli_has_shadow_stack() || uli_is_stepped())
		return -EAGAIN;
	/* Also so in the middle of a call: ptrace runs task work there. */
	if ((long)regs->orig_ax >= 0 && (long)regs->ax == -ENOSYS)
		return -EAGAIN;
	/*
	 * A signal comes first: whether a call goes on is for it to say, and one that
	 * the thread's own instruction has raised, a breakpoint, is about where it is.
	 */
	if (task_sigpending(current))
		return -EAGAIN;
	err = uli_abort_rseq(regs);
	if (err)
		return err;
	before = *regs;
	if ((long)regs->orig_ax >= 0 && uli_call_restarts(regs)) {
		uli_end_call(regs);
		regs->orig_ax = -1;
	}
	err = uli_enter(regs, code);
	if (err)
		*regs = before;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User level interrupts: a registration, and the way from the interrupt to the thread if
 * the interrupt has hit it. That is inlined into the interrupt handler (take.h); uli.c has
 * the rest, and says how the parts fit together.
 */
#ifndef PROCIRQ_ULIRAISE_H
#define PROCIRQ_ULIRAISE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>

#include "internal.h"
#include "trace.h"
#include "uliarch.h"

enum procirq_uli_path { ULI_DIRECT = 1, ULI_RETURN, ULI_WAKE, ULI_PATHS };

/**
 * enum procirq_uli_bit - bits of procirq_ulireg.bits
 * @ULI_QUEUED: task work is queued, or runs and has not read @raised yet
 * @ULI_OVERRUN: the task work is to send SIGXCPU
 * @ULI_WAKING: the thread slept when the task work was queued
 * @ULI_DEAD: the thread has ended or called exec
 * @ULI_ENDED: interrupts go to read() again; set with action->lock held
 */
enum procirq_uli_bit { ULI_QUEUED, ULI_OVERRUN, ULI_WAKING, ULI_DEAD, ULI_ENDED };

/**
 * struct procirq_ulireg - a registration
 * @shared: the shared structure, in @page; immutable
 * @task: the thread; referenced; immutable
 * @mm: its address space when it registered, to detect an exec; its struct is
 *	referenced; immutable
 * @code: as registered; immutable
 * @irq: the line's Linux interrupt number; immutable
 * @bits: enum procirq_uli_bit; atomic operations
 * @raised: interrupts so far; written with action->lock held, also read without
 * @seq: number of the last of them; action->lock
 * @irq_ns: handler time of the last of them; action->lock
 * @unhandled: interrupts that were pending for the handler then; action->lock
 * @sent: how often the thread was sent, by path; written on the thread's CPU only
 * @left: times that the thread went back by a system call; action->lock
 * @overruns: see struct procirq_uli_info; written by task work
 * @faults: see struct procirq_uli_info; written by task work
 * @retries: see struct procirq_uli_info; @lock
 * @lock: serialises @closing with the start of @retry
 * @closing: no timer may be started; written with @lock held, also read without
 * @retry: timer that attempts again to send the thread
 * @watch: timer of period limit_ns, if there is a limit
 * @watched: calls and sends that @watch found last, plus 1; 0 if the handler was not
 *	running; used by @watch only
 * @work: task work
 * @page: the user's page; pinned; immutable
 * @ref: held by the reader and by queued task work
 */
struct procirq_ulireg {
	struct procirq_uli_shared *shared;
	struct task_struct *task;
	struct mm_struct *mm;
	struct procirq_uli code;
	unsigned int irq;
	unsigned long bits;

	u64 raised;
	u64 seq;
	u64 irq_ns;
	u64 unhandled;

	u64 sent[ULI_PATHS];
	u64 left;
	u64 overruns;
	u64 faults;
	u64 retries;

	raw_spinlock_t lock;
	bool closing;
	struct hrtimer retry;
	struct hrtimer watch;
	u64 watched;

	struct callback_head work;
	struct page *page;
	struct kref ref;
};

static inline atomic_t *uli_state(const struct procirq_ulireg *uli)
{
	BUILD_BUG_ON(sizeof(atomic_t) != sizeof(uli->shared->state));
	return (atomic_t *)&uli->shared->state;
}

static inline bool uli_is_dead(const struct procirq_ulireg *uli)
{
	return test_bit(ULI_DEAD, &uli->bits);
}

/* The thread was sent. */
static __always_inline void uli_sent(struct procirq_ulireg *uli, enum procirq_uli_path path)
{
	WRITE_ONCE(uli->sent[path], uli->sent[path] + 1);
	if (trace_procirq_uli_enabled())
		trace_procirq_uli(uli->irq, uli->seq, uli->irq_ns, uli->raised,
				  task_pid_nr(uli->task), path);
}

/*
 * Sends the thread to its handler by the return from this interrupt, if the interrupt has
 * hit it in user mode. Interrupts off; the caller guarantees pending interrupts.
 * Return: 0; -EBUSY if the handler runs or is blocked; -ESRCH if the thread has called exec;
 * -ENOENT if it has to be notified; -EAGAIN or -EFAULT if it is on its way out of the kernel.
 */
static __always_inline int uli_try_direct(struct procirq_ulireg *uli)
{
	int err;

	if (current != uli->task)
		return -ENOENT;
	if (unlikely(current->mm != uli->mm))
		return -ESRCH;
	err = procirq_uli_arch_send_direct(&uli->code, uli_state(uli));
	if (likely(!err))
		uli_sent(uli, ULI_DIRECT);
	return err;
}

void procirq_uli_raise_rest(struct procirq_reader *reader, int err);
void procirq_uli_raise_dead(struct procirq_reader *reader);

/**
 * procirq_uli_raise_to() - deliver what is pending for a reader to its handler
 * @reader: has a user level interrupt, and has not left its action
 * @seq: number of the last interrupt
 * @now: when the interrupt handler took the last interrupt, ns
 *
 * Context: hard interrupt, or interrupts off; action->lock held.
 */
static __always_inline void procirq_uli_raise_to(struct procirq_reader *reader, u64 seq, u64 now)
{
	struct procirq_ulireg *uli = reader->uli;
	u64 count;
	int err;

	if (unlikely(READ_ONCE(uli->bits) & (BIT(ULI_DEAD) | BIT(ULI_ENDED)))) {
		procirq_uli_raise_dead(reader);
		return;
	}
	count = seq - reader->cursor;
	reader->cursor = seq;
	reader->totals.delivered += count;
	uli->seq = seq;
	uli->irq_ns = now;
	uli->raised += count;
	WRITE_ONCE(uli->shared->raised, uli->raised);
	err = uli_try_direct(uli);
	if (unlikely(err))
		procirq_uli_raise_rest(reader, err);
}

/* Whether the reader's interrupts go to read() again. Caller holds action->lock. */
static inline bool uli_has_ended(const struct procirq_ulireg *uli)
{
	return test_bit(ULI_ENDED, &uli->bits);
}

#endif /* PROCIRQ_ULIRAISE_H */

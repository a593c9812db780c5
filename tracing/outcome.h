/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome - how a chain ends, and what becomes of an interrupt
 *
 * The streaming engine and the collector in the kernel count the same outcomes, so this
 * header includes nothing: it is compiled for BPF, too.
 */
#ifndef TRACING_OUTCOME_H
#define TRACING_OUTCOME_H

/* Where a chain ended. */
enum chain_end {
	CHAIN_END_USER, /* the woken task returned to user space */
	CHAIN_END_TASK, /* the woken task ran: a kernel thread, or a task
			 * that slept again in the kernel */
	CHAIN_ENDS,
};

/*
 * What became of an interrupt. When it woke several tasks, the greatest of
 * these is its outcome.
 */
enum chain_outcome {
	OUTCOME_WOKE_NOBODY, /* no task was woken in a context that it started */
	OUTCOME_UNKNOWN,     /* the events that would show what it woke are not recorded */
	OUTCOME_NOT_HANDLED, /* shared line: the handler said "not mine" */
	OUTCOME_COALESCED,   /* its softirq was already pending for this line */
	OUTCOME_CUT_OFF,     /* tracing ended before the chain did */
	OUTCOME_AWAKE,	     /* the task was already on its way to user space */
	OUTCOME_NO_SYSCALL,  /* back in user space, but not from a system call */
	OUTCOME_KERNEL,	     /* only kernel threads and tasks that slept again */
	OUTCOME_NO_SWITCH,   /* the task ran, its switch in was not recorded */
	OUTCOME_INCOMPLETE,  /* another event is missing, though none was lost */
	OUTCOME_AMBIGUOUS,   /* several interrupts could have woken the task */
	OUTCOME_LOST,	     /* events of the chain may have been lost */
	OUTCOME_NEGATIVE,    /* time ran backwards within the chain */
	OUTCOME_MATCHED,     /* a chain is complete */
	OUTCOMES,
};

#endif /* TRACING_OUTCOME_H */

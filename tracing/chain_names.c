// SPDX-License-Identifier: GPL-2.0-or-later
/* What stages, outcomes and ends are called. */
#include "chain.h"

const char *const stage_names[STAGE_KINDS] = {
	[STAGE_HANDLER] = "handler",
	[STAGE_SOFTIRQ_WAIT] = "softirq_wait",
	[STAGE_SOFTIRQ] = "softirq",
	[STAGE_THREAD_WAKE] = "thread_wake",
	[STAGE_THREAD_QUEUE] = "thread_queue",
	[STAGE_THREAD] = "thread",
	[STAGE_WORK_WAIT] = "work_wait",
	[STAGE_WORK] = "work",
	[STAGE_WAKE] = "wake",
	[STAGE_QUEUE] = "queue",
	[STAGE_READ] = "read",
	[STAGE_EXIT] = "exit",
	[STAGE_TOTAL] = "total",
	[STAGE_IRQ] = "irq",
	[STAGE_MODULE] = "module",
};

const char *const stage_titles[STAGE_KINDS] = {
	[STAGE_HANDLER] = "handler entered -> ended, or woke the task",
	[STAGE_SOFTIRQ_WAIT] = "handler ended -> softirq entered",
	[STAGE_SOFTIRQ] = "softirq entered -> waking",
	[STAGE_THREAD_WAKE] = "waking of the irq thread -> wakeup",
	[STAGE_THREAD_QUEUE] = "wakeup of the irq thread -> switch in",
	[STAGE_THREAD] = "switch in of the irq thread -> waking",
	[STAGE_WORK_WAIT] = "work queued -> started",
	[STAGE_WORK] = "work started -> waking",
	[STAGE_WAKE] = "waking -> wakeup (IPI, idle exit)",
	[STAGE_QUEUE] = "wakeup -> switch in",
	[STAGE_READ] = "switch in -> read() is done",
	[STAGE_EXIT] = "switch in -> return to user space",
	[STAGE_TOTAL] = "handler entered -> end of the chain",
	[STAGE_IRQ] = "handler entered -> ended, every interrupt",
	[STAGE_MODULE] = "handler entered -> the module's handler time",
};

const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_WOKE_NOBODY] = "woke_nobody",
	[OUTCOME_NOT_HANDLED] = "not_handled",
	[OUTCOME_COALESCED] = "coalesced",
	[OUTCOME_CUT_OFF] = "cut_off",
	[OUTCOME_AWAKE] = "task_awake",
	[OUTCOME_NO_SYSCALL] = "no_syscall",
	[OUTCOME_KERNEL] = "kernel_only",
	[OUTCOME_NO_SWITCH] = "no_switch",
	[OUTCOME_INCOMPLETE] = "incomplete",
	[OUTCOME_AMBIGUOUS] = "ambiguous",
	[OUTCOME_LOST] = "lost",
	[OUTCOME_NEGATIVE] = "negative",
	[OUTCOME_MATCHED] = "matched",
};

const char *const chain_end_names[CHAIN_ENDS] = { "user", "task" };

// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain_sample.h"

const char *const chain_outcome_names[OUTCOMES] = {
	[OUTCOME_WOKE_NOBODY] = "woke_nobody", [OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_NOT_HANDLED] = "not_handled", [OUTCOME_COALESCED] = "coalesced",
	[OUTCOME_CUT_OFF] = "cut_off",	       [OUTCOME_AWAKE] = "task_awake",
	[OUTCOME_NO_SYSCALL] = "no_syscall",   [OUTCOME_KERNEL] = "kernel_only",
	[OUTCOME_NO_SWITCH] = "no_switch",     [OUTCOME_INCOMPLETE] = "incomplete",
	[OUTCOME_AMBIGUOUS] = "ambiguous",     [OUTCOME_LOST] = "lost",
	[OUTCOME_NEGATIVE] = "negative",       [OUTCOME_MATCHED] = "matched",
};

const char *const chain_end_names[CHAIN_ENDS] = {
	[CHAIN_END_USER] = "user",
	[CHAIN_END_TASK] = "task",
};

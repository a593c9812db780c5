// SPDX-License-Identifier: LGPL-2.1-or-later
/* User level interrupts on processors that have none yet. */

#include <errno.h>

#include "uli_local.h"

#if !defined(__x86_64__) && !defined(__aarch64__)

int procirq_uli_arch_init(struct uli *uli, unsigned int flags)
{
	(void)uli;
	(void)flags;
	errno = EOPNOTSUPP;
	return -1;
}

void procirq_uli_arch_free(struct uli *uli)
{
	(void)uli;
}

void procirq_uli_arch_code(const struct uli *uli, struct procirq_uli *code)
{
	(void)uli;
	(void)code;
}

#endif

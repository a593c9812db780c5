/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User level interrupts: what uli.c needs from the architecture. What other files
 * use is in internal.h.
 */
#ifndef PROCIRQ_ULIARCH_H
#define PROCIRQ_ULIARCH_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "uapi/procirq.h"

#ifdef CONFIG_X86_64
#include "uliarch_x86.h"

int procirq_uli_arch_check(const struct procirq_uli *code);
int procirq_uli_arch_send(const struct procirq_uli *code);
#else
static inline int procirq_uli_arch_check(const struct procirq_uli *code)
{
	return -EOPNOTSUPP;
}

static inline int procirq_uli_arch_send_direct(const struct procirq_uli *code, atomic_t *state)
{
	return -ENOENT;
}

static inline int procirq_uli_arch_send(const struct procirq_uli *code)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* PROCIRQ_ULIARCH_H */

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

#if defined(CONFIG_X86_64)
#include "uliarch_x86.h"
#elif defined(CONFIG_ARM64)
#include "uliarch_arm64.h"
#endif

#if defined(CONFIG_X86_64) || defined(CONFIG_ARM64)
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

#ifdef CONFIG_ARM64
int procirq_uli_arch_leave(const void __user *at, u64 *shared, long *x0);
long procirq_uli_arch_again(const struct procirq_uli *code, const void __user *at);
#else
static inline int procirq_uli_arch_leave(const void __user *at, u64 *shared, long *x0)
{
	return -ESPIPE;
}

static inline long procirq_uli_arch_again(const struct procirq_uli *code, const void __user *at)
{
	return -ESPIPE;
}
#endif

#endif /* PROCIRQ_ULIARCH_H */

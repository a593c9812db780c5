/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processors that have no file of their own; see cpu.h. There no handler can be registered. */
#ifndef LIBPROCIRQ_CPU_OTHER_H
#define LIBPROCIRQ_CPU_OTHER_H

#include <errno.h>
#include <unistd.h>

#define GENERAL_REGS_ONLY

static inline void cpu_relax(void)
{
	__asm__ volatile("" : : : "memory");
}

static inline long system_call(long number, long a, const void *b, long c)
{
	long ret = syscall(number, a, b, c);

	return ret < 0 ? -errno : ret;
}

#endif /* LIBPROCIRQ_CPU_OTHER_H */

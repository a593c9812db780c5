/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 64-bit ARM; see cpu.h. */
#ifndef LIBPROCIRQ_CPU_ARM64_H
#define LIBPROCIRQ_CPU_ARM64_H

#define GENERAL_REGS_ONLY __attribute__((target("general-regs-only")))

GENERAL_REGS_ONLY static inline void cpu_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

GENERAL_REGS_ONLY static inline long system_call(long number, long a, const void *b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register const void *x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}

#endif /* LIBPROCIRQ_CPU_ARM64_H */

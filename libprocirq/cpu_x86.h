/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64; see cpu.h. */
#ifndef LIBPROCIRQ_CPU_X86_H
#define LIBPROCIRQ_CPU_X86_H

#define GENERAL_REGS_ONLY __attribute__((target("general-regs-only")))

GENERAL_REGS_ONLY static inline void cpu_relax(void)
{
	__builtin_ia32_pause();
}

GENERAL_REGS_ONLY static inline long system_call(long number, long a, const void *b, long c)
{
	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return number;
}

#endif /* LIBPROCIRQ_CPU_X86_H */

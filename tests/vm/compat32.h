/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls as 32-bit programs make them, from a 64-bit program. Only x86-64 has a way
 * to do so; elsewhere each fails as in a kernel without 32-bit programs.
 */
#ifndef COMPAT32_H
#define COMPAT32_H

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

/* Numbers of calls on i386. */
#define COMPAT32_GETPID	   20
#define COMPAT32_IOCTL	   54
#define COMPAT32_NANOSLEEP 162

#ifdef __x86_64__

/* Returns what the kernel does: a negative errno, or not. */
static inline long compat32_call(long number, long a, long b, void *c)
{
	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 : "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return number;
}

#define COMPAT32_MAP MAP_32BIT

#else

static inline long compat32_call(long number, long a, long b, void *c)
{
	(void)number;
	(void)a;
	(void)b;
	(void)c;
	return -ENOSYS;
}

#define COMPAT32_MAP 0

#endif

/* Returns memory that these calls reach, or MAP_FAILED. */
static inline void *compat32_map(size_t bytes, int protection)
{
	return mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | COMPAT32_MAP, -1, 0);
}

#endif /* COMPAT32_H */

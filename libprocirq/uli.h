/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * User level interrupts: a function of the program is called when an interrupt
 * comes, by the thread that registered it, whatever it is doing. Names and
 * meaning are those of SGI's libuli; uli(3) says what such a handler may do.
 *
 * Functions that fail return -1 (or NULL) with errno set. x86-64 only.
 */
#ifndef LIBPROCIRQ_ULI_H
#define LIBPROCIRQ_ULI_H

#include <stddef.h>

#include "uapi/procirq.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most semaphores of one handler, as SGI had it. */
#define ULI_SEMAPHORES_MAX 32

/* The handler was built with -mgeneral-regs-only: extended registers stay as they are. */
#define ULI_GENERAL_REGS_ONLY (1U << 0)

/**
 * struct uli_options - what ULI_register() is told besides the handler
 * @flags: ULI_GENERAL_REGS_ONLY or 0
 * @nsemas: semaphores, 0 to ULI_SEMAPHORES_MAX
 * @stack: lowest address of the handler's stack; NULL for the thread's own,
 *	below the red zone
 * @stacksize: its size, bytes
 * @limit_ns: longest time in the handler before the thread gets SIGXCPU, 1 ms to
 *	1 h; 0 for any. It is noticed within twice the time
 */
struct uli_options {
	unsigned int flags;
	int nsemas;
	void *stack;
	size_t stacksize;
	unsigned long long limit_ns;
};

void *ULI_register(int fd, void (*func)(void *arg), void *arg, const struct uli_options *options);
void *ULI_register_irq(int fd, void (*func)(void *arg), void *arg, int nsemas, void *stack,
		       size_t stacksize);
int ULI_unregister(void *intr);

int ULI_sleep(void *intr, int sema);
int ULI_wakeup(void *intr, int sema);
int ULI_block_intr(void *intr);
int ULI_unblock_intr(void *intr);

void *ULI_self(void);
unsigned int ULI_count(const void *intr);
int ULI_leave(void *intr);
int ULI_get_info(void *intr, struct procirq_uli_info *info);

#ifdef __cplusplus
}
#endif

#endif /* LIBPROCIRQ_ULI_H */

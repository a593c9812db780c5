/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * User level interrupts: when an interrupt comes, the thread that registered a handler
 * interrupts its work and runs the handler. Names and semantics follow SGI's libuli;
 * uli(3) documents them, and what a handler may do. x86-64 and
 * arm64 only.
 *
 * A function that fails returns -1, or NULL if it returns a pointer, with errno set.
 */
#ifndef LIBPROCIRQ_ULI_H
#define LIBPROCIRQ_ULI_H

#include <stddef.h>

#include "uapi/procirq.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most semaphores of one handler, as in SGI's libuli. */
#define ULI_SEMAPHORES_MAX 32

/* The handler was built with -mgeneral-regs-only: do not save the other registers. */
#define ULI_GENERAL_REGS_ONLY (1U << 0)

/*
 * On arm64, go back without a system call where that is possible, by code that is made at run
 * time: uli(3) has the limits. x86-64 needs no such code, and ignores this.
 */
#define ULI_STUBS (1U << 1)

/**
 * struct uli_options - options of ULI_register()
 * @flags: ULI_GENERAL_REGS_ONLY, ULI_STUBS, both or 0
 * @nsemas: number of semaphores, 0 to ULI_SEMAPHORES_MAX
 * @stack: lowest address of the handler's own stack; NULL to use the thread's stack,
 *	below the red zone
 * @stacksize: size of @stack, bytes; at least 4096
 * @limit_ns: longest time that a handler may run, 1 ms to 1 h; 0 for no limit. A
 *	handler that runs longer gets its thread a SIGXCPU after one to two times this
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to uli.c and the entry code; local.h says which rules apply. */
#ifndef LIBPROCIRQ_ULI_LOCAL_H
#define LIBPROCIRQ_ULI_LOCAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uli.h"

/**
 * struct uli_sema - a counting semaphore; a futex(2) on @value
 * @value: number of ULI_wakeup() calls that no ULI_sleep() has consumed yet
 * @waiters: number of threads that may be in futex(2)
 *
 * Both are accessed with atomic operations only.
 */
struct uli_sema {
	uint32_t value;
	uint32_t waiters;
};

/**
 * struct uli - a registered handler; in a page of its own, which the kernel pins
 * @shared: shared with the kernel
 * @run: function that the entry code calls, with this structure
 * @stack_top: top of the handler's own stack; 0 to use the interrupted stack
 * @xsave_mask: state components to save and restore on x86-64; 0 to use FXSAVE
 * @xsave_bytes: size of the save area; 0 to save no extended state
 * @stubs: on arm64, code that goes back without a system call; NULL to have none
 * @func: the handler
 * @arg: its argument
 * @count: interrupts that the current call handles
 * @fd: the IRQ file, a duplicate of the caller's
 * @unmask: the line has to be unmasked after each call
 * @thread: the thread that runs the handler
 * @nsemas: number of @semas that may be used
 * @semas: semaphores
 *
 * Only the handler's thread writes @count; @semas are shared between threads, and
 * @shared is described in uapi/procirq.h. All other members are constant.
 */
struct uli {
	struct procirq_uli_shared shared;
	void (*run)(struct uli *uli);
	uint64_t stack_top;
	uint64_t xsave_mask;
	uint64_t xsave_bytes;
	struct uli_stubs *stubs;
	void (*func)(void *arg);
	void *arg;
	unsigned int count;
	int fd;
	bool unmask;
	pthread_t thread;
	int nsemas;
	struct uli_sema semas[ULI_SEMAPHORES_MAX];
};

/* uli_x86.c, uli_arm64.c; in uli_other.c the first fails with EOPNOTSUPP. */
int procirq_uli_arch_init(struct uli *uli, unsigned int flags);
void procirq_uli_arch_free(struct uli *uli);
void procirq_uli_arch_code(const struct uli *uli, struct procirq_uli *code);

#endif /* LIBPROCIRQ_ULI_LOCAL_H */

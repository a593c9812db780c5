/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What uli.c and the entry code share. */
#ifndef LIBPROCIRQ_ULI_LOCAL_H
#define LIBPROCIRQ_ULI_LOCAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uli.h"

#pragma GCC visibility push(hidden)

/**
 * struct uli_sema - a counting semaphore; futex(2) on @value
 * @value: ULI_wakeup() calls that no ULI_sleep() has consumed
 * @waiters: threads that may be in futex(2)
 */
struct uli_sema {
	uint32_t value;
	uint32_t waiters;
};

/**
 * struct uli - a registered handler; in a page of its own, which the kernel pins
 * @shared: with the kernel
 * @run: called by the entry code, with this structure
 * @stack_top: of the handler's stack, 0 for the interrupted one
 * @xsave_mask: state components saved and restored; 0 for those of FXSAVE
 * @xsave_bytes: size of the area for it; 0 saves nothing
 * @func: the handler
 * @arg: its argument
 * @count: interrupts that its present call stands for
 * @fd: IRQ file; a duplicate
 * @unmask: the line waits for a write of 1 after each call
 * @thread: that runs the handler
 * @nsemas: length of @semas in use
 * @semas: semaphores
 */
struct uli {
	struct procirq_uli_shared shared;
	void (*run)(struct uli *uli);
	uint64_t stack_top;
	uint64_t xsave_mask;
	uint64_t xsave_bytes;
	void (*func)(void *arg);
	void *arg;
	unsigned int count;
	int fd;
	bool unmask;
	pthread_t thread;
	int nsemas;
	struct uli_sema semas[ULI_SEMAPHORES_MAX];
};

/* uli_x86.c; all of them fail with EOPNOTSUPP elsewhere */
int uli_arch_init(struct uli *uli, bool extended);
void uli_arch_code(struct procirq_uli *code);

#pragma GCC visibility pop

#endif /* LIBPROCIRQ_ULI_LOCAL_H */

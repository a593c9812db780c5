/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * irqgen - software interrupt lines, controlled through /dev/irqgen
 *
 * Each line is a Linux interrupt (chip "irqgen", edge triggered) with its own
 * /proc/irq/N. It behaves as a message-signalled interrupt does in hardware, with a
 * mask bit and one pending bit: a raise of a line that is masked and already pending
 * is coalesced, and counted as such.
 *
 * write() takes one command (defaults in parentheses):
 *
 *   fire line=L [count=N] [cpu=C]
 *	raise N times (1) at once, in hard interrupt context on CPU C (the
 *	writer's); the write returns when all are raised
 *   start line=L period_ns=P [count=N] [cpu=C] [source=timer|ipi]
 *         [pattern=periodic|burst|random] [burst=B] [seed=S] [delay_ns=D]
 *	raise N times (0: until stopped), one every P ns, the first after D ns
 *	(P). With source=timer (the default) an hrtimer's hard interrupt on CPU C
 *	raises; with source=ipi a timer on another CPU sends an interrupt to CPU C,
 *	which raises. pattern=burst raises B times every P ns. pattern=random draws
 *	the gaps from an exponential distribution of mean P (cut off at 16 P), with
 *	a generator that is seeded with S. A running line is restarted.
 *   stop line=L
 *	stop; nothing is raised after the write has returned
 *   add
 *	make one more line
 *   remove line=L
 *	free the line's interrupt, even if it is in use, as if a device went away
 *
 * Errors: EINVAL bad command or value, ENODEV no such line, ENXIO that CPU is
 * not online, ENOSPC no more lines.
 *
 * read() returns one row of text for each line, then end of file:
 *
 *   line=L irq=N running=0|1 masked=0|1 raised=R dispatched=D coalesced=C
 *   unattended=U pending=0|1 skipped=S
 *
 * with raised == dispatched + coalesced + unattended + pending at any time.
 * "dispatched" counts what was passed to the interrupt's handlers, "unattended" what
 * came, or was still pending, while nobody had requested the interrupt. "skipped"
 * counts periods that passed without a raise because the timer was late.
 *
 * mmap() at file offset L * IRQGEN_RING_BYTES, read only, maps the struct irqgen_ring
 * of line L, which has the time before each raise.
 */
#ifndef _UAPI_IRQGEN_H
#define _UAPI_IRQGEN_H

#include <linux/types.h>

#define IRQGEN_LINES_MAX    64
#define IRQGEN_RING_ENTRIES 16384 /* power of two */
#define IRQGEN_RING_BYTES   (1UL << 19)

/**
 * struct irqgen_stamp - one interrupt that was passed to the handlers
 * @raise_ns: CLOCK_MONOTONIC time just before it was raised, ns; if several raises
 *	were coalesced into it, that of the first
 * @cpu: CPU that raised it
 * @coalesced: further raises that were merged into it
 */
struct irqgen_stamp {
	__u64 raise_ns;
	__u32 cpu;
	__u32 coalesced;
};

/**
 * struct irqgen_ring - one line's counters and stamps
 * @dispatched: interrupts passed to the handlers so far. Number n (from 1) is in
 *	stamp[(n - 1) % IRQGEN_RING_ENTRIES], which is written before the handlers
 *	run, and overwritten IRQGEN_RING_ENTRIES interrupts later
 * @raised: raises so far
 * @coalesced: raises merged into a pending one so far
 * @unattended: raises so far while nobody had requested the interrupt
 * @gaps_ns: sum of the gaps drawn since the last start command, ns. At least this
 *	time passed from the start to the last raise
 * @irq: Linux interrupt number; 0 once the line was removed
 * @reserved: 0
 * @stamp: the last interrupts
 */
struct irqgen_ring {
	__u64 dispatched;
	__u64 raised;
	__u64 coalesced;
	__u64 unattended;
	__u64 gaps_ns;
	__u32 irq;
	__u32 reserved[5];
	struct irqgen_stamp stamp[IRQGEN_RING_ENTRIES];
};

#endif /* _UAPI_IRQGEN_H */

/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * irqgen - software interrupt lines, driven through /dev/irqgen
 *
 * Each line is a real Linux interrupt (chip "irqgen", edge triggered) with its
 * own /proc/irq/N. It models the hardware a message-signalled interrupt has: a
 * mask bit and one pending bit, so raises that come while the line is masked
 * and pending already are coalesced, and counted as such.
 *
 * write() takes one command, a line of text:
 *
 *   fire line=L [count=N] [cpu=C]
 *	raise N times (1) at once, in hard interrupt context on CPU C (this one);
 *	the write returns when all are raised
 *   start line=L period_ns=P [count=N] [cpu=C] [source=timer|ipi]
 *         [pattern=periodic|burst|random] [burst=B] [seed=S] [delay_ns=D]
 *	raise N times (0: until stopped), one every P ns, the first after D ns
 *	(P). source=timer raises from the hrtimer's hard interrupt on CPU C;
 *	source=ipi has that timer send an interrupt to CPU C, and raises there.
 *	pattern=burst raises B at a time, every P ns; pattern=random draws the
 *	gaps from an exponential distribution of mean P (cut off at 16 P), from
 *	the generator seeded with S. A running line is restarted.
 *   stop line=L
 *	stop; when the write has returned no further raise happens
 *   add
 *	make one more line
 *   remove line=L
 *	free the line's interrupt, as a device going away does, whoever has it open
 *
 * Errors: EINVAL bad command or value, ENODEV no such line, ENXIO that CPU is
 * not online, ENOSPC no more lines.
 *
 * read() returns one line of text for each interrupt line, then end of file:
 *
 *   line=L irq=N running=0|1 masked=0|1 raised=R dispatched=D coalesced=C
 *   unattended=U pending=0|1 skipped=S
 *
 * with  raised == dispatched + coalesced + unattended + pending  at any time.
 * "dispatched" were handed to the interrupt's handlers; "unattended" came, or
 * were still pending, when nobody had requested the interrupt. "skipped" counts
 * periods of schedules that passed without a raise, because the timer was late.
 *
 * mmap() of one line's struct irqgen_ring, read only, at file offset
 * L * IRQGEN_RING_BYTES, gives the time before each raise.
 */
#ifndef _UAPI_IRQGEN_H
#define _UAPI_IRQGEN_H

#include <linux/types.h>

#define IRQGEN_LINES_MAX    64
#define IRQGEN_RING_ENTRIES 16384 /* power of two */
#define IRQGEN_RING_BYTES   (1UL << 19)

/**
 * struct irqgen_stamp - one interrupt handed to the handlers
 * @raise_ns: CLOCK_MONOTONIC time just before it was raised; of the first raise
 *	where several were coalesced into it, ns
 * @cpu: CPU that raised it
 * @coalesced: raises that were merged into it
 */
struct irqgen_stamp {
	__u64 raise_ns;
	__u32 cpu;
	__u32 coalesced;
};

/**
 * struct irqgen_ring - one line's page of stamps
 * @dispatched: interrupts handed to the handlers so far. Number n (from 1) is
 *	stamp[(n - 1) % IRQGEN_RING_ENTRIES], written before its handler runs,
 *	and overwritten IRQGEN_RING_ENTRIES interrupts later
 * @raised: raises so far
 * @coalesced: raises merged into a pending one so far
 * @unattended: raises that found nobody so far
 * @gaps_ns: of the schedule that was started last, the gaps drawn so far, added
 *	up, ns. The last raise came no earlier than that after its start
 * @irq: Linux interrupt number; 0 once the line was removed
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

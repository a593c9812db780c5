/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, system "procirq". Every event has the line and, if it follows an
 * interrupt, the interrupt's sequence number and handler time (irq_ns,
 * CLOCK_MONOTONIC), so that consumers need not match pairs of events. The names of
 * fields are stable; procirq(4) lists them with units.
 */
/* As the kernel lays its trace headers out. */
/* clang-format off */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM procirq

#if !defined(PROCIRQ_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PROCIRQ_TRACE_H

#include <linux/tracepoint.h>

/* The hard interrupt handler took interrupt number seq at irq_ns. */
TRACE_EVENT(procirq_irq,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns),
	TP_ARGS(irq, seq, irq_ns),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u64, seq)
		__field(u64, irq_ns)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->seq = seq;
		__entry->irq_ns = irq_ns;
	),
	TP_printk("irq=%u seq=%llu irq_ns=%llu", __entry->irq, __entry->seq,
		  __entry->irq_ns)
);

/* Threads were woken: how many in read(), and whether any were in poll(). */
TRACE_EVENT(procirq_wake,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns, unsigned int readers, bool pollers),
	TP_ARGS(irq, seq, irq_ns, readers, pollers),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u64, seq)
		__field(u64, irq_ns)
		__field(u32, readers)
		__field(u32, pollers)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->seq = seq;
		__entry->irq_ns = irq_ns;
		__entry->readers = readers;
		__entry->pollers = pollers;
	),
	TP_printk("irq=%u seq=%llu irq_ns=%llu readers=%u pollers=%u", __entry->irq,
		  __entry->seq, __entry->irq_ns, __entry->readers, __entry->pollers)
);

/*
 * A read returns count interrupts; the last one has number seq. irq_ns is the
 * handler time of the first one, last_ns that of the last one.
 */
TRACE_EVENT(procirq_read,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns, u64 last_ns, u32 count),
	TP_ARGS(irq, seq, irq_ns, last_ns, count),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u32, count)
		__field(u64, seq)
		__field(u64, irq_ns)
		__field(u64, last_ns)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->count = count;
		__entry->seq = seq;
		__entry->irq_ns = irq_ns;
		__entry->last_ns = last_ns;
	),
	TP_printk("irq=%u seq=%llu irq_ns=%llu last_ns=%llu count=%u", __entry->irq,
		  __entry->seq, __entry->irq_ns, __entry->last_ns, __entry->count)
);

DECLARE_EVENT_CLASS(procirq_line,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns),
	TP_ARGS(irq, seq, irq_ns),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u64, seq)
		__field(u64, irq_ns)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->seq = seq;
		__entry->irq_ns = irq_ns;
	),
	TP_printk("irq=%u seq=%llu irq_ns=%llu", __entry->irq, __entry->seq,
		  __entry->irq_ns)
);

/* The line was masked; seq and irq_ns are those of the last interrupt taken. */
DEFINE_EVENT(procirq_line, procirq_mask,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns),
	TP_ARGS(irq, seq, irq_ns));

/* The line was unmasked; seq and irq_ns are those of the last interrupt taken. */
DEFINE_EVENT(procirq_line, procirq_unmask,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns),
	TP_ARGS(irq, seq, irq_ns));

/*
 * A reader closed with count interrupts pending, which no read will return; the last
 * one has number seq.
 */
TRACE_EVENT(procirq_lost,
	TP_PROTO(unsigned int irq, u64 seq, u64 count),
	TP_ARGS(irq, seq, count),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u64, seq)
		__field(u64, count)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->seq = seq;
		__entry->count = count;
	),
	TP_printk("irq=%u seq=%llu count=%llu", __entry->irq, __entry->seq,
		  __entry->count)
);

/*
 * A thread is sent to its handler for the interrupts up to number seq: by the return
 * from the interrupt (path 1), on its way out of the kernel (2), or so after it was
 * woken from a sleep (3). count is how many came since the registration; irq_ns is
 * the handler time of the last one.
 */
TRACE_EVENT(procirq_uli,
	TP_PROTO(unsigned int irq, u64 seq, u64 irq_ns, u64 count, pid_t pid, unsigned int path),
	TP_ARGS(irq, seq, irq_ns, count, pid, path),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u32, path)
		__field(u64, seq)
		__field(u64, irq_ns)
		__field(u64, count)
		__field(s32, pid)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->path = path;
		__entry->seq = seq;
		__entry->irq_ns = irq_ns;
		__entry->count = count;
		__entry->pid = pid;
	),
	TP_printk("irq=%u seq=%llu irq_ns=%llu count=%llu pid=%d path=%u", __entry->irq,
		  __entry->seq, __entry->irq_ns, __entry->count, __entry->pid, __entry->path)
);

DECLARE_EVENT_CLASS(procirq_file,
	TP_PROTO(unsigned int irq, u64 seq, unsigned int readers),
	TP_ARGS(irq, seq, readers),
	TP_STRUCT__entry(
		__field(u32, irq)
		__field(u32, readers)
		__field(u64, seq)
	),
	TP_fast_assign(
		__entry->irq = irq;
		__entry->readers = readers;
		__entry->seq = seq;
	),
	TP_printk("irq=%u seq=%llu readers=%u", __entry->irq, __entry->seq,
		  __entry->readers)
);

/* A reader opened the line; readers includes it. */
DEFINE_EVENT(procirq_file, procirq_open,
	TP_PROTO(unsigned int irq, u64 seq, unsigned int readers),
	TP_ARGS(irq, seq, readers));

/* A reader closed the line; readers does not include it. */
DEFINE_EVENT(procirq_file, procirq_release,
	TP_PROTO(unsigned int irq, u64 seq, unsigned int readers),
	TP_ARGS(irq, seq, readers));

#endif /* PROCIRQ_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

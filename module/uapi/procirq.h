/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * procirq - device interrupts in user space through /proc/irq/N/irq
 *
 * The file, in its default mode, is the one Peter Chubb proposed in 2005:
 *
 *   open()   claims interrupt line N. Every open file is a reader with a count
 *            of its own; O_EXCL claims the line for one reader alone.
 *   read()   blocks, then returns one native int: interrupts since this
 *            reader's last read. O_NONBLOCK: EAGAIN instead of blocking.
 *   poll()   readable while that count is above zero.
 *   write()  one __u32: 1 unmasks the line, 0 masks it.
 *   close()  frees the line when the last reader is gone.
 *
 * An interrupt masks the line. It is unmasked by the read or poll that finds
 * nothing to report, which is how the kernel knows that the device has been
 * tended; with several readers, by the last of them to come back so.
 *
 * A line masked by write(0) stays masked until write(1), or until the reader
 * that wrote the 0 closes.
 *
 * errno    where    meaning
 * EBUSY    open     a driver owns the line exclusively, or an O_EXCL reader
 *                   holds it, or O_EXCL was asked for and there are readers
 * EOPNOTSUPP open   the interrupt chip can only be masked by a sleeping thread
 * ENODEV   any      the line is gone (the descriptor was freed, the device or
 *                   its driver went away); poll reports EPOLLHUP|EPOLLERR
 * EINVAL   read     buffer smaller than what would be returned
 * EINVAL   write    not exactly 4 bytes, or neither 0 nor 1
 * EAGAIN   read     O_NONBLOCK and nothing to report
 * ENOTCONN read     the line is shared with kernel drivers and no device
 *                   descriptor has been set; such a line is never masked
 * EFAULT   any      bad user memory; nothing is lost, the count is kept
 * ENOTTY   ioctl    unknown request
 */
#ifndef _UAPI_PROCIRQ_H
#define _UAPI_PROCIRQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PROCIRQ_ABI_VERSION	1

/**
 * struct procirq_event - what read() returns after PROCIRQ_FLAG_RECORDS
 * @count: interrupts since this reader's last read, at least 1
 * @status: status word read by the device descriptor's check; 0 without one
 * @seq: sequence number, on this line, of the last of them. The first
 *	interrupt a line ever takes has number 1; the first in this record is
 *	@seq - @count + 1
 * @first_ns: CLOCK_MONOTONIC time at which the hard interrupt handler took the
 *	first of them, ns; of the oldest one still known if @lost is not 0
 * @last_ns: the same for the last of them
 * @lost: how many of the @count have no time stamp any more, because more
 *	interrupts than the line keeps stamps for came between two reads
 */
struct procirq_event {
	__u32 count;
	__u32 status;
	__u64 seq;
	__u64 first_ns;
	__u64 last_ns;
	__u64 lost;
};

/* How this reader wants to be served: PROCIRQ_IOC_SET_FLAGS. */
/* read() returns struct procirq_event instead of an int. */
#define PROCIRQ_FLAG_RECORDS		(1U << 0)
/* This reader tends the device until it writes 1; finding nothing to read does
 * not unmask the line on its behalf.
 */
#define PROCIRQ_FLAG_EXPLICIT_UNMASK	(1U << 1)
/* This reader does not need the line masked: edge-triggered and MSI lines only
 * (EINVAL otherwise). Masking stops when every reader of the line has this.
 */
#define PROCIRQ_FLAG_NO_MASK		(1U << 2)
#define PROCIRQ_FLAGS_ALL		(PROCIRQ_FLAG_RECORDS | \
					 PROCIRQ_FLAG_EXPLICIT_UNMASK | \
					 PROCIRQ_FLAG_NO_MASK)

/* State of the line in struct procirq_info.state. */
#define PROCIRQ_STATE_MASKED	(1U << 0)	/* masked by us, right now */
#define PROCIRQ_STATE_HELD	(1U << 1)	/* masked by a write of 0 */
#define PROCIRQ_STATE_SHARED	(1U << 2)	/* kernel drivers are on the line */
#define PROCIRQ_STATE_EXCL	(1U << 3)	/* this reader has it alone (O_EXCL) */
#define PROCIRQ_STATE_LEVEL	(1U << 4)	/* level triggered */
#define PROCIRQ_STATE_MSI	(1U << 5)	/* message signalled */
#define PROCIRQ_STATE_THREADED	(1U << 6)	/* handler is force-threaded ("threadirqs") */

/**
 * struct procirq_info - PROCIRQ_IOC_GET_INFO
 * @version: PROCIRQ_ABI_VERSION of the module
 * @irq: Linux interrupt number
 * @flags: PROCIRQ_FLAG_* of this reader
 * @state: PROCIRQ_STATE_* of the line
 * @trigger: IRQ_TYPE_* trigger type as the kernel has it: 0 unknown, 1 rising
 *	edge, 2 falling edge, 3 both edges, 4 level high, 8 level low
 * @readers: open files on the line
 * @hwirq: interrupt number in the chip's own numbering
 * @taken: interrupts the handler took on this line since the file appeared;
 *	the sequence number of the last one
 * @delivered: reads on this file that returned interrupts
 * @coalesced: interrupts that shared such a read with an earlier one
 * @pending: interrupts not read yet on this file; @delivered + @coalesced +
 *	@pending is what the line took since this file was opened
 * @chip: name of the interrupt chip, NUL terminated
 * @reserved: 0
 */
struct procirq_info {
	__u32 version;
	__u32 irq;
	__u32 flags;
	__u32 state;
	__u32 trigger;
	__u32 readers;
	__u64 hwirq;
	__u64 taken;
	__u64 delivered;
	__u64 coalesced;
	__u64 pending;
	char chip[32];
	__u64 reserved[4];
};

/**
 * struct procirq_flags - PROCIRQ_IOC_SET_FLAGS
 * @flags: the new PROCIRQ_FLAG_*, all of them (EINVAL for an unknown bit)
 * @reserved: must be 0 (EINVAL)
 */
struct procirq_flags {
	__u32 flags;
	__u32 reserved;
};

#define PROCIRQ_IOC_MAGIC	0xb5
#define PROCIRQ_IOC_GET_INFO	_IOR(PROCIRQ_IOC_MAGIC, 0x00, struct procirq_info)
#define PROCIRQ_IOC_SET_FLAGS	_IOW(PROCIRQ_IOC_MAGIC, 0x01, struct procirq_flags)

#endif /* _UAPI_PROCIRQ_H */

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
 * A reader that describes its device to the kernel (PROCIRQ_IOC_SET_DESCRIPTOR,
 * the way Alan Cox asked for in 2005) may share the line, with drivers and with
 * other readers that do so. The line is never masked then; where the text says
 * "mask" and "unmask" its device is silenced and allowed to interrupt again.
 *
 * mmap() gives a read-only ring of the last interrupts: struct procirq_ring.
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
 * EPERM    mmap     the ring was to be writable
 * EINVAL   mmap     it does not begin at offset 0, or is longer than the ring
 *
 * PROCIRQ_IOC_SET_DESCRIPTOR, PROCIRQ_IOC_SET_EVENTFD, PROCIRQ_IOC_INJECT and
 * those for user level interrupts say what their errors mean at their structures.
 */
#ifndef _UAPI_PROCIRQ_H
#define _UAPI_PROCIRQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PROCIRQ_ABI_VERSION 1

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
#define PROCIRQ_FLAG_RECORDS (1U << 0)
/* This reader tends the device until it writes 1; finding nothing to read does
 * not unmask the line on its behalf.
 */
#define PROCIRQ_FLAG_EXPLICIT_UNMASK (1U << 1)
/* This reader does not need the line masked: edge-triggered and MSI lines only
 * (EINVAL otherwise). Masking stops when every reader of the line has this.
 */
#define PROCIRQ_FLAG_NO_MASK (1U << 2)
#define PROCIRQ_FLAGS_ALL \
	(PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_EXPLICIT_UNMASK | PROCIRQ_FLAG_NO_MASK)

/* State of the line in struct procirq_info.state. */
#define PROCIRQ_STATE_MASKED   (1U << 0)  /* masked by us, right now */
#define PROCIRQ_STATE_HELD     (1U << 1)  /* masked by a write of 0 */
#define PROCIRQ_STATE_SHARED   (1U << 2)  /* kernel drivers are on the line */
#define PROCIRQ_STATE_EXCL     (1U << 3)  /* this reader has it alone (O_EXCL) */
#define PROCIRQ_STATE_LEVEL    (1U << 4)  /* level triggered */
#define PROCIRQ_STATE_MSI      (1U << 5)  /* message signalled */
#define PROCIRQ_STATE_THREADED (1U << 6)  /* handler is force-threaded ("threadirqs") */
#define PROCIRQ_STATE_DEVICE   (1U << 7)  /* this reader has a device descriptor */
#define PROCIRQ_STATE_EVENTFD  (1U << 8)  /* this reader has an eventfd */
#define PROCIRQ_STATE_STORM    (1U << 9)  /* masked by the storm guard; write 1 */
#define PROCIRQ_STATE_ULI      (1U << 10) /* this reader has a user level interrupt */

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
 * @storms: how often the storm guard masked the line, or silenced the device
 * @injected: interrupts among @taken that PROCIRQ_IOC_INJECT made
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
	__u64 storms;
	__u64 injected;
	__u64 reserved[2];
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

/**
 * struct procirq_step - one access to a register of the device
 * @space: PROCIRQ_SPACE_BAR or PROCIRQ_SPACE_CONFIG
 * @bar: number of the BAR, 0 to 5; 0 for configuration space
 * @width: 8, 16 or 32 bits
 * @op: PROCIRQ_OP_*
 * @offset: of the register, bytes; a multiple of its width
 * @mask: see the operation
 * @value: see the operation
 */
struct procirq_step {
	__u8 space;
	__u8 bar;
	__u8 width;
	__u8 op;
	__u32 offset;
	__u32 mask;
	__u32 value;
};

#define PROCIRQ_SPACE_BAR    0
#define PROCIRQ_SPACE_CONFIG 1

/* Of the check only: is it my device? All of them must say yes. */
#define PROCIRQ_OP_TEST_ANY 0 /* any bit of mask is set; value 0 */
#define PROCIRQ_OP_TEST_EQ  1 /* the bits of mask read as value */
/* Of the other phases. */
#define PROCIRQ_OP_WRITE	2 /* write value; mask 0 */
#define PROCIRQ_OP_WRITE_STATUS 3 /* write (status word & mask) | value */
#define PROCIRQ_OP_SET		4 /* read, set the bits of value, write; mask 0 */
#define PROCIRQ_OP_CLEAR	5 /* read, clear the bits of value, write; mask 0 */
/* Of every phase. */
#define PROCIRQ_OP_READ 6 /* read, and no more; mask and value 0 */

/* Most steps of a descriptor, all phases together. */
#define PROCIRQ_STEPS_MAX 32

/**
 * struct procirq_descriptor - PROCIRQ_IOC_SET_DESCRIPTOR
 * @flags: PROCIRQ_DESC_INTX or 0
 * @domain: PCI domain of the function
 * @bus: its bus
 * @devfn: its device number * 8 + its function number
 * @nr_check: steps that tell whether the device has interrupted. The word that
 *	the first of them reads is the status word of the event
 * @nr_ack: steps that acknowledge the interrupt, right after
 * @nr_silence: steps that keep the device from interrupting, after those; all
 *	three before the interrupt controller is told (EOI)
 * @nr_resume: steps that let it interrupt again, when an unmasked line would;
 *	also run when the descriptor is set
 * @nr_release: steps that silence it for good, when the file is closed by
 *	whatever end of the process
 * @reserved: 0
 * @steps: of all phases, in this order
 *
 * With PROCIRQ_DESC_INTX there are no steps: the interrupt status and interrupt
 * disable bits of PCI configuration space are used (PCI 2.3 and later).
 *
 * A reader's interrupts are counted from 1 again when it gets its descriptor;
 * what it had not read is lost. It keeps the descriptor until it is closed.
 *
 * errno          meaning
 * EPERM          no CAP_SYS_RAWIO, or kernel lockdown
 * ENOTTY, EINVAL the structure: sizes, operations, phases, reserved fields
 * ENXIO          no such PCI function
 * EXDEV          the function interrupts on another line
 * ENETDOWN       the function is not enabled, or its memory or I/O is not
 * ENOENT         it has no such BAR
 * EMSGSIZE       a width that is none of 8, 16, 32
 * EADDRNOTAVAIL  an offset that is no multiple of the width
 * ERANGE         a register beyond the end of its BAR or of configuration space
 * EOPNOTSUPP     PROCIRQ_DESC_INTX for a function older than PCI 2.3
 * EBUSY          the reader has a descriptor, a mapping or a blocked thread; or
 *                another reader has the line as a whole, and has used it: it has
 *                called read, poll, write or mmap, or has an eventfd or a handler
 */
struct procirq_descriptor {
	__u32 flags;
	__u32 domain;
	__u8 bus;
	__u8 devfn;
	__u8 nr_check;
	__u8 nr_ack;
	__u8 nr_silence;
	__u8 nr_resume;
	__u8 nr_release;
	__u8 reserved[5];
	struct procirq_step steps[PROCIRQ_STEPS_MAX];
};

#define PROCIRQ_DESC_INTX (1U << 0)

/**
 * struct procirq_eventfd - PROCIRQ_IOC_SET_EVENTFD
 * @fd: an eventfd, to which each interrupt adds 1 from now on; -1 for no more.
 *	Lines may share one
 * @flags: PROCIRQ_EVENTFD_* or 0
 *
 * Without a flag the eventfd is a bell: read() on this file still returns the
 * count.
 *
 * EBADF or EINVAL: not an eventfd; EINVAL: an unknown flag.
 */
struct procirq_eventfd {
	__s32 fd;
	__u32 flags;
};

/* The eventfd delivers: what it was told of is not pending for read(). */
#define PROCIRQ_EVENTFD_DELIVER (1U << 0)

/**
 * struct procirq_inject - PROCIRQ_IOC_INJECT
 * @count: interrupts to make, 1 to 1000; what the kernel does from its handler
 *	on is done, device and interrupt controller are not touched
 * @done: how many were made before the line was masked
 *
 * EINVAL: @count; ENOTCONN: no handler on the line; EBUSY: @done is 0, the line
 * is masked.
 */
struct procirq_inject {
	__u32 count;
	__u32 done;
};

/**
 * struct procirq_ring - what mmap() maps: the last interrupts, oldest overwritten
 * @version: PROCIRQ_ABI_VERSION
 * @nr_entries: a power of two; interrupt n is in entry (n - 1) % nr_entries
 * @entries_offset: of the first entry, bytes from here
 * @entry_size: from one entry to the next, bytes
 * @head: number of the last interrupt; read with acquire semantics
 *
 * The entry of an interrupt up to @head is good if its seq is the interrupt's
 * number before and after it was copied; if not, it has been overwritten.
 */
struct procirq_ring {
	__u32 version;
	__u32 nr_entries;
	__u32 entries_offset;
	__u32 entry_size;
	__u64 head;
};

/**
 * struct procirq_ring_entry - one interrupt
 * @seq: its number
 * @irq_ns: CLOCK_MONOTONIC time at which the handler took it, ns
 * @status: status word of the device descriptor's check; 0 without one
 */
struct procirq_ring_entry {
	__u64 seq;
	__u64 irq_ns;
	__u32 status;
	__u32 reserved[3];
};

/**
 * struct procirq_uli_shared - what kernel and thread share of a user level interrupt
 * @raised: interrupts so far; the kernel writes it
 * @taken: of those, how many the handler has been called for; the thread's, as
 *	all that follows
 * @calls: calls of the handler
 * @repeats: of those, calls that the thread made without the kernel, because
 *	@raised had grown while it was in the handler or had it blocked
 * @state: PROCIRQ_ULI_BUSY, plus PROCIRQ_ULI_BLOCK for each block in force. The
 *	kernel changes it from 0 to PROCIRQ_ULI_BUSY and sends the thread to its
 *	entry; with any other value it leaves the thread alone. Atomic operations only
 * @reserved: 0
 *
 * Whoever makes @state 0 looks at @raised afterwards.
 */
struct procirq_uli_shared {
	__u64 raised;
	__u64 taken;
	__u64 calls;
	__u64 repeats;
	__u32 state;
	__u32 reserved[7];
};

#define PROCIRQ_ULI_BUSY  1U
#define PROCIRQ_ULI_BLOCK 2U

/**
 * struct procirq_uli - PROCIRQ_IOC_ULI_REGISTER
 * @shared: address of a struct procirq_uli_shared, zeroed, a multiple of 64. Its
 *	page stays pinned
 * @entry: where the thread is sent. Its stack pointer is then 152 below what it
 *	was, and points at @shared, the flags, and the address to return to, 8
 *	bytes each: "add $8, %rsp; popfq; ret $128" returns, past the red zone.
 *	All other registers, the extended ones too, are as they were
 * @again: from @window on, with the stack pointer that of @again, the thread is
 *	sent here instead when the frame on its stack is for @shared; none is made
 * @window: address behind the instruction that ends PROCIRQ_ULI_BUSY
 * @popf: of the popfq, which ends the window; an interrupt there or at @ret has
 *	the frame that is still on the stack used again
 * @ret: of the ret
 * @limit_ns: longest time in the handler, 0 for any; between once and twice
 *	this the thread gets SIGXCPU, and again each time it has passed
 * @flags: 0
 * @frame: from the stack pointer at @again to what was made for @entry, bytes; a
 *	multiple of 8, up to 4096
 *
 * The calling thread handles this reader's interrupts from now on. They are
 * delivered by a read as far as read() is concerned. What the handler has not
 * been called for at the end is pending again for read().
 *
 * The registration ends with PROCIRQ_IOC_ULI_UNREGISTER, the close of the file,
 * and the end or the exec of the thread; a fork leaves it with the parent.
 *
 * errno       meaning
 * EINVAL      an address, a limit below 1 ms or above 1 h, flags, frame
 * EFAULT      @shared cannot be written
 * EBUSY       this reader has one
 * EOPNOTSUPP  other than x86-64, a 32-bit program, or a thread with a shadow stack
 * ENODEV      the line is gone
 */
struct procirq_uli {
	__u64 shared;
	__u64 entry;
	__u64 again;
	__u64 window;
	__u64 popf;
	__u64 ret;
	__u64 limit_ns;
	__u32 flags;
	__u32 frame;
};

/**
 * struct procirq_uli_info - PROCIRQ_IOC_ULI_INFO
 * @raised: interrupts since the registration
 * @direct: times that the return from the interrupt went to the handler
 * @returned: times that the thread was sent there on its way out of the kernel
 * @woken: the same, after it had been woken from an interruptible sleep
 * @repeated: calls of the handler that the thread made by itself
 * @coalesced: interrupts that shared a call with an earlier one
 * @pending: interrupts that the handler has not been called for
 * @overruns: times that the handler was over its limit
 * @faults: times that there was no stack to make a frame on
 * @retries: times that the thread could not be sent at once, for a signal was
 *	to interrupt a system call
 * @limit_ns: as registered
 * @tid: thread, in the caller's namespace; 0 when it is gone
 * @reserved: 0
 *
 * @raised == @direct + @returned + @woken + @repeated + @coalesced + @pending,
 * whenever the handler is not running.
 */
struct procirq_uli_info {
	__u64 raised;
	__u64 direct;
	__u64 returned;
	__u64 woken;
	__u64 repeated;
	__u64 coalesced;
	__u64 pending;
	__u64 overruns;
	__u64 faults;
	__u64 retries;
	__u64 limit_ns;
	__u32 tid;
	__u32 reserved;
};

#define PROCIRQ_IOC_MAGIC	   0xb5
#define PROCIRQ_IOC_GET_INFO	   _IOR(PROCIRQ_IOC_MAGIC, 0x00, struct procirq_info)
#define PROCIRQ_IOC_SET_FLAGS	   _IOW(PROCIRQ_IOC_MAGIC, 0x01, struct procirq_flags)
#define PROCIRQ_IOC_SET_DESCRIPTOR _IOW(PROCIRQ_IOC_MAGIC, 0x02, struct procirq_descriptor)
#define PROCIRQ_IOC_SET_EVENTFD	   _IOW(PROCIRQ_IOC_MAGIC, 0x03, struct procirq_eventfd)
#define PROCIRQ_IOC_INJECT	   _IOWR(PROCIRQ_IOC_MAGIC, 0x04, struct procirq_inject)
#define PROCIRQ_IOC_ULI_REGISTER   _IOW(PROCIRQ_IOC_MAGIC, 0x05, struct procirq_uli)
/* By a thread of the same program (EPERM); the last counts. ENOENT: none is. */
#define PROCIRQ_IOC_ULI_UNREGISTER _IOR(PROCIRQ_IOC_MAGIC, 0x06, struct procirq_uli_info)
#define PROCIRQ_IOC_ULI_INFO	   _IOR(PROCIRQ_IOC_MAGIC, 0x07, struct procirq_uli_info)
/* Another thread has unblocked, and found interrupts pending. */
#define PROCIRQ_IOC_ULI_KICK _IO(PROCIRQ_IOC_MAGIC, 0x08)

#endif /* _UAPI_PROCIRQ_H */

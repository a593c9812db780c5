/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * procirq - device interrupts in user space through /proc/irq/N/irq
 *
 * In its default mode, the file is the one that Peter Chubb proposed in 2005:
 *
 *   open()   claims interrupt line N. Every open file is a reader with a count
 *            of its own; O_EXCL claims the line for a single reader. A file that
 *            is open for reading only, without O_EXCL, claims the line with its
 *            first read() of up to a record, poll(), mmap() or
 *            PROCIRQ_IOC_GET_INFO; a longer read() returns end of file. So
 *            programs that walk through /proc disturb nobody.
 *   read()   blocks, then returns one native int: the number of interrupts since
 *            this reader's last read. O_NONBLOCK: fails with EAGAIN instead.
 *   poll()   readable while that count is above zero.
 *   write()  one __u32: 1 unmasks the line, 0 masks it.
 *   close()  frees the line when the last reader closes.
 *
 * An interrupt masks the line. The read or poll that finds no interrupts unmasks
 * it, because then the program has serviced the device. If the line has several
 * readers, all of them have to find none, or close.
 *
 * A line masked by write(0) stays masked until write(1), or until the reader
 * that wrote the 0 closes.
 *
 * A reader that describes its device to the kernel (PROCIRQ_IOC_SET_DESCRIPTOR,
 * as Alan Cox asked for in 2005) may share the line with drivers, and with other
 * readers that do so. Then the line is never masked: where this text says "mask"
 * and "unmask", the device is silenced and allowed to interrupt again.
 *
 * mmap() maps a read-only ring of the last interrupts: struct procirq_ring.
 *
 * errno    where    meaning
 * EBUSY    open     a driver owns the line exclusively, or an O_EXCL reader
 *                   holds it, or O_EXCL was asked for and there are readers
 * EPERM    open     no CAP_SYS_RAWIO in the initial user namespace
 * EACCES   open     for reading only, and the line is not meant for that (claim=)
 * EUSERS   open     the line has as many readers as max_readers= allows
 * EOPNOTSUPP open   the interrupt chip can only be masked by a sleeping thread
 *                   These errors of open, but EPERM and EACCES, may also come from
 *                   the call that claims the line; poll reports EPOLLERR
 * ENODEV   any      the line is gone (the descriptor was freed, the device or
 *                   its driver went away); poll reports EPOLLHUP|EPOLLERR
 * EINVAL   read     the buffer is too small for an int, or a record
 * EINVAL   write    not exactly 4 bytes, or neither 0 nor 1
 * EAGAIN   read     O_NONBLOCK, and no interrupt came
 * ENOTCONN read     the line is shared and this reader has set no device
 *                   descriptor; such a line is never masked
 * EFAULT   any      bad user memory; no interrupt is lost, the count is kept
 * ENOTTY   ioctl    unknown request
 * EBADF    ioctl    the request changes something, and the file is not open for
 *                   writing
 * EPERM    mmap     the mapping would be writable
 * EINVAL   mmap     it does not begin at offset 0, or is longer than the ring
 *
 * The errors of PROCIRQ_IOC_SET_DESCRIPTOR, PROCIRQ_IOC_SET_EVENTFD,
 * PROCIRQ_IOC_INJECT and of the ioctls for user level interrupts are described at
 * their structures.
 */
#ifndef _UAPI_PROCIRQ_H
#define _UAPI_PROCIRQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PROCIRQ_ABI_VERSION 1

/**
 * struct procirq_event - what read() returns after PROCIRQ_FLAG_RECORDS
 * @count: interrupts since this reader's last read, at least 1
 * @status: status word that the device descriptor's check read; 0 without one
 * @seq: sequence number of the last of them on this line. A line's first interrupt
 *	has number 1; the first interrupt of this record has @seq - @count + 1
 * @first_ns: CLOCK_MONOTONIC time at which the hard interrupt handler took the first
 *	of them, ns; if @lost is not 0, the first whose time is still known
 * @last_ns: CLOCK_MONOTONIC time at which it took the last of them, ns
 * @lost: how many of the @count have no time any more, because more interrupts came
 *	between two reads than the ring has entries
 */
struct procirq_event {
	__u32 count;
	__u32 status;
	__u64 seq;
	__u64 first_ns;
	__u64 last_ns;
	__u64 lost;
};

/* Flags of a reader: PROCIRQ_IOC_SET_FLAGS. */
/* read() returns struct procirq_event instead of an int. */
#define PROCIRQ_FLAG_RECORDS (1U << 0)
/* This reader has serviced the device when it writes 1, not when it finds no
 * interrupts.
 */
#define PROCIRQ_FLAG_EXPLICIT_UNMASK (1U << 1)
/* This reader does not need the line masked. If all readers of a line have this
 * flag, interrupts do not mask it. EINVAL for a level-triggered line, unless a device
 * descriptor acknowledges the interrupt.
 */
#define PROCIRQ_FLAG_NO_MASK (1U << 2)
#define PROCIRQ_FLAGS_ALL \
	(PROCIRQ_FLAG_RECORDS | PROCIRQ_FLAG_EXPLICIT_UNMASK | PROCIRQ_FLAG_NO_MASK)

/* State of the line in struct procirq_info.state. */
#define PROCIRQ_STATE_MASKED   (1U << 0)  /* masked by the module now */
#define PROCIRQ_STATE_HELD     (1U << 1)  /* masked by a write of 0 */
#define PROCIRQ_STATE_SHARED   (1U << 2)  /* kernel drivers are on the line */
#define PROCIRQ_STATE_EXCL     (1U << 3)  /* this reader has the line alone (O_EXCL) */
#define PROCIRQ_STATE_LEVEL    (1U << 4)  /* level triggered */
#define PROCIRQ_STATE_MSI      (1U << 5)  /* message signalled */
#define PROCIRQ_STATE_THREADED (1U << 6)  /* the handler is force-threaded ("threadirqs") */
#define PROCIRQ_STATE_DEVICE   (1U << 7)  /* this reader has a device descriptor */
#define PROCIRQ_STATE_EVENTFD  (1U << 8)  /* this reader has an eventfd */
#define PROCIRQ_STATE_STORM    (1U << 9)  /* masked by the storm guard until a write of 1 */
#define PROCIRQ_STATE_ULI      (1U << 10) /* this reader has a user level interrupt */
#define PROCIRQ_STATE_FLOW     (1U << 11) /* the line has a flow handler of the module's */

/**
 * struct procirq_info - PROCIRQ_IOC_GET_INFO
 * @version: PROCIRQ_ABI_VERSION of the module
 * @irq: Linux interrupt number
 * @flags: PROCIRQ_FLAG_* of this reader
 * @state: PROCIRQ_STATE_* of the line
 * @trigger: trigger type, IRQ_TYPE_* of the kernel: 0 unknown, 1 rising edge, 2
 *	falling edge, 3 both edges, 4 level high, 8 level low
 * @readers: readers of the line
 * @hwirq: interrupt number in the chip's numbering
 * @taken: interrupts that the handler took on this line since the file appeared;
 *	the sequence number of the last one
 * @delivered: reads of this reader that returned interrupts
 * @coalesced: interrupts that shared such a read with an earlier one
 * @pending: interrupts that this reader has not read; @delivered + @coalesced +
 *	@pending is what the line took since this reader opened it
 * @chip: name of the interrupt chip, NUL terminated
 * @storms: times that the storm guard masked the line, or silenced the device
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
 * @flags: the new PROCIRQ_FLAG_*; flags that are not set are cleared (EINVAL for an
 *	unknown bit)
 * @reserved: must be 0 (EINVAL)
 */
struct procirq_flags {
	__u32 flags;
	__u32 reserved;
};

/**
 * struct procirq_step - one access to a register of the device
 * @space: PROCIRQ_SPACE_BAR or PROCIRQ_SPACE_CONFIG of a PCI function,
 *	PROCIRQ_SPACE_REGION of a platform device
 * @bar: number of the BAR, 0 to 5; number of the region, from 0; 0 for configuration
 *	space
 * @width: 8, 16 or 32 bits
 * @op: PROCIRQ_OP_*
 * @offset: of the register, bytes; a multiple of its width
 * @mask: see PROCIRQ_OP_*
 * @value: see PROCIRQ_OP_*
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
#define PROCIRQ_SPACE_REGION 2

/* Tests, for the check only. The device has interrupted if all of them are true. */
#define PROCIRQ_OP_TEST_ANY 0 /* any bit of mask is set; value 0 */
#define PROCIRQ_OP_TEST_EQ  1 /* the bits of mask read as value */
/* For all phases but the check; WRITE_STATUS for ack and silence only. */
#define PROCIRQ_OP_WRITE	2 /* write value; mask 0 */
#define PROCIRQ_OP_WRITE_STATUS 3 /* write (status word & mask) | value */
#define PROCIRQ_OP_SET		4 /* read, set the bits of value, write; mask 0 */
#define PROCIRQ_OP_CLEAR	5 /* read, clear the bits of value, write; mask 0 */
/* For all phases. */
#define PROCIRQ_OP_READ 6 /* only read; mask and value 0 */

/* Maximum number of steps of a descriptor, all phases together. */
#define PROCIRQ_STEPS_MAX 32

/* Bytes of a platform device's name in a descriptor, with the 0 at its end. */
#define PROCIRQ_PLATFORM_BYTES 64

/**
 * struct procirq_descriptor - PROCIRQ_IOC_SET_DESCRIPTOR
 * @size: size of the structure that the program was built with, bytes. The kernel
 *	takes fields beyond that as 0; fields that it does not know must be 0
 * @flags: PROCIRQ_DESC_INTX, PROCIRQ_DESC_PLATFORM or 0
 * @domain: PCI domain of the function
 * @bus: its bus
 * @devfn: its device number * 8 + its function number
 * @nr_check: steps that find out whether the device has interrupted. The word that
 *	the first of them reads is the status word of the event
 * @nr_ack: steps that acknowledge the interrupt, after the check
 * @nr_silence: steps that keep the device from interrupting, after @nr_ack's. All
 *	three phases come before the interrupt controller is accessed (EOI)
 * @nr_resume: steps that let the device interrupt again, when a line would be
 *	unmasked; also run when the descriptor is set
 * @nr_release: steps that silence the device for good, when the file is closed, also
 *	if the process is killed
 * @reserved: 0
 * @steps: the steps of all phases, in the order of the counts above
 * @platform: with PROCIRQ_DESC_PLATFORM the name of the device, as in
 *	/sys/bus/platform/devices, and zeros behind it; else zeros
 *
 * With PROCIRQ_DESC_INTX there are no steps: the interrupt status and interrupt
 * disable bits of PCI configuration space are used (PCI 2.3 and later).
 *
 * With PROCIRQ_DESC_PLATFORM the device is one that is bound to procirq-platform;
 * @domain, @bus and @devfn are 0, and steps access its memory regions only. A register
 * is little endian. Its width has to be one that the device is known to take (see
 * procirq(4)), because on some machines another one stops the kernel.
 *
 * Setting a descriptor restarts the reader's sequence numbers at 1; what it had not
 * read is lost. It keeps the descriptor until it is closed.
 *
 * errno          meaning
 * EPERM          no CAP_SYS_RAWIO, or kernel lockdown
 * EINVAL         the structure is wrong: size, operations, phases, reserved fields;
 *                or on a level line: no check step is a test, or there are neither
 *                ack nor silence steps, so that an interrupt would never end
 * E2BIG          @size is larger than the kernel's structure, and the rest is not 0
 * EBADF          the file is not open for writing
 * ENODEV         the line or the device is gone
 * ENXIO          no such PCI function; no platform device of this name is bound to
 *                procirq-platform
 * EXDEV          the device interrupts on another line
 * ENETDOWN       the function is not enabled, or its memory or I/O is not
 * ENOENT         the device has no such BAR or region
 * EMSGSIZE       a width is not 8, 16 or 32
 * EPROTOTYPE     a width is not one that the platform device is known to take
 * EADDRNOTAVAIL  an offset is not a multiple of the width, or the address in a
 *                region is not
 * ERANGE         a register is beyond the end of its BAR, its region or of
 *                configuration space
 * EOPNOTSUPP     PROCIRQ_DESC_INTX for a function older than PCI 2.3
 * EBUSY          the reader has a descriptor, a mapping, a user level interrupt or
 *                a blocked thread; or another reader without a descriptor has used
 *                the line: it has called read, poll, write or mmap, or has set an
 *                eventfd or a user level interrupt
 */
struct procirq_descriptor {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u8 bus;
	__u8 devfn;
	__u8 nr_check;
	__u8 nr_ack;
	__u8 nr_silence;
	__u8 nr_resume;
	__u8 nr_release;
	__u8 reserved[9];
	struct procirq_step steps[PROCIRQ_STEPS_MAX];
	char platform[PROCIRQ_PLATFORM_BYTES];
};

#define PROCIRQ_DESC_INTX     (1U << 0)
#define PROCIRQ_DESC_PLATFORM (1U << 1)

/**
 * struct procirq_eventfd - PROCIRQ_IOC_SET_EVENTFD
 * @fd: an eventfd, to which each interrupt adds 1 from now on; -1 ends that.
 *	Several lines may use one eventfd
 * @flags: PROCIRQ_EVENTFD_* or 0
 *
 * Without a flag the eventfd only notifies: read() on this file still returns the
 * count.
 *
 * EBADF or EINVAL: not an eventfd; EINVAL: an unknown flag.
 */
struct procirq_eventfd {
	__s32 fd;
	__u32 flags;
};

/* The eventfd delivers: interrupts that were added to it are not pending for read(). */
#define PROCIRQ_EVENTFD_DELIVER (1U << 0)

/**
 * struct procirq_inject - PROCIRQ_IOC_INJECT
 * @count: interrupts to make, 1 to 1000: the kernel's handler runs, but neither
 *	device nor interrupt controller is accessed
 * @done: 0 at the call; set to how many were made before the line was masked
 *
 * EINVAL: @count or @done; ENOTCONN: the line has no handler of this module; EBUSY:
 * the line is masked, and none was made.
 */
struct procirq_inject {
	__u32 count;
	__u32 done;
};

/**
 * struct procirq_ring - what mmap() maps: the last interrupts
 * @version: PROCIRQ_ABI_VERSION
 * @nr_entries: a power of two; interrupt n is in entry (n - 1) % nr_entries
 * @entries_offset: offset of the first entry from this structure, bytes
 * @entry_size: offset from one entry to the next, bytes
 * @head: number of the last interrupt; read it with acquire semantics
 *
 * An entry up to @head is valid if its seq is the interrupt's number both before and
 * after the entry was copied; if not, it has been overwritten by a later one.
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
 * @raised: interrupts so far; written by the kernel
 * @taken: interrupts that the handler has been called for; written by the thread
 * @calls: calls of the handler; written by the thread
 * @repeats: calls that the thread made without the kernel, because @raised had grown
 *	while it was in the handler or had the handler blocked; written by the thread
 * @state: PROCIRQ_ULI_BUSY while the handler runs, plus PROCIRQ_ULI_BLOCK for each
 *	block in force. If it is 0, the kernel may change it to PROCIRQ_ULI_BUSY and
 *	send the thread to its entry; else it does not send the thread. Access it with
 *	atomic operations only
 * @reserved: 0
 * @left_by_stub: times that the thread went back by a stub (struct procirq_uli_frame);
 *	written by the thread
 * @reserved2: 0
 *
 * A thread that sets @state to 0 must read @raised afterwards.
 */
struct procirq_uli_shared {
	__u64 raised;
	__u64 taken;
	__u64 calls;
	__u64 repeats;
	__u32 state;
	__u32 reserved;
	__u64 left_by_stub;
	__u32 reserved2[4];
};

#define PROCIRQ_ULI_BUSY  1U
#define PROCIRQ_ULI_BLOCK 2U

/**
 * struct procirq_uli - PROCIRQ_IOC_ULI_REGISTER
 * @shared: address of a struct procirq_uli_shared, zeroed; a multiple of 64. Its
 *	page stays pinned
 * @entry: where the thread is sent. On arm64 see struct procirq_uli_frame. On x86-64 its
 *	stack pointer is 152 below its old value, and points at @shared, the flags, and the
 *	return address, 8 bytes each: "add $8, %rsp; popfq; ret $128" returns, and skips the
 *	red zone. All other registers, also the extended ones, are unchanged
 * @again: where the thread is sent instead if an interrupt hits it between @window
 *	and @popf, while the frame on its stack is for @shared: no new frame is made.
 *	The stack pointer in that window must be the one at @again
 * @window: address after the instruction that clears PROCIRQ_ULI_BUSY
 * @popf: address of the popfq, which ends the window; if an interrupt hits the thread
 *	here or at @ret, the frame that is still on the stack is used again
 * @ret: address of the ret
 * @stubs: on arm64, in place of @popf: address of an area of stubs; 0 if there is none, as
 *	then are @window and @more_stubs. See struct procirq_uli_frame
 * @more_stubs: on arm64, in place of @ret: address of a second area, or @stubs again
 * @limit_ns: longest time in the handler; 0 for no limit. A thread that exceeds it
 *	gets SIGXCPU after once to twice this time, and again after each such time
 * @flags: 0
 * @frame: offset from the stack pointer at @again to the frame made for @entry, bytes;
 *	a multiple of 8, up to 4096
 * @stack: stack that @entry uses below its frame before it calls the handler, bytes;
 *	up to 64 KB. If an alternate signal stack has no room for it, the thread gets
 *	SIGSEGV, as for a signal. The handler's own stack is not checked
 * @reserved: 0
 *
 * The calling thread handles this reader's interrupts from now on. For read() they
 * count as delivered. Interrupts that the handler has not been called for when the
 * registration ends are pending for read() again.
 *
 * The registration ends with PROCIRQ_IOC_ULI_UNREGISTER, when the file is closed,
 * and when the thread ends or calls exec; after a fork the parent keeps it.
 *
 * errno       meaning
 * EINVAL      an address, a limit below 1 ms or above 1 h, flags, frame, stack
 * ENOMEM      out of memory, or RLIMIT_MEMLOCK is exceeded by the page of @shared
 * EFAULT      @shared cannot be written
 * EBUSY       this reader has a user level interrupt, or a blocked thread
 * EOPNOTSUPP  other than x86-64 and arm64, a 32-bit program, or a thread with a shadow stack
 *             of x86-64
 * ENODEV      the line is gone
 */
struct procirq_uli {
	__u64 shared;
	__u64 entry;
	__u64 again;
	__u64 window;
	union {
		__u64 popf;
		__u64 stubs;
	};
	union {
		__u64 ret;
		__u64 more_stubs;
	};
	__u64 limit_ns;
	__u32 flags;
	__u32 frame;
	__u32 stack;
	__u32 reserved;
};

/**
 * struct procirq_uli_frame - what is on the thread's stack when its handler is entered, on
 *	arm64
 * @shared: address of the struct procirq_uli_shared
 * @pstate: what the thread returns to
 * @pc: the same
 * @sp: the same; may be no multiple of 16
 * @x0: the same
 * @x1: the same
 * @x2: the same
 * @x8: the same
 *
 * At @entry x0 is @shared and the stack pointer points at this. At @again it is
 * procirq_uli.frame below. All other registers are as they were.
 *
 * The thread returns by the system call lseek(fd, frame, PROCIRQ_ULI_LEAVE) of the IRQ file,
 * with all registers as they were but those in the frame, which the kernel restores. It
 * clears PROCIRQ_ULI_BUSY then, and if interrupts have come meanwhile it sends the thread to
 * @again. The call does not fail with a frame that the kernel has made.
 *
 * Or it goes back by a stub, which is code for one value of @pc. It clears PROCIRQ_ULI_BUSY,
 * looks at procirq_uli_shared.raised, restores all registers but x0 and x1, and jumps to the
 * stub, with the stack pointer of @again up to there. The stub loads x0 and x1, sets the stack
 * pointer, and at its offset PROCIRQ_ULI_STUB_BRANCH branches to @pc. If an interrupt hits the
 * thread between procirq_uli.window, which follows the instruction that clears
 * PROCIRQ_ULI_BUSY, and @entry, or in an area of stubs before that branch, while the frame on
 * its stack is for @shared, it is sent to @again, and no new frame is made. An area has
 * PROCIRQ_ULI_AREA_BYTES, a stub PROCIRQ_ULI_STUB_BYTES.
 */
struct procirq_uli_frame {
	__u64 shared;
	__u64 pstate;
	__u64 pc;
	__u64 sp;
	__u64 x0;
	__u64 x1;
	__u64 x2;
	__u64 x8;
};

/* SEEK_HOLE: of the calls that return 64 bits as they are, lseek() does least besides. */
#define PROCIRQ_ULI_LEAVE 4

#define PROCIRQ_ULI_STUB_BYTES	16
#define PROCIRQ_ULI_STUB_BRANCH 8
#define PROCIRQ_ULI_AREA_BYTES	16384

/**
 * struct procirq_uli_info - PROCIRQ_IOC_ULI_INFO
 * @raised: interrupts since the registration
 * @direct: times that the return from the interrupt went to the handler
 * @returned: times that the thread was sent to it on its way out of the kernel
 * @woken: times that the thread was woken from an interruptible sleep and sent to it
 *	on its way out of the kernel
 * @repeated: calls of the handler that the thread made by itself
 * @coalesced: interrupts that shared a call with an earlier one
 * @pending: interrupts that the handler has not been called for
 * @overruns: times that the handler exceeded its limit
 * @faults: times that there was no stack for a frame
 * @retries: times that the thread could not be sent at once, for example because a
 *	signal was pending
 * @left_by_call: times that the thread went back by a system call; 0 on x86-64, which needs
 *	none
 * @left_by_stub: times that it went back by a stub; 0 on x86-64
 * @limit_ns: as registered
 * @tid: thread, in the caller's namespace; 0 when it is gone
 * @reserved: 0
 *
 * While the handler is not running, @raised == @direct + @returned + @woken +
 * @repeated + @coalesced + @pending. On arm64 @direct + @returned + @woken == @left_by_call +
 * @left_by_stub then, unless a handler has ended otherwise than by returning.
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
	__u64 left_by_call;
	__u64 left_by_stub;
	__u64 limit_ns;
	__u32 tid;
	__u32 reserved;
};

/**
 * struct procirq_spin - PROCIRQ_IOC_SET_SPIN, PROCIRQ_IOC_GET_SPIN
 * @max_ns: longest time that a blocking read() of this reader, or a poll() of its file
 *	alone, busy-waits in the kernel before it sleeps, ns; 0: it sleeps at once. The
 *	module's parameter spin_ns sets it when the file is opened
 * @window_ns: how long it busy-waits now; adapts itself, between 0 and @max_ns
 * @spins: reads and polls that busy-waited
 * @caught: of them, those to which an interrupt came before they slept
 * @spun_ns: time spent busy-waiting, ns
 * @reserved: 0
 *
 * The window doubles after a call that slept, but for a shorter time than @max_ns: to
 * busy-wait would have caught the interrupt. It is halved after a call that slept longer,
 * or whose time ran out. A call stops to busy-wait when another thread wants its CPU, a
 * signal is pending, or the time-out of the poll has passed.
 *
 * poll() and ppoll() of several files, select(), epoll_wait() and 32-bit programs' polls do
 * not busy-wait.
 *
 * SET_SPIN takes @max_ns; all other members must be 0. EINVAL: one is not, or @max_ns is
 * above PROCIRQ_SPIN_MAX_NS.
 */
struct procirq_spin {
	__u64 max_ns;
	__u64 window_ns;
	__u64 spins;
	__u64 caught;
	__u64 spun_ns;
	__u64 reserved[3];
};

#define PROCIRQ_SPIN_MAX_NS 10000000ULL

/**
 * struct procirq_read - PROCIRQ_IOC_READ: read() with a time limit
 * @timeout_ns: longest time to wait, ns; 0: do not wait; ~0: no limit
 * @flags: PROCIRQ_READ_*
 * @device: set to PROCIRQ_DEVICE_*; 0 at the call
 * @event: what read() returns with PROCIRQ_FLAG_RECORDS; zeroed at the call. Its count is
 *	0 if the time has passed
 *
 * It takes what is pending, or else unmasks the line as read() does, and waits. O_NONBLOCK
 * does not matter.
 *
 * EINVAL: unknown flags, or @device or @event is not 0; EBADF: PROCIRQ_READ_UNMASK, and the
 * file is not open for writing; ENODEV, ENOTCONN: as read(); EINTR: a signal came.
 */
struct procirq_read {
	__u64 timeout_ns;
	__u32 flags;
	__u32 device;
	struct procirq_event event;
};

/* The reader has serviced the device: first do what writing 1 does. */
#define PROCIRQ_READ_UNMASK (1U << 0)
/* If the time has passed, run the check steps of the reader's device descriptor. */
#define PROCIRQ_READ_CHECK (1U << 1)
#define PROCIRQ_READ_ALL   (PROCIRQ_READ_UNMASK | PROCIRQ_READ_CHECK)

/* What PROCIRQ_READ_CHECK has found. */
#define PROCIRQ_DEVICE_UNKNOWN 0 /* not asked: there is no descriptor, or an interrupt came */
#define PROCIRQ_DEVICE_QUIET   1 /* it does not want to interrupt */
#define PROCIRQ_DEVICE_WAITING 2 /* it wants to: its interrupts do not reach this reader */

/*
 * The kernel's ioctl-number.rst does not list 0xbc (up to 7.2). A descriptor has a field
 * for its size: its request number has none, so that the structure can grow.
 */
#define PROCIRQ_IOC_MAGIC	   0xbc
#define PROCIRQ_IOC_GET_INFO	   _IOR(PROCIRQ_IOC_MAGIC, 0x00, struct procirq_info)
#define PROCIRQ_IOC_SET_FLAGS	   _IOW(PROCIRQ_IOC_MAGIC, 0x01, struct procirq_flags)
#define PROCIRQ_IOC_SET_DESCRIPTOR _IO(PROCIRQ_IOC_MAGIC, 0x02)
#define PROCIRQ_IOC_SET_EVENTFD	   _IOW(PROCIRQ_IOC_MAGIC, 0x03, struct procirq_eventfd)
#define PROCIRQ_IOC_INJECT	   _IOWR(PROCIRQ_IOC_MAGIC, 0x04, struct procirq_inject)
#define PROCIRQ_IOC_ULI_REGISTER   _IOW(PROCIRQ_IOC_MAGIC, 0x05, struct procirq_uli)
/*
 * By any thread of the program that registered (else EPERM). Returns the final
 * counters. ENOENT: the reader has no user level interrupt.
 */
#define PROCIRQ_IOC_ULI_UNREGISTER _IOR(PROCIRQ_IOC_MAGIC, 0x06, struct procirq_uli_info)
#define PROCIRQ_IOC_ULI_INFO	   _IOR(PROCIRQ_IOC_MAGIC, 0x07, struct procirq_uli_info)
/*
 * Sends the thread to its handler if interrupts are pending: after another thread has
 * unblocked it. Errors as PROCIRQ_IOC_ULI_UNREGISTER.
 */
#define PROCIRQ_IOC_ULI_KICK _IO(PROCIRQ_IOC_MAGIC, 0x08)
#define PROCIRQ_IOC_SET_SPIN _IOW(PROCIRQ_IOC_MAGIC, 0x09, struct procirq_spin)
#define PROCIRQ_IOC_GET_SPIN _IOR(PROCIRQ_IOC_MAGIC, 0x0a, struct procirq_spin)
#define PROCIRQ_IOC_READ     _IOWR(PROCIRQ_IOC_MAGIC, 0x0b, struct procirq_read)

#endif /* _UAPI_PROCIRQ_H */

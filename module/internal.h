/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procirq internals. Who calls whom:
 *
 *   main -> procdir (learns of /proc/irq/N coming and going)
 *        -> pci     (learns of PCI drivers letting go of their interrupts)
 *             \-> lines (which files exist) -> line (claiming it) -> pcipin
 *   open(2) -> reader (one open file), control (its ioctls) -^
 *   interrupt -> source (counting, handing out, masking) -> device, ring, bell, uli
 *
 * Locks, outermost first:
 *
 *   (genirq's sparse_irq_lock, held by whoever frees a descriptor)
 *   lines_mutex   which lines exist; never held over proc_remove() or a line's
 *                 mutex, because an open in flight may wait behind it
 *   line->mutex   attaching and detaching handlers; may sleep
 *   source->lock  everything a handler touches; raw, interrupts off, taken in
 *                 hard interrupt context; line->own's outside a device's
 *   (genirq's desc->lock, the scheduler's locks)
 *   uli->lock     a user level interrupt's end; raw; inside source->lock or alone
 *
 * A line is referenced by its file (until proc_remove() has returned) and by
 * every reader. A reader is owned by its struct file. An open file pins the
 * module through its file_operations, so module exit sees no readers.
 */
#ifndef PROCIRQ_INTERNAL_H
#define PROCIRQ_INTERNAL_H

#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "uapi/procirq.h"

struct device;
struct file;
struct irq_desc;
struct pci_dev;
struct proc_dir_entry;
struct procirq_bell;
struct procirq_device;
struct procirq_line;
struct procirq_ulireg;
struct seq_file;
struct task_struct;
struct vm_area_struct;

/* Interrupts a source remembers, a power of two: reads farther apart report loss. */
#define PROCIRQ_RING_ENTRIES	    1024
#define PROCIRQ_RING_ENTRIES_OFFSET 64

/* Readers' interrupts added up: due == delivered + coalesced + lost + pending. */
struct procirq_totals {
	u64 due;       /* taken while the reader was open */
	u64 delivered; /* reads that returned interrupts */
	u64 coalesced; /* further interrupts in those reads */
	u64 lost;      /* unread when the reader closed */
};

/**
 * struct procirq_uli_totals - what became of the interrupts of user level handlers
 * @registrations: handlers so far
 * @raised: interrupts that were theirs
 * @direct: times a thread was sent to its handler by the return from the interrupt
 * @returned: on its way out of the kernel
 * @woken: the same, out of a sleep
 * @repeated: calls of handlers for what had come meanwhile; the program's word
 * @coalesced: further interrupts in their calls; the program's word
 * @pending: the handler has still to be called for; likewise
 * @unhandled: given back to the reader when the handler was no more
 * @overruns: times the limit was exceeded
 * @faults: times there was no stack
 * @retries: times a thread could not be sent and was looked at again
 */
struct procirq_uli_totals {
	u64 registrations;
	u64 raised;
	u64 direct;
	u64 returned;
	u64 woken;
	u64 repeated;
	u64 coalesced;
	u64 pending;
	u64 unhandled;
	u64 overruns;
	u64 faults;
	u64 retries;
};

/**
 * struct procirq_source - what a reader's interrupts come from
 * @line: the line it is on; not referenced
 * @irq: its Linux interrupt number
 * @device: the device that is asked; NULL where the whole line is one source
 * @desc: the line's descriptor, where source_disable_line() may be used; set while
 *	attaching
 * @lock: guards all that follows, down to @ring
 * @attached: our handler is on the line
 * @masked: we hold one count of the line's disable depth; with a device: it has
 *	been silenced
 * @stormy: masked by the storm guard
 * @taken: number of the last interrupt the handler took
 * @nr_readers: length of @readers
 * @nr_idle: readers that found nothing since interrupt @taken
 * @nr_nomask: readers with PROCIRQ_FLAG_NO_MASK
 * @nr_holding: readers whose write of 0 is in force
 * @nr_bells: readers with an eventfd
 * @nr_ulis: readers with a user level interrupt
 * @solo: the only reader, if it has a user level interrupt and no eventfd
 * @readers: open files, revoked ones excluded
 * @closed: totals of the readers that closed
 * @uli_closed: totals of the user level interrupts that were unregistered
 * @injected: interrupts among @taken that were made by hand
 * @storms: how often the storm guard masked
 * @storm_work: tells the log, where printing is allowed
 * @storm_from: @taken when the guard's present window began
 * @storm_to: how far it may go in that window
 * @storm_ns: when the window began
 * @ring: the last interrupts; allocated when first attached
 * @node: in line->devices
 *
 * The line's own source is the line for itself: request_irq() without sharing,
 * any number of readers. Each reader with a device descriptor has a source of
 * its own, with one reader, on a line that may be shared.
 */
struct procirq_source {
	struct procirq_line *line;
	unsigned int irq;
	struct procirq_device *device;
	struct irq_desc *desc;

	raw_spinlock_t lock;
	bool attached;
	bool masked;
	bool stormy;
	u64 taken;
	unsigned int nr_readers;
	unsigned int nr_idle;
	unsigned int nr_nomask;
	unsigned int nr_holding;
	unsigned int nr_bells;
	unsigned int nr_ulis;
	struct procirq_reader *solo;
	struct list_head readers;
	struct procirq_totals closed;
	struct procirq_uli_totals uli_closed;
	u64 injected;
	u64 storms;
	u64 storm_from;
	u64 storm_to;
	u64 storm_ns;
	struct procirq_ring *ring;
	struct irq_work storm_work;
	struct list_head node;
};

/**
 * struct procirq_line - one interrupt line with a /proc/irq/N/irq
 * @irq: Linux interrupt number
 * @msi: message signalled
 * @own: the line as one source; its lock also guards @shared and @excl
 * @shared: kernel drivers are on the line; @own is not attached
 * @excl: the one reader asked for O_EXCL
 * @level: level triggered; set while attaching
 * @threaded: the handler was forced into a thread; set while attaching
 * @poll_wait: where poll() waits for any source; woken outside their locks
 * @poll_work: wakes @poll_wait where the handler must not (PREEMPT_RT)
 * @mutex: guards attaching, and the fields below
 * @dead: the file is gone or going; no more opens
 * @devices: sources with a device, attached or revoked
 * @closed: totals of such sources that are gone
 * @uli_closed: "
 * @pinned: PCI function behind an INTx line, kept enabled while @own is attached
 * @msi_dev: device whose MSI vector this is; compared, never dereferenced
 * @keeper: provider of the descriptor, pinned for as long as the file exists
 *	where procdir has no hooks
 * @keeper_pci: the same for an INTx line
 * @pde: the file
 * @ref: file and readers
 */
struct procirq_line {
	unsigned int irq;
	bool msi;

	struct procirq_source own;
	bool shared;
	bool excl;
	bool level;
	bool threaded;

	wait_queue_head_t poll_wait;
	struct irq_work poll_work;

	struct mutex mutex; /* attaching; see the kernel-doc */
	bool dead;
	struct list_head devices;
	struct procirq_totals closed;
	struct procirq_uli_totals uli_closed;
	struct pci_dev *pinned;
	struct device *msi_dev;
	struct module *keeper;
	struct pci_dev *keeper_pci;
	struct proc_dir_entry *pde;
	struct kref ref;
};

/**
 * struct procirq_reader - one open file; guarded by its source's lock
 * @line: referenced
 * @source: line->own, until a descriptor gives it one of its own: changed once,
 *	under the locks of both and line->mutex; procirq_reader_lock() follows it
 * @node: in source->readers; empty once revoked
 * @waiters: threads blocked in read(), oldest first
 * @flags: PROCIRQ_FLAG_*; also read without the lock
 * @used: it has looked for interrupts, or asked to be told of them
 * @holding: its write of 0 keeps the line masked
 * @mapped: its source's ring has been mapped
 * @end: number of the last interrupt that is this reader's; U64_MAX until the
 *	line went away under it
 * @cursor: number of the last interrupt returned
 * @idle_at: source->taken when this reader last found nothing
 * @totals: this reader's; due is kept on closing only
 * @opened_at: source->taken at open
 * @bell: its eventfd, or NULL
 * @uli: its user level interrupt, ended or not, or NULL
 * @pid: of the opener, in the initial namespace
 * @comm: of the opener
 */
struct procirq_reader {
	struct procirq_line *line;
	struct procirq_source *source;
	struct list_head node;
	struct list_head waiters;
	u32 flags;
	bool used;
	bool holding;
	bool mapped;
	u64 end;
	u64 cursor;
	u64 idle_at;
	struct procirq_totals totals;
	u64 opened_at;
	struct procirq_bell *bell;
	struct procirq_ulireg *uli;
	pid_t pid;
	char comm[16];
};

/* The line went away under this reader; caller holds its source's lock. */
static inline bool procirq_reader_revoked(const struct procirq_reader *reader)
{
	return reader->end != U64_MAX;
}

/* Interrupts this reader has not read; caller holds its source's lock. */
static inline u64 procirq_reader_pending(const struct procirq_reader *reader)
{
	return min(reader->source->taken, reader->end) - reader->cursor;
}

/* Locks and returns the reader's source. */
static inline struct procirq_source *procirq_reader_lock(struct procirq_reader *reader)
{
	struct procirq_source *source;

	for (;;) {
		source = READ_ONCE(reader->source);
		raw_spin_lock_irq(&source->lock);
		if (likely(source == reader->source))
			return source;
		raw_spin_unlock_irq(&source->lock);
	}
}

/* Not of reader->source: a waiter that gave up may not look there. */
static inline void procirq_reader_unlock(struct procirq_source *source)
{
	raw_spin_unlock_irq(&source->lock);
}

/**
 * struct line_waiter - a thread blocked in read(), on its stack
 * @node: in reader->waiters; its source's lock
 * @task: the thread
 * @done: 0 while it waits; then, out of the list, 1 with @event filled in, or a
 *	negative errno. Set last, under the lock, and read without: from then
 *	on the thread may return, and this be gone.
 * @event: what its read returns
 */
struct line_waiter {
	struct list_head node;
	struct task_struct *task;
	int done;
	struct procirq_event event;
};

/* main.c */
extern bool procirq_hard;

/* source.c: taking interrupts, handing them out, masking */
void procirq_source_init(struct procirq_source *source, struct procirq_line *line,
			 struct procirq_device *device);
irqreturn_t procirq_source_handler(int irq, void *data);
irqreturn_t procirq_source_device_handler(int irq, void *data);
int procirq_source_inject(struct procirq_source *source);
void procirq_source_join(struct procirq_source *source, struct procirq_reader *reader);
void procirq_source_leave(struct procirq_source *source, struct procirq_reader *reader);
void procirq_source_settle(struct procirq_source *source, struct procirq_reader *reader);
void procirq_source_count(struct procirq_source *source, int bells, int ulis);
void procirq_source_revoke(struct procirq_source *source);
void procirq_source_consume(struct procirq_reader *reader, struct procirq_event *event);
void procirq_source_hand_over(struct procirq_reader *reader);
void procirq_source_mask(struct procirq_source *source);
void procirq_source_unmask(struct procirq_source *source);
void procirq_source_hold(struct procirq_source *source, struct procirq_reader *reader);
void procirq_source_release_hold(struct procirq_source *source);
void procirq_source_reader_idle(struct procirq_source *source, struct procirq_reader *reader);

/* line.c: claiming one interrupt line, and giving it up */
struct procirq_line *procirq_line_alloc(unsigned int irq);
void procirq_line_put(struct procirq_line *line);
int procirq_line_open(struct procirq_line *line, struct procirq_reader *reader, bool excl);
void procirq_line_close(struct procirq_line *line, struct procirq_reader *reader);
void procirq_line_revoke(struct procirq_line *line, bool forever);
void procirq_line_revoke_function(struct procirq_line *line, struct pci_dev *pdev);
int procirq_line_set_device(struct procirq_line *line, struct procirq_reader *reader,
			    const struct procirq_descriptor *descriptor);

/* device.c: asking, acknowledging and silencing a device */
struct procirq_device *procirq_device_alloc(const struct procirq_line *line,
					    const struct procirq_descriptor *descriptor);
void procirq_device_free(struct procirq_device *device);
bool procirq_device_is(const struct procirq_device *device, const struct pci_dev *pdev);
const char *procirq_device_name(const struct procirq_device *device);
bool procirq_device_deasserts(const struct procirq_device *device);
bool procirq_device_silences(const struct procirq_device *device);
bool procirq_device_check(struct procirq_device *device, u32 *status);
void procirq_device_silence(struct procirq_device *device, u32 status);
void procirq_device_resume(struct procirq_device *device);
void procirq_device_release(struct procirq_device *device);

/* ring.c: the last interrupts, also for mmap() */
struct procirq_ring *procirq_ring_alloc(void);
void procirq_ring_free(struct procirq_ring *ring);
int procirq_ring_map(struct procirq_ring *ring, struct vm_area_struct *vma);

static inline struct procirq_ring_entry *procirq_ring_entry(struct procirq_ring *ring, u64 seq)
{
	struct procirq_ring_entry *entries = (void *)ring + PROCIRQ_RING_ENTRIES_OFFSET;

	return &entries[(seq - 1) & (PROCIRQ_RING_ENTRIES - 1)];
}

/* The one writer is the handler, under its source's lock. */
static inline void procirq_ring_put(struct procirq_ring *ring, u64 seq, u64 irq_ns, u32 status)
{
	struct procirq_ring_entry *entry = procirq_ring_entry(ring, seq);

	/* First: whoever was copying the entry's last interrupt sees it go. */
	WRITE_ONCE(entry->seq, seq);
	smp_wmb(); /* pairs with the acquire fence before it looks again */
	WRITE_ONCE(entry->irq_ns, irq_ns);
	WRITE_ONCE(entry->status, status);
	smp_store_release(&ring->head, seq); /* pairs with reading head */
}

/* bell.c: eventfds */
struct procirq_bell *procirq_bell_alloc(int fd, u32 flags);
void procirq_bell_free(struct procirq_bell *bell);
void procirq_bell_ring(struct procirq_bell *bell);
void procirq_bell_ring_later(struct procirq_bell *bell);
bool procirq_bell_delivers(const struct procirq_bell *bell);

/* uli.c: user level interrupts */
long procirq_uli_register(struct procirq_reader *reader, const void __user *arg);
long procirq_uli_unregister(struct procirq_reader *reader, void __user *arg);
long procirq_uli_get_info(struct procirq_reader *reader, void __user *arg);
long procirq_uli_kick(struct procirq_reader *reader);
void procirq_uli_notice(struct procirq_reader *reader);
void procirq_uli_raise(struct procirq_reader *reader, u64 now);
void procirq_uli_close(struct procirq_reader *reader);
bool procirq_uli_is_live(const struct procirq_reader *reader);
void procirq_uli_totals_add(struct procirq_uli_totals *sum,
			    const struct procirq_uli_totals *totals);
void procirq_uli_account(const struct procirq_reader *reader, struct procirq_uli_totals *sum);
void procirq_uli_exit(void);

/* reader.c: one open file */
extern const struct proc_ops procirq_reader_proc_ops;

/* control.c: its ioctls */
long procirq_control_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* lines.c: which lines have a file */
void procirq_lines_set_watched(bool watched);
int procirq_lines_add(unsigned int irq);
void procirq_lines_add_existing(void);
int procirq_lines_add_kept(unsigned int irq);
void procirq_lines_remove(unsigned int irq);
void procirq_lines_revoke(unsigned int irq);
void procirq_lines_revoke_msi(struct device *dev);
void procirq_lines_remove_all(void);
void procirq_lines_revoke_device(struct device *dev, struct pci_dev *function);
void procirq_lines_for_each(void (*fn)(struct procirq_line *line, struct seq_file *m),
			    struct seq_file *m);
int procirq_lines_touch(unsigned int irq);

/* procdir.c: /proc/irq/N coming and going */
int procirq_procdir_init(void);
void procirq_procdir_exit(void);

/* pci.c: PCI functions and drivers coming and going */
int procirq_pci_init(void);
void procirq_pci_exit(void);
void procirq_pci_use(unsigned int irq, const struct procirq_device *device, bool use);

/* pcipin.c: keeping the function behind an INTx line enabled */
struct pci_dev *procirq_pci_pin(unsigned int irq);
int procirq_pci_pin_function(struct pci_dev *pdev, unsigned int irq, const struct device *msi_dev);
void procirq_pci_unpin(struct pci_dev *pdev);

/* stats.c: accounting in debugfs */
void procirq_stats_init(void);
void procirq_stats_exit(void);

#endif /* PROCIRQ_INTERNAL_H */

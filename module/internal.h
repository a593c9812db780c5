/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procirq internals. Who calls whom:
 *
 *   main -> procdir (learns of /proc/irq/N coming and going)
 *        -> pci     (learns of PCI drivers letting go of their interrupts)
 *             \-> lines (which files exist) -> line (one interrupt line) -> pcipin
 *   open(2) -> reader (one open file) ----------^
 *
 * Locks, outermost first:
 *
 *   (genirq's sparse_irq_lock, held by whoever frees a descriptor)
 *   lines_mutex   which lines exist; never held over proc_remove() or a line's
 *                 mutex, because an open in flight may wait behind it
 *   line->mutex   attaching and detaching the handler; may sleep
 *   line->lock    everything the handler touches; raw, interrupts off, taken
 *                 in hard interrupt context
 *   (genirq's desc->lock, the scheduler's locks)
 *
 * A line is referenced by its file (until proc_remove() has returned) and by
 * every reader. A reader is owned by its struct file. An open file pins the
 * module through its file_operations, so module exit sees no readers.
 */
#ifndef PROCIRQ_INTERNAL_H
#define PROCIRQ_INTERNAL_H

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
struct irq_desc;
struct pci_dev;
struct proc_dir_entry;
struct seq_file;
struct task_struct;

/* Time stamps a line keeps, a power of two: reads farther apart report loss. */
#define LINE_STAMPS	1024

/* Readers' interrupts added up: due == delivered + coalesced + lost + pending. */
struct procirq_totals {
	u64 due;	/* taken while the reader was open */
	u64 delivered;	/* reads that returned interrupts */
	u64 coalesced;	/* further interrupts in those reads */
	u64 lost;	/* unread when the reader closed */
};

/**
 * struct procirq_line - one interrupt line with a /proc/irq/N/irq
 * @irq: Linux interrupt number
 * @level: level triggered; lock (set while attaching)
 * @msi: message signalled
 * @threaded: the handler was forced into a thread; set while attaching
 * @lock: guards all down to @stamp_ns
 * @attached: our handler is on the line
 * @masked: we hold one count of the line's disable depth
 * @shared: kernel drivers are on the line; we are not attached
 * @excl: the one reader asked for O_EXCL
 * @dead: the file is gone or going; no more opens
 * @taken: number of the last interrupt the handler took
 * @last_ns: its handler time
 * @nr_readers: length of @readers
 * @nr_idle: readers that found nothing since interrupt @taken
 * @nr_nomask: readers with PROCIRQ_FLAG_NO_MASK
 * @nr_holding: readers whose write of 0 is in force
 * @readers: open files, revoked ones excluded
 * @closed: totals of the readers that closed
 * @stamp_ns: handler time of interrupt n in entry (n - 1) % LINE_STAMPS
 * @poll_wait: where poll() waits; woken outside @lock
 * @poll_work: wakes @poll_wait where the handler must not (PREEMPT_RT)
 * @mutex: guards attaching, and the fields below
 * @pinned: PCI function behind an INTx line, kept enabled while attached
 * @msi_dev: device whose MSI vector this is; compared, never dereferenced
 * @keeper: provider of the descriptor, pinned for as long as the file exists
 *	where procdir has no hooks
 * @keeper_pci: the same for an INTx line
 * @pde: the file
 * @ref: file and readers
 */
struct procirq_line {
	unsigned int irq;
	bool level;
	bool msi;
	bool threaded;

	raw_spinlock_t lock;
	bool attached;
	bool masked;
	bool shared;
	bool excl;
	bool dead;
	u64 taken;
	u64 last_ns;
	unsigned int nr_readers;
	unsigned int nr_idle;
	unsigned int nr_nomask;
	unsigned int nr_holding;
	struct list_head readers;
	struct procirq_totals closed;
	u64 *stamp_ns;

	wait_queue_head_t poll_wait;
	struct irq_work poll_work;

	struct mutex mutex;		/* attaching; see the kernel-doc */
	struct pci_dev *pinned;
	struct device *msi_dev;
	struct module *keeper;
	struct pci_dev *keeper_pci;
	struct proc_dir_entry *pde;
	struct kref ref;
};

/**
 * struct procirq_reader - one open file on a line; all guarded by line->lock
 * @line: referenced
 * @node: in line->readers; empty once revoked
 * @waiters: threads blocked in read(), oldest first
 * @flags: PROCIRQ_FLAG_*; also read without the lock
 * @holding: its write of 0 keeps the line masked
 * @end: number of the last interrupt that is this reader's; U64_MAX until the
 *	line went away under it
 * @cursor: number of the last interrupt returned
 * @idle_at: line->taken when this reader last found nothing
 * @totals: this reader's; due is kept on closing only
 * @opened_at: line->taken at open
 * @pid: of the opener, in the initial namespace
 * @comm: of the opener
 */
struct procirq_reader {
	struct procirq_line *line;
	struct list_head node;
	struct list_head waiters;
	u32 flags;
	bool holding;
	u64 end;
	u64 cursor;
	u64 idle_at;
	struct procirq_totals totals;
	u64 opened_at;
	pid_t pid;
	char comm[16];
};

/* The line went away under this reader; caller holds line->lock. */
static inline bool reader_revoked(const struct procirq_reader *reader)
{
	return reader->end != U64_MAX;
}

/* Interrupts this reader has not read; caller holds line->lock. */
static inline u64 reader_pending(const struct procirq_reader *reader)
{
	return min(reader->line->taken, reader->end) - reader->cursor;
}

/**
 * struct line_waiter - a thread blocked in read(), on its stack
 * @node: in reader->waiters; line->lock
 * @task: the thread
 * @done: 0 while it waits; then, out of the list, 1 with @event filled in, or a
 *	negative errno. Set last, under line->lock, and read without: from then
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

/* line.c: one interrupt line */
struct procirq_line *line_alloc(unsigned int irq);
void line_put(struct procirq_line *line);
int line_open(struct procirq_line *line, struct procirq_reader *reader, bool excl);
void line_close(struct procirq_line *line, struct procirq_reader *reader);
void line_revoke(struct procirq_line *line, bool forever);
void line_consume(struct procirq_reader *reader, struct procirq_event *event);
void line_hand_over(struct procirq_reader *reader);
void line_mask(struct procirq_line *line);
void line_unmask(struct procirq_line *line);
void line_hold(struct procirq_line *line, struct procirq_reader *reader);
void line_release_hold(struct procirq_line *line);
void line_reader_idle(struct procirq_line *line, struct procirq_reader *reader);

/* reader.c: one open file */
extern const struct proc_ops reader_proc_ops;

/* lines.c: which lines have a file */
void lines_set_watched(bool watched);
int lines_add(unsigned int irq);
void lines_add_existing(void);
int lines_add_kept(unsigned int irq);
void lines_remove(unsigned int irq);
void lines_revoke(unsigned int irq);
void lines_revoke_msi(struct device *dev);
void lines_remove_all(void);
void lines_revoke_device(struct device *dev, struct pci_dev *function);
void lines_for_each(void (*fn)(struct procirq_line *line, struct seq_file *m),
		    struct seq_file *m);
int lines_touch(unsigned int irq);

/* procdir.c: /proc/irq/N coming and going */
int procdir_init(void);
void procdir_exit(void);

/* pci.c: PCI functions and drivers coming and going */
int pci_init(void);
void pci_exit(void);

/* pcipin.c: keeping the function behind an INTx line enabled */
struct pci_dev *pci_pin(unsigned int irq);
void pci_unpin(struct pci_dev *pdev);

/* stats.c: accounting in debugfs */
void stats_init(void);
void stats_exit(void);

#endif /* PROCIRQ_INTERNAL_H */

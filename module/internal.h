/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procirq internals. Global names start with procirq_; static ones do not.
 *
 * Files, from the top down. Each calls only files below it; main.c calls all.
 *
 *   procdir       watches /proc/irq/N             > registry
 *   pci           watches PCI devices; the driver > devfile, registry, pci_function,
 *                 procirq-pci                       pci_choice
 *   platform      the driver procirq-platform     > devfile, registry, platform_bound
 *   devfile       /dev/procirq/DEVICE/INDEX       > registry, file, line
 *   stats         /proc/procirq                   > registry, device, uli
 *   registry      which interrupts have a file    > file, line, pci_function
 *   file, ioctl   system calls on an open file    > access, line, all below line
 *   access        who may open a line             > pci_function, platform_bound
 *   line          claims an interrupt for readers > flow, action, device, reader,
 *                                                   ring, pci_function
 *   flow          genirq's flow handlers, shorter > action (take.h)
 *   action        interrupt handler and masking;  > uli, eventfd, device, reader
 *                 take.h and uliraise.h have what
 *                 is inlined into handlers
 *   uli, uli_x86, user level interrupts           > reader
 *   uli_arm64
 *   device        register accesses of a device   > pci_function, platform_bound
 *   reader, ring, eventfd, spin, pci_function, platform_bound
 *   pci_choice    what procirq-pci allocates
 *
 * Locks, outermost first. Each may be taken with those above it held:
 *
 *   pci_request_mutex      a request to bind a PCI function
 *   (genirq's sparse_irq_lock, held while a descriptor is freed; a device's
 *   lock, held while its driver is bound or unbound; a device's MSI
 *   descriptor lock, held while its vectors are freed)
 *   registry_remove_mutex  removal of files, and walks over the lines. Held over
 *                          proc_remove(), which waits for opens in progress: so
 *                          an open must not take it
 *   line->mutex            attaching and detaching handlers, readers coming and
 *                          going. A holder may call request_irq() and free_irq()
 *   line_request_mutex     held while this module requests an interrupt. One request is
 *                          only for the directory and is undone at once: an open
 *                          waits for that, and does not find the line busy
 *   registry_mutex         additions to the registry. request_irq() takes it,
 *                          through procdir's hook: so an open does, and it is
 *                          not held over proc_remove()
 *   pci_bounds_mutex       functions bound to procirq-pci; inside line->mutex
 *   action->lock           all that a handler touches; raw, interrupts off, taken
 *                          in hard interrupt context. It is the line's desc->lock
 *                          if our handler has the line alone, and else a lock of the
 *                          action's own. line->own's outside that of another action
 *                          of the line (procirq_line_set_device())
 *   (genirq's desc->lock, inside an action's own lock only; the PCI core's
 *   configuration lock, the scheduler's locks)
 *
 * Not nested with the above:
 *
 *   uli->lock              whether timers may be started; raw. Only the lock of
 *                          the hrtimers is taken inside
 *   pci_request_lock       what that request wants; a spinlock
 *   claim_mutex            the parameter "claim"
 *   devfiles_mutex         character devices by their numbers
 *   platform_bounds_mutex  devices bound to procirq-platform
 *   (line->poll_wait's and an eventfd's lock: sleeping locks on PREEMPT_RT, so
 *   they are taken after action->lock is dropped, or from an irq_work)
 *
 * procirq_pci_put_enabled() may take the function's device lock, which is outside all
 * of ours: callers hold none of them. Nothing else that a program's call runs into takes a
 * device lock, or waits for one: its holder may be a driver's remove() that waits for that
 * program.
 *
 * Lifetimes: a line is referenced by its file (until proc_remove() has returned)
 * and by each reader. A reader belongs to its struct file. An open file pins the
 * module, so that there are no readers when the module exits.
 */
#ifndef PROCIRQ_INTERNAL_H
#define PROCIRQ_INTERNAL_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "uapi/procirq.h"

struct attribute_group;
struct device;
struct eventfd_ctx;
struct file;
struct inode;
struct irq_desc;
struct pci_dev;
struct proc_dir_entry;
struct procirq_devfile;
struct procirq_device;
struct procirq_eventfd_target;
struct procirq_line;
struct procirq_platform_bound;
struct procirq_ulireg;
struct seq_file;
struct vm_area_struct;

/* Interrupts an action remembers, a power of two: reads farther apart report loss. */
#define PROCIRQ_RING_ENTRIES	    1024
#define PROCIRQ_RING_ENTRIES_OFFSET 64

/**
 * struct procirq_totals - sums over readers; due == delivered + coalesced + lost + pending
 * @due: interrupts taken while the reader was open
 * @delivered: reads that returned interrupts
 * @coalesced: further interrupts in those reads
 * @lost: interrupts that were pending when the reader closed
 */
struct procirq_totals {
	u64 due;
	u64 delivered;
	u64 coalesced;
	u64 lost;
};

static inline void procirq_totals_add(struct procirq_totals *sum,
				      const struct procirq_totals *totals)
{
	sum->due += totals->due;
	sum->delivered += totals->delivered;
	sum->coalesced += totals->coalesced;
	sum->lost += totals->lost;
}

/**
 * struct procirq_uli_totals - what became of the interrupts of user level handlers
 * @registrations: handlers registered so far
 * @raised: interrupts that were theirs
 * @direct: times that the return from the interrupt went to the handler
 * @returned: times that the thread was sent to it on its way out of the kernel
 * @woken: times that it was woken from a sleep to be sent so
 * @repeated: calls that the thread made itself, for interrupts that came during a
 *	call. This, @coalesced and @pending are read from the program's memory
 * @coalesced: further interrupts in the calls
 * @pending: interrupts that the handler has not been called for
 * @unhandled: interrupts returned to the reader when the handler ended
 * @overruns: times that a handler exceeded its limit
 * @faults: times that a thread had no stack for a frame
 * @retries: times that a thread could not be sent at once
 * @left_by_call: times that a thread went back by a system call
 * @left_by_stub: times that it went back by a stub; read from the program's memory
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
	u64 left_by_call;
	u64 left_by_stub;
};

/**
 * enum procirq_audience - what the readers of an action are
 * @PROCIRQ_AUDIENCE_ANY: none of the following
 * @PROCIRQ_AUDIENCE_READER: one reader, with neither an eventfd nor a user level interrupt
 * @PROCIRQ_AUDIENCE_ULI: one reader, with a user level interrupt and no eventfd; no thread
 *	of its is blocked in read()
 * @PROCIRQ_AUDIENCE_EVENTFD: one reader, with an eventfd and no user level interrupt
 */
enum procirq_audience {
	PROCIRQ_AUDIENCE_ANY,
	PROCIRQ_AUDIENCE_READER,
	PROCIRQ_AUDIENCE_ULI,
	PROCIRQ_AUDIENCE_EVENTFD,
};

/**
 * struct procirq_action - our handler on a line, and the readers it serves
 * @line: the line that it is on; not referenced; immutable
 * @irq: the line's Linux interrupt number; immutable
 * @device: the device to ask whether it has interrupted; NULL if every interrupt of
 *	the line is this action's; immutable
 * @desc: the line's descriptor, if @lock is its lock, else NULL; written with
 *	line->mutex held, before the handler is attached
 * @lock: see the top of this file; written with the old lock held, while the handler
 *	is not attached. procirq_action_lock() follows it
 * @own_lock: what @lock points to if it is not the descriptor's lock
 * @owed: calls of enable_irq() that follow when the lock is dropped, as they take
 *	desc->lock; 0 while it is not held; @lock
 * @enabling: threads that make these calls
 * @unfinished: flow handlers of ours that have dropped the lock and still use the action
 * @attached: our handler is on the line; written with line->mutex and @lock held, read
 *	with either
 * @masked: we hold one count of the line's disable depth; with a device: it is
 *	silenced; @lock
 * @storm: what the storm guard has done about a storm: enum action_storm; @lock
 * @retaking: @retake_work is to take an interrupt that the device kept while it was
 *	silenced; @lock
 * @taken: number of the last interrupt that the handler took; @lock
 * @nr_readers: length of @readers; @lock
 * @nr_idle: readers that found nothing to read since interrupt @taken; @lock
 * @nr_nomask: readers with PROCIRQ_FLAG_NO_MASK; @lock
 * @nr_holding: readers whose write of 0 is in force; @lock
 * @nr_eventfds: readers with an eventfd; @lock
 * @nr_ulis: readers with a user level interrupt; @lock
 * @nomask: interrupts do not mask the line: there are readers, and each of them has
 *	PROCIRQ_FLAG_NO_MASK; @lock
 * @audience: what the readers are, so that the handler need not look; @lock
 * @solo: the only reader; NULL with PROCIRQ_AUDIENCE_ANY; @lock
 * @readers: open files, without revoked ones; @lock
 * @closed: totals of the readers that closed; @lock
 * @uli_closed: totals of the user level interrupts that were unregistered; @lock
 * @injected: interrupts among @taken that PROCIRQ_IOC_INJECT made; @lock
 * @storms: times that the storm guard masked; @lock
 * @storm_from: @taken when the guard's present window began; @lock
 * @storm_to: greatest @taken that is no storm in that window; @lock
 * @storm_until_ns: when the window ends; @lock
 * @ring: the last interrupts; allocated with line->mutex held, before the handler is
 *	attached for the first time; its contents are written with @lock held
 * @storm_work: reports a storm to the kernel log
 * @retake_work: see @retaking
 * @node: in line->devices; line->mutex
 *
 * It is the dev_id of one genirq action. The line's own action has the line for
 * itself: request_irq() without sharing, any number of readers. Each reader with a
 * device descriptor has an action of its own, with one reader, on a line that may be
 * shared.
 */
struct procirq_action {
	struct procirq_line *line;
	unsigned int irq;
	struct procirq_device *device;
	struct irq_desc *desc;

	raw_spinlock_t *lock;
	raw_spinlock_t own_lock;
	unsigned int owed;
	atomic_t enabling;
	atomic_t unfinished;
	bool attached;
	bool masked;
	u8 storm;
	bool retaking;
	u64 taken;
	unsigned int nr_readers;
	unsigned int nr_idle;
	unsigned int nr_nomask;
	unsigned int nr_holding;
	unsigned int nr_eventfds;
	unsigned int nr_ulis;
	bool nomask;
	u8 audience;
	struct procirq_reader *solo;
	struct list_head readers;
	struct procirq_totals closed;
	struct procirq_uli_totals uli_closed;
	u64 injected;
	u64 storms;
	u64 storm_from;
	u64 storm_to;
	u64 storm_until_ns;
	struct procirq_ring *ring;
	struct irq_work storm_work;
	struct irq_work retake_work;
	struct list_head node;
};

/**
 * struct procirq_line - one interrupt line with a /proc/irq/N/irq
 * @irq: Linux interrupt number; immutable
 * @own: the action that has the whole line
 * @shared: @own is not attached, because kernel drivers or other actions are on the
 *	line; written with @mutex and own.lock held, read with either
 * @excl: the one reader asked for O_EXCL; @mutex
 * @level: level triggered; written with @mutex held, before a handler is attached
 * @threaded: the handler was forced into a thread; @mutex
 * @logged: the first program that claimed the line has been logged; @mutex
 * @nr_joined: readers that have joined and are still open, revoked or not; @mutex
 * @poll_wait: where poll() waits for any action of the line
 * @poll_work: wakes @poll_wait where the handler must not (PREEMPT_RT)
 * @mutex: see the top of this file
 * @dead: the file is gone or going, and opens are refused; @mutex
 * @devices: actions with a device, attached or revoked; @mutex
 * @closed: totals of such actions that are gone; @mutex
 * @uli_closed: totals of the user level interrupts of such actions; @mutex
 * @function: PCI function behind an INTx line, kept enabled while @own is attached;
 *	written with @mutex held; procirq_registry_revoke_device() compares it without
 * @msi_dev: device whose MSI vector this is, or NULL; compared, never dereferenced;
 *	immutable
 * @nr_owners: devices bound to our drivers that have this interrupt;
 *	registry_remove_mutex
 * @pinned: the interrupt is in irqs=, and @provider is pinned; set once before the
 *	file is made
 * @provider: module that provides the descriptor, pinned while the file exists if
 *	procdir has no hooks; set once before the file is made
 * @provider_function: PCI function behind an INTx line, kept enabled as long as
 *	@provider is pinned; set once before the file is made
 * @pde: the file; set once, while the descriptor cannot go away
 * @ref: held by the file and by each reader
 */
struct procirq_line {
	unsigned int irq;

	struct procirq_action own;
	bool shared;
	bool excl;
	bool level;
	bool threaded;
	bool logged;
	unsigned int nr_joined;

	wait_queue_head_t poll_wait;
	struct irq_work poll_work;

	struct mutex mutex; /* attaching; see the kernel-doc */
	bool dead;
	struct list_head devices;
	struct procirq_totals closed;
	struct procirq_uli_totals uli_closed;
	struct pci_dev *function;
	struct device *msi_dev;
	unsigned int nr_owners;
	bool pinned;
	struct module *provider;
	struct pci_dev *provider_function;
	struct proc_dir_entry *pde;
	struct kref ref;
};

/**
 * struct procirq_reader_spin - how a reader's calls busy-wait before they sleep
 * @max_ns: longest time, ns; 0: they do not. Written by ioctl, read without a lock
 * @window_ns: present time, ns; read and written without a lock: an estimate, of which
 *	threads may lose each other's changes
 * @poll_ns: when a poll that may sleep began, ns; 0: none. As @window_ns
 * @spins: see struct procirq_spin; atomic
 * @caught: see struct procirq_spin; atomic
 * @spun_ns: see struct procirq_spin; atomic
 */
struct procirq_reader_spin {
	u64 max_ns;
	u64 window_ns;
	u64 poll_ns;
	atomic64_t spins;
	atomic64_t caught;
	atomic64_t spun_ns;
};

/**
 * struct procirq_reader - one open file
 * @line: its line; referenced; immutable once open
 * @action: line->own, until a descriptor gives the reader an action of its own.
 *	Changed once, with the locks of both actions and line->mutex held;
 *	procirq_reader_lock() follows it. "The lock" below is this action's
 * @node: in action->readers; empty once revoked; the lock
 * @waiters: threads blocked in read(), oldest first; the lock
 * @flags: PROCIRQ_FLAG_*; written with the lock held, also read without
 * @joined: it has become a reader of its line. A file that is open for reading only
 *	does so with the first call that a reader makes: see file_join(). Until then it
 *	is like a revoked one. Set once, with line->mutex held; also read without
 * @used: it has called read, poll, write or mmap, or has had an eventfd or a user
 *	level interrupt; the lock
 * @holding: its write of 0 keeps the line masked; the lock
 * @nr_mappings: mappings of its action's ring; the lock
 * @end: number of the last interrupt that is this reader's; U64_MAX while it is among
 *	its action's readers; the lock
 * @cursor: number of the last interrupt that was delivered; the lock
 * @idle_at: action->taken when this reader last found nothing to read; the lock
 * @totals: this reader's; @due is kept on closing only; the lock
 * @opened_at: action->taken at open; the lock
 * @eventfd: its eventfd, or NULL; the lock
 * @uli: its user level interrupt, ended or not, or NULL; the lock
 * @spin: how its reads and polls busy-wait
 * @devfile: what it was opened by, if that was not /proc/irq/N/irq; referenced; immutable
 *	once open
 * @pid: of the opener, in the initial namespace; immutable
 * @comm: of the opener; immutable
 */
struct procirq_reader {
	struct procirq_line *line;
	struct procirq_action *action;
	struct list_head node;
	struct list_head waiters;
	u32 flags;
	bool joined;
	bool used;
	bool holding;
	unsigned int nr_mappings;
	u64 end;
	u64 cursor;
	u64 idle_at;
	struct procirq_totals totals;
	u64 opened_at;
	struct procirq_eventfd_target *eventfd;
	struct procirq_ulireg *uli;
	struct procirq_reader_spin spin;
	struct procirq_devfile *devfile;
	pid_t pid;
	char comm[16];
};

/* The line went away under this reader, or it has not joined. Caller holds its action's lock. */
static inline bool procirq_reader_revoked(const struct procirq_reader *reader)
{
	return reader->end != U64_MAX;
}

/* How many interrupts this reader has not read. Caller holds its action's lock. */
static inline u64 procirq_reader_pending(const struct procirq_reader *reader)
{
	return min(reader->action->taken, reader->end) - reader->cursor;
}

void procirq_action_pay(struct procirq_action *action) __releases(action->lock);

/*
 * Takes action->lock with interrupts off. With interrupts off this is an RCU read-side
 * section, and so a descriptor whose lock it was stays in memory.
 */
static inline void procirq_action_lock_irqoff(struct procirq_action *action)
{
	raw_spinlock_t *lock;

	for (;;) {
		lock = smp_load_acquire(&action->lock); /* see procirq_action_use_lock() */
		raw_spin_lock(lock);
		if (likely(lock == READ_ONCE(action->lock)))
			return;
		raw_spin_unlock(lock);
	}
}

/* Context: interrupts on, and off until procirq_action_unlock(). */
static inline void procirq_action_lock(struct procirq_action *action)
{
	local_irq_disable();
	procirq_action_lock_irqoff(action);
}

/* Drops the lock, and calls enable_irq() where that is owed. Interrupts off. */
static inline void procirq_action_unlock_irqoff(struct procirq_action *action)
{
	if (action->owed)
		procirq_action_pay(action);
	else
		raw_spin_unlock(action->lock);
}

static inline void procirq_action_unlock(struct procirq_action *action)
{
	procirq_action_unlock_irqoff(action);
	local_irq_enable();
}

/* Locks and returns the reader's action. */
static inline struct procirq_action *procirq_reader_lock(struct procirq_reader *reader)
{
	struct procirq_action *action;

	for (;;) {
		action = READ_ONCE(reader->action);
		procirq_action_lock(action);
		if (likely(action == reader->action))
			return action;
		procirq_action_unlock(action);
	}
}

/* Takes what procirq_reader_lock() returned: reader->action may change after unlocking. */
static inline void procirq_reader_unlock(struct procirq_action *action)
{
	procirq_action_unlock(action);
}

/**
 * struct procirq_waiter - a thread blocked in read(), on its stack
 * @node: in reader->waiters; the lock of the reader's action
 * @action: the action that it waits for; immutable
 * @task: the thread; immutable
 * @done: 0 while the thread waits. Then 1 with @event filled in, or a negative errno,
 *	and @node is out of the list. Set last, with the lock held, and read without:
 *	from then on the thread may return and this struct be gone
 * @event: what its read returns; the lock, until @done is set
 */
struct procirq_waiter {
	struct list_head node;
	struct procirq_action *action;
	struct task_struct *task;
	int done;
	struct procirq_event event;
};

/*
 * Ends a waiter's sleep with @done. Caller holds the action's lock, which also
 * makes this an RCU read-side section: the thread may see @done, return and exit
 * before it is woken here, and its task_struct stays valid.
 */
static __always_inline void procirq_waiter_wake(struct procirq_waiter *waiter, int done)
{
	struct task_struct *task = waiter->task;

	/* Unchecked: this path is hot. */
	__list_del(waiter->node.prev, waiter->node.next);
	/* Pairs with file_wait(): a thread that sees @done sees the event. */
	smp_store_release(&waiter->done, done);
	wake_up_process(task);
}

/* access.c: who may open a line */
int procirq_access_check(const struct procirq_line *line, fmode_t mode);

/* flow.c: flow handlers of our own */
void procirq_flow_init(void);
void procirq_flow_install(struct irq_desc *desc);
void procirq_flow_remove(struct irq_desc *desc);
void procirq_flow_wait(struct procirq_action *action);
bool procirq_flow_is_ours(struct irq_desc *desc);

/* action.c: the interrupt handler, and masking */
extern bool procirq_hard;

void procirq_action_init(struct procirq_action *action, struct procirq_line *line,
			 struct procirq_device *device);
irqreturn_t procirq_action_handler(int irq, void *data);
irqreturn_t procirq_action_device_handler(int irq, void *data);
void procirq_action_finish(struct procirq_action *action, struct procirq_eventfd_target *target);
void procirq_action_use_lock(struct procirq_action *action, raw_spinlock_t *lock);
int procirq_action_inject(struct procirq_action *action);
void procirq_action_settle(struct procirq_action *action, struct procirq_reader *reader);
void procirq_action_revoke(struct procirq_action *action, const struct procirq_devfile *devfile);
void procirq_action_mask(struct procirq_action *action);
void procirq_action_unmask(struct procirq_action *action);
void procirq_action_end_storm(struct procirq_action *action);
void procirq_action_hold(struct procirq_action *action, struct procirq_reader *reader);
void procirq_action_release_hold(struct procirq_action *action);
void procirq_action_reader_idle(struct procirq_action *action, struct procirq_reader *reader);

/* reader.c: an action's readers, and what is pending for them */
void procirq_reader_join(struct procirq_reader *reader, struct procirq_action *action);
void procirq_reader_leave(struct procirq_reader *reader);
void procirq_reader_count(const struct procirq_reader *reader, int eventfds, int ulis);
void procirq_reader_consume(struct procirq_reader *reader, struct procirq_event *event);
void procirq_reader_hand_over(struct procirq_reader *reader);

/* line.c: claiming one interrupt line, and giving it up */
struct procirq_line *procirq_line_alloc(unsigned int irq);
int procirq_line_make_directory(unsigned int irq);
void procirq_line_put(struct procirq_line *line);
int procirq_line_open(struct procirq_line *line, struct procirq_reader *reader, bool join,
		      bool excl);
int procirq_line_join(struct procirq_reader *reader);
void procirq_line_close(struct procirq_line *line, struct procirq_reader *reader);
void procirq_line_revoke(struct procirq_line *line, bool forever);
void procirq_line_revoke_device(struct procirq_line *line, const struct pci_dev *pdev,
				const struct procirq_platform_bound *bound);
void procirq_line_revoke_devfile(struct procirq_line *line, const struct procirq_devfile *devfile);
void procirq_devfile_put(struct procirq_devfile *devfile);
bool procirq_line_keeps_function(struct procirq_line *line, const struct pci_dev *pdev);
int procirq_line_set_device(struct procirq_line *line, struct procirq_reader *reader,
			    const struct procirq_descriptor *descriptor);

/*
 * How a line is triggered: IRQ_TYPE_*, and whether by level, which genirq keeps apart.
 * Both are in a word whose other bits change with each interrupt, under the descriptor's
 * lock. They are ignored here, so the race with their writers is harmless; genirq reads
 * the word so, too.
 */
static inline u32 procirq_irq_trigger(struct irq_data *data)
{
	/* Bits that do not change with an interrupt. */
	return data_race(irqd_get_trigger_type(data));
}

static inline bool procirq_irq_is_level(struct irq_data *data)
{
	/* The same. */
	return data_race(irqd_is_level_type(data));
}

static inline void procirq_line_wake_pollers(struct procirq_line *line)
{
	wake_up_poll(&line->poll_wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * enum procirq_check - what a device's check says
 * @PROCIRQ_CHECK_NONE: the device has not interrupted
 * @PROCIRQ_CHECK_SILENCED: it has, though it was silenced; now it is silent
 * @PROCIRQ_CHECK_INTERRUPT: it has interrupted
 */
enum procirq_check { PROCIRQ_CHECK_NONE, PROCIRQ_CHECK_SILENCED, PROCIRQ_CHECK_INTERRUPT };

/* device.c: asking, acknowledging and silencing a device */
struct procirq_device *procirq_device_alloc(const struct procirq_line *line,
					    const struct procirq_descriptor *descriptor,
					    const struct procirq_devfile *devfile);
void procirq_device_free(struct procirq_device *device);
const struct pci_dev *procirq_device_pdev(const struct procirq_device *device);
const struct procirq_platform_bound *procirq_device_bound(const struct procirq_device *device);
const char *procirq_device_name(const struct procirq_device *device);
bool procirq_device_deasserts(const struct procirq_device *device);
bool procirq_device_silences(const struct procirq_device *device);
bool procirq_device_ends_interrupts(const struct procirq_device *device);
enum procirq_check procirq_device_check(struct procirq_device *device, u32 *status);
bool procirq_device_is_waiting(struct procirq_device *device);
void procirq_device_silence(struct procirq_device *device);
bool procirq_device_resume(struct procirq_device *device);
bool procirq_device_recheck(const struct procirq_device *device, u32 *status);
void procirq_device_release(struct procirq_device *device);
void procirq_device_end(struct procirq_device *device);
void procirq_device_disable(struct procirq_device *device);

/* ring.c: the last interrupts, also for mmap() */
struct procirq_ring *procirq_ring_alloc(void);
void procirq_ring_free(struct procirq_ring *ring);
int procirq_ring_map(struct procirq_ring *ring, struct vm_area_struct *vma);

static inline struct procirq_ring_entry *procirq_ring_entry(struct procirq_ring *ring, u64 seq)
{
	struct procirq_ring_entry *entries = (void *)ring + PROCIRQ_RING_ENTRIES_OFFSET;

	return &entries[(seq - 1) & (PROCIRQ_RING_ENTRIES - 1)];
}

/* Called by the handler only, with its action's lock held. */
static inline void procirq_ring_put(struct procirq_ring *ring, u64 seq, u64 irq_ns, u32 status)
{
	struct procirq_ring_entry *entry = procirq_ring_entry(ring, seq);

	/* First, so that a thread that is copying the old entry sees it change. */
	WRITE_ONCE(entry->seq, seq);
	smp_wmb(); /* pairs with the acquire fence before the thread reads seq again */
	WRITE_ONCE(entry->irq_ns, irq_ns);
	WRITE_ONCE(entry->status, status);
	smp_store_release(&ring->head, seq); /* pairs with the thread's read of head */
}

/**
 * struct procirq_eventfd_target - an eventfd that a reader's interrupts signal
 * @eventfd: the eventfd; referenced; immutable
 * @delivers: signalling it counts as a read of the interrupts: PROCIRQ_EVENTFD_DELIVER
 *	was set; immutable
 * @due: what @work still has to add
 * @work: signals where the handler must not
 */
struct procirq_eventfd_target {
	struct eventfd_ctx *eventfd;
	bool delivers;
	atomic_t due;
	struct irq_work work;
};

/* eventfd.c: readers' eventfds */
struct procirq_eventfd_target *procirq_eventfd_alloc(int fd, u32 flags);
void procirq_eventfd_free(struct procirq_eventfd_target *target);
void procirq_eventfd_signal_later(struct procirq_eventfd_target *target);

/* Whether a handler ends with a system call, PROCIRQ_ULI_LEAVE. */
#define PROCIRQ_ULI_LEAVES IS_ENABLED(CONFIG_ARM64)

/* uli.c: user level interrupts */
long procirq_uli_register(struct procirq_reader *reader, const void __user *arg);
long procirq_uli_unregister(struct procirq_reader *reader, void __user *arg);
long procirq_uli_get_info(struct procirq_reader *reader, void __user *arg);
long procirq_uli_kick(struct procirq_reader *reader);
loff_t procirq_uli_leave(struct procirq_reader *reader, void __user *at);
void procirq_uli_notice(struct procirq_reader *reader);
void procirq_uli_raise(struct procirq_reader *reader, u64 now);
void procirq_uli_close(struct procirq_reader *reader);
bool procirq_uli_is_live(const struct procirq_reader *reader);
u64 procirq_uli_backlog(const struct procirq_reader *reader);
void procirq_uli_totals_add(struct procirq_uli_totals *sum,
			    const struct procirq_uli_totals *totals);
void procirq_uli_account(const struct procirq_reader *reader, struct procirq_uli_totals *sum);
void procirq_uli_exit(void);

/* spin.c: busy-waiting before sleeping */
#define PROCIRQ_SPIN_IN_VAIN U64_MAX

void procirq_spin_init(struct procirq_reader_spin *spin);
u64 procirq_spin_window_ns(const struct procirq_reader_spin *spin);
int procirq_spin_wait(struct procirq_reader_spin *spin, const struct procirq_waiter *waiter,
		      const ktime_t *until);
bool procirq_spin_poll(struct procirq_reader *reader, const struct procirq_ring *ring, u64 taken);
void procirq_spin_poll_slept(struct procirq_reader_spin *spin, u64 irq_ns);
void procirq_spin_adapt(struct procirq_reader_spin *spin, u64 waited_ns);
long procirq_spin_set(struct procirq_reader_spin *spin, const void __user *arg);
long procirq_spin_get(struct procirq_reader_spin *spin, void __user *arg);

/* file.c: one open file */
int procirq_file_open(struct inode *inode, struct file *file, struct procirq_line *line,
		      struct procirq_devfile *devfile);
long procirq_file_timed_read(struct procirq_reader *reader, void __user *arg, bool writable);
extern const struct proc_ops procirq_file_proc_ops;

void procirq_file_allow_open(void);

/* ioctl.c: its ioctls */
long procirq_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* registry.c: which interrupts have a file */
void procirq_registry_set_watched(bool watched);
int procirq_registry_add(unsigned int irq);
int procirq_registry_add_existing(void);
int procirq_registry_add_pinned(unsigned int irq);
void procirq_registry_remove(unsigned int irq);
void procirq_registry_remove_all(void);
void procirq_registry_revoke(unsigned int irq);
void procirq_registry_revoke_msi(struct device *dev);
void procirq_registry_revoke_device(struct device *dev, struct pci_dev *function);
void procirq_registry_driver_gone(struct pci_dev *pdev);
struct procirq_line *procirq_registry_get(unsigned int irq);
void procirq_registry_for_each(void (*fn)(struct procirq_line *line, struct seq_file *m),
			       struct seq_file *m);
int procirq_registry_own(unsigned int irq);
void procirq_registry_disown(unsigned int irq, const struct procirq_platform_bound *bound);

/* procdir.c: watching /proc/irq/N come and go */
int procirq_procdir_init(void);
void procirq_procdir_exit(void);

/* pci.c: PCI devices and drivers coming and going, and the driver procirq-pci */
int procirq_pci_init(void);
void procirq_pci_exit(void);

/**
 * struct procirq_pci_bound - a PCI function bound to procirq-pci; its driver data
 * @node: in pci_bounds; pci_bounds_mutex
 * @pdev: the function; immutable
 * @nr_handlers: handlers of ours on its interrupts; pci_bounds_mutex
 * @nr_vectors: length of @irqs; 1 for INTx; immutable
 * @irqs: its interrupts; immutable. pci_irq_vector() would take the device's MSI
 *	mutex, which is outside our locks
 */
struct procirq_pci_bound {
	struct list_head node;
	struct pci_dev *pdev;
	unsigned int nr_handlers;
	unsigned int nr_vectors;
	unsigned int irqs[];
};

/**
 * struct procirq_pci_choice - which interrupts procirq-pci allocates for a function
 * @name: of the kind
 * @flags: PCI_IRQ_MSIX and PCI_IRQ_MSI, or-ed; 0: neither
 * @intx: its INTx pin if there is no other
 * @vectors: most vectors
 */
struct procirq_pci_choice {
	const char *name;
	unsigned int flags;
	bool intx;
	unsigned int vectors;
};

/* pci_choice.c: what procirq-pci allocates */
extern const struct attribute_group *procirq_pci_driver_groups[];
struct procirq_pci_choice procirq_pci_choose(const struct pci_dev *pdev);

/* pci_function.c: the PCI functions behind lines: kept enabled, made bus masters */
int procirq_pci_function_init(void);
void procirq_pci_function_exit(void);
struct pci_dev *procirq_pci_get_enabled(unsigned int irq);
int procirq_pci_get_enabled_function(struct pci_dev *pdev, unsigned int irq,
				     const struct device *msi_dev);
void procirq_pci_put_enabled(struct pci_dev *pdev);
void procirq_pci_add_bound(struct procirq_pci_bound *bound);
void procirq_pci_remove_bound(struct procirq_pci_bound *bound);
void procirq_pci_count_handler(unsigned int irq, const struct pci_dev *function, bool added);
bool procirq_pci_is_bound(unsigned int irq);
void procirq_pci_note_added(const struct pci_dev *pdev);
void procirq_pci_note_deleted(const struct pci_dev *pdev);
bool procirq_pci_is_deleted(const struct pci_dev *pdev);
void procirq_pci_forget_deleted(void);

/* platform.c: the driver procirq-platform */
int procirq_platform_init(void);
void procirq_platform_exit(void);

/* Memory regions of a platform device that programs and descriptors can access. */
#define PROCIRQ_REGIONS_MAX 16

/**
 * struct procirq_platform_region - a memory region of a platform device
 * @start: physical address
 * @bytes: size
 */
struct procirq_platform_region {
	resource_size_t start;
	resource_size_t bytes;
};

/**
 * struct procirq_platform_bound - a platform device bound to procirq-platform
 * @node: in platform_bounds; platform_bounds_mutex
 * @ref: held by the driver, and by each descriptor of the device
 * @gone: the device is being unbound. Set once, before the lines of its interrupts are
 *	given up, each with line->mutex held; read with line->mutex held
 * @name: name of the device; immutable
 * @widths: widths of accesses that its registers are known to take, 8, 16 and 32 bits,
 *	or-ed; written and read without a lock
 * @nr_regions: length of @regions; immutable
 * @regions: its memory regions; immutable
 * @nr_irqs: length of @irqs; immutable once the device is bound
 * @irqs: its interrupts; immutable once the device is bound
 */
struct procirq_platform_bound {
	struct list_head node;
	struct kref ref;
	bool gone;
	char name[PROCIRQ_PLATFORM_BYTES];
	u8 widths;
	unsigned int nr_regions;
	struct procirq_platform_region regions[PROCIRQ_REGIONS_MAX];
	unsigned int nr_irqs;
	unsigned int irqs[];
};

/* platform_bound.c: the devices bound to procirq-platform */
void procirq_platform_add_bound(struct procirq_platform_bound *bound);
void procirq_platform_remove_bound(struct procirq_platform_bound *bound);
struct procirq_platform_bound *procirq_platform_get(const char *name, unsigned int irq);
void procirq_platform_put(struct procirq_platform_bound *bound);
bool procirq_platform_is_bound(unsigned int irq);

/**
 * struct procirq_devfile - a character device of a bound device's interrupt
 * @ref: held while the character device exists, and by each file that was opened by it
 * @parent: the device; referenced; immutable
 * @line: of its interrupt; referenced; immutable
 * @index: of the interrupt among the device's; immutable
 * @minor: of the character device; immutable once that exists
 * @gone: the device is being unbound. Set once, before procirq_line_revoke_devfile(); read
 *	with line->mutex held
 * @name: firmware's for the interrupt, or empty; immutable
 */
struct procirq_devfile {
	struct kref ref;
	struct device *parent;
	struct procirq_line *line;
	unsigned int index;
	u32 minor;
	bool gone;
	char name[32];
};

/* devfile.c: interrupts of bound devices as character devices */
int procirq_devfile_init(void);
void procirq_devfile_exit(void);
int procirq_devfile_add(struct device *parent, unsigned int index, unsigned int irq,
			const char *name);
void procirq_devfile_remove_all(const struct device *parent);

/* stats.c: accounting in /proc/procirq */
int procirq_stats_init(void);
void procirq_stats_exit(void);

#endif /* PROCIRQ_INTERNAL_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt line: claiming it, the hard interrupt handler, masking.
 *
 * The handler runs in hard interrupt context and takes only raw locks, so it
 * is the same on PREEMPT_RT: readers blocked in read() are woken directly
 * with wake_up_process(). A wait queue, which poll() needs, has a sleeping
 * lock there, so pollers are woken from an irq_work on PREEMPT_RT.
 *
 * Masking rule: line->masked shadows the one count of genirq's disable depth
 * that we hold. Only line_mask() and line_unmask() change either.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/ktime.h>
#include <linux/msi.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "internal.h"
#include "trace.h"

/* Caller holds line->lock. */
void line_mask(struct procirq_line *line)
{
	lockdep_assert_held(&line->lock);
	if (line->masked)
		return;
	line->masked = true;
	disable_irq_nosync(line->irq);
	trace_procirq_mask(line->irq, line->taken, line->last_ns);
}

/*
 * Caller holds line->lock. enable_irq() may be called here: line_attach()
 * refused chips whose bus lock sleeps.
 */
void line_unmask(struct procirq_line *line)
{
	lockdep_assert_held(&line->lock);
	if (!line->masked || !line->attached)
		return;
	line->masked = false;
	enable_irq(line->irq);
	trace_procirq_unmask(line->irq, line->taken, line->last_ns);
}

static void line_unmask_if_tended(struct procirq_line *line)
{
	if (line->nr_idle == line->nr_readers && line->nr_readers && !line->nr_holding)
		line_unmask(line);
}

/*
 * The reader came back and found nothing: it has tended the device. Once all
 * have, the line may fire again. Caller holds line->lock.
 */
void line_reader_idle(struct procirq_line *line, struct procirq_reader *reader)
{
	lockdep_assert_held(&line->lock);
	if (reader->idle_at != line->taken) {
		reader->idle_at = line->taken;
		line->nr_idle++;
	}
	line_unmask_if_tended(line);
}

/* The reader wrote 0; caller holds line->lock. */
void line_hold(struct procirq_line *line, struct procirq_reader *reader)
{
	lockdep_assert_held(&line->lock);
	line->nr_holding += !reader->holding;
	reader->holding = true;
}

/* A reader wrote 1, which ends every hold; caller holds line->lock. */
void line_release_hold(struct procirq_line *line)
{
	struct procirq_reader *reader;

	lockdep_assert_held(&line->lock);
	if (!line->nr_holding)
		return;
	list_for_each_entry(reader, &line->readers, node)
		reader->holding = false;
	line->nr_holding = 0;
}

static void line_wake_pollers(struct irq_work *work)
{
	struct procirq_line *line = container_of(work, struct procirq_line, poll_work);

	wake_up_poll(&line->poll_wait, EPOLLIN | EPOLLRDNORM);
}

/*
 * Lets a thread blocked in read() go, with @done. Caller holds line->lock, which
 * also makes this an RCU read-side section: the thread may see @done, return and
 * exit before it is woken here, and its task_struct stays valid.
 */
static void line_wake_waiter(struct line_waiter *waiter, int done)
{
	struct task_struct *task = waiter->task;

	/* Its neighbours were checked when it was added; this path is hot. */
	__list_del(waiter->node.prev, waiter->node.next);
	/* Pairs with reader_wait(): whoever sees done sees the event. */
	smp_store_release(&waiter->done, done);
	wake_up_process(task);
}

/**
 * line_consume() - take all that is pending for a reader, which is not nothing
 * @reader: on whose account
 * @event: filled in whole
 *
 * Context: line->lock held.
 */
void line_consume(struct procirq_reader *reader, struct procirq_event *event)
{
	struct procirq_line *line = reader->line;
	/* What is more than a record can say is left for the next read. */
	u64 count = min_t(u64, reader_pending(reader), INT_MAX);
	u64 oldest = line->taken > LINE_STAMPS ? line->taken - LINE_STAMPS + 1 : 1;
	u64 first = reader->cursor + 1;
	u64 last = reader->cursor + count;

	lockdep_assert_held(&line->lock);
	*event = (struct procirq_event) {
		.count = count,
		.seq = last,
		.lost = first < oldest ? min(oldest - first, count) : 0,
	};
	first = max(first, oldest);
	last = max(last, oldest);
	event->first_ns = line->stamp_ns[(first - 1) & (LINE_STAMPS - 1)];
	event->last_ns = line->stamp_ns[(last - 1) & (LINE_STAMPS - 1)];

	reader->cursor += count;
	reader->totals.delivered++;
	reader->totals.coalesced += count - 1;
}

/**
 * line_hand_over() - give what is pending to a thread that is blocked in read()
 * @reader: both the thread's and the interrupts'; either may be missing
 *
 * Context: line->lock held.
 */
void line_hand_over(struct procirq_reader *reader)
{
	struct line_waiter *waiter;

	if (list_empty(&reader->waiters) || !reader_pending(reader))
		return;
	waiter = list_first_entry(&reader->waiters, struct line_waiter, node);
	line_consume(reader, &waiter->event);
	line_wake_waiter(waiter, 1);
}

/*
 * The same for the interrupt just taken, the only one pending where a thread
 * is blocked. One thread per reader: to another the line would look tended.
 */
static void line_deliver(struct procirq_reader *reader, u64 seq, u64 now)
{
	struct line_waiter *waiter = list_first_entry(&reader->waiters, struct line_waiter, node);

	/* The rest of the event is as the thread left it: count 1, nothing lost. */
	waiter->event.seq = seq;
	waiter->event.first_ns = now;
	waiter->event.last_ns = now;
	reader->cursor = seq;
	reader->totals.delivered++;
	line_wake_waiter(waiter, 1);
}

static irqreturn_t line_handler(int irq, void *data)
{
	struct procirq_line *line = data;
	struct procirq_reader *reader;
	unsigned int woken = 0;
	u64 now = ktime_get_ns();
	bool pollers;
	u64 seq;

	raw_spin_lock(&line->lock);
	seq = ++line->taken;
	line->last_ns = now;
	line->stamp_ns[(seq - 1) & (LINE_STAMPS - 1)] = now;
	line->nr_idle = 0;

	/*
	 * Wake before masking: masking goes out to the interrupt controller,
	 * the other CPU's wake-up can proceed meanwhile.
	 */
	list_for_each_entry(reader, &line->readers, node) {
		if (list_empty(&reader->waiters))
			continue;
		line_deliver(reader, seq, now);
		woken++;
	}
	if (line->nr_nomask < line->nr_readers || !line->nr_readers)
		line_mask(line);

	/*
	 * A poller adds itself to the queue and then takes line->lock to look
	 * at the count. If it looked before us it is on the queue and seen
	 * here; if it looks after us it sees the count.
	 */
	pollers = waitqueue_active(&line->poll_wait);
	raw_spin_unlock(&line->lock);

	if (pollers) {
		if (procirq_hard)
			irq_work_queue(&line->poll_work);
		else
			wake_up_poll(&line->poll_wait, EPOLLIN | EPOLLRDNORM);
	}
	trace_procirq_irq(irq, seq, now);
	if (woken || pollers)
		trace_procirq_wake(irq, seq, now, woken, pollers);
	return IRQ_HANDLED;
}

/* Whether those who hold the line, if anybody does, would share it. */
static bool line_holders_share(struct irq_desc *desc)
{
	unsigned long flags;
	bool share;

	raw_spin_lock_irqsave(&desc->lock, flags);
	share = desc->action && (desc->action->flags & IRQF_SHARED);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	return share;
}

/* Whether our handler, the line's only one, was given a thread ("threadirqs"). */
static bool line_is_threaded(struct irq_desc *desc)
{
	unsigned long flags;
	bool threaded;

	raw_spin_lock_irqsave(&desc->lock, flags);
	threaded = desc->action && desc->action->thread;
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	return threaded;
}

/*
 * Requests the interrupt for ourselves alone. On a line that kernel drivers
 * share this succeeds without attaching. Caller holds line->mutex.
 */
static int line_attach(struct procirq_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->irq);
	unsigned long irqflags = IRQF_PROBE_SHARED;
	int err;

	lockdep_assert_held(&line->mutex);
	if (!data)
		return -ENODEV;
	/* Behind I2C, SPI and the like only a thread may mask. */
	if (data->chip && data->chip->irq_bus_lock)
		return -EOPNOTSUPP;
	if (!line->stamp_ns)
		line->stamp_ns = kcalloc(LINE_STAMPS, sizeof(*line->stamp_ns), GFP_KERNEL);
	if (!line->stamp_ns)
		return -ENOMEM;

	/*
	 * disable_irq_nosync() is lazy by default: a level line would fire once
	 * more before the controller masks it. free_irq() clears this again.
	 */
	line->level = irqd_is_level_type(data);
	if (line->level)
		irq_set_status_flags(line->irq, IRQ_DISABLE_UNLAZY);
	if (procirq_hard)
		irqflags |= IRQF_NO_THREAD;

	/* The first interrupt may come before request_irq() returns. */
	line->shared = false;
	line->attached = true;
	err = request_irq(line->irq, line_handler, irqflags, "procirq", line);
	if (!err) {
		line->threaded = line_is_threaded(irq_data_to_desc(data));
		/*
		 * Only now, for we keep it until the last close: to give it back
		 * in open() could free the descriptor and remove the very file
		 * that is being opened, which waits for open() to end. If the
		 * owner of the function was quicker, line_revoke() follows.
		 * Revoked readers may still keep one, which serves as well.
		 */
		if (!line->pinned)
			line->pinned = pci_pin(line->irq);
		return 0;
	}

	line->attached = false;
	line->shared = err == -EBUSY && line_holders_share(irq_data_to_desc(data));
	return line->shared ? 0 : err;
}

/* Caller holds line->mutex. */
static void line_detach(struct procirq_line *line)
{
	bool attached;

	lockdep_assert_held(&line->mutex);
	raw_spin_lock_irq(&line->lock);
	attached = line->attached;
	line->attached = false;
	raw_spin_unlock_irq(&line->lock);

	if (attached) {
		free_irq(line->irq, line);
		irq_work_sync(&line->poll_work);
	}

	/* free_irq() shut the line down, and our disable depth went with it. */
	raw_spin_lock_irq(&line->lock);
	line->masked = false;
	line->shared = false;
	raw_spin_unlock_irq(&line->lock);
}

/*
 * Takes the line's PCI pin if nobody needs it any more; the caller drops it
 * outside line->mutex, for that may free the descriptor and end up in
 * line_revoke() of this very line.
 */
static struct pci_dev *line_take_pin(struct procirq_line *line)
{
	struct pci_dev *pin = NULL;

	lockdep_assert_held(&line->mutex);
	if (!line->attached)
		swap(pin, line->pinned);
	return pin;
}

static void line_join(struct procirq_line *line, struct procirq_reader *reader)
{
	reader->cursor = line->taken;
	reader->opened_at = line->taken;
	/* What came before is not this reader's to tend. */
	reader->idle_at = line->taken;
	reader->end = U64_MAX;
	line->nr_idle++;
	line->nr_readers++;
	list_add_tail(&reader->node, &line->readers);
}

/* The reader no longer counts; caller holds line->lock. */
static void line_leave(struct procirq_line *line, struct procirq_reader *reader)
{
	list_del_init(&reader->node);
	reader->end = line->taken;
	line->nr_readers--;
	if (reader->idle_at == line->taken)
		line->nr_idle--;
	if (reader->flags & PROCIRQ_FLAG_NO_MASK)
		line->nr_nomask--;
	if (reader->holding)
		line->nr_holding--;
	if (!line->nr_readers)
		line->excl = false;
}

/**
 * line_open() - make @reader a reader of @line, claiming it for the first one
 * @line: the caller's reference stays the caller's
 * @reader: zeroed, but for who opened it; its line is set here
 * @excl: refuse to be one of several, now and later
 *
 * Context: may sleep.
 * Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP, -ENOMEM or what request_irq() says.
 */
int line_open(struct procirq_line *line, struct procirq_reader *reader, bool excl)
{
	int err = 0;

	mutex_lock(&line->mutex);
	if (line->dead) {
		err = -ENODEV;
		goto out_unlock;
	}
	if (line->excl || (excl && line->nr_readers)) {
		err = -EBUSY;
		goto out_unlock;
	}

	/* First join, then attach: the very first interrupt is the reader's. */
	reader->line = line;
	INIT_LIST_HEAD(&reader->waiters);
	raw_spin_lock_irq(&line->lock);
	line_join(line, reader);
	line->excl = excl;
	raw_spin_unlock_irq(&line->lock);

	if (line->nr_readers == 1)
		err = line_attach(line);
	if (err) {
		raw_spin_lock_irq(&line->lock);
		line_leave(line, reader);
		raw_spin_unlock_irq(&line->lock);
	} else {
		kref_get(&line->ref);
		trace_procirq_open(line->irq, line->taken, line->nr_readers);
	}

out_unlock:
	mutex_unlock(&line->mutex);
	return err;
}

/**
 * line_close() - the end of @reader, which the caller frees afterwards
 * @line: its line; the reference that line_open() took is dropped
 * @reader: a reader of @line, revoked or not
 *
 * Context: may sleep.
 */
void line_close(struct procirq_line *line, struct procirq_reader *reader)
{
	struct procirq_totals *totals = &reader->totals;
	struct pci_dev *pin;

	mutex_lock(&line->mutex);
	raw_spin_lock_irq(&line->lock);
	if (!reader_revoked(reader))
		line_leave(line, reader);
	totals->lost = reader_pending(reader);
	totals->due = reader->end - reader->opened_at;
	line->closed.due += totals->due;
	line->closed.delivered += totals->delivered;
	line->closed.coalesced += totals->coalesced;
	line->closed.lost += totals->lost;
	/* Closing counts as having caught up. */
	line_unmask_if_tended(line);
	if (totals->lost)
		trace_procirq_lost(line->irq, reader->end, totals->lost);
	trace_procirq_release(line->irq, line->taken, line->nr_readers);
	raw_spin_unlock_irq(&line->lock);

	if (!line->nr_readers)
		line_detach(line);
	pin = line_take_pin(line);
	mutex_unlock(&line->mutex);

	pci_unpin(pin);
	line_put(line);
}

/**
 * line_revoke() - the interrupt is going away under its readers
 * @line: read returns -ENODEV to all present readers, once they have read what
 *	was pending; poll reports EPOLLHUP
 * @forever: refuse opens from now on, because the file goes too
 *
 * Context: may sleep. Called with genirq's sparse_irq_lock held when a
 * descriptor is freed, so it must not free one itself: the PCI pin is left for
 * the last close.
 */
void line_revoke(struct procirq_line *line, bool forever)
{
	struct line_waiter *waiter, *next_waiter;
	struct procirq_reader *reader, *next;

	mutex_lock(&line->mutex);
	raw_spin_lock_irq(&line->lock);
	if (forever)
		line->dead = true;
	list_for_each_entry_safe(reader, next, &line->readers, node) {
		line_leave(line, reader);
		/* None is pending where a thread is blocked. */
		list_for_each_entry_safe(waiter, next_waiter, &reader->waiters, node)
			line_wake_waiter(waiter, -ENODEV);
	}
	raw_spin_unlock_irq(&line->lock);
	line_detach(line);
	mutex_unlock(&line->mutex);

	wake_up_poll(&line->poll_wait, EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM);
}

/**
 * line_alloc() - a line without a file and without readers
 * @irq: Linux interrupt number of an existing descriptor
 *
 * Return: the line with one reference, or NULL without memory.
 */
struct procirq_line *line_alloc(unsigned int irq)
{
	struct procirq_line *line = kzalloc(sizeof(*line), GFP_KERNEL);
	struct msi_desc *msi = irq_get_msi_desc(irq);

	if (!line)
		return NULL;
	line->irq = irq;
	line->msi = msi;
	line->msi_dev = msi ? msi_desc_to_dev(msi) : NULL;
	raw_spin_lock_init(&line->lock);
	mutex_init(&line->mutex);
	INIT_LIST_HEAD(&line->readers);
	init_waitqueue_head(&line->poll_wait);
	init_irq_work(&line->poll_work, line_wake_pollers);
	kref_init(&line->ref);
	return line;
}

static void line_release(struct kref *ref)
{
	struct procirq_line *line = container_of(ref, struct procirq_line, ref);

	kfree(line->stamp_ns);
	kfree(line);
}

/* Drops a reference. */
void line_put(struct procirq_line *line)
{
	kref_put(&line->ref, line_release);
}

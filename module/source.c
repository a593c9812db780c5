// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a reader's interrupts come from: taking them in the hard interrupt
 * handler, counting, handing out to readers, masking.
 *
 * The handler runs in hard interrupt context and takes only raw locks, so it
 * is the same on PREEMPT_RT: readers blocked in read() are woken directly
 * with wake_up_process(). A wait queue, which poll() needs, has a sleeping
 * lock there, so pollers are woken from an irq_work on PREEMPT_RT.
 *
 * Masking rule: source->masked shadows the one count of genirq's disable depth
 * that we hold, or says that we silenced the source's device. Only procirq_source_mask()
 * and procirq_source_unmask() change either.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "internal.h"
#include "trace.h"

static unsigned int storm_rate = 100000;
module_param(storm_rate, uint, 0644);
MODULE_PARM_DESC(
	storm_rate,
	"interrupts a second, unmasked and with nobody reading, at which a line is masked (0: never)");

/* How long the storm guard counts before it judges. */
#define STORM_WINDOW_NS (100 * NSEC_PER_MSEC)

/* When the last interrupt was taken, ns; 0 if none was. */
static u64 source_last_ns(const struct procirq_source *source)
{
	return source->taken ? procirq_ring_entry(source->ring, source->taken)->irq_ns : 0;
}

/*
 * As disable_irq_nosync(), which first looks the descriptor up: a tenth of the way
 * to read() since descriptors are in a maple tree (6.5). The same lock, depth and
 * state bits, for chips that only mask; enable_irq() undoes it.
 */
static __always_inline void source_disable_line(struct irq_desc *desc)
{
	struct irq_data *data = &desc->irq_data;

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&desc->lock);
	if (!desc->depth++) {
		ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_DISABLED;
		/* Otherwise genirq does, when the line interrupts again. */
		if (desc->status_use_accessors & IRQ_DISABLE_UNLAZY && !irqd_irq_masked(data)) {
			data->chip->irq_mask(data);
			ACCESS_PRIVATE(data->common, state_use_accessors) |= IRQD_IRQ_MASKED;
		}
	}
	raw_spin_unlock(&desc->lock);
}

static __always_inline void source_mask_inline(struct procirq_source *source,
					       struct procirq_device *device, u32 status)
{
	unsigned int irq = source->irq;

	lockdep_assert_held(&source->lock);
	if (source->masked)
		return;
	source->masked = true;
	if (device)
		procirq_device_silence(device, status);
	else if (source->desc)
		source_disable_line(source->desc);
	else
		disable_irq_nosync(irq);
	if (trace_procirq_mask_enabled())
		trace_procirq_mask(irq, source->taken, source_last_ns(source));
}

/*
 * Caller holds source->lock. Without our handler the line's disable depth is not
 * ours, and the descriptor may be gone.
 */
void procirq_source_mask(struct procirq_source *source)
{
	if (source->attached)
		source_mask_inline(source, source->device, 0);
}

/*
 * Caller holds source->lock. enable_irq() may be called here: line_attach()
 * refused chips whose bus lock sleeps.
 */
void procirq_source_unmask(struct procirq_source *source)
{
	unsigned int irq = source->irq;

	lockdep_assert_held(&source->lock);
	if (!source->masked || !source->attached)
		return;
	source->masked = false;
	source->stormy = false;
	if (source->device)
		procirq_device_resume(source->device);
	else
		enable_irq(irq);
	if (trace_procirq_unmask_enabled())
		trace_procirq_unmask(irq, source->taken, source_last_ns(source));
}

static void source_unmask_if_tended(struct procirq_source *source)
{
	if (source->nr_idle == source->nr_readers && source->nr_readers && !source->nr_holding &&
	    !source->stormy)
		procirq_source_unmask(source);
}

/*
 * The reader came back and found nothing: it has tended the device. Once all
 * have, the line may fire again. Caller holds source->lock.
 */
void procirq_source_reader_idle(struct procirq_source *source, struct procirq_reader *reader)
{
	lockdep_assert_held(&source->lock);
	if (reader->idle_at != source->taken) {
		reader->idle_at = source->taken;
		source->nr_idle++;
	}
	source_unmask_if_tended(source);
}

/* The reader wrote 0; caller holds source->lock. */
void procirq_source_hold(struct procirq_source *source, struct procirq_reader *reader)
{
	lockdep_assert_held(&source->lock);
	source->nr_holding += !reader->holding;
	reader->holding = true;
}

/* A reader wrote 1, which ends every hold; caller holds source->lock. */
void procirq_source_release_hold(struct procirq_source *source)
{
	struct procirq_reader *reader;

	lockdep_assert_held(&source->lock);
	if (!source->nr_holding)
		return;
	list_for_each_entry(reader, &source->readers, node)
		reader->holding = false;
	source->nr_holding = 0;
}

/*
 * Lets a thread blocked in read() go, with @done. Caller holds source->lock,
 * which also makes this an RCU read-side section: the thread may see @done,
 * return and exit before it is woken here, and its task_struct stays valid.
 */
static __always_inline void source_wake_waiter(struct line_waiter *waiter, int done)
{
	struct task_struct *task = waiter->task;

	/* Its neighbours were checked when it was added; this path is hot. */
	__list_del(waiter->node.prev, waiter->node.next);
	/* Pairs with reader_wait(): whoever sees done sees the event. */
	smp_store_release(&waiter->done, done);
	wake_up_process(task);
}

/**
 * procirq_source_consume() - take all that is pending for a reader, which is not nothing
 * @reader: on whose account
 * @event: filled in whole
 *
 * Context: the source's lock held.
 */
void procirq_source_consume(struct procirq_reader *reader, struct procirq_event *event)
{
	struct procirq_source *source = reader->source;
	/* What is more than a record can say is left for the next read. */
	u64 count = min_t(u64, procirq_reader_pending(reader), INT_MAX);
	u64 oldest =
		source->taken > PROCIRQ_RING_ENTRIES ? source->taken - PROCIRQ_RING_ENTRIES + 1 : 1;
	u64 first = reader->cursor + 1;
	u64 last = reader->cursor + count;

	lockdep_assert_held(&source->lock);
	*event = (struct procirq_event){
		.count = count,
		.seq = last,
		.lost = first < oldest ? min(oldest - first, count) : 0,
	};
	first = max(first, oldest);
	last = max(last, oldest);
	event->first_ns = procirq_ring_entry(source->ring, first)->irq_ns;
	event->last_ns = procirq_ring_entry(source->ring, last)->irq_ns;
	event->status = procirq_ring_entry(source->ring, last)->status;

	reader->cursor += count;
	reader->totals.delivered++;
	reader->totals.coalesced += count - 1;
}

/**
 * procirq_source_hand_over() - give what is pending to a thread that is blocked in read()
 * @reader: both the thread's and the interrupts'; either may be missing
 *
 * Context: the source's lock held.
 */
void procirq_source_hand_over(struct procirq_reader *reader)
{
	struct line_waiter *waiter;

	if (list_empty(&reader->waiters) || !procirq_reader_pending(reader))
		return;
	waiter = list_first_entry(&reader->waiters, struct line_waiter, node);
	procirq_source_consume(reader, &waiter->event);
	source_wake_waiter(waiter, 1);
}

/*
 * The same for the interrupt just taken, the only one pending where a thread
 * is blocked. One thread per reader: to another the line would look tended.
 */
static __always_inline void source_deliver(struct procirq_reader *reader, u64 seq, u64 now,
					   u32 status)
{
	struct line_waiter *waiter = list_first_entry(&reader->waiters, struct line_waiter, node);

	/* The rest of the event is as the thread left it: count 1, nothing lost. */
	waiter->event.status = status;
	waiter->event.seq = seq;
	waiter->event.first_ns = now;
	waiter->event.last_ns = now;
	reader->cursor = seq;
	reader->totals.delivered++;
	source_wake_waiter(waiter, 1);
}

/*
 * Rings the readers' eventfds; a bell that delivers has the interrupt read. Where
 * there is but one, and it may be rung from here, it is returned, to be rung
 * without the lock: an eventfd's own lock is no raw one.
 */
static noinline struct procirq_bell *source_ring_bells(struct procirq_source *source)
{
	struct procirq_bell *now = NULL;
	struct procirq_reader *reader;

	list_for_each_entry(reader, &source->readers, node) {
		if (!reader->bell)
			continue;
		if (source->nr_bells == 1 && !procirq_hard)
			now = reader->bell;
		else
			procirq_bell_ring_later(reader->bell);
		if (procirq_bell_delivers(reader->bell) && procirq_reader_pending(reader)) {
			reader->totals.delivered++;
			reader->totals.coalesced += procirq_reader_pending(reader) - 1;
			reader->cursor = source->taken;
		}
	}
	return now;
}

static noinline void source_raise_ulis(struct procirq_source *source, u64 now)
{
	struct procirq_reader *reader;

	list_for_each_entry(reader, &source->readers, node)
		if (reader->uli)
			procirq_uli_raise(reader, now);
}

/*
 * Whether some reader has taken an interrupt of the guard's present window, as
 * far as we can know.
 */
static bool source_is_read(const struct procirq_source *source)
{
	const struct procirq_reader *reader;

	list_for_each_entry(reader, &source->readers, node)
		if (reader->mapped || reader->cursor > source->storm_from)
			return true;
	return false;
}

/* Tells the log, once for each source, with the name of who does not read. */
static void source_tell_storm(struct irq_work *work)
{
	struct procirq_source *source = container_of(work, struct procirq_source, storm_work);
	struct procirq_reader *reader;
	char comm[sizeof(reader->comm)] = "";
	unsigned long flags;
	pid_t pid = 0;
	bool tell;

	raw_spin_lock_irqsave(&source->lock, flags);
	tell = source->storms == 1;
	reader = list_first_entry_or_null(&source->readers, struct procirq_reader, node);
	if (reader) {
		memcpy(comm, reader->comm, sizeof(comm));
		pid = reader->pid;
	}
	raw_spin_unlock_irqrestore(&source->lock, flags);
	if (tell)
		pr_warn("irq %u%s%s: a storm, and its reader %.16s (pid %d) does not read; masked until it writes 1\n",
			source->irq, source->device ? ", device " : "",
			source->device ? procirq_device_name(source->device) : "", comm, pid);
}

/*
 * An interrupt was taken and the source stays unmasked: the storm guard. A
 * thread that spins on the ring reads without our knowing; where a ring is
 * mapped the guard trusts its reader.
 */
static noinline void source_guard_judge(struct procirq_source *source, u64 now)
{
	unsigned int limit = READ_ONCE(storm_rate) / (NSEC_PER_SEC / STORM_WINDOW_NS);

	if (limit && now - source->storm_ns < STORM_WINDOW_NS && !source_is_read(source)) {
		source->storms++;
		source->stormy = true;
		if (source->device && !procirq_device_silences(source->device))
			procirq_device_release(source->device);
		procirq_source_mask(source);
		/* Says so, where printing is allowed. */
		irq_work_queue(&source->storm_work);
	}
	source->storm_ns = now;
	source->storm_from = source->taken;
	source->storm_to = limit ? source->taken + limit : U64_MAX;
}

/* Every interrupt that leaves its source unmasked comes through here. */
static __always_inline void source_guard(struct procirq_source *source, u64 now)
{
	if (unlikely(now - source->storm_ns >= STORM_WINDOW_NS || source->taken > source->storm_to))
		source_guard_judge(source, now);
}

static __always_inline bool source_wants_mask(const struct procirq_source *source,
					      const struct procirq_device *device)
{
	/* A device without such steps interrupts on. */
	if (device && !procirq_device_silences(device))
		return false;
	return source->nr_nomask < source->nr_readers || !source->nr_readers;
}

/*
 * Takes one interrupt: counts it, wakes whom it concerns. Caller holds
 * source->lock, and drops it; hard interrupt context, or interrupts off. Inline,
 * with @device and @solo known to be NULL or not: it is half of the way to read(),
 * and half of the way to a handler. @solo is source->solo, with nobody blocked.
 */
static __always_inline void source_take(struct procirq_source *source,
					struct procirq_device *device, struct procirq_reader *solo,
					u64 now, u32 status) __releases(&source->lock)
{
	struct procirq_bell *bell = NULL;
	struct procirq_line *line;
	struct procirq_reader *reader;
	unsigned int woken = 0;
	u64 seq = ++source->taken;
	bool pollers;

	procirq_ring_put(source->ring, seq, now, status);
	source->nr_idle = 0;

	/*
	 * Wake before masking: masking goes out to the interrupt controller,
	 * the other CPU's wake-up can proceed meanwhile.
	 */
	if (solo) {
		procirq_uli_raise(solo, now);
	} else {
		list_for_each_entry(reader, &source->readers, node) {
			if (list_empty(&reader->waiters))
				continue;
			source_deliver(reader, seq, now, status);
			woken++;
		}
		if (unlikely(source->nr_bells | source->nr_ulis)) {
			bell = source_ring_bells(source);
			source_raise_ulis(source, now);
		}
	}
	if (likely(source_wants_mask(source, device)))
		source_mask_inline(source, device, status);
	else
		source_guard(source, now);

	line = source->line;
	/*
	 * A poller adds itself to the queue and then takes the lock to look
	 * at the count. If it looked before us it is on the queue and seen
	 * here; if it looks after us it sees the count.
	 */
	pollers = waitqueue_active(&line->poll_wait);
	raw_spin_unlock(&source->lock);

	/* Interrupts are off: an RCU read-side section, which procirq_bell_free() waits for. */
	if (unlikely(bell))
		procirq_bell_ring(bell);
	if (pollers) {
		if (procirq_hard)
			irq_work_queue(&line->poll_work);
		else
			wake_up_poll(&line->poll_wait, EPOLLIN | EPOLLRDNORM);
	}
	if (trace_procirq_irq_enabled())
		trace_procirq_irq(source->irq, seq, now);
	if (trace_procirq_wake_enabled() && (woken || pollers))
		trace_procirq_wake(source->irq, seq, now, woken, pollers);
}

/* The handler of a line that we have for ourselves. */
irqreturn_t procirq_source_handler(int irq, void *data)
{
	struct procirq_source *source = data;
	u64 now = ktime_get_ns();

	raw_spin_lock(&source->lock);
	if (source->solo && list_empty(&source->solo->waiters))
		source_take(source, NULL, source->solo, now, 0);
	else
		source_take(source, NULL, NULL, now, 0);
	return IRQ_HANDLED;
}

/* The handler of a device on a line that may be shared. */
irqreturn_t procirq_source_device_handler(int irq, void *data)
{
	struct procirq_source *source = data;
	u64 now = ktime_get_ns();
	unsigned long flags;
	u32 status;

	/* CONFIG_DEBUG_SHIRQ also calls handlers from request_irq() and free_irq(). */
	raw_spin_lock_irqsave(&source->lock, flags);
	if (!source->attached || !procirq_device_check(source->device, &status)) {
		raw_spin_unlock_irqrestore(&source->lock, flags);
		return IRQ_NONE;
	}
	source_take(source, source->device, NULL, now, status);
	local_irq_restore(flags);
	return IRQ_HANDLED;
}

/**
 * procirq_source_inject() - as if its interrupt had come, once
 * @source: its device and the interrupt controller are not touched
 *
 * Context: process context.
 * Return: 0, -ENOTCONN without a handler, -EBUSY while masked.
 */
int procirq_source_inject(struct procirq_source *source)
{
	int err = 0;

	local_irq_disable();
	raw_spin_lock(&source->lock);
	if (!source->attached)
		err = -ENOTCONN;
	else if (source->masked)
		err = -EBUSY;
	if (err) {
		raw_spin_unlock(&source->lock);
	} else {
		source->injected++;
		source_take(source, source->device, NULL, ktime_get_ns(), 0);
	}
	local_irq_enable();
	return err;
}

/**
 * procirq_source_count() - a reader, or its eventfd or user level interrupt, comes or goes
 * @source: its source, @readers and @nr_readers up to date
 * @bells: by how much the number of eventfds changes
 * @ulis: by how much that of user level interrupts does
 *
 * Context: source->lock held.
 */
void procirq_source_count(struct procirq_source *source, int bells, int ulis)
{
	lockdep_assert_held(&source->lock);
	source->nr_bells += bells;
	source->nr_ulis += ulis;
	source->solo = source->nr_readers == 1 && source->nr_ulis && !source->nr_bells ?
			       list_first_entry(&source->readers, struct procirq_reader, node) :
			       NULL;
}

/* The reader counts from here on; caller holds source->lock. */
void procirq_source_join(struct procirq_source *source, struct procirq_reader *reader)
{
	lockdep_assert_held(&source->lock);
	reader->source = source;
	reader->cursor = source->taken;
	reader->opened_at = source->taken;
	/* What came before is not this reader's to tend. */
	reader->idle_at = source->taken;
	reader->end = U64_MAX;
	source->nr_idle++;
	source->nr_readers++;
	source->nr_nomask += !!(reader->flags & PROCIRQ_FLAG_NO_MASK);
	list_add_tail(&reader->node, &source->readers);
	procirq_source_count(source, !!reader->bell, !!reader->uli);
}

/* The reader no longer counts; caller holds source->lock. */
void procirq_source_leave(struct procirq_source *source, struct procirq_reader *reader)
{
	lockdep_assert_held(&source->lock);
	list_del_init(&reader->node);
	reader->end = source->taken;
	source->nr_readers--;
	if (reader->idle_at == source->taken)
		source->nr_idle--;
	if (reader->flags & PROCIRQ_FLAG_NO_MASK)
		source->nr_nomask--;
	if (reader->holding)
		source->nr_holding--;
	reader->holding = false;
	procirq_source_count(source, -!!reader->bell, -!!reader->uli);
}

/*
 * The reader, which has left, takes no more of this source: what it has not
 * read is lost. Caller holds source->lock.
 */
void procirq_source_settle(struct procirq_source *source, struct procirq_reader *reader)
{
	struct procirq_totals *totals = &reader->totals;

	lockdep_assert_held(&source->lock);
	totals->lost = procirq_reader_pending(reader);
	totals->due = reader->end - reader->opened_at;
	source->closed.due += totals->due;
	source->closed.delivered += totals->delivered;
	source->closed.coalesced += totals->coalesced;
	source->closed.lost += totals->lost;
	if (totals->lost)
		trace_procirq_lost(source->irq, reader->end, totals->lost);
	*totals = (struct procirq_totals){};
	reader->cursor = reader->end;
	/* Closing counts as having caught up. */
	source_unmask_if_tended(source);
}

/* Its readers' reads return -ENODEV; takes source->lock. */
void procirq_source_revoke(struct procirq_source *source)
{
	struct line_waiter *waiter, *next_waiter;
	struct procirq_reader *reader, *next;

	raw_spin_lock_irq(&source->lock);
	list_for_each_entry_safe(reader, next, &source->readers, node) {
		procirq_source_leave(source, reader);
		/* None is pending where a thread is blocked. */
		list_for_each_entry_safe(waiter, next_waiter, &reader->waiters, node)
			source_wake_waiter(waiter, -ENODEV);
	}
	raw_spin_unlock_irq(&source->lock);
}

/**
 * procirq_source_init() - a source without readers, not attached
 * @source: zeroed
 * @line: the line it is on
 * @device: the device to ask, which becomes the source's; or NULL
 */
void procirq_source_init(struct procirq_source *source, struct procirq_line *line,
			 struct procirq_device *device)
{
	source->line = line;
	source->irq = line->irq;
	source->device = device;
	raw_spin_lock_init(&source->lock);
	init_irq_work(&source->storm_work, source_tell_storm);
	INIT_LIST_HEAD(&source->readers);
	INIT_LIST_HEAD(&source->node);
}

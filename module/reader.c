// SPDX-License-Identifier: GPL-2.0-only
/*
 * The readers of an action: joining and leaving it, and delivery of the interrupts
 * that are pending for one. Every function here runs with action->lock held.
 */
#include <linux/lockdep.h>

#include "internal.h"

/* Caller holds action->lock; the numbers are up to date. */
static enum procirq_audience reader_audience(const struct procirq_action *action)
{
	const struct procirq_reader *reader;

	if (action->nr_readers != 1)
		return PROCIRQ_AUDIENCE_ANY;
	if (!action->nr_eventfds && !action->nr_ulis)
		return PROCIRQ_AUDIENCE_READER;
	if (!action->nr_ulis)
		return PROCIRQ_AUDIENCE_EVENTFD;
	reader = list_first_entry(&action->readers, struct procirq_reader, node);
	return action->nr_eventfds || !list_empty(&reader->waiters) ? PROCIRQ_AUDIENCE_ANY :
								      PROCIRQ_AUDIENCE_ULI;
}

/**
 * procirq_reader_count() - update what an action knows about its readers
 * @reader: has come or gone, or its flags, its eventfd or its user level interrupt have
 *	changed; @readers, @nr_readers and @nr_nomask of its action are up to date
 * @eventfds: change of the number of eventfds: 1, 0 or -1
 * @ulis: change of the number of user level interrupts: 1, 0 or -1
 */
void procirq_reader_count(const struct procirq_reader *reader, int eventfds, int ulis)
{
	struct procirq_action *action = reader->action;

	lockdep_assert_held(action->lock);
	action->nr_eventfds += eventfds;
	action->nr_ulis += ulis;
	action->nomask = action->nr_readers && action->nr_nomask == action->nr_readers;
	action->audience = reader_audience(action);
	action->solo = action->audience == PROCIRQ_AUDIENCE_ANY ?
			       NULL :
			       list_first_entry(&action->readers, struct procirq_reader, node);
}

/* @reader gets the interrupts of @action from now on. */
void procirq_reader_join(struct procirq_reader *reader, struct procirq_action *action)
{
	lockdep_assert_held(action->lock);
	reader->action = action;
	reader->cursor = action->taken;
	reader->opened_at = action->taken;
	/* The reader does not have to service the device for what came before. */
	reader->idle_at = action->taken;
	reader->end = U64_MAX;
	action->nr_idle++;
	action->nr_readers++;
	action->nr_nomask += !!(reader->flags & PROCIRQ_FLAG_NO_MASK);
	list_add_tail(&reader->node, &action->readers);
	procirq_reader_count(reader, !!reader->eventfd, !!reader->uli);
}

/* @reader gets no more interrupts of its action. What is pending stays pending. */
void procirq_reader_leave(struct procirq_reader *reader)
{
	struct procirq_action *action = reader->action;

	lockdep_assert_held(action->lock);
	list_del_init(&reader->node);
	reader->end = action->taken;
	action->nr_readers--;
	if (reader->idle_at == action->taken)
		action->nr_idle--;
	if (reader->flags & PROCIRQ_FLAG_NO_MASK)
		action->nr_nomask--;
	if (reader->holding)
		action->nr_holding--;
	reader->holding = false;
	procirq_reader_count(reader, -!!reader->eventfd, -!!reader->uli);
}

/**
 * procirq_reader_consume() - count all pending interrupts as delivered by one read
 * @reader: the caller guarantees at least one pending interrupt
 * @event: what the read returns; all fields are set
 */
void procirq_reader_consume(struct procirq_reader *reader, struct procirq_event *event)
{
	struct procirq_action *action = reader->action;
	/* More than fits the record is left for the next read. */
	u64 count = min_t(u64, procirq_reader_pending(reader), INT_MAX);
	u64 oldest =
		action->taken > PROCIRQ_RING_ENTRIES ? action->taken - PROCIRQ_RING_ENTRIES + 1 : 1;
	u64 first = reader->cursor + 1;
	u64 last = reader->cursor + count;

	lockdep_assert_held(action->lock);
	*event = (struct procirq_event){
		.count = count,
		.seq = last,
		.lost = first < oldest ? min(oldest - first, count) : 0,
	};
	first = max(first, oldest);
	last = max(last, oldest);
	event->first_ns = procirq_ring_entry(action->ring, first)->irq_ns;
	event->last_ns = procirq_ring_entry(action->ring, last)->irq_ns;
	event->status = procirq_ring_entry(action->ring, last)->status;

	reader->cursor += count;
	reader->totals.delivered++;
	reader->totals.coalesced += count - 1;
}

/* If interrupts are pending and a thread is blocked in read(), wakes it with them. */
void procirq_reader_hand_over(struct procirq_reader *reader)
{
	struct procirq_waiter *waiter;

	if (list_empty(&reader->waiters) || !procirq_reader_pending(reader))
		return;
	waiter = list_first_entry(&reader->waiters, struct procirq_waiter, node);
	procirq_reader_consume(reader, &waiter->event);
	procirq_waiter_wake(waiter, 1);
}

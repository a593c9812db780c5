// SPDX-License-Identifier: GPL-2.0-only
/*
 * The readers of an action: joining and leaving it, and taking what is pending.
 */
#include <linux/lockdep.h>

#include "internal.h"

/**
 * procirq_reader_count() - a reader, or its eventfd or user level interrupt, comes or goes
 * @reader: its action's @readers and @nr_readers are up to date
 * @eventfds: by how much the number of eventfds changes
 * @ulis: by how much that of user level interrupts does
 *
 * Context: action->lock held.
 */
void procirq_reader_count(const struct procirq_reader *reader, int eventfds, int ulis)
{
	struct procirq_action *action = reader->action;

	lockdep_assert_held(&action->lock);
	action->nr_eventfds += eventfds;
	action->nr_ulis += ulis;
	action->solo = action->nr_readers == 1 && action->nr_ulis && !action->nr_eventfds ?
			       list_first_entry(&action->readers, struct procirq_reader, node) :
			       NULL;
}

/* The reader counts from here on; caller holds action->lock. */
void procirq_reader_join(struct procirq_reader *reader, struct procirq_action *action)
{
	lockdep_assert_held(&action->lock);
	reader->action = action;
	reader->cursor = action->taken;
	reader->opened_at = action->taken;
	/* What came before is not this reader's to tend. */
	reader->idle_at = action->taken;
	reader->end = U64_MAX;
	action->nr_idle++;
	action->nr_readers++;
	action->nr_nomask += !!(reader->flags & PROCIRQ_FLAG_NO_MASK);
	list_add_tail(&reader->node, &action->readers);
	procirq_reader_count(reader, !!reader->eventfd, !!reader->uli);
}

/* The reader no longer counts; caller holds action->lock. */
void procirq_reader_leave(struct procirq_reader *reader)
{
	struct procirq_action *action = reader->action;

	lockdep_assert_held(&action->lock);
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
 * procirq_reader_consume() - take all that is pending for a reader, which is not nothing
 * @reader: on whose account
 * @event: filled in whole
 *
 * Context: the action's lock held.
 */
void procirq_reader_consume(struct procirq_reader *reader, struct procirq_event *event)
{
	struct procirq_action *action = reader->action;
	/* What is more than a record can say is left for the next read. */
	u64 count = min_t(u64, procirq_reader_pending(reader), INT_MAX);
	u64 oldest =
		action->taken > PROCIRQ_RING_ENTRIES ? action->taken - PROCIRQ_RING_ENTRIES + 1 : 1;
	u64 first = reader->cursor + 1;
	u64 last = reader->cursor + count;

	lockdep_assert_held(&action->lock);
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

/**
 * procirq_reader_hand_over() - give what is pending to a thread that is blocked in read()
 * @reader: both the thread's and the interrupts'; either may be missing
 *
 * Context: the action's lock held.
 */
void procirq_reader_hand_over(struct procirq_reader *reader)
{
	struct procirq_waiter *waiter;

	if (list_empty(&reader->waiters) || !procirq_reader_pending(reader))
		return;
	waiter = list_first_entry(&reader->waiters, struct procirq_waiter, node);
	procirq_reader_consume(reader, &waiter->event);
	procirq_waiter_wake(waiter, 1);
}

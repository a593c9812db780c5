// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt line: claiming it for readers, as a whole or device by device,
 * and giving it up.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/msi.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "compat.h"
#include "internal.h"
#include "trace.h"

static void line_poll_work(struct irq_work *work)
{
	procirq_line_wake_pollers(container_of(work, struct procirq_line, poll_work));
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

/* Whether our handler was given a thread ("threadirqs"). */
static bool line_is_threaded(struct irq_desc *desc, const void *cookie)
{
	const struct irqaction *action;
	bool threaded = false;
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	for (action = desc->action; action; action = action->next)
		threaded |= action->dev_id == cookie && action->thread;
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	return threaded;
}

static void line_count_handler(struct procirq_line *line, struct procirq_action *action, bool added)
{
	procirq_pci_count_handler(line->irq,
				  action->device ? procirq_device_pdev(action->device) : NULL,
				  added);
}

/*
 * Puts @handler on the line, and counts what it takes from then on. Caller
 * holds line->mutex. Returns 0 or a negative errno.
 */
static int line_request(struct procirq_line *line, struct procirq_action *action,
			irq_handler_t handler, unsigned long irqflags)
{
	struct irq_data *data = irq_get_irq_data(line->irq);
	int err;

	lockdep_assert_held(&line->mutex);
	if (!data)
		return -ENODEV;
	/* Behind I2C, SPI and the like only a thread may mask. */
	if (data->chip && data->chip->irq_bus_lock)
		return -EOPNOTSUPP;
	if (!action->ring)
		action->ring = procirq_ring_alloc();
	if (!action->ring)
		return -ENOMEM;
	line->level = irqd_is_level_type(data);
	action->desc = data->chip && data->chip->irq_mask && !data->chip->irq_disable ?
			       irq_data_to_desc(data) :
			       NULL;
	if (procirq_hard)
		irqflags |= IRQF_NO_THREAD;

	/* The first interrupt may come before request_irq() returns. */
	action->attached = true;
	err = request_irq(line->irq, handler, irqflags | IRQF_PROBE_SHARED, "procirq", action);
	if (err) {
		action->attached = false;
		return err;
	}
	line->threaded = line_is_threaded(irq_data_to_desc(data), action);
	line_count_handler(line, action, true);
	return 0;
}

static void line_set_shared(struct procirq_line *line, bool shared)
{
	raw_spin_lock_irq(&line->own.lock);
	line->shared = shared;
	raw_spin_unlock_irq(&line->own.lock);
}

/*
 * Requests the interrupt for ourselves alone. On a line that kernel drivers
 * share this succeeds without attaching. Readers that are there already have the
 * line shut until it is known which. Caller holds line->mutex.
 */
static int line_attach(struct procirq_line *line)
{
	struct irq_data *data = irq_get_irq_data(line->irq);
	bool shared;
	int err;

	/*
	 * disable_irq_nosync() is lazy by default: a level line would fire once
	 * more before the controller masks it. free_irq() clears this again.
	 */
	if (data && irqd_is_level_type(data) && !irq_has_action(line->irq))
		irq_set_status_flags(line->irq, IRQ_DISABLE_UNLAZY);
	err = line_request(line, &line->own, procirq_action_handler, 0);
	/*
	 * Only now, for we keep it until the last close: to give it back in open()
	 * could free the descriptor and remove the very file that is being opened,
	 * which waits for open() to end. If the owner of the function was quicker,
	 * procirq_line_revoke() follows. Revoked readers may still keep one, which serves as
	 * well.
	 */
	if (!err && !line->function)
		line->function = procirq_pci_get_enabled(line->irq);
	shared = err == -EBUSY && line_holders_share(irq_data_to_desc(data));
	line_set_shared(line, shared);
	return shared ? 0 : err;
}

/* The same beside other handlers, for a action that can tell its interrupts. */
static int line_request_shared(struct procirq_line *line, struct procirq_action *action)
{
	static const unsigned long attempts[] = IRQF_SHARED_ATTEMPTS;
	int err = -EBUSY;
	int i;

	for (i = 0; i < ARRAY_SIZE(attempts) && err == -EBUSY; i++)
		err = line_request(line, action, procirq_action_device_handler, attempts[i]);
	return err;
}

/* Caller holds line->mutex. */
static void line_detach(struct procirq_line *line, struct procirq_action *action)
{
	bool attached;

	lockdep_assert_held(&line->mutex);
	raw_spin_lock_irq(&action->lock);
	attached = action->attached;
	action->attached = false;
	if (attached && action->device)
		procirq_device_release(action->device);
	raw_spin_unlock_irq(&action->lock);

	if (attached) {
		line_count_handler(line, action, false);
		free_irq(line->irq, action);
		irq_work_sync(&line->poll_work);
		irq_work_sync(&action->storm_work);
	}

	/* free_irq() shut the line down, and our disable depth went with it. */
	raw_spin_lock_irq(&action->lock);
	action->masked = false;
	action->stormy = false;
	raw_spin_unlock_irq(&action->lock);
}

/*
 * Takes the line's PCI function if nobody needs it any more; the caller drops it
 * outside line->mutex, for that may free the descriptor and end up in
 * procirq_line_revoke() of this very line.
 */
static struct pci_dev *line_take_function(struct procirq_line *line)
{
	struct pci_dev *function = NULL;

	lockdep_assert_held(&line->mutex);
	if (!line->own.attached)
		swap(function, line->function);
	return function;
}

/**
 * procirq_line_open() - make @reader a reader of @line, claiming it for the first one
 * @line: the caller's reference stays the caller's
 * @reader: zeroed, but for who opened it; its line is set here
 * @excl: refuse to be one of several, now and later
 *
 * Context: may sleep.
 * Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP, -ENOMEM or what request_irq() says.
 */
int procirq_line_open(struct procirq_line *line, struct procirq_reader *reader, bool excl)
{
	struct procirq_action *own = &line->own;
	int err = 0;

	mutex_lock(&line->mutex);
	if (line->dead) {
		err = -ENODEV;
		goto out_unlock;
	}
	if (line->excl || (excl && (own->nr_readers || !list_empty(&line->devices)))) {
		err = -EBUSY;
		goto out_unlock;
	}

	/* First join, then attach: the very first interrupt is the reader's. */
	reader->line = line;
	INIT_LIST_HEAD(&reader->waiters);
	raw_spin_lock_irq(&own->lock);
	procirq_reader_join(reader, own);
	line->excl = excl;
	raw_spin_unlock_irq(&own->lock);

	/* Also where those who shared it before have left. */
	if (!own->attached)
		err = line_attach(line);
	if (err) {
		raw_spin_lock_irq(&own->lock);
		procirq_reader_leave(reader);
		line->excl = false;
		line->shared = own->nr_readers;
		raw_spin_unlock_irq(&own->lock);
	} else {
		kref_get(&line->ref);
		trace_procirq_open(line->irq, own->taken, own->nr_readers);
	}

out_unlock:
	mutex_unlock(&line->mutex);
	return err;
}

/* A reader with a device is going, and so does its action. */
static void line_drop_device(struct procirq_line *line, struct procirq_action *action)
{
	line_detach(line, action);
	list_del(&action->node);
	procirq_totals_add(&line->closed, &action->closed);
	procirq_uli_totals_add(&line->uli_closed, &action->uli_closed);
}

/**
 * procirq_line_close() - the end of @reader, which the caller frees afterwards
 * @line: its line; the reference that procirq_line_open() took is dropped
 * @reader: a reader of @line, revoked or not
 *
 * Context: may sleep.
 */
void procirq_line_close(struct procirq_line *line, struct procirq_reader *reader)
{
	struct procirq_action *action = reader->action;
	struct pci_dev *function;

	mutex_lock(&line->mutex);
	raw_spin_lock_irq(&action->lock);
	if (!procirq_reader_revoked(reader))
		procirq_reader_leave(reader);
	procirq_action_settle(action, reader);
	if (action == &line->own && !action->nr_readers) {
		line->excl = false;
		line->shared = false;
	}
	trace_procirq_release(line->irq, action->taken, action->nr_readers);
	raw_spin_unlock_irq(&action->lock);

	if (action->device)
		line_drop_device(line, action);
	else if (!action->nr_readers)
		line_detach(line, action);
	function = line_take_function(line);
	mutex_unlock(&line->mutex);

	procirq_pci_put_enabled(function);
	if (action->device) {
		procirq_device_free(action->device);
		procirq_ring_free(action->ring);
		kfree(action);
	}
	procirq_line_put(line);
}

/**
 * procirq_line_revoke() - the interrupt is going away under its readers
 * @line: read returns -ENODEV to all present readers, once they have read what
 *	was pending; poll reports EPOLLHUP
 * @forever: refuse opens from now on, because the file goes too
 *
 * Context: may sleep. Called with genirq's sparse_irq_lock held when a
 * descriptor is freed, so it must not free one itself: the PCI pins are left for
 * the last close.
 */
void procirq_line_revoke(struct procirq_line *line, bool forever)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	if (forever)
		line->dead = true;
	procirq_action_revoke(&line->own);
	line->excl = false;
	line_set_shared(line, false);
	line_detach(line, &line->own);
	list_for_each_entry(action, &line->devices, node) {
		procirq_action_revoke(action);
		line_detach(line, action);
	}
	mutex_unlock(&line->mutex);

	wake_up_poll(&line->poll_wait, EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM);
}

/**
 * procirq_line_revoke_function() - a PCI function is going away; others stay on the line
 * @line: readers whose descriptor is of this function get -ENODEV
 * @pdev: the function
 *
 * Context: may sleep.
 */
void procirq_line_revoke_function(struct procirq_line *line, const struct pci_dev *pdev)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	list_for_each_entry(action, &line->devices, node) {
		if (procirq_device_pdev(action->device) != pdev)
			continue;
		procirq_action_revoke(action);
		line_detach(line, action);
	}
	mutex_unlock(&line->mutex);

	wake_up_poll(&line->poll_wait, EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM);
}

/*
 * Whether somebody else counts on having the line as a whole. Who has opened it and
 * not looked yet does not: two drivers that open a line at the same time and then
 * describe their devices both get their way. To one that describes none it is as if
 * it had come a moment later. Caller holds line->own's lock.
 */
static bool line_others_use(const struct procirq_line *line, const struct procirq_reader *reader)
{
	const struct procirq_reader *other;

	if (!line->own.attached)
		return false;
	list_for_each_entry(other, &line->own.readers, node)
		if (other != reader && other->used)
			return true;
	return false;
}

/*
 * Whether the reader may get a action of its own. If so, the line is shut for the
 * others from here on. Caller holds line->mutex.
 */
static int line_prepare_device(struct procirq_line *line, struct procirq_reader *reader)
{
	struct procirq_action *own = &line->own;
	int err = 0;

	raw_spin_lock_irq(&own->lock);
	if (procirq_reader_revoked(reader))
		err = -ENODEV;
	else if (reader->action != own || reader->mapped || reader->uli ||
		 !list_empty(&reader->waiters) || line_others_use(line, reader))
		err = -EBUSY;
	else
		line->shared = true;
	raw_spin_unlock_irq(&own->lock);
	return err;
}

/* Moves the reader; caller holds line->mutex, which keeps it from any other move. */
static void line_move_reader(struct procirq_reader *reader, struct procirq_action *from,
			     struct procirq_action *to)
{
	raw_spin_lock_irq(&from->lock);
	raw_spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	if (!procirq_reader_revoked(reader))
		procirq_reader_leave(reader);
	procirq_action_settle(from, reader);
	procirq_reader_join(reader, to);
	/* It is the reader's from its first interrupt on, which may have come. */
	reader->cursor = 0;
	reader->opened_at = 0;
	if (to->taken) {
		reader->idle_at = 0;
		to->nr_idle--;
	}
	raw_spin_unlock(&to->lock);
	raw_spin_unlock_irq(&from->lock);
}

/* Whoever had the device before may have silenced it. */
static void line_resume(struct procirq_action *action)
{
	raw_spin_lock_irq(&action->lock);
	if (!action->masked)
		procirq_device_resume(action->device);
	raw_spin_unlock_irq(&action->lock);
}

/**
 * procirq_line_set_device() - serve @reader by a device's interrupts only
 * @line: its line, which may from now on be shared
 * @reader: has no device yet
 * @descriptor: how the device is asked; not trusted
 *
 * Context: may sleep.
 * Return: 0, or the errors that uapi/procirq.h lists.
 */
int procirq_line_set_device(struct procirq_line *line, struct procirq_reader *reader,
			    const struct procirq_descriptor *descriptor)
{
	struct procirq_action *action;
	struct procirq_device *device;
	struct pci_dev *function = NULL;
	int err;

	/* Outside line->mutex: it may take what PCI drivers hold over free_irq(). */
	device = procirq_device_alloc(line, descriptor);
	if (IS_ERR(device))
		return PTR_ERR(device);
	action = kzalloc(sizeof(*action), GFP_KERNEL_ACCOUNT);
	if (!action) {
		procirq_device_free(device);
		return -ENOMEM;
	}
	procirq_action_init(action, line, device);

	mutex_lock(&line->mutex);
	err = line->dead ? -ENODEV : line_prepare_device(line, reader);
	if (err)
		goto out_unlock;
	/* We had the line for ourselves: to share it, it must be given up first. */
	line_detach(line, &line->own);
	err = line_request_shared(line, action);
	if (err) {
		/* As it was before. */
		if (line_attach(line))
			line_set_shared(line, true);
		goto out_unlock;
	}
	line_move_reader(reader, &line->own, action);
	line_resume(action);
	list_add_tail(&action->node, &line->devices);
	if (!line->own.nr_readers)
		line_set_shared(line, false);
	line->excl = false;
	function = line_take_function(line);

out_unlock:
	mutex_unlock(&line->mutex);
	if (err) {
		procirq_device_free(device);
		procirq_ring_free(action->ring);
		kfree(action);
	}
	procirq_pci_put_enabled(function);
	/* Whoever polled the line as a whole looks again. */
	procirq_line_wake_pollers(line);
	return err;
}

/**
 * procirq_line_alloc() - a line without a file and without readers
 * @irq: Linux interrupt number of an existing descriptor
 *
 * Return: the line with one reference, or NULL without memory.
 */
struct procirq_line *procirq_line_alloc(unsigned int irq)
{
	struct procirq_line *line = kzalloc(sizeof(*line), GFP_KERNEL);
	struct msi_desc *msi = irq_get_msi_desc(irq);

	if (!line)
		return NULL;
	line->irq = irq;
	line->msi = msi;
	line->msi_dev = msi ? msi_desc_to_dev(msi) : NULL;
	procirq_action_init(&line->own, line, NULL);
	mutex_init(&line->mutex);
	INIT_LIST_HEAD(&line->devices);
	init_waitqueue_head(&line->poll_wait);
	init_irq_work(&line->poll_work, line_poll_work);
	kref_init(&line->ref);
	return line;
}

static void line_release(struct kref *ref)
{
	struct procirq_line *line = container_of(ref, struct procirq_line, ref);

	procirq_ring_free(line->own.ring);
	kfree(line);
}

/* Drops a reference. */
void procirq_line_put(struct procirq_line *line)
{
	kref_put(&line->ref, line_release);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt line: claiming it for readers, as a whole or for one device each,
 * and giving it up. Handlers are attached and detached with line->mutex held.
 */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/msi.h>
#include <linux/moduleparam.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "compat.h"
#include "internal.h"
#include "trace.h"

static unsigned int max_readers = 256;
module_param(max_readers, uint, 0644);
MODULE_PARM_DESC(max_readers,
		 "readers of one line (256): the interrupt handler's work grows with them");

/* Held while the module requests an interrupt: see procirq_line_make_directory(). */
static DEFINE_MUTEX(line_request_mutex);

static void line_poll_work(struct irq_work *work)
{
	procirq_line_wake_pollers(container_of(work, struct procirq_line, poll_work));
}

/* Whether the line has handlers that share it. */
static bool line_is_shareable(struct irq_desc *desc)
{
	unsigned long flags;
	bool share;

	raw_spin_lock_irqsave(&desc->lock, flags);
	share = desc->action && (desc->action->flags & IRQF_SHARED);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	return share;
}

/* Chips behind I2C, SPI and the like can be masked by a thread only. */
static bool line_is_bus_locked(const struct irq_data *data)
{
	return data->chip && data->chip->irq_bus_lock;
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

/* The handler was attached, or is detached. A platform device is no bus master of PCI's. */
static void line_count_handler(struct procirq_line *line, struct procirq_action *action, bool added)
{
	if (action->device && procirq_device_bound(action->device))
		return;
	procirq_pci_count_handler(line->irq,
				  action->device ? procirq_device_pdev(action->device) : NULL,
				  added);
}

/* The descriptor may go away: the action gets its own lock back. */
static void line_disown(struct procirq_action *action)
{
	if (!action->desc)
		return;
	procirq_action_use_lock(action, &action->own_lock);
	action->desc = NULL;
}

static void line_set_attached(struct procirq_action *action, bool attached)
{
	procirq_action_lock(action);
	action->attached = attached;
	procirq_action_unlock(action);
}

/*
 * Attaches @handler to the line, for @action. Caller holds line->mutex. Returns 0
 * or a negative errno.
 */
static int line_request(struct procirq_line *line, struct procirq_action *action,
			irq_handler_t handler, unsigned long irqflags)
{
	struct irq_data *data = irq_get_irq_data(line->irq);
	struct irq_desc *desc;
	int err;

	lockdep_assert_held(&line->mutex);
	if (!data)
		return -ENODEV;
	if (line_is_bus_locked(data))
		return -EOPNOTSUPP;
	if (!action->ring)
		action->ring = procirq_ring_alloc();
	if (!action->ring)
		return -ENOMEM;
	line->level = procirq_irq_is_level(data);
	desc = irq_data_to_desc(data);
	/* Handlers of actions that may share the line can run at the same time. */
	if (action == &line->own && data->chip && data->chip->irq_mask &&
	    !data->chip->irq_disable) {
		action->desc = desc;
		procirq_action_use_lock(action, &desc->lock);
	}
	if (procirq_hard)
		irqflags |= IRQF_NO_THREAD;

	/* Before request_irq(): the first interrupt may come before it returns. */
	line_set_attached(action, true);
	mutex_lock(&line_request_mutex);
	err = request_irq(line->irq, handler, irqflags | IRQF_PROBE_SHARED, "procirq", action);
	mutex_unlock(&line_request_mutex);
	if (err) {
		line_set_attached(action, false);
		line_disown(action);
		return err;
	}
	line->threaded = line_is_threaded(desc, action);
	if (action->desc && !line->threaded)
		procirq_flow_install(desc);
	line_count_handler(line, action, true);
	return 0;
}

static void line_set_shared(struct procirq_line *line, bool shared)
{
	procirq_action_lock(&line->own);
	line->shared = shared;
	procirq_action_unlock(&line->own);
}

/*
 * Requests the interrupt for ourselves alone. On a line that kernel drivers share,
 * this succeeds without attaching and sets line->shared. Caller holds line->mutex.
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
	if (data && procirq_irq_is_level(data) && !irq_has_action(line->irq))
		irq_set_status_flags(line->irq, IRQ_DISABLE_UNLAZY);
	err = line_request(line, &line->own, procirq_action_handler, 0);
	/*
	 * Not before request_irq() has succeeded: it is kept until the last close, and
	 * putting it in open() could free the descriptor, and so remove the file
	 * that is being opened, which waits for open() to return. If the function's
	 * owner was quicker and disables it, procirq_line_revoke() follows. Revoked
	 * readers may still keep the function: then it is not needed twice.
	 */
	if (!err && !line->function)
		line->function = procirq_pci_get_enabled(line->irq);
	shared = err == -EBUSY && line_is_shareable(irq_data_to_desc(data));
	line_set_shared(line, shared);
	return shared ? 0 : err;
}

/* Requests the interrupt beside other handlers, for an action with a device. */
static int line_request_shared(struct procirq_line *line, struct procirq_action *action)
{
	static const unsigned long attempts[] = IRQF_SHARED_ATTEMPTS;
	int err = -EBUSY;
	int i;

	for (i = 0; i < ARRAY_SIZE(attempts) && err == -EBUSY; i++)
		err = line_request(line, action, procirq_action_device_handler, attempts[i]);
	return err;
}

/* Whether there are other handlers on the line than ours. */
static bool line_has_others(const struct procirq_line *line)
{
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(line->irq));
	bool others;

	raw_spin_lock(&desc->lock);
	others = desc->action && desc->action->next;
	raw_spin_unlock(&desc->lock);
	return others;
}

/*
 * Detaches the handler, if it is attached, and silences its device. Caller holds
 * line->mutex.
 */
static void line_detach(struct procirq_line *line, struct procirq_action *action)
{
	bool attached;

	lockdep_assert_held(&line->mutex);
	/* While the handler can still silence the device, if it interrupts now. */
	if (action->attached && action->device) {
		procirq_action_lock(action);
		procirq_device_end(action->device);
		procirq_action_unlock(action);
		procirq_device_disable(action->device);
	}
	procirq_action_lock(action);
	attached = action->attached;
	action->attached = false;
	if (attached && action->device) {
		procirq_device_release(action->device);
		/*
		 * If the storm guard has disabled the line, it is enabled for its other users.
		 * Without them free_irq() is about to shut it down.
		 */
		if (unlikely(action->storm) && line_has_others(line))
			procirq_action_end_storm(action);
	}
	procirq_action_unlock(action);

	if (attached) {
		/* Calls of enable_irq() that free_irq() would make wrong. */
		while (atomic_read_acquire(&action->enabling))
			cpu_relax();
		line_count_handler(line, action, false);
		if (action->desc)
			procirq_flow_remove(action->desc);
		free_irq(line->irq, action);
		procirq_flow_wait(action);
		irq_work_sync(&line->poll_work);
		irq_work_sync(&action->storm_work);
		irq_work_sync(&action->retake_work);
	}

	/* free_irq() has shut the line down and reset its disable depth. */
	procirq_action_lock(action);
	action->masked = false;
	action->storm = 0;
	procirq_action_unlock(action);
	line_disown(action);
}

/*
 * Returns the line's PCI function if it need not stay enabled any more. The caller
 * puts it without line->mutex: that may free the descriptor, and then
 * procirq_line_revoke() of this line is called.
 */
static struct pci_dev *line_take_function(struct procirq_line *line)
{
	struct pci_dev *function = NULL;

	lockdep_assert_held(&line->mutex);
	if (!line->own.attached)
		swap(function, line->function);
	return function;
}

/* Logs the first program that claims the line. Caller holds line->mutex. */
static void line_log_claim(struct procirq_line *line, const struct procirq_reader *reader)
{
	if (line->logged)
		return;
	line->logged = true;
	pr_info("irq %u: claimed by %*pE (pid %d)\n", line->irq,
		(int)strnlen(reader->comm, sizeof(reader->comm)), reader->comm, reader->pid);
}

/*
 * Whether the reader's file is one of a line that is gone, or of a device that has been
 * unbound. Caller holds line->mutex.
 */
static bool line_is_gone(const struct procirq_line *line, const struct procirq_reader *reader)
{
	lockdep_assert_held(&line->mutex);
	return line->dead || (reader->devfile && READ_ONCE(reader->devfile->gone));
}

/*
 * Whether a reader could join the line now, as far as can be said without requesting the
 * interrupt. Caller holds line->mutex. Returns 0 or a negative errno.
 */
static int line_check(const struct procirq_line *line, const struct procirq_reader *reader)
{
	struct irq_data *data;
	bool busy;

	if (line_is_gone(line, reader))
		return -ENODEV;
	if (line->excl)
		return -EBUSY;
	if (line->own.attached)
		return 0;
	data = irq_get_irq_data(line->irq);
	if (!data)
		return -ENODEV;
	if (line_is_bus_locked(data))
		return -EOPNOTSUPP;
	mutex_lock(&line_request_mutex);
	busy = irq_has_action(line->irq) && !line_is_shareable(irq_data_to_desc(data));
	mutex_unlock(&line_request_mutex);
	return busy ? -EBUSY : 0;
}

/*
 * Makes a file a reader of its line; the first one claims the line. Caller holds
 * line->mutex. Returns 0 or a negative errno.
 */
static int line_join(struct procirq_line *line, struct procirq_reader *reader, bool excl)
{
	struct procirq_action *own = &line->own;
	int err = 0;

	if (line_is_gone(line, reader))
		return -ENODEV;
	if (line->excl || (excl && (own->nr_readers || !list_empty(&line->devices))))
		return -EBUSY;
	if (line->nr_joined >= READ_ONCE(max_readers))
		return -EUSERS;

	/* Join before attaching, or the reader could miss the first interrupt. */
	procirq_action_lock(own);
	procirq_reader_join(reader, own);
	line->excl = excl;
	procirq_action_unlock(own);

	/* Not only for the first reader: those who shared the line may have left. */
	if (!own->attached)
		err = line_attach(line);
	if (err) {
		procirq_action_lock(own);
		procirq_reader_leave(reader);
		line->excl = false;
		line->shared = own->nr_readers;
		procirq_action_unlock(own);
	} else {
		WRITE_ONCE(reader->joined, true);
		line->nr_joined++;
		line_log_claim(line, reader);
		trace_procirq_open(line->irq, own->taken, own->nr_readers);
	}
	return err;
}

/**
 * procirq_line_open() - give a file its line
 * @line: gets a reference for the reader
 * @reader: zeroed, apart from @devfile, @pid and @comm; its line is set here
 * @join: it becomes a reader now; else procirq_line_join() makes it one
 * @excl: refuse other readers, present and future ones; with @join only
 *
 * Context: may sleep.
 * Return: 0, -ENODEV, -EBUSY, -EUSERS, -EOPNOTSUPP, -ENOMEM, or the error of
 * request_irq(). Without @join those that are known before.
 */
int procirq_line_open(struct procirq_line *line, struct procirq_reader *reader, bool join,
		      bool excl)
{
	int err;

	reader->line = line;
	reader->action = &line->own;
	INIT_LIST_HEAD(&reader->node);
	INIT_LIST_HEAD(&reader->waiters);
	mutex_lock(&line->mutex);
	err = join ? line_join(line, reader, excl) : line_check(line, reader);
	if (!err)
		kref_get(&line->ref);
	mutex_unlock(&line->mutex);
	return err;
}

/**
 * procirq_line_join() - make a file a reader of its line, unless it is one
 * @reader: the file's
 *
 * Context: may sleep. The line's descriptor may have gone since procirq_line_open().
 * Return: as procirq_line_open().
 */
int procirq_line_join(struct procirq_reader *reader)
{
	struct procirq_line *line = reader->line;
	int err;

	mutex_lock(&line->mutex);
	err = reader->joined ? 0 : line_join(line, reader, false);
	mutex_unlock(&line->mutex);
	return err;
}

/* Frees the action of a reader with a device. Caller holds no lock. */
static void line_free_action(struct procirq_action *action)
{
	procirq_device_free(action->device);
	procirq_ring_free(action->ring);
	kfree(action);
}

/* Removes the action of a reader that closes. Caller holds line->mutex, and frees it. */
static void line_remove_device(struct procirq_line *line, struct procirq_action *action)
{
	line_detach(line, action);
	list_del(&action->node);
	procirq_totals_add(&line->closed, &action->closed);
	procirq_uli_totals_add(&line->uli_closed, &action->uli_closed);
}

/**
 * procirq_line_close() - undo procirq_line_open()
 * @line: the reader's line; its reference is dropped
 * @reader: a reader of @line, revoked or not; the caller frees it
 *
 * Context: may sleep.
 */
void procirq_line_close(struct procirq_line *line, struct procirq_reader *reader)
{
	struct procirq_action *action = reader->action;
	struct pci_dev *function;

	if (!reader->joined) {
		procirq_line_put(line);
		return;
	}
	mutex_lock(&line->mutex);
	line->nr_joined--;
	procirq_action_lock(action);
	if (!procirq_reader_revoked(reader))
		procirq_reader_leave(reader);
	procirq_action_settle(action, reader);
	if (action == &line->own && !action->nr_readers) {
		line->excl = false;
		line->shared = false;
	}
	trace_procirq_release(line->irq, action->taken, action->nr_readers);
	procirq_action_unlock(action);

	if (action->device)
		line_remove_device(line, action);
	else if (!action->nr_readers)
		line_detach(line, action);
	function = line_take_function(line);
	mutex_unlock(&line->mutex);

	procirq_pci_put_enabled(function);
	if (action->device)
		line_free_action(action);
	procirq_line_put(line);
}

/*
 * Revokes the readers of an action that were opened by @devfile; NULL: all. The handler goes
 * with the last one. Caller holds line->mutex.
 */
static void line_revoke_readers(struct procirq_line *line, struct procirq_action *action,
				const struct procirq_devfile *devfile)
{
	procirq_action_revoke(action, devfile);
	if (action->nr_readers)
		return;
	line_detach(line, action);
	if (action == &line->own) {
		line->excl = false;
		line_set_shared(line, false);
	}
}

/* Wakes pollers, so that those of readers that were revoked hear of it. */
static void line_hang_up(struct procirq_line *line)
{
	wake_up_poll(&line->poll_wait, EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM);
}

/**
 * procirq_line_revoke() - give up an interrupt that goes away
 * @line: its readers get -ENODEV, once they have read what was pending; poll()
 *	reports EPOLLHUP
 * @forever: refuse opens from now on, because the file goes too
 *
 * Context: may sleep. Called with genirq's sparse_irq_lock held while a descriptor
 * is freed, so it must not free one: the last close puts the PCI function.
 */
void procirq_line_revoke(struct procirq_line *line, bool forever)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	if (forever)
		line->dead = true;
	line_revoke_readers(line, &line->own, NULL);
	list_for_each_entry(action, &line->devices, node)
		line_revoke_readers(line, action, NULL);
	mutex_unlock(&line->mutex);

	line_hang_up(line);
}

/**
 * procirq_line_revoke_device() - give up a device that goes away, or is being unbound
 * @line: readers whose descriptor names it get -ENODEV; others stay
 * @pdev: a PCI function; NULL: @bound is the device
 * @bound: a platform device; its @gone is set
 *
 * Context: may sleep.
 */
void procirq_line_revoke_device(struct procirq_line *line, const struct pci_dev *pdev,
				const struct procirq_platform_bound *bound)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	list_for_each_entry(action, &line->devices, node)
		if (pdev ? procirq_device_pdev(action->device) == pdev :
			   procirq_device_bound(action->device) == bound)
			line_revoke_readers(line, action, NULL);
	mutex_unlock(&line->mutex);

	line_hang_up(line);
}

/**
 * procirq_line_revoke_devfile() - give up an interrupt of a device that is being unbound
 * @line: readers that were opened by @devfile get -ENODEV; others stay
 * @devfile: of the interrupt; its @gone is set
 *
 * Context: may sleep.
 */
void procirq_line_revoke_devfile(struct procirq_line *line, const struct procirq_devfile *devfile)
{
	struct procirq_action *action;

	mutex_lock(&line->mutex);
	line_revoke_readers(line, &line->own, devfile);
	list_for_each_entry(action, &line->devices, node)
		line_revoke_readers(line, action, devfile);
	mutex_unlock(&line->mutex);

	line_hang_up(line);
}

/* Whether a reader of the line keeps the function enabled. Takes line->mutex. */
bool procirq_line_keeps_function(struct procirq_line *line, const struct pci_dev *pdev)
{
	struct procirq_action *action;
	bool keeps;

	mutex_lock(&line->mutex);
	keeps = line->function == pdev;
	list_for_each_entry(action, &line->devices, node)
		keeps |= procirq_device_pdev(action->device) == pdev;
	mutex_unlock(&line->mutex);
	return keeps;
}

/*
 * Whether another reader uses the line as a whole. One that has only opened it does
 * not: two drivers may open a line at the same time and then set their descriptors.
 * If such a reader sets none, it is as if it had opened the line later, when it was
 * shared. Caller holds line->own's lock.
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
 * Returns 0 if the reader may get an action of its own; the line is then shut for
 * readers without a device. Otherwise -ENODEV, -EBUSY, or -EINVAL on a level line that
 * @device would never release. Caller holds line->mutex.
 */
static int line_prepare_device(struct procirq_line *line, struct procirq_reader *reader,
			       const struct procirq_device *device)
{
	const struct procirq_platform_bound *bound = procirq_device_bound(device);
	struct irq_data *data = irq_get_irq_data(line->irq);
	struct procirq_action *own = &line->own;
	int err = 0;

	/*
	 * Before a step is run: the device may have no clock any more. If it is unbound
	 * from now on, procirq_line_revoke_device() waits for line->mutex.
	 */
	if (bound && READ_ONCE(bound->gone))
		return -ENODEV;
	procirq_action_lock(own);
	if (procirq_reader_revoked(reader) || !data)
		err = -ENODEV;
	else if (procirq_irq_is_level(data) && !procirq_device_ends_interrupts(device))
		err = -EINVAL;
	else if (reader->action != own || reader->nr_mappings || reader->uli ||
		 !list_empty(&reader->waiters) || line_others_use(line, reader))
		err = -EBUSY;
	else
		line->shared = true;
	procirq_action_unlock(own);
	return err;
}

/* Caller holds line->mutex: a reader is moved once at a time. */
static void line_move_reader(struct procirq_reader *reader, struct procirq_action *from,
			     struct procirq_action *to)
{
	procirq_action_lock(from);
	raw_spin_lock_nested(&to->own_lock, SINGLE_DEPTH_NESTING);
	if (!procirq_reader_revoked(reader))
		procirq_reader_leave(reader);
	procirq_action_settle(from, reader);
	procirq_reader_join(reader, to);
	/* The first interrupt may have come already, and is the reader's too. */
	reader->cursor = 0;
	reader->opened_at = 0;
	if (to->taken) {
		reader->idle_at = 0;
		to->nr_idle--;
	}
	raw_spin_unlock(&to->own_lock);
	procirq_action_unlock(from);
}

/* An earlier user may have left the device silenced. */
static void line_resume(struct procirq_action *action)
{
	procirq_action_lock(action);
	if (!action->masked) {
		action->masked = true;
		procirq_action_unmask(action);
	}
	procirq_action_unlock(action);
}

/**
 * procirq_line_set_device() - deliver only one device's interrupts to @reader
 * @line: the reader's line, which may be shared from now on
 * @reader: has no device yet
 * @descriptor: describes the device; not trusted
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

	/* Without line->mutex, which is inside the device lock that this may take. */
	device = procirq_device_alloc(line, descriptor, reader->devfile);
	if (IS_ERR(device))
		return PTR_ERR(device);
	action = kzalloc(sizeof(*action), GFP_KERNEL_ACCOUNT);
	if (!action) {
		procirq_device_free(device);
		return -ENOMEM;
	}
	procirq_action_init(action, line, device);

	mutex_lock(&line->mutex);
	err = line->dead ? -ENODEV : line_prepare_device(line, reader, device);
	if (err)
		goto out_unlock;
	/* A line that is ours alone must be freed before it can be shared. */
	line_detach(line, &line->own);
	err = line_request_shared(line, action);
	if (err) {
		/* Restore what was before. */
		if (line_attach(line))
			line_set_shared(line, true);
		goto out_unlock;
	}
	line_move_reader(reader, &line->own, action);
	line_resume(action);
	list_add_tail(&action->node, &line->devices);
	/*
	 * procirq_line_revoke_device() does not see this action if the function was
	 * deleted before the action was added to the list.
	 */
	if (procirq_pci_is_deleted(procirq_device_pdev(device)))
		line_revoke_readers(line, action, NULL);
	if (!line->own.nr_readers)
		line_set_shared(line, false);
	line->excl = false;
	function = line_take_function(line);

out_unlock:
	mutex_unlock(&line->mutex);
	if (err)
		line_free_action(action);
	procirq_pci_put_enabled(function);
	/* For readers that poll the line as a whole: it is shut for them now. */
	procirq_line_wake_pollers(line);
	return err;
}

static irqreturn_t line_no_handler(int irq, void *data)
{
	return IRQ_NONE;
}

/**
 * procirq_line_make_directory() - have genirq make /proc/irq/@irq
 * @irq: an interrupt without a directory, whose descriptor cannot go away
 *
 * genirq makes it when an interrupt is first requested, not when it is allocated. So this
 * requests the interrupt, without enabling it, and frees it. Whoever opens the file that
 * procdir's hook makes meanwhile waits for that.
 * Context: may sleep.
 * Return: 0; -EBUSY if the interrupt has an owner, who has the directory made; or another
 * error of request_irq().
 */
int procirq_line_make_directory(unsigned int irq)
{
	static int cookie;
	int err;

	mutex_lock(&line_request_mutex);
	err = request_irq(irq, line_no_handler, IRQF_NO_AUTOEN | IRQF_PROBE_SHARED, "procirq",
			  &cookie);
	if (!err)
		free_irq(irq, &cookie);
	mutex_unlock(&line_request_mutex);
	return err;
}

/**
 * procirq_line_alloc() - allocate a line without a file and without readers
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

/* Drops a reference; the last one frees the line. */
void procirq_line_put(struct procirq_line *line)
{
	kref_put(&line->ref, line_release);
}

static void devfile_release(struct kref *ref)
{
	struct procirq_devfile *devfile = container_of(ref, struct procirq_devfile, ref);

	put_device(devfile->parent);
	procirq_line_put(devfile->line);
	kfree(devfile);
}

/* Drops a reference; the last one frees the device file. NULL is allowed. */
void procirq_devfile_put(struct procirq_devfile *devfile)
{
	if (devfile)
		kref_put(&devfile->ref, devfile_release);
}

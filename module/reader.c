// SPDX-License-Identifier: GPL-2.0-only
/*
 * One open /proc/irq/N/irq: what the system calls on it do.
 *
 * procfs calls only our open. It would also wrap every later call, and after
 * the file's removal answer in our place: release early, read -EIO, poll
 * "readable". So open() gives the file our own file_operations, as a character
 * device does; from there on release comes with the last close, the module
 * stays pinned by the open file, and a reader of a line that is gone learns so
 * from us (-ENODEV, EPOLLHUP).
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"
#include "trace.h"

/* A snapshot of what is pending; caller holds line->lock, pending is not 0. */
static void reader_consume(struct procirq_reader *reader, struct procirq_event *event)
{
	struct procirq_line *line = reader->line;
	u64 pending = reader_pending(reader);
	u64 first = reader->cursor + 1;
	u64 last = reader->cursor + pending;
	u64 oldest = line->taken > LINE_STAMPS ? line->taken - LINE_STAMPS + 1 : 1;

	/* More than fit the record's 32 bits are left for the next read. */
	if (pending > INT_MAX) {
		pending = INT_MAX;
		last = reader->cursor + pending;
	}
	event->count = pending;
	event->seq = last;
	event->lost = first < oldest ? min(oldest - first, pending) : 0;
	first = clamp(first, oldest, max(oldest, last));
	event->first_ns = line->stamp_ns[(first - 1) & (LINE_STAMPS - 1)];
	event->last_ns = line->stamp_ns[(max(last, oldest) - 1) & (LINE_STAMPS - 1)];

	reader->cursor = last;
	reader->totals.delivered++;
	reader->totals.coalesced += pending - 1;
}

/* The record did not reach user memory: its interrupts are pending again. */
static void reader_unconsume(struct procirq_reader *reader, const struct procirq_event *event)
{
	struct procirq_line *line = reader->line;

	raw_spin_lock_irq(&line->lock);
	reader->cursor -= event->count;
	reader->totals.delivered--;
	reader->totals.coalesced -= event->count - 1;
	line_wake_reader(reader);
	raw_spin_unlock_irq(&line->lock);
}

/*
 * Waits for interrupts and takes all that are pending. A reader that finds
 * nothing when it comes back has tended the device; one that was woken and
 * finds that another thread took the count has not, so only the first look
 * says so to the line.
 */
static int reader_take(struct procirq_reader *reader, struct procirq_event *event,
		       const struct file *file)
{
	struct procirq_line *line = reader->line;
	struct line_waiter waiter = { .task = current };
	bool first_look = true;
	int err = 0;

	INIT_LIST_HEAD(&waiter.node);
	raw_spin_lock_irq(&line->lock);
	for (;;) {
		if (reader_pending(reader) && !fatal_signal_pending(current)) {
			reader_consume(reader, event);
			break;
		}
		if (reader_revoked(reader))
			err = -ENODEV;
		else if (line->shared)
			err = -ENOTCONN;
		if (err)
			break;
		if (first_look && !(reader->flags & PROCIRQ_FLAG_EXPLICIT_UNMASK))
			line_reader_idle(line, reader);
		first_look = false;
		/* fcntl() may change the flag while we sleep. */
		if (READ_ONCE(file->f_flags) & O_NONBLOCK) {
			err = -EAGAIN;
			break;
		}
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		if (list_empty(&waiter.node))
			list_add_tail(&waiter.node, &reader->waiters);
		set_current_state(TASK_INTERRUPTIBLE);
		raw_spin_unlock_irq(&line->lock);
		schedule();
		raw_spin_lock_irq(&line->lock);
	}
	list_del(&waiter.node);
	/* We may have been the one thread woken for what we now leave behind. */
	if (reader_pending(reader))
		line_wake_reader(reader);
	raw_spin_unlock_irq(&line->lock);
	return err;
}

static ssize_t reader_read(struct file *file, char __user *buf, size_t len, loff_t *ppos)
{
	struct procirq_reader *reader = file->private_data;
	bool records = READ_ONCE(reader->flags) & PROCIRQ_FLAG_RECORDS;
	struct procirq_event event = {};
	size_t size = records ? sizeof(event) : sizeof(int);
	int count;
	int err;

	if (len < size)
		return -EINVAL;
	err = reader_take(reader, &event, file);
	if (err)
		return err;

	count = event.count;
	trace_procirq_read(reader->line->irq, event.seq, event.first_ns, event.last_ns,
			   event.count);
	if (copy_to_user(buf, records ? (void *)&event : (void *)&count, size)) {
		reader_unconsume(reader, &event);
		return -EFAULT;
	}
	return size;
}

static ssize_t reader_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_line *line = reader->line;
	ssize_t ret = sizeof(u32);
	u32 enable;

	if (len != sizeof(enable))
		return -EINVAL;
	if (copy_from_user(&enable, buf, sizeof(enable)))
		return -EFAULT;
	if (enable > 1)
		return -EINVAL;

	raw_spin_lock_irq(&line->lock);
	if (reader_revoked(reader)) {
		ret = -ENODEV;
	} else if (line->shared) {
		ret = -ENOTCONN;
	} else if (enable) {
		line->held = false;
		line->held_by = NULL;
		line_reader_idle(line, reader);
		line_unmask(line);
	} else {
		line->held = true;
		line->held_by = reader;
		line_mask(line);
	}
	raw_spin_unlock_irq(&line->lock);
	return ret;
}

static __poll_t reader_poll(struct file *file, struct poll_table_struct *wait)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_line *line = reader->line;
	__poll_t mask = 0;

	/* First onto the queue, then look: see line_handler(). */
	poll_wait(file, &line->poll_wait, wait);

	raw_spin_lock_irq(&line->lock);
	if (reader_revoked(reader))
		mask = EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM;
	else if (reader_pending(reader))
		mask = EPOLLIN | EPOLLRDNORM;
	else if (line->shared)
		mask = EPOLLERR;
	else if (!(reader->flags & PROCIRQ_FLAG_EXPLICIT_UNMASK))
		line_reader_idle(line, reader);
	raw_spin_unlock_irq(&line->lock);
	return mask;
}

static long reader_get_info(struct procirq_reader *reader, void __user *arg)
{
	struct procirq_line *line = reader->line;
	struct procirq_info info = { .version = PROCIRQ_ABI_VERSION, .irq = line->irq };
	struct irq_data *data;

	/* The line's mutex holds off line_revoke(), and so the descriptor's end. */
	mutex_lock(&line->mutex);
	raw_spin_lock_irq(&line->lock);
	info.flags = reader->flags;
	info.readers = line->nr_readers;
	info.taken = line->taken;
	info.delivered = reader->totals.delivered;
	info.coalesced = reader->totals.coalesced;
	info.pending = reader_pending(reader);
	if (line->masked)
		info.state |= PROCIRQ_STATE_MASKED;
	if (line->held)
		info.state |= PROCIRQ_STATE_HELD;
	if (line->shared)
		info.state |= PROCIRQ_STATE_SHARED;
	if (line->excl)
		info.state |= PROCIRQ_STATE_EXCL;
	if (line->level)
		info.state |= PROCIRQ_STATE_LEVEL;
	if (line->msi)
		info.state |= PROCIRQ_STATE_MSI;
	if (line->threaded)
		info.state |= PROCIRQ_STATE_THREADED;
	raw_spin_unlock_irq(&line->lock);

	data = reader_revoked(reader) ? NULL : irq_get_irq_data(line->irq);
	if (data) {
		info.trigger = irqd_get_trigger_type(data);
		info.hwirq = data->hwirq;
		if (data->chip && data->chip->name)
			strscpy(info.chip, data->chip->name, sizeof(info.chip));
	}
	mutex_unlock(&line->mutex);

	if (!data)
		return -ENODEV;
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long reader_set_flags(struct procirq_reader *reader, const void __user *arg)
{
	struct procirq_line *line = reader->line;
	struct procirq_flags new;
	long err = 0;

	if (copy_from_user(&new, arg, sizeof(new)))
		return -EFAULT;
	if (new.reserved || new.flags & ~PROCIRQ_FLAGS_ALL)
		return -EINVAL;

	raw_spin_lock_irq(&line->lock);
	if (reader_revoked(reader)) {
		err = -ENODEV;
	} else if (new.flags & PROCIRQ_FLAG_NO_MASK && line->level) {
		err = -EINVAL;
	} else {
		line->nr_nomask += !!(new.flags & PROCIRQ_FLAG_NO_MASK) -
				   !!(reader->flags & PROCIRQ_FLAG_NO_MASK);
		WRITE_ONCE(reader->flags, new.flags);
	}
	raw_spin_unlock_irq(&line->lock);
	return err;
}

static long reader_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct procirq_reader *reader = file->private_data;

	switch (cmd) {
	case PROCIRQ_IOC_GET_INFO:
		return reader_get_info(reader, (void __user *)arg);
	case PROCIRQ_IOC_SET_FLAGS:
		return reader_set_flags(reader, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int reader_release(struct inode *inode, struct file *file)
{
	struct procirq_reader *reader = file->private_data;

	line_close(reader->line, reader);
	kfree(reader);
	return 0;
}

#ifdef CONFIG_PROC_FS
static void reader_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_line *line = reader->line;
	u64 taken, pending;

	raw_spin_lock_irq(&line->lock);
	taken = line->taken;
	pending = reader_pending(reader);
	raw_spin_unlock_irq(&line->lock);
	seq_printf(m, "irq:\t%u\ntaken:\t%llu\npending:\t%llu\n", line->irq, taken, pending);
}
#endif

static const struct file_operations reader_fops = {
	.owner		= THIS_MODULE,
	.read		= reader_read,
	.write		= reader_write,
	.poll		= reader_poll,
	.unlocked_ioctl	= reader_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.release	= reader_release,
#ifdef CONFIG_PROC_FS
	.show_fdinfo	= reader_show_fdinfo,
#endif
};

/* procfs holds off the file's removal while this runs. */
static int reader_open(struct inode *inode, struct file *file)
{
	struct procirq_line *line = pde_data(inode);
	struct procirq_reader *reader;
	int err;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return -ENOMEM;
	reader->pid = task_tgid_nr(current);
	get_task_comm(reader->comm, current);

	/* On success this reference is the file's; the last close puts it. */
	if (!try_module_get(THIS_MODULE)) {
		err = -ENODEV;
		goto out_free;
	}
	err = line_open(line, reader, file->f_flags & O_EXCL);
	if (err)
		goto out_put_module;

	file->private_data = reader;
	replace_fops(file, &reader_fops);
	/* No file position: or write() would wait behind a blocked read(). */
	return stream_open(inode, file);

out_put_module:
	module_put(THIS_MODULE);
out_free:
	kfree(reader);
	return err;
}

const struct proc_ops reader_proc_ops = {
	.proc_open	= reader_open,
	/* Never called; procfs mishandles its absence on removal (CVE-2025-38653). */
	.proc_lseek	= noop_llseek,
};

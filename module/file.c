// SPDX-License-Identifier: GPL-2.0-only
/*
 * One open /proc/irq/N/irq: what the system calls on it do.
 *
 * procfs calls only our open. It would wrap later calls too, and after the file's
 * removal it would answer for us: release early, fail reads with -EIO, report
 * "readable" to poll. So open() replaces the file's operations by our own, as
 * character devices do. Then release comes with the last close, the open file pins
 * the module, and a line that is gone reports -ENODEV and EPOLLHUP.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "internal.h"
#include "trace.h"

/*
 * Programs that walk through directories open files for reading and read them in blocks:
 * grep -r, backups, collectors of support data. They must not wait for an interrupt, nor
 * make a driver of the line wait for them. So a file that is open for reading only claims
 * nothing until its first call that a reader makes, and a read of more than a record is
 * no such call: it returns end of file.
 */
#define FILE_READ_MAX sizeof(struct procirq_event)

/* What poll() reports of a line that is gone. */
#define FILE_HANGUP (EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLRDNORM)

/* Makes the file a reader of its line, if it is not one yet. May sleep. */
static int file_join(struct procirq_reader *reader)
{
	return likely(READ_ONCE(reader->joined)) ? 0 : procirq_line_join(reader);
}

/*
 * The record could not be copied to the user: its interrupts are pending again. If a
 * descriptor has moved the reader to another action since, they are lost, as is all
 * that the reader had not read when it was moved.
 */
static void file_give_back(struct procirq_reader *reader, const struct procirq_waiter *waiter)
{
	const struct procirq_event *event = &waiter->event;
	struct procirq_action *action = procirq_reader_lock(reader);
	struct procirq_totals *totals = &reader->totals;

	if (unlikely(action != waiter->action)) {
		procirq_reader_unlock(action);
		action = waiter->action;
		procirq_action_lock(action);
		totals = &action->closed;
		totals->lost += event->count;
		trace_procirq_lost(action->irq, event->seq, event->count);
	} else {
		reader->cursor -= event->count;
	}
	totals->delivered--;
	totals->coalesced -= event->count - 1;
	if (totals == &reader->totals)
		procirq_reader_hand_over(reader);
	procirq_reader_unlock(action);
	/* A poller may have looked while nothing was pending. */
	procirq_line_wake_pollers(reader->line);
}

/* Whether the line is shut for readers without a device. Caller holds action->lock. */
static bool file_is_shut(const struct procirq_action *action)
{
	return !action->device && action->line->shared;
}

/*
 * Takes what is pending. If nothing is, the reader has serviced its device, and the
 * thread becomes a waiter unless @nonblock.
 * Returns 1 with @waiter->event filled in, 0 if @waiter is queued, or a negative
 * errno.
 */
static int file_look(struct procirq_reader *reader, struct procirq_waiter *waiter, bool nonblock)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	int ret = 0;

	reader->used = true;
	waiter->action = action;
	if (unlikely(reader->uli))
		procirq_uli_notice(reader);
	if (procirq_reader_pending(reader)) {
		procirq_reader_consume(reader, &waiter->event);
		ret = 1;
	} else if (procirq_reader_revoked(reader)) {
		ret = -ENODEV;
	} else if (file_is_shut(action)) {
		ret = -ENOTCONN;
	} else {
		/* A waiter gets one interrupt: action_deliver() sets the other fields. */
		waiter->event = (struct procirq_event){ .count = 1 };
		if (!nonblock)
			list_add_tail(&waiter->node, &reader->waiters);
		else
			ret = -EAGAIN;
		/* Until the readers change: a thread waits beside the handler. */
		if (unlikely(action->audience == PROCIRQ_AUDIENCE_ULI) && !nonblock)
			procirq_reader_count(reader, 0, 0);
		if (!(reader->flags & PROCIRQ_FLAG_EXPLICIT_UNMASK))
			procirq_action_reader_idle(action, reader);
	}
	procirq_reader_unlock(action);
	return ret;
}

/* Removes a waiter, unless it was woken with a result before. Returns waiter->done. */
static int file_leave(struct procirq_reader *reader, struct procirq_waiter *waiter)
{
	struct procirq_action *action = procirq_reader_lock(reader);

	if (!waiter->done)
		list_del(&waiter->node);
	procirq_reader_unlock(action);
	return waiter->done;
}

/*
 * Sleeps until the waiter has a result, a signal comes, or the CLOCK_MONOTONIC time @until
 * has passed; NULL: no limit. The handler puts the interrupt into waiter->event, so that
 * this takes no lock after the wakeup.
 * Returns waiter->done, -ERESTARTSYS or -ETIMEDOUT.
 */
static int file_sleep(struct procirq_reader *reader, struct procirq_waiter *waiter, ktime_t *until)
{
	int done;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		/* Pairs with procirq_waiter_wake(): @event is valid once @done is set. */
		done = smp_load_acquire(&waiter->done);
		if (done)
			break;
		if (signal_pending(current)) {
			done = file_leave(reader, waiter) ?: -ERESTARTSYS;
			break;
		}
		if (likely(!until)) {
			schedule();
			/* The state is TASK_RUNNING again, and this the usual end. */
			done = smp_load_acquire(&waiter->done);
			if (likely(done))
				return done;
		} else if (!schedule_hrtimeout(until, HRTIMER_MODE_ABS)) {
			done = file_leave(reader, waiter) ?: -ETIMEDOUT;
			break;
		}
	}
	__set_current_state(TASK_RUNNING);
	return done;
}

/* As file_sleep(), after busy-waiting if the reader wants that. */
static int file_wait(struct procirq_reader *reader, struct procirq_waiter *waiter, ktime_t *until)
{
	u64 start_ns;
	int done;

	if (likely(!READ_ONCE(reader->spin.max_ns)))
		return file_sleep(reader, waiter, until);
	start_ns = ktime_get_ns();
	done = procirq_spin_wait(&reader->spin, waiter, until);
	if (done)
		return done;
	done = file_sleep(reader, waiter, until);
	if (done > 0)
		procirq_spin_adapt(&reader->spin, waiter->event.last_ns - start_ns);
	else if (done == -ETIMEDOUT)
		procirq_spin_adapt(&reader->spin, PROCIRQ_SPIN_IN_VAIN);
	return done;
}

/* Field by field: a copy loop would take a seventh of the time from wakeup to user. */
static int file_copy(const struct procirq_event *event, void __user *buf, bool record)
{
	struct procirq_event __user *to = buf;

	if (!record)
		return put_user((int)event->count, (int __user *)buf);

	if (!user_write_access_begin(to, sizeof(*to)))
		return -EFAULT;
	unsafe_put_user(event->count, &to->count, fault);
	unsafe_put_user(event->status, &to->status, fault);
	unsafe_put_user(event->seq, &to->seq, fault);
	unsafe_put_user(event->first_ns, &to->first_ns, fault);
	unsafe_put_user(event->last_ns, &to->last_ns, fault);
	unsafe_put_user(event->lost, &to->lost, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

static ssize_t file_read(struct file *file, char __user *buf, size_t len, loff_t *ppos)
{
	struct procirq_reader *reader = file->private_data;
	bool record = READ_ONCE(reader->flags) & PROCIRQ_FLAG_RECORDS;
	size_t size = record ? sizeof(struct procirq_event) : sizeof(int);
	struct procirq_waiter waiter;
	int ret;

	if (len < size)
		return -EINVAL;
	if (unlikely(len > FILE_READ_MAX && !(file->f_mode & FMODE_WRITE)))
		return 0;
	ret = file_join(reader);
	if (unlikely(ret))
		return ret;

	waiter.task = current;
	waiter.done = 0;
	ret = file_look(reader, &waiter, file->f_flags & O_NONBLOCK);
	if (!ret)
		ret = file_wait(reader, &waiter, NULL);
	if (ret < 0)
		return ret;

	/* The interrupts of a thread that dies would be lost to other threads. */
	if (unlikely(fatal_signal_pending(current)))
		ret = -EINTR;
	else
		ret = file_copy(&waiter.event, buf, record);
	if (unlikely(ret)) {
		file_give_back(reader, &waiter);
		return ret;
	}
	/* Its arguments would be loaded for nothing. */
	if (trace_procirq_read_enabled())
		trace_procirq_read(reader->line->irq, waiter.event.seq, waiter.event.first_ns,
				   waiter.event.last_ns, waiter.event.count);
	return size;
}

/* The reader has serviced its device, and unmasks the line. Caller holds action->lock. */
static void file_unmask(struct procirq_action *action, struct procirq_reader *reader)
{
	procirq_action_release_hold(action);
	procirq_action_reader_idle(action, reader);
	procirq_action_unmask(action);
}

static ssize_t file_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_action *action;
	ssize_t ret = sizeof(u32);
	u32 enable;

	if (len != sizeof(enable))
		return -EINVAL;
	if (copy_from_user(&enable, buf, sizeof(enable)))
		return -EFAULT;
	if (enable > 1)
		return -EINVAL;

	action = procirq_reader_lock(reader);
	reader->used = true;
	if (procirq_reader_revoked(reader)) {
		ret = -ENODEV;
	} else if (file_is_shut(action)) {
		ret = -ENOTCONN;
	} else if (enable) {
		file_unmask(action, reader);
	} else if (action->device && !procirq_device_silences(action->device)) {
		ret = -EOPNOTSUPP;
	} else {
		procirq_action_hold(action, reader);
		procirq_action_mask(action);
	}
	procirq_reader_unlock(action);
	return ret;
}

/* PROCIRQ_DEVICE_* of the reader's device, which is asked. */
static u32 file_ask_device(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	u32 found = PROCIRQ_DEVICE_UNKNOWN;

	if (action->attached && action->device)
		found = procirq_device_is_waiting(action->device) ? PROCIRQ_DEVICE_WAITING :
								    PROCIRQ_DEVICE_QUIET;
	procirq_reader_unlock(action);
	return found;
}

/* PROCIRQ_IOC_READ */
long procirq_file_timed_read(struct procirq_reader *reader, void __user *arg, bool writable)
{
	struct procirq_waiter waiter = { .task = current };
	struct procirq_action *action;
	struct procirq_read read;
	ktime_t until;
	int ret;

	if (copy_from_user(&read, arg, sizeof(read)))
		return -EFAULT;
	if (read.flags & ~PROCIRQ_READ_ALL || read.device ||
	    memchr_inv(&read.event, 0, sizeof(read.event)))
		return -EINVAL;
	if (read.flags & PROCIRQ_READ_UNMASK && !writable)
		return -EBADF;
	ret = file_join(reader);
	if (ret)
		return ret;
	until = ns_to_ktime(min_t(u64, read.timeout_ns, KTIME_MAX));
	until = ktime_add_safe(ktime_get(), until);

	if (read.flags & PROCIRQ_READ_UNMASK) {
		action = procirq_reader_lock(reader);
		reader->used = true;
		if (!procirq_reader_revoked(reader) && !file_is_shut(action))
			file_unmask(action, reader);
		procirq_reader_unlock(action);
	}
	ret = file_look(reader, &waiter, !read.timeout_ns);
	if (!ret)
		ret = file_wait(reader, &waiter, read.timeout_ns == U64_MAX ? NULL : &until);
	if (ret == -EAGAIN || ret == -ETIMEDOUT) {
		waiter.event = (struct procirq_event){};
		if (read.flags & PROCIRQ_READ_CHECK)
			read.device = file_ask_device(reader);
	} else if (ret < 0) {
		/* Restarted, it would wait for the whole time again. */
		return ret == -ERESTARTSYS ? -EINTR : ret;
	}
	read.event = waiter.event;
	/* The interrupts of a thread that dies would be lost to other threads. */
	if (unlikely(fatal_signal_pending(current)))
		ret = -EINTR;
	else
		ret = copy_to_user(arg, &read, sizeof(read)) ? -EFAULT : 0;
	if (!read.event.count)
		return ret;
	if (ret)
		file_give_back(reader, &waiter);
	else
		trace_procirq_read(reader->line->irq, waiter.event.seq, waiter.event.first_ns,
				   waiter.event.last_ns, waiter.event.count);
	return ret;
}

/* What poll() reports now. */
static __always_inline __poll_t file_poll_look(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	__poll_t mask = 0;

	reader->used = true;
	if (unlikely(reader->uli))
		procirq_uli_notice(reader);
	if (procirq_reader_revoked(reader))
		mask = FILE_HANGUP;
	else if (procirq_reader_pending(reader))
		mask = EPOLLIN | EPOLLRDNORM;
	else if (file_is_shut(action))
		mask = EPOLLERR;
	else if (!(reader->flags & PROCIRQ_FLAG_EXPLICIT_UNMASK))
		procirq_action_reader_idle(action, reader);
	procirq_reader_unlock(action);
	return mask;
}

/* A poll that is going to sleep, of a reader that wants to busy-wait. Reports as above. */
static noinline __poll_t file_poll_spin(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	bool idle = !procirq_reader_pending(reader) && !procirq_reader_revoked(reader);
	const struct procirq_ring *ring = action->ring;
	u64 taken = action->taken;

	procirq_reader_unlock(action);
	if (idle && !procirq_spin_poll(reader, ring, taken))
		return 0;
	return file_poll_look(reader);
}

/* A poll has looked that does not wait, or not again. */
static noinline void file_poll_slept(struct procirq_reader *reader)
{
	struct procirq_action *action = procirq_reader_lock(reader);
	u64 irq_ns = 0;

	if (procirq_reader_pending(reader))
		irq_ns = procirq_ring_entry(action->ring, reader->cursor + 1)->irq_ns;
	procirq_reader_unlock(action);
	procirq_spin_poll_slept(&reader->spin, irq_ns);
}

static __poll_t file_poll(struct file *file, struct poll_table_struct *wait)
{
	struct procirq_reader *reader = file->private_data;
	__poll_t mask;
	int err;

	/* Join the queue first, then read the count: see action_take(). */
	poll_wait(file, &reader->line->poll_wait, wait);

	err = file_join(reader);
	if (unlikely(err))
		return err == -ENODEV ? FILE_HANGUP : EPOLLERR;
	mask = file_poll_look(reader);
	if (likely(!READ_ONCE(reader->spin.max_ns)))
		return mask;
	if (!procirq_poll_may_sleep(wait))
		file_poll_slept(reader);
	else if (!mask)
		mask = file_poll_spin(reader);
	return mask;
}

static void file_count_mappings(struct vm_area_struct *vma, int change)
{
	struct procirq_reader *reader = vma->vm_file->private_data;
	struct procirq_action *action = procirq_reader_lock(reader);

	reader->nr_mappings += change;
	procirq_reader_unlock(action);
}

/* A mapping was split, or copied by fork. */
static void file_vm_open(struct vm_area_struct *vma)
{
	file_count_mappings(vma, 1);
}

/* Also of a mapping that mmap() gives up after file_mmap() has succeeded. */
static void file_vm_close(struct vm_area_struct *vma)
{
	file_count_mappings(vma, -1);
}

static const struct vm_operations_struct file_vm_ops = {
	.open = file_vm_open,
	.close = file_vm_close,
};

static int file_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_action *action;
	int err = file_join(reader);

	if (err)
		return err;
	/* Count it first: @nr_mappings keeps the reader with this action and its ring. */
	action = procirq_reader_lock(reader);
	if (procirq_reader_revoked(reader)) {
		err = -ENODEV;
	} else if (!action->ring || file_is_shut(action)) {
		err = -ENOTCONN;
	} else {
		reader->used = true;
		reader->nr_mappings++;
	}
	procirq_reader_unlock(action);
	if (err)
		return err;
	err = procirq_ring_map(action->ring, vma);
	if (err)
		file_count_mappings(vma, -1);
	else
		vma->vm_ops = &file_vm_ops;
	return err;
}

/* The file has no position. */
static loff_t file_llseek(struct file *file, loff_t offset, int whence)
{
	if (!PROCIRQ_ULI_LEAVES || whence != PROCIRQ_ULI_LEAVE)
		return -ESPIPE;
	return procirq_uli_leave(file->private_data, (void __user *)(unsigned long)offset);
}

static int file_release(struct inode *inode, struct file *file)
{
	struct procirq_reader *reader = file->private_data;

	procirq_uli_close(reader);
	procirq_line_close(reader->line, reader);
	procirq_eventfd_free(reader->eventfd);
	procirq_devfile_put(reader->devfile);
	kfree(reader);
	return 0;
}

static void file_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct procirq_reader *reader = file->private_data;
	struct procirq_action *action = procirq_reader_lock(reader);
	u64 taken = action->taken;
	u64 pending = procirq_reader_pending(reader);

	procirq_reader_unlock(action);
	seq_printf(m, "irq:\t%u\ntaken:\t%llu\npending:\t%llu\n", reader->line->irq, taken,
		   pending);
	if (action->device)
		seq_printf(m, "device:\t%s\n", procirq_device_name(action->device));
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.read = file_read,
	.write = file_write,
	.poll = file_poll,
	.unlocked_ioctl = procirq_file_ioctl,
	.mmap = file_mmap,
	.llseek = file_llseek,
	.compat_ioctl = compat_ptr_ioctl,
	.release = file_release,
	.show_fdinfo = file_show_fdinfo,
};

static bool file_may_open;

/* The module has been loaded: from now on an open file pins it. */
void procirq_file_allow_open(void)
{
	WRITE_ONCE(file_may_open, true);
}

/**
 * procirq_file_open() - open a line
 * @inode: of the file
 * @file: becomes a reader's, with our operations; the caller may open it
 * @line: the line; referenced by the caller until this returns
 * @devfile: what it is opened by; NULL: /proc/irq/N/irq
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int procirq_file_open(struct inode *inode, struct file *file, struct procirq_line *line,
		      struct procirq_devfile *devfile)
{
	bool excl = file->f_flags & O_EXCL;
	struct procirq_reader *reader;
	int err;

	if (!READ_ONCE(file_may_open))
		return -ENODEV;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return -ENOMEM;
	reader->pid = task_tgid_nr(current);
	get_task_comm(reader->comm, current);
	procirq_spin_init(&reader->spin);
	reader->devfile = devfile;

	/* On success this reference belongs to the file; the last close drops it. */
	if (!try_module_get(THIS_MODULE)) {
		err = -ENODEV;
		goto out_free;
	}
	err = procirq_line_open(line, reader, file->f_mode & FMODE_WRITE || excl, excl);
	if (err)
		goto out_put_module;

	if (devfile)
		kref_get(&devfile->ref);
	file->private_data = reader;
	replace_fops(file, &file_fops);
	/* No file position, whose lock a blocked read() would hold against write(). */
	err = stream_open(inode, file);
	if (PROCIRQ_ULI_LEAVES)
		file->f_mode |= FMODE_LSEEK;
	return err;

out_put_module:
	module_put(THIS_MODULE);
out_free:
	kfree(reader);
	return err;
}

/* The file's removal waits until this has returned. */
static int file_open(struct inode *inode, struct file *file)
{
	struct procirq_line *line = pde_data(inode);
	int err = procirq_access_check(line, file->f_mode);

	return err ?: procirq_file_open(inode, file, line, NULL);
}

const struct proc_ops procirq_file_proc_ops = {
	.proc_open = file_open,
	/* Never called; procfs mishandles its absence on removal (CVE-2025-38653). */
	.proc_lseek = noop_llseek,
};

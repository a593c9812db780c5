// SPDX-License-Identifier: GPL-2.0-only
/*
 * One open /proc/irq/N/irq: its ioctls.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

#define INJECT_MAX 1000

/* PROCIRQ_STATE_*. Caller holds line->mutex and action->lock. */
static u32 ioctl_state(const struct procirq_line *line, const struct procirq_action *action,
		       const struct procirq_reader *reader)
{
	return (action->masked ? PROCIRQ_STATE_MASKED : 0) |
	       (action->nr_holding ? PROCIRQ_STATE_HELD : 0) |
	       (action->storm ? PROCIRQ_STATE_STORM : 0) |
	       (action->device ? PROCIRQ_STATE_DEVICE : 0) |
	       (line->shared && !action->device ? PROCIRQ_STATE_SHARED : 0) |
	       (line->excl ? PROCIRQ_STATE_EXCL : 0) | (line->level ? PROCIRQ_STATE_LEVEL : 0) |
	       (line->msi_dev ? PROCIRQ_STATE_MSI : 0) |
	       (line->threaded ? PROCIRQ_STATE_THREADED : 0) |
	       (reader->eventfd ? PROCIRQ_STATE_EVENTFD : 0) |
	       (procirq_uli_is_live(reader) ? PROCIRQ_STATE_ULI : 0);
}

static long ioctl_get_info(struct procirq_reader *reader, void __user *arg)
{
	struct procirq_line *line = reader->line;
	struct procirq_info info = { .version = PROCIRQ_ABI_VERSION, .irq = line->irq };
	struct procirq_action *action;
	struct irq_data *data;
	int err = procirq_line_join(reader);

	if (err)
		return err;
	/* line->mutex delays procirq_line_revoke(), and so the end of the descriptor. */
	mutex_lock(&line->mutex);
	action = procirq_reader_lock(reader);
	info.flags = reader->flags;
	info.state = ioctl_state(line, action, reader);
	info.readers = action->nr_readers;
	info.taken = action->taken;
	info.delivered = reader->totals.delivered;
	info.coalesced = reader->totals.coalesced;
	info.pending = procirq_reader_pending(reader);
	info.storms = action->storms;
	info.injected = action->injected;
	procirq_reader_unlock(action);

	data = procirq_reader_revoked(reader) ? NULL : irq_get_irq_data(line->irq);
	if (data) {
		if (procirq_flow_is_ours(irq_data_to_desc(data)))
			info.state |= PROCIRQ_STATE_FLOW;
		info.trigger = procirq_irq_trigger(data);
		info.hwirq = data->hwirq;
		if (data->chip && data->chip->name)
			strscpy(info.chip, data->chip->name, sizeof(info.chip));
	}
	mutex_unlock(&line->mutex);

	if (!data)
		return -ENODEV;
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl_set_flags(struct procirq_reader *reader, const void __user *arg)
{
	struct procirq_action *action;
	struct procirq_flags wanted;
	bool nomask;
	long err = 0;

	if (copy_from_user(&wanted, arg, sizeof(wanted)))
		return -EFAULT;
	if (wanted.reserved || wanted.flags & ~PROCIRQ_FLAGS_ALL)
		return -EINVAL;

	nomask = wanted.flags & PROCIRQ_FLAG_NO_MASK;
	action = procirq_reader_lock(reader);
	if (procirq_reader_revoked(reader)) {
		err = -ENODEV;
	} else if (nomask && reader->line->level &&
		   !(action->device && procirq_device_deasserts(action->device))) {
		/* Unmasked, a level line would interrupt again at once, for ever. */
		err = -EINVAL;
	} else {
		action->nr_nomask += nomask - !!(reader->flags & PROCIRQ_FLAG_NO_MASK);
		WRITE_ONCE(reader->flags, wanted.flags);
		procirq_reader_count(reader, 0, 0);
	}
	procirq_reader_unlock(action);
	return err;
}

static long ioctl_set_descriptor(struct procirq_reader *reader, const void __user *arg)
{
	struct procirq_descriptor *descriptor;
	u32 size;
	long err;

	if (get_user(size, (const u32 __user *)arg))
		return -EFAULT;
	if (size < offsetof(struct procirq_descriptor, steps) || size > PAGE_SIZE)
		return -EINVAL;
	descriptor = kzalloc(sizeof(*descriptor), GFP_KERNEL_ACCOUNT);
	if (!descriptor)
		return -ENOMEM;
	/* A program built for a later version may set fields that this one does not have. */
	err = copy_struct_from_user(descriptor, sizeof(*descriptor), arg, size);
	if (!err)
		err = procirq_line_set_device(reader->line, reader, descriptor);
	kfree(descriptor);
	return err;
}

static long ioctl_set_eventfd(struct procirq_reader *reader, const void __user *arg)
{
	struct procirq_eventfd_target *target = NULL;
	struct procirq_action *action;
	struct procirq_eventfd wanted;
	long err = 0;

	if (copy_from_user(&wanted, arg, sizeof(wanted)))
		return -EFAULT;
	if (wanted.flags & ~PROCIRQ_EVENTFD_DELIVER || wanted.fd < -1)
		return -EINVAL;
	if (wanted.fd >= 0)
		target = procirq_eventfd_alloc(wanted.fd, wanted.flags);
	if (IS_ERR(target))
		return PTR_ERR(target);

	action = procirq_reader_lock(reader);
	if (procirq_reader_revoked(reader)) {
		err = -ENODEV;
	} else {
		reader->used = true;
		procirq_reader_count(reader, !!target - !!reader->eventfd, 0);
		swap(target, reader->eventfd);
	}
	procirq_reader_unlock(action);
	procirq_eventfd_free(target);
	return err;
}

static long ioctl_inject(struct procirq_reader *reader, void __user *arg)
{
	struct procirq_inject inject;
	struct procirq_action *action;
	bool revoked;
	int err = 0;

	if (copy_from_user(&inject, arg, sizeof(inject)))
		return -EFAULT;
	if (!inject.count || inject.count > INJECT_MAX || inject.done)
		return -EINVAL;

	while (inject.done < inject.count) {
		action = procirq_reader_lock(reader);
		revoked = procirq_reader_revoked(reader);
		procirq_reader_unlock(action);
		err = revoked ? -ENODEV : procirq_action_inject(action);
		if (err)
			break;
		inject.done++;
		if (signal_pending(current))
			break;
	}
	if (err && !(err == -EBUSY && inject.done))
		return err;
	return copy_to_user(arg, &inject, sizeof(inject)) ? -EFAULT : 0;
}

/* Whether the request needs a file that is open for writing. */
static bool ioctl_changes(unsigned int cmd)
{
	switch (cmd) {
	case PROCIRQ_IOC_SET_FLAGS:
	case PROCIRQ_IOC_SET_DESCRIPTOR:
	case PROCIRQ_IOC_SET_EVENTFD:
	case PROCIRQ_IOC_INJECT:
	case PROCIRQ_IOC_ULI_REGISTER:
	case PROCIRQ_IOC_ULI_UNREGISTER:
	case PROCIRQ_IOC_ULI_KICK:
	case PROCIRQ_IOC_SET_SPIN:
		return true;
	default:
		return false;
	}
}

/* unlocked_ioctl of the file. */
long procirq_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct procirq_reader *reader = file->private_data;
	void __user *user = (void __user *)arg;

	if (!(file->f_mode & FMODE_WRITE) && ioctl_changes(cmd))
		return -EBADF;

	switch (cmd) {
	case PROCIRQ_IOC_GET_INFO:
		return ioctl_get_info(reader, user);
	case PROCIRQ_IOC_SET_FLAGS:
		return ioctl_set_flags(reader, user);
	case PROCIRQ_IOC_SET_DESCRIPTOR:
		return ioctl_set_descriptor(reader, user);
	case PROCIRQ_IOC_SET_EVENTFD:
		return ioctl_set_eventfd(reader, user);
	case PROCIRQ_IOC_INJECT:
		return ioctl_inject(reader, user);
	case PROCIRQ_IOC_ULI_REGISTER:
		return procirq_uli_register(reader, user);
	case PROCIRQ_IOC_ULI_UNREGISTER:
		return procirq_uli_unregister(reader, user);
	case PROCIRQ_IOC_ULI_INFO:
		return procirq_uli_get_info(reader, user);
	case PROCIRQ_IOC_ULI_KICK:
		return procirq_uli_kick(reader);
	case PROCIRQ_IOC_READ:
		return procirq_file_timed_read(reader, user, file->f_mode & FMODE_WRITE);
	case PROCIRQ_IOC_SET_SPIN:
		return procirq_spin_set(&reader->spin, user);
	case PROCIRQ_IOC_GET_SPIN:
		return procirq_spin_get(&reader->spin, user);
	default:
		return -ENOTTY;
	}
}

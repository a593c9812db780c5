// SPDX-License-Identifier: LGPL-2.1-or-later
/* One open /proc/irq/N/irq: opening, reading, masking. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

struct procirq {
	int fd;
	unsigned int irq;
	/* PROCIRQ_FLAG_* in force: they decide what shape read() returns. */
	atomic_uint flags;
};

/*
 * Masking needs a descriptor open for writing; a reader who was only given
 * read permission can still count interrupts.
 */
static int open_file(const char *path, int mode)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | mode);

	if (fd < 0 && errno == EACCES)
		fd = open(path, O_RDONLY | O_CLOEXEC | mode);
	return fd;
}

/**
 * procirq_open - claim an interrupt line by number
 * @irq: Linux interrupt number, the N of /proc/irq/N
 * @flags: PROCIRQ_OPEN_* and PROCIRQ_FLAG_*, or-ed; 0 for the default file
 *
 * Returns a handle to be given to procirq_close(), or NULL with errno set:
 * ENOENT there is no such line or the module does not serve it, EACCES, EBUSY
 * held by a driver or by another reader, ENODEV the line is going away, EINVAL
 * unknown flag or one that this line cannot honour. procirq_explain() makes a
 * sentence of it.
 */
struct procirq *procirq_open(unsigned int irq, unsigned int flags)
{
	const unsigned int known = PROCIRQ_FLAGS_ALL | PROCIRQ_OPEN_EXCL | PROCIRQ_OPEN_NONBLOCK;
	struct procirq *line;
	char path[64];
	int mode = 0, saved;

	if (flags & ~known) {
		errno = EINVAL;
		return NULL;
	}
	line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->irq = irq;

	if (flags & PROCIRQ_OPEN_EXCL)
		mode |= O_EXCL;
	if (flags & PROCIRQ_OPEN_NONBLOCK)
		mode |= O_NONBLOCK;
	snprintf(path, sizeof(path), "/proc/irq/%u/irq", irq);
	line->fd = open_file(path, mode);
	if (line->fd < 0)
		goto fail_free;
	if ((flags & PROCIRQ_FLAGS_ALL) && procirq_set_flags(line, flags & PROCIRQ_FLAGS_ALL))
		goto fail_close;
	return line;

fail_close:
	saved = errno;
	close(line->fd);
	errno = saved;
fail_free:
	saved = errno;
	free(line);
	errno = saved;
	return NULL;
}

/**
 * procirq_open_name - claim an interrupt line by the name of what it serves
 * @name: what procirq_resolve() accepts
 * @flags: as procirq_open()
 *
 * Returns as procirq_open(). Also ENXIO when the name means no line, and
 * ENOTUNIQ when it means several; procirq_explain_name() lists them.
 */
struct procirq *procirq_open_name(const char *name, unsigned int flags)
{
	unsigned int irqs[2];
	int n = procirq_resolve(name, irqs, 2);

	if (n < 0)
		return NULL;
	if (n > 1) {
		errno = ENOTUNIQ;
		return NULL;
	}
	return procirq_open(irqs[0], flags);
}

/**
 * procirq_close - release the line and free the handle
 * @line: handle, or NULL
 */
void procirq_close(struct procirq *line)
{
	if (!line)
		return;
	close(line->fd);
	free(line);
}

/**
 * procirq_fd - the file descriptor, for poll(), epoll and the like
 * @line: handle; keeps owning the descriptor
 */
int procirq_fd(const struct procirq *line)
{
	return line->fd;
}

/**
 * procirq_irq - the Linux interrupt number
 * @line: handle
 */
unsigned int procirq_irq(const struct procirq *line)
{
	return line->irq;
}

/**
 * procirq_wait - wait until there is something to read
 * @line: handle
 * @timeout_ms: milliseconds; 0 only looks, negative waits for ever
 *
 * Finding nothing unmasks the line, as a read that finds nothing does.
 *
 * Returns 1 when a read would return at once, 0 when the time ran out, -1 with
 * errno: EINTR, ENODEV the line is gone.
 */
int procirq_wait(struct procirq *line, int timeout_ms)
{
	struct pollfd pfd = { .fd = line->fd, .events = POLLIN };
	int n = poll(&pfd, 1, timeout_ms);

	if (n <= 0)
		return n;
	if (pfd.revents & POLLIN)
		return 1;
	errno = pfd.revents & POLLNVAL ? EBADF : ENODEV;
	return -1;
}

/**
 * procirq_read - wait for interrupts and count them
 * @line: handle
 *
 * Returns the number of interrupts since the last read on this handle, at
 * least 1, or -1 with errno: EAGAIN (PROCIRQ_OPEN_NONBLOCK), EINTR, ENODEV,
 * ENOTCONN.
 */
int procirq_read(struct procirq *line)
{
	struct procirq_event event;
	int count;
	ssize_t n;

	if (atomic_load(&line->flags) & PROCIRQ_FLAG_RECORDS) {
		if (procirq_read_record(line, &event))
			return -1;
		return event.count > INT_MAX ? INT_MAX : (int)event.count;
	}
	n = read(line->fd, &count, sizeof(count));
	if (n == sizeof(count))
		return count;
	if (n >= 0)
		errno = EIO;
	return -1;
}

/**
 * procirq_read_record - wait for interrupts and say when they came
 * @line: handle; gets PROCIRQ_FLAG_RECORDS if it has it not yet
 * @event: filled on success; see uapi/procirq.h for units
 *
 * Returns 0, or -1 with errno as procirq_read().
 */
int procirq_read_record(struct procirq *line, struct procirq_event *event)
{
	unsigned int flags = atomic_load(&line->flags);
	ssize_t n;

	if (!(flags & PROCIRQ_FLAG_RECORDS) &&
	    procirq_set_flags(line, flags | PROCIRQ_FLAG_RECORDS))
		return -1;
	n = read(line->fd, event, sizeof(*event));
	if (n == sizeof(*event))
		return 0;
	if (n >= 0)
		errno = EIO;
	return -1;
}

static int write_mask(struct procirq *line, __u32 unmask)
{
	ssize_t n = write(line->fd, &unmask, sizeof(unmask));

	if (n == sizeof(unmask))
		return 0;
	if (n >= 0)
		errno = EIO;
	return -1;
}

/**
 * procirq_mask - mask the line until procirq_unmask() or procirq_close()
 * @line: handle
 *
 * Masking twice is the same as masking once.
 *
 * Returns 0, or -1 with errno: EBADF no write permission, ENODEV.
 */
int procirq_mask(struct procirq *line)
{
	return write_mask(line, 0);
}

/**
 * procirq_unmask - unmask the line: the device has been tended
 * @line: handle
 *
 * Returns as procirq_mask().
 */
int procirq_unmask(struct procirq *line)
{
	return write_mask(line, 1);
}

/**
 * procirq_get_info - state and counters of the line and of this reader
 * @line: handle
 * @info: filled on success
 *
 * Returns 0, or -1 with errno: ENODEV, or ENOTTY when the file is not one of
 * the procirq module.
 */
int procirq_get_info(struct procirq *line, struct procirq_info *info)
{
	return ioctl(line->fd, PROCIRQ_IOC_GET_INFO, info) < 0 ? -1 : 0;
}

/**
 * procirq_set_flags - choose how this reader is served
 * @line: handle
 * @flags: PROCIRQ_FLAG_*, the whole new set
 *
 * Returns 0, or -1 with errno: EINVAL unknown flag, or NO_MASK on a level
 * line; ENODEV.
 */
int procirq_set_flags(struct procirq *line, unsigned int flags)
{
	struct procirq_flags arg = { .flags = flags };

	if (ioctl(line->fd, PROCIRQ_IOC_SET_FLAGS, &arg) < 0)
		return -1;
	atomic_store(&line->flags, flags);
	return 0;
}

/**
 * procirq_set_descriptor - be served by one device's interrupts only
 * @line: handle
 * @descriptor: how the kernel asks, acknowledges and silences the device; see
 *	procirq_descriptor_init()
 *
 * From then on the line may be shared, with kernel drivers too, and is never
 * masked. Counts begin at 1 again. The handle keeps the descriptor until it is
 * closed, when the device is silenced by its release steps.
 *
 * Returns 0, or -1 with one of the errors at struct procirq_descriptor in
 * uapi/procirq.h, of which procirq_explain_descriptor() makes a sentence.
 */
int procirq_set_descriptor(struct procirq *line, const struct procirq_descriptor *descriptor)
{
	return ioctl(line->fd, PROCIRQ_IOC_SET_DESCRIPTOR, descriptor) < 0 ? -1 : 0;
}

/**
 * procirq_set_eventfd - have each interrupt add 1 to an eventfd
 * @line: handle
 * @eventfd: stays the caller's, who may close it; -1 for no more
 * @flags: PROCIRQ_EVENTFD_DELIVER or 0
 *
 * Returns 0, or -1 with errno: EBADF, EINVAL not an eventfd or an unknown flag,
 * ENODEV.
 */
int procirq_set_eventfd(struct procirq *line, int eventfd, unsigned int flags)
{
	struct procirq_eventfd arg = { .fd = eventfd, .flags = flags };

	return ioctl(line->fd, PROCIRQ_IOC_SET_EVENTFD, &arg) < 0 ? -1 : 0;
}

/**
 * procirq_inject - make interrupts for a self test
 * @line: handle
 * @count: how many, 1 to 1000
 *
 * Neither the device nor the interrupt controller is touched; the kernel does
 * what it does from its interrupt handler on. An interrupt masks the line, so
 * that only one can be made until it is read, unless the readers want no mask.
 *
 * Returns how many were made, at least 1, or -1 with errno: EINVAL count, EBUSY
 * the line is masked, ENOTCONN no handler on the line, ENODEV.
 */
int procirq_inject(struct procirq *line, unsigned int count)
{
	struct procirq_inject arg = { .count = count };

	return ioctl(line->fd, PROCIRQ_IOC_INJECT, &arg) < 0 ? -1 : (int)arg.done;
}

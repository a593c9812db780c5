// SPDX-License-Identifier: LGPL-2.1-or-later
/* An open /proc/irq/N/irq: opening, reading, masking. */

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
	atomic_uint flags; /* current PROCIRQ_FLAG_*; they decide what read() returns */
	struct procirq_adaptive adaptive;
};

/*
 * Masking needs a file that is open for writing. Without permission to write, a reader
 * can still count interrupts. Such a file claims the line only when it is used.
 */
static int open_file(const char *path, int mode)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | mode), err;
	struct procirq_info info;

	if (fd >= 0 || errno != EACCES)
		return fd;
	fd = open(path, O_RDONLY | O_CLOEXEC | mode);
	if (fd >= 0 && ioctl(fd, PROCIRQ_IOC_GET_INFO, &info)) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

/* Opens @path, a file of line @irq; 0: the kernel says of which. Returns NULL with errno. */
static struct procirq *open_line(const char *path, unsigned int irq, unsigned int flags)
{
	const unsigned int known = PROCIRQ_FLAGS_ALL | PROCIRQ_OPEN_EXCL | PROCIRQ_OPEN_NONBLOCK;
	struct procirq_info info;
	struct procirq *line;
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
	line->fd = open_file(path, mode);
	if (line->fd < 0)
		goto fail_free;
	if ((flags & PROCIRQ_FLAGS_ALL) && procirq_set_flags(line, flags & PROCIRQ_FLAGS_ALL))
		goto fail_close;
	if (!irq) {
		if (procirq_get_info(line, &info))
			goto fail_close;
		line->irq = info.irq;
	}
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
 * procirq_open - open an interrupt line by its number
 * @irq: Linux interrupt number, the N of /proc/irq/N
 * @flags: PROCIRQ_OPEN_* and PROCIRQ_FLAG_*, or-ed
 *
 * Returns a handle for procirq_close(), or NULL with errno: ENOENT there is no such
 * line, or the module does not serve it; EACCES, EPERM no permission; EBUSY a driver or an
 * exclusive reader holds the line, or PROCIRQ_OPEN_EXCL was given and it has readers;
 * EOPNOTSUPP only a sleeping thread can mask the line; ENODEV the line is gone; EINVAL
 * unknown flag, or a flag that this line does not support. procirq_explain() turns the
 * error into a sentence.
 */
struct procirq *procirq_open(unsigned int irq, unsigned int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%u/irq", irq);
	return open_line(path, irq, flags);
}

/**
 * procirq_open_name - open an interrupt line by a name
 * @name: a name that procirq_resolve() accepts
 * @flags: as in procirq_open()
 *
 * An interrupt of a device that is bound to procirq-pci or procirq-platform is opened by its
 * character device, /dev/procirq/DEVICE/INDEX: who may do so is for the owner and the mode
 * of that to say. Other lines are opened as procirq_open() does.
 *
 * Returns as procirq_open() and procirq_resolve() do. Further errno: ENOTUNIQ the name
 * means several lines. procirq_explain_name() turns the error into a sentence.
 */
struct procirq *procirq_open_name(const char *name, unsigned int flags)
{
	unsigned int irqs[2];
	char path[PATH_MAX];
	int n;

	if (procirq_devfile_find_at("", name, path))
		return open_line(path, 0, flags);
	n = procirq_resolve(name, irqs, 2);
	if (n < 0)
		return NULL;
	if (n > 1) {
		errno = ENOTUNIQ;
		return NULL;
	}
	return procirq_open(irqs[0], flags);
}

/**
 * procirq_close - close the line and free the handle
 * @line: handle, or NULL
 */
void procirq_close(struct procirq *line)
{
	if (!line)
		return;
	procirq_adaptive_free(&line->adaptive);
	close(line->fd);
	free(line);
}

/**
 * procirq_fd - get the file descriptor, for poll(2) and epoll(7)
 * @line: handle
 *
 * The handle still owns the descriptor: do not close it.
 *
 * Returns the descriptor.
 */
int procirq_fd(const struct procirq *line)
{
	return line->fd;
}

/**
 * procirq_irq - get the Linux interrupt number
 * @line: handle
 *
 * Returns the number.
 */
unsigned int procirq_irq(const struct procirq *line)
{
	return line->irq;
}

/* As procirq_wait() returns. */
int procirq_poll(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int n = poll(&pfd, 1, timeout_ms);

	if (n <= 0)
		return n;
	if (pfd.revents & POLLIN)
		return 1;
	errno = pfd.revents & POLLNVAL ? EBADF : ENODEV;
	return -1;
}

/**
 * procirq_wait - wait until there is something to read
 * @line: handle
 * @timeout_ms: milliseconds; 0 does not wait, a negative time waits without limit
 *
 * A wait that finds nothing unmasks the line, as a read that finds nothing does. After
 * procirq_set_hybrid() it watches the line's ring for a while before it blocks.
 *
 * Returns 1 when a read would not block, be it that the read fails because the line is
 * gone; 0 when the time ran out, or -1 with errno: EINTR.
 */
int procirq_wait(struct procirq *line, int timeout_ms)
{
	if (atomic_load(&line->adaptive.max_ns))
		return procirq_adaptive_wait(&line->adaptive, line->fd, timeout_ms);
	return procirq_poll(line->fd, timeout_ms);
}

/**
 * procirq_set_hybrid - have procirq_wait() busy-wait before it blocks
 * @line: handle. If it gets a device descriptor, set the descriptor before
 * @max_ns: longest time, ns, up to PROCIRQ_HYBRID_MAX_NS; PROCIRQ_HYBRID_AUTO: as long as
 *	a block costs, which procirq_wait() measures; 0: it blocks at once
 *
 * It watches the ring in the program, and makes no system call while it does. How long,
 * adapts itself to the interrupts. The first call maps the ring, which stays mapped until
 * the line is closed: the storm guard does not act on this reader then.
 *
 * Returns 0, or -1 with errno: EINVAL @max_ns is too long; else as procirq_ring_open().
 */
int procirq_set_hybrid(struct procirq *line, unsigned long long max_ns)
{
	return procirq_adaptive_set(&line->adaptive, line->fd, max_ns);
}

/**
 * procirq_get_hybrid - get what busy-waiting in procirq_wait() has cost and brought
 * @line: handle
 * @hybrid: filled, also while other threads wait
 *
 * Returns 0.
 */
int procirq_get_hybrid(struct procirq *line, struct procirq_hybrid *hybrid)
{
	procirq_adaptive_get(&line->adaptive, hybrid);
	return 0;
}

/**
 * procirq_read - wait for interrupts and count them
 * @line: handle
 *
 * Returns the number of interrupts since the last read on this handle, at least 1, or
 * -1 with errno: EAGAIN there is none (PROCIRQ_OPEN_NONBLOCK only), EINTR, ENODEV the
 * line is gone, ENOTCONN the line is shared with kernel drivers and no descriptor is
 * set.
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
 * procirq_read_record - wait for interrupts, count them and get their times
 * @line: handle; PROCIRQ_FLAG_RECORDS is set on it if it is not set yet
 * @event: filled on success; see uapi/procirq.h
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

/**
 * procirq_read_timeout - wait for interrupts for a limited time, and get their times
 * @line: handle
 * @event: filled when the function returns 1; see uapi/procirq.h
 * @timeout_ms: milliseconds; 0 does not wait, a negative time waits without limit
 *
 * One system call, which also unmasks the line as the handle's flags want it: if no
 * interrupt is pending, or with PROCIRQ_FLAG_EXPLICIT_UNMASK in any case, because the call
 * means that the device has been serviced. PROCIRQ_OPEN_NONBLOCK does not matter.
 *
 * If the time runs out and the handle has a device descriptor, the kernel asks the device
 * by the descriptor's check steps.
 *
 * Returns 1, 0 when the time ran out, or -1 with errno: EREMOTEIO the time ran out, but
 * the device wants to interrupt: its interrupts do not reach the kernel; EINTR, ENODEV,
 * ENOTCONN as procirq_read(); EBADF the file is not open for writing, and the handle has
 * PROCIRQ_FLAG_EXPLICIT_UNMASK.
 */
int procirq_read_timeout(struct procirq *line, struct procirq_event *event, int timeout_ms)
{
	unsigned int flags = atomic_load(&line->flags);
	struct procirq_read arg = {
		.timeout_ns = timeout_ms < 0 ? ~0ULL : (unsigned int)timeout_ms * 1000000ULL,
		.flags = PROCIRQ_READ_CHECK |
			 (flags & PROCIRQ_FLAG_EXPLICIT_UNMASK ? PROCIRQ_READ_UNMASK : 0),
	};

	if (ioctl(line->fd, PROCIRQ_IOC_READ, &arg) < 0)
		return -1;
	if (arg.event.count) {
		*event = arg.event;
		return 1;
	}
	if (arg.device != PROCIRQ_DEVICE_WAITING)
		return 0;
	errno = EREMOTEIO;
	return -1;
}

/**
 * procirq_set_spin - have reads busy-wait before they sleep
 * @line: handle
 * @max_ns: longest time, ns; 0 to sleep at once
 *
 * How long reads busy-wait adapts itself to the interrupts, up to @max_ns. It costs CPU
 * time, which procirq_get_spin() tells, and saves the wake-up if an interrupt comes soon.
 *
 * Returns 0, or -1 with errno: EINVAL more than PROCIRQ_SPIN_MAX_NS, EBADF the file is not
 * open for writing.
 */
int procirq_set_spin(struct procirq *line, unsigned long long max_ns)
{
	struct procirq_spin arg = { .max_ns = max_ns };

	return ioctl(line->fd, PROCIRQ_IOC_SET_SPIN, &arg) < 0 ? -1 : 0;
}

/**
 * procirq_get_spin - get what busy-waiting has cost and brought
 * @line: handle
 * @spin: filled on success; see uapi/procirq.h
 *
 * Returns 0, or -1 with errno.
 */
int procirq_get_spin(struct procirq *line, struct procirq_spin *spin)
{
	return ioctl(line->fd, PROCIRQ_IOC_GET_SPIN, spin) < 0 ? -1 : 0;
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
 * Masking a masked line has no effect.
 *
 * Returns 0, or -1 with errno: EBADF the file is not open for writing, because its
 * permissions do not allow it; ENODEV the line is gone.
 */
int procirq_mask(struct procirq *line)
{
	return write_mask(line, 0);
}

/**
 * procirq_unmask - unmask the line, after servicing the device
 * @line: handle
 *
 * Returns as procirq_mask().
 */
int procirq_unmask(struct procirq *line)
{
	return write_mask(line, 1);
}

/**
 * procirq_get_info - get the state and the counters of the line and of this reader
 * @line: handle
 * @info: filled on success; see uapi/procirq.h
 *
 * Returns 0, or -1 with errno: ENODEV the line is gone.
 */
int procirq_get_info(struct procirq *line, struct procirq_info *info)
{
	return ioctl(line->fd, PROCIRQ_IOC_GET_INFO, info) < 0 ? -1 : 0;
}

/**
 * procirq_set_flags - set the flags of this reader
 * @line: handle
 * @flags: all PROCIRQ_FLAG_* that are to be set
 *
 * Returns 0, or -1 with errno: EINVAL unknown flag, or PROCIRQ_FLAG_NO_MASK for a
 * level-triggered line; ENODEV the line is gone.
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
 * procirq_set_descriptor - get the interrupts of one device only, on a shared line
 * @line: handle
 * @descriptor: how the kernel checks, acknowledges and silences the device; see
 *	procirq_descriptor_init()
 *
 * Afterwards other programs and kernel drivers may share the line, and it is never
 * masked. Sequence numbers start at 1 again. The handle keeps the descriptor until it is
 * closed; then the kernel runs the release steps.
 *
 * Returns 0, or -1 with an errno that struct procirq_descriptor in uapi/procirq.h lists.
 * procirq_explain_descriptor() turns it into a sentence.
 */
int procirq_set_descriptor(struct procirq *line, const struct procirq_descriptor *descriptor)
{
	return ioctl(line->fd, PROCIRQ_IOC_SET_DESCRIPTOR, descriptor) < 0 ? -1 : 0;
}

/**
 * procirq_set_eventfd - have each interrupt add 1 to an eventfd
 * @line: handle
 * @eventfd: the eventfd, which the caller may close afterwards; -1 to stop
 * @flags: PROCIRQ_EVENTFD_DELIVER if interrupts are not to be pending for
 *	procirq_read() too; or 0
 *
 * Returns 0, or -1 with errno: EBADF not a descriptor, EINVAL not an eventfd or an
 * unknown flag, ENODEV the line is gone.
 */
int procirq_set_eventfd(struct procirq *line, int eventfd, unsigned int flags)
{
	struct procirq_eventfd arg = { .fd = eventfd, .flags = flags };

	return ioctl(line->fd, PROCIRQ_IOC_SET_EVENTFD, &arg) < 0 ? -1 : 0;
}

/**
 * procirq_inject - make interrupts for a self test
 * @line: handle
 * @count: number of interrupts, 1 to 1000
 *
 * Does not access the device or the interrupt controller: the kernel does the same work
 * as its interrupt handler. An interrupt masks the line, and a masked line takes no
 * further one: without PROCIRQ_FLAG_NO_MASK one call makes one interrupt.
 *
 * Returns the number of interrupts that were made, at least 1, or -1 with errno: EINVAL
 * wrong @count, EBUSY the line is masked, ENOTCONN no handler on the line, ENODEV the
 * line is gone.
 */
int procirq_inject(struct procirq *line, unsigned int count)
{
	struct procirq_inject arg = { .count = count };

	return ioctl(line->fd, PROCIRQ_IOC_INJECT, &arg) < 0 ? -1 : (int)arg.done;
}

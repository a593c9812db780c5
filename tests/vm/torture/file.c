// SPDX-License-Identifier: GPL-2.0-or-later
/* Kinds of calls: opening, reading and writing an IRQ file, and what any file can do. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "torture.h"

/* --- open, close, dup ---------------------------------------------------------- */

void make_open(struct draw *d, struct call *call)
{
	static const int modes[] = {
		O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY, 3
	};
	static const int more[] = { O_APPEND, O_TRUNC, O_CREAT,	   O_DIRECTORY, O_PATH,
				    O_ASYNC,  O_SYNC,  O_NOFOLLOW, O_DIRECT,	O_EXCL };

	call->number[0] = draw_rarely(d, 3) ? LINE_EDU + draw_below(d, 2) : draw_below(d, LINES);
	call->number[1] = draw_of(d, modes);
	if (!draw_rarely(d, 6))
		call->number[1] |= O_NONBLOCK;
	if (draw_rarely(d, 16))
		call->number[1] |= draw_of(d, more);
	/* By the device's own file, which is not to be created as a file of another kind. */
	call->how =
		machine_device(call->number[0]) && !(call->number[1] & O_CREAT) && draw_below(d, 2);
}

long do_open(struct worker *w, const struct call *call)
{
	char path[40];
	int fd;

	(void)w;
	if (call->how)
		snprintf(path, sizeof(path), "/dev/procirq/%s/0", machine_device(call->number[0]));
	else
		snprintf(path, sizeof(path), "/proc/irq/%u/irq", shared->irqs[call->number[0]]);
	fd = open(path, (int)call->number[1] | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	/* Not the right to use the line: nothing but a name for the file. */
	if (call->number[1] & O_PATH) {
		close(fd);
		return -EBADF;
	}
	slot_put(call->slot, fd);
	slot_note_line(call->slot, (int)call->number[0]);
	return 0;
}

void make_close(struct draw *d, struct call *call)
{
	(void)d;
	(void)call;
}

long do_close(struct worker *w, const struct call *call)
{
	int fd = atomic_exchange(&files[call->slot], -1);

	(void)w;
	return result(close(fd));
}

void make_dup(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 3);
}

/* The new descriptor is another name of the same open file. */
long do_dup(struct worker *w, const struct call *call)
{
	int fd = slot_get(call->slot), other = slot_get(call->other), copy;

	(void)w;
	switch (call->how) {
	case 0:
		copy = dup(fd);
		break;
	case 1:
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 100);
		break;
	default:
		/* Replaces a file that other threads are using. */
		return result(dup3(fd, other, O_CLOEXEC));
	}
	if (copy < 0)
		return -errno;
	slot_put(call->other, copy);
	return 0;
}

/* --- read and write ------------------------------------------------------------- */

static const uint32_t sizes[] = { 0, 1, 3, 5, 8, 39, 41, 64, 4096, 4097, 65536, 1U << 31 };

void make_read(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 16);
	call->number[0] = draw_rarely(d, 2) ? sizeof(struct procirq_event) : sizeof(int);
	if (draw_rarely(d, 8))
		call->number[0] = draw_of(d, sizes);
	/* Whether it may block. */
	call->number[1] = draw_rarely(d, 4);
}

/* What the kernel says about its interrupts makes sense. */
static void check_read(const struct call *call, const void *data, long got)
{
	const struct procirq_event *event = data;
	char text[200];
	int count;

	if (call->place != PLACE_WHOLE)
		return;
	call_print(call, text, sizeof(text));
	memcpy(&count, data, sizeof(count));
	if (got == sizeof(count) && count < 1)
		wrong("read a count of %d: %s", count, text);
	else if (got == sizeof(*event) &&
		 (!event->count || event->seq < event->count || event->lost > event->count))
		wrong("read a record with count=%u seq=%llu lost=%llu: %s", event->count,
		      event->seq, event->lost, text);
}

long do_read(struct worker *w, const struct call *call)
{
	char *at = worker_place(w, call);
	struct iovec two[2] = { { at, 2 }, { at + 2, call->number[0] - 2 } };
	struct iovec one = { at, call->number[0] };
	int fd = slot_get(call->slot), flags = fcntl(fd, F_GETFL);
	long got;

	if (flags >= 0 && !(flags & O_NONBLOCK) && !call->number[1])
		return result(preadv2(fd, &one, 1, -1, RWF_NOWAIT));
	switch (call->how) {
	case 0:
		return result(readv(fd, two, 2));
	case 1:
		return result(pread(fd, at, call->number[0], 0));
	case 2:
		return result(preadv2(fd, &one, 1, -1, 0));
	case 3:
		return result(readv(fd, &one, 1));
	}
	got = result(read(fd, at, call->number[0]));
	/* The descriptor may be another file's by now: only IRQ files are like that. */
	if (got > 0 && slot_get(call->slot) == fd)
		check_read(call, at, got);
	return got;
}

void make_write(struct draw *d, struct call *call)
{
	uint32_t value = draw_rarely(d, 8) ? draw_number(d) : draw_below(d, 2);

	call->how = draw_below(d, 16);
	call->number[0] = draw_rarely(d, 8) ? draw_of(d, sizes) : sizeof(value);
	call->bytes = sizeof(value);
	memcpy(call->data, &value, sizeof(value));
}

long do_write(struct worker *w, const struct call *call)
{
	char *at = worker_place(w, call);
	struct iovec two[2] = { { at, 2 }, { at + 2, call->number[0] - 2 } };
	struct iovec one = { at, call->number[0] };
	int fd = slot_get(call->slot);

	switch (call->how) {
	case 0:
		return result(writev(fd, two, 2));
	case 1:
		return result(pwrite(fd, at, call->number[0], 0));
	case 2:
		return result(writev(fd, &one, 1));
	default:
		return result(write(fd, at, call->number[0]));
	}
}

/* --- what the module has no code for --------------------------------------------- */

enum other {
	OTHER_SEEK,
	OTHER_STAT,
	OTHER_TRUNCATE,
	OTHER_SYNC,
	OTHER_LOCK,
	OTHER_GET_FLAGS,
	OTHER_SET_FLAGS,
	OTHER_SET_OWNER,
	OTHER_SET_SIGNAL,
	OTHER_GET_LOCK,
	OTHER_LEASE,
	OTHER_SEALS,
	OTHER_NONBLOCK,
	OTHER_ASYNC,
	OTHER_BYTES,
	OTHER_SENDFILE,
	OTHER_SPLICE,
	OTHER_ADVISE,
	OTHER_ALLOCATE,
	OTHERS
};

void make_other(struct draw *d, struct call *call)
{
	call->how = draw_below(d, OTHERS);
	call->number[0] = draw_number(d);
}

long do_other(struct worker *w, const struct call *call)
{
	int fd = slot_get(call->slot), value = (int)call->number[0], pipes[2];
	struct flock lock = { .l_type = F_RDLCK };
	struct stat status;
	long ret;

	(void)w;
	switch ((enum other)call->how) {
	case OTHER_SEEK:
		return result(lseek(fd, (off_t)call->number[0], value & 3));
	case OTHER_STAT:
		return result(fstat(fd, &status));
	case OTHER_TRUNCATE:
		return result(ftruncate(fd, 0));
	case OTHER_SYNC:
		return result(fsync(fd));
	case OTHER_LOCK:
		return result(flock(fd, value & 1 ? LOCK_UN : LOCK_SH | LOCK_NB));
	case OTHER_GET_FLAGS:
		return result(fcntl(fd, F_GETFL));
	case OTHER_SET_FLAGS:
		return result(fcntl(fd, F_SETFL, value & (O_NONBLOCK | O_ASYNC | O_DIRECT)));
	case OTHER_SET_OWNER:
		return result(fcntl(fd, F_SETOWN, getpid()));
	case OTHER_SET_SIGNAL:
		return result(fcntl(fd, F_SETSIG, value & 1 ? SIGUSR2 : 0));
	case OTHER_GET_LOCK:
		return result(fcntl(fd, F_GETLK, &lock));
	case OTHER_LEASE:
		return result(fcntl(fd, F_SETLEASE, value & 1 ? F_UNLCK : F_RDLCK));
	case OTHER_SEALS:
		return result(fcntl(fd, F_ADD_SEALS, value & 1));
	case OTHER_NONBLOCK:
		value = 1;
		return result(ioctl(fd, FIONBIO, &value));
	case OTHER_ASYNC:
		value &= 1;
		return result(ioctl(fd, FIOASYNC, &value));
	case OTHER_BYTES:
		return result(ioctl(fd, FIONREAD, &value));
	case OTHER_ADVISE:
		return -posix_fadvise(fd, 0, 0, value & 3);
	case OTHER_ALLOCATE:
		return -posix_fallocate(fd, 0, 1);
	default:
		break;
	}
	/* These could block, and hold the pipe's lock. */
	ret = result(fcntl(fd, F_GETFL));
	if (ret < 0 || !(ret & O_NONBLOCK) || pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return ret;
	if (call->how == OTHER_SENDFILE)
		ret = result(sendfile(pipes[1], fd, NULL, 4));
	else
		ret = result(splice(fd, NULL, pipes[1], NULL, 4, SPLICE_F_NONBLOCK));
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

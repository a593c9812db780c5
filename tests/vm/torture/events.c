// SPDX-License-Identifier: GPL-2.0-or-later
/* Kinds of calls: waiting for several files, and eventfds. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

#define EVENTS 4
#define EPOLLS 3

/* Descriptor + 1; 0: none. */
static atomic_int events[EVENTS], epolls[EPOLLS];

static void put(atomic_int *slot, int fd)
{
	int old = atomic_exchange(slot, fd + 1);

	if (old > 0)
		close(old - 1);
}

int event_get(unsigned int slot)
{
	return events[slot % EVENTS] - 1;
}

void events_end(void)
{
	unsigned int i;

	for (i = 0; i < EVENTS; i++)
		put(&events[i], -1);
	for (i = 0; i < EPOLLS; i++)
		put(&epolls[i], -1);
}

static int epoll_get(const struct call *call)
{
	return epolls[call->other % EPOLLS] - 1;
}

/* --- poll and select ----------------------------------------------------------------- */

void make_poll(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 4);
	call->number[0] = draw_below(d, 3);
	call->number[1] = draw_rarely(d, 4) ? draw_number(d) : POLLIN;
	call->number[2] = draw_below(d, 5);
}

long do_poll(struct worker *w, const struct call *call)
{
	struct pollfd polled[4] = {
		{ .fd = slot_get(call->slot), .events = (short)call->number[1] },
		{ .fd = slot_get(call->other), .events = POLLIN | POLLOUT | POLLPRI },
		{ .fd = event_get(call->other), .events = POLLIN },
		{ .fd = epoll_get(call), .events = POLLIN },
	};
	struct timespec timeout = { 0, (long)call->number[0] * 1000000 };
	struct pollfd *at = polled;
	sigset_t signals;

	if (call->place == PLACE_NULL || call->place == PLACE_KERNEL)
		at = worker_place(w, call);
	sigemptyset(&signals);
	if (call->how)
		return result(poll(at, call->number[2], (int)call->number[0]));
	return result(ppoll(at, call->number[2], &timeout, &signals));
}

void make_select(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 8);
	call->number[0] = draw_below(d, 3);
}

long do_select(struct worker *w, const struct call *call)
{
	struct timeval timeout = { 0, (long)call->number[0] * 1000 };
	int fd = slot_get(call->slot);
	fd_set sets[3];
	int i;

	(void)w;
	for (i = 0; i < 3; i++) {
		FD_ZERO(&sets[i]);
		if (call->how & 1 << i && fd >= 0 && fd < FD_SETSIZE)
			FD_SET(fd, &sets[i]);
	}
	return result(select(fd + 1, &sets[0], &sets[1], &sets[2], &timeout));
}

void make_epoll_create(struct draw *d, struct call *call)
{
	call->how = draw_below(d, 8);
}

long do_epoll_create(struct worker *w, const struct call *call)
{
	int fd = epoll_create1(call->how ? EPOLL_CLOEXEC : 1);

	(void)w;
	if (fd < 0)
		return -errno;
	put(&epolls[call->other % EPOLLS], fd);
	return 0;
}

void make_epoll_ctl(struct draw *d, struct call *call)
{
	static const uint32_t modes[] = {
		0, 0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE, EPOLLWAKEUP
	};

	call->how = draw_below(d, 3);
	call->number[0] = EPOLLIN | draw_of(d, modes);
	/* An epoll file may be in another one. */
	call->number[1] = draw_rarely(d, 16);
}

long do_epoll_ctl(struct worker *w, const struct call *call)
{
	static const int operations[] = { EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL };
	struct epoll_event event = { .events = (uint32_t)call->number[0] };
	int fd = call->number[1] ? epolls[call->slot % EPOLLS] - 1 : slot_get(call->slot);

	(void)w;
	return result(epoll_ctl(epoll_get(call), operations[call->how], fd, &event));
}

void make_epoll_wait(struct draw *d, struct call *call)
{
	call->number[0] = draw_below(d, 3);
	call->number[1] = draw_below(d, 4);
}

long do_epoll_wait(struct worker *w, const struct call *call)
{
	struct epoll_event found[4];

	(void)w;
	return result(
		epoll_wait(epoll_get(call), found, (int)call->number[1], (int)call->number[0]));
}

/* --- eventfds ---------------------------------------------------------------------------- */

void make_eventfd(struct draw *d, struct call *call)
{
	static const int flags[] = { EFD_CLOEXEC | EFD_NONBLOCK,
				     EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE,
				     EFD_CLOEXEC | EFD_NONBLOCK, 1 << 30 };

	call->number[0] = draw_of(d, flags);
	/* A counter that is full: the kernel's signals are lost, but do not block. */
	call->number[1] = draw_rarely(d, 4) ? ~1U : 0;
}

long do_eventfd(struct worker *w, const struct call *call)
{
	int fd = eventfd((unsigned int)call->number[1], (int)call->number[0]);

	(void)w;
	if (fd < 0)
		return -errno;
	put(&events[call->slot % EVENTS], fd);
	return 0;
}

void make_event_read(struct draw *d, struct call *call)
{
	(void)d;
	(void)call;
}

long do_event_read(struct worker *w, const struct call *call)
{
	uint64_t count;

	(void)w;
	return result(read(event_get(call->slot), &count, sizeof(count)));
}

/* --- io_uring ------------------------------------------------------------------------------ */

void make_uring(struct draw *d, struct call *call)
{
	static const unsigned char operations[] = { IORING_OP_READ, IORING_OP_WRITE,
						    IORING_OP_POLL_ADD, IORING_OP_READV,
						    IORING_OP_CLOSE };

	call->number[0] = draw_of(d, operations);
	call->number[1] = draw_rarely(d, 4) ? IOSQE_ASYNC : 0;
	call->number[2] = draw_rarely(d, 2);
	call->number[3] = draw_rarely(d, 8) ? 0 : 2;
}

/*
 * Where the request's data is. A request that blocks may still write after its ring has been
 * closed: not to where the result of the thread's next calls is checked.
 */
static char *uring_place(struct worker *w, const struct call *call)
{
	static char late[1 + sizeof(call->data)];
	char *at = worker_place(w, call);

	if (call->place != PLACE_WHOLE && call->place != PLACE_ODD)
		return at;
	memcpy(late + (at - w->memory), at, call->bytes);
	return late + (at - w->memory);
}

/*
 * One request on a ring of its own. If the request blocks, the ring is closed under it.
 * A thread of the kernel may make the read.
 */
long do_uring(struct worker *w, const struct call *call)
{
	struct io_uring_params params = { 0 };
	int fd = syscall(SYS_io_uring_setup, (unsigned int)call->number[3], &params);
	struct io_uring_sqe *sqes;
	uint32_t *ring;
	size_t bytes;
	long ret;

	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	bytes = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
	ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqes == MAP_FAILED) {
		ret = -errno;
		goto out;
	}
	sqes[0].opcode = (uint8_t)call->number[0];
	sqes[0].flags = (uint8_t)call->number[1];
	sqes[0].fd = slot_get(call->slot);
	sqes[0].addr = (uintptr_t)uring_place(w, call);
	sqes[0].len = call->number[0] == IORING_OP_READV ? 1 : sizeof(int);
	if (call->number[0] == IORING_OP_POLL_ADD)
		sqes[0].poll32_events = POLLIN;
	if (call->number[0] == IORING_OP_CLOSE) {
		/* Of the slot's file: it is gone from the slot, too. */
		sqes[0].fd = atomic_exchange(&files[call->slot], -1);
		sqes[0].addr = 0;
		sqes[0].len = 0;
	}
	ring[params.sq_off.array / sizeof(*ring)] = 0;
	atomic_store((atomic_uint *)&ring[params.sq_off.tail / sizeof(*ring)], 1);
	ret = result(syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0));
	if (ret >= 0 && call->number[2])
		usleep(500);
out:
	if (ring != MAP_FAILED)
		munmap(ring, bytes);
	if (sqes != MAP_FAILED)
		munmap(sqes, params.sq_entries * sizeof(*sqes));
	close(fd);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * io_uring: the thread submits one request and waits for its completion, with a single
 * system call. The request reads or polls /proc/irq/N/irq, or an eventfd that the file
 * signals.
 *
 * A read of /proc/irq/N/irq blocks a worker thread of io_uring, because the file has no
 * read_iter(). Of an eventfd io_uring itself waits, as with a poll.
 */

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/why.h"
#include "driver_procirq.h"

#define ENTRIES 4

/* user_data of a request */
enum request { REQUEST_WAIT = 1, REQUEST_CANCEL };

/**
 * struct uring - the ring, and its request
 * @ring: one request at a time, and another one that cancels it
 * @in_flight: the request was prepared, and its completion has not been seen
 * @event: what a read of /proc/irq/N/irq returns
 * @count: what a read of the eventfd returns
 */
struct uring {
	struct io_uring ring;
	bool in_flight;
	struct procirq_event event;
	uint64_t count;
};

static struct uring *uring_of(const struct port *port)
{
	return ((const struct procirq_port *)port->private)->uring;
}

/* --- driver --------------------------------------------------------------- */

static int open_ring(struct procirq_port *priv, struct why *why)
{
	struct uring *uring = calloc(1, sizeof(*uring));
	int rc;

	if (!uring)
		return why_set(why, "out of memory");
	rc = io_uring_queue_init(ENTRIES, &uring->ring, 0);
	if (!rc) {
		priv->uring = uring;
		return 0;
	}
	free(uring);
	return why_set(why, "cannot make a ring of io_uring: %s",
		       rc == -ENOSYS ? "this kernel was built without CONFIG_IO_URING" :
		       rc == -EPERM  ? "it is forbidden here; see sysctl kernel.io_uring_disabled" :
				       strerror(-rc));
}

static void close_uring(struct port *port)
{
	struct uring *uring = uring_of(port);

	if (uring)
		io_uring_queue_exit(&uring->ring);
	procirq_port_close(port);
	free(uring);
}

static int open_uring(struct port *port, struct target *target, struct why *why)
{
	if (procirq_port_open(port, target, why))
		return -1;
	if (!open_ring(port->private, why))
		return 0;
	procirq_port_close(port);
	return -1;
}

/* --- one request ---------------------------------------------------------- */

/* Returns NULL, with errno, when the ring is full. */
static struct io_uring_sqe *request(struct uring *uring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);

	if (!sqe)
		errno = EBUSY;
	return sqe;
}

/* What the way waits for is prepared; it is submitted when the thread waits. */
static void request_is_ready(struct uring *uring, struct io_uring_sqe *sqe)
{
	io_uring_sqe_set_data64(sqe, REQUEST_WAIT);
	uring->in_flight = true;
}

/*
 * Submit what is prepared, and wait for the next completion. Returns whose it is with the
 * result in @res, or -1 with errno.
 */
static int await(struct uring *uring, int *res)
{
	struct io_uring_cqe *cqe;
	int rc = io_uring_submit_and_wait(&uring->ring, 1), kind;

	if (rc < 0) {
		errno = -rc;
		return -1;
	}
	/* A signal ended the wait, after something was submitted. */
	if (io_uring_peek_cqe(&uring->ring, &cqe)) {
		errno = EINTR;
		return -1;
	}
	kind = (int)cqe->user_data;
	*res = cqe->res;
	io_uring_cqe_seen(&uring->ring, cqe);
	if (kind == REQUEST_WAIT)
		uring->in_flight = false;
	return kind;
}

/* Wait for the request. Returns its result, or -1 with errno; takes the time. */
static int wait_request(const struct port *port, struct delivery *delivery)
{
	int res, kind = await(uring_of(port), &res);

	delivery->user_ns = clock_ns();
	if (kind < 0)
		return -1;
	if (res >= 0)
		return res;
	errno = -res;
	return -1;
}

/* Take the request back. It may have come to its end meanwhile: its result, or -1. */
static int cancel(struct uring *uring)
{
	struct io_uring_sqe *sqe = request(uring);
	int res = -1, kind;

	if (!sqe)
		return -1;
	io_uring_prep_cancel64(sqe, REQUEST_WAIT, 0);
	io_uring_sqe_set_data64(sqe, REQUEST_CANCEL);
	for (bool cancelled = false; uring->in_flight || !cancelled;) {
		int one;

		kind = await(uring, &one);
		if (kind < 0 && errno != EINTR)
			return -1;
		cancelled |= kind == REQUEST_CANCEL;
		if (kind == REQUEST_WAIT)
			res = one;
	}
	return res;
}

static int drain_uring(struct port *port, struct delivery *delivery)
{
	struct uring *uring = uring_of(port);

	if (uring->in_flight && cancel(uring) == sizeof(uring->event)) {
		delivery->user_ns = clock_ns();
		procirq_port_deliver(&uring->event, delivery);
		return 0;
	}
	return procirq_port_drain(port, delivery);
}

const struct driver_ops uring_driver_ops = {
	.has_entry = true,
	.open = open_uring,
	.close = close_uring,
	.drain = drain_uring,
};

/* --- the ways ------------------------------------------------------------- */

static int arm_read_of(struct uring *uring, int fd, void *buf, unsigned int bytes)
{
	struct io_uring_sqe *sqe = request(uring);

	if (!sqe)
		return -1;
	io_uring_prep_read(sqe, fd, buf, bytes, 0);
	request_is_ready(uring, sqe);
	return 0;
}

static int arm_read(struct port *port)
{
	struct uring *uring = uring_of(port);

	return arm_read_of(uring, port->fd, &uring->event, sizeof(uring->event));
}

static int wait_read(struct port *port, struct delivery *delivery)
{
	int n = wait_request(port, delivery);

	if (n == sizeof(struct procirq_event)) {
		procirq_port_deliver(&uring_of(port)->event, delivery);
		return 0;
	}
	if (n >= 0)
		errno = EIO;
	return -1;
}

static int arm_poll_of(struct uring *uring, int fd)
{
	struct io_uring_sqe *sqe = request(uring);

	if (!sqe)
		return -1;
	io_uring_prep_poll_add(sqe, fd, POLLIN);
	request_is_ready(uring, sqe);
	return 0;
}

/* Returns 0, or -1 with errno: ENODEV the line was removed. */
static int wait_poll(struct port *port, struct delivery *delivery)
{
	int events = wait_request(port, delivery);

	if (events < 0)
		return -1;
	if (events & POLLIN)
		return 0;
	errno = ENODEV;
	return -1;
}

static int arm_poll(struct port *port)
{
	return arm_poll_of(uring_of(port), port->fd);
}

static int wait_poll_and_read(struct port *port, struct delivery *delivery)
{
	return wait_poll(port, delivery) ? -1 : procirq_port_read(port, delivery);
}

static int arm_eventfd(struct port *port)
{
	const struct procirq_port *priv = port->private;

	if (procirq_port_arm_eventfd(port))
		return -1;
	return arm_read_of(priv->uring, priv->event_fd, &priv->uring->count,
			   sizeof(priv->uring->count));
}

static int wait_eventfd(struct port *port, struct delivery *delivery)
{
	int n = wait_request(port, delivery);

	if (n == sizeof(uint64_t))
		return 0;
	if (n >= 0)
		errno = EIO;
	return -1;
}

static int arm_eventfd_poll(struct port *port)
{
	const struct procirq_port *priv = port->private;

	return procirq_port_arm_eventfd(port) ? -1 : arm_poll_of(priv->uring, priv->event_fd);
}

const struct way way_uring_read = {
	.name = "uring-read",
	.driver = DRIVER_URING,
	.arm = arm_read,
	.wait = wait_read,
};

const struct way way_uring_poll = {
	.name = "uring-poll",
	.driver = DRIVER_URING,
	.arm = arm_poll,
	.wait = wait_poll_and_read,
};

const struct way way_uring_eventfd = {
	.name = "uring-eventfd",
	.driver = DRIVER_URING,
	.arm = arm_eventfd,
	.wait = wait_eventfd,
	.after = procirq_port_after_eventfd,
};

const struct way way_uring_eventfd_poll = {
	.name = "uring-eventfd-poll",
	.driver = DRIVER_URING,
	.arm = arm_eventfd_poll,
	.wait = wait_poll,
	.after = procirq_port_after_eventfd,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers of this process, which any kernel has: timerfd, a sleep, and a signal.
 * They take turns on one schedule of expiries that stands still for nobody: a
 * thread that comes late finds its expiry in the past, and each expiry that passes
 * while a way is late counts for that way, from when it was meant to come.
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "way.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/**
 * struct timer_port - port->own of DRIVER_TIMER
 * @period_ns: from one expiry to the next
 * @due_ns: the next expiry; 0 before the first
 * @has_timer: @timer sends @signals to the measured thread
 */
struct timer_port {
	uint64_t period_ns;
	uint64_t due_ns;
	bool has_timer;
	timer_t timer;
	sigset_t signals;
};

/* The next expiry, as a timer that expires once at that time. */
static struct itimerspec next_expiry(struct timer_port *own)
{
	if (!own->due_ns)
		own->due_ns = clock_ns() + own->period_ns;
	return (struct itimerspec){ .it_value = clock_timespec(own->due_ns) };
}

/* The thread is back: the expiries up to now are delivered. */
static void deliver(struct timer_port *own, uint64_t user_ns, struct delivery *delivery)
{
	delivery->user_ns = user_ns;
	delivery->due_ns = own->due_ns;
	delivery->count = 1;
	if (user_ns > own->due_ns)
		delivery->count += (user_ns - own->due_ns) / own->period_ns;
	own->due_ns += delivery->count * own->period_ns;
}

static int open_timer(struct port *port, struct target *target)
{
	struct timer_port *own = calloc(1, sizeof(*own));

	port->own = own;
	port->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (own && port->fd >= 0) {
		own->period_ns = target->period_ns;
		return 0;
	}
	msg_error("cannot make a timerfd: %s", strerror(errno));
	free(own);
	if (port->fd >= 0)
		close(port->fd);
	return -1;
}

static void close_timer(struct port *port)
{
	struct timer_port *own = port->own;

	if (own->has_timer)
		timer_delete(own->timer);
	free(own);
	close(port->fd);
}

static int drain_timer(struct port *port, struct delivery *delivery)
{
	(void)port;
	(void)delivery;
	errno = EAGAIN;
	return -1;
}

const struct driver_ops timer_driver_ops = {
	.open = open_timer,
	.close = close_timer,
	.rearm = port_rearm_nothing,
	.drain = drain_timer,
};

/* --- timerfd -------------------------------------------------------------- */

static int arm_timerfd(struct port *port)
{
	struct itimerspec expiry = next_expiry(port->own);

	return timerfd_settime(port->fd, TFD_TIMER_ABSTIME, &expiry, NULL);
}

static int wait_timerfd(struct port *port, struct delivery *delivery)
{
	if (port_read_count(port, delivery))
		return -1;
	deliver(port->own, delivery->user_ns, delivery);
	return 0;
}

const struct way way_timerfd = {
	.name = "timerfd",
	.wait_kind = "block",
	.driver = DRIVER_TIMER,
	.arm = arm_timerfd,
	.wait = wait_timerfd,
};

/* --- nanosleep ------------------------------------------------------------- */

static int arm_nanosleep(struct port *port)
{
	next_expiry(port->own);
	return 0;
}

/* As cyclictest waits. */
static int wait_nanosleep(struct port *port, struct delivery *delivery)
{
	struct timer_port *own = port->own;
	struct timespec due = clock_timespec(own->due_ns);
	uint64_t user_ns;

	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	user_ns = clock_ns();
	if (errno)
		return -1;
	deliver(own, user_ns, delivery);
	return 0;
}

const struct way way_nanosleep = {
	.name = "nanosleep",
	.wait_kind = "block",
	.driver = DRIVER_TIMER,
	.arm = arm_nanosleep,
	.wait = wait_nanosleep,
};

/* --- signal --------------------------------------------------------------- */

/* The timer signals one thread, which has to make it. */
static int make_timer(struct timer_port *own)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };

	event.sigev_notify_thread_id = gettid();
	sigemptyset(&own->signals);
	sigaddset(&own->signals, SIGRTMIN);
	errno = pthread_sigmask(SIG_BLOCK, &own->signals, NULL);
	if (errno || timer_create(CLOCK_MONOTONIC, &event, &own->timer))
		return -1;
	own->has_timer = true;
	return 0;
}

static int arm_signal(struct port *port)
{
	struct timer_port *own = port->own;
	struct itimerspec expiry = next_expiry(own);

	if (!own->has_timer && make_timer(own))
		return -1;
	return timer_settime(own->timer, TIMER_ABSTIME, &expiry, NULL);
}

static int wait_signal(struct port *port, struct delivery *delivery)
{
	struct timer_port *own = port->own;
	uint64_t user_ns;

	if (sigwaitinfo(&own->signals, NULL) < 0)
		return -1;
	user_ns = clock_ns();
	deliver(own, user_ns, delivery);
	return 0;
}

const struct way way_signal = {
	.name = "signal",
	.wait_kind = "block",
	.driver = DRIVER_TIMER,
	.arm = arm_signal,
	.wait = wait_signal,
};

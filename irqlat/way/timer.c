// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers, which every kernel has: a timerfd, a sleep, and a signal. Their expiries
 * follow one fixed schedule, one each period. A thread that is late finds that its
 * expiry has passed already. Expiries that pass while a way is late count for that
 * way, each from its intended time.
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
#include "base/why.h"
#include "way.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/**
 * struct timer_port - port->private of DRIVER_TIMER
 * @period_ns: from one expiry to the next
 * @due_ns: the next expiry; 0 before the first
 * @has_timer: @timer exists
 * @timer: sends @signals to the measured thread
 * @signals: one signal
 */
struct timer_port {
	uint64_t period_ns;
	uint64_t due_ns;
	bool has_timer;
	timer_t timer;
	sigset_t signals;
};

/* The next expiry, as a timer that expires once at that time. */
static struct itimerspec next_expiry(struct timer_port *priv)
{
	if (!priv->due_ns)
		priv->due_ns = clock_ns() + priv->period_ns;
	return (struct itimerspec){ .it_value = clock_timespec(priv->due_ns) };
}

/* The thread returned at @user_ns: all expiries up to then are delivered. */
static void deliver(struct timer_port *priv, uint64_t user_ns, struct delivery *delivery)
{
	delivery->user_ns = user_ns;
	delivery->due_ns = priv->due_ns;
	delivery->count = 1;
	if (user_ns > priv->due_ns)
		delivery->count += (user_ns - priv->due_ns) / priv->period_ns;
	priv->due_ns += delivery->count * priv->period_ns;
}

static int open_timer(struct port *port, struct target *target, struct why *why)
{
	struct timer_port *priv = calloc(1, sizeof(*priv));

	port->private = priv;
	port->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (priv && port->fd >= 0) {
		priv->period_ns = target->period_ns;
		return 0;
	}
	why_set(why, "cannot make a timerfd: %s", strerror(errno));
	free(priv);
	if (port->fd >= 0)
		close(port->fd);
	return -1;
}

static void close_timer(struct port *port)
{
	struct timer_port *priv = port->private;

	if (priv->has_timer)
		timer_delete(priv->timer);
	free(priv);
	close(port->fd);
}

/* An expiry that was not waited for stays due. */
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
	.drain = drain_timer,
};

/* --- timerfd -------------------------------------------------------------- */

static int arm_timerfd(struct port *port)
{
	struct itimerspec expiry = next_expiry(port->private);

	return timerfd_settime(port->fd, TFD_TIMER_ABSTIME, &expiry, NULL);
}

static int wait_timerfd(struct port *port, struct delivery *delivery)
{
	if (port_read_count(port, delivery))
		return -1;
	deliver(port->private, delivery->user_ns, delivery);
	return 0;
}

const struct way way_timerfd = {
	.name = "timerfd",
	.driver = DRIVER_TIMER,
	.arm = arm_timerfd,
	.wait = wait_timerfd,
};

/* --- nanosleep ------------------------------------------------------------- */

static int arm_nanosleep(struct port *port)
{
	next_expiry(port->private);
	return 0;
}

/* As cyclictest waits. */
static int wait_nanosleep(struct port *port, struct delivery *delivery)
{
	struct timer_port *priv = port->private;
	struct timespec due = clock_timespec(priv->due_ns);
	uint64_t user_ns;

	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	user_ns = clock_ns();
	if (errno)
		return -1;
	deliver(priv, user_ns, delivery);
	return 0;
}

const struct way way_nanosleep = {
	.name = "nanosleep",
	.driver = DRIVER_TIMER,
	.arm = arm_nanosleep,
	.wait = wait_nanosleep,
};

/* --- signal --------------------------------------------------------------- */

/* On the measured thread, to which the timer will send its signal. */
static int make_timer(struct timer_port *priv)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };

	event.sigev_notify_thread_id = gettid();
	sigemptyset(&priv->signals);
	sigaddset(&priv->signals, SIGRTMIN);
	errno = pthread_sigmask(SIG_BLOCK, &priv->signals, NULL);
	if (errno || timer_create(CLOCK_MONOTONIC, &event, &priv->timer))
		return -1;
	priv->has_timer = true;
	return 0;
}

static int arm_signal(struct port *port)
{
	struct timer_port *priv = port->private;
	struct itimerspec expiry = next_expiry(priv);

	if (!priv->has_timer && make_timer(priv))
		return -1;
	return timer_settime(priv->timer, TIMER_ABSTIME, &expiry, NULL);
}

static int wait_signal(struct port *port, struct delivery *delivery)
{
	struct timer_port *priv = port->private;
	uint64_t user_ns;

	if (sigwaitinfo(&priv->signals, NULL) < 0)
		return -1;
	user_ns = clock_ns();
	deliver(priv, user_ns, delivery);
	return 0;
}

const struct way way_signal = {
	.name = "signal",
	.driver = DRIVER_TIMER,
	.arm = arm_signal,
	.wait = wait_signal,
};

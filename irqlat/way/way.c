// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of ways and drivers, and what they share. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/why.h"
#include "way.h"

#define WAY_ROW(name) &way_##name,
const struct way *const all_ways[WAYS_MAX] = { WAYS(WAY_ROW) };

const struct driver_ops *driver_ops(enum driver driver)
{
	static const struct driver_ops *const drivers[DRIVER_COUNT] = {
		[DRIVER_PROCIRQ] = &procirq_driver_ops, [DRIVER_ULI] = &uli_driver_ops,
		[DRIVER_URING] = &uring_driver_ops,	[DRIVER_UIO] = &uio_driver_ops,
		[DRIVER_VFIO] = &vfio_driver_ops,	[DRIVER_GPIO] = &gpio_driver_ops,
		[DRIVER_TIMER] = &timer_driver_ops,	[DRIVER_THREAD] = &thread_driver_ops,
	};

	return drivers[driver];
}

/* Returns NULL when no way is called by the @len bytes at @name. */
static const struct way *find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < WAYS_MAX; i++)
		if (strlen(all_ways[i]->name) == len && !memcmp(all_ways[i]->name, name, len))
			return all_ways[i];
	return NULL;
}

static int unknown_way(const char *name, int len, struct why *why)
{
	size_t used, i;

	why_set(why, "--ways: \"%.*s\" is none of: ", len, name);
	used = strlen(why->text);
	for (i = 0; i < WAYS_MAX && used < sizeof(why->text); i++)
		used += (size_t)snprintf(why->text + used, sizeof(why->text) - used, "%s%s",
					 i ? ", " : "", all_ways[i]->name);
	return -1;
}

/**
 * way_list_parse - "read,poll"
 * @text: names separated by commas, each once
 * @list: gets them in that order
 * @why: gets the reason of a failure
 *
 * Returns how many there are, or -1.
 */
int way_list_parse(const char *text, const struct way *list[WAYS_MAX], struct why *why)
{
	const struct way *way;
	const char *end;
	int n = 0, i;

	for (;; text = end + 1) {
		end = strchrnul(text, ',');
		way = find(text, (size_t)(end - text));
		if (!way)
			return unknown_way(text, (int)(end - text), why);
		for (i = 0; i < n; i++)
			if (list[i] == way)
				return why_set(why, "--ways: %s is named twice", way->name);
		list[n++] = way;
		if (!*end)
			return n;
	}
}

/*
 * Wait until @fd is readable. Returns 0, or -1 with errno: EAGAIN it is not, ENODEV
 * the line was removed.
 */
int port_poll(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int n = poll(&pfd, 1, timeout_ms);

	if (n < 0)
		return -1;
	if (pfd.revents & POLLIN)
		return 0;
	errno = n ? ENODEV : EAGAIN;
	return -1;
}

/* Read the 64-bit count of an eventfd or a timerfd. */
int port_read_count(struct port *port, struct delivery *delivery)
{
	uint64_t count;

	if (port_read(port, delivery, &count, sizeof(count)))
		return -1;
	delivery->count = count;
	return 0;
}

/**
 * port_without_blocking - take what has arrived, without waiting
 * @port: no other thread reads it during the call
 * @delivery: what has arrived
 * @take: reads @port->fd
 *
 * Returns 0, or -1 with errno: EAGAIN nothing has arrived.
 */
int port_without_blocking(struct port *port, struct delivery *delivery,
			  int (*take)(struct port *port, struct delivery *delivery))
{
	int flags = fcntl(port->fd, F_GETFL);
	int rc;

	if (flags < 0 || fcntl(port->fd, F_SETFL, flags | O_NONBLOCK))
		return -1;
	rc = take(port, delivery);
	if (fcntl(port->fd, F_SETFL, flags))
		return -1;
	return rc;
}

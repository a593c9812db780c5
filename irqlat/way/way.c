// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of ways and drivers, and what they share. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "way.h"

static const struct way *const ways_known[] = {
	&way_read, &way_poll,	  &way_epoll,	  &way_eventfd, &way_mmap_spin,
	&way_uli,  &way_uli_spin, &way_uli_sleep, &way_uio,	&way_uio_poll,
	&way_vfio, &way_timerfd,  &way_nanosleep, &way_signal,	&way_eventfd_base,
};
#define WAYS_KNOWN (sizeof(ways_known) / sizeof(ways_known[0]))

const struct driver_ops *driver_ops(enum driver driver)
{
	static const struct driver_ops *const known[DRIVER_COUNT] = {
		[DRIVER_PROCIRQ] = &procirq_driver_ops, [DRIVER_ULI] = &uli_driver_ops,
		[DRIVER_UIO] = &uio_driver_ops,		[DRIVER_VFIO] = &vfio_driver_ops,
		[DRIVER_TIMER] = &timer_driver_ops,	[DRIVER_THREAD] = &thread_driver_ops,
	};

	return known[driver];
}

/* "read, poll, ..." of all ways. */
void way_list_names(char *text, size_t size)
{
	size_t len = 0, i;

	text[0] = '\0';
	for (i = 0; i < WAYS_KNOWN && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? ", " : "",
					ways_known[i]->name);
}

/* Returns NULL when there is no such way. */
const struct way *way_find(const char *name)
{
	size_t i;

	for (i = 0; i < WAYS_KNOWN; i++)
		if (!strcmp(ways_known[i]->name, name))
			return ways_known[i];
	return NULL;
}

/**
 * way_list_parse - "read,poll"
 * @text: names separated by commas, each once
 * @ways: gets them in that order
 * @max: room in @ways
 *
 * Returns how many, or -1 after one line on standard error.
 */
int way_list_parse(const char *text, const struct way **ways, int max)
{
	const char *end;
	char name[16], names[256];
	int n = 0, i;

	for (;; text = end + 1) {
		end = strchrnul(text, ',');
		if (end == text || (size_t)(end - text) >= sizeof(name))
			name[0] = '\0';
		else
			memcpy(name, text, (size_t)(end - text));
		name[(size_t)(end - text) % sizeof(name)] = '\0';
		if (!way_find(name)) {
			way_list_names(names, sizeof(names));
			msg_error("--ways: \"%.*s\" is none of: %s", (int)(end - text), text,
				  names);
			return -1;
		}
		for (i = 0; i < n; i++) {
			if (ways[i] != way_find(name))
				continue;
			msg_error("--ways: %s is named twice", name);
			return -1;
		}
		if (n == max) {
			msg_error("--ways: more than %d ways", max);
			return -1;
		}
		ways[n++] = way_find(name);
		if (!*end)
			return n;
	}
}

/* Is the thread never asleep in it? */
bool way_spins(const struct way *way)
{
	return !strcmp(way->wait_kind, "spin");
}

/* Returns 0 when @fd is readable; -1 with errno: EAGAIN, ENODEV it went away. */
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

/* Read an eventfd or a timerfd: the kernel's own count of 64 bits. */
int port_read_count(struct port *port, struct delivery *delivery)
{
	uint64_t count;
	ssize_t n = read(port->fd, &count, sizeof(count));

	delivery->user_ns = clock_ns();
	if (n != sizeof(count)) {
		if (n >= 0)
			errno = EIO;
		return -1;
	}
	delivery->count = count;
	return 0;
}

/**
 * port_without_blocking - take what is there without waiting
 * @port: nobody else reads it meanwhile
 * @delivery: what was there
 * @take: reads @port->fd
 *
 * Returns 0, or -1 with errno: EAGAIN nothing was there.
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

void port_rearm_nothing(struct port *port)
{
	(void)port;
}

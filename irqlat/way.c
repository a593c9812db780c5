// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of ways and drivers. */

#include <fcntl.h>
#include <string.h>

#include "msg.h"
#include "way.h"

static const struct way *const ways_known[] = { &way_read, &way_poll, &way_uio };
#define WAYS_KNOWN (sizeof(ways_known) / sizeof(ways_known[0]))

const struct driver_ops *driver_ops(enum driver driver)
{
	return driver == DRIVER_UIO ? &uio_driver_ops : &procirq_driver_ops;
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
	char name[16];
	int n = 0, i;

	for (;; text = end + 1) {
		end = strchrnul(text, ',');
		if (end == text || (size_t)(end - text) >= sizeof(name))
			name[0] = '\0';
		else
			memcpy(name, text, (size_t)(end - text));
		name[(size_t)(end - text) % sizeof(name)] = '\0';
		if (n == max || !way_find(name)) {
			msg_error("--ways: \"%.*s\" is none of: read, poll, uio",
				  (int)(end - text), text);
			return -1;
		}
		ways[n] = way_find(name);
		for (i = 0; i < n; i++) {
			if (ways[i] != ways[n])
				continue;
			msg_error("--ways: %s is named twice", name);
			return -1;
		}
		n++;
		if (!*end)
			return n;
	}
}

/**
 * port_drain - take what is there without waiting
 * @port: nobody else reads it meanwhile
 * @way: one of its ways
 * @delivery: what was there
 *
 * Returns 0, or -1 with errno: EAGAIN nothing was there.
 */
int port_drain(struct port *port, const struct way *way,
	       struct delivery *delivery)
{
	int flags = fcntl(port->fd, F_GETFL);
	const struct way *reader = way;
	int rc;

	if (flags < 0 || fcntl(port->fd, F_SETFL, flags | O_NONBLOCK))
		return -1;
	/* poll() would wait all the same. */
	if (way == &way_poll)
		reader = &way_read;
	rc = reader->wait(port, delivery);
	if (fcntl(port->fd, F_SETFL, flags))
		return -1;
	return rc;
}

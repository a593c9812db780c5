// SPDX-License-Identifier: GPL-2.0-or-later
/* The controlling thread, which writes the eventfd that the measured thread reads. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

/**
 * struct writer - the source "thread"
 * @fd: the eventfd of the port
 * @raises: writes
 */
struct writer {
	int fd;
	struct own_raises raises;
};

static struct source *open_writer(const struct source_config *config, struct why *why)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	(void)config;
	if (!writer) {
		why_set(why, "out of memory");
		return NULL;
	}
	return (struct source *)writer;
}

static int connect_writer(struct source *source, enum driver driver, struct target *target,
			  struct why *why)
{
	(void)source;
	(void)driver;
	(void)why;
	*target = (struct target){ .irq = TARGET_NO_IRQ };
	return 0;
}

static int sync_writer(struct source *source, struct port *port, struct why *why)
{
	struct writer *writer = (struct writer *)source;

	(void)why;
	writer->fd = port->fd;
	writer->raises.count = 0;
	return 0;
}

static int raise_writer(struct source *source, uint64_t gap_ns, struct why *why)
{
	struct writer *writer = (struct writer *)source;
	const uint64_t one = 1;

	own_raises_begin(&writer->raises, gap_ns);
	if (write(writer->fd, &one, sizeof(one)) == sizeof(one))
		return 0;
	return why_set(why, "cannot write an eventfd: %s", strerror(errno));
}

static void account_writer(struct source *source, const struct delivery *delivery,
			   struct account *account)
{
	struct writer *writer = (struct writer *)source;

	(void)delivery;
	own_raises_account(&writer->raises, account);
}

static int close_writer(struct source *source, struct why *why)
{
	(void)why;
	free(source);
	return 0;
}

const struct source_ops source_thread_ops = {
	.name = "thread",
	.drivers = { [DRIVER_THREAD] = true },
	.open = open_writer,
	.connect = connect_writer,
	.sync = sync_writer,
	.raise = raise_writer,
	.account = account_writer,
	.close = close_writer,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* The controlling thread, which writes the eventfd that another one reads. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "source.h"

struct writer {
	uint64_t gap_ns;
	int fd;
	struct pulse pulse;
};

static struct source *open_writer(const struct source_config *config)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer) {
		msg_error("out of memory");
		return NULL;
	}
	writer->gap_ns = config->gap_ns;
	return (struct source *)writer;
}

static int connect_writer(struct source *source, enum driver driver, struct target *target)
{
	(void)source;
	(void)driver;
	*target = (struct target){ .irq = TARGET_NO_IRQ };
	return 0;
}

static int sync_writer(struct source *source, struct port *port)
{
	struct writer *writer = (struct writer *)source;

	writer->fd = port->fd;
	writer->pulse.raised = 0;
	return 0;
}

static int64_t drift_writer(struct source *source, struct port *port)
{
	(void)source;
	(void)port;
	return 0;
}

static int raise_writer(struct source *source)
{
	struct writer *writer = (struct writer *)source;
	const uint64_t one = 1;

	pulse_begin(&writer->pulse, writer->gap_ns);
	if (write(writer->fd, &one, sizeof(one)) == sizeof(one))
		return 0;
	msg_error("cannot write an eventfd: %s", strerror(errno));
	return -1;
}

static int stop_writer(struct source *source)
{
	(void)source;
	return 0;
}

static void ack_writer(struct source *source)
{
	(void)source;
}

static void account_writer(struct source *source, const struct delivery *delivery,
			   struct account *account)
{
	struct writer *writer = (struct writer *)source;

	(void)delivery;
	pulse_account(&writer->pulse, account);
}

static void close_writer(struct source *source)
{
	free(source);
}

const struct source_ops source_thread_ops = {
	.name = "thread",
	.drivers = { [DRIVER_THREAD] = true },
	.open = open_writer,
	.connect = connect_writer,
	.sync = sync_writer,
	.drift = drift_writer,
	.raise = raise_writer,
	.stop = stop_writer,
	.ack = ack_writer,
	.account = account_writer,
	.close = close_writer,
};

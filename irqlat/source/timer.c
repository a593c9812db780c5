// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expiries of timers, which the ways set up themselves: there is nothing to
 * raise, and the intended time of each comes with its delivery.
 */

#include <stdlib.h>

#include "base/msg.h"
#include "source.h"

static struct source *open_timer(const struct source_config *config)
{
	struct source_config *own = malloc(sizeof(*own));

	if (!own) {
		msg_error("out of memory");
		return NULL;
	}
	*own = *config;
	return (struct source *)own;
}

static int connect_timer(struct source *source, enum driver driver, struct target *target)
{
	const struct source_config *config = (const void *)source;

	(void)driver;
	*target = (struct target){ .irq = TARGET_NO_IRQ, .period_ns = config->interval_ns };
	return 0;
}

static int sync_timer(struct source *source, struct port *port)
{
	(void)source;
	(void)port;
	return 0;
}

static int64_t drift_timer(struct source *source, struct port *port)
{
	(void)source;
	(void)port;
	return 0;
}

static int do_nothing(struct source *source)
{
	(void)source;
	return 0;
}

static void ack_timer(struct source *source)
{
	(void)source;
}

static void account_timer(struct source *source, const struct delivery *delivery,
			  struct account *account)
{
	const struct source_config *config = (const void *)source;

	*account = (struct account){ .period_ns = config->interval_ns };
	if (!delivery)
		return;
	account->raised = delivery->count;
	account->raised_ns = delivery->due_ns;
}

static void close_timer(struct source *source)
{
	free(source);
}

const struct source_ops source_timer_ops = {
	.name = "timer",
	.drivers = { [DRIVER_TIMER] = true },
	.self_timed = true,
	.open = open_timer,
	.connect = connect_timer,
	.sync = sync_timer,
	.drift = drift_timer,
	.raise = do_nothing,
	.stop = do_nothing,
	.ack = ack_timer,
	.account = account_timer,
	.close = close_timer,
};

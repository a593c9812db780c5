// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expiries of timers. The ways set the timers: there is nothing to raise, and a
 * delivery carries the intended time of its expiry.
 */

#include <stdlib.h>

#include "source.h"

static struct source *open_timer(const struct source_config *config, struct why *why)
{
	struct source_config *copy = malloc(sizeof(*copy));

	if (!copy) {
		why_set(why, "out of memory");
		return NULL;
	}
	*copy = *config;
	return (struct source *)copy;
}

static int connect_timer(struct source *source, enum driver driver, struct target *target,
			 struct why *why)
{
	const struct source_config *config = (const void *)source;

	(void)driver;
	(void)why;
	*target = (struct target){ .irq = TARGET_NO_IRQ, .period_ns = config->interval_ns };
	return 0;
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

static int close_timer(struct source *source, struct why *why)
{
	(void)why;
	free(source);
	return 0;
}

const struct source_ops source_timer_ops = {
	.name = "timer",
	.drivers = { [DRIVER_TIMER] = true },
	.self_timed = true,
	.open = open_timer,
	.connect = connect_timer,
	.account = account_timer,
	.close = close_timer,
};

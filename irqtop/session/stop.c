// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stddef.h>

#include "stop.h"

/* Global, because a signal handler has no argument for it. */
static volatile sig_atomic_t requested;

static void on_signal(int number)
{
	(void)number;
	requested = 1;
}

void stop_on_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool stop_requested(void)
{
	return requested;
}

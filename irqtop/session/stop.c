// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stddef.h>

#include "stop.h"

/* A signal handler has nowhere else to leave its mark. */
static volatile sig_atomic_t told;

static void on_signal(int number)
{
	(void)number;
	told = 1;
}

void stop_on_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool stop_told(void)
{
	return told;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "hold.h"

/**
 * hold_signals - hold back SIGHUP, SIGINT and SIGTERM
 * @before: gets the signals that were held back before, for hold_end()
 */
void hold_signals(sigset_t *before)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, before);
}

/* Signals that have come meanwhile take effect here. Keeps errno. */
void hold_end(const sigset_t *before)
{
	int saved = errno;

	sigprocmask(SIG_SETMASK, before, NULL);
	errno = saved;
}

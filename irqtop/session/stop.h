/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end a loop instead of the program, so that what it set up is undone. */
#ifndef IRQTOP_STOP_H
#define IRQTOP_STOP_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP only interrupt system calls, and writing
 * to a pipe that nobody reads is an error, EPIPE.
 */
void stop_on_signals(void);

/* Has one of them come? */
bool stop_told(void);

#endif

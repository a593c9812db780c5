/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end the main loop instead of the program, which then cleans up. */
#ifndef IRQTOP_STOP_H
#define IRQTOP_STOP_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP only interrupt system calls, and writing to a
 * pipe without a reader fails with EPIPE.
 */
void stop_on_signals(void);

/* Whether one of these signals has come. */
bool stop_requested(void);

#endif

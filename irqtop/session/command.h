/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --alert-command: runs a command when an alert holds. */
#ifndef IRQTOP_COMMAND_H
#define IRQTOP_COMMAND_H

#include "irqtop/view/alert.h"

/*
 * Runs command with sh, and does not wait for it. IRQTOP_* in its environment say which
 * alert, row and value. `quiet`: with /dev/null as standard input, output and error,
 * because the screen is on ours. Returns 0, or -1 with errno when there is no process for
 * it.
 */
int command_run(const char *command, const struct alert *alert, const struct view_row *row,
		double value, bool quiet);

/* Reaps commands that have ended. */
void command_reap(void);

#endif

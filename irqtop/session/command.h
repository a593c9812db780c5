/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --alert-command: what is run when an alert holds. */
#ifndef IRQTOP_COMMAND_H
#define IRQTOP_COMMAND_H

#include "irqtop/view/alert.h"

/*
 * Runs command with sh and does not wait; IRQTOP_* in its environment say which
 * alert, row and value. `quiet`: without our files, for the screen is on them.
 */
void command_run(const char *command, const struct alert *alert, const struct view_row *row,
		 double value, bool quiet);

/* Lets go of those that ended. */
void command_reap(void);

#endif

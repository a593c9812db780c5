/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands work on; each of these says on standard error why it fails. */
#ifndef PROCIRQ_TARGET_H
#define PROCIRQ_TARGET_H

#include "base/opts.h"
#include "procirq.h"

int target_options(const struct opt_command *command, int argc, char **argv, void *config,
		   char **operands, int min, int max);
struct procirq *target_open(const char *name, unsigned int flags);
int target_describe(struct procirq *line, const struct procirq_descriptor *descriptor);

#endif /* PROCIRQ_TARGET_H */

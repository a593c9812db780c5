/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config file: the options that are marked as saved, a "name = value" each. */
#ifndef IRQTOP_CONFIG_H
#define IRQTOP_CONFIG_H

#include "base/opts.h"

/* Where it is unless the user names one; empty where there is no home directory. */
void config_locate(char *path, size_t size);

/*
 * Stores the settings of a file in @options, but for those that the command line gave.
 * Prints what it does not understand, with its place, and goes on. A file that is not
 * there is as good as an empty one.
 */
void config_read(const char *path, const struct opt_command *command, uint64_t given,
		 void *options);

/* Replaces the file; makes its directories. 0 or a negative errno value. */
int config_write(const char *path, const struct opt_command *command, const void *options);

#endif

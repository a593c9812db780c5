/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config file: the options that are marked as saved, as "name = value". */
#ifndef IRQTOP_CONFIG_H
#define IRQTOP_CONFIG_H

#include "base/opts.h"

/* The file that is used unless another is named; empty without a home directory. */
void config_locate(char *path, size_t size);

/*
 * Reads the file into `options`, except for what the command line has set (`given`, from
 * opts_parse()). Prints a message about each setting that is not understood. A file that
 * does not exist is no error.
 */
void config_read(const char *path, const struct opt_command *command, uint64_t given,
		 void *options);

/* Replaces the file; makes its directories. 0 or a negative errno value. */
int config_write(const char *path, const struct opt_command *command, const void *options);

#endif

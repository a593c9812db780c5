/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of procirq: each is one file, and one row in main.c's table. A command
 * prints its error, once, and returns the exit status; the functions that it calls
 * return an error.
 */
#ifndef PROCIRQ_COMMAND_H
#define PROCIRQ_COMMAND_H

#include "base/jsonio.h"
#include "base/msg.h"
#include "base/opts.h"
#include "libprocirq/procirq.h"

/* Exit status besides EXIT_OK and EXIT_ERROR, as timeout(1) has it. */
#define EXIT_TIMEOUT 124

int cmd_bind(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_wait(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_inject(int argc, char **argv);
int cmd_info(int argc, char **argv);

/* command.c: what several commands do */
bool command_start(const struct opt_command *command, int argc, char **argv, void *config,
		   char **operands, int min, int max, int *status);
int command_fail(const char *why);
int command_print_json(json_t *root);

bool command_device(const char *name, char device[PROCIRQ_DEVICE_BYTES]);
struct procirq *command_open(const char *name, unsigned int flags, char why[PROCIRQ_EXPLAIN_BYTES]);
int command_describe(struct procirq *line, const struct procirq_descriptor *descriptor,
		     char why[PROCIRQ_EXPLAIN_BYTES]);

#endif /* PROCIRQ_COMMAND_H */

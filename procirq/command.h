/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of procirq: each is one file, and one row in main.c's table. */
#ifndef PROCIRQ_COMMAND_H
#define PROCIRQ_COMMAND_H

/* Exit status besides EXIT_OK and EXIT_ERROR: as timeout(1) has it. */
#define EXIT_TIMEOUT 124

int cmd_bind(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_wait(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_inject(int argc, char **argv);
int cmd_info(int argc, char **argv);

#endif /* PROCIRQ_COMMAND_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of irqlat, which main.c lists. */
#ifndef IRQLAT_COMMAND_H
#define IRQLAT_COMMAND_H

int cmd_bench(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_ref(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_check(int argc, char **argv);

#endif /* IRQLAT_COMMAND_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load during a measurement: built-in generators, or a command.
 *
 * The load runs in a process group of its own. Its first process, the supervisor, is
 * forked before anything is measured, and starts the load when irqlat writes a byte
 * into a pipe. When the pipe closes, in whatever way irqlat ended, the supervisor
 * kills the group and itself.
 */
#ifndef IRQLAT_LOAD_H
#define IRQLAT_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sysinfo.h"

enum load_kind { LOAD_CPU, LOAD_IO, LOAD_IRQ, LOAD_NET, LOAD_KINDS };

/**
 * struct load_config - what load to make
 * @kinds: which generators
 * @command: for sh -c, or NULL
 * @measured_cpu: CPU of the measured thread
 * @source_cpu: CPU of the controlling thread and of the source
 */
struct load_config {
	bool kinds[LOAD_KINDS];
	const char *command;
	int measured_cpu;
	int source_cpu;
};

struct load;
struct why;

int load_parse(const char *text, struct load_config *config, struct why *why);
bool load_wanted(const struct load_config *config);
void load_label(const struct load_config *config, char *text, size_t size);

struct load *load_open(const struct load_config *config, struct why *why);
int load_start(struct load *load, struct why *why);
void load_stop(struct load *load, struct sysinfo *info);
void load_close(struct load *load);

/* load_gen.c: the generators. Each runs in a process of its own, for ever. */

/**
 * struct load_files - what generators need, opened early to find errors early
 * @file: unlinked file to write, -1: none
 * @sockets: two UDP sockets that send to each other, -1: none
 */
struct load_files {
	int file;
	int sockets[2];
};

int load_files_open(const struct load_config *config, struct load_files *files, struct why *why);
void load_files_close(struct load_files *files);
_Noreturn void load_burn_cpu(void);
_Noreturn void load_write(int file);
_Noreturn void load_interrupt(void);
_Noreturn void load_send(int socket);
_Noreturn void load_echo(int socket);

#endif /* IRQLAT_LOAD_H */

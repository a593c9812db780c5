/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private - what this process makes in tracefs: its instance, its synthetic
 * events, and how both go away
 *
 * All names say whose they are, so the next start removes what a process that
 * was killed (SIGKILL) left behind, and nothing else.
 */
#ifndef TRACING_PRIVATE_H
#define TRACING_PRIVATE_H

#include <stddef.h>
#include <tracefs.h>

#define PRIVATE_ERROR_BYTES 320
#define PRIVATE_NAME_BYTES  64

struct tracefs_instance *private_create(char error[PRIVATE_ERROR_BYTES]);
void private_destroy(struct tracefs_instance *instance);
void private_event_name(const char *what, char name[PRIVATE_NAME_BYTES]);
void private_error(char error[PRIVATE_ERROR_BYTES], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* TRACING_PRIVATE_H */

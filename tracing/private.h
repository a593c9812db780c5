/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private - the tracefs instance and the synthetic events of this process
 *
 * Their names contain the process, so that the next process can remove what a killed
 * one left behind, and nothing else.
 */
#ifndef TRACING_PRIVATE_H
#define TRACING_PRIVATE_H

#include <stddef.h>
#include <tracefs.h>

#include "base/why.h"

#define PRIVATE_NAME_BYTES 64

struct tracefs_instance *private_create(struct why *why);
void private_destroy(struct tracefs_instance *instance);
void private_event_name(const char *what, char name[PRIVATE_NAME_BYTES]);

#endif /* TRACING_PRIVATE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private - the tracefs instance and the synthetic events of this process
 *
 * Their names contain the process, and a process that lives holds a lock on its
 * instance, so that the next process can remove what a killed one left behind, and
 * nothing else. Processes of other PID namespaces are no exception.
 */
#ifndef TRACING_PRIVATE_H
#define TRACING_PRIVATE_H

#include <limits.h>
#include <stddef.h>
#include <tracefs.h>

#include "base/why.h"

#define PRIVATE_NAME_BYTES 64

/**
 * struct private_instance - an instance of this process
 * @tracefs: the instance; NULL: none
 * @path: its folder
 * @lock_fd: holds the lock that says that this process lives
 */
struct private_instance {
	struct tracefs_instance *tracefs;
	char path[PATH_MAX];
	int lock_fd;
};

int private_create(struct private_instance *own, struct why *why);
void private_destroy(struct private_instance *own);
int private_event_name(const char *what, char name[PRIVATE_NAME_BYTES]);

#endif /* TRACING_PRIVATE_H */

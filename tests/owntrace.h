/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owntrace - the folder of this process's tracing instance */
#ifndef TESTS_OWNTRACE_H
#define TESTS_OWNTRACE_H

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Its path in tracefs; the process must have exactly one instance. */
static inline const char *own_instance(void)
{
	static char path[128];
	char pattern[64];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/tracing/instances/irqlat-trace-%d-*",
		 getpid());
	if (glob(pattern, 0, NULL, &found) || found.gl_pathc != 1)
		abort();
	snprintf(path, sizeof(path), "%s", found.gl_pathv[0]);
	globfree(&found);
	return path;
}

#endif /* TESTS_OWNTRACE_H */

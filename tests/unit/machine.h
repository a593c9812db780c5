/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine of a test: files of /sys and /proc in a folder of its own. */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include <sys/stat.h>

#include "unit.h"

static char machine[64];

static inline int machine_begin(void)
{
	strcpy(machine, "/tmp/procirq-unit.XXXXXX");
	return mkdtemp(machine) ? 0 : -1;
}

/* Makes a file, and the folders that it is in. */
static inline void put(const char *path, const void *bytes, size_t len)
{
	char full[256], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", machine, path);
	for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0777);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static inline int machine_remove(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", machine);
	return system(command);
}

#endif /* TESTS_MACHINE_H */

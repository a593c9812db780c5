// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mounts.h"

#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>

bool mounts_find(const char *root, const char *type, char *path, size_t size)
{
	char table[PATH_MAX], line[4096];
	struct mntent entry;
	bool found = false;
	FILE *file;

	snprintf(table, sizeof(table), "%s/proc/mounts", root);
	file = setmntent(table, "re");
	if (!file)
		return false;
	while (!found && getmntent_r(file, &entry, line, sizeof(line)))
		found = !strcmp(entry.mnt_type, type);
	endmntent(file);
	if (found)
		snprintf(path, size, "%s", entry.mnt_dir);
	return found;
}

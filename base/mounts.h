/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mounted. */
#ifndef BASE_MOUNTS_H
#define BASE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * mounts_find - find a file system that is mounted
 * @root: folder in front of /proc, "" for this machine
 * @type: of the file system, as /proc/mounts names it
 * @path: where it is mounted first; unchanged if it is not
 * @size: of @path, bytes; a longer one is cut
 *
 * Returns whether one is mounted; false also if /proc/mounts cannot be read.
 */
bool mounts_find(const char *root, const char *type, char *path, size_t size);

#endif /* BASE_MOUNTS_H */

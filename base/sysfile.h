/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files of /proc and /sys. */
#ifndef BASE_SYSFILE_H
#define BASE_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>

int sysfile_read(const char *root, const char *path, char *buf, size_t size);
bool sysfile_is_absent(int error);
int sysfile_write(const char *path, const char *text);

#endif /* BASE_SYSFILE_H */

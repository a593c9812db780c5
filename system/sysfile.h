/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files of /proc and /sys, under a root prefix: "" is the running
 * system, a folder of fixtures in tests.
 */
#ifndef SYSTEM_SYSFILE_H
#define SYSTEM_SYSFILE_H

#include <stddef.h>

int sysfile_read(const char *root, const char *path, char *buf, size_t size);
int sysfile_write(const char *path, const char *text);

#endif /* SYSTEM_SYSFILE_H */

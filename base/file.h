/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a file so that it is never found half written. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdio.h>

int file_replace(const char *path, int (*write)(const void *what, FILE *out), const void *what);
int file_check(const char *path);
int file_finish(FILE *file, int err);

#endif /* BASE_FILE_H */

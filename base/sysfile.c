// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files of /proc and /sys. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfile.h"

/**
 * sysfile_read - read the text of a file
 * @root: prefix of @path: "" for the running system, a folder of fixtures in tests
 * @path: file
 * @buf: gets the text, cut to fit, without line feeds and NUL bytes at its end; empty
 *	on failure
 * @size: bytes in @buf
 *
 * Returns the length of the text, or -1 with errno set.
 */
int sysfile_read(const char *root, const char *path, char *buf, size_t size)
{
	char full[PATH_MAX];
	size_t len;
	FILE *file;

	buf[0] = '\0';
	snprintf(full, sizeof(full), "%s%s", root, path);
	file = fopen(full, "re");
	if (!file)
		return -1;
	len = fread(buf, 1, size - 1, file);
	if (ferror(file)) {
		fclose(file);
		buf[0] = '\0';
		return -1;
	}
	fclose(file);
	while (len && (buf[len - 1] == '\n' || !buf[len - 1]))
		len--;
	buf[len] = '\0';
	return (int)len;
}

/**
 * sysfile_write - write a text in one call of write(), as sysfs requires
 * @path: file, which must exist
 * @text: text
 *
 * Returns 0, or -1 with the errno of open() or write().
 */
int sysfile_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Small files of /proc, /sys and /dev. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local.h"

/* close() that keeps errno, for the caller to see why the work before it failed. */
void procirq_fd_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/*
 * Reads the file whose path is printed with @format, without its final newline; cut
 * to fit. Returns the length, or -1 with errno and @buf empty.
 */
int procirq_text_read(char *buf, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	size_t len = 0;
	va_list args;
	ssize_t n;
	int fd;

	*buf = '\0';
	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	do {
		n = read(fd, buf + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 && len < size - 1);
	procirq_fd_close(fd);
	if (n < 0)
		len = 0;
	else if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return n < 0 ? -1 : (int)len;
}

/* Writes @text with one write(), as sysfs wants it. Returns 0, or -1 with errno. */
int procirq_text_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	procirq_fd_close(fd);
	return n < 0 ? -1 : 0;
}

/* Does the file or folder whose path is printed with @format exist? */
bool procirq_file_exists(const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return !access(path, F_OK);
}

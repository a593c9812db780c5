// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files of /proc and /sys. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfile.h"

/*
 * Fill @buf as far as the file goes. Returns the bytes read, or -1 with errno set. Some
 * files of /proc give less than is asked for.
 */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/**
 * sysfile_read - read the text of a file
 * @root: prefix of @path: "" for the running system, a folder of fixtures in tests
 * @path: file
 * @buf: gets the text, cut to fit, without line feeds and NUL bytes at its end; empty
 *	on failure
 * @size: bytes in @buf
 *
 * Returns the length of the text, or -1 with errno set; sysfile_is_absent() says
 * whether there is no such file.
 */
int sysfile_read(const char *root, const char *path, char *buf, size_t size)
{
	char full[PATH_MAX];
	ssize_t len;
	int fd, saved;

	buf[0] = '\0';
	snprintf(full, sizeof(full), "%s%s", root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read_all(fd, buf, size - 1);
	saved = errno;
	close(fd);
	errno = saved;
	if (len < 0) {
		buf[0] = '\0';
		return -1;
	}
	while (len && (buf[len - 1] == '\n' || !buf[len - 1]))
		len--;
	buf[len] = '\0';
	return (int)len;
}

/**
 * sysfile_is_absent - whether a failure means that a system does not have a file
 * @error: errno of open() or read()
 *
 * Also for what only root may read. Other errors say nothing about the system: a fact
 * is then not known.
 */
bool sysfile_is_absent(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EACCES:
	case EPERM:
	case ENODEV:
	case ENXIO:
	case ESRCH:
	case EINVAL:
	case EOPNOTSUPP:
	case EBUSY:
	case EAGAIN:
		return true;
	default:
		return false;
	}
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

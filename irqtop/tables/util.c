// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files and numbers for this folder. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "local.h"

ssize_t irqtable_text(int at, const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	while (len + 1 < size) {
		n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			close(fd);
			return n;
		}
		len += (size_t)n;
		/* Such a file comes in one read: a short one is its end. */
		if (len + 1 < size)
			break;
	}
	close(fd);
	while (len && (buf[len - 1] == '\n' || buf[len - 1] == ' '))
		len--;
	buf[len] = '\0';
	return (ssize_t)len;
}

bool irqtable_number(const char **text, const char *end, uint64_t *value)
{
	const char *p = *text;
	uint64_t v = 0;

	while (p < end && (unsigned char)(*p - '0') < 10)
		v = v * 10 + (unsigned char)(*p++ - '0');
	if (p == *text)
		return false;
	*value = v;
	*text = p;
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files and numbers for this folder. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/array.h"
#include "irqtable.h"
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

#define FILE_BYTES 4096

ssize_t irqtable_file(int at, const char *path, struct irqtable_buffer *buffer)
{
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n && !err) {
		if (array_reserve(&buffer->data, &buffer->size, len + FILE_BYTES, 1)) {
			err = -ENOMEM;
			break;
		}
		n = read(fd, buffer->data + len, buffer->size - 1 - len);
		if (n < 0 && errno != EINTR)
			err = -errno;
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (err)
		return err;
	buffer->data[len] = '\0';
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

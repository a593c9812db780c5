// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory, small files and numbers for this folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "local.h"

int irqtable_room(void *array, size_t *room, size_t need, size_t size)
{
	void **slot = array;
	size_t want = *room ? *room : 16;
	void *bigger;

	if (need <= *room)
		return 0;
	if (need > SIZE_MAX / 2 / size)
		return -ENOMEM;
	while (want < need)
		want *= 2;
	bigger = realloc(*slot, want * size);
	if (!bigger)
		return -ENOMEM;
	*slot = bigger;
	*room = want;
	return 0;
}

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
		/* These files are one record each: a short read is the end. */
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

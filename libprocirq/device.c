// SPDX-License-Identifier: LGPL-2.1-or-later
/* A device's folder in sysfs, of any bus: its driver, and its registers to be mapped. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "local.h"

/*
 * Writes the name of the device's driver to @buf, empty if it has none; cut to fit. @folder
 * ends with a slash. Returns the length of the whole name, or -1 with errno: ENXIO if there
 * is no such folder.
 */
int procirq_device_driver(const char *folder, char *buf, size_t size)
{
	char path[PATH_MAX + sizeof("driver")], target[PATH_MAX];
	const char *name;
	ssize_t n;

	if (access(folder, F_OK)) {
		errno = ENXIO;
		return -1;
	}
	snprintf(path, sizeof(path), "%sdriver", folder);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0 && errno != ENOENT)
		return -1;
	target[n < 0 ? 0 : n] = '\0';
	name = strrchr(target, '/');
	return snprintf(buf, size, "%s", name ? name + 1 : target);
}

/* Offset of registers in their page: the kernel maps whole pages. */
static size_t page_offset(uintptr_t address)
{
	return address & ((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
}

/*
 * Maps the file of registers that are at @place, and stores their size. Returns the address
 * of the first, for procirq_device_unmap(), or NULL with errno.
 */
volatile void *procirq_device_map(const char *path, const struct procirq_bar *place, size_t *bytes)
{
	size_t offset = page_offset((uintptr_t)place->start);
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	char *map;

	if (fd < 0)
		return NULL;
	*bytes = (size_t)place->bytes;
	map = mmap(NULL, offset + *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	procirq_fd_close(fd);
	return map == MAP_FAILED ? NULL : map + offset;
}

/* Undoes procirq_device_map(); @registers may be NULL. */
void procirq_device_unmap(volatile void *registers, size_t bytes)
{
	size_t offset = page_offset((uintptr_t)registers);

	if (registers)
		munmap((char *)registers - offset, offset + bytes);
}

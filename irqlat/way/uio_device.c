// SPDX-License-Identifier: GPL-2.0-or-later
/* UIO devices in sysfs (Documentation/driver-api/uio-howto.rst). */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sysfile.h"
#include "libprocirq/procirq.h"
#include "uio_device.h"
#include "way.h"

/* Get "uioN" of a device. Returns 0, or -1 when it has none. */
int uio_find(const struct target *target, char name[UIO_NAME_BYTES])
{
	char path[PATH_MAX];
	struct dirent *entry;
	int found = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/uio", target->bus, target->device);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (found && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "uio", 3))
			found = snprintf(name, UIO_NAME_BYTES, "%.15s", entry->d_name) < 0;
	closedir(dir);
	return found;
}

static int read_attribute(const char *name, const char *file, char *buf, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/class/uio/%s/%s", name, file);
	return sysfile_read("", path, buf, size);
}

static uint64_t read_number(const char *name, const char *file)
{
	char text[32];

	read_attribute(name, file, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

/* Interrupts of the device until now, as the driver counts them. */
uint32_t uio_events(const char *name)
{
	return (uint32_t)read_number(name, "event");
}

/*
 * The device's interrupt: the one whose action has the name that the driver has given.
 * TARGET_NO_IRQ if there is none, or several.
 */
unsigned int uio_irq(const char *name)
{
	unsigned int irq = TARGET_NO_IRQ;
	char action[256];

	if (read_attribute(name, "name", action, sizeof(action)) > 0 &&
	    procirq_resolve(action, &irq, 1) != 1)
		irq = TARGET_NO_IRQ;
	return irq;
}

/*
 * Map the device's first memory region. Returns the address of its first register, for
 * procirq_platform_unmap(), and stores the number of bytes from there; or NULL with errno.
 */
volatile void *uio_map(const char *name, size_t *bytes)
{
	size_t offset = read_number(name, "maps/map0/offset");
	size_t size = read_number(name, "maps/map0/size");
	char path[32];
	char *map;
	int fd;

	if (size <= offset) {
		errno = ENXIO;
		return NULL;
	}
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return NULL;
	*bytes = size - offset;
	return map + offset;
}

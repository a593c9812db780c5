// SPDX-License-Identifier: LGPL-2.1-or-later
/* Platform devices whose driver is in user space: names, binding, interrupts, regions. */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define DRIVER	     "procirq-platform"
#define DRIVER_BYTES 64 /* of any driver's name */
#define PREFIX	     "platform:"

/* sysfs files have at most a page, in which a row has four characters or more. */
#define FILE_BYTES 4096
#define IRQS_MAX   (FILE_BYTES / 4)

/* The path of @file in the sysfs folder of a device; "" is the folder itself. */
void procirq_platform_path(char path[PATH_MAX], const char *root, const char *device,
			   const char *file)
{
	snprintf(path, PATH_MAX, "%s/sys/bus/platform/devices/%s/%s", root, device, file);
}

/* Does the name begin with "platform:"? */
bool procirq_platform_is_named(const char *name)
{
	return !strncmp(name, PREFIX, strlen(PREFIX));
}

/*
 * Splits "platform:DEVICE/INTERRUPT", whose first and last part may be missing. Returns
 * the last part, "" if it is, or NULL if this is not a name.
 */
static const char *split_name(const char *name, char device[PROCIRQ_PLATFORM_BYTES])
{
	size_t len, i;

	if (procirq_platform_is_named(name))
		name += strlen(PREFIX);
	len = strcspn(name, "/");
	if (!len || len >= PROCIRQ_PLATFORM_BYTES || name[0] == '.')
		return NULL;
	for (i = 0; i < len; i++)
		if (!isgraph((unsigned char)name[i]))
			return NULL;
	memcpy(device, name, len);
	device[len] = '\0';
	return name[len] ? name + len + 1 : "";
}

int procirq_platform_find_at(const char *root, const char *name,
			     char device[PROCIRQ_PLATFORM_BYTES])
{
	char found[PROCIRQ_PLATFORM_BYTES], path[PATH_MAX];
	const char *interrupt = split_name(name, found);

	if (!interrupt || *interrupt) {
		errno = EINVAL;
		return -1;
	}
	procirq_platform_path(path, root, found, "");
	if (!procirq_platform_is_named(name) && access(path, F_OK)) {
		errno = ENXIO;
		return -1;
	}
	strcpy(device, found);
	return 0;
}

/**
 * procirq_platform_find - get the name of a platform device
 * @name: "platform:9010000.rtc"; or "9010000.rtc", if there is such a device
 * @device: gets the name as in /sys/bus/platform/devices
 *
 * With "platform:", does not check that there is such a device.
 *
 * Returns 0, or -1 with errno: ENXIO there is no such device, EINVAL this is no name.
 */
int procirq_platform_find(const char *name, char device[PROCIRQ_PLATFORM_BYTES])
{
	return procirq_platform_find_at("", name, device);
}

/* An interrupt of a platform device: its number among the device's, and Linux's for it. */
struct platform_irq {
	unsigned int index;
	unsigned int irq;
};

/*
 * Stores the first @max interrupts that @name means, and the device's name. Returns how many
 * there are, or -1 with errno.
 */
static int find_irqs(const char *root, const char *name, char device[PROCIRQ_PLATFORM_BYTES],
		     struct platform_irq *irqs, size_t max)
{
	char path[PATH_MAX], text[FILE_BYTES], *row, *save = NULL;
	const char *wanted = split_name(name, device);
	struct platform_irq found;
	char number[16];
	int n = 0, at;

	if (!wanted) {
		errno = EINVAL;
		return -1;
	}
	procirq_platform_path(path, root, device, "procirq/irqs");
	if (procirq_text_read(text, sizeof(text), "%s", path) < 0) {
		errno = ENXIO;
		return -1;
	}
	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
		if (sscanf(row, "%u %u%n", &found.index, &found.irq, &at) != 2)
			continue;
		row += at + (row[at] == ' ');
		snprintf(number, sizeof(number), "%u", found.index);
		if (*wanted && strcmp(wanted, number) && strcmp(wanted, row))
			continue;
		if ((size_t)n < max)
			irqs[n] = found;
		n++;
	}
	if (n)
		return n;
	errno = ENXIO;
	return -1;
}

int procirq_platform_irqs_at(const char *root, const char *name, unsigned int *irqs, size_t max)
{
	struct platform_irq found[IRQS_MAX];
	char device[PROCIRQ_PLATFORM_BYTES];
	int n = find_irqs(root, name, device, found, IRQS_MAX), i;

	for (i = 0; i < n && (size_t)i < max && i < IRQS_MAX; i++)
		irqs[i] = found[i].irq;
	return n;
}

bool procirq_platform_index_at(const char *root, const char *name,
			       char device[PROCIRQ_PLATFORM_BYTES], unsigned int *index)
{
	struct platform_irq found;

	if (find_irqs(root, name, device, &found, 1) != 1)
		return false;
	*index = found.index;
	return true;
}

/**
 * procirq_platform_irq_name - get the name of an interrupt of a platform device
 * @device: a name that procirq_platform_find() accepts; bound to procirq-platform
 * @irq: Linux interrupt number
 * @buf: gets the name that firmware has for it; empty if it has none; cut to fit
 * @size: bytes in @buf
 *
 * Returns the length of the whole name, or -1 with errno: as procirq_platform_find(), and
 * ENXIO if it is not an interrupt of the device, or the device is not bound.
 */
int procirq_platform_irq_name(const char *device, unsigned int irq, char *buf, size_t size)
{
	char found[PROCIRQ_PLATFORM_BYTES], path[PATH_MAX], text[FILE_BYTES], *row, *save = NULL;
	unsigned int each;
	int at;

	if (procirq_platform_find(device, found))
		return -1;
	procirq_platform_path(path, "", found, "procirq/irqs");
	procirq_text_read(text, sizeof(text), "%s", path);
	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save))
		if (sscanf(row, "%*u %u%n", &each, &at) == 1 && each == irq)
			return snprintf(buf, size, "%s", row + at + (row[at] == ' '));
	errno = ENXIO;
	return -1;
}

int procirq_platform_driver_at(const char *root, const char *name, char *buf, size_t size)
{
	char device[PROCIRQ_PLATFORM_BYTES], path[PATH_MAX];

	if (procirq_platform_find_at(root, name, device))
		return -1;
	procirq_platform_path(path, root, device, "");
	return procirq_device_driver(path, buf, size);
}

/**
 * procirq_platform_driver - get the name of the driver that a platform device is bound to
 * @device: a name that procirq_platform_find() accepts
 * @buf: gets the driver's name, empty if there is none; cut to fit
 * @size: bytes in @buf
 *
 * Returns the length of the whole name, or -1 with errno as procirq_platform_find().
 */
int procirq_platform_driver(const char *device, char *buf, size_t size)
{
	return procirq_platform_driver_at("", device, buf, size);
}

/* Gets the device's name. Returns whether it is bound to procirq-platform, or -1. */
static int find_ours(const char *name, char device[PROCIRQ_PLATFORM_BYTES])
{
	char driver[DRIVER_BYTES];

	if (procirq_platform_find(name, device) ||
	    procirq_platform_driver(name, driver, sizeof(driver)) < 0)
		return -1;
	if (!*driver)
		return 0;
	if (!strcmp(driver, DRIVER))
		return 1;
	errno = EBUSY;
	return -1;
}

static int set_override(const char *device, const char *driver)
{
	char path[PATH_MAX], text[DRIVER_BYTES + 1];

	procirq_platform_path(path, "", device, "driver_override");
	snprintf(text, sizeof(text), "%s\n", driver);
	return procirq_text_write(path, text);
}

/**
 * procirq_platform_bind - make the interrupts of a platform device available as files
 * @device: a name that procirq_platform_find() accepts
 *
 * Binds the device to the driver procirq-platform, which powers it and takes all its
 * interrupts; procirq_resolve() lists them. A device that is bound to it stays as it is.
 *
 * Returns 0, or -1 with errno: ENXIO, EINVAL as procirq_platform_find(); ENOENT the module
 * procirq is not loaded; EBUSY the device is bound to another driver, or its registers are
 * in use; ENXIO it has no interrupt; EACCES not root; or the error of its clocks or its
 * power. procirq_explain_platform() turns the error into a sentence.
 */
int procirq_platform_bind(const char *device)
{
	char found[PROCIRQ_PLATFORM_BYTES], before[DRIVER_BYTES], path[PATH_MAX];
	int ours = find_ours(device, found), saved;

	if (ours < 0)
		return -1;
	if (ours)
		return 0;
	if (access("/sys/bus/platform/drivers/" DRIVER, F_OK))
		return -1;
	procirq_platform_path(path, "", found, "driver_override");
	procirq_text_read(before, sizeof(before), "%s", path);
	if (set_override(found, DRIVER))
		return -1;
	if (!procirq_text_write("/sys/bus/platform/drivers/" DRIVER "/bind", found))
		return 0;
	saved = errno;
	set_override(found, strcmp(before, "(null)") ? before : "");
	errno = saved;
	return -1;
}

/**
 * procirq_platform_unbind - undo procirq_platform_bind()
 * @device: a name that procirq_platform_find() accepts; bound to procirq-platform, or to
 *	no driver
 *
 * Readers of its lines get ENODEV, and its mappings end: an access of them raises SIGBUS.
 * The device has no driver afterwards, and any driver may bind to it.
 *
 * Returns 0, or -1 with errno: as procirq_platform_find(), EBUSY the device is bound to
 * another driver, EACCES not root.
 */
int procirq_platform_unbind(const char *device)
{
	char found[PROCIRQ_PLATFORM_BYTES];
	int ours = find_ours(device, found);

	if (ours < 0 ||
	    (ours && procirq_text_write("/sys/bus/platform/drivers/" DRIVER "/unbind", found)))
		return -1;
	return set_override(found, "");
}

int procirq_platform_region_at(const char *root, const char *device, unsigned int region,
			       struct procirq_bar *found)
{
	char path[PATH_MAX], text[FILE_BYTES], *row, *save = NULL;
	unsigned int index;

	procirq_platform_path(path, root, device, "procirq/regions");
	if (procirq_text_read(text, sizeof(text), "%s", path) < 0) {
		errno = ENXIO;
		return -1;
	}
	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
		found->io = false;
		if (sscanf(row, "%u %llx %llx", &index, &found->start, &found->bytes) == 3 &&
		    index == region)
			return 0;
	}
	errno = ENOENT;
	return -1;
}

/* Returns the widths that the device is known to take, or-ed; 0 if that is not known. */
unsigned int procirq_platform_widths_at(const char *root, const char *device)
{
	char path[PATH_MAX], text[64], *word, *save = NULL;
	unsigned int widths = 0;

	procirq_platform_path(path, root, device, "procirq/widths");
	procirq_text_read(text, sizeof(text), "%s", path);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		widths |= (unsigned int)strtoul(word, NULL, 10);
	return widths;
}

/**
 * procirq_platform_map - map the registers of a platform device
 * @device: a name that procirq_platform_find() accepts; bound to procirq-platform
 * @region: number of the memory region, from 0
 * @bytes: gets the size of the region
 *
 * The pages that the region is in are mapped. If it does not begin and end with a page, that
 * takes CAP_SYS_RAWIO, because registers of other devices may be in them.
 *
 * Returns the address of the first register, for procirq_platform_unmap(), or NULL with
 * errno: as procirq_platform_find(), ENXIO the device is not bound, ENOENT no such region,
 * EACCES not root, EPERM no CAP_SYS_RAWIO, or kernel lockdown.
 */
volatile void *procirq_platform_map(const char *device, unsigned int region, size_t *bytes)
{
	char found[PROCIRQ_PLATFORM_BYTES], path[PATH_MAX], file[32];
	struct procirq_bar place;

	if (procirq_platform_find(device, found) ||
	    procirq_platform_region_at("", found, region, &place))
		return NULL;
	snprintf(file, sizeof(file), "procirq/region%u", region);
	procirq_platform_path(path, "", found, file);
	return procirq_device_map(path, &place, bytes);
}

/**
 * procirq_platform_unmap - undo procirq_platform_map()
 * @registers: the address that procirq_platform_map() returned, or NULL
 * @bytes: the size that it stored
 */
void procirq_platform_unmap(volatile void *registers, size_t bytes)
{
	procirq_device_unmap(registers, bytes);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* PCI devices whose driver is in user space: finding, binding, mapping. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define DRIVER	   "procirq-pci"
#define PARAMETERS "/sys/module/procirq/parameters/"

static void device_path(char *path, const char *root, const char *address, const char *file)
{
	snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s%s%s", root, address, *file ? "/" : "",
		 file);
}

/* Four hexadecimal digits. */
static bool parse_hex4(const char *text, unsigned int *value)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return sscanf(text, "%4x", value) == 1;
}

/* "1234:11e8" */
bool procirq_is_pci_id(const char *name, unsigned int *vendor, unsigned int *device)
{
	return strlen(name) == 9 && name[4] == ':' && parse_hex4(name, vendor) &&
	       parse_hex4(name + 5, device);
}

static int read_id(const char *root, const char *address, const char *file)
{
	char path[PATH_MAX], text[16];

	device_path(path, root, address, file);
	if (procirq_text_read(path, text, sizeof(text)) < 0)
		return -1;
	return (int)(strtoul(text, NULL, 16) & 0xffff);
}

/* Whether the function at @address is of this kind. */
bool procirq_pci_is(const char *root, const char *address, unsigned int vendor, unsigned int device)
{
	return read_id(root, address, "vendor") == (int)vendor &&
	       read_id(root, address, "device") == (int)device;
}

static int find_id(const char *root, unsigned int vendor, unsigned int device,
		   char address[PROCIRQ_PCI_BYTES])
{
	char path[PATH_MAX], full[PROCIRQ_PCI_BYTES];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!procirq_is_pci_address(entry->d_name, full) ||
		    !procirq_pci_is(root, full, vendor, device))
			continue;
		found++;
		memcpy(address, full, PROCIRQ_PCI_BYTES);
	}
	if (dir)
		closedir(dir);
	if (found == 1)
		return 0;
	errno = found ? ENOTUNIQ : ENXIO;
	return -1;
}

int procirq_pci_find_at(const char *root, const char *name, char address[PROCIRQ_PCI_BYTES])
{
	unsigned int vendor, device;

	if (procirq_is_pci_address(name, address))
		return 0;
	if (procirq_is_pci_id(name, &vendor, &device))
		return find_id(root, vendor, device, address);
	errno = EINVAL;
	return -1;
}

/**
 * procirq_pci_find - the address of a PCI function
 * @name: "0000:00:04.0", "00:04.0", or "1234:11e8": vendor and device, of which
 *	there must be one
 * @address: gets it, in its long form; an address need not exist
 *
 * Returns 0, or -1 with errno: ENXIO no function is of that kind, ENOTUNIQ
 * several are, EINVAL neither address nor kind. procirq_explain_pci() makes a
 * sentence of it.
 */
int procirq_pci_find(const char *name, char address[PROCIRQ_PCI_BYTES])
{
	return procirq_pci_find_at("", name, address);
}

int procirq_pci_driver_at(const char *root, const char *device, char *buf, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX], address[PROCIRQ_PCI_BYTES];
	const char *name;
	ssize_t n;

	if (procirq_pci_find_at(root, device, address))
		return -1;
	device_path(path, root, address, "");
	if (access(path, F_OK)) {
		errno = ENXIO;
		return -1;
	}
	device_path(path, root, address, "driver");
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0 && errno != ENOENT)
		return -1;
	target[n < 0 ? 0 : n] = '\0';
	name = strrchr(target, '/');
	return snprintf(buf, size, "%s", name ? name + 1 : target);
}

/**
 * procirq_pci_driver - the driver that a PCI function is bound to
 * @device: what procirq_pci_find() accepts
 * @buf: gets its name; empty for none; cut to fit
 * @size: bytes in @buf
 *
 * Returns the length of the name, or -1 with errno as procirq_pci_find(); also
 * ENXIO for an address where there is nothing.
 */
int procirq_pci_driver(const char *device, char *buf, size_t size)
{
	return procirq_pci_driver_at("", device, buf, size);
}

/* sysfs wants a value in one write. */
static int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

static int set_override(const char *address, const char *driver)
{
	char path[PATH_MAX], text[64];

	device_path(path, "", address, "driver_override");
	snprintf(text, sizeof(text), "%s\n", driver);
	return file_write(path, text);
}

static int unbind(const char *address)
{
	char path[PATH_MAX];

	device_path(path, "", address, "driver/unbind");
	return file_write(path, address);
}

/* A parameter of the module, and what it was. */
struct parameter {
	const char *path;
	char before[32];
};

/* Sets it; @value NULL leaves it. Returns 0 or -1 with errno. */
static int parameter_set(struct parameter *parameter, const char *value)
{
	parameter->before[0] = '\0';
	if (!value)
		return 0;
	if (procirq_text_read(parameter->path, parameter->before, sizeof(parameter->before)) < 0)
		return -1;
	return file_write(parameter->path, value);
}

static void parameter_restore(const struct parameter *parameter)
{
	int saved = errno;

	if (*parameter->before)
		file_write(parameter->path, parameter->before);
	errno = saved;
}

/*
 * The module reads its parameters when it is bound, so nobody else may set them
 * meanwhile.
 */
static int bind_with(const char *address, const char *kind, const char *vectors)
{
	struct parameter pci_irq = { .path = PARAMETERS "pci_irq" };
	struct parameter pci_vectors = { .path = PARAMETERS "pci_vectors" };
	int lock = open(pci_irq.path, O_RDONLY | O_CLOEXEC), err, saved;

	if (lock < 0)
		return -1;
	err = flock(lock, LOCK_EX);
	if (!err) {
		err = parameter_set(&pci_irq, kind);
		if (!err)
			err = parameter_set(&pci_vectors, vectors);
		if (!err)
			err = file_write("/sys/bus/pci/drivers/" DRIVER "/bind", address);
		parameter_restore(&pci_vectors);
		parameter_restore(&pci_irq);
	}
	saved = errno;
	close(lock);
	errno = saved;
	return err;
}

/**
 * procirq_pci_bind - have a PCI function's interrupts as files
 * @device: what procirq_pci_find() accepts
 * @kind: "msix", "msi", "intx"; "auto" the first of them that the function has;
 *	NULL as the module's parameter pci_irq says
 * @vectors: how many at most; 0 as the module's parameter pci_vectors says
 *
 * Binds the function to procirq-pci, which enables it and allocates its
 * interrupts; procirq_resolve() lists them. One that is bound so already is bound
 * anew when a kind or a number is asked for: its readers get ENODEV.
 *
 * Returns 0, or -1 with errno: ENXIO, ENOTUNIQ, EINVAL as procirq_pci_find(), and
 * EINVAL unknown kind; ENOENT the module procirq is not loaded; EBUSY another
 * driver has the function; EACCES not root; ENOSPC it has no interrupt of that
 * kind. procirq_explain_pci() makes a sentence of it.
 */
int procirq_pci_bind(const char *device, const char *kind, unsigned int vectors)
{
	char address[PROCIRQ_PCI_BYTES], driver[64], path[PATH_MAX], number[16];
	char before[64] = "";
	int saved;

	if (procirq_pci_driver(device, driver, sizeof(driver)) < 0 ||
	    procirq_pci_find(device, address))
		return -1;
	if (kind && strcmp(kind, "auto") && strcmp(kind, "msix") && strcmp(kind, "msi") &&
	    strcmp(kind, "intx")) {
		errno = EINVAL;
		return -1;
	}
	if (access("/sys/bus/pci/drivers/" DRIVER, F_OK))
		return -1;
	if (*driver && strcmp(driver, DRIVER)) {
		errno = EBUSY;
		return -1;
	}
	if (*driver) {
		if (!kind && !vectors)
			return 0;
		if (unbind(address))
			return -1;
	}

	device_path(path, "", address, "driver_override");
	procirq_text_read(path, before, sizeof(before));
	if (set_override(address, DRIVER))
		return -1;
	snprintf(number, sizeof(number), "%u", vectors);
	if (!bind_with(address, kind, vectors ? number : NULL))
		return 0;
	/* What the PCI core says of a capability that the device has not. */
	saved = errno == EINVAL ? ENOSPC : errno;
	set_override(address, strcmp(before, "(null)") ? before : "");
	errno = saved;
	return -1;
}

/**
 * procirq_pci_unbind - give a PCI function back
 * @device: what procirq_pci_find() accepts; bound to procirq-pci, or to nothing
 *
 * Its vectors and their files go; readers get ENODEV. It has no driver then, and
 * may be bound to any.
 *
 * Returns 0, or -1 with errno: as procirq_pci_find(), EBUSY another driver has
 * it, EACCES not root.
 */
int procirq_pci_unbind(const char *device)
{
	char address[PROCIRQ_PCI_BYTES], driver[64];

	if (procirq_pci_driver(device, driver, sizeof(driver)) < 0 ||
	    procirq_pci_find(device, address))
		return -1;
	if (*driver && strcmp(driver, DRIVER)) {
		errno = EBUSY;
		return -1;
	}
	if (*driver && unbind(address))
		return -1;
	return set_override(address, "");
}

/**
 * procirq_pci_set_master - let a PCI function reach memory, or not
 * @device: what procirq_pci_find() accepts, bound to procirq-pci
 * @on: whether
 *
 * DMA needs it. procirq-pci allows it to a function with MSI or MSI-X vectors,
 * which are writes to memory themselves. It may end it when nobody has a line of
 * the function open any more, or when a descriptor is set: call this after both.
 *
 * Returns 0, or -1 with errno as procirq_pci_find(), or that of its configuration
 * space.
 */
int procirq_pci_set_master(const char *device, int on)
{
	char address[PROCIRQ_PCI_BYTES], path[PATH_MAX];
	unsigned char command[2];
	int fd, err = -1, saved;

	if (procirq_pci_find(device, address))
		return -1;
	device_path(path, "", address, "config");
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	errno = EIO;
	if (pread(fd, command, sizeof(command), PCI_COMMAND) == sizeof(command)) {
		command[0] &= (unsigned char)~PCI_COMMAND_MASTER;
		command[0] |= on ? PCI_COMMAND_MASTER : 0;
		if (pwrite(fd, command, sizeof(command), PCI_COMMAND) == sizeof(command))
			err = 0;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}

/* Where in its page a BAR begins: the kernel maps whole pages. */
static size_t page_offset(const volatile void *registers)
{
	return (uintptr_t)registers & ((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
}

/**
 * procirq_pci_map - map the registers of a PCI function
 * @device: what procirq_pci_find() accepts, bound to procirq-pci
 * @bar: number of the BAR, 0 to 5; one of memory
 * @bytes: gets its size
 *
 * Returns its first register, for procirq_pci_unmap(), or NULL with errno: as
 * procirq_pci_find(), ENOENT no such BAR, EACCES not root, EPERM kernel lockdown,
 * EINVAL one of ports.
 */
volatile void *procirq_pci_map(const char *device, unsigned int bar, size_t *bytes)
{
	char address[PROCIRQ_PCI_BYTES], path[PATH_MAX], file[32];
	struct procirq_bar found;
	size_t offset;
	char *map;
	int fd, saved;

	if (procirq_pci_find(device, address) || procirq_pci_bar_at("", address, bar, &found))
		return NULL;
	snprintf(file, sizeof(file), "resource%u", bar);
	device_path(path, "", address, file);
	fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	offset = page_offset((void *)(uintptr_t)found.start);
	*bytes = (size_t)found.bytes;
	map = mmap(NULL, offset + *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	saved = errno;
	close(fd);
	errno = saved;
	return map == MAP_FAILED ? NULL : map + offset;
}

/**
 * procirq_pci_unmap - undo procirq_pci_map()
 * @registers: what that returned; NULL is fine
 * @bytes: the size that it gave
 */
void procirq_pci_unmap(volatile void *registers, size_t bytes)
{
	size_t offset = page_offset(registers);

	if (registers)
		munmap((char *)registers - offset, offset + bytes);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* PCI devices whose driver is in user space: binding, bus mastering, mapping. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define DRIVER	     "procirq-pci"
#define DRIVER_BYTES 64 /* of any driver's name */
#define FOLDER	     "/sys/bus/pci/drivers/" DRIVER

static int set_override(const char *address, const char *driver)
{
	char path[PATH_MAX], text[DRIVER_BYTES + 1];

	procirq_pci_path(path, "", address, "driver_override");
	snprintf(text, sizeof(text), "%s\n", driver);
	return procirq_text_write(path, text);
}

static int unbind(const char *address)
{
	char path[PATH_MAX];

	procirq_pci_path(path, "", address, "driver/unbind");
	return procirq_text_write(path, address);
}

/* One write, so that programs that bind at the same time do not disturb each other. */
static int bind_with(const char *address, const char *kind, unsigned int vectors)
{
	char text[64];
	int n;

	if (!kind && !vectors)
		return procirq_text_write(FOLDER "/bind", address);
	n = snprintf(text, sizeof(text), "%s %s", address, kind ?: "default");
	if (vectors)
		snprintf(text + n, sizeof(text) - (size_t)n, " %u", vectors);
	return procirq_text_write(FOLDER "/bind_with", text);
}

/* Gets address and driver of @device. Returns 0, or -1 with errno. */
static int find_function(const char *device, char address[PROCIRQ_PCI_BYTES],
			 char driver[DRIVER_BYTES])
{
	if (procirq_pci_driver(device, driver, DRIVER_BYTES) < 0)
		return -1;
	return procirq_pci_find(device, address);
}

/* Whether a function that is bound to procirq-pci has what procirq_pci_bind() would give it. */
static bool has_these(const char *address, const char *kind, unsigned int vectors)
{
	char path[PATH_MAX], has[16];

	procirq_pci_path(path, "", address, "procirq/kind");
	procirq_text_read(has, sizeof(has), "%s", path);
	/* With "auto", it might get another kind. */
	return (!kind || !strcmp(kind, has)) &&
	       (!vectors || procirq_resolve(address, NULL, 0) == (int)vectors);
}

/* EBUSY for a driver other than procirq-pci. */
static int check_driver(const char *driver)
{
	if (!*driver || !strcmp(driver, DRIVER))
		return 0;
	errno = EBUSY;
	return -1;
}

/**
 * procirq_pci_bind - make the interrupts of a PCI function available as files
 * @device: a name that procirq_pci_find() accepts
 * @kind: "msix", "msi", "intx"; "auto" for the first of them that the function has;
 *	NULL for the kind in the module's parameter pci_irq
 * @vectors: most vectors to allocate; 0 for the number in the module's parameter
 *	pci_vectors
 *
 * Binds the function to the driver procirq-pci, which enables it and allocates its
 * interrupts; procirq_resolve() lists them. If the function is bound to procirq-pci
 * already, it stays as it is when it has what is asked for: @kind is NULL or the kind that
 * it has, and @vectors is 0 or as many as it has. Otherwise it is bound anew, and its readers
 * get ENODEV.
 *
 * Returns 0, or -1 with errno: ENXIO, ENOTUNIQ, EINVAL as procirq_pci_find(); EINVAL
 * unknown kind; ENOENT the module procirq is not loaded; EBUSY the function is bound
 * to another driver, or another program has bound it meanwhile; EACCES not root; ENOSPC it has no interrupt of that kind.
 * procirq_explain_pci() turns the error into a sentence.
 */
int procirq_pci_bind(const char *device, const char *kind, unsigned int vectors)
{
	char address[PROCIRQ_PCI_BYTES], driver[DRIVER_BYTES], before[DRIVER_BYTES];
	char path[PATH_MAX];
	int saved;

	if (find_function(device, address, driver))
		return -1;
	if (kind && strcmp(kind, "auto") && strcmp(kind, "msix") && strcmp(kind, "msi") &&
	    strcmp(kind, "intx")) {
		errno = EINVAL;
		return -1;
	}
	if (access(FOLDER, F_OK) || check_driver(driver))
		return -1;
	if (*driver && has_these(address, kind, vectors))
		return 0;
	if (*driver && unbind(address))
		return -1;

	procirq_pci_path(path, "", address, "driver_override");
	procirq_text_read(before, sizeof(before), "%s", path);
	if (set_override(address, DRIVER))
		return -1;
	if (!bind_with(address, kind, vectors))
		return 0;
	/* The PCI core fails with EINVAL when the device lacks the capability. */
	saved = errno == EINVAL ? ENOSPC : errno;
	/* EBUSY: another program has bound it meanwhile. */
	if (saved != EBUSY)
		set_override(address, strcmp(before, "(null)") ? before : "");
	errno = saved;
	return -1;
}

/**
 * procirq_pci_unbind - undo procirq_pci_bind()
 * @device: a name that procirq_pci_find() accepts; bound to procirq-pci, or to no
 *	driver
 *
 * Removes the function's vectors and their files; readers get ENODEV. The function
 * has no driver afterwards, and any driver may bind to it.
 *
 * Returns 0, or -1 with errno: as procirq_pci_find(), EBUSY the function is bound to
 * another driver, EACCES not root.
 */
int procirq_pci_unbind(const char *device)
{
	char address[PROCIRQ_PCI_BYTES], driver[DRIVER_BYTES];

	if (find_function(device, address, driver) || check_driver(driver) ||
	    (*driver && unbind(address)))
		return -1;
	return set_override(address, "");
}

/**
 * procirq_pci_set_master - allow or forbid a PCI function to access memory (DMA)
 * @device: a name that procirq_pci_find() accepts; bound to procirq-pci
 * @on: not 0 to allow it
 *
 * procirq-pci allows it itself for MSI and MSI-X, which are writes to memory. It may
 * forbid it again when the last reader of the function closes, and when a descriptor
 * is set. So call this after both opening and setting the descriptor.
 *
 * Returns 0, or -1 with errno: as procirq_pci_find(), or that of accessing the
 * function's configuration space.
 */
int procirq_pci_set_master(const char *device, int on)
{
	char address[PROCIRQ_PCI_BYTES], path[PATH_MAX];
	unsigned char low;
	int command, fd;
	ssize_t n;

	if (procirq_pci_find(device, address))
		return -1;
	command = procirq_pci_command_at("", address);
	if (command < 0)
		return -1;
	command &= ~PCI_COMMAND_MASTER;
	command |= on ? PCI_COMMAND_MASTER : 0;
	/* The interrupt disable bit, in the other byte, is the kernel's, and may have changed. */
	low = command & 0xff;
	procirq_pci_path(path, "", address, "config");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pwrite(fd, &low, 1, PCI_COMMAND);
	procirq_fd_close(fd);
	if (!n)
		errno = EIO;
	return n == 1 ? 0 : -1;
}

volatile void *procirq_pci_map_at(const char *root, const char *device, unsigned int bar,
				  size_t *bytes)
{
	char address[PROCIRQ_PCI_BYTES], path[PATH_MAX], file[32];
	struct procirq_bar found;

	if (procirq_pci_find_at(root, device, address) ||
	    procirq_pci_bar_at(root, address, bar, &found))
		return NULL;
	if (!found.bytes || found.io) {
		errno = found.bytes ? EINVAL : ENOENT;
		return NULL;
	}
	snprintf(file, sizeof(file), "resource%u", bar);
	procirq_pci_path(path, root, address, file);
	return procirq_device_map(path, &found, bytes);
}

/**
 * procirq_pci_map - map the registers of a PCI function
 * @device: a name that procirq_pci_find() accepts; bound to procirq-pci
 * @bar: number of the BAR, 0 to 5; it must be a memory BAR
 * @bytes: gets the size of the BAR
 *
 * Returns the address of the first register, for procirq_pci_unmap(), or NULL with
 * errno: as procirq_pci_find(), ENOENT no such BAR, EACCES not root, EPERM kernel
 * lockdown, EINVAL the BAR is for I/O ports.
 */
volatile void *procirq_pci_map(const char *device, unsigned int bar, size_t *bytes)
{
	return procirq_pci_map_at("", device, bar, bytes);
}

/**
 * procirq_pci_unmap - undo procirq_pci_map()
 * @registers: the address that procirq_pci_map() returned, or NULL
 * @bytes: the size that it stored
 */
void procirq_pci_unmap(volatile void *registers, size_t bytes)
{
	procirq_device_unmap(registers, bytes);
}

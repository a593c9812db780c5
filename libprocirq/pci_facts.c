// SPDX-License-Identifier: LGPL-2.1-or-later
/* PCI functions as sysfs shows them: address, ID, driver, BARs, configuration space. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

#define IORESOURCE_IO 0x100 /* the kernel's include/linux/ioport.h */

/* The path of @file in the sysfs folder of a function; "" is the folder itself. */
void procirq_pci_path(char path[PATH_MAX], const char *root, const char *address, const char *file)
{
	snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s/%s", root, address, file);
}

/*
 * Is @text a PCI address, "DDDD:BB:DD.F" or "BB:DD.F" in hexadecimal? @address gets
 * the long form in lower case, as sysfs spells it.
 */
bool procirq_pci_address_parse(const char *text, char address[PROCIRQ_PCI_BYTES])
{
	unsigned int domain = 0, bus, slot, function;
	size_t len = strlen(text);
	int end = 0;

	if (len == 12) {
		if (sscanf(text, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) != 4)
			return false;
	} else if (len == 7) {
		if (sscanf(text, "%2x:%2x.%1x%n", &bus, &slot, &function, &end) != 3)
			return false;
	} else {
		return false;
	}
	if ((size_t)end != len || slot > 0x1f || function > 7)
		return false;
	snprintf(address, PROCIRQ_PCI_BYTES, "%04x:%02x:%02x.%x", domain & 0xffff, bus & 0xff,
		 slot & 0x1f, function & 7);
	return true;
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

/* Is @text a vendor and device ID, "1234:11e8"? */
bool procirq_pci_id_parse(const char *text, unsigned int *vendor, unsigned int *device)
{
	return strlen(text) == 9 && text[4] == ':' && parse_hex4(text, vendor) &&
	       parse_hex4(text + 5, device);
}

static int read_id(const char *root, const char *address, const char *file)
{
	char path[PATH_MAX], text[16];

	procirq_pci_path(path, root, address, file);
	if (procirq_text_read(text, sizeof(text), "%s", path) < 0)
		return -1;
	return (int)(strtoul(text, NULL, 16) & 0xffff);
}

/* Has the function at @address this ID? */
bool procirq_pci_has_id(const char *root, const char *address, unsigned int vendor,
			unsigned int device)
{
	return read_id(root, address, "vendor") == (int)vendor &&
	       read_id(root, address, "device") == (int)device;
}

static int find_id(const char *root, unsigned int vendor, unsigned int device,
		   char address[PROCIRQ_PCI_BYTES])
{
	char path[PATH_MAX], candidate[PROCIRQ_PCI_BYTES];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	procirq_pci_path(path, root, "", "");
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!procirq_pci_address_parse(entry->d_name, candidate) ||
		    !procirq_pci_has_id(root, candidate, vendor, device))
			continue;
		found++;
		memcpy(address, candidate, PROCIRQ_PCI_BYTES);
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

	if (procirq_pci_address_parse(name, address))
		return 0;
	if (procirq_pci_id_parse(name, &vendor, &device))
		return find_id(root, vendor, device, address);
	errno = EINVAL;
	return -1;
}

/**
 * procirq_pci_find - get the address of a PCI function
 * @name: an address, "0000:00:04.0" or "00:04.0"; or a vendor and device ID,
 *	"1234:11e8", that only one function has
 * @address: gets the long form of the address
 *
 * Does not check that there is a function at an address.
 *
 * Returns 0, or -1 with errno: ENXIO no function has that ID, ENOTUNIQ several
 * have, EINVAL @name is neither an address nor an ID. procirq_explain_pci() turns
 * the error into a sentence.
 */
int procirq_pci_find(const char *name, char address[PROCIRQ_PCI_BYTES])
{
	return procirq_pci_find_at("", name, address);
}

int procirq_pci_driver_at(const char *root, const char *device, char *buf, size_t size)
{
	char path[PATH_MAX], address[PROCIRQ_PCI_BYTES];

	if (procirq_pci_find_at(root, device, address))
		return -1;
	procirq_pci_path(path, root, address, "");
	return procirq_device_driver(path, buf, size);
}

/**
 * procirq_pci_driver - get the name of the driver that a PCI function is bound to
 * @device: a name that procirq_pci_find() accepts
 * @buf: gets the driver's name, empty if there is none; cut to fit
 * @size: bytes in @buf
 *
 * Returns the length of the whole name, or -1 with errno as procirq_pci_find(), and
 * ENXIO when there is no function at an address.
 */
int procirq_pci_driver(const char *device, char *buf, size_t size)
{
	return procirq_pci_driver_at("", device, buf, size);
}

/* Fills @found for BAR @bar. Returns 0, or -1 with errno. */
int procirq_pci_bar_at(const char *root, const char *address, unsigned int bar,
		       struct procirq_bar *found)
{
	unsigned long long start = 0, end = 0, flags = 0;
	char path[PATH_MAX];
	unsigned int i;
	FILE *file;
	int n = 3;

	procirq_pci_path(path, root, address, "resource");
	file = fopen(path, "re");
	if (!file)
		return -1;
	for (i = 0; i <= bar && n == 3; i++)
		n = fscanf(file, "%llx %llx %llx", &start, &end, &flags);
	fclose(file);
	found->start = start;
	found->bytes = n == 3 && end > start ? end - start + 1 : 0;
	found->io = flags & IORESOURCE_IO;
	return 0;
}

/* Returns the size of configuration space, or -1 with errno. */
long procirq_pci_config_bytes_at(const char *root, const char *address)
{
	char path[PATH_MAX];
	struct stat st;

	procirq_pci_path(path, root, address, "config");
	return stat(path, &st) ? -1 : (long)st.st_size;
}

/* Returns the command register, or -1 with errno. */
int procirq_pci_command_at(const char *root, const char *address)
{
	unsigned char bytes[2];
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	procirq_pci_path(path, root, address, "config");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pread(fd, bytes, sizeof(bytes), PCI_COMMAND);
	procirq_fd_close(fd);
	if (n == sizeof(bytes))
		return bytes[0] | bytes[1] << 8;
	if (n >= 0)
		errno = EIO;
	return -1;
}

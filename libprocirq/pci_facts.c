// SPDX-License-Identifier: LGPL-2.1-or-later
/* What sysfs says of a PCI function: its BARs and its configuration space. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local.h"

#define IORESOURCE_IO 0x100 /* the kernel's include/linux/ioport.h */

static void device_path(char *path, const char *root, const char *address, const char *file)
{
	snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s/%s", root, address, file);
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

	device_path(path, root, address, "resource");
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

/* How long configuration space is, or -1 with errno. */
long procirq_pci_config_bytes_at(const char *root, const char *address)
{
	char path[PATH_MAX];
	struct stat st;

	device_path(path, root, address, "config");
	return stat(path, &st) ? -1 : (long)st.st_size;
}

/* The command register, or -1 with errno. */
int procirq_pci_command_at(const char *root, const char *address)
{
	unsigned char bytes[2];
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	device_path(path, root, address, "config");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pread(fd, bytes, sizeof(bytes), PCI_COMMAND);
	close(fd);
	if (n == sizeof(bytes))
		return bytes[0] | bytes[1] << 8;
	if (n >= 0)
		errno = EIO;
	return -1;
}

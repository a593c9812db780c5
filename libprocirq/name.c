// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a name - an action, a PCI device, an irqgen line - to interrupt lines. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

/* A set of lines that may be larger than what the caller has room for. */
struct found {
	unsigned int *irqs;
	size_t max;
	size_t n;
};

static int compare_irqs(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void found_add(struct found *found, unsigned int irq)
{
	if (found->n < found->max)
		found->irqs[found->n] = irq;
	found->n++;
}

/*
 * Reads a small file of one of the kernel's file systems, without its final
 * newline. Returns its length, or -1 with errno.
 */
int procirq_text_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	do {
		n = read(fd, buf + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 && len < size - 1);
	saved = errno;
	close(fd);
	errno = saved;
	if (n < 0)
		return -1;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return (int)len;
}

/* A whole string of decimal digits that fits an unsigned int. */
static bool parse_number(const char *text, unsigned int *value)
{
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (*end || errno || v > UINT_MAX)
		return false;
	*value = (unsigned int)v;
	return true;
}

/*
 * "DDDD:BB:DD.F" or "BB:DD.F", hexadecimal; @full gets the long form, lower
 * case, as sysfs spells it.
 */
bool procirq_is_pci_address(const char *name, char full[13])
{
	unsigned int domain = 0, bus, slot, function;
	size_t len = strlen(name);
	int end = 0;

	if (len == 12) {
		if (sscanf(name, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) != 4)
			return false;
	} else if (len == 7) {
		if (sscanf(name, "%2x:%2x.%1x%n", &bus, &slot, &function, &end) != 3)
			return false;
	} else {
		return false;
	}
	if ((size_t)end != len || slot > 0x1f || function > 7)
		return false;
	snprintf(full, 13, "%04x:%02x:%02x.%x", domain & 0xffff, bus & 0xff, slot & 0x1f,
		 function & 7);
	return true;
}

/* The vectors of a device if it has any, else its INTx line. */
static int find_pci(const char *root, const char *address, struct found *found)
{
	char path[PATH_MAX], text[32];
	struct dirent *entry;
	unsigned int irq;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/msi_irqs", root, address);
	dir = opendir(path);
	if (dir) {
		while ((entry = readdir(dir)))
			if (parse_number(entry->d_name, &irq))
				found_add(found, irq);
		closedir(dir);
		if (found->n)
			return 0;
	}
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/irq", root, address);
	if (procirq_text_read(path, text, sizeof(text)) < 0) {
		errno = ENXIO;
		return -1;
	}
	if (parse_number(text, &irq) && irq)
		found_add(found, irq);
	return 0;
}

/* /dev/irqgen: "line=L irq=N ...", one line of text for each line. */
static int find_irqgen(const char *root, unsigned int wanted, struct found *found)
{
	char path[PATH_MAX], *text, *row, *save = NULL;
	const size_t size = 64 * 256;
	unsigned int number, irq;

	text = malloc(size);
	if (!text)
		return -1;
	snprintf(path, sizeof(path), "%s/dev/irqgen", root);
	if (procirq_text_read(path, text, size) < 0) {
		int saved = errno;

		free(text);
		errno = saved == ENOENT ? ENXIO : saved;
		return -1;
	}
	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save))
		if (sscanf(row, "line=%u irq=%u", &number, &irq) == 2 && number == wanted && irq)
			found_add(found, irq);
	free(text);
	return 0;
}

static bool actions_contain(char *actions, const char *name)
{
	char *action, *save = NULL;

	for (action = strtok_r(actions, ",", &save); action; action = strtok_r(NULL, ",", &save))
		if (!strcmp(action, name))
			return true;
	return false;
}

static int find_action(const char *root, const char *name, struct found *found)
{
	char path[PATH_MAX], actions[PROCIRQ_ACTIONS_BYTES];
	struct dirent *entry;
	unsigned int irq;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/kernel/irq", root);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (!parse_number(entry->d_name, &irq))
			continue;
		snprintf(path, sizeof(path), "%s/sys/kernel/irq/%u/actions", root, irq);
		if (procirq_text_read(path, actions, sizeof(actions)) > 0 &&
		    actions_contain(actions, name))
			found_add(found, irq);
	}
	closedir(dir);
	return 0;
}

int procirq_resolve_at(const char *root, const char *name, unsigned int *irqs, size_t max)
{
	struct found found = { .irqs = irqs, .max = max };
	unsigned int number;
	char address[13];
	int err;

	if (parse_number(name, &number)) {
		found_add(&found, number);
		err = 0;
	} else if (!strncmp(name, "irqgen:", 7)) {
		if (!parse_number(name + 7, &number)) {
			errno = EINVAL;
			return -1;
		}
		err = find_irqgen(root, number, &found);
	} else if (procirq_is_pci_address(name, address)) {
		err = find_pci(root, address, &found);
	} else {
		err = find_action(root, name, &found);
	}
	if (err)
		return -1;
	if (!found.n) {
		errno = ENXIO;
		return -1;
	}
	if (max)
		qsort(irqs, found.n < max ? found.n : max, sizeof(*irqs), compare_irqs);
	return found.n > INT_MAX ? INT_MAX : (int)found.n;
}

/**
 * procirq_resolve - interrupt lines that a name means
 * @name: "24" a line; "eth0-rx-1" the name of an action, as /proc/interrupts
 *	shows it; "0000:00:04.0" or "00:04.0" a PCI device: its message-signalled
 *	vectors, or else its INTx line; "irqgen:0" a line of the irqgen module
 * @irqs: gets the first @max of them, ascending; may be NULL when @max is 0
 * @max: room in @irqs
 *
 * Returns how many there are, at least 1 and possibly more than @max, or -1
 * with errno: ENXIO nothing has that name, EINVAL malformed name, or the error
 * of reading /sys or /dev/irqgen.
 */
int procirq_resolve(const char *name, unsigned int *irqs, size_t max)
{
	return procirq_resolve_at("", name, irqs, max);
}

/*
 * The PCI device that line @irq belongs to. Returns 0 and fills @full, or -1
 * with ENXIO: no device, or several share the line.
 */
int procirq_pci_owner_at(const char *root, unsigned int irq, char full[13])
{
	unsigned int irqs[PROCIRQ_NAME_LINES_MAX];
	char path[PATH_MAX], address[13];
	struct dirent *entry;
	int owners = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		struct found found = { irqs, PROCIRQ_NAME_LINES_MAX, 0 };
		size_t i;

		if (!procirq_is_pci_address(entry->d_name, address) ||
		    find_pci(root, address, &found))
			continue;
		for (i = 0; i < found.n && i < found.max; i++) {
			if (irqs[i] != irq)
				continue;
			owners++;
			memcpy(full, address, 13);
		}
	}
	closedir(dir);
	if (owners == 1)
		return 0;
	errno = ENXIO;
	return -1;
}

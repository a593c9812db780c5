// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the interrupt lines that a name means: an action, a device, an irqgen line. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local.h"
#include "procirq.h"

/* The kernel prints at most one page of action names. */
#define ACTIONS_BYTES 4096

/* Most lines of one device: MSI-X has 2048 vectors. */
#define LINES_MAX 2048

/**
 * struct irq_set - interrupt numbers that were found
 * @irqs: the first @max of them
 * @max: room in @irqs
 * @n: how many were found; may be more than @max
 */
struct irq_set {
	unsigned int *irqs;
	size_t max;
	size_t n;
};

static int compare_irqs(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void irq_set_add(struct irq_set *found, unsigned int irq)
{
	if (found->n < found->max)
		found->irqs[found->n] = irq;
	found->n++;
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

/* Adds the MSI or MSI-X vectors of a device, or its INTx line if it has none. */
static int find_pci(const char *root, const char *address, struct irq_set *found)
{
	char path[PATH_MAX], text[32];
	struct dirent *entry;
	unsigned int irq;
	DIR *dir;

	procirq_pci_path(path, root, address, "msi_irqs");
	dir = opendir(path);
	if (dir) {
		while ((entry = readdir(dir)))
			if (parse_number(entry->d_name, &irq))
				irq_set_add(found, irq);
		closedir(dir);
		if (found->n)
			return 0;
	}
	procirq_pci_path(path, root, address, "irq");
	if (procirq_text_read(text, sizeof(text), "%s", path) < 0) {
		errno = ENXIO;
		return -1;
	}
	if (parse_number(text, &irq) && irq)
		irq_set_add(found, irq);
	return 0;
}

/* Adds the interrupt of a vector of a device that is bound to procirq-pci. */
static int find_vector(const char *root, const char *address, unsigned int vector,
		       struct irq_set *found)
{
	unsigned int irq;

	if (procirq_vector_irq_at(root, address, vector, &irq))
		return -1;
	irq_set_add(found, irq);
	return 0;
}

/* /dev/irqgen has one row "line=L irq=N ..." for each of its lines. */
static int find_irqgen(const char *root, unsigned int wanted, struct irq_set *found)
{
	char path[PATH_MAX], row[256];
	unsigned int number, irq;
	FILE *file;

	snprintf(path, sizeof(path), "%s/dev/irqgen", root);
	file = fopen(path, "re");
	if (!file) {
		if (errno == ENOENT)
			errno = ENXIO;
		return -1;
	}
	while (fgets(row, sizeof(row), file))
		if (sscanf(row, "line=%u irq=%u", &number, &irq) == 2 && number == wanted && irq)
			irq_set_add(found, irq);
	fclose(file);
	return 0;
}

int procirq_holders_at(const char *root, unsigned int irq, char *buf, size_t size)
{
	if (size < 2) {
		errno = EINVAL;
		return -1;
	}
	return procirq_text_read(buf, size, "%s/sys/kernel/irq/%u/actions", root, irq);
}

/**
 * procirq_holders - get the names of a line's handlers
 * @irq: Linux interrupt number
 * @buf: gets the names, separated by commas as in /sys/kernel/irq/N/actions; empty if
 *	the line has no handler; cut to fit
 * @size: bytes in @buf, at least 2
 *
 * Returns the length of the text in @buf, or -1 with errno: ENOENT no such line,
 * EINVAL @size is too small.
 */
int procirq_holders(unsigned int irq, char *buf, size_t size)
{
	return procirq_holders_at("", irq, buf, size);
}

static bool actions_contain(char *actions, const char *name)
{
	char *action, *save = NULL;

	for (action = strtok_r(actions, ",", &save); action; action = strtok_r(NULL, ",", &save))
		if (!strcmp(action, name))
			return true;
	return false;
}

static int find_action(const char *root, const char *name, struct irq_set *found)
{
	char path[PATH_MAX], actions[ACTIONS_BYTES];
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
		if (procirq_holders_at(root, irq, actions, sizeof(actions)) > 0 &&
		    actions_contain(actions, name))
			irq_set_add(found, irq);
	}
	closedir(dir);
	return 0;
}

/* Adds the interrupts of a device that is bound to procirq-platform. */
static int find_platform(const char *root, const char *name, struct irq_set *found)
{
	int n = procirq_platform_irqs_at(root, name, found->irqs, found->max);

	if (n > 0)
		found->n = (size_t)n;
	return n < 0 ? -1 : 0;
}

int procirq_resolve_at(const char *root, const char *name, unsigned int *irqs, size_t max)
{
	struct irq_set found = { .irqs = irqs, .max = max };
	unsigned int number;
	char address[PROCIRQ_PCI_BYTES];
	int err;

	if (parse_number(name, &number)) {
		irq_set_add(&found, number);
		err = 0;
	} else if (!strncmp(name, "irqgen:", 7)) {
		if (!parse_number(name + 7, &number)) {
			errno = EINVAL;
			return -1;
		}
		err = find_irqgen(root, number, &found);
	} else if (procirq_platform_is_named(name)) {
		err = find_platform(root, name, &found);
	} else if (procirq_vector_split(name, address, &number)) {
		err = find_vector(root, address, number, &found);
	} else if (procirq_pci_address_parse(name, address)) {
		err = find_pci(root, address, &found);
	} else {
		err = find_action(root, name, &found);
		if (!err && !found.n)
			find_platform(root, name, &found);
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
 * procirq_resolve - find the interrupt lines that a name means
 * @name: "24", a line; "eth0-rx-1", the name of an action, as /proc/interrupts shows
 *	it; "0000:00:04.0" or "00:04.0", a PCI device: its message-signalled vectors, or
 *	its INTx line if it has none; "0000:00:04.0/3", the interrupt of its vector 3 (0 for
 *	INTx), if it is bound to procirq-pci; "platform:9010000.rtc", or the name alone, a device
 *	that is bound to procirq-platform: its interrupts; "platform:9010000.rtc/alarm" or
 *	"platform:9010000.rtc/0", one of them; "irqgen:0", a line of the module irqgen
 * @irqs: gets the first @max of them, in ascending order; may be NULL when @max is 0
 * @max: room in @irqs
 *
 * Returns how many there are, at least 1 and possibly more than @max, or -1 with
 * errno: ENXIO nothing has that name, EINVAL the name is malformed, or the error of
 * reading /sys or /dev/irqgen.
 */
int procirq_resolve(const char *name, unsigned int *irqs, size_t max)
{
	return procirq_resolve_at("", name, irqs, max);
}

/*
 * Finds the PCI device that line @irq belongs to. Returns 0 with @owner filled, or -1
 * with errno: ENXIO no device, or several share the line.
 */
int procirq_pci_owner_at(const char *root, unsigned int irq, char owner[PROCIRQ_PCI_BYTES])
{
	unsigned int irqs[LINES_MAX];
	char path[PATH_MAX], address[PROCIRQ_PCI_BYTES];
	struct dirent *entry;
	int owners = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		struct irq_set found = { .irqs = irqs, .max = LINES_MAX };
		size_t i;

		if (!procirq_pci_address_parse(entry->d_name, address) ||
		    find_pci(root, address, &found))
			continue;
		for (i = 0; i < found.n && i < found.max; i++) {
			if (irqs[i] != irq)
				continue;
			owners++;
			memcpy(owner, address, PROCIRQ_PCI_BYTES);
		}
	}
	closedir(dir);
	if (owners == 1)
		return 0;
	errno = ENXIO;
	return -1;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Collects what procirq list shows, from sysfs and the module's debugfs. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"

#define DRIVER	"/sys/bus/pci/drivers/procirq-pci"
#define DEVICES "/sys/bus/pci/devices"
#define STATS	"/sys/kernel/debug/procirq"

#define LINES_MAX 2048 /* of one device: MSI-X has no more */

/* One more zeroed element, or NULL. */
static void *grow(void **array, size_t *n, size_t size)
{
	char *larger = realloc(*array, (*n + 1) * size);

	if (!larger)
		return NULL;
	*array = larger;
	memset(larger + *n * size, 0, size);
	return larger + (*n)++ * size;
}

static struct listing_line *add_line(struct listing *listing)
{
	return grow((void **)&listing->lines, &listing->n_lines, sizeof(*listing->lines));
}

/* The first word of a small file, cut to fit; "" when there is none. */
static void read_word(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "re");
	char text[64] = "";

	if (file) {
		if (!fgets(text, sizeof(text), file))
			text[0] = '\0';
		fclose(file);
	}
	text[strcspn(text, " \n")] = '\0';
	snprintf(buf, size, "%s", text);
}

static void read_id(const char *device, char id[10])
{
	char path[PATH_MAX], vendor[16], kind[16];

	snprintf(path, sizeof(path), DEVICES "/%s/vendor", device);
	read_word(path, vendor, sizeof(vendor));
	snprintf(path, sizeof(path), DEVICES "/%s/device", device);
	read_word(path, kind, sizeof(kind));
	if (strlen(vendor) == 6 && strlen(kind) == 6)
		snprintf(id, 10, "%.4s:%.4s", vendor + 2, kind + 2);
}

static int add_device(struct listing *listing, const char *device)
{
	unsigned int irqs[LINES_MAX];
	int n = procirq_resolve(device, irqs, LINES_MAX), i;
	struct listing_line *line;
	char path[PATH_MAX];

	for (i = 0; i < n && i < LINES_MAX; i++) {
		line = add_line(listing);
		if (!line)
			return -1;
		line->irq = irqs[i];
		snprintf(line->device, sizeof(line->device), "%.12s", device);
		read_id(device, line->id);
		snprintf(path, sizeof(path), DEVICES "/%s/msi_irqs/%u", device, irqs[i]);
		read_word(path, line->kind, sizeof(line->kind));
		if (!*line->kind)
			strcpy(line->kind, "intx");
	}
	return 0;
}

/* Devices bound to procirq-pci: the driver's links that have addresses. */
static int collect_devices(struct listing *listing)
{
	struct dirent **entries;
	int n = scandir(DRIVER, &entries, NULL, alphasort), i, err = 0;

	if (n < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (!err && strlen(entries[i]->d_name) == 12 &&
		    isxdigit((unsigned char)entries[i]->d_name[0]))
			err = add_device(listing, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

/* Notes what the module took; a line with readers that is none of a device's is added. */
static int note_taken(struct listing *listing, unsigned int irq, unsigned int readers,
		      unsigned long long taken)
{
	struct listing_line *line;
	bool found = false;
	size_t i;

	for (i = 0; i < listing->n_lines; i++) {
		if (listing->lines[i].irq != irq)
			continue;
		listing->lines[i].taken = taken;
		found = true;
	}
	if (found || !readers)
		return 0;
	line = add_line(listing);
	if (!line)
		return -1;
	line->irq = irq;
	line->taken = taken;
	return 0;
}

static int collect_taken(struct listing *listing)
{
	FILE *file = fopen(STATS "/lines", "re");
	unsigned int irq, readers;
	unsigned long long taken;
	char text[256];
	int err = 0;

	listing->known = file != NULL;
	while (!err && file && fgets(text, sizeof(text), file))
		if (sscanf(text, "irq=%u readers=%u attached=%*d masked=%*d taken=%llu", &irq,
			   &readers, &taken) == 3)
			err = note_taken(listing, irq, readers, taken);
	if (file)
		fclose(file);
	return err;
}

static int collect_readers(struct listing *listing)
{
	FILE *file = fopen(STATS "/readers", "re");
	struct listing_reader read = { 0 }, *reader;
	char text[512];
	int err = 0;

	while (!err && file && fgets(text, sizeof(text), file)) {
		if (sscanf(text,
			   "irq=%u pid=%d flags=%*x due=%*u delivered=%*u coalesced=%*u pending=%llu device=%15s storms=%*u comm=%71[^\n]",
			   &read.irq, &read.pid, &read.pending, read.device, read.comm) != 5)
			continue;
		reader = grow((void **)&listing->readers, &listing->n_readers,
			      sizeof(*listing->readers));
		if (reader)
			*reader = read;
		else
			err = -1;
	}
	if (file)
		fclose(file);
	return err;
}

/**
 * listing_collect - as the system is now
 * @listing: zeroed; for listing_free() whatever is returned
 *
 * Returns 0, or -1 with errno: ENOENT the module is not loaded, ENOMEM.
 */
int listing_collect(struct listing *listing)
{
	if (collect_devices(listing) || collect_taken(listing))
		return -1;
	return collect_readers(listing);
}

void listing_free(struct listing *listing)
{
	free(listing->lines);
	free(listing->readers);
}

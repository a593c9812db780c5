// SPDX-License-Identifier: GPL-2.0-or-later
/* Collects what procirq list shows, from sysfs and the module's accounting. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfile.h"
#include "listing.h"

#define DRIVER		"/sys/bus/pci/drivers/procirq-pci"
#define DEVICES		"/sys/bus/pci/devices"
#define PLATFORM_DRIVER "/sys/bus/platform/drivers/procirq-platform"

#define LINES_MAX 2048 /* of one device: MSI-X has no more */

/* Appends a zeroed element to an array. Returns it, or NULL with errno. */
static void *grow(void **array, size_t *n, size_t size)
{
	char *larger = realloc(*array, (*n + 1) * size);

	if (!larger)
		return NULL;
	*array = larger;
	memset(larger + *n * size, 0, size);
	return larger + (*n)++ * size;
}

static struct listing_line *add_line(struct listing *listing, unsigned int irq)
{
	struct listing_line *line =
		grow((void **)&listing->lines, &listing->n_lines, sizeof(*listing->lines));

	if (line)
		line->irq = irq;
	return line;
}

static void read_id(const char *device, char id[10])
{
	char path[PATH_MAX], vendor[8], number[8];

	snprintf(path, sizeof(path), DEVICES "/%s/vendor", device);
	sysfile_read("", path, vendor, sizeof(vendor));
	snprintf(path, sizeof(path), DEVICES "/%s/device", device);
	sysfile_read("", path, number, sizeof(number));
	if (strlen(vendor) == 6 && strlen(number) == 6)
		snprintf(id, 10, "%.4s:%.4s", vendor + 2, number + 2);
}

static int add_device(struct listing *listing, const char *device)
{
	unsigned int irqs[LINES_MAX];
	int n = procirq_resolve(device, irqs, LINES_MAX), i;
	struct listing_line *line;
	char path[PATH_MAX];

	for (i = 0; i < n && i < LINES_MAX; i++) {
		line = add_line(listing, irqs[i]);
		if (!line)
			return -1;
		snprintf(line->device, sizeof(line->device), "%.12s", device);
		read_id(device, line->id);
		snprintf(path, sizeof(path), DEVICES "/%s/msi_irqs/%u", device, irqs[i]);
		if (sysfile_read("", path, line->kind, sizeof(line->kind)) <= 0)
			strcpy(line->kind, "intx");
	}
	return 0;
}

static int add_platform_device(struct listing *listing, const char *name)
{
	char device[PROCIRQ_DEVICE_BYTES];
	unsigned int irqs[LINES_MAX];
	struct listing_line *line;
	int n, i;

	snprintf(device, sizeof(device), "platform:%.63s", name);
	n = procirq_resolve(device, irqs, LINES_MAX);
	for (i = 0; i < n && i < LINES_MAX; i++) {
		line = add_line(listing, irqs[i]);
		if (!line)
			return -1;
		snprintf(line->device, sizeof(line->device), "%.63s", name);
		if (procirq_platform_irq_name(device, irqs[i], line->name, sizeof(line->name)) < 0)
			*line->name = '\0';
		strcpy(line->kind, "platform");
	}
	return 0;
}

/* Adds the lines of all devices bound to procirq-platform: the driver's links to devices. */
static int add_platform_devices(struct listing *listing)
{
	struct dirent **entries;
	int n = scandir(PLATFORM_DRIVER, &entries, NULL, alphasort), i, err = 0;
	char device[PROCIRQ_PLATFORM_BYTES];

	for (i = 0; i < n; i++) {
		if (!err && entries[i]->d_type == DT_LNK &&
		    !procirq_platform_find(entries[i]->d_name, device))
			err = add_platform_device(listing, device);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return err;
}

/* Adds the lines of all devices bound to procirq-pci: the driver's links to addresses. */
static int add_devices(struct listing *listing)
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

/*
 * Sets the number of interrupts of a line. A line that is not of a listed device is
 * added if it has readers.
 */
static int add_line_row(void *arg, const struct accounting_row *row)
{
	struct listing *listing = arg;
	struct listing_line *line;
	bool found = false;
	size_t i;

	for (i = 0; i < listing->n_lines; i++) {
		if (listing->lines[i].irq != row->irq)
			continue;
		listing->lines[i].taken = row->taken;
		found = true;
	}
	if (found || !row->readers)
		return 0;
	line = add_line(listing, (unsigned int)row->irq);
	if (!line)
		return -1;
	line->taken = row->taken;
	return 0;
}

static int add_reader_row(void *arg, const struct accounting_row *row)
{
	struct listing *listing = arg;
	struct accounting_row *reader =
		grow((void **)&listing->readers, &listing->n_readers, sizeof(*listing->readers));

	if (!reader)
		return -1;
	*reader = *row;
	return 0;
}

/**
 * listing_add_accounting - add the numbers and the readers that the module reports
 * @listing: listing with the lines of devices
 * @folder: folder of the module's accounting files
 *
 * Returns 0, also when the files cannot be read, or -1 with errno ENOMEM.
 */
int listing_add_accounting(struct listing *listing, const char *folder)
{
	char path[PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "%s/lines", folder);
	err = accounting_read(path, add_line_row, listing);
	if (!err) {
		snprintf(path, sizeof(path), "%s/readers", folder);
		err = accounting_read(path, add_reader_row, listing);
	}
	listing->known = !err;
	/* Others than root may not read the files: the accounting is then unknown. */
	return err && errno == ENOMEM ? -1 : 0;
}

/**
 * listing_collect - collect what procirq list shows
 * @listing: zeroed; for listing_free(), also after an error
 *
 * Returns 0, or -1 with errno: ENOENT the module is not loaded, ENOMEM.
 */
int listing_collect(struct listing *listing)
{
	if (add_devices(listing) || add_platform_devices(listing))
		return -1;
	return listing_add_accounting(listing, ACCOUNTING_FOLDER);
}

void listing_free(struct listing *listing)
{
	free(listing->lines);
	free(listing->readers);
}

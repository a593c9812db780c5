/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt lines of bound devices, lines with readers, and their readers. */
#ifndef PROCIRQ_LISTING_H
#define PROCIRQ_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting.h"
#include "base/jsonio.h"
#include "libprocirq/procirq.h"

/**
 * struct listing_line - an interrupt line
 * @irq: Linux interrupt number
 * @device: PCI address or name of its device; "" if that is not bound to procirq-pci or
 *	procirq-platform
 * @name: name of the interrupt, of a platform device; "" for none
 * @id: vendor and device ID, "1234:11e8"; "" if @device is, or is no PCI device
 * @kind: "msix", "msi", "intx" or "platform"; "" if @device is
 * @taken: number of interrupts that the module took on it, if listing.known
 */
struct listing_line {
	unsigned int irq;
	char device[PROCIRQ_PLATFORM_BYTES];
	char name[32];
	char id[10];
	char kind[9];
	uint64_t taken;
};

/**
 * struct listing - what procirq list shows
 * @lines: the lines
 * @n_lines: number of @lines
 * @readers: rows of the module's file "readers"
 * @n_readers: number of @readers
 * @known: the module's accounting could be read, so that @readers and the lines' .taken
 *	are valid
 */
struct listing {
	struct listing_line *lines;
	size_t n_lines;
	struct accounting_row *readers;
	size_t n_readers;
	bool known;
};

int listing_add_accounting(struct listing *listing, const char *folder);
int listing_collect(struct listing *listing);
void listing_free(struct listing *listing);
void listing_print(const struct listing *listing);
json_t *listing_json(const struct listing *listing);

#endif /* PROCIRQ_LISTING_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that programs may have or do have, and who reads them. */
#ifndef PROCIRQ_LISTING_H
#define PROCIRQ_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "procirq.h"

/**
 * struct listing_reader - an open /proc/irq/N/irq
 * @irq: its line
 * @pid: process that opened it
 * @pending: interrupts it has not read yet
 * @device: address its descriptor is for, "-" without one
 * @comm: name of that process, what is not printable escaped by the kernel
 */
struct listing_reader {
	unsigned int irq;
	int pid;
	unsigned long long pending;
	char device[16];
	char comm[72];
};

/**
 * struct listing_line - one line
 * @irq: Linux interrupt number
 * @device: PCI address, "" when it is not one of procirq-pci
 * @id: "1234:11e8", "" likewise
 * @kind: "msix", "msi", "intx"; "" likewise
 * @taken: interrupts the module took on it, if listing.known
 */
struct listing_line {
	unsigned int irq;
	char device[PROCIRQ_PCI_BYTES];
	char id[10];
	char kind[8];
	unsigned long long taken;
};

/**
 * struct listing - all of it
 * @known: the module's accounting could be read: @readers and .taken mean something
 */
struct listing {
	struct listing_line *lines;
	size_t n_lines;
	struct listing_reader *readers;
	size_t n_readers;
	bool known;
};

int listing_collect(struct listing *listing);
void listing_free(struct listing *listing);
void listing_print(const struct listing *listing);
int listing_print_json(const struct listing *listing);

#endif /* PROCIRQ_LISTING_H */

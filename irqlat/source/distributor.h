/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The distributor of ARM's interrupt controller, mapped through /dev/mem. */
#ifndef IRQLAT_DISTRIBUTOR_H
#define IRQLAT_DISTRIBUTOR_H

#include <stddef.h>
#include <stdint.h>

struct why;

/**
 * struct distributor - the registers GICD_*
 * @registers: the first of them
 * @bytes: how much is mapped
 */
struct distributor {
	volatile uint32_t *registers;
	size_t bytes;
};

int distributor_map(struct distributor *distributor, struct why *why);
void distributor_unmap(struct distributor *distributor);

#endif /* IRQLAT_DISTRIBUTOR_H */

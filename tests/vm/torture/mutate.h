/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mutation of structures: a right one is changed field by field, so that it comes past
 * the first checks of the kernel and to the later ones.
 */
#ifndef TORTURE_MUTATE_H
#define TORTURE_MUTATE_H

#include <stddef.h>

#include "draw.h"

struct field {
	uint16_t offset;
	uint16_t bytes; /* 1, 2, 4 or 8 */
};

struct layout {
	const struct field *fields;
	unsigned int nr_fields;
};

#define FIELD(type, member)                                         \
	{                                                           \
		offsetof(type, member), sizeof(((type *)0)->member) \
	}
#define LAYOUT(array)                                   \
	{                                               \
		array, sizeof(array) / sizeof(array[0]) \
	}

/* Changes none to four fields: half of the structures stay as they are. */
void mutate(struct draw *d, void *data, const struct layout *layout);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of printable ASCII that is being typed, with a cursor. */
#ifndef IRQTOP_EDIT_H
#define IRQTOP_EDIT_H

#include <stddef.h>

#include "irqtop/tables/irqtable.h"

struct edit {
	char text[CPU_MASK_BYTES]; /* an affinity may be long */
	size_t len, cursor;	   /* bytes; cursor: 0..len */
};

/* Starts from a text, cut where it does not fit; the cursor is behind it. */
void edit_start(struct edit *edit, const char *text);

/* A key, as ncurses gives it; the keys of readline. Others are ignored. */
void edit_key(struct edit *edit, int code);

/*
 * Of `room` columns, one for the cursor behind the end: the first byte to show
 * so that the cursor is seen.
 */
size_t edit_from(const struct edit *edit, size_t room);

#endif

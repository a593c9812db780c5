/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text of printable ASCII that the user edits. */
#ifndef IRQTOP_EDIT_H
#define IRQTOP_EDIT_H

#include <stddef.h>

#include "irqtop/tables/irqtable.h"

struct edit {
	char text[CPU_MASK_BYTES]; /* an affinity may be long */
	size_t len, cursor;	   /* bytes; the cursor is from 0 to len */
};

/* Begins with a text, with the cursor at its end. What does not fit is cut off. */
void edit_start(struct edit *edit, const char *text);

/* Handles a key of curses, as readline does. Ignores unknown keys. */
void edit_key(struct edit *edit, int code);

/* The first byte to show in `width` columns, so that the cursor is visible. */
size_t edit_from(const struct edit *edit, size_t width);

#endif

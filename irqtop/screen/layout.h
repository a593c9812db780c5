/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which columns fit on a screen, and where. */
#ifndef IRQTOP_LAYOUT_H
#define IRQTOP_LAYOUT_H

#include "irqtop/sample/axis.h"
#include "irqtop/view/field.h"
#include "irqtop/session/options.h"

struct layout_column {
	enum field_id id;
	unsigned int x, width;
};

struct layout {
	unsigned int width, height;
	unsigned int list_y, list_height; /* rows */
	unsigned int title_y;
	unsigned int note_y; /* of a note above the list; 0: none */
	unsigned int fold_y; /* the last place of the list, for what is folded; 0: none */
	unsigned int strip;  /* layout_strip_width() */
	unsigned int ncolumns;
	struct layout_column column[FIELD_COUNT];
	unsigned int needs; /* NEED_* of the columns */
};

/* Text lines besides the rows. */
enum {
	LAYOUT_NOTE = 1 << 0,
	LAYOUT_FOLD = 1 << 1,
};

/* The most places of a CPU strip on a screen of this width. */
unsigned int layout_strip_width(const struct options *options, unsigned int width);

/* What there is to lay out, and where. */
struct layout_room {
	unsigned int width, height;
	uint32_t groups;	 /* of the axis */
	unsigned int rows;	 /* OF_*: what they are */
	unsigned int have;	 /* NEED_TIME, NEED_READS, NEED_SYSTEM: what has values */
	unsigned int extra;	 /* LAYOUT_* */
	unsigned int name_width; /* of the longest name */
};

/* Lays out the columns that the user named, or those of lowest rank that fit. */
void layout_make(struct layout *layout, const struct options *options,
		 const struct layout_room *room);

/* The column at x, or NULL. */
const struct layout_column *layout_at(const struct layout *layout, unsigned int x);

#endif

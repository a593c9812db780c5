// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "layout.h"

#define STRIP_MIN	  8
#define STRIP_MAX	  64
#define HISTORY_MAX	  32
#define NAME_MAX_WIDTH	  48
#define NAME_ROOM_WIDTH	  60
#define HEADER_MIN_HEIGHT 12 /* a lower screen has one row of header */

/* With a CPU strip over the whole width. */
static const enum field_id wide_columns[] = {
	FIELD_IRQ,
	FIELD_RATE,
	FIELD_STRIP,
	FIELD_NAME,
};

static unsigned int least_width(enum field_id id, unsigned int strip, unsigned int width)
{
	if (id == FIELD_STRIP)
		return strip;
	/* A name identifies its row: it is worth more than one more column. */
	if (id == FIELD_NAME && width >= NAME_ROOM_WIDTH)
		return width / 4 < NAME_MAX_WIDTH ? width / 4 : NAME_MAX_WIDTH;
	return fields[id].width;
}

unsigned int layout_strip_width(const struct options *options, unsigned int width)
{
	unsigned int strip = width / 5, used = 0, i;

	if (!options->wide)
		return strip < STRIP_MIN ? STRIP_MIN : strip > STRIP_MAX ? STRIP_MAX : strip;
	for (i = 0; i < sizeof(wide_columns) / sizeof(wide_columns[0]); i++)
		used += least_width(wide_columns[i], 0, width) + (i > 0);
	return width < used + STRIP_MIN ? STRIP_MIN : width - used;
}

#define NEED_TRACED (NEED_TIME | NEED_READS)

/* Chooses columns by rank while they fit, with a blank between two. */
static unsigned int columns_choose(bool wanted[FIELD_COUNT], unsigned int width, unsigned int strip,
				   unsigned int have)
{
	unsigned int used = 0, rank, need = 0;
	int id;

	for (rank = 0; rank < RANK_NEVER; rank++) {
		for (id = 0; id < FIELD_COUNT; id++) {
			if (fields[id].rank != rank || fields[id].needs & NEED_TRACED & ~have)
				continue;
			need = least_width((enum field_id)id, strip, width) + (used ? 1 : 0);
			/* The first that does not fit is the last: no higher rank fills the gap. */
			if (used + need > width)
				return used;
			wanted[id] = true;
			used += need;
		}
	}
	return used;
}

/* Places as many of these columns as fit. */
static void columns_put(struct layout *layout, const enum field_id *column, unsigned int n,
			unsigned int strip)
{
	unsigned int i, used = 0, width;

	for (i = 0; i < n; i++) {
		width = least_width(column[i], strip, layout->width);
		if (used + width + (i > 0) > layout->width)
			break;
		layout->column[layout->ncolumns].id = column[i];
		layout->column[layout->ncolumns++].width = width;
		used += width + (i > 0);
	}
}

/* Gives the width that is left to history and name. */
static void columns_stretch(struct layout *layout)
{
	unsigned int i, used = 0, more;

	for (i = 0; i < layout->ncolumns; i++)
		used += layout->column[i].width + (i ? 1 : 0);
	for (i = 0; i < layout->ncolumns && used < layout->width; i++) {
		struct layout_column *column = &layout->column[i];
		unsigned int limit = column->id == FIELD_HISTORY ? HISTORY_MAX :
				     column->id == FIELD_NAME	 ? NAME_MAX_WIDTH :
								   0;

		if (limit <= column->width)
			continue;
		more = layout->width - used;
		if (column->id == FIELD_HISTORY && layout->ncolumns > 1)
			more /= 2;
		if (more > limit - column->width)
			more = limit - column->width;
		column->width += more;
		used += more;
	}
	for (i = 1; i < layout->ncolumns; i++)
		layout->column[i].x = layout->column[i - 1].x + layout->column[i - 1].width + 1;
}

void layout_make(struct layout *layout, const struct options *options, unsigned int width,
		 unsigned int height, uint32_t groups, unsigned int have, unsigned int extra)
{
	unsigned int strip = layout_strip_width(options, width), i, n = 0;
	enum field_id chosen[FIELD_COUNT];
	bool wanted[FIELD_COUNT] = { false };
	int id;

	memset(layout, 0, sizeof(*layout));
	layout->width = width;
	layout->height = height;
	layout->strip = strip;
	layout->title_y = height >= HEADER_MIN_HEIGHT ? 3 : 1;
	layout->list_y = layout->title_y + 1;
	if (extra & LAYOUT_NOTE)
		layout->note_y = layout->list_y++;
	layout->list_height = height > layout->list_y + 1 ? height - layout->list_y - 1 : 1;
	if (extra & LAYOUT_FOLD && layout->list_height > 1)
		layout->fold_y = layout->list_y + --layout->list_height;
	if (groups < strip)
		strip = groups < 4 ? 4 : groups; /* its title is "CPUS" */
	if (options->wide) {
		columns_put(layout, wide_columns, sizeof(wide_columns) / sizeof(wide_columns[0]),
			    strip);
	} else if (options->ncolumns) {
		columns_put(layout, options->column, options->ncolumns, strip);
	} else {
		columns_choose(wanted, width, strip, have);
		for (id = 0; id < FIELD_COUNT; id++)
			if (wanted[id])
				chosen[n++] = (enum field_id)id;
		columns_put(layout, chosen, n, strip);
	}
	columns_stretch(layout);
	for (i = 0; i < layout->ncolumns; i++)
		layout->needs |= fields[layout->column[i].id].needs;
}

const struct layout_column *layout_at(const struct layout *layout, unsigned int x)
{
	unsigned int i;

	for (i = 0; i < layout->ncolumns; i++)
		if (x >= layout->column[i].x && x < layout->column[i].x + layout->column[i].width)
			return &layout->column[i];
	return NULL;
}

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

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * A name identifies its row: it is worth more than one more column. The longest is whole,
 * unless it takes more than two fifths of the screen.
 */
static unsigned int name_least_width(unsigned int width, unsigned int name_width)
{
	unsigned int want = name_width < width / 4 ? width / 4 : least(name_width, width * 2 / 5);

	if (width < NAME_ROOM_WIDTH)
		return fields[FIELD_NAME].width;
	return least(want, NAME_MAX_WIDTH);
}

static unsigned int least_width(enum field_id id, unsigned int strip, unsigned int width,
				unsigned int name_width)
{
	if (id == FIELD_STRIP)
		return strip;
	return id == FIELD_NAME ? name_least_width(width, name_width) : fields[id].width;
}

unsigned int layout_strip_width(const struct options *options, unsigned int width)
{
	unsigned int strip = width / 5, used = 0, i;

	if (!options->wide)
		return strip < STRIP_MIN ? STRIP_MIN : strip > STRIP_MAX ? STRIP_MAX : strip;
	for (i = 0; i < sizeof(wide_columns) / sizeof(wide_columns[0]); i++)
		used += least_width(wide_columns[i], 0, width, 0) + (i > 0);
	return width < used + STRIP_MIN ? STRIP_MIN : width - used;
}

/* Columns that are empty where there is none of it. */
#define NEED_SOURCE (NEED_TIME | NEED_READS | NEED_SYSTEM)

/* Chooses columns by rank while they fit, with a blank between two. */
static unsigned int columns_choose(bool wanted[FIELD_COUNT], const struct layout_room *room,
				   unsigned int strip)
{
	unsigned int width = room->width, have = room->have, rows = room->rows;
	unsigned int used = 0, rank, need = 0;
	int id;

	for (rank = 0; rank < RANK_NEVER; rank++) {
		for (id = 0; id < FIELD_COUNT; id++) {
			if (fields[id].rank != rank || fields[id].needs & NEED_SOURCE & ~have ||
			    !field_is_of((enum field_id)id, rows))
				continue;
			need = least_width((enum field_id)id, strip, width, room->name_width) +
			       (used ? 1 : 0);
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
			unsigned int strip, unsigned int name_width)
{
	unsigned int i, used = 0, width;

	for (i = 0; i < n; i++) {
		width = least_width(column[i], strip, layout->width, name_width);
		if (used + width + (i > 0) > layout->width)
			break;
		layout->column[layout->ncolumns].id = column[i];
		layout->column[layout->ncolumns++].width = width;
		used += width + (i > 0);
	}
}

static unsigned int column_widen(struct layout *layout, enum field_id id, unsigned int limit,
				 unsigned int left)
{
	unsigned int i, more = 0;

	for (i = 0; i < layout->ncolumns; i++) {
		struct layout_column *column = &layout->column[i];

		if (column->id != id || column->width >= limit)
			continue;
		more = least(left, limit - column->width);
		column->width += more;
	}
	return more;
}

/* Gives the width that is left to names, as far as they need it, then to the history. */
static void columns_stretch(struct layout *layout, unsigned int name_width)
{
	unsigned int i, used = 0, left;

	for (i = 0; i < layout->ncolumns; i++)
		used += layout->column[i].width + (i ? 1 : 0);
	left = layout->width > used ? layout->width - used : 0;
	left -= column_widen(layout, FIELD_NAME, least(name_width, NAME_MAX_WIDTH), left);
	left -= column_widen(layout, FIELD_HISTORY, HISTORY_MAX, left);
	column_widen(layout, FIELD_NAME, NAME_MAX_WIDTH, left);
	for (i = 1; i < layout->ncolumns; i++)
		layout->column[i].x = layout->column[i - 1].x + layout->column[i - 1].width + 1;
}

/* Whether one of the columns that the user named says something of these rows. */
static bool columns_fit(const struct options *options, unsigned int rows)
{
	unsigned int i;

	for (i = 0; i < options->ncolumns; i++)
		if (field_is_of(options->column[i], rows) &&
		    fields[options->column[i]].of != OF_ALL)
			return true;
	return rows == OF_ROWS;
}

void layout_make(struct layout *layout, const struct options *options,
		 const struct layout_room *room)
{
	unsigned int strip = layout_strip_width(options, room->width), i, n = 0;
	unsigned int height = room->height;
	enum field_id chosen[FIELD_COUNT];
	bool wanted[FIELD_COUNT] = { false };
	int id;

	memset(layout, 0, sizeof(*layout));
	layout->width = room->width;
	layout->height = height;
	layout->strip = strip;
	layout->title_y = height >= HEADER_MIN_HEIGHT ? 3 : 1;
	layout->list_y = layout->title_y + 1;
	if (room->extra & LAYOUT_NOTE)
		layout->note_y = layout->list_y++;
	layout->list_height = height > layout->list_y + 1 ? height - layout->list_y - 1 : 1;
	if (room->extra & LAYOUT_FOLD && layout->list_height > 1)
		layout->fold_y = layout->list_y + --layout->list_height;
	if (room->groups < strip)
		strip = room->groups < 4 ? 4 : room->groups; /* its title is "CPUS" */
	if (options->wide && room->rows == OF_ROWS) {
		columns_put(layout, wide_columns, sizeof(wide_columns) / sizeof(wide_columns[0]),
			    strip, room->name_width);
	} else if (options->ncolumns && columns_fit(options, room->rows)) {
		columns_put(layout, options->column, options->ncolumns, strip, room->name_width);
	} else {
		columns_choose(wanted, room, strip);
		for (id = 0; id < FIELD_COUNT; id++)
			if (wanted[id])
				chosen[n++] = (enum field_id)id;
		columns_put(layout, chosen, n, strip, room->name_width);
	}
	columns_stretch(layout, room->name_width);
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

// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "layout.h"

#define STRIP_MIN 8
#define STRIP_MAX 64
#define HISTORY_MAX 32
#define NAME_MAX_WIDTH 48
#define NAME_ROOM_WIDTH 60
#define RANK_NEVER 99
#define HEADER_MIN_HEIGHT 12	/* below: one line of header */

unsigned int layout_strip_width(unsigned int width)
{
	unsigned int strip = width / 5;

	return strip < STRIP_MIN ? STRIP_MIN : strip > STRIP_MAX ? STRIP_MAX : strip;
}

static unsigned int least_width(enum field_id id, unsigned int strip,
				unsigned int width)
{
	if (id == FIELD_STRIP)
		return strip;
	/* Names tell rows apart: worth more than one more column. */
	if (id == FIELD_NAME && width >= NAME_ROOM_WIDTH)
		return width / 4 < NAME_MAX_WIDTH ? width / 4 : NAME_MAX_WIDTH;
	return fields[id].width;
}

#define NEED_TRACED (NEED_TIME | NEED_READS)

/* Columns by rank while they fit, each with a blank behind it. */
static unsigned int columns_choose(bool wanted[FIELD_COUNT], unsigned int width,
				   unsigned int strip, unsigned int have)
{
	unsigned int used = 0, rank, need = 0;
	int id;

	for (rank = 0; rank < RANK_NEVER; rank++) {
		for (id = 0; id < FIELD_COUNT; id++) {
			if (fields[id].rank != rank ||
			    fields[id].needs & NEED_TRACED & ~have)
				continue;
			need = least_width((enum field_id)id, strip, width) +
			       (used ? 1 : 0);
			/* No lesser column slips into a gap a better one left. */
			if (used + need > width)
				return used;
			wanted[id] = true;
			used += need;
		}
	}
	return used;
}

static void columns_named(struct layout *layout, const struct options *options,
			  unsigned int strip)
{
	unsigned int i, used = 0, need;

	for (i = 0; i < options->ncolumns; i++) {
		need = least_width(options->column[i], strip, layout->width) +
		       (used ? 1 : 0);
		if (used + need > layout->width)
			break;
		layout->column[layout->ncolumns].id = options->column[i];
		layout->column[layout->ncolumns++].width =
			least_width(options->column[i], strip, layout->width);
		used += need;
	}
}

/* Room that is left goes to what can use it: history, then the name. */
static void columns_stretch(struct layout *layout)
{
	unsigned int i, used = 0, more;

	for (i = 0; i < layout->ncolumns; i++)
		used += layout->column[i].width + (i ? 1 : 0);
	for (i = 0; i < layout->ncolumns && used < layout->width; i++) {
		struct layout_column *column = &layout->column[i];
		unsigned int limit = column->id == FIELD_HISTORY ? HISTORY_MAX :
				     column->id == FIELD_NAME ? NAME_MAX_WIDTH : 0;

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
		layout->column[i].x = layout->column[i - 1].x +
				      layout->column[i - 1].width + 1;
}

void layout_make(struct layout *layout, const struct options *options,
		 unsigned int width, unsigned int height, uint32_t groups,
		 unsigned int have)
{
	unsigned int strip = layout_strip_width(width), i;
	bool wanted[FIELD_COUNT] = { false };
	int id;

	memset(layout, 0, sizeof(*layout));
	layout->width = width;
	layout->height = height;
	layout->title_y = height >= HEADER_MIN_HEIGHT ? 3 : 1;
	layout->list_y = layout->title_y + 1;
	layout->list_height = height > layout->list_y + 1 ?
			      height - layout->list_y - 1 : 1;
	if (groups < strip)
		strip = groups < 4 ? 4 : groups;	/* its title is "CPUS" */
	if (options->ncolumns) {
		columns_named(layout, options, strip);
	} else {
		columns_choose(wanted, width, strip, have);
		for (id = 0; id < FIELD_COUNT; id++) {
			if (!wanted[id])
				continue;
			layout->column[layout->ncolumns].id = (enum field_id)id;
			layout->column[layout->ncolumns++].width =
				least_width((enum field_id)id, strip, width);
		}
	}
	columns_stretch(layout);
	for (i = 0; i < layout->ncolumns; i++)
		layout->needs |= fields[layout->column[i].id].needs;
}

const struct layout_column *layout_at(const struct layout *layout, unsigned int x)
{
	unsigned int i;

	for (i = 0; i < layout->ncolumns; i++)
		if (x >= layout->column[i].x &&
		    x < layout->column[i].x + layout->column[i].width)
			return &layout->column[i];
	return NULL;
}

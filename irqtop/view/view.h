/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows to show, in order, from a monitor. Reads no files and draws nothing. */
#ifndef IRQTOP_VIEW_H
#define IRQTOP_VIEW_H

#include "field.h"
#include "filter.h"
#include "irqtop/sample/monitor.h"

enum tables_shown {
	TABLES_BOTH,
	TABLES_INTERRUPTS,
	TABLES_SOFTIRQS,
	TABLES_ROWS, /* the choices above show the rows of the kernel's tables */
	TABLES_CPUS = TABLES_ROWS,
	TABLES_DEVICES,
	TABLES_DRIVERS,
	TABLES_CHOICES
};

/* What the user chose: options set it, and later keys of the screen. */
struct view_settings {
	enum tables_shown tables;
	enum field_id sort;
	bool reverse;
	bool frozen;		   /* rows keep their order; new ones go last */
	bool fold;		   /* leave out rows that count nothing */
	uint64_t keep;		   /* the row with this key is not left out; 0: none */
	char filter[FILTER_BYTES]; /* as filter_parse() takes it */
};

struct view_item {
	double number;
	uint32_t row; /* of view->unsorted */
};

struct view {
	const struct groups *groups; /* set by the caller; NULL: nothing is collapsed */
	uint32_t nrows;
	struct view_row *row;	/* [nrows], ordered */
	uint32_t hidden;	/* rows that the filter left out */
	uint32_t idle;		/* rows that are folded */
	double rate_hz[TABLES]; /* sums over the rows that are no sums */
	/* private */
	struct view_row *unsorted;
	struct view_item *item, *scratch;
	size_t row_room, unsorted_room, item_room, scratch_room;
};

/* OF_*: what the rows of such a view are. */
static inline unsigned int view_rows_of(enum tables_shown tables)
{
	return tables < TABLES_ROWS ? OF_ROWS : tables == TABLES_CPUS ? OF_CPUS : OF_GROUPS;
}

/* `filter` is what filter_parse() made of settings->filter. 0 or -ENOMEM. */
int view_build(struct view *view, const struct monitor *monitor,
	       const struct view_settings *settings, const struct filter *filter);

/* Index of the row with this key, or IRQTABLE_NONE. */
uint32_t view_find(const struct view *view, uint64_t key);

void view_free(struct view *view);

#endif

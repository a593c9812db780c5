/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts collapsed by device or by driver: a table with a row for each, which holds
 * the sums of its rows by CPU, so that it is followed and drawn as other tables are.
 * Rows without a number, as LOC, stay rows of their own; so do rows that are sums.
 */
#ifndef IRQTOP_GROUPS_H
#define IRQTOP_GROUPS_H

#include "irqtop/sample/monitor.h"

enum groups_by { GROUPS_NONE, GROUPS_DEVICE, GROUPS_DRIVER };

struct group {
	uint32_t first; /* row of the interrupts */
	uint32_t rows;
	uint32_t cpus;	  /* that took one of them between the samples */
	double imbalance; /* highest over mean rate of its rows; negative: unknown */
	uint64_t most;	  /* highest delta of a row */
	bool counted;	  /* the delta of a row is known */
};

struct groups {
	enum groups_by by;
	struct irqtable table, before; /* sums now, and at the earlier sample */
	struct irqtable_diff diff;     /* owned here, unlike others' */
	struct tracks tracks;
	struct counted counted;
	struct group *group; /* [table.nrows] */
	uint32_t *of_row;    /* group of each row of the interrupts */
	/* private: what the groups were made for */
	uint64_t rows_shape, cpus_shape;
	enum groups_by made_by;
	uint64_t sums_ns; /* sample that the sums are of; 0: none */
	size_t group_room, of_row_room, diff_room, column_room;
};

/* Sums the interrupts by groups->by. `follow`: this is a new sample. 0 or -ENOMEM. */
int groups_count(struct groups *groups, const struct monitor *monitor, bool follow);

/* The group of a row: the device or driver that its text names, where sysfs does not. */
void groups_name(char *name, size_t size, enum groups_by by, const struct irqtable *table,
		 uint32_t row, const struct track *track);

void groups_free(struct groups *groups);

#endif

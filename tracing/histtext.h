/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * histtext - what the kernel prints in an event's `hist` file: rows and totals
 *
 * The file holds every histogram of the event; one is told by the beginning of
 * its trigger.
 */
#ifndef TRACING_HISTTEXT_H
#define TRACING_HISTTEXT_H

#include <stddef.h>
#include <stdint.h>

#define HISTTEXT_KEYS_MAX   3
#define HISTTEXT_NAME_BYTES 48

/**
 * struct histtext_row - one entry
 * @n_keys: keys it has
 * @key: numbers, in the order of the trigger's keys; 0 for one that is text and
 *	for the bucket
 * @name: the key that is text, if any; control characters replaced
 * @low: of the key that is a bucket; both ends belong to it
 * @high: see @low
 * @hits: how often
 * @sum: of the value beside hitcount, 0 without one
 */
struct histtext_row {
	size_t n_keys;
	int64_t key[HISTTEXT_KEYS_MAX];
	char name[HISTTEXT_NAME_BYTES];
	uint64_t low;
	uint64_t high;
	uint64_t hits;
	uint64_t sum;
};

/**
 * struct histtext_totals - of one histogram
 * @found: it is there
 * @hits: of all rows
 * @dropped: had no room
 * @malformed: lines that are no row
 */
struct histtext_totals {
	int found;
	uint64_t hits;
	uint64_t dropped;
	uint64_t malformed;
};

void histtext_repair(char *text);
int histtext_parse(const char *text, const char *trigger,
		   int (*row)(void *ctx, const struct histtext_row *row), void *ctx,
		   struct histtext_totals *totals);

#endif /* TRACING_HISTTEXT_H */

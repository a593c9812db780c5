/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * histtext - the text of the kernel's `hist` file of an event: rows and totals
 *
 * The file has all histograms of the event. The beginning of its trigger identifies a
 * histogram.
 */
#ifndef TRACING_HISTTEXT_H
#define TRACING_HISTTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTTEXT_KEYS_MAX   3
#define HISTTEXT_NAME_BYTES 48

/**
 * struct histtext_row - one entry of a histogram
 * @n_keys: number of keys
 * @key: keys in the order of the trigger; 0 for a key that is text or a bucket
 * @name: the key that is text, if any, with control characters replaced
 * @low: least value of the key that is a bucket
 * @high: greatest value of the key that is a bucket
 * @hits: hitcount
 * @sum: of the value beside hitcount; 0 without one
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
 * struct histtext_totals - one histogram
 * @found: the file has it
 * @hits: of all rows
 * @dropped: hits that had no room in the kernel's table
 * @malformed: text lines that should be rows and are not
 */
struct histtext_totals {
	bool found;
	uint64_t hits;
	uint64_t dropped;
	uint64_t malformed;
};

void histtext_repair(char *text);
int histtext_parse(const char *text, const char *trigger,
		   int (*row)(void *ctx, const struct histtext_row *row), void *ctx,
		   struct histtext_totals *totals);

#endif /* TRACING_HISTTEXT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --filter: which rows are shown. */
#ifndef IRQTOP_FILTER_H
#define IRQTOP_FILTER_H

#include <regex.h>

#include "base/why.h"
#include "field.h"

#define FILTER_TERMS 8
#define FILTER_TEXT  128
#define FILTER_BYTES 256 /* of a whole filter's text */

struct filter_term {
	bool is_regex;
	char text[FILTER_TEXT]; /* lower case when not a regex */
	regex_t regex;
};

struct filter {
	unsigned int nterms;
	struct filter_term term[FILTER_TERMS];
	uint64_t serial; /* hash of the text */
	bool active;	 /* only rows that counted something */
	uint64_t above;	 /* only rows with a greater total */
	bool by_total;	 /* above is valid */
	bool by_cpu;
	bool isolated, nohz; /* cpu:isolated, cpu:nohz; the caller makes CPUs of them */
	int node;	     /* -1: none; the caller makes CPUs of it */
	struct cpu_mask cpus;
};

/*
 * Makes a filter of words that are separated by blanks; all must hold. `text` (in label,
 * chip, name, device or driver, in any case), `/regex/` (POSIX extended; may contain
 * blanks), `cpu:LIST`, `cpu:isolated`, `cpu:nohz`, `node:N`, `total>N`, `active`. 0, or -1 and the filter is empty.
 */
int filter_parse(struct filter *filter, const char *text, struct why *why);

/*
 * Whether label and text match, and device and driver where they were collected: equal
 * for rows with equal keys until devices are collected again.
 */
bool filter_matches_text(const struct filter *filter, const struct view_row *row);

/* Whether the counts of the sample match. */
bool filter_matches_counts(const struct filter *filter, const struct irqtable_delta *delta);

void filter_free(struct filter *filter);

#endif

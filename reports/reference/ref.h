/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures that others published: claims, not measurements of ours. */
#ifndef REPORTS_REF_H
#define REPORTS_REF_H

#include <stdint.h>
#include <stdio.h>

#include "results/io.h"

/* What a claim is about, and so what of ours may stand beside it. */
enum ref_kind {
	REF_UPCALL,   /* the handler is called in the thread that runs */
	REF_RESPONSE, /* a thread that slept runs in user space */
	REF_OVERHEAD, /* more than polling costs */
	REF_DISPATCH, /* the kernel's part, in a microkernel */
	REF_MESSAGE,  /* software to software: no device interrupt */
	REF_HARDWARE, /* before any handler, or without interrupt */
	REF_KINDS
};

/**
 * struct ref_claim - one published figure
 * @system: what was measured
 * @figure: as published
 * @low_ns: the same in ns; 0: it is not a time
 * @high_ns: upper end of a range, else as @low_ns
 * @statistic: what the number is of its samples
 * @kind: what it is about
 * @what: from where to where
 * @conditions: hardware, software, method
 * @source: where it stands
 * @date: of the source
 */
struct ref_claim {
	const char *system;
	const char *figure;
	uint64_t low_ns;
	uint64_t high_ns;
	const char *statistic;
	enum ref_kind kind;
	const char *what;
	const char *conditions;
	const char *source;
	const char *date;
};

/**
 * struct ref_comparison - what may be compared with claims of a kind
 * @name: in JSON
 * @stage: of our rows, without a path; NULL: none of ours compares
 * @upcall: ours are the uli ways; or else those that block
 * @may: in words
 * @may_not: in words
 */
struct ref_comparison {
	const char *name;
	const struct stage_info *stage;
	bool upcall;
	const char *may;
	const char *may_not;
};

/* Ends with a NULL system. */
extern const struct ref_claim ref_claims[];
extern const struct ref_comparison ref_comparisons[REF_KINDS];

void ref_compare(const struct run *run, const struct text_style *style, FILE *out);

#endif /* REPORTS_REF_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures that others published: claims. None was measured here. */
#ifndef REPORTS_REF_H
#define REPORTS_REF_H

#include <stdint.h>
#include <stdio.h>

#include "results/io.h"

/* What a claim is about. This decides which rows of a run compare with it. */
enum ref_kind {
	REF_UPCALL,   /* interrupt -> handler called in the running thread */
	REF_RESPONSE, /* interrupt -> a thread that slept runs in user space */
	REF_OVERHEAD, /* the time more than with polling */
	REF_DISPATCH, /* kernel -> user level handler, in a microkernel */
	REF_MESSAGE,  /* from one thread to another, without a device */
	REF_HARDWARE, /* before any handler runs, or without an interrupt */
	REF_KINDS
};

/**
 * struct ref_claim - one published figure
 * @system: what was measured
 * @figure: as published
 * @low_ns: @figure, or its lower end, in ns; 0: @figure is not a time
 * @high_ns: upper end of @figure in ns; equal to @low_ns if it is not a range
 * @statistic: of the samples: "average", "maximum"
 * @kind: what the claim is about
 * @what: which time it is: from where to where
 * @conditions: hardware, software, method
 * @source: publication
 * @date: of @source
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
 * struct ref_comparison - what compares with the claims of a kind
 * @name: of the kind, in JSON
 * @stage: stage of the rows that compare; NULL: no row does
 * @upcall: rows of the uli ways compare; rows of the ways that block if not set
 * @may: what may be compared, for people
 * @may_not: what may not be compared
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat diff: what its parts (matching, deciding, printing) share. */
#ifndef IRQLAT_DIFF_H
#define IRQLAT_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results/io.h"
#include "results/result.h"

/* Chance that nothing changed and any row is still called changed. */
#define DIFF_ALPHA 0.05
/* Less than this is no change: little more than the width of a bucket. */
#define DIFF_CHANGE_MIN 0.01
/* Nor is less than this: so few samples are elsewhere. */
#define DIFF_DISTANCE_MIN 0.01
/* Spans of time that a file must have for them to be compared. */
#define DIFF_SPANS_MIN 8

enum diff_metric { DIFF_P50, DIFF_P99, DIFF_P99_9, DIFF_MAX, DIFF_METRICS };

extern const char *const diff_metric_names[DIFF_METRICS + 1];

/**
 * struct diff_limit - how much worse a figure may become
 * @set: it was given
 * @share: 0.05 is 5 %; 0: any
 * @ns: 0: any
 *
 * Both must be exceeded.
 */
struct diff_limit {
	bool set;
	double share;
	double ns;
};

/**
 * struct diff_options - what is asked
 * @limits: for each metric; none set: any change for the worse counts
 * @any_irq: rows are the same also when the interrupt's number is not
 * @any_cpu: also when the CPU is not
 */
struct diff_options {
	struct diff_limit limits[DIFF_METRICS];
	bool any_irq;
	bool any_cpu;
};

enum diff_verdict {
	DIFF_UNKNOWN, /* too few samples */
	DIFF_SAME,
	DIFF_UNSURE, /* looks changed, without blocks to tell; rows only */
	DIFF_BETTER,
	DIFF_SHAPE, /* percentiles the same, distribution not */
	DIFF_MIXED, /* better and worse; rows only */
	DIFF_WORSE, /* within the limits */
	DIFF_REGRESSION,
};

/* Whether a figure kept its limit. */
enum diff_keeping {
	DIFF_NO_LIMIT,	/* it has none */
	DIFF_KEPT,	/* the whole interval is within */
	DIFF_NOT_SHOWN, /* no regression is seen, nor excluded, or too few samples */
	DIFF_EXCEEDED,
};

/* What a decision is based on. */
enum diff_basis { DIFF_BLOCKS, DIFF_HISTOGRAM };

/**
 * struct diff_figure - one percentile, or the maximum, of a row
 * @known: of a and b: the number of samples carries it
 * @ns: of a and b, of the whole run
 * @has_interval: @low and @high are valid
 * @low: 95 % interval of the change of the whole run, bootstrap
 * @high: the same
 * @tested: what follows is valid
 * @spans: of a and b: spans of time compared; 0 with DIFF_HISTOGRAM
 * @change: share by which b is above a: 0.05 is 5 % slower. With DIFF_BLOCKS
 *	that of a typical span, else that of the whole run
 * @change_ns: the same in ns
 * @delta: Cliff's delta of the spans, or of the samples
 * @p: of the test
 * @p_adjusted: by Holm, for all tests of the comparison
 * @verdict: follows from these and the limit
 * @keeping: the same, with the interval
 */
struct diff_figure {
	bool known[2];
	uint64_t ns[2];
	bool has_interval;
	double low;
	double high;
	bool tested;
	size_t spans[2];
	double change;
	double change_ns;
	double delta;
	double p;
	double p_adjusted;
	enum diff_verdict verdict;
	enum diff_keeping keeping;
};

/**
 * struct diff_row - a row that both files have
 * @side: of a and b
 * @basis: what the decision stands on
 * @run: blocks that are resampled together
 * @delta: Cliff's delta of all samples
 * @distance: Kolmogorov-Smirnov, of all samples
 * @distance_p: chance of so great a one; adjusted: @distance_p_adjusted
 */
struct diff_row {
	const struct result *side[2];
	enum diff_basis basis;
	size_t run;
	double delta;
	double distance;
	double distance_p;
	double distance_p_adjusted;
	struct diff_figure figures[DIFF_METRICS];
	enum diff_verdict verdict;
};

/**
 * struct diff - two runs compared
 * @run: a and b
 * @rows: @n_rows in both, in the order of a
 * @only: rows without a partner, of a and of b: @n_only of them
 */
struct diff {
	const struct run *run[2];
	struct diff_row *rows;
	size_t n_rows;
	const struct result **only[2];
	size_t n_only[2];
};

int diff_limit_parse(const char *text, struct diff_limit limits[DIFF_METRICS]);
void diff_drop_kept(struct run *run);
int diff_match(const struct run *a, const struct run *b, const struct diff_options *options,
	       struct diff *diff);
int diff_row_test(struct diff_row *row, size_t tests);
int diff_decide(struct diff *diff, const struct diff_options *options);
int diff_compare(const struct run *a, const struct run *b, const struct diff_options *options,
		 struct diff *diff);
bool diff_has_regression(const struct diff *diff);
bool diff_has_decision(const struct diff *diff);
long diff_join(struct run *to, struct run *from, const struct diff_options *options);
void diff_free(struct diff *diff);

/* How to print a comparison; @names of the two files. @in_turns: each side is
 * several of them.
 */
struct diff_style {
	const char *names[2];
	bool in_turns;
	bool nanoseconds;
	bool details;
};

void diff_write_text(const struct diff *diff, const struct diff_style *style, FILE *out);
int diff_write_json(const struct diff *diff, const struct diff_style *style, FILE *out);
const char *diff_keeping_name(enum diff_keeping keeping);
const char *diff_verdict_name(enum diff_verdict verdict);

#endif /* IRQLAT_DIFF_H */

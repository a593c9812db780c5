/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat diff: what matching, deciding and printing share. */
#ifndef IRQLAT_DIFF_H
#define IRQLAT_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results/io.h"
#include "results/result.h"

/* Level of the tests: the chance of any change being reported when nothing changed. */
#define DIFF_ALPHA 0.05
/* A smaller change of a figure is none: it is little more than the width of a bucket. */
#define DIFF_CHANGE_MIN 0.01
/* A smaller distance of two distributions is no change. */
#define DIFF_DISTANCE_MIN 0.01
/* Each file needs this many spans of time for a test. */
#define DIFF_SPANS_MIN 8

enum diff_metric { DIFF_P50, DIFF_P99, DIFF_P99_9, DIFF_MAX, DIFF_METRICS };

extern const char *const diff_metric_names[DIFF_METRICS + 1];

/**
 * struct diff_limit - how much worse a figure may become
 * @set: there is a limit
 * @share: of the figure; 0.05 is 5 %; 0: only @ns counts
 * @ns: nanoseconds; 0: only @share counts
 *
 * A regression exceeds both.
 */
struct diff_limit {
	bool set;
	double share;
	double ns;
};

/**
 * struct diff_options - how to compare
 * @limits: for each metric; if none is set, any change for the worse is a regression
 * @any_irq: rows match even if their interrupt numbers differ
 * @any_cpu: rows match even if their CPUs differ
 * @stages: names of the stages that are compared, separated by commas; NULL: all
 * @sources: patterns (glob) of the sources that are compared, separated by commas;
 *	NULL: all
 */
struct diff_options {
	struct diff_limit limits[DIFF_METRICS];
	bool any_irq;
	bool any_cpu;
	const char *stages;
	const char *sources;
};

/* Of a figure or of a row, in the order of the summary, from last to first. */
enum diff_verdict {
	DIFF_UNKNOWN, /* too few samples */
	DIFF_SAME,
	DIFF_UNSURE, /* row: seems changed, but there are no blocks to decide by */
	DIFF_BETTER,
	DIFF_SHAPE, /* row: the distribution changed, its figures did not */
	DIFF_MIXED, /* row: some figures are better, some worse */
	DIFF_WORSE, /* within the limits */
	DIFF_REGRESSION,
};

/* Did a figure keep its limit? */
enum diff_keeping {
	DIFF_NO_LIMIT,	/* there is no limit */
	DIFF_KEPT,	/* the whole interval of the change is within the limit */
	DIFF_NOT_SHOWN, /* too few samples, or the interval reaches beyond the limit */
	DIFF_EXCEEDED,	/* regression */
};

/* What a verdict is based on: blocks of time, or each sample as an independent one. */
enum diff_basis { DIFF_BLOCKS, DIFF_HISTOGRAM };

/**
 * struct diff_figure - one percentile, or the maximum, of a row
 * @known: of a and b: there are enough samples for the figure
 * @ns: of a and b: the figure of the whole run
 * @has_interval: @low and @high are valid
 * @low: lower end of the 95 % bootstrap interval of the change of the whole run;
 *	0.05 is 5 % slower
 * @high: upper end of the interval
 * @tested: the members below are valid, except @verdict and @keeping, which always are
 * @spans: of a and b: spans of time that the test compared; 0 with DIFF_HISTOGRAM
 * @change: share by which b is above a: 0.05 is 5 % slower. With DIFF_BLOCKS the
 *	change of a typical span, with DIFF_HISTOGRAM that of the whole run
 * @change_ns: @change in ns
 * @delta: Cliff's delta of the spans, or of the samples
 * @p: p value of the test
 * @p_adjusted: @p adjusted by Holm's method for all tests of the comparison
 * @verdict: from the test and the limit
 * @keeping: from @verdict, the limit and the interval
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
 * @side: the row in a and in b
 * @basis: what @verdict is based on
 * @run: blocks that are resampled together, since they are alike
 * @delta: Cliff's delta of all samples
 * @distance: Kolmogorov-Smirnov distance of all samples
 * @distance_p: chance of this distance or a greater one if nothing changed
 * @distance_p_adjusted: @distance_p adjusted by Holm's method
 * @figures: one for each metric
 * @verdict: of all figures and the distance
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
 * @run: a and b, owned by the caller
 * @rows: @n_rows rows that both runs have, in the order of a
 * @n_rows: rows in @rows
 * @only: rows that only a, and that only b has: @n_only each
 * @n_only: rows in each of @only
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
void diff_drop_others(struct run *run, const struct diff_options *options);
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

/**
 * struct diff_style - how to print a comparison
 * @names: names of the files of a and of b
 * @in_turns: each side has several files, measured in turns
 * @nanoseconds: print times in ns; in us if not set
 * @details: print every figure and test
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

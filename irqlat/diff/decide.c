// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts from the results of the tests. */

#include <stdlib.h>

#include "diff.h"
#include "statistics.h"

/* Tests of a row: one for each figure, one for the distribution. */
#define TESTS_PER_ROW (DIFF_METRICS + 1)

/* p values that are adjusted together, and where to store the adjusted values. */
struct family {
	double *p;
	double **to;
	size_t n;
};

static void family_add(struct family *family, double p, double *to)
{
	family->p[family->n] = p;
	family->to[family->n++] = to;
}

static int family_adjust(struct family *family)
{
	int err = stats_holm(family->p, family->n);
	size_t i;

	for (i = 0; !err && i < family->n; i++)
		*family->to[i] = family->p[i];
	return err;
}

static bool is_tested(const struct diff_row *row)
{
	for (int metric = 0; metric < DIFF_METRICS; metric++)
		if (row->figures[metric].tested)
			return true;
	return false;
}

/*
 * Collect the p values of all tests. Only figures with a limit may be regressions:
 * they are a family of their own, so that the number of other tests does not make a
 * regression harder to find.
 */
static void collect(struct diff *diff, const struct diff_limit *limits, struct family *limited,
		    struct family *others)
{
	size_t i;
	int metric;

	for (i = 0; i < diff->n_rows; i++) {
		struct diff_row *row = &diff->rows[i];

		for (metric = 0; metric < DIFF_METRICS; metric++) {
			struct diff_figure *f = &row->figures[metric];

			if (f->tested)
				family_add(limits[metric].set ? limited : others, f->p,
					   &f->p_adjusted);
		}
		/* A row without enough samples is no test, which others would pay for. */
		row->distance_p_adjusted = 1;
		if (is_tested(row))
			family_add(others, row->distance_p, &row->distance_p_adjusted);
	}
}

static int adjust(struct diff *diff, const struct diff_limit *limits)
{
	size_t room = diff->n_rows * TESTS_PER_ROW + 1;
	struct family families[2] = { 0 };
	int i, err = 0;

	for (i = 0; i < 2; i++) {
		families[i].p = calloc(room, sizeof(*families[i].p));
		families[i].to = calloc(room, sizeof(*families[i].to));
		if (!families[i].p || !families[i].to)
			err = -1;
	}
	if (!err) {
		collect(diff, limits, &families[0], &families[1]);
		err = family_adjust(&families[0]) || family_adjust(&families[1]) ? -1 : 0;
	}
	for (i = 0; i < 2; i++) {
		free(families[i].p);
		free(families[i].to);
	}
	return err;
}

static enum diff_verdict judge(const struct diff_figure *f, const struct diff_limit *limit,
			       bool any_limit)
{
	if (!f->tested)
		return DIFF_UNKNOWN;
	if (f->p_adjusted >= DIFF_ALPHA)
		return DIFF_SAME;
	if (f->delta < 0 && f->change < -DIFF_CHANGE_MIN)
		return DIFF_BETTER;
	if (f->delta <= 0 || f->change <= DIFF_CHANGE_MIN)
		return DIFF_SAME;
	if (any_limit && (!limit->set || f->change <= limit->share || f->change_ns <= limit->ns))
		return DIFF_WORSE;
	return DIFF_REGRESSION;
}

/* "No regression" may also mean that the runs are too short or too noisy to show one. */
static enum diff_keeping keeps(const struct diff_figure *f, const struct diff_limit *limit)
{
	if (!limit->set)
		return DIFF_NO_LIMIT;
	if (!f->tested)
		return DIFF_NOT_SHOWN;
	if (f->verdict == DIFF_REGRESSION)
		return DIFF_EXCEEDED;
	return f->has_interval && (f->high <= limit->share ||
				   f->high * (double)f->ns[0] <= limit->ns) ?
		       DIFF_KEPT :
		       DIFF_NOT_SHOWN;
}

static enum diff_verdict judge_figures(const struct diff_row *row)
{
	bool tested = false, better = false, worse = false;
	int metric;

	for (metric = 0; metric < DIFF_METRICS; metric++) {
		enum diff_verdict v = row->figures[metric].verdict;

		if (v == DIFF_REGRESSION)
			return v;
		tested |= v != DIFF_UNKNOWN;
		better |= v == DIFF_BETTER;
		worse |= v == DIFF_WORSE;
	}
	if (better && worse)
		return DIFF_MIXED;
	if (better || worse)
		return better ? DIFF_BETTER : DIFF_WORSE;
	if (!tested)
		return DIFF_UNKNOWN;
	return row->distance_p_adjusted < DIFF_ALPHA && row->distance > DIFF_DISTANCE_MIN ?
		       DIFF_SHAPE :
		       DIFF_SAME;
}

/*
 * Without blocks every sample counts as independent. Half of the pairs in which
 * nothing changed seem changed then (make bench BENCH=diff): no basis for a verdict.
 */
static enum diff_verdict judge_row(const struct diff_row *row)
{
	enum diff_verdict verdict = judge_figures(row);

	return row->basis == DIFF_HISTOGRAM && verdict > DIFF_SAME ? DIFF_UNSURE : verdict;
}

/**
 * diff_decide - set the verdicts of rows that were tested
 * @diff: its rows get adjusted p values and verdicts
 * @options: limits
 *
 * Returns 0, or -1 with ENOMEM.
 */
int diff_decide(struct diff *diff, const struct diff_options *options)
{
	bool any_limit = false;
	int metric;
	size_t i;

	for (metric = 0; metric < DIFF_METRICS; metric++)
		any_limit |= options->limits[metric].set;
	if (adjust(diff, options->limits))
		return -1;
	for (i = 0; i < diff->n_rows; i++) {
		struct diff_row *row = &diff->rows[i];

		for (metric = 0; metric < DIFF_METRICS; metric++) {
			struct diff_figure *f = &row->figures[metric];

			f->verdict = judge(f, &options->limits[metric], any_limit);
			f->keeping = keeps(f, &options->limits[metric]);
		}
		row->verdict = judge_row(row);
	}
	return 0;
}

/**
 * diff_compare - compare two runs
 * @a: the earlier run
 * @b: the later run; both must outlive @diff
 * @options: how to compare
 * @diff: zeroed by the caller; filled. The caller calls diff_free(), on errors too
 *
 * Returns 0, or -1 with ENOMEM.
 */
int diff_compare(const struct run *a, const struct run *b, const struct diff_options *options,
		 struct diff *diff)
{
	size_t i;

	if (diff_match(a, b, options, diff))
		return -1;
	for (i = 0; i < diff->n_rows; i++)
		if (diff_row_test(&diff->rows[i], diff->n_rows * TESTS_PER_ROW))
			return -1;
	return diff_decide(diff, options);
}

/* Is any row a regression? */
bool diff_has_regression(const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_rows; i++)
		if (diff->rows[i].verdict == DIFF_REGRESSION)
			return true;
	return false;
}

/* Did any row have enough blocks and samples for a verdict? */
bool diff_has_decision(const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_rows; i++)
		if (diff->rows[i].basis == DIFF_BLOCKS && diff->rows[i].verdict != DIFF_UNKNOWN)
			return true;
	return false;
}

const char *diff_keeping_name(enum diff_keeping keeping)
{
	static const char *const names[] = {
		[DIFF_NO_LIMIT] = "no limit",
		[DIFF_KEPT] = "kept",
		[DIFF_NOT_SHOWN] = "not shown",
		[DIFF_EXCEEDED] = "exceeded",
	};

	return names[keeping];
}

const char *diff_verdict_name(enum diff_verdict verdict)
{
	static const char *const names[] = {
		[DIFF_UNKNOWN] = "n/a",	  [DIFF_SAME] = "same",
		[DIFF_UNSURE] = "unsure", [DIFF_BETTER] = "better",
		[DIFF_SHAPE] = "differs", [DIFF_MIXED] = "mixed",
		[DIFF_WORSE] = "worse",	  [DIFF_REGRESSION] = "REGRESSION",
	};

	return names[verdict];
}

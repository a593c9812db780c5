// SPDX-License-Identifier: GPL-2.0-or-later
/* From tests to verdicts. */

#include <stdlib.h>

#include "diff.h"
#include "statistics.h"

/* Tests of a row: its figures and the distribution. */
#define TESTS_PER_ROW	(DIFF_METRICS + 1)

/* Where each adjusted p value goes; only what was tested counts. */
static int adjust(struct diff *diff)
{
	size_t room = diff->n_rows * TESTS_PER_ROW, n = 0, i;
	double *p = calloc(room + 1, sizeof(*p));
	double **to = calloc(room + 1, sizeof(*to));
	int metric, err = -1;

	if (!p || !to)
		goto out;
	for (i = 0; i < diff->n_rows; i++) {
		struct diff_row *row = &diff->rows[i];

		for (metric = 0; metric < DIFF_METRICS; metric++) {
			struct diff_figure *f = &row->figures[metric];

			if (!f->tested)
				continue;
			p[n] = f->p;
			to[n++] = &f->p_adjusted;
		}
		p[n] = row->distance_p;
		to[n++] = &row->distance_p_adjusted;
	}
	err = stats_holm(p, n);
	for (i = 0; !err && i < n; i++)
		*to[i] = p[i];
out:
	free(p);
	free(to);
	return err;
}

static enum diff_verdict judge(const struct diff_figure *f,
			       const struct diff_limit *limit, bool any_limit)
{
	if (!f->tested)
		return DIFF_UNKNOWN;
	if (f->p_adjusted >= DIFF_ALPHA)
		return DIFF_SAME;
	if (f->delta < 0 && f->change < -DIFF_CHANGE_MIN)
		return DIFF_BETTER;
	if (f->delta <= 0 || f->change <= DIFF_CHANGE_MIN)
		return DIFF_SAME;
	if (any_limit && (!limit->set || f->change <= limit->share ||
			  f->change_ns <= limit->ns))
		return DIFF_WORSE;
	return DIFF_REGRESSION;
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
	return row->distance_p_adjusted < DIFF_ALPHA &&
			       row->distance > DIFF_DISTANCE_MIN ?
		       DIFF_SHAPE : DIFF_SAME;
}

/*
 * Without blocks every sample counts as independent. Half of the pairs in which
 * nothing changed look changed then (make bench BENCH=diff): that is no verdict.
 */
static enum diff_verdict judge_row(const struct diff_row *row)
{
	enum diff_verdict verdict = judge_figures(row);

	return row->basis == DIFF_HISTOGRAM && verdict > DIFF_SAME ?
		       DIFF_UNSURE : verdict;
}

/**
 * diff_decide - verdicts for rows that were tested
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
	if (adjust(diff))
		return -1;
	for (i = 0; i < diff->n_rows; i++) {
		struct diff_row *row = &diff->rows[i];

		for (metric = 0; metric < DIFF_METRICS; metric++)
			row->figures[metric].verdict =
				judge(&row->figures[metric],
				      &options->limits[metric], any_limit);
		row->verdict = judge_row(row);
	}
	return 0;
}

/**
 * diff_runs - compare two runs
 * @a: one, the earlier
 * @b: the other
 * @options: what is asked
 * @diff: zeroed; filled; to be given to diff_free() in any case
 *
 * Returns 0, or -1 with ENOMEM.
 */
int diff_runs(const struct run *a, const struct run *b,
	      const struct diff_options *options, struct diff *diff)
{
	size_t i;

	if (diff_match(a, b, options, diff))
		return -1;
	for (i = 0; i < diff->n_rows; i++)
		if (diff_row_test(&diff->rows[i],
				  diff->n_rows * TESTS_PER_ROW))
			return -1;
	return diff_decide(diff, options);
}

bool diff_has_regression(const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_rows; i++)
		if (diff->rows[i].verdict == DIFF_REGRESSION)
			return true;
	return false;
}

/* Was there enough of any row to decide? */
bool diff_has_decision(const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_rows; i++)
		if (diff->rows[i].basis == DIFF_BLOCKS &&
		    diff->rows[i].verdict != DIFF_UNKNOWN)
			return true;
	return false;
}

const char *diff_verdict_name(enum diff_verdict verdict)
{
	static const char *const names[] = {
		[DIFF_UNKNOWN] = "n/a",
		[DIFF_SAME] = "same",
		[DIFF_UNSURE] = "unsure",
		[DIFF_BETTER] = "better",
		[DIFF_SHAPE] = "differs",
		[DIFF_MIXED] = "mixed",
		[DIFF_WORSE] = "worse",
		[DIFF_REGRESSION] = "REGRESSION",
	};

	return names[verdict];
}

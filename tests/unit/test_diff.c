// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat diff on generated runs, whose difference is known. */

#include "unit.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "irqlat/diff/diff.h"

#define SECONDS	   60
#define PER_SECOND 1500

/**
 * struct shape - how to generate samples
 * @median_ns: median of the run
 * @memory: correlation of a second with the second before, 0 to 1
 * @drift: standard deviation of the seconds' logarithms
 * @slow: factor on the slowest 5 %
 * @second_mode: share of samples that are a third longer, and of those a third shorter
 */
struct shape {
	double median_ns;
	double memory;
	double drift;
	double slow;
	double second_mode;
};

static const struct shape steady = { 10000, 0, 0.02, 1, 0 };

static void add_row(struct run *run, const char *way, const struct shape *shape, gsl_rng *rng,
		    int seconds)
{
	struct result *r = run_add(run);
	double level = gsl_ran_gaussian(rng, shape->drift), x, mode;
	int second, i;

	assert_non_null(r);
	strcpy(r->source, "irqgen");
	strcpy(r->way, way);
	strcpy(r->wait, "block");
	strcpy(r->stage, "total");
	assert_int_equal(blocks_init(&r->blocks), 0);
	for (second = 0; second < seconds; second++) {
		for (i = 0; i < PER_SECOND; i++) {
			x = gsl_ran_gaussian(rng, 0.1);
			/* 1.645 standard deviations leave 5 % above. */
			if (x > 0.1645)
				x += log(shape->slow);
			mode = gsl_rng_uniform(rng);
			if (mode < shape->second_mode)
				x += 0.3;
			else if (mode < 2 * shape->second_mode)
				x -= 0.3;
			result_record(r, (uint64_t)second * BLOCKS_LENGTH_NS,
				      (int64_t)(shape->median_ns * exp(level + x)));
		}
		level = shape->memory * level +
			gsl_ran_gaussian(rng,
					 shape->drift * sqrt(1 - shape->memory * shape->memory));
	}
}

/* Compare runs of one row. Returns the verdict; @row gets the row unless it is NULL. */
static enum diff_verdict compare(const struct shape *a, const struct shape *b,
				 const struct diff_options *options, bool blocks, gsl_rng *rng,
				 struct diff_row *row)
{
	const struct diff_options none = { 0 };
	struct run run_a = { 0 }, run_b = { 0 };
	struct diff diff = { 0 };
	enum diff_verdict verdict;

	add_row(&run_a, "read", a, rng, SECONDS);
	add_row(&run_b, "read", b, rng, SECONDS);
	run_end(&run_a);
	run_end(&run_b);
	if (!blocks)
		blocks_free(&run_a.results[0].blocks);
	assert_int_equal(diff_compare(&run_a, &run_b, options ? options : &none, &diff), 0);
	assert_int_equal(diff.n_rows, 1);
	verdict = diff.rows[0].verdict;
	assert_int_equal(diff_has_decision(&diff), blocks);
	if (row)
		*row = diff.rows[0];
	assert_int_equal(diff_has_regression(&diff), verdict == DIFF_REGRESSION);
	diff_free(&diff);
	run_free(&run_a);
	run_free(&run_b);
	return verdict;
}

static void the_same_is_the_same(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct diff_row row;

	(void)state;
	assert_int_equal(compare(&steady, &steady, NULL, true, rng, &row), DIFF_SAME);
	assert_int_equal(row.basis, DIFF_BLOCKS);
	assert_int_equal(row.figures[DIFF_P50].spans[0], SECONDS);
	/* 90000 samples in spans of 10000 or more */
	assert_in_range(row.figures[DIFF_P99_9].spans[0], 8, 9);
	assert_true(row.figures[DIFF_P99].low < 0 && row.figures[DIFF_P99].high > 0);
	assert_true(fabs(row.delta) < 0.05);
	gsl_rng_free(rng);
}

static void a_slow_tail_is_found(void **state)
{
	struct shape slow = steady;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct diff_row row;

	(void)state;
	slow.slow = 1.05;
	assert_int_equal(compare(&steady, &slow, NULL, true, rng, &row), DIFF_REGRESSION);
	assert_int_equal(row.figures[DIFF_P50].verdict, DIFF_SAME);
	assert_int_equal(row.figures[DIFF_P99].verdict, DIFF_REGRESSION);
	assert_true(fabs(row.figures[DIFF_P99].change - 0.05) < 0.015);
	assert_true(row.figures[DIFF_P99].low < 0.05 && row.figures[DIFF_P99].high > 0.05);
	assert_int_equal(compare(&slow, &steady, NULL, true, rng, NULL), DIFF_BETTER);
	gsl_rng_free(rng);
}

static void limits_need_both(void **state)
{
	static const struct {
		const char *limit;
		enum diff_verdict verdict;
	} cases[] = {
		{ "p99=3%", DIFF_REGRESSION },	     { "p99=8%", DIFF_WORSE },
		{ "p99=200ns", DIFF_REGRESSION },    { "p99=2us", DIFF_WORSE },
		{ "p99=3%,2us", DIFF_WORSE },	     { "p99=8%,200ns", DIFF_WORSE },
		{ "p99=200ns,3%", DIFF_REGRESSION }, { "p50=1%", DIFF_WORSE },
	};
	struct shape slow = steady;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t i;

	(void)state;
	slow.slow = 1.05;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		struct diff_options options = { 0 };

		assert_int_equal(diff_limit_parse(cases[i].limit, options.limits), 0);
		assert_int_equal(compare(&steady, &slow, &options, true, rng, NULL),
				 cases[i].verdict);
	}
	gsl_rng_free(rng);
}

/* Tests of figures without a limit do not weaken the test of one with a limit. */
static void limits_sharpen(void **state)
{
	struct diff_row rows[6] = { 0 };
	struct diff diff = { .rows = rows, .n_rows = N_ELEMENTS(rows) };
	struct diff_options gate = { 0 };
	size_t i;
	int metric;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++) {
		rows[i].distance_p = 1;
		for (metric = 0; metric < DIFF_METRICS; metric++)
			rows[i].figures[metric] = (struct diff_figure){
				.tested = true,
				.p = 0.5,
				.delta = 0.5,
				.change = 0.08,
				.change_ns = 800,
			};
	}
	/* Of 30 tests, and of 6. */
	rows[2].figures[DIFF_P99].p = 0.004;
	assert_int_equal(diff_decide(&diff, &gate), 0);
	assert_true(rows[2].figures[DIFF_P99].p_adjusted > 0.119);
	assert_int_equal(rows[2].verdict, DIFF_SAME);
	assert_int_equal(diff_limit_parse("p99=5%", gate.limits), 0);
	assert_int_equal(diff_decide(&diff, &gate), 0);
	assert_true(fabs(rows[2].figures[DIFF_P99].p_adjusted - 0.024) < 1e-9);
	assert_int_equal(rows[2].verdict, DIFF_REGRESSION);
	assert_int_equal(rows[1].verdict, DIFF_SAME);
	assert_int_equal(diff_limit_parse("max=5%", gate.limits), 0);
	assert_int_equal(diff_decide(&diff, &gate), 0);
	assert_true(fabs(rows[2].figures[DIFF_P99].p_adjusted - 0.048) < 1e-9);
}

/* As many samples are a third above as below: the median does not change. */
static void two_modes_differ(void **state)
{
	struct shape modes = steady;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct diff_row row;

	(void)state;
	modes.second_mode = 0.2;
	compare(&steady, &modes, NULL, true, rng, &row);
	assert_int_equal(row.figures[DIFF_P50].verdict, DIFF_SAME);
	assert_true(row.distance > 0.1);
	assert_true(row.distance_p_adjusted < 0.01);
	gsl_rng_free(rng);
}

/*
 * Neighbouring seconds are alike. Blocks show that, and count for less. Without blocks
 * it is not known, so that no change is reported as one. Without the correction of the
 * blocks a third of the pairs would be alarms.
 */
static void memory_is_no_regression(void **state)
{
	struct shape wave = steady;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int round, alarms = 0, unsure = 0;
	enum diff_verdict verdict;

	(void)state;
	wave.memory = 0.8;
	wave.drift = 0.1;
	for (round = 0; round < 60; round++) {
		alarms += compare(&wave, &wave, NULL, true, rng, NULL) == DIFF_REGRESSION;
		verdict = compare(&wave, &wave, NULL, false, rng, NULL);
		assert_true(verdict == DIFF_SAME || verdict == DIFF_UNSURE);
		unsure += verdict == DIFF_UNSURE;
	}
	assert_in_range(alarms, 0, 3);
	assert_in_range(unsure, 15, 60);
	gsl_rng_free(rng);
}

/* Runs of both sides in turns. The level of each pair differs by about a third. */
static enum diff_verdict compare_turns(double slow, bool joined, gsl_rng *rng, struct diff_row *row)
{
	const struct diff_options none = { 0 };
	struct run all[2] = { 0 };
	struct diff diff = { 0 };
	int pair, side;

	for (pair = 0; pair < 6; pair++) {
		struct shape shape = steady;

		shape.median_ns *= exp(gsl_ran_gaussian(rng, 0.3));
		for (side = 0; side < 2; side++) {
			struct run more = { 0 };
			size_t i;

			shape.slow = side ? slow : 1;
			add_row(pair ? &more : &all[side], "read", &shape, rng, 10);
			run_end(pair ? &more : &all[side]);
			if (pair)
				assert_int_equal(diff_join(&all[side], &more, &none), 0);
			run_free(&more);
			/* Treat the runs of a side as one long run. */
			for (i = 0; !joined && i < all[side].results[0].blocks.n; i++)
				all[side].results[0].blocks.list[i].part = 0;
		}
	}
	assert_int_equal(diff_compare(&all[0], &all[1], &none, &diff), 0);
	*row = diff.rows[0];
	diff_free(&diff);
	run_free(&all[0]);
	run_free(&all[1]);
	return row->verdict;
}

static void turns_take_out_what_they_share(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct diff_row row;
	int round, alarms = 0, missed = 0, blunt = 0;

	(void)state;
	for (round = 0; round < 20; round++) {
		alarms += compare_turns(1, true, rng, &row) == DIFF_REGRESSION;
		missed += compare_turns(1.05, true, rng, &row) != DIFF_REGRESSION;
		assert_true(fabs(row.figures[DIFF_P99].change - 0.05) < 0.02);
		blunt += compare_turns(1.05, false, rng, &row) == DIFF_REGRESSION;
	}
	assert_in_range(alarms, 0, 1);
	assert_in_range(missed, 0, 1);
	assert_in_range(blunt, 0, 3);
	gsl_rng_free(rng);
}

static void short_runs_are_weaker(void **state)
{
	const struct diff_options none = { 0 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct run a = { 0 }, b = { 0 };
	struct diff diff = { 0 };

	(void)state;
	add_row(&a, "read", &steady, rng, DIFF_SPANS_MIN);
	add_row(&a, "poll", &steady, rng, DIFF_SPANS_MIN);
	add_row(&b, "read", &steady, rng, DIFF_SPANS_MIN - 1);
	add_row(&b, "uio", &steady, rng, 1);
	run_end(&a);
	run_end(&b);
	assert_int_equal(diff_compare(&a, &b, &none, &diff), 0);
	assert_int_equal(diff.n_rows, 1);
	assert_int_equal(diff.rows[0].basis, DIFF_HISTOGRAM);
	assert_false(diff_has_decision(&diff));
	assert_int_equal(diff.n_only[0], 1);
	assert_ptr_equal(diff.only[0][0], &a.results[1]);
	assert_int_equal(diff.n_only[1], 1);
	assert_ptr_equal(diff.only[1][0], &b.results[1]);
	diff_free(&diff);
	run_free(&a);
	run_free(&b);
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(a_slow_tail_is_found),
		cmocka_unit_test(limits_need_both),
		cmocka_unit_test(limits_sharpen),
		cmocka_unit_test(two_modes_differ),
		cmocka_unit_test(memory_is_no_regression),
		cmocka_unit_test(turns_take_out_what_they_share),
		cmocka_unit_test(short_runs_are_weaker),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat bench: which rows a way has, and what is counted and sampled in them. */

#include <math.h>

#include "unit.h"

#include "base/why.h"
#include "irqlat/bench/record.h"

static const struct way_facts uli_facts = {
	.way = &way_uli,
	.source = "irqgen",
	.load = RESULT_NO_LOAD,
	.irq = 24,
	.has_entry = true,
};

static const struct way_facts timer_facts = {
	.way = &way_timerfd,
	.source = "timer",
	.load = "cpu",
	.irq = TARGET_NO_IRQ,
	.self_timed = true,
};

/* Interrupt @number of the source: raised at 100 us * @number, 1 us until the handler. */
static void deliver(struct recording *rec, struct way_rows *rows, uint64_t number,
		    enum handler_path path, uint64_t total_ns)
{
	const struct account account = { .raised = 1, .raised_ns = number * 100000 };
	const struct delivery delivery = {
		.user_ns = account.raised_ns + total_ns,
		.entry_ns = account.raised_ns + 1000,
		.count = 1,
		.path = path,
	};
	struct why why;

	recording_count(rows, &account, &delivery);
	assert_int_equal(recording_sample(rec, rows, &account, &delivery, &why), 0);
}

static const struct result *find(const struct run *run, const char *way, const char *stage)
{
	size_t i;

	for (i = 0; i < run->n_results; i++)
		if (!strcmp(run->results[i].way, way) && !strcmp(run->results[i].stage, stage))
			return &run->results[i];
	return NULL;
}

static void assert_row(const struct run *run, const char *way, const char *stage,
		       uint64_t delivered, uint64_t min_ns, uint64_t max_ns)
{
	const struct result *r = find(run, way, stage);

	assert_non_null(r);
	assert_int_equal(r->delivered, delivered);
	assert_int_equal(r->raised, delivered);
	assert_int_equal(r->lost, 0);
	assert_int_equal(r->hist.n, delivered);
	assert_int_equal(r->hist.min, min_ns);
	assert_int_equal(r->hist.max, max_ns);
}

/* Each path has the samples that took it, and a path that none took has no row. */
static void paths_have_rows(void **state)
{
	static const char *const stages[] = {
		"total",
		"raise_to_handler",
		"handler_to_user",
		"total_direct",
		"handler_to_user_direct",
		"total_return",
		"handler_to_user_return",
	};
	struct recording rec = { 0 };
	struct run run = { 0 };
	struct way_rows *rows;
	struct why why;
	size_t i;

	(void)state;
	rows = recording_add(&rec, &uli_facts, &why);
	assert_non_null(rows);
	deliver(&rec, rows, 1, HANDLER_PATH_DIRECT, 1500);
	deliver(&rec, rows, 2, HANDLER_PATH_RETURN, 4000);
	deliver(&rec, rows, 3, HANDLER_PATH_DIRECT, 1700);

	assert_int_equal(recording_end(&rec, &run, &why), 0);
	recording_free(&rec);
	assert_int_equal(run.n_results, N_ELEMENTS(stages));
	for (i = 0; i < N_ELEMENTS(stages); i++)
		assert_string_equal(run.results[i].stage, stages[i]);
	assert_row(&run, "uli", "total", 3, 1500, 4000);
	assert_row(&run, "uli", "raise_to_handler", 3, 1000, 1000);
	assert_row(&run, "uli", "handler_to_user", 3, 500, 3000);
	assert_row(&run, "uli", "total_direct", 2, 1500, 1700);
	assert_row(&run, "uli", "handler_to_user_direct", 2, 500, 700);
	assert_row(&run, "uli", "total_return", 1, 4000, 4000);
	assert_row(&run, "uli", "handler_to_user_return", 1, 3000, 3000);
	assert_string_equal(run.results[0].wait, "spin");
	assert_int_equal(run.results[0].irq, 24);
	run_free(&run);
}

/* A return that is late brings several periods: all in "total", one in "total_kept". */
static void missed_periods_are_samples(void **state)
{
	const struct account account = { .raised = 3, .raised_ns = 5000, .period_ns = 1000 };
	const struct delivery delivery = { .user_ns = 7500, .due_ns = 5000, .count = 3 };
	struct recording rec = { 0 };
	struct run run = { 0 };
	const struct result *r;
	struct way_rows *rows;
	struct why why;

	(void)state;
	rows = recording_add(&rec, &timer_facts, &why);
	assert_non_null(rows);
	recording_count(rows, &account, &delivery);
	assert_int_equal(recording_sample(&rec, rows, &account, &delivery, &why), 0);
	assert_int_equal(recording_end(&rec, &run, &why), 0);
	recording_free(&rec);

	assert_int_equal(run.n_results, 2);
	r = find(&run, "timerfd", "total");
	assert_int_equal(r->raised, 3);
	assert_int_equal(r->delivered, 1);
	assert_int_equal(r->coalesced, 2);
	assert_int_equal(r->hist.n, 3);
	assert_int_equal(r->hist.min, 500);
	assert_int_equal(r->hist.max, 2500);
	assert_true(r->irq == RESULT_NO_IRQ);
	assert_string_equal(r->load, "cpu");
	assert_row(&run, "timerfd", "total_kept", 1, 2500, 2500);
	run_free(&run);
}

/* What the waits cost is added up, for each path by itself. */
static void waits_have_a_cost(void **state)
{
	const struct wait_cost cost = { .cpu_ns = 30, .wait_ns = 40 };
	const struct delivery direct = { .count = 1, .path = HANDLER_PATH_DIRECT };
	struct recording rec = { 0 };
	struct run run = { 0 };
	struct way_rows *rows;
	struct why why;

	(void)state;
	rows = recording_add(&rec, &uli_facts, &why);
	assert_non_null(rows);
	deliver(&rec, rows, 1, HANDLER_PATH_DIRECT, 1500);
	assert_true(isnan(result_cpu_share(&rows->row[BENCH_STAGE_TOTAL])));
	recording_cost(rows, &direct, &cost);
	recording_cost(rows, NULL, &cost);
	assert_int_equal(recording_end(&rec, &run, &why), 0);
	recording_free(&rec);
	assert_int_equal(find(&run, "uli", "total")->cpu_ns, 60);
	assert_int_equal(find(&run, "uli", "total")->wait_ns, 80);
	assert_true(result_cpu_share(find(&run, "uli", "total")) == 0.75);
	assert_int_equal(find(&run, "uli", "total_direct")->cpu_ns, 30);
	run_free(&run);
}

/* Counted, and no sample: an early interrupt, and one that was raised and lost. */
static void not_every_interrupt_is_a_sample(void **state)
{
	const struct account account = { .raised = 1, .raised_ns = 5000 };
	const struct delivery early = { .user_ns = 6000, .count = 1, .early = true };
	struct recording rec = { 0 };
	struct run run = { 0 };
	const struct result *r;
	struct way_rows *rows;
	struct why why;

	(void)state;
	rows = recording_add(&rec, &timer_facts, &why);
	assert_non_null(rows);
	recording_count(rows, &account, &early);
	assert_int_equal(recording_sample(&rec, rows, &account, &early, &why), 0);
	recording_count(rows, &account, NULL);
	assert_int_equal(recording_end(&rec, &run, &why), 0);
	recording_free(&rec);

	r = find(&run, "timerfd", "total");
	assert_int_equal(r->raised, 2);
	assert_int_equal(r->delivered, 1);
	assert_int_equal(r->lost, 1);
	assert_int_equal(r->hist.n, 0);
	assert_int_equal(run.system.n_warnings, 1);
	assert_non_null(strstr(run.system.warnings[0], "1 interrupts came before the thread"));
	run_free(&run);
}

/* Results so far can be shown at any time, and the run goes on. */
static void a_view_leaves_the_rows(void **state)
{
	struct recording rec = { 0 };
	struct run run = { 0 };
	struct way_rows *rows;
	struct why why;

	(void)state;
	assert_int_equal(recording_view(&rec, &run), 0);
	assert_int_equal(run.n_results, 0);
	free(run.results);

	rows = recording_add(&rec, &timer_facts, &why);
	deliver(&rec, rows, 1, HANDLER_PATH_NONE, 1000);
	assert_int_equal(recording_view(&rec, &run), 0);
	assert_int_equal(run.n_results, 1);
	assert_row(&run, "timerfd", "total", 1, 1000, 1000);
	free(run.results);

	rows = recording_add(&rec, &uli_facts, &why);
	deliver(&rec, rows, 2, HANDLER_PATH_WAKE, 2000);
	assert_int_equal(recording_end(&rec, &run, &why), 0);
	recording_free(&rec);
	assert_int_equal(run.n_results, 6);
	assert_row(&run, "timerfd", "total", 1, 1000, 1000);
	assert_row(&run, "uli", "total_wake", 1, 2000, 2000);
	/* It spins, and no interrupt took the direct path. */
	assert_int_equal(run.system.n_warnings, 1);
	assert_non_null(strstr(run.system.warnings[0], "path direct is not measured"));
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_rows),
		cmocka_unit_test(missed_periods_are_samples),
		cmocka_unit_test(waits_have_a_cost),
		cmocka_unit_test(not_every_interrupt_is_a_sample),
		cmocka_unit_test(a_view_leaves_the_rows),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

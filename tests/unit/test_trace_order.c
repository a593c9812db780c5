// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of irqlat trace top: their order, and interrupts that are one row. */
#include "unit.h"

#include "irqlat/trace/order.h"

/* Rows as stats_sort() leaves them; times in ns, 0: no chain. */
static const struct {
	int32_t irq;
	uint16_t cpu;
	const char *name;
	uint64_t seen;
	uint64_t user[2];
	uint64_t task[2];
} rows[] = {
	{ 24, 0, "eth0", 10, { 5000, 7000 }, { 0 } },
	{ 24, 1, "eth0", 20, { 3000, 0 }, { 9000, 100 } },
	{ 36, 0, "disk", 500, { 1000, 0 }, { 0 } },
	{ 36, 1, "disk", 1, { 0 }, { 0 } },
	{ -1, 0, "local_timer", 400, { 0 }, { 20000, 0 } },
};

static struct hist *hist_of(const uint64_t ns[2])
{
	struct hist *h = calloc(1, sizeof(*h));

	assert_int_equal(hist_init(h, 2, 0), 0);
	for (int i = 0; i < 2; i++) {
		if (ns[i])
			hist_record(h, (int64_t)ns[i]);
	}
	return h;
}

static int make(void **state)
{
	struct stats *stats = calloc(1, sizeof(*stats));

	stats->rows = calloc(N_ELEMENTS(rows), sizeof(*stats->rows));
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct stats_row *row = calloc(1, sizeof(*row));

		row->irq = rows[i].irq;
		row->cpu = rows[i].cpu;
		row->seen = rows[i].seen;
		row->wanted = true;
		snprintf(row->name, sizeof(row->name), "%s", rows[i].name);
		row->hist[CHAIN_END_USER][CHAIN_STAGE_TOTAL] = hist_of(rows[i].user);
		row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL] = hist_of(rows[i].task);
		stats->rows[stats->n_rows++] = row;
	}
	*state = stats;
	return 0;
}

static int clear(void **state)
{
	stats_free(*state);
	free(*state);
	return 0;
}

/* "24/0 24/1 ..." */
static void has_rows(const struct stats *stats, enum trace_order order,
		     const struct trace_folds *folds, const char *expected)
{
	char text[128] = "";
	struct stats view;
	size_t len = 0;

	assert_int_equal(trace_order_rows(&view, stats, order, folds), 0);
	for (size_t i = 0; i < view.n_rows; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d/%d", i ? " " : "",
					view.rows[i]->irq,
					view.rows[i]->cpu == STATS_ALL_CPUS ? -1 :
									      view.rows[i]->cpu);
	assert_string_equal(text, expected);
	trace_order_free(&view);
}

static void has_order(const struct stats *stats, enum trace_order order, bool fold,
		      const char *expected)
{
	struct trace_folds folds = { .all = fold };

	has_rows(stats, order, &folds, expected);
}

static void orders(void **state)
{
	has_order(*state, TRACE_ORDER_NUMBER, false, "24/0 24/1 36/0 36/1 -1/0");
	has_order(*state, TRACE_ORDER_WORST, false, "-1/0 24/1 24/0 36/0 36/1");
	has_order(*state, TRACE_ORDER_MOST, false, "36/0 -1/0 24/1 24/0 36/1");
	has_order(*state, TRACE_ORDER_NAME, false, "36/0 36/1 24/0 24/1 -1/0");
	has_order(*state, TRACE_ORDER_NUMBER, true, "24/-1 36/-1 -1/-1");
	has_order(*state, TRACE_ORDER_WORST, true, "-1/-1 24/-1 36/-1");
	has_order(*state, TRACE_ORDER_MOST, true, "36/-1 -1/-1 24/-1");
	has_order(*state, TRACE_ORDER_NAME, true, "36/-1 24/-1 -1/-1");
}

static void folded_rows_are_sums(void **state)
{
	const struct stats *stats = *state;
	const struct stats_row *row;
	const struct trace_folds folds = { .all = true };
	const struct hist *h;
	struct stats view;

	assert_int_equal(trace_order_rows(&view, stats, TRACE_ORDER_NUMBER, &folds), 0);
	assert_int_equal(view.n_rows, 3);
	row = view.rows[0];
	assert_int_equal(row->seen, 30);
	assert_true(row->wanted);
	h = row->hist[CHAIN_END_USER][CHAIN_STAGE_TOTAL];
	assert_int_equal(h->n, 3);
	assert_int_equal(h->sum, 15000);
	assert_int_equal(h->max, 7000);
	h = row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL];
	assert_int_equal(h->n, 2);
	assert_int_equal(h->max, 9000);
	assert_null(view.rows[1]->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL]);
	trace_order_free(&view);
	/* The rows themselves are as before. */
	assert_int_equal(stats->rows[0]->hist[CHAIN_END_USER][CHAIN_STAGE_TOTAL]->n, 2);
}

static void one_is_opened(void **state)
{
	struct trace_folds folds = { 0 };

	trace_folds_all(&folds);
	trace_folds_one(&folds, 24, "eth0");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/-1 24/0 24/1 36/-1 -1/-1");
	/* Behind its totals, in the order that was chosen. */
	has_rows(*state, TRACE_ORDER_WORST, &folds, "-1/-1 24/-1 24/1 24/0 36/-1");
	trace_folds_one(&folds, 36, "eth0"); /* not there */
	trace_folds_one(&folds, 36, "disk");
	has_rows(*state, TRACE_ORDER_MOST, &folds, "36/-1 36/0 36/1 -1/-1 24/-1 24/1 24/0");
	trace_folds_one(&folds, 24, "eth0");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/-1 36/-1 36/0 36/1 -1/-1");
	trace_folds_all(&folds);
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/0 24/1 36/0 36/1 -1/0");
}

static void one_is_folded(void **state)
{
	struct trace_folds folds = { 0 };

	trace_folds_one(&folds, 24, "eth0");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/-1 36/0 36/1 -1/0");
	has_rows(*state, TRACE_ORDER_WORST, &folds, "-1/0 24/-1 36/0 36/1");
	trace_folds_one(&folds, 24, "eth0");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/0 24/1 36/0 36/1 -1/0");
	/* The oldest of too many is forgotten. */
	for (int i = 0; i < TRACE_FOLD_MAX; i++)
		trace_folds_one(&folds, i ? 1000 + i : 24, "eth0");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/-1 36/0 36/1 -1/0");
	trace_folds_one(&folds, 36, "disk");
	has_rows(*state, TRACE_ORDER_NUMBER, &folds, "24/0 24/1 36/-1 -1/0");
}

static void no_rows(void **state)
{
	struct stats none = { 0 };

	(void)state;
	has_order(&none, TRACE_ORDER_WORST, false, "");
	has_order(&none, TRACE_ORDER_NAME, true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(orders, make, clear),
		cmocka_unit_test_setup_teardown(folded_rows_are_sums, make, clear),
		cmocka_unit_test_setup_teardown(one_is_opened, make, clear),
		cmocka_unit_test_setup_teardown(one_is_folded, make, clear),
		cmocka_unit_test(no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

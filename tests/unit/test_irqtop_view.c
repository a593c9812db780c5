// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's views: the order of the rows, their rates and shares. */
#include "irqtop.h"

struct shown {
	struct monitor monitor;
	struct texts texts;
	struct view view;
	struct view_settings settings;
	struct filter filter;
	char labels[64];
};

static void shown_start(struct shown *shown, const char *const *text, unsigned int n)
{
	memset(shown, 0, sizeof(*shown));
	monitor_start(&shown->monitor, &shown->texts, text, n);
	shown->settings.sort = FIELD_RATE;
	shown->filter.node = -1;
}

static const char *arranged(struct shown *shown)
{
	assert_int_equal(view_build(&shown->view, &shown->monitor, &shown->settings,
				    &shown->filter),
			 0);
	view_labels(shown->labels, sizeof(shown->labels), &shown->view);
	return shown->labels;
}

static const char *stepped(struct shown *shown)
{
	assert_int_equal(monitor_step(&shown->monitor), 0);
	return arranged(shown);
}

static void shown_end(struct shown *shown)
{
	view_free(&shown->view);
	monitor_free(&shown->monitor);
}

static void rows_are_sorted_by_rate(void **state)
{
	struct shown s;

	(void)state;
	shown_start(&s, three, 4);
	stepped(&s);
	assert_true(s.view.row[0].rate_hz < 0); /* unknown, not zero */
	assert_true(s.view.row[0].share < 0);
	assert_string_equal(stepped(&s), "25 26 24 ");
	assert_true(s.view.row[0].rate_hz == 5);
	assert_true(s.view.row[0].share > 0.55 && s.view.row[0].share < 0.56);
	assert_true(s.view.rate_hz[TABLE_INTERRUPTS] == 9);
	s.settings.reverse = true;
	assert_string_equal(arranged(&s), "24 26 25 ");
	shown_end(&s);
}

static void a_frozen_order_stays(void **state)
{
	struct shown s;

	(void)state;
	shown_start(&s, three, 4);
	stepped(&s);
	s.settings.reverse = true;
	assert_string_equal(stepped(&s), "24 26 25 ");
	s.settings.frozen = true;
	assert_string_equal(stepped(&s), "24 26 27 "); /* new rows last */
	assert_string_equal(stepped(&s), "24 26 27 25 ");
	s.settings.reverse = false;
	s.settings.sort = FIELD_IRQ;
	assert_string_equal(arranged(&s), "24 26 27 25 ");
	assert_int_equal(monitor_step(&s.monitor), -ENODATA);
	shown_end(&s);
}

static void every_column_sorts(void **state)
{
	static const struct {
		enum field_id sort;
		const char *want, *reversed;
	} cases[] = {
		{ FIELD_IRQ, "24 25 26 ", "26 25 24 " },
		{ FIELD_NAME, "24 25 26 ", "26 25 24 " },
		{ FIELD_TOTAL, "25 26 24 ", "24 26 25 " },
		{ FIELD_DELTA, "25 26 24 ", "24 26 25 " },
		{ FIELD_HISTORY, "25 26 24 ", "24 26 25 " }, /* pictures: by rate */
		{ FIELD_STRIP, "25 26 24 ", "24 26 25 " },
		{ FIELD_HWIRQ, "24 25 26 ", "26 25 24 " },
		{ FIELD_CHIP, "24 25 26 ", "24 25 26 " }, /* equal rows keep their order */
		{ FIELD_DEVICE, "24 25 26 ", "24 25 26 " },
	};
	struct shown s;
	size_t i;

	(void)state;
	shown_start(&s, three, 4);
	stepped(&s);
	stepped(&s);
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		s.settings.sort = cases[i].sort;
		s.settings.reverse = false;
		assert_string_equal(arranged(&s), cases[i].want);
		s.settings.reverse = true;
		assert_string_equal(arranged(&s), cases[i].reversed);
	}
	shown_end(&s);
}

/* Rows in the order of the tables are not copied; then the next order is found again. */
static void orders_alternate(void **state)
{
	struct shown s;
	int i;

	(void)state;
	shown_start(&s, three, 4);
	stepped(&s);
	stepped(&s);
	for (i = 0; i < 3; i++) {
		s.settings.sort = FIELD_IRQ;
		assert_string_equal(arranged(&s), "24 25 26 ");
		assert_string_equal(arranged(&s), "24 25 26 ");
		s.settings.sort = FIELD_RATE;
		assert_string_equal(arranged(&s), "25 26 24 ");
	}
	shown_end(&s);
}

/* Of a single sample nothing is kept, until something asks for it. */
static void a_single_sample_has_no_tracks(void **state)
{
	struct shown s;

	(void)state;
	shown_start(&s, three, 4);
	s.monitor.single = true;
	s.settings.sort = FIELD_TOTAL;
	stepped(&s);
	assert_int_equal(s.view.nrows, 3);
	assert_null(s.view.row[0].track);
	assert_int_equal(s.monitor.tracks[TABLE_INTERRUPTS].count, 0);
	assert_int_equal(monitor_keep_rows(&s.monitor), 0);
	arranged(&s);
	assert_non_null(s.view.row[0].track);
	assert_int_equal(s.view.row[0].track->seen, 1);
	assert_int_equal(monitor_keep_rows(&s.monitor), 0);
	assert_int_equal(s.view.row[0].track->seen, 1);
	shown_end(&s);
}

static void a_table_is_left_out(void **state)
{
	struct shown s;

	(void)state;
	shown_start(&s, three, 4);
	stepped(&s);
	s.settings.tables = TABLES_SOFTIRQS;
	assert_string_equal(arranged(&s), "");
	s.settings.tables = TABLES_INTERRUPTS;
	assert_string_equal(arranged(&s), "24 25 26 ");
	shown_end(&s);
}

static void columns_are_found_by_key_and_title(void **state)
{
	(void)state;
	assert_int_equal(field_find("rate_hz", 7), FIELD_RATE);
	assert_int_equal(field_find("rate_hz,irq", 7), FIELD_RATE);
	assert_int_equal(field_find("Rate", 4), FIELD_RATE);
	assert_int_equal(field_find("thr%", 4), FIELD_THREAD);
	assert_int_equal(field_find("rate_", 5), -1);
	assert_int_equal(field_find("", 0), -1);
}

/* What every output relies on. */
static void every_column_is_complete(void **state)
{
	int id, other;

	(void)state;
	for (id = 0; id < FIELD_COUNT; id++) {
		assert_non_null(fields[id].key);
		assert_non_null(fields[id].title);
		assert_non_null(fields[id].help);
		assert_true(fields[id].width > 0);
		assert_true(strlen(fields[id].title) <= fields[id].width ||
			    fields[id].style == STYLE_PICTURE);
		assert_int_equal(!fields[id].get, fields[id].style == STYLE_PICTURE);
		assert_true(!fields[id].metric || fields[id].style != STYLE_TEXT);
		for (other = 0; other < id; other++)
			assert_string_not_equal(fields[id].key, fields[other].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_by_rate),
		cmocka_unit_test(a_frozen_order_stays),
		cmocka_unit_test(orders_alternate),
		cmocka_unit_test(a_single_sample_has_no_tracks),
		cmocka_unit_test(every_column_sorts),
		cmocka_unit_test(a_table_is_left_out),
		cmocka_unit_test(columns_are_found_by_key_and_title),
		cmocka_unit_test(every_column_is_complete),
	};

	return cmocka_run_group_tests_name("irqtop_view", tests, NULL, NULL);
}

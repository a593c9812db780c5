// SPDX-License-Identifier: GPL-2.0-or-later
/* What keys and clicks do to irqtop's screen. */
#include <ncurses.h>

#include "irqtop.h"

#include "irqtop/screen/ui.h"

static struct session session;
static struct texts texts;
static struct ui ui;

static int setup(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	memset(&ui, 0, sizeof(ui));
	monitor_start(&session.monitor, &texts, three, 4);
	session.collect.root = -1;
	session.options.view.sort = FIELD_IRQ;
	session.options.interval_ns = SECOND;
	ui.list_height = 2;
	if (monitor_step(&session.monitor))
		return -1;
	return session_arrange(&session, 0);
}

static int teardown(void **state)
{
	(void)state;
	filter_free(&session.filter);
	view_free(&session.view);
	monitor_free(&session.monitor);
	axis_free(&session.axis);
	return 0;
}

static void laid_out(struct layout *layout, const struct options *options, unsigned int width,
		     unsigned int height, uint32_t groups, unsigned int have, unsigned int extra)
{
	layout_make(layout, options,
		    &(struct layout_room){ .width = width,
					   .height = height,
					   .groups = groups,
					   .rows = OF_ROWS,
					   .have = have,
					   .extra = extra });
}

static unsigned int typed(const char *text)
{
	unsigned int wish = 0;

	for (; *text; text++)
		wish = ui_type(&ui, &session, *text);
	return wish;
}

/* Opens a prompt, empties it, types and ends with Enter. */
static unsigned int entered(int key, const char *text)
{
	ui_type(&ui, &session, key);
	ui_type(&ui, &session, CTRL('U'));
	typed(text);
	return ui_type(&ui, &session, '\n');
}

static void the_interval_has_one_limit(void **state)
{
	static const struct {
		double before_s;
		int key;
		double after_s;
	} cases[] = {
		{ 7200, '+', 7201 }, { 86400, '+', 86400 }, { 86399.5, '+', 86400 },
		{ 2, '-', 1 },	     { 1, '+', 2 },	    { 1, '-', 0.9 },
		{ 0.5, '+', 0.6 },   { 0.1, '-', 0.05 },    { 0.05, '-', 0.05 },
		{ 0.05, '+', 0.15 }, { 1.5, '-', 0.5 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		session.options.interval_ns = (uint64_t)(cases[i].before_s * 1e9 + 0.5);
		assert_int_equal(ui_type(&ui, &session, cases[i].key), UI_TIMER);
		assert_int_equal(session.options.interval_ns,
				 (uint64_t)(cases[i].after_s * 1e9 + 0.5));
	}
}

static void an_interval_is_typed(void **state)
{
	static const struct {
		const char *text;
		uint64_t want_ns;
	} good[] = {
		{ "5", 5 * SECOND },  { "0.3", 300000000 },
		{ ".25", 250000000 }, { "7200", 7200 * SECOND },
		{ "0.01", 50000000 }, { "500ms", 500000000 },
		{ "0", 50000000 },    { "0.07", 70000000 },
		{ "1e9", 0 },	      { "-1", 0 },
		{ "x", 0 },	      { "999999", 86400 * SECOND },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(good); i++) {
		session.options.interval_ns = 3 * SECOND;
		assert_int_equal(entered('d', good[i].text), good[i].want_ns ? UI_TIMER : 0);
		assert_int_equal(session.options.interval_ns,
				 good[i].want_ns ? good[i].want_ns : 3 * SECOND);
		assert_int_equal(ui.message_bad, !good[i].want_ns);
	}
}

static void keys_sort_and_choose_tables(void **state)
{
	const struct view_settings *view = &session.options.view;

	(void)state;
	assert_int_equal(ui_type(&ui, &session, 'T'), UI_VIEW);
	assert_int_equal(view->sort, FIELD_TOTAL);
	assert_int_equal(ui_type(&ui, &session, 'r'), UI_VIEW);
	assert_true(view->reverse);
	ui_type(&ui, &session, '=');
	assert_true(view->frozen);
	ui_type(&ui, &session, 'N'); /* another order unfreezes */
	assert_false(view->frozen);
	assert_int_equal(view->sort, FIELD_NAME);
	ui_type(&ui, &session, 't');
	assert_int_equal(view->tables, TABLES_INTERRUPTS);
	ui_type(&ui, &session, 't');
	assert_int_equal(view->tables, TABLES_SOFTIRQS);
	ui_type(&ui, &session, 't');
	assert_int_equal(view->tables, TABLES_BOTH);
}

static void arrows_sort_by_the_column_beside(void **state)
{
	(void)state;
	laid_out(&ui.layout, &session.options, 80, 24, 2, 0, 0);
	ui_type(&ui, &session, '>');
	assert_int_equal(session.options.view.sort, ui.layout.column[1].id);
	ui_type(&ui, &session, '<');
	ui_type(&ui, &session, '<'); /* from the first to the last */
	assert_int_equal(session.options.view.sort, ui.layout.column[ui.layout.ncolumns - 1].id);
	/* Pictures are passed over; with nothing else there is nothing to sort by. */
	session.options.column[0] = FIELD_STRIP;
	session.options.column[1] = FIELD_HISTORY;
	session.options.ncolumns = 2;
	laid_out(&ui.layout, &session.options, 80, 24, 2, 0, 0);
	assert_int_equal(ui_type(&ui, &session, '>'), 0);
}

static void a_filter_is_typed(void **state)
{
	const char *filter = session.options.view.filter;

	(void)state;
	assert_int_equal(entered('/', "IO-APIC"), UI_VIEW | UI_RECOUNT);
	assert_string_equal(filter, "IO-APIC");
	ui_type(&ui, &session, 'a');
	assert_string_equal(filter, "IO-APIC active");
	assert_true(session.filter.active);
	ui_type(&ui, &session, 'a');
	assert_string_equal(filter, "IO-APIC");
	entered('/', "/(/");
	assert_true(ui.message_bad);
	assert_string_equal(filter, "IO-APIC"); /* a bad one changes nothing */
	ui_type(&ui, &session, '/');
	typed("x");
	ui_type(&ui, &session, KEY_ESCAPE);
	assert_string_equal(filter, "IO-APIC");
	ui_type(&ui, &session, '\\');
	assert_string_equal(filter, "");
	ui_type(&ui, &session, 'a');
	assert_string_equal(filter, "active");
}

/* Rows are filtered with each key; Esc brings the old filter back. */
static void a_filter_works_as_it_is_typed(void **state)
{
	const char *filter = session.options.view.filter;

	(void)state;
	entered('/', "APIC");
	ui_type(&ui, &session, '/');
	assert_int_equal(ui_type(&ui, &session, ' '), UI_VIEW | UI_RECOUNT);
	assert_int_equal(typed("b"), UI_VIEW | UI_RECOUNT);
	assert_string_equal(filter, "APIC b");
	assert_int_equal(typed(" cpu:"), 0); /* no list yet */
	assert_string_equal(filter, "APIC b cpu");
	assert_int_equal(typed("0"), UI_VIEW | UI_RECOUNT);
	assert_string_equal(filter, "APIC b cpu:0");
	assert_int_equal(typed("-"), 0); /* no list */
	ui_type(&ui, &session, KEY_ESCAPE);
	assert_string_equal(filter, "APIC");
	assert_int_equal(ui.prompt, PROMPT_NONE);
}

/* What top, htop and less do with these keys. */
static void keys_of_other_programs(void **state)
{
	(void)state;
	ui_type(&ui, &session, '?');
	assert_int_equal(ui_type(&ui, &session, 'q'), 0);
	assert_int_equal(ui.page, PAGE_LIST);
	ui_type(&ui, &session, '\n');
	assert_int_equal(ui.page, PAGE_ROW);
	assert_int_equal(ui_type(&ui, &session, 'q'), 0);
	assert_int_equal(ui.page, PAGE_LIST);
	assert_int_equal(ui_type(&ui, &session, 'q'), UI_QUIT);
	ui_type(&ui, &session, '?');
	assert_int_equal(ui_type(&ui, &session, KEY_F(10)), UI_QUIT);
	ui_type(&ui, &session, '?');
	ui_type(&ui, &session, 'D');
	assert_int_equal(session.options.view.sort, FIELD_DELTA);
	ui_type(&ui, &session, 'P');
	assert_int_equal(session.options.view.sort, FIELD_RATE);
	ui_type(&ui, &session, '\t');
	assert_int_equal(session.options.view.tables, TABLES_INTERRUPTS);
	ui_type(&ui, &session, KEY_F(4));
	assert_int_equal(ui.prompt, PROMPT_FILTER);
	ui_type(&ui, &session, KEY_ESCAPE);
	ui_type(&ui, &session, 's');
	assert_int_equal(ui.prompt, PROMPT_INTERVAL);
	ui_type(&ui, &session, KEY_ESCAPE);
	ui.page = PAGE_LIST;
	ui.list_height = 4;
	ui_type(&ui, &session, CTRL('D'));
	assert_int_equal(ui.cursor, 2);
	ui_type(&ui, &session, CTRL('U'));
	assert_int_equal(ui.cursor, 0);
	ui.message[0] = '\0';
	ui_type(&ui, &session, 'z');
	assert_string_equal(ui.message, "z is no key here; ? lists the keys");
	ui_type(&ui, &session, KEY_F(9));
	assert_string_equal(ui.message, "F9 is no key here; ? lists the keys");
}

/* Rows that count nothing are folded, but for one that is followed. */
static void idle_rows_are_folded(void **state)
{
	(void)state;
	session.options.view.fold = true;
	assert_int_equal(monitor_step(&session.monitor), 0);
	assert_int_equal(monitor_step(&session.monitor), 0); /* 26 counts nothing, 27 is new */
	assert_int_equal(session_arrange(&session, 0), 0);
	assert_int_equal(session.view.nrows, 3); /* 26 did count before */
	tracks_of_row(&session.monitor.tracks[0], 1)->quiet = TRACK_QUIET;
	assert_int_equal(session_arrange(&session, 0), 0);
	assert_int_equal(session.view.nrows, 2);
	assert_int_equal(session.view.idle, 1);
	session.options.view.keep =
		session.monitor.sample[session.monitor.current].table[0].row[1].key;
	assert_int_equal(session_arrange(&session, 0), 0);
	assert_int_equal(session.view.nrows, 3);
	session.options.view.keep = 0;
	assert_int_equal(ui_type(&ui, &session, 'i'), UI_VIEW);
	assert_int_equal(session_arrange(&session, 0), 0);
	assert_int_equal(session.view.nrows, 3);
	assert_int_equal(session.view.idle, 0);
}

static void the_cursor_stays_on_the_page(void **state)
{
	(void)state;
	ui_type(&ui, &session, KEY_DOWN);
	ui_type(&ui, &session, KEY_DOWN);
	assert_int_equal(ui.cursor, 2);
	assert_int_equal(ui.top, 1); /* two rows fit */
	ui_type(&ui, &session, KEY_DOWN);
	assert_int_equal(ui.cursor, 2);
	ui_type(&ui, &session, 'g');
	assert_int_equal(ui.cursor, 0);
	assert_int_equal(ui.top, 0);
	ui_wheel(&ui, &session, 1);
	assert_int_equal(ui.cursor, 2);
	ui_wheel(&ui, &session, -1);
	assert_int_equal(ui.cursor, 0);
}

static void the_cursor_follows_its_row(void **state)
{
	(void)state;
	ui_type(&ui, &session, KEY_DOWN); /* 25 */
	ui_type(&ui, &session, 'F');
	session.options.view.reverse = true;
	assert_int_equal(session_arrange(&session, 0), 0); /* 26 25 24 */
	ui_type(&ui, &session, KEY_DOWN);		   /* 24 */
	session.options.view.reverse = false;
	assert_int_equal(session_arrange(&session, 0), 0);
	ui_settle(&ui, &session.view);
	assert_int_equal(ui.cursor, 0);	  /* 24 is first again */
	ui_type(&ui, &session, KEY_DOWN); /* 25, which goes */
	assert_int_equal(monitor_step(&session.monitor), 0);
	assert_int_equal(monitor_step(&session.monitor), 0);
	assert_int_equal(session_arrange(&session, 0), 0);
	ui_settle(&ui, &session.view);
	assert_false(ui.follow);
	assert_true(ui.message_bad);
}

static void an_opened_row_that_goes_is_closed(void **state)
{
	(void)state;
	ui_type(&ui, &session, KEY_DOWN);
	ui_type(&ui, &session, '\n');
	assert_int_equal(ui.page, PAGE_ROW);
	ui_type(&ui, &session, '?');
	assert_int_equal(ui.page, PAGE_HELP);
	ui_type(&ui, &session, KEY_ESCAPE);
	assert_int_equal(ui.page, PAGE_ROW);
	monitor_step(&session.monitor);
	monitor_step(&session.monitor);
	assert_int_equal(session_arrange(&session, 0), 0);
	ui_settle(&ui, &session.view);
	assert_int_equal(ui.page, PAGE_LIST);
}

static void clicks_select_open_and_sort(void **state)
{
	(void)state;
	ui.list_height = 20;
	laid_out(&ui.layout, &session.options, 80, 24, 2, 0, 0);
	ui_click(&ui, &session, 0, ui.layout.list_y + 1);
	assert_int_equal(ui.cursor, 1);
	assert_int_equal(ui.page, PAGE_LIST);
	ui_click(&ui, &session, 0, ui.layout.list_y + 1);
	assert_int_equal(ui.page, PAGE_ROW);
	ui_click(&ui, &session, 0, 0);
	assert_int_equal(ui.page, PAGE_LIST);
	assert_int_equal(ui_click(&ui, &session, 0, ui.layout.list_y + 3), 0); /* no row */
	assert_int_equal(ui_click(&ui, &session, ui.layout.column[1].x, ui.layout.title_y),
			 UI_VIEW);
	assert_int_equal(session.options.view.sort, ui.layout.column[1].id);
	ui_click(&ui, &session, ui.layout.column[1].x, ui.layout.title_y);
	assert_true(session.options.view.reverse);
}

/* Only numbered interrupts of the running system have an affinity to set. */
static void an_affinity_is_typed(void **state)
{
	(void)state;
	ui_type(&ui, &session, 'e');
	assert_int_equal(ui.prompt, PROMPT_NONE);
	assert_true(ui.message_bad);
	texts.sampler.live = true;
	assert_int_equal(entered('e', "0-3,8"), UI_AFFINITY);
	assert_int_equal(ui.irq, 24);
	assert_int_equal(cpu_mask_count(&ui.affinity), 5);
	assert_int_equal(entered('e', "0,-"), 0);
	assert_true(ui.message_bad);
	assert_int_equal(entered('e', ""), 0);
}

/* Only a recording can be stepped through, and stepping pauses it. */
static int seek_nowhere(struct sampler *sampler, unsigned int number)
{
	(void)sampler;
	(void)number;
	return 0;
}

static void a_recording_is_stepped_through(void **state)
{
	static const struct sampler_ops ops = { .read = texts_read,
						.seek = seek_nowhere,
						.close = texts_close };

	(void)state;
	assert_int_equal(ui_type(&ui, &session, ']'), 0);
	texts.sampler.ops = &ops;
	texts.sampler.count = 40;
	texts.sampler.next = 20; /* 19 is shown */
	assert_int_equal(ui_type(&ui, &session, ']'), UI_SEEK);
	assert_int_equal(ui.seek, 20);
	assert_true(ui.paused);
	ui_type(&ui, &session, '[');
	assert_int_equal(ui.seek, 18);
	ui_type(&ui, &session, '}');
	assert_int_equal(ui.seek, 29);
	ui_type(&ui, &session, '{');
	assert_int_equal(ui.seek, 9);
	ui_type(&ui, &session, ')');
	assert_int_equal(ui.seek, 39);
	ui_type(&ui, &session, '(');
	assert_int_equal(ui.seek, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_interval_has_one_limit),
		TEST(an_interval_is_typed),
		TEST(keys_sort_and_choose_tables),
		TEST(arrows_sort_by_the_column_beside),
		TEST(a_filter_is_typed),
		TEST(a_filter_works_as_it_is_typed),
		TEST(keys_of_other_programs),
		TEST(idle_rows_are_folded),
		TEST(the_cursor_stays_on_the_page),
		TEST(the_cursor_follows_its_row),
		TEST(an_opened_row_that_goes_is_closed),
		TEST(clicks_select_open_and_sort),
		TEST(an_affinity_is_typed),
		TEST(a_recording_is_stepped_through),
	};

	return cmocka_run_group_tests_name("irqtop_ui", tests, NULL, NULL);
}

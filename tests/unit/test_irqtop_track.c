// SPDX-License-Identifier: GPL-2.0-or-later
/* What irqtop keeps of rows from one sample to the next. */
#include "irqtop.h"

static void tracks_follow_rows(void **state)
{
	struct view_settings settings = { .sort = FIELD_IRQ };
	struct filter filter = { .node = -1 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	const struct track *track;

	(void)state;
	monitor_start(&monitor, &texts, three, 4);
	monitor_step(&monitor);
	monitor_step(&monitor);
	monitor_step(&monitor);
	view_build(&view, &monitor, &settings, &filter);
	track = view.row[0].track;
	assert_int_equal(track->history_len, 2);
	assert_true(track->max_hz == 88);
	assert_true(track_history(track, 0) == 88);
	assert_true(track_history(track, 1) == 1);
	assert_true(track_history(track, 2) < 0);
	monitor_step(&monitor);
	view_build(&view, &monitor, &settings, &filter);
	/* 25 went and came back: it has a new track, in memory of the old one. */
	assert_int_equal(view.row[1].track->seen, 1);
	assert_int_equal(view.row[1].track->history_len, 0);
	assert_int_equal(monitor.tracks[0].count, 4);
	view_free(&view);
	monitor_free(&monitor);
}

/* Rows that come and go, with histories or without. */
static void history_is_kept_when_wanted(void **state)
{
	static const char *const text[] = {
		HEAD " 24:  1  0  chip  edge  a\n 25:  1  0  chip  edge  b\n",
		HEAD " 24:  2  0  chip  edge  a\n",
		HEAD " 24:  4  0  chip  edge  a\n 26:  1  0  chip  edge  c\n",
		HEAD " 24:  8  0  chip  edge  a\n 26:  3  0  chip  edge  c\n",
	};
	struct monitor monitor;
	struct texts texts;
	unsigned int without, i;

	(void)state;
	for (without = 0; without < 2; without++) {
		monitor_start(&monitor, &texts, text, 4);
		monitor.tracks[0].no_history = without;
		for (i = 0; i < 4; i++)
			assert_int_equal(monitor_step(&monitor), 0);
		/* The second row has the track of one that is gone. */
		assert_int_equal(monitor.tracks[0].count, 2);
		for (i = 0; i < 2; i++) {
			const struct track *track = tracks_of_row(&monitor.tracks[0], i);

			assert_true(track->rated);
			assert_float_equal(track->max_hz, i ? 2 : 4, 0.001);
			assert_float_equal(track_history(track, 0),
					   without ? -1 :
					   i	   ? 2 :
						     4,
					   0.001);
			assert_float_equal(track_history(track, 1), without || i ? -1 : 2, 0.001);
		}
		monitor_free(&monitor);
	}
}

/* Lists longer than a track's own room, and tracks that get another row. */
static void lists_of_cpus(void **state)
{
	struct cpu_mask cpus = { 0 };
	struct track_list list = { 0 };
	const char *first;
	unsigned int i;

	(void)state;
	cpu_mask_add(&cpus, 3);
	track_list_set(&list, &cpus);
	assert_string_equal(track_list_text(&list), "3");
	for (i = 0; i < CPUS_MAX; i += 3) {
		cpu_mask_add(&cpus, i);
		cpu_mask_add(&cpus, i + 1);
	}
	track_list_set(&list, &cpus);
	assert_int_equal(strlen(track_list_text(&list)), list.len);
	assert_true(list.len < CPU_MASK_BYTES);
	assert_int_equal(cpu_mask_parse(&cpus, track_list_text(&list), list.len), 0);
	assert_true(cpu_mask_has(&cpus, 8190));
	assert_false(cpu_mask_has(&cpus, 8189));
	first = track_list_text(&list);
	track_list_set(&list, NULL);
	assert_string_equal(track_list_text(&list), "");
	track_list_set(&list, &cpus);
	assert_ptr_equal(track_list_text(&list), first);
	free(list.longer);
}

/* Two rows with one key in one sample have a track each. */
static void equal_rows_have_tracks_of_their_own(void **state)
{
	static const char *const text[] = {
		HEAD "LOC: 1 0 name\nLOC: 5 0 name\n",
		HEAD "LOC: 2 0 name\nLOC: 9 0 name\n",
	};
	struct monitor monitor;
	struct texts texts;

	(void)state;
	monitor_start(&monitor, &texts, text, 2);
	monitor_step(&monitor);
	monitor_step(&monitor);
	assert_true(tracks_of_row(&monitor.tracks[0], 0) != tracks_of_row(&monitor.tracks[0], 1));
	assert_float_equal(tracks_of_row(&monitor.tracks[0], 0)->max_hz, 1, 0.001);
	assert_float_equal(tracks_of_row(&monitor.tracks[0], 1)->max_hz, 4, 0.001);
	monitor_free(&monitor);
}

/* After a pause the next sample is the first, but history goes on. */
static void a_restart_has_no_rate(void **state)
{
	struct monitor monitor;
	struct texts texts;
	const struct track *track;

	(void)state;
	monitor_start(&monitor, &texts, three, 4);
	monitor_step(&monitor);
	monitor_step(&monitor);
	monitor_restart(&monitor);
	monitor_step(&monitor);
	track = tracks_of_row(&monitor.tracks[0], 0);
	assert_true(monitor.seconds == 0);
	assert_int_equal(monitor.diff[0].row[0].state, IRQTABLE_FIRST);
	assert_true(track_history(track, 0) < 0);
	assert_true(track_history(track, 1) == 1);
	monitor_free(&monitor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracks_follow_rows),
		cmocka_unit_test(history_is_kept_when_wanted),
		cmocka_unit_test(lists_of_cpus),
		cmocka_unit_test(equal_rows_have_tracks_of_their_own),
		cmocka_unit_test(a_restart_has_no_rate),
	};

	return cmocka_run_group_tests_name("irqtop_track", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's parts between the tables and the output. */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ncurses.h>

#include "irqtop/screen/affinity.h"
#include "irqtop/view/alert.h"
#include "irqtop/sample/axis.h"
#include "irqtop/screen/canvas.h"
#include "irqtop/screen/edit.h"
#include "irqtop/view/filter.h"
#include "irqtop/view/format.h"
#include "irqtop/screen/layout.h"
#include "irqtop/sample/monitor.h"
#include "base/outbuf.h"
#include "irqtop/screen/pen.h"
#include "irqtop/view/view.h"

#define HEAD   "           CPU0       CPU1       \n"
#define SECOND UINT64_C(1000000000)

/* A source of texts, one second apart. */
struct texts {
	struct sampler sampler;
	const char *const *text;
	unsigned int n;
};

static int texts_read(struct sampler *sampler, struct sample *sample)
{
	struct texts *texts = (struct texts *)sampler;
	const char *text = sampler->next < texts->n ? texts->text[sampler->next] : NULL;
	int err;

	if (!text)
		return -ENODATA;
	err = irqtable_parse(&sample->table[0], text, strlen(text));
	sample->have[0] = true;
	sample->time_ns = ++sampler->next * SECOND;
	sample->table[0].time_ns = sample->time_ns;
	return err;
}

static void texts_close(struct sampler *sampler)
{
	(void)sampler;
}

static const struct sampler_ops texts_ops = { .read = texts_read, .close = texts_close };

static void start(struct monitor *monitor, struct texts *texts, const char *const *text,
		  unsigned int n)
{
	memset(monitor, 0, sizeof(*monitor));
	*texts = (struct texts){ { .ops = &texts_ops, .root = -1 }, text, n };
	monitor->sampler = &texts->sampler;
}

static struct view_settings settings(void)
{
	return (struct view_settings){ .sort = FIELD_RATE };
}

static void labels(char *buf, size_t size, const struct view *view)
{
	size_t len = 0;
	uint32_t i;

	buf[0] = '\0';
	for (i = 0; i < view->nrows; i++)
		len += (size_t)snprintf(buf + len, size - len, "%.*s ",
					(int)view->row[i].data->label_len,
					view->row[i].text + view->row[i].data->label);
}

static const char *const three[] = {
	HEAD " 24: 10 0 IO-APIC 1-edge a\n 25: 10 0 IO-APIC 2-edge b\n 26: 10 0 IO-APIC 3-edge c\n",
	HEAD " 24: 11 0 IO-APIC 1-edge a\n 25: 15 0 IO-APIC 2-edge b\n 26: 13 0 IO-APIC 3-edge c\n",
	HEAD
	" 24: 99 0 IO-APIC 1-edge a\n 26: 13 0 IO-APIC 3-edge c\n 27: 500 0 IO-APIC 4-edge d\n",
	HEAD
	" 24: 99 0 IO-APIC 1-edge a\n 25: 1 0 IO-APIC 2-edge b\n 26: 13 0 IO-APIC 3-edge c\n 27: 600 0 IO-APIC 4-edge d\n",
};

static void test_sorting(void **state)
{
	struct view_settings how = settings();
	struct filter filter = { .node = -1 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	char got[64];

	(void)state;
	start(&monitor, &texts, three, 4);
	assert_int_equal(monitor_step(&monitor), 0);
	assert_int_equal(view_build(&view, &monitor, &how, &filter), 0);
	assert_true(view.row[0].rate_hz < 0); /* blank, not zero */
	monitor_step(&monitor);
	view_build(&view, &monitor, &how, &filter);
	labels(got, sizeof(got), &view);
	assert_string_equal(got, "25 26 24 ");
	assert_true(view.row[0].rate_hz == 5);
	assert_true(view.row[0].share > 0.55 && view.row[0].share < 0.56);
	how.reverse = true;
	view_build(&view, &monitor, &how, &filter);
	labels(got, sizeof(got), &view);
	assert_string_equal(got, "24 26 25 ");
	how.frozen = true;
	monitor_step(&monitor);
	view_build(&view, &monitor, &how, &filter);
	labels(got, sizeof(got), &view);
	assert_string_equal(got, "24 26 27 "); /* the order stays, new ones last */
	how.frozen = how.reverse = false;
	how.sort = FIELD_NAME;
	monitor_step(&monitor);
	view_build(&view, &monitor, &how, &filter);
	labels(got, sizeof(got), &view);
	assert_string_equal(got, "24 25 26 27 ");
	assert_int_equal(monitor_step(&monitor), -ENODATA);
	view_free(&view);
	monitor_free(&monitor);
}

static void test_tracks_follow_rows(void **state)
{
	struct view_settings how = settings();
	struct filter filter = { .node = -1 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	const struct track *track;

	(void)state;
	how.sort = FIELD_IRQ;
	start(&monitor, &texts, three, 4);
	monitor_step(&monitor);
	monitor_step(&monitor);
	monitor_step(&monitor);
	view_build(&view, &monitor, &how, &filter);
	track = view.row[0].track;
	assert_int_equal(track->history_len, 2);
	assert_true(track->max_hz == 88);
	assert_true(track_history(track, 0) == 88);
	assert_true(track_history(track, 1) == 1);
	assert_true(track_history(track, 2) < 0);
	monitor_step(&monitor);
	view_build(&view, &monitor, &how, &filter);
	/* 25 went and came back: it starts anew, in the room 25 had. */
	assert_int_equal(view.row[1].track->seen, 1);
	assert_int_equal(view.row[1].track->history_len, 0);
	assert_int_equal(monitor.tracks[0].count, 4);
	view_free(&view);
	monitor_free(&monitor);
}

static void test_filters(void **state)
{
	static const struct {
		const char *filter, *want;
	} cases[] = {
		{ "", "24 25 26 " },
		{ "a", "24 25 26 " },
		{ "2-EDGE", "25 " },
		{ "/^2[45].*edge/", "24 25 " },
		{ "/ a$|c$/ io", "24 26 " },
		{ "active", "24 25 26 " },
		{ "cpu:1", "" },
		{ "cpu:0 25", "25 " },
	};
	static const char *const bad[] = { "/(/", "cpu:x", "node:x", "a b c d e f g h i" };
	struct view_settings how = settings();
	struct filter filter = { .node = -1 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	char got[64];
	struct why why;
	size_t i;

	(void)state;
	how.sort = FIELD_IRQ;
	start(&monitor, &texts, three, 4);
	monitor_step(&monitor);
	monitor_step(&monitor);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(filter_parse(&filter, cases[i].filter, &why), 0);
		monitor.only = filter.by_cpu ? &filter.cpus : NULL;
		monitor_recount(&monitor);
		view_build(&view, &monitor, &how, &filter);
		labels(got, sizeof(got), &view);
		assert_string_equal(got, cases[i].want);
		filter_free(&filter);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_true(filter_parse(&filter, bad[i], &why) < 0);
		assert_true(why.text[0]);
		assert_int_equal(filter.nterms, 0);
	}
	view_free(&view);
	monitor_free(&monitor);
}

static void fired(void *context, const struct alert *alert, const struct view_row *row,
		  double value)
{
	(void)alert;
	(void)row;
	(void)value;
	++*(int *)context;
}

static void test_alerts(void **state)
{
	static const char *const bad[] = { "rate", "rate>",	   "name>1",	 "rate>1 for",
					   "x>1",  "rate>1 for 0", "rate>1 and", ":rate>>1" };
	struct view_settings how = settings();
	struct filter filter = { .node = -1 };
	struct alerts alerts = { 0 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	struct why why;
	int count = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(alerts_add(&alerts, bad[i], &why) < 0);
	assert_int_equal(alerts_add(&alerts, "24:rate >= 1 for 2", &why), 0);
	start(&monitor, &texts, three, 4);
	for (i = 0; i < 4; i++) {
		monitor_step(&monitor);
		view_build(&view, &monitor, &how, &filter);
		alerts_check(&alerts, &view, fired, &count);
		/* unknown, 1/s, 88/s, 0/s */
		assert_int_equal(count, i >= 2);
	}
	assert_true(alerts.fired);
	view_free(&view);
	monitor_free(&monitor);
}

static void test_numbers(void **state)
{
	static const struct {
		double value;
		unsigned int width;
		const char *want;
	} n[] = {
		{ 0, 7, "0" },		{ 1234567, 7, "1234567" }, { 12345678, 7, "12.35M" },
		{ 999999, 5, "1.00M" }, { 1e15, 6, "1.00P" },	   { 4294967295.0, 6, "4.29G" },
	};
	static const struct {
		uint64_t ns;
		const char *want;
	} t[] = {
		{ 0, "0ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 12345, "12.3us" },
		{ 999949, "1.00ms" },
		{ 1500000, "1.50ms" },
		{ 20000000000, "20.0s" },
	};
	struct outbuf out = { 0 };
	char buf[FORMAT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		format_number(buf, n[i].value, n[i].width);
		assert_string_equal(buf, n[i].want);
		assert_true(strlen(buf) <= n[i].width);
	}
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		format_duration(buf, t[i].ns);
		assert_string_equal(buf, t[i].want);
		assert_true(strlen(buf) <= 6);
	}
	outbuf_real(&out, 1.5, 6);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 0.000001, 6);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 2, 3);
	outbuf_char(&out, ' ');
	outbuf_real(&out, 0.0 / 0.0, 3);
	assert_memory_equal(out.data, "1.5 0.000001 2 0", out.len);
	outbuf_free(&out);
}

static void test_groups(void **state)
{
	struct irqtable table = { 0 };
	struct axis axis = { 0 };
	unsigned int c;

	(void)state;
	irqtable_begin(&table);
	for (c = 0; c < 1024; c++)
		if (c != 7)
			irqtable_add_column(&table, c);
	assert_int_equal(axis_update(&axis, &table, NULL, AXIS_AUTO, 16), 1);
	assert_int_equal(axis.mode, AXIS_RANGE);
	assert_true(axis.ngroups <= 16);
	assert_int_equal(axis.ncpus, 1023);
	assert_int_equal(axis.group_of[7], IRQTABLE_NONE);
	assert_int_equal(axis_update(&axis, &table, NULL, AXIS_AUTO, 16), 0);
	assert_int_equal(axis_update(&axis, &table, NULL, AXIS_CPU, 16), 1);
	assert_int_equal(axis.ngroups, 1023);
	assert_int_equal(axis.group[7].first, 8);
	axis_free(&axis);
	irqtable_free(&table);
}

static void test_layout_fits(void **state)
{
	struct options options = { 0 };
	struct layout layout;
	unsigned int width, height, i;

	(void)state;
	for (width = 20; width < 300; width++) {
		options.wide = width & 2;
		for (height = 5; height < 60; height += 5) {
			layout_make(&layout, &options, width, height, width % 70 + 1,
				    width & 1 ? NEED_TIME | NEED_READS : 0);
			assert_true(layout.list_y + layout.list_height <= height);
			for (i = 0; i < layout.ncolumns; i++)
				assert_true(layout.column[i].x + layout.column[i].width <= width);
			for (i = 1; i < layout.ncolumns; i++)
				assert_true(layout.column[i].x >
					    layout.column[i - 1].x + layout.column[i - 1].width -
						    1);
		}
	}
}

static bool has_column(const struct layout *layout, enum field_id id)
{
	unsigned int i;

	for (i = 0; i < layout->ncolumns; i++)
		if (layout->column[i].id == id)
			return true;
	return false;
}

/* The strip over the whole width: all CPUs of a big machine in ranges of a few. */
static void test_layout_wide(void **state)
{
	struct options options = { .wide = true };
	struct layout layout;

	(void)state;
	layout_make(&layout, &options, 200, 50, 512, NEED_TIME);
	assert_int_equal(layout.ncolumns, 4);
	assert_int_equal(layout.column[2].id, FIELD_STRIP);
	assert_true(layout.column[2].width >= 128);
	assert_int_equal(layout.column[3].x + layout.column[3].width, 200);
	layout_make(&layout, &options, 40, 10, 512, 0);
	assert_true(layout.column[2].width >= 8);
	/* Few CPUs leave the rest to the names. */
	layout_make(&layout, &options, 80, 24, 2, 0);
	assert_int_equal(layout.column[2].width, 4);
	assert_true(layout.column[3].width > 40);
}

/* Who turns tracing on wants to see it, on a small screen too. */
static void test_layout_shows_latency(void **state)
{
	struct options options = { 0 };
	struct layout layout;

	(void)state;
	layout_make(&layout, &options, 80, 24, 2, 0);
	assert_false(has_column(&layout, FIELD_TASK_P99));
	assert_false(has_column(&layout, FIELD_READ_P99));
	layout_make(&layout, &options, 80, 24, 2, NEED_TIME);
	assert_true(has_column(&layout, FIELD_HANDLER_SHARE));
	assert_true(has_column(&layout, FIELD_TASK_P50));
	assert_true(has_column(&layout, FIELD_TASK_P99));
	assert_false(has_column(&layout, FIELD_READ_P99));
	layout_make(&layout, &options, 80, 24, 2, NEED_TIME | NEED_READS);
	assert_true(has_column(&layout, FIELD_READ_P50));
	assert_true(has_column(&layout, FIELD_READ_P99));
}

/* Lists longer than a track's own room, and tracks that get another row. */
static void test_lists_of_cpus(void **state)
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

/* Rows that come and go, with histories or without. */
static void test_history_is_kept_when_wanted(void **state)
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
		start(&monitor, &texts, text, 4);
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

static void line_of(const struct canvas *canvas, unsigned int y, char *buf)
{
	unsigned int x;

	for (x = 0; x < canvas->width; x++)
		buf[x] = (char)canvas->cell[y * canvas->width + x].point;
	while (x && buf[x - 1] == ' ')
		x--;
	buf[x] = '\0';
}

static void test_facts_are_whole(void **state)
{
	static const char *const want[] = {
		"name  0,2,4,", "      10-12,",	  "      777", "two   RATE 1",
		"      MAX 22", "long  abcdefgh", "      ij",  "",
	};
	struct canvas canvas = { .ascii = true };
	struct pen pen = { .canvas = &canvas, .bottom = 8, .label = 6 };
	uint32_t top = 99;
	char line[32];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(canvas_reset(&canvas, 14, 8), 0);
		pen_fact_text(&pen, "name", "0,2,4,10-12,777");
		pen_fact_text(&pen, "two", "RATE 1  MAX 22");
		pen_fact_text(&pen, "none", "");
		pen_fact_text(&pen, "long", "abcdefghij");
		/* The second time it is measured first, and fits. */
		pen.skip = 0;
		if (!i) {
			assert_int_equal(pen.done, 7);
			pen_scroll(&pen, &top);
			assert_int_equal(top, 0);
		}
	}
	for (i = 0; i < 8; i++) {
		line_of(&canvas, i, line);
		assert_string_equal(line, want[i]);
	}
	pen.bottom = 3;
	top = 99;
	pen_scroll(&pen, &top);
	assert_int_equal(top, 4);
	canvas_free(&canvas);
}

static void test_refused_affinities(void **state)
{
	const char *unmovable = affinity_why(-EIO, true);

	(void)state;
	assert_non_null(strstr(unmovable, "managed"));
	/* Newer kernels say EPERM to root, and mean the same. */
	assert_string_equal(affinity_why(-EPERM, true), unmovable);
	assert_string_equal(affinity_why(-EPERM, false), "only root may");
	assert_string_equal(affinity_why(-EACCES, false), "only root may");
	assert_non_null(strstr(affinity_why(-EINVAL, true), "online"));
	assert_non_null(strstr(affinity_why(-EOVERFLOW, true), "no such CPU"));
	assert_non_null(strstr(affinity_why(-ERANGE, true), "no such CPU"));
	assert_non_null(strstr(affinity_why(-ENOSPC, true), "vector"));
	assert_non_null(strstr(affinity_why(-EROFS, true), "read-only"));
	assert_non_null(strstr(affinity_why(-ENOENT, true), "gone"));
	assert_string_equal(affinity_why(-ENOTSUP, true), "refused");
}

static void test_canvas_cleans(void **state)
{
	struct canvas canvas = { .ascii = false };
	unsigned int i;

	(void)state;
	assert_int_equal(canvas_reset(&canvas, 6, 2), 0);
	canvas_text(&canvas, 0, 0, 6, PLAIN, "a\033[1mbcdefgh", 11);
	assert_int_equal(canvas.cell[1].point, '?');
	assert_int_equal(canvas.cell[5].point, 0x2026);
	canvas_text(&canvas, 4, 1, 100, PLAIN, "\xff\xfe\xfd", 3);
	for (i = 0; i < 12; i++)
		assert_true(canvas.cell[i].point >= ' ');
	canvas_put(&canvas, 6, 0, 'x', PLAIN); /* outside: nothing happens */
	canvas_put(&canvas, 0, 2, 'x', PLAIN);
	canvas_free(&canvas);
}

/* What a line has become, with "|" where the cursor is. */
static const char *edited(const struct edit *edit)
{
	static char text[sizeof(edit->text) + 1];

	snprintf(text, sizeof(text), "%.*s|%s", (int)edit->cursor, edit->text,
		 edit->text + edit->cursor);
	assert_int_equal(edit->len, strlen(edit->text));
	return text;
}

static void type(struct edit *edit, const int *codes)
{
	for (; *codes; codes++)
		edit_key(edit, *codes);
}

#define TYPE(edit, ...) type((edit), (const int[]){ __VA_ARGS__, 0 })

static void test_lines_are_edited(void **state)
{
	struct edit edit;
	size_t i;

	(void)state;
	edit_start(&edit, "0-3,8");
	assert_string_equal(edited(&edit), "0-3,8|");
	TYPE(&edit, KEY_LEFT, KEY_LEFT, 127, '7', '\t', 0x100 + 'x');
	assert_string_equal(edited(&edit), "0-7|,8");
	TYPE(&edit, KEY_HOME, KEY_LEFT, KEY_BACKSPACE, KEY_DC, '1');
	assert_string_equal(edited(&edit), "1|-7,8");
	TYPE(&edit, KEY_END, KEY_RIGHT, KEY_DC, ' ', 'a', 'b', ' ', 'W' & 0x1f);
	assert_string_equal(edited(&edit), "1-7,8 |");
	TYPE(&edit, KEY_LEFT, KEY_LEFT, 'K' & 0x1f);
	assert_string_equal(edited(&edit), "1-7,|");
	TYPE(&edit, KEY_LEFT, 'U' & 0x1f);
	assert_string_equal(edited(&edit), "|,");
	for (i = 0; i < 2 * sizeof(edit.text); i++)
		edit_key(&edit, '9');
	assert_int_equal(edit.len, sizeof(edit.text) - 1);
	assert_int_equal(edit.cursor, sizeof(edit.text) - 2);
}

static void test_the_cursor_is_seen(void **state)
{
	struct edit edit;

	(void)state;
	edit_start(&edit, "0123456789");
	assert_int_equal(edit_from(&edit, 11), 0);
	assert_int_equal(edit_from(&edit, 5), 6);
	for (; edit.cursor; edit_key(&edit, KEY_LEFT)) {
		assert_true(edit_from(&edit, 5) <= edit.cursor);
		assert_true(edit.cursor - edit_from(&edit, 5) < 5);
	}
	assert_int_equal(edit_from(&edit, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorting),
		cmocka_unit_test(test_tracks_follow_rows),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_layout_fits),
		cmocka_unit_test(test_layout_wide),
		cmocka_unit_test(test_layout_shows_latency),
		cmocka_unit_test(test_lists_of_cpus),
		cmocka_unit_test(test_history_is_kept_when_wanted),
		cmocka_unit_test(test_facts_are_whole),
		cmocka_unit_test(test_refused_affinities),
		cmocka_unit_test(test_canvas_cleans),
		cmocka_unit_test(test_lines_are_edited),
		cmocka_unit_test(test_the_cursor_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

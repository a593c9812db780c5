// SPDX-License-Identifier: GPL-2.0-or-later
/* Which columns irqtop shows on a screen, and where. */
#include "unit.h"

#include "irqtop/screen/layout.h"

#define TRACED (NEED_TIME | NEED_READS)

static void laid_out(struct layout *layout, const struct options *options, unsigned int width,
		     unsigned int height, uint32_t groups, unsigned int have, unsigned int extra)
{
	layout_make(layout, options,
		    &(struct layout_room){ .width = width,
					   .height = height,
					   .groups = groups,
					   .rows = OF_ROWS,
					   .have = have | NEED_SYSTEM,
					   .extra = extra });
}

static bool has_column(const struct layout *layout, enum field_id id)
{
	unsigned int i;

	for (i = 0; i < layout->ncolumns; i++)
		if (layout->column[i].id == id)
			return true;
	return false;
}

/* On any screen, columns and rows are inside it and do not overlap. */
static void everything_fits(void **state)
{
	static struct options options;
	struct layout layout;
	unsigned int width, height, i;

	(void)state;
	for (width = 20; width < 300; width++) {
		options.wide = width & 2;
		for (height = 5; height < 60; height += 5) {
			laid_out(&layout, &options, width, height, width % 70 + 1,
				 width & 1 ? TRACED : 0, height / 5 % 4);
			assert_true(layout.list_y > layout.title_y);
			assert_true(layout.list_height > 0);
			assert_true(!layout.fold_y || layout.fold_y < height - 1);
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

/* Without a system to read, columns that would be empty make room for others. */
static void a_recording_has_no_columns_of_the_system(void **state)
{
	static struct options options;
	struct layout_room room = { .width = 300, .height = 24, .groups = 4, .rows = OF_ROWS };
	struct layout layout;

	(void)state;
	layout_make(&layout, &options, &room);
	assert_int_equal(layout.needs & NEED_SYSTEM, 0);
	assert_true(has_column(&layout, FIELD_TRIGGER));
	room.have = NEED_SYSTEM;
	layout_make(&layout, &options, &room);
	assert_true(has_column(&layout, FIELD_AFFINITY));
	assert_true(has_column(&layout, FIELD_NODE));
	room.rows = OF_CPUS;
	room.have = NEED_NODE;
	layout_make(&layout, &options, &room);
	assert_true(has_column(&layout, FIELD_NODE));
	assert_false(has_column(&layout, FIELD_MARKS));
	/* What is named is there. */
	options.column[options.ncolumns++] = FIELD_AFFINITY;
	room.rows = OF_ROWS;
	room.have = 0;
	layout_make(&layout, &options, &room);
	assert_true(has_column(&layout, FIELD_AFFINITY));
	memset(&options, 0, sizeof(options));
}

/* A wider screen has all columns of a narrower one. */
static void columns_come_by_rank(void **state)
{
	static struct options options;
	struct layout narrow, wide;
	unsigned int width, i;

	(void)state;
	laid_out(&narrow, &options, 20, 24, 4, 0, 0);
	for (width = 21; width < 250; width++) {
		laid_out(&wide, &options, width, 24, 4, 0, 0);
		/* The name gets more room at 60, and the strip with the width. */
		if (width != 60 && wide.strip == narrow.strip)
			for (i = 0; i < narrow.ncolumns; i++)
				assert_true(has_column(&wide, narrow.column[i].id));
		for (i = 1; i < wide.ncolumns; i++)
			assert_true(wide.column[i].id > wide.column[i - 1].id);
		narrow = wide;
	}
	assert_false(has_column(&wide, FIELD_TABLE)); /* never by itself */
	laid_out(&narrow, &options, 20, 24, 4, 0, 0);
	assert_true(has_column(&narrow, FIELD_IRQ));
	assert_true(has_column(&narrow, FIELD_RATE));
}

static void named_columns_are_shown_in_their_order(void **state)
{
	static struct options options = {
		.column = { FIELD_NAME, FIELD_SPURIOUS, FIELD_IRQ, FIELD_TABLE },
		.ncolumns = 4,
	};
	struct layout layout;

	(void)state;
	laid_out(&layout, &options, 100, 24, 4, 0, 0);
	assert_int_equal(layout.ncolumns, 4);
	assert_int_equal(layout.column[0].id, FIELD_NAME);
	assert_int_equal(layout.column[3].id, FIELD_TABLE);
	assert_int_equal(layout.needs, NEED_SPURIOUS);
	laid_out(&layout, &options, 30, 24, 4, 0, 0);
	assert_int_equal(layout.ncolumns, 3); /* as many as fit */
}

/* The strip over the whole width: all CPUs of a big machine in ranges of a few. */
static void the_strip_may_be_wide(void **state)
{
	static struct options options = { .wide = true };
	struct layout layout;

	(void)state;
	laid_out(&layout, &options, 200, 50, 512, NEED_TIME, 0);
	assert_int_equal(layout.ncolumns, 4);
	assert_int_equal(layout.column[2].id, FIELD_STRIP);
	assert_true(layout.column[2].width >= 128);
	assert_int_equal(layout.column[3].x + layout.column[3].width, 200);
	laid_out(&layout, &options, 40, 10, 512, 0, 0);
	assert_true(layout.column[2].width >= 8);
	/* Few CPUs leave the rest to the names. */
	laid_out(&layout, &options, 80, 24, 2, 0, 0);
	assert_int_equal(layout.column[2].width, 4);
	assert_true(layout.column[3].width > 40);
}

/* A user who turns tracing on sees its columns, on a small screen too. */
static void traced_columns_are_shown(void **state)
{
	static struct options options;
	struct layout layout;

	(void)state;
	laid_out(&layout, &options, 80, 24, 2, 0, 0);
	assert_false(has_column(&layout, FIELD_TASK_P99));
	assert_false(has_column(&layout, FIELD_READ_P99));
	laid_out(&layout, &options, 80, 24, 2, NEED_TIME, 0);
	assert_true(has_column(&layout, FIELD_HANDLER_SHARE));
	assert_true(has_column(&layout, FIELD_TASK_P50));
	assert_true(has_column(&layout, FIELD_TASK_P99));
	assert_false(has_column(&layout, FIELD_READ_P99));
	assert_true(layout.needs & NEED_TIME);
	laid_out(&layout, &options, 80, 24, 2, TRACED, 0);
	assert_true(has_column(&layout, FIELD_READ_P50));
	assert_true(has_column(&layout, FIELD_READ_P99));
}

static void a_low_screen_has_a_low_header(void **state)
{
	static struct options options;
	struct layout layout;

	(void)state;
	laid_out(&layout, &options, 80, 12, 2, 0, 0);
	assert_int_equal(layout.title_y, 3);
	assert_int_equal(layout.list_height, 7);
	laid_out(&layout, &options, 80, 11, 2, 0, 0);
	assert_int_equal(layout.title_y, 1);
	assert_int_equal(layout.list_height, 8);
	laid_out(&layout, &options, 80, 2, 2, 0, 0);
	assert_int_equal(layout.list_height, 1);
}

static void a_place_belongs_to_a_column(void **state)
{
	static struct options options = { .column = { FIELD_IRQ, FIELD_RATE }, .ncolumns = 2 };
	struct layout layout;

	(void)state;
	laid_out(&layout, &options, 80, 24, 2, 0, 0);
	assert_int_equal(layout_at(&layout, 0)->id, FIELD_IRQ);
	assert_int_equal(layout_at(&layout, fields[FIELD_IRQ].width - 1)->id, FIELD_IRQ);
	assert_null(layout_at(&layout, fields[FIELD_IRQ].width)); /* the blank between */
	assert_int_equal(layout_at(&layout, fields[FIELD_IRQ].width + 1)->id, FIELD_RATE);
	assert_null(layout_at(&layout, 79));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_fits),
		cmocka_unit_test(a_recording_has_no_columns_of_the_system),
		cmocka_unit_test(columns_come_by_rank),
		cmocka_unit_test(named_columns_are_shown_in_their_order),
		cmocka_unit_test(the_strip_may_be_wide),
		cmocka_unit_test(traced_columns_are_shown),
		cmocka_unit_test(a_low_screen_has_a_low_header),
		cmocka_unit_test(a_place_belongs_to_a_column),
	};

	return cmocka_run_group_tests_name("irqtop_layout", tests, NULL, NULL);
}

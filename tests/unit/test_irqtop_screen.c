// SPDX-License-Identifier: GPL-2.0-or-later
/* Parts of irqtop's screen: text on a canvas, edited text, levels, reasons. */
#include <errno.h>
#include <ncurses.h>

#include "unit.h"

#include "irqtop/session/affinity.h"
#include "irqtop/screen/canvas.h"
#include "irqtop/screen/edit.h"
#include "irqtop/screen/keys.h"
#include "irqtop/screen/pen.h"
#include "irqtop/screen/picture.h"

static void text_at(const struct canvas *canvas, unsigned int y, char *buf)
{
	unsigned int x;

	for (x = 0; x < canvas->width; x++)
		buf[x] = (char)canvas->cell[y * canvas->width + x].point;
	while (x && buf[x - 1] == ' ')
		x--;
	buf[x] = '\0';
}

static void facts_are_whole(void **state)
{
	static const char *const want[] = {
		"name  0,2,4,", "      10-12,",	  "      777", "two   RATE 1",
		"      MAX 22", "long  abcdefgh", "      ij",  "",
	};
	struct canvas canvas = { .ascii = true };
	struct pen pen = { .canvas = &canvas, .bottom = 8, .label = 6 };
	uint32_t top = 99;
	char text[32];
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
		text_at(&canvas, i, text);
		assert_string_equal(text, want[i]);
	}
	pen.bottom = 3;
	top = 99;
	pen_scroll(&pen, &top);
	assert_int_equal(top, 4);
	canvas_free(&canvas);
}

static void texts_break_where_they_may(void **state)
{
	static const struct {
		const char *text;
		unsigned int width;
		size_t want;
	} cases[] = {
		{ "", 5, 0 },
		{ "abc", 5, 3 },
		{ "abcde", 5, 5 },
		{ "abcdef", 5, 5 },		      /* nowhere: cut */
		{ "ab cd ef", 5, 5 },		      /* before a blank */
		{ "ab cdef", 5, 3 },		      /* behind a blank */
		{ "1,2,3,4", 4, 4 },		      /* behind a comma */
		{ "a b  cd e f", 8, 5 },	      /* two blanks first */
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 2, 4 }, /* characters, not bytes */
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++)
		assert_int_equal(pen_break(cases[i].text, strlen(cases[i].text), cases[i].width),
				 cases[i].want);
}

static void refused_affinities_have_a_reason(void **state)
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

static void untrusted_text_is_cleaned(void **state)
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

/* The text, with "|" where the cursor is. */
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

static void text_is_edited(void **state)
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

static void the_cursor_is_visible(void **state)
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

static void levels_have_steps(void **state)
{
	unsigned int level;

	(void)state;
	assert_int_equal(picture_level(-1), 0);
	assert_int_equal(picture_level(0), 0);
	assert_int_equal(picture_level(0.001), 1);
	for (level = 2; level <= HEAT_LEVELS; level++) {
		assert_int_equal(picture_level(picture_step_hz(level) - 0.001), level - 1);
		assert_int_equal(picture_level(picture_step_hz(level)), level);
	}
	assert_int_equal(picture_level(1e12), HEAT_LEVELS);
}

/* Rates in the ratio 1 to 3 look different, wherever they are. */
static void heights_show_a_ratio(void **state)
{
	(void)state;
	assert_int_equal(picture_height(0, 100), 0);
	assert_int_equal(picture_height(100, 100), HEAT_LEVELS);
	assert_int_equal(picture_height(101, 999), 1);
	assert_int_equal(picture_height(333, 999), 3);
	assert_int_equal(picture_height(0.1, 100000), 1); /* something is not nothing */
	assert_int_equal(picture_height(5, 0), 0);
}

/* What does not fit is left out in the middle. */
static void names_keep_both_ends(void **state)
{
	struct canvas canvas = { .ascii = true };
	char text[32];

	(void)state;
	assert_int_equal(canvas_reset(&canvas, 20, 4), 0);
	canvas_text_ends(&canvas, 0, 0, 20, PLAIN, "mlx5_comp0@pci:0000:3b:00.1", 27);
	text_at(&canvas, 0, text);
	assert_string_equal(text, "mlx5_comp0~0:3b:00.1");
	canvas_text_ends(&canvas, 0, 1, 20, PLAIN, "twenty characters ok", 20);
	text_at(&canvas, 1, text);
	assert_string_equal(text, "twenty characters ok");
	canvas_text_ends(&canvas, 16, 2, 20, PLAIN, "abcdefgh", 8);
	text_at(&canvas, 2, text);
	assert_string_equal(text, "                abc~");
	/* Characters, not bytes. */
	assert_int_equal(canvas_text_ends(&canvas, 0, 3, 5, PLAIN,
					  "a\xc3\xb6xyz\xc3\xbc"
					  "b",
					  9),
			 5);
	text_at(&canvas, 3, text);
	assert_string_equal(text, "a?~?b");
	canvas_free(&canvas);
}

static void keys_mean_one_action(void **state)
{
	(void)state;
	assert_int_equal(key_action('q'), ACT_LEAVE);
	assert_int_equal(key_action(KEY_F(10)), ACT_QUIT);
	assert_int_equal(key_action(CTRL('L')), ACT_REDRAW);
	assert_int_equal(key_action('l'), ACT_NONE);
	assert_int_equal(key_action(KEY_ESCAPE), ACT_BACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_whole),
		cmocka_unit_test(texts_break_where_they_may),
		cmocka_unit_test(refused_affinities_have_a_reason),
		cmocka_unit_test(untrusted_text_is_cleaned),
		cmocka_unit_test(text_is_edited),
		cmocka_unit_test(the_cursor_is_visible),
		cmocka_unit_test(levels_have_steps),
		cmocka_unit_test(heights_show_a_ratio),
		cmocka_unit_test(names_keep_both_ends),
		cmocka_unit_test(keys_mean_one_action),
	};

	return cmocka_run_group_tests_name("irqtop_screen", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "edit.h"
#include "keys.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>

void edit_start(struct edit *edit, const char *text)
{
	snprintf(edit->text, sizeof(edit->text), "%s", text);
	edit->len = edit->cursor = strlen(edit->text);
}

/* Removes the bytes from `from` up to `to`, and puts the cursor there. */
static void cut(struct edit *edit, size_t from, size_t to)
{
	memmove(edit->text + from, edit->text + to, edit->len - to + 1);
	edit->len -= to - from;
	edit->cursor = from;
}

static void put(struct edit *edit, char c)
{
	char *at = edit->text + edit->cursor;

	if (edit->len + 1 >= sizeof(edit->text))
		return;
	memmove(at + 1, at, edit->len - edit->cursor + 1);
	*at = c;
	edit->len++;
	edit->cursor++;
}

/* The begin of the word before the cursor. */
static size_t word_begin(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at && edit->text[at - 1] == ' ')
		at--;
	while (at && edit->text[at - 1] != ' ')
		at--;
	return at;
}

void edit_key(struct edit *edit, int code)
{
	switch (code) {
	case KEY_LEFT:
	case CTRL('B'):
		edit->cursor -= edit->cursor > 0;
		break;
	case KEY_RIGHT:
	case CTRL('F'):
		edit->cursor += edit->cursor < edit->len;
		break;
	case KEY_HOME:
	case CTRL('A'):
		edit->cursor = 0;
		break;
	case KEY_END:
	case CTRL('E'):
		edit->cursor = edit->len;
		break;
	case KEY_BACKSPACE:
	case 127:
	case CTRL('H'):
		if (edit->cursor)
			cut(edit, edit->cursor - 1, edit->cursor);
		break;
	case KEY_DC:
	case CTRL('D'):
		if (edit->cursor < edit->len)
			cut(edit, edit->cursor, edit->cursor + 1);
		break;
	case CTRL('W'):
		cut(edit, word_begin(edit), edit->cursor);
		break;
	case CTRL('K'):
		cut(edit, edit->cursor, edit->len);
		break;
	case CTRL('U'):
		cut(edit, 0, edit->cursor);
		break;
	default:
		if (code >= ' ' && code < 127)
			put(edit, (char)code);
	}
}

size_t edit_from(const struct edit *edit, size_t width)
{
	/* Show the end, with a column for the cursor, unless the cursor is left of that. */
	size_t from = edit->len + 1 > width ? edit->len + 1 - width : 0;

	return edit->cursor < from ? edit->cursor : from;
}

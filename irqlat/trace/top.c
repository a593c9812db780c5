// SPDX-License-Identifier: GPL-2.0-or-later
#include "top.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"

/* Columns that an arrow key moves the table to the side. */
#define SIDE_STEP 10

/**
 * struct trace_top - the screen
 * @screen: of curses
 * @first: line of the text at the top
 * @left: column of the text at the left
 * @text: last table, @n_lines lines, the longest of @width
 */
struct trace_top {
	SCREEN *screen;
	int first;
	int left;
	int n_lines;
	int width;
	char *text;
};

/**
 * trace_top_open - take the terminal
 *
 * Returns NULL after a message when there is none.
 */
struct trace_top *trace_top_open(void)
{
	struct trace_top *top;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		msg_error("trace top: standard input is no terminal; use trace");
		return NULL;
	}
	top = calloc(1, sizeof(*top));
	if (!top) {
		msg_error("trace top: %s", strerror(errno));
		return NULL;
	}
	top->screen = newterm(NULL, stdout, stdin);
	if (!top->screen) {
		free(top);
		msg_error(
			"trace top: no terminal of this kind is known here: TERM=%s; set it, or use trace",
			getenv("TERM") ? getenv("TERM") : "");
		return NULL;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	mvaddstr(0, 0, "irqlat: waiting for interrupts; q ends");
	refresh();
	return top;
}

/* Give the terminal back until something is drawn; NULL is fine. */
void trace_top_pause(struct trace_top *top)
{
	if (top && !isendwin())
		endwin();
}

/* Give the terminal back; NULL is fine. */
void trace_top_close(struct trace_top *top)
{
	if (!top)
		return;
	trace_top_pause(top);
	delscreen(top->screen);
	free(top->text);
	free(top);
}

static void show(struct trace_top *top)
{
	const char *line = top->text;
	int row = 0;

	erase();
	for (int i = 0; line && *line; i++) {
		const char *end = strchrnul(line, '\n');
		int len = (int)(end - line) - top->left;

		/* The head stays, the rest scrolls. */
		if ((i < 2 || i >= top->first + 2) && row < LINES) {
			if (i == 1)
				attron(A_REVERSE);
			if (len > 0)
				mvaddnstr(row, 0, line + top->left, len < COLS ? len : COLS);
			row++;
			attroff(A_REVERSE);
		}
		line = *end ? end + 1 : end;
	}
	refresh();
}

/* Handle what was typed; returns true to end. */
bool trace_top_key(struct trace_top *top)
{
	int last = top->n_lines - LINES, first = top->first, key;
	int rightmost = top->width - COLS, left = top->left;

	while ((key = getch()) != ERR) {
		switch (key) {
		case 'q':
			return true;
		case KEY_DOWN:
			first++;
			break;
		case KEY_UP:
			first--;
			break;
		case KEY_NPAGE:
			first += LINES - 2;
			break;
		case KEY_PPAGE:
			first -= LINES - 2;
			break;
		case KEY_RIGHT:
			left += SIDE_STEP;
			break;
		case KEY_LEFT:
			left -= SIDE_STEP;
			break;
		case KEY_HOME:
			first = 0;
			left = 0;
			break;
		case KEY_RESIZE:
			show(top);
			break;
		}
	}
	first = first > last ? last : first;
	first = first < 0 ? 0 : first;
	left = left > rightmost ? rightmost : left;
	left = left < 0 ? 0 : left;
	if (first != top->first || left != top->left) {
		top->first = first;
		top->left = left;
		show(top);
	}
	return false;
}

static void measure(struct trace_top *top)
{
	top->n_lines = 0;
	top->width = 0;
	for (const char *line = top->text; *line; top->n_lines++) {
		const char *end = strchrnul(line, '\n');

		if (end - line > top->width)
			top->width = (int)(end - line);
		line = *end ? end + 1 : end;
	}
}

/* Show the whole run so far. */
void trace_top_draw(struct trace_top *top, const struct trace_run *run)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	fprintf(out, "irqlat trace top  %.0f s  %llu chains  q ends, arrows scroll\n",
		(double)(run->ended_ns - run->started_ns) / 1e9,
		(unsigned long long)run->total.samples);
	trace_text_table(run, &run->total, out);
	trace_text_gaps(run, out);
	if (fclose(out)) {
		free(text);
		return;
	}
	free(top->text);
	top->text = text;
	measure(top);
	show(top);
}

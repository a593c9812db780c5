// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace_top.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"

/**
 * struct trace_top - the screen
 * @screen: of curses
 * @first: line of the text at the top
 * @text: last table, @n_lines lines
 */
struct trace_top {
	SCREEN *screen;
	int first;
	int n_lines;
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
		msg_error("trace top: no terminal of this kind is known here: TERM=%s; set it, or use trace",
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
		const char *end = line;

		while (*end && *end != '\n')
			end++;
		/* The head stays, the rest scrolls. */
		if ((i < 2 || i >= top->first + 2) && row < LINES) {
			if (i == 1)
				attron(A_REVERSE);
			mvaddnstr(row++, 0, line, (int)(end - line) < COLS ?
				  (int)(end - line) : COLS);
			attroff(A_REVERSE);
		}
		line = *end ? end + 1 : end;
	}
	refresh();
}

/* Handle what was typed; returns true to end. */
bool trace_top_key(struct trace_top *top)
{
	int last = top->n_lines - LINES, key, first = top->first;

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
		case KEY_HOME:
			first = 0;
			break;
		case KEY_RESIZE:
			show(top);
			break;
		}
	}
	first = first > last ? last : first;
	first = first < 0 ? 0 : first;
	if (first != top->first) {
		top->first = first;
		show(top);
	}
	return false;
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
	top->n_lines = 0;
	for (char *p = text; *p; p++)
		top->n_lines += *p == '\n';
	show(top);
}

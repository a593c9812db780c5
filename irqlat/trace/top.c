// SPDX-License-Identifier: GPL-2.0-or-later
#include "top.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "order.h"

/* Columns that an arrow key moves the table to the side. */
#define SIDE_STEP 10

/**
 * struct trace_top - the screen
 * @screen: of curses
 * @first: number of the row of @text that is below the headings
 * @left: column of @text that is at the left
 * @order: of the rows, from the next table on
 * @fold: one row for each interrupt
 * @run: its table is shown; NULL: none yet
 * @text: last table, @n_rows rows, the longest of @width columns
 */
struct trace_top {
	SCREEN *screen;
	int first;
	int left;
	int n_rows;
	int width;
	enum trace_order order;
	bool fold;
	const struct trace_run *run;
	char *text;
};

/**
 * trace_top_open - take the terminal
 * @why: why it cannot be used
 *
 * Returns NULL on errors, with @why filled.
 */
struct trace_top *trace_top_open(struct why *why)
{
	struct trace_top *top;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		why_set(why, "trace top: standard input is no terminal; use trace");
		return NULL;
	}
	top = calloc(1, sizeof(*top));
	if (!top) {
		why_set(why, "trace top: %s", strerror(errno));
		return NULL;
	}
	top->screen = newterm(NULL, stdout, stdin);
	if (!top->screen) {
		free(top);
		why_set(why,
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

/* Give the terminal back until the next trace_top_draw(). NULL is fine. */
void trace_top_pause(struct trace_top *top)
{
	if (top && !isendwin())
		endwin();
}

/* Give the terminal back. NULL is fine. */
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
	const char *text = top->text;
	int y = 0;

	erase();
	for (int i = 0; text && *text; i++) {
		const char *end = strchrnul(text, '\n');
		int len = (int)(end - text) - top->left;

		/* The title and the headings stay, the other rows scroll. */
		if ((i < 2 || i >= top->first + 2) && y < LINES) {
			if (i == 1)
				attron(A_REVERSE);
			if (len > 0)
				mvaddnstr(y, 0, text + top->left, len < COLS ? len : COLS);
			y++;
			attroff(A_REVERSE);
		}
		text = *end ? end + 1 : end;
	}
	refresh();
}

/* A key that changes the table. Returns whether it is one. */
static bool choose(struct trace_top *top, int key)
{
	switch (key) {
	case 'i':
		top->order = TRACE_ORDER_NUMBER;
		return true;
	case 'w':
		top->order = TRACE_ORDER_WORST;
		return true;
	case 'm':
		top->order = TRACE_ORDER_MOST;
		return true;
	case 'n':
		top->order = TRACE_ORDER_NAME;
		return true;
	case 'f':
		top->fold = !top->fold;
		return true;
	default:
		return false;
	}
}

/* Handle the keys that were pressed. Returns true when one of them ends the run. */
bool trace_top_key(struct trace_top *top)
{
	int last = top->n_rows - LINES, first = top->first, key;
	int rightmost = top->width - COLS, left = top->left;

	while ((key = getch()) != ERR) {
		if (choose(top, key)) {
			top->first = 0;
			if (top->run)
				trace_top_draw(top, top->run);
			return false;
		}
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
	top->n_rows = 0;
	top->width = 0;
	for (const char *text = top->text; *text; top->n_rows++) {
		const char *end = strchrnul(text, '\n');

		if (end - text > top->width)
			top->width = (int)(end - text);
		text = *end ? end + 1 : end;
	}
}

/* The rows in the order that was chosen. Returns 0, or -1 when memory runs out. */
static int print_table(const struct trace_top *top, const struct trace_run *run, FILE *out)
{
	struct trace_config config = *run->config;
	struct trace_run shown = *run;
	struct stats view;
	int err = trace_order_rows(&view, &run->total, top->order, top->fold);

	/* Totals are all that folded rows have. */
	if (top->fold)
		config.filter.stages = 0;
	shown.config = &config;
	if (!err)
		trace_text_table(&shown, &view, out);
	trace_order_free(&view);
	return err;
}

/* Show the table of the whole run so far. @run is kept until trace_top_close(). */
void trace_top_draw(struct trace_top *top, const struct trace_run *run)
{
	char *text = NULL;
	size_t size;
	int err;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	top->run = run;
	fprintf(out,
		"irqlat trace top  %.0f s  %llu chains  by %s%s  q ends, arrows scroll, i number, w worst, m most, n name, f fold\n",
		(double)(run->ended_ns - run->started_ns) / 1e9,
		(unsigned long long)run->total.samples, trace_order_names[top->order],
		top->fold ? ", folded" : "");
	err = print_table(top, run, out);
	trace_text_gaps(run, out);
	if (fclose(out) || err) {
		free(text);
		return;
	}
	free(top->text);
	top->text = text;
	measure(top);
	show(top);
}

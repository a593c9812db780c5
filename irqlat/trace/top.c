// SPDX-License-Identifier: GPL-2.0-or-later
#include "top.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/termsize.h"
#include "order.h"

/* Columns that an arrow key moves the table to the side. */
#define SIDE_STEP 10

/* What the title has before the keys. */
#define TITLE_PARTS 4
#define TITLE_BYTES 48

static const char *const key_hints[] = {
	"q ends", "arrows move", "Enter opens or folds", "f folds all", "i number", "w worst",
	"m most", "n name",
};
#define N_KEY_HINTS (sizeof(key_hints) / sizeof(key_hints[0]))

/**
 * struct top_line - a line of the table
 * @text: not terminated, @len bytes in @table of the screen
 * @has_irq: it is of an interrupt
 * @irq: number of the interrupt
 * @name: of its handler
 */
struct top_line {
	const char *text;
	int len;
	bool has_irq;
	int32_t irq;
	char name[STATS_NAME_BYTES];
};

/**
 * struct trace_top - the screen
 * @screen: of curses
 * @first: number of the line that is below the headings
 * @cursor: number of the line that Enter opens
 * @left: column of the table that is at the left
 * @moved: @cursor stays at its interrupt; else at the first line
 * @at_first: with the next table it goes to the first line of its interrupt
 * @order: of the rows, from the next table on
 * @folds: which interrupts are one row
 * @run: its table is shown; NULL: none yet
 * @title: parts of it, of the last table
 * @table: text of the last table, the longest line of @width columns
 * @lines: those below the headings; @n_lines of them
 */
struct trace_top {
	SCREEN *screen;
	int first;
	int cursor;
	int left;
	bool moved;
	bool at_first;
	int width;
	enum trace_order order;
	struct trace_folds folds;
	const struct trace_run *run;
	char title[TITLE_PARTS][TITLE_BYTES];
	char *table;
	struct top_line headings;
	struct top_line *lines;
	size_t lines_alloc;
	int n_lines;
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
	termsize_forget_environment();
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
	free(top->table);
	free(top->lines);
	free(top);
}

/* --- drawing --------------------------------------------------------------- */

/* One part of the title, in the next row if it has no room in row @y. */
static void show_part(const char *part, int *y, int *x)
{
	int len = (int)strlen(part);

	if (*x && *x + len > COLS) {
		(*y)++;
		*x = 0;
	}
	mvaddnstr(*y, *x, part, COLS - *x);
	*x += len + 2;
}

/* Draw title and keys, in a third of the screen at most. Returns how many rows they have. */
static int show_title(const struct trace_top *top)
{
	int y = 0, x = 0, most = LINES / 3;

	for (size_t i = 0; i < TITLE_PARTS && y <= most; i++)
		show_part(top->title[i], &y, &x);
	for (size_t i = 0; i < N_KEY_HINTS && y <= most; i++)
		show_part(key_hints[i], &y, &x);
	return y < most ? y + 1 : most + 1;
}

static void show_line(const struct trace_top *top, int y, const struct top_line *line, bool reverse)
{
	int len = line->len - top->left;

	if (reverse)
		attron(A_REVERSE);
	move(y, 0);
	clrtoeol();
	if (len > 0)
		addnstr(line->text + top->left, len < COLS ? len : COLS);
	attroff(A_REVERSE);
}

static int limit(int value, int most)
{
	value = value > most ? most : value;
	return value < 0 ? 0 : value;
}

/* Draw everything; the line of the cursor is on the screen. */
static void show(struct trace_top *top)
{
	int y, height;

	erase();
	y = show_title(top);
	height = LINES - y - 1 > 1 ? LINES - y - 1 : 1;
	top->left = limit(top->left, top->width - COLS);
	top->cursor = limit(top->cursor, top->n_lines - 1);
	if (top->first > top->cursor)
		top->first = top->cursor;
	if (top->first < top->cursor - height + 1)
		top->first = top->cursor - height + 1;
	top->first = limit(top->first, top->n_lines - height);
	show_line(top, y++, &top->headings, true);
	for (int i = top->first; i < top->n_lines && y < LINES; i++)
		show_line(top, y++, &top->lines[i], top->moved && i == top->cursor);
	refresh();
}

/* --- the table ------------------------------------------------------------- */

/* The next line of @text, which is behind it then. */
static struct top_line take_line(struct trace_top *top, const char **text)
{
	const char *end = strchrnul(*text, '\n');
	struct top_line line = { .text = *text, .len = (int)(end - *text) };

	if (line.len > top->width)
		top->width = line.len;
	*text = *end ? end + 1 : end;
	return line;
}

/* Lines up to @end are of this row of the table; NULL: of none. */
static int add_lines(struct trace_top *top, const char **text, const char *end,
		     const struct stats_row *row)
{
	while (*text < end) {
		struct top_line line;

		if (array_reserve(&top->lines, &top->lines_alloc, (size_t)top->n_lines + 1,
				  sizeof(*top->lines)))
			return -1;
		line = take_line(top, text);
		if (row) {
			line.has_irq = true;
			line.irq = row->irq;
			memcpy(line.name, row->name, sizeof(line.name));
		}
		top->lines[top->n_lines++] = line;
	}
	return 0;
}

/* Where the text of each row ends: @ends has an element for each. */
static void print_rows(const struct trace_run *run, const struct stats *view, size_t *ends,
		       FILE *out)
{
	struct trace_config config = *run->config;
	struct trace_run totals = *run;
	bool any = false;

	/* Totals are all that folded rows have. */
	config.filter.stages = 0;
	totals.config = &config;
	for (size_t i = 0; i < view->n_rows; i++) {
		bool folded = view->rows[i]->cpu == STATS_ALL_CPUS;

		any |= trace_text_row(folded ? &totals : run, view->rows[i], out);
		ends[i] = (size_t)ftell(out);
	}
	if (!any)
		fputs(TRACE_TEXT_NOTHING, out);
	trace_text_gaps(run, out);
}

/* Print the table and find its lines. Returns 0, or -1 when memory runs out. */
static int make_table(struct trace_top *top, const struct stats *view)
{
	size_t *ends = calloc(view->n_rows + 1, sizeof(*ends)), size;
	char *table = NULL;
	FILE *out = ends ? open_memstream(&table, &size) : NULL;
	const char *text;
	int err;

	if (!out) {
		free(ends);
		return -1;
	}
	trace_text_headings(top->run, out);
	print_rows(top->run, view, ends, out);
	err = fclose(out) ? -1 : 0;
	if (err) {
		free(table);
		free(ends);
		return -1;
	}
	free(top->table);
	top->table = table;
	top->width = 0;
	top->n_lines = 0;
	text = table;
	top->headings = take_line(top, &text);
	for (size_t i = 0; i < view->n_rows && !err; i++)
		err = add_lines(top, &text, table + ends[i], view->rows[i]);
	if (!err)
		err = add_lines(top, &text, table + size, NULL);
	free(ends);
	return err;
}

/**
 * struct top_place - a line of an interrupt that will have other lines
 * @line: of this interrupt
 * @nth: how many lines above are of it, too
 */
struct top_place {
	struct top_line line;
	int nth;
};

static bool is_of(const struct top_line *line, const struct top_line *other)
{
	return line->has_irq && line->irq == other->irq && !strcmp(line->name, other->name);
}

static struct top_place place_of_cursor(const struct trace_top *top)
{
	struct top_place place = { .nth = 0 };

	if (!top->moved || top->cursor >= top->n_lines)
		return place;
	place.line = top->lines[top->cursor];
	for (int i = 0; !top->at_first && i < top->cursor; i++)
		place.nth += is_of(&top->lines[i], &place.line);
	return place;
}

/* Put the cursor there, or on the last line of the interrupt if it has fewer. */
static void move_cursor(struct trace_top *top, const struct top_place *place)
{
	int n = 0;

	for (int i = 0; place->line.has_irq && i < top->n_lines && n <= place->nth; i++) {
		if (!is_of(&top->lines[i], &place->line))
			continue;
		top->cursor = i;
		n++;
	}
	top->at_first = false;
}

/* Show the table of the whole run so far. @run is kept until trace_top_close(). */
void trace_top_draw(struct trace_top *top, const struct trace_run *run)
{
	struct top_place place = place_of_cursor(top);
	struct stats view;

	top->run = run;
	snprintf(top->title[0], TITLE_BYTES, "irqlat trace top");
	snprintf(top->title[1], TITLE_BYTES, "%.0f s",
		 (double)(run->ended_ns - run->started_ns) / 1e9);
	snprintf(top->title[2], TITLE_BYTES, "%llu chains", (unsigned long long)run->total.samples);
	snprintf(top->title[3], TITLE_BYTES, "by %s%s", trace_order_names[top->order],
		 top->folds.all ? ", folded" : "");
	if (trace_order_rows(&view, &run->total, top->order, &top->folds) ||
	    make_table(top, &view)) {
		/* What there is of the table may be cut off; the next one has more luck. */
		trace_order_free(&view);
		return;
	}
	trace_order_free(&view);
	move_cursor(top, &place);
	show(top);
}

/* --- keys ------------------------------------------------------------------ */

/* Open or fold the interrupt under the cursor, which goes to its first line. */
static void open_or_fold(struct trace_top *top)
{
	const struct top_line *line = top->cursor < top->n_lines ? &top->lines[top->cursor] : NULL;

	if (!line || !line->has_irq)
		return;
	trace_folds_one(&top->folds, line->irq, line->name);
	top->moved = true;
	top->at_first = true;
}

/* A key that changes the table. Returns whether it is one. */
static bool choose(struct trace_top *top, int key)
{
	switch (key) {
	case 'i':
		top->order = TRACE_ORDER_NUMBER;
		break;
	case 'w':
		top->order = TRACE_ORDER_WORST;
		break;
	case 'm':
		top->order = TRACE_ORDER_MOST;
		break;
	case 'n':
		top->order = TRACE_ORDER_NAME;
		break;
	case 'f':
		trace_folds_all(&top->folds);
		break;
	case '\n':
	case '\r':
	case KEY_ENTER:
		open_or_fold(top);
		return true;
	default:
		return false;
	}
	top->cursor = 0;
	top->moved = false;
	return true;
}

/* A key that moves. Returns whether it is one. */
static bool go(struct trace_top *top, int key)
{
	int page = LINES - 3 > 1 ? LINES - 3 : 1;

	switch (key) {
	case KEY_DOWN:
		/* The cursor appears where it is. */
		top->cursor += top->moved;
		break;
	case KEY_UP:
		top->cursor--;
		break;
	case KEY_NPAGE:
		top->cursor += page;
		break;
	case KEY_PPAGE:
		top->cursor -= page;
		break;
	case KEY_END:
		top->cursor = top->n_lines - 1;
		break;
	case KEY_HOME:
		top->cursor = 0;
		top->left = 0;
		top->moved = false;
		return true;
	case KEY_RIGHT:
		top->left += SIDE_STEP;
		return true;
	case KEY_LEFT:
		top->left -= SIDE_STEP;
		return true;
	case KEY_RESIZE:
		return true;
	default:
		return false;
	}
	top->cursor = limit(top->cursor, top->n_lines - 1);
	top->moved = true;
	return true;
}

/* Handle the keys that were pressed. Returns true when one of them ends the run. */
bool trace_top_key(struct trace_top *top)
{
	bool moved = false;
	int key;

	while ((key = getch()) != ERR) {
		if (key == 'q')
			return true;
		if (go(top, key))
			moved = true;
		else if (choose(top, key) && top->run)
			/* The keys that follow are about the new table. */
			trace_top_draw(top, top->run);
	}
	if (moved && top->run)
		show(top);
	return false;
}

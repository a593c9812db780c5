// SPDX-License-Identifier: GPL-2.0-or-later
/* ncurses. Other files know its key codes only. */
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/array.h"
#include "base/msg.h"
#include "base/termsize.h"
#include "terminal.h"

#define ESCAPE_DELAY_MS 25

/* Colours of styles: one of 256 for each theme, and one of 8. */
#define COLOUR_DEFAULT (-1) /* none of the 8: an attribute stands for it */

static const struct {
	unsigned int style;
	short dark, light, basic;
} colours[] = {
	{ .style = GOOD, .dark = 77, .light = 28, .basic = COLOR_GREEN },
	{ .style = WARN, .dark = 214, .light = 130, .basic = COLOR_YELLOW },
	{ .style = BAD, .dark = 203, .light = 160, .basic = COLOR_RED },
	{ .style = DIM, .dark = 246, .light = 241, .basic = COLOUR_DEFAULT },
	{ .style = HEAT, .dark = 33, .light = 25, .basic = COLOR_BLUE },
	{ .style = HEAT + 1, .dark = 39, .light = 31, .basic = COLOR_BLUE },
	{ .style = HEAT + 2, .dark = 43, .light = 29, .basic = COLOR_CYAN },
	{ .style = HEAT + 3, .dark = 77, .light = 28, .basic = COLOR_CYAN },
	{ .style = HEAT + 4, .dark = 184, .light = 94, .basic = COLOR_GREEN },
	{ .style = HEAT + 5, .dark = 214, .light = 130, .basic = COLOR_YELLOW },
	{ .style = HEAT + 6, .dark = 208, .light = 166, .basic = COLOR_MAGENTA },
	{ .style = HEAT + 7, .dark = 196, .light = 160, .basic = COLOR_RED },
};

static int colours_wanted(const struct options *options)
{
	const char *no = getenv("NO_COLOR");

	if (options->colour == COLOUR_NEVER || (options->colour == COLOUR_AUTO && no && no[0]) ||
	    !has_colors())
		return 0;
	if (options->colour == COLOUR_8 || COLORS < 256)
		return 8;
	return 256;
}

static void attributes_plain(struct terminal *terminal)
{
	int i;

	for (i = 0; i < STYLES; i++)
		terminal->attribute[i] = A_NORMAL;
	terminal->attribute[DIM] = A_DIM;
	terminal->attribute[STRONG] = A_BOLD;
	terminal->attribute[TITLE] = A_REVERSE;
	terminal->attribute[BAD] = A_BOLD;
	terminal->attribute[WARN] = A_BOLD;
}

static void attributes_set(struct terminal *terminal, const struct options *options)
{
	int wanted = colours_wanted(options);
	short pair, colour;

	attributes_plain(terminal);
	if (!wanted || start_color() == ERR)
		return;
	use_default_colors();
	for (pair = 1; pair <= (short)(sizeof(colours) / sizeof(colours[0])); pair++) {
		colour = wanted == 8		      ? colours[pair - 1].basic :
			 options->theme == THEME_DARK ? colours[pair - 1].dark :
							colours[pair - 1].light;
		if (colour == COLOUR_DEFAULT)
			continue;
		init_pair(pair, colour, -1);
		terminal->attribute[colours[pair - 1].style] = COLOR_PAIR(pair);
	}
}

static FILE *input_open(struct terminal *terminal)
{
	if (isatty(STDIN_FILENO))
		return stdin;
	/* Standard input is a file or a pipe: never read it. */
	terminal->input = fopen("/dev/tty", "re");
	return terminal->input;
}

/* A "dumb" terminal has a description, and no way to write to a place. */
static bool can_draw(void)
{
	static char name[] = "cup";
	const char *move = tigetstr(name);

	return move && move != (const char *)-1;
}

int terminal_open(struct terminal *terminal, const struct options *options)
{
	FILE *input = input_open(terminal);

	if (!isatty(STDOUT_FILENO) || !input) {
		msg_error("no terminal for the screen; use --batch");
		return -1;
	}
	terminal->utf8 = !options->ascii && !strcmp(nl_langinfo(CODESET), "UTF-8");
	set_escdelay(ESCAPE_DELAY_MS);
	termsize_forget_environment();
	terminal->screen = newterm(NULL, stdout, input);
	if (!terminal->screen) {
		msg_error("terminal '%s' is not known or cannot do it; use --batch",
			  getenv("TERM") ? getenv("TERM") : "");
		return -1;
	}
	if (!can_draw()) {
		endwin();
		delscreen(terminal->screen);
		msg_error("terminal '%s' cannot move its cursor; use --batch", getenv("TERM"));
		return -1;
	}
	terminal->fd = fileno(input);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* Else curses checks for keys while it draws, and flushes before each check. */
	typeahead(-1);
	if (!options->no_mouse) {
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
		mouseinterval(0);
	}
	attributes_set(terminal, options);
	return 0;
}

void terminal_size(unsigned int *width, unsigned int *height)
{
	*width = COLS > 0 ? (unsigned int)COLS : 1;
	*height = LINES > 0 ? (unsigned int)LINES : 1;
}

static attr_t attribute_of(const struct terminal *terminal, unsigned int style)
{
	unsigned long attribute = terminal->attribute[style & (SELECTED - 1)];

	if (style & SELECTED)
		attribute |= (style & (SELECTED - 1)) == TITLE ? A_BOLD : A_REVERSE;
	return (attr_t)attribute;
}

int terminal_show(struct terminal *terminal, const struct canvas *canvas, bool all)
{
	unsigned int x, y, n;
	wchar_t *run;

	if (array_reserve(&terminal->run, &terminal->run_room, canvas->width, sizeof(*run)))
		return -ENOMEM;
	run = (wchar_t *)terminal->run;
	if (all)
		clearok(stdscr, TRUE);
	for (y = 0; y < canvas->height; y++) {
		const struct canvas_cell *cell = canvas->cell + (size_t)y * canvas->width;

		for (x = 0; x < canvas->width; x += n) {
			for (n = 0; x + n < canvas->width && cell[x + n].style == cell[x].style;
			     n++)
				run[n] = (wchar_t)cell[x + n].point;
			attrset((int)attribute_of(terminal, cell[x].style));
			mvaddnwstr((int)y, (int)x, run, (int)n);
		}
	}
	refresh();
	return 0;
}

static void mouse_read(struct terminal_key *key)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	key->x = event.x < 0 ? 0 : (unsigned int)event.x;
	key->y = event.y < 0 ? 0 : (unsigned int)event.y;
	if (event.bstate & BUTTON4_PRESSED)
		key->wheel = -1;
	else if (event.bstate & BUTTON5_PRESSED)
		key->wheel = 1;
	else
		key->mouse = event.bstate & BUTTON1_PRESSED;
}

bool terminal_key(struct terminal *terminal, struct terminal_key *key)
{
	int code = getch();

	(void)terminal;
	memset(key, 0, sizeof(*key));
	if (code == ERR)
		return false;
	key->code = code;
	key->resized = code == KEY_RESIZE;
	if (code == KEY_MOUSE)
		mouse_read(key);
	return true;
}

bool terminal_gone(const struct terminal *terminal)
{
	int waiting = 0;

	return ioctl(terminal->fd, FIONREAD, &waiting) || !waiting;
}

void terminal_close(struct terminal *terminal)
{
	if (terminal->screen) {
		endwin();
		delscreen(terminal->screen);
	}
	if (terminal->input)
		fclose(terminal->input);
	free(terminal->run);
	memset(terminal, 0, sizeof(*terminal));
}

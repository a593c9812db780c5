// SPDX-License-Identifier: GPL-2.0-or-later
/* ncurses, and nothing of it anywhere else but key codes. */
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>
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
#include "terminal.h"

#define ESCAPE_DELAY_MS 25

/* Heat from cold to hot: on a dark and on a light background, and in 8 colours. */
static const short heat_256[][HEAT_LEVELS] = {
	[THEME_DARK] = { 33, 39, 43, 77, 184, 214, 208, 196 },
	[THEME_LIGHT] = { 25, 31, 29, 28, 94, 130, 166, 160 },
};
static const short heat_8[HEAT_LEVELS] = {
	COLOR_BLUE,  COLOR_BLUE,   COLOR_CYAN,	  COLOR_CYAN,
	COLOR_GREEN, COLOR_YELLOW, COLOR_MAGENTA, COLOR_RED,
};
static const short words_256[][3] = {
	/* GOOD, WARN, BAD */
	[THEME_DARK] = { 77, 214, 203 },
	[THEME_LIGHT] = { 28, 130, 160 },
};
static const short words_8[3] = { COLOR_GREEN, COLOR_YELLOW, COLOR_RED };
static const short dim_256[] = { [THEME_DARK] = 246, [THEME_LIGHT] = 241 };

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
	int colours = colours_wanted(options), i;

	attributes_plain(terminal);
	if (!colours || start_color() == ERR)
		return;
	use_default_colors();
	for (i = 0; i < HEAT_LEVELS; i++) {
		init_pair((short)(1 + i), colours == 256 ? heat_256[options->theme][i] : heat_8[i],
			  -1);
		terminal->attribute[HEAT + i] = COLOR_PAIR(1 + i);
	}
	for (i = 0; i < 3; i++) {
		init_pair((short)(20 + i),
			  colours == 256 ? words_256[options->theme][i] : words_8[i], -1);
		terminal->attribute[GOOD + i] = COLOR_PAIR(20 + i);
	}
	if (colours == 256) {
		init_pair(30, dim_256[options->theme], -1);
		terminal->attribute[DIM] = COLOR_PAIR(30);
	}
}

static FILE *input_open(struct terminal *terminal)
{
	if (isatty(STDIN_FILENO))
		return stdin;
	/* Standard input is somebody else's: never read it. */
	terminal->input = fopen("/dev/tty", "re");
	return terminal->input;
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
	terminal->screen = newterm(NULL, stdout, input);
	if (!terminal->screen) {
		msg_error("terminal '%s' is not known or cannot do it; use --batch",
			  getenv("TERM") ? getenv("TERM") : "");
		return -1;
	}
	terminal->fd = fileno(input);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* Else it looks for keys every few lines, and flushes before each look. */
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

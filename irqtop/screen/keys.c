// SPDX-License-Identifier: GPL-2.0-or-later
#define NCURSES_NOMACROS
#include <curses.h>

#include "keys.h"

#define CTRL(letter) (0x1f & (letter))

/* clang-format off: an action a line */
static const struct key keys[] = {
	{ 'q', ACT_QUIT },
	{ KEY_F(10), ACT_QUIT },
	{ '?', ACT_HELP },
	{ 'h', ACT_HELP },
	{ KEY_F(1), ACT_HELP },
	{ '\n', ACT_OPEN },
	{ '\r', ACT_OPEN },
	{ KEY_ENTER, ACT_OPEN },
	{ 27, ACT_BACK },
	{ KEY_BACKSPACE, ACT_BACK },
	{ 127, ACT_BACK },
	{ KEY_UP, ACT_UP },
	{ 'k', ACT_UP },
	{ KEY_DOWN, ACT_DOWN },
	{ 'j', ACT_DOWN },
	{ KEY_PPAGE, ACT_PAGE_UP },
	{ CTRL('B'), ACT_PAGE_UP },
	{ KEY_NPAGE, ACT_PAGE_DOWN },
	{ CTRL('F'), ACT_PAGE_DOWN },
	{ KEY_HOME, ACT_FIRST },
	{ 'g', ACT_FIRST },
	{ KEY_END, ACT_LAST },
	{ 'G', ACT_LAST },
	{ KEY_LEFT, ACT_LEFT },
	{ KEY_RIGHT, ACT_RIGHT },
	{ '<', ACT_SORT_LEFT },
	{ ',', ACT_SORT_LEFT },
	{ '>', ACT_SORT_RIGHT },
	{ '.', ACT_SORT_RIGHT },
	{ 'R', ACT_SORT_RATE },
	{ 'T', ACT_SORT_TOTAL },
	{ 'I', ACT_SORT_IRQ },
	{ 'N', ACT_SORT_NAME },
	{ 'r', ACT_REVERSE },
	{ '=', ACT_FREEZE },
	{ '/', ACT_FILTER },
	{ 'f', ACT_FILTER },
	{ '\\', ACT_CLEAR },
	{ 'a', ACT_ACTIVE },
	{ 't', ACT_TABLES },
	{ 'c', ACT_GROUP },
	{ 'x', ACT_WIDE },
	{ 'F', ACT_FOLLOW },
	{ ' ', ACT_PAUSE },
	{ 'p', ACT_PAUSE },
	{ '+', ACT_SLOWER },
	{ '-', ACT_FASTER },
	{ 'd', ACT_INTERVAL },
	{ 'L', ACT_LATENCY },
	{ 'e', ACT_AFFINITY },
	{ 'W', ACT_SAVE },
	{ CTRL('L'), ACT_REDRAW },
	{ '[', ACT_STEP_BACK },
	{ ']', ACT_STEP },
	{ '{', ACT_JUMP_BACK },
	{ '}', ACT_JUMP },
	{ '(', ACT_START },
	{ ')', ACT_END },
};
/* clang-format on */

const struct key_help key_helps[] = {
	{ "Up Down", "move; also PgUp PgDn Home End" },
	{ "Enter, Esc", "open the row, go back" },
	{ "/ or f", "filter: text /regex/ cpu:0-3 node:1 active" },
	{ "\\", "clear the filter" },
	{ "a", "only active rows" },
	{ "t", "interrupts, softirqs, both" },
	{ "< >", "sort by the column to the left, right" },
	{ "R T I N r", "sort by rate, total, IRQ, name; reverse" },
	{ "= F", "freeze the order; follow the row under the cursor" },
	{ "c", "CPU strip: auto, cpu, cache, node, range" },
	{ "x", "CPU strip over the whole width, and back" },
	{ "Left Right", "scroll the CPU strip" },
	{ "Space", "pause" },
	{ "- +", "shorter, longer interval; d: type it" },
	{ "L", "handler time and latency, traced (root)" },
	{ "e", "edit the affinity (root)" },
	{ "[ ] { } ( )", "recording: step, jump 10, start and end" },
	{ "mouse", "click: row, again opens; title: sort; wheel" },
	{ "W", "save the settings" },
	{ "Ctrl-L", "draw again" },
	{ "q", "quit" },
};

const size_t key_helps_count = sizeof(key_helps) / sizeof(key_helps[0]);

enum action key_action(int code)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].action;
	return ACT_NONE;
}

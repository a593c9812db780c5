// SPDX-License-Identifier: GPL-2.0-or-later
#define NCURSES_NOMACROS
#include <curses.h>

#include "keys.h"

static const struct key keys[] = {
	{ .code = 'q', .action = ACT_LEAVE },
	{ .code = KEY_F(10), .action = ACT_QUIT },
	{ .code = '?', .action = ACT_HELP },
	{ .code = 'h', .action = ACT_HELP },
	{ .code = KEY_F(1), .action = ACT_HELP },
	{ .code = '\n', .action = ACT_OPEN },
	{ .code = '\r', .action = ACT_OPEN },
	{ .code = KEY_ENTER, .action = ACT_OPEN },
	{ .code = KEY_ESCAPE, .action = ACT_BACK },
	{ .code = KEY_BACKSPACE, .action = ACT_BACK },
	{ .code = 127, .action = ACT_BACK },
	{ .code = KEY_UP, .action = ACT_UP },
	{ .code = 'k', .action = ACT_UP },
	{ .code = KEY_DOWN, .action = ACT_DOWN },
	{ .code = 'j', .action = ACT_DOWN },
	{ .code = KEY_PPAGE, .action = ACT_PAGE_UP },
	{ .code = CTRL('B'), .action = ACT_PAGE_UP },
	{ .code = KEY_NPAGE, .action = ACT_PAGE_DOWN },
	{ .code = CTRL('F'), .action = ACT_PAGE_DOWN },
	{ .code = CTRL('U'), .action = ACT_HALF_UP },
	{ .code = CTRL('D'), .action = ACT_HALF_DOWN },
	{ .code = KEY_HOME, .action = ACT_FIRST },
	{ .code = 'g', .action = ACT_FIRST },
	{ .code = KEY_END, .action = ACT_LAST },
	{ .code = 'G', .action = ACT_LAST },
	{ .code = KEY_LEFT, .action = ACT_LEFT },
	{ .code = KEY_RIGHT, .action = ACT_RIGHT },
	{ .code = '<', .action = ACT_SORT_LEFT },
	{ .code = ',', .action = ACT_SORT_LEFT },
	{ .code = '>', .action = ACT_SORT_RIGHT },
	{ .code = KEY_F(6), .action = ACT_SORT_RIGHT },
	{ .code = '.', .action = ACT_SORT_RIGHT },
	{ .code = 'R', .action = ACT_SORT_RATE },
	{ .code = 'P', .action = ACT_SORT_RATE }, /* top's and htop's */
	{ .code = 'D', .action = ACT_SORT_DELTA },
	{ .code = 'T', .action = ACT_SORT_TOTAL },
	{ .code = 'I', .action = ACT_SORT_IRQ },
	{ .code = 'N', .action = ACT_SORT_NAME },
	{ .code = 'r', .action = ACT_REVERSE },
	{ .code = '=', .action = ACT_FREEZE },
	{ .code = '/', .action = ACT_FILTER },
	{ .code = KEY_F(3), .action = ACT_FILTER }, /* htop's search and filter */
	{ .code = KEY_F(4), .action = ACT_FILTER },
	{ .code = 'f', .action = ACT_FILTER },
	{ .code = '\\', .action = ACT_CLEAR },
	{ .code = 'a', .action = ACT_ACTIVE },
	{ .code = 'i', .action = ACT_IDLE },
	{ .code = 't', .action = ACT_TABLES },
	{ .code = '\t', .action = ACT_TABLES },
	{ .code = 'C', .action = ACT_CPUS },
	{ .code = 'v', .action = ACT_COLLAPSE },
	{ .code = KEY_F(5), .action = ACT_COLLAPSE }, /* htop's tree */
	{ .code = 'c', .action = ACT_GROUP },
	{ .code = 'x', .action = ACT_WIDE },
	{ .code = 'F', .action = ACT_FOLLOW },
	{ .code = ' ', .action = ACT_PAUSE },
	{ .code = 'p', .action = ACT_PAUSE },
	{ .code = '+', .action = ACT_SLOWER },
	{ .code = '-', .action = ACT_FASTER },
	{ .code = 'd', .action = ACT_INTERVAL },
	{ .code = 's', .action = ACT_INTERVAL }, /* top's */
	{ .code = 'L', .action = ACT_LATENCY },
	{ .code = 'e', .action = ACT_AFFINITY },
	{ .code = 'm', .action = ACT_MOVE },
	{ .code = 'M', .action = ACT_PLAN },
	{ .code = 'u', .action = ACT_UNDO },
	{ .code = 'W', .action = ACT_SAVE },
	{ .code = KEY_F(2), .action = ACT_NO_SETUP },
	{ .code = CTRL('L'), .action = ACT_REDRAW },
	{ .code = '[', .action = ACT_STEP_BACK },
	{ .code = ']', .action = ACT_STEP },
	{ .code = '{', .action = ACT_JUMP_BACK },
	{ .code = '}', .action = ACT_JUMP },
	{ .code = '(', .action = ACT_START },
	{ .code = ')', .action = ACT_END },
};

const struct key_help key_helps[] = {
	{ .keys = "Up Down", .text = "move; also PgUp PgDn Home End ^D ^U" },
	{ .keys = "Enter, Esc", .text = "open the row, go back (also q)" },
	{ .keys = "/ or f", .text = "filter: text /regex/ cpu:0-3 node:1 total>9 active" },
	{ .keys = "\\", .text = "clear the filter" },
	{ .keys = "a", .text = "only active rows" },
	{ .keys = "i", .text = "show idle rows, or fold them" },
	{ .keys = "t or Tab", .text = "interrupts, softirqs, both" },
	{ .keys = "C", .text = "a row for each CPU, and back" },
	{ .keys = "v", .text = "collapse by device, by driver; expand again" },
	{ .keys = "< >", .text = "sort by the column to the left, right" },
	{ .keys = "R D T I N r", .text = "sort by rate, delta, total, IRQ, name; reverse" },
	{ .keys = "= F", .text = "freeze the order; follow the row under the cursor" },
	{ .keys = "c", .text = "CPU strip: auto, cpu, cache, node, range" },
	{ .keys = "x", .text = "CPU strip over the whole width, and back" },
	{ .keys = "Left Right", .text = "scroll the CPU strip" },
	{ .keys = "Space", .text = "pause" },
	{ .keys = "- +", .text = "shorter, longer interval; d or s: type it" },
	{ .keys = "L", .text = "handler time and latency, traced (root)" },
	{ .keys = "e", .text = "edit the affinity (root)" },
	{ .keys = "m M u", .text = "move a device, or what is filtered; plan; undo" },
	{ .keys = "[ ] { } ( )", .text = "recording: step, jump 10, start and end" },
	{ .keys = "mouse", .text = "click: row, again opens; title: sort; wheel" },
	{ .keys = "W", .text = "save the settings" },
	{ .keys = "Ctrl-L", .text = "draw again" },
	{ .keys = "q", .text = "quit" },
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

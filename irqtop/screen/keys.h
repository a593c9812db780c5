/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of the screen: their actions, and their text on the help page. */
#ifndef IRQTOP_KEYS_H
#define IRQTOP_KEYS_H

#include <stddef.h>

#define CTRL(letter) ((letter)&0x1f)
#define KEY_ESCAPE   27

enum action {
	ACT_NONE,
	ACT_LEAVE, /* back, or quit where there is nothing to go back to */
	ACT_QUIT,
	ACT_HELP,
	ACT_OPEN,
	ACT_BACK,
	ACT_UP,
	ACT_DOWN,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_HALF_UP,
	ACT_HALF_DOWN,
	ACT_FIRST,
	ACT_LAST,
	ACT_LEFT,
	ACT_RIGHT,
	ACT_SORT_LEFT,
	ACT_SORT_RIGHT,
	ACT_SORT_RATE,
	ACT_SORT_TOTAL,
	ACT_SORT_IRQ,
	ACT_SORT_NAME,
	ACT_SORT_DELTA,
	ACT_REVERSE,
	ACT_FREEZE,
	ACT_FILTER,
	ACT_CLEAR,
	ACT_ACTIVE,
	ACT_IDLE,
	ACT_TABLES,
	ACT_CPUS,
	ACT_COLLAPSE,
	ACT_GROUP,
	ACT_WIDE,
	ACT_FOLLOW,
	ACT_PAUSE,
	ACT_FASTER,
	ACT_SLOWER,
	ACT_INTERVAL,
	ACT_LATENCY,
	ACT_AFFINITY,
	ACT_MOVE,
	ACT_PLAN,
	ACT_UNDO,
	ACT_SAVE,
	ACT_NO_SETUP,
	ACT_REDRAW,
	ACT_STEP_BACK,
	ACT_STEP,
	ACT_JUMP_BACK,
	ACT_JUMP,
	ACT_START,
	ACT_END,
};

struct key {
	int code; /* of curses */
	enum action action;
};

struct key_help {
	const char *keys;
	const char *text;
};

enum action key_action(int code);

extern const struct key_help key_helps[];
extern const size_t key_helps_count;

#endif

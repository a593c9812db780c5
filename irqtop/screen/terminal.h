/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: shows a canvas and reads keys. */
#ifndef IRQTOP_TERMINAL_H
#define IRQTOP_TERMINAL_H

#include "canvas.h"
#include "irqtop/session/options.h"

struct terminal {
	void *screen;
	void *input; /* FILE of /dev/tty when standard input is no terminal */
	int fd;	     /* of the keys */
	bool utf8;
	unsigned long attribute[STYLES];
	uint32_t *run; /* wchar_t of places with one style */
	size_t run_room;
};

struct terminal_key {
	int code; /* of curses */
	bool resized;
	bool mouse; /* a click at (x, y) */
	unsigned int x, y;
	int wheel; /* -1 up, 1 down */
};

/* Takes over the terminal. 0, or -1 after a message. */
int terminal_open(struct terminal *terminal, const struct options *options);

void terminal_size(unsigned int *width, unsigned int *height);

/* `all`: draws everything, not only what changed. 0 or -ENOMEM. */
int terminal_show(struct terminal *terminal, const struct canvas *canvas, bool all);

/* Gets the next key, if one was pressed. */
bool terminal_key(struct terminal *terminal, struct terminal_key *key);

/* Whether the other end of the terminal is gone, when poll() says that fd is ready. */
bool terminal_gone(const struct terminal *terminal);

void terminal_close(struct terminal *terminal);

#endif

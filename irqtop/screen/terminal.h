/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: shows canvases, tells which keys were pressed. */
#ifndef IRQTOP_TERMINAL_H
#define IRQTOP_TERMINAL_H

#include "canvas.h"
#include "irqtop/session/options.h"

struct terminal {
	void *screen;
	void *input; /* FILE when standard input is no terminal */
	int fd;	     /* keys come from here */
	bool utf8;
	unsigned long attribute[STYLES];
	uint32_t *run; /* wchar_t of places with one style */
	size_t run_room;
};

struct terminal_key {
	int code; /* 0: none */
	bool mouse;
	unsigned int x, y;
	int wheel; /* -1 up, 1 down */
};

/* Takes the terminal over. Prints what is wrong; 0 or -1. */
int terminal_open(struct terminal *terminal, const struct options *options);

void terminal_size(unsigned int *width, unsigned int *height);

/* 0 or -ENOMEM. `all`: not only what changed. */
int terminal_show(struct terminal *terminal, const struct canvas *canvas, bool all);

/* The next key that waits; false: none does. */
bool terminal_key(struct terminal *terminal, struct terminal_key *key);

/* True when the other end of the terminal is gone. */
bool terminal_gone(const struct terminal *terminal);

void terminal_close(struct terminal *terminal);

#endif

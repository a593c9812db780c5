/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of characters in memory, for a terminal or a test to show. */
#ifndef IRQTOP_CANVAS_H
#define IRQTOP_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAT_LEVELS 8

enum style {
	PLAIN,
	DIM,
	STRONG,
	TITLE,
	GOOD,
	WARN,
	BAD,
	HEAT, /* HEAT + 0 .. HEAT + HEAT_LEVELS - 1 */
	STYLES = HEAT + HEAT_LEVELS,
	SELECTED = 0x80, /* or-ed in */
};

struct canvas_cell {
	uint32_t point;
	uint8_t style;
};

struct canvas {
	unsigned int width, height;
	bool ascii;
	struct canvas_cell *cell; /* [height][width] */
	size_t room;
};

/* Sets the size and blanks it. 0 or -ENOMEM. */
int canvas_reset(struct canvas *canvas, unsigned int width, unsigned int height);

void canvas_put(struct canvas *canvas, unsigned int x, unsigned int y, uint32_t point,
		unsigned int style);

/*
 * Untrusted text in at most `width` places from (x, y); what does not fit ends in
 * an ellipsis. Returns the places used. Characters that a terminal might not show
 * in one place become '?'.
 */
unsigned int canvas_text(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
			 unsigned int style, const char *text, size_t len);

/* Our own words, as printf() does. Returns the places used. */
__attribute__((format(printf, 5, 6))) unsigned int canvas_print(struct canvas *canvas,
								unsigned int x, unsigned int y,
								unsigned int style,
								const char *format, ...);

/* Changes the style of places [x, x + width). */
void canvas_style(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		  unsigned int style);

void canvas_free(struct canvas *canvas);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of characters in memory, which a terminal shows. */
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

/* Sets the size, and fills the page with blanks. 0 or -ENOMEM. */
int canvas_reset(struct canvas *canvas, unsigned int width, unsigned int height);

void canvas_put(struct canvas *canvas, unsigned int x, unsigned int y, uint32_t point,
		unsigned int style);

/*
 * Writes untrusted text at (x, y), in at most `width` columns; text that does not fit
 * ends in an ellipsis. A character that a terminal might not show in one column becomes
 * '?'. Returns the columns used.
 */
unsigned int canvas_text(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
			 unsigned int style, const char *text, size_t len);

/* canvas_text(), but what does not fit is left out in the middle: both ends are there. */
unsigned int canvas_text_ends(struct canvas *canvas, unsigned int x, unsigned int y,
			      unsigned int width, unsigned int style, const char *text, size_t len);

/* Writes trusted text, with a format as of printf(). Returns the columns used. */
__attribute__((format(printf, 5, 6))) unsigned int canvas_print(struct canvas *canvas,
								unsigned int x, unsigned int y,
								unsigned int style,
								const char *format, ...);

/* Changes the style of `width` columns from (x, y) on. */
void canvas_style(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		  unsigned int style);

void canvas_free(struct canvas *canvas);

#endif

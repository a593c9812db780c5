/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of a page that may be longer than the screen and is scrolled. */
#ifndef IRQTOP_PEN_H
#define IRQTOP_PEN_H

#include "canvas.h"

struct pen {
	struct canvas *canvas;
	unsigned int top, bottom; /* lines of the canvas for the scrolled part */
	unsigned int label;	  /* places for the name of a fact */
	unsigned int label_style;
	unsigned int skip, line; /* lines to leave out, lines so far */
};

/*
 * A page is drawn twice: after pen_measure() to learn how long it is, which shows
 * nothing, and after pen_scroll() from line *top on, or from the last one that
 * leaves the screen full.
 */
void pen_measure(struct pen *pen);
void pen_scroll(struct pen *pen, uint32_t *top);

/* Afterwards: "2-9 of 40" at the right below a page that is longer than the screen. */
void pen_place(const struct pen *pen);

/* The canvas line of the next line, or -1 when it is not in sight. */
int pen_next(struct pen *pen);

/*
 * Bytes of the text that go on a line: up to the last gap of two blanks, which
 * parts what belongs together, or else the last blank or comma that fits.
 */
size_t pen_line_bytes(const char *text, size_t len, unsigned int width);

/* A name and its text, on as many lines as it takes; nothing without a text. */
void pen_fact(struct pen *pen, const char *label, const char *text, size_t len, unsigned int style);
void pen_fact_text(struct pen *pen, const char *label, const char *text);

#endif

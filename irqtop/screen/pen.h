/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a page that may be longer than the screen, and is scrolled. */
#ifndef IRQTOP_PEN_H
#define IRQTOP_PEN_H

#include "canvas.h"

struct pen {
	struct canvas *canvas;
	unsigned int top, bottom; /* the scrolled part of the canvas: y from top up to bottom */
	unsigned int label;	  /* columns for the label of a fact */
	unsigned int label_style;
	unsigned int skip; /* text lines above the scrolled part */
	unsigned int done; /* text lines so far */
};

/*
 * A page is written twice: after pen_measure(), which shows nothing but counts its text
 * lines, and after pen_scroll(), which shows it from text line *top on, or less where
 * the page would end above the bottom.
 */
void pen_measure(struct pen *pen);
void pen_scroll(struct pen *pen, uint32_t *top);

/* Then writes "2-9 of 40" below a page that is longer than the screen. */
void pen_position(const struct pen *pen);

/* Begins the next text line. Returns its y, or -1 when it is not visible. */
int pen_next(struct pen *pen);

/*
 * Where to break a text: the bytes that fit in `width` columns, up to the last two
 * blanks, else up to the last blank or comma.
 */
size_t pen_break(const char *text, size_t len, unsigned int width);

/* Writes a label and its text, on several text lines if need be. Nothing for an empty text. */
void pen_fact(struct pen *pen, const char *label, const char *text, size_t len, unsigned int style);
void pen_fact_text(struct pen *pen, const char *label, const char *text);

#endif

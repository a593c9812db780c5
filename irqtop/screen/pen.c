// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/outbuf.h"
#include "pen.h"

void pen_measure(struct pen *pen)
{
	pen->done = 0;
	pen->skip = UINT32_MAX;
}

void pen_scroll(struct pen *pen, uint32_t *top)
{
	unsigned int height = pen->bottom - pen->top;
	unsigned int last = pen->done > height ? pen->done - height : 0;

	if (*top > last)
		*top = last;
	pen->done = 0;
	pen->skip = *top;
}

void pen_position(const struct pen *pen)
{
	unsigned int height = pen->bottom - pen->top, len;
	struct canvas *canvas = pen->canvas;
	char text[48];

	if (pen->done <= height)
		return;
	snprintf(text, sizeof(text), " %u-%u of %u", pen->skip + 1, pen->skip + height, pen->done);
	len = (unsigned int)strlen(text);
	if (len < canvas->width)
		canvas_print(canvas, canvas->width - len, pen->bottom, DIM, "%s", text);
}

int pen_next(struct pen *pen)
{
	unsigned int number = pen->done++;

	if (number < pen->skip || pen->top + number - pen->skip >= pen->bottom)
		return -1;
	return (int)(pen->top + number - pen->skip);
}

size_t pen_break(const char *text, size_t len, unsigned int width)
{
	size_t at = 0, stop = 0, gap = 0;
	unsigned int n;
	uint32_t point;

	for (n = 0; n < width; n++) {
		if (at == len)
			return len;
		at += utf8_next(text + at, len - at, &point);
		if (point == ' ' && at > 1 && text[at - 2] == ' ')
			gap = at;
		if (point == ' ' || point == ',')
			stop = at;
	}
	if (at == len)
		return len;
	return gap ? gap : text[at] == ' ' || !stop ? at : stop;
}

void pen_fact(struct pen *pen, const char *label, const char *text, size_t len, unsigned int style)
{
	unsigned int width = pen->canvas->width > pen->label ? pen->canvas->width - pen->label : 1;
	size_t bytes;
	int y;

	for (; len; text += bytes, len -= bytes, label = "") {
		bytes = pen_break(text, len, width);
		y = pen_next(pen);
		if (y >= 0) {
			canvas_text(pen->canvas, 0, (unsigned int)y, pen->label - 1,
				    pen->label_style, label, strlen(label));
			canvas_text(pen->canvas, pen->label, (unsigned int)y, width, style, text,
				    bytes);
		}
		while (bytes < len && text[bytes] == ' ')
			bytes++;
	}
}

void pen_fact_text(struct pen *pen, const char *label, const char *text)
{
	pen_fact(pen, label, text, strlen(text), PLAIN);
}

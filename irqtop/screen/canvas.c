// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "canvas.h"
#include "base/array.h"
#include "base/outbuf.h"

int canvas_reset(struct canvas *canvas, unsigned int width, unsigned int height)
{
	size_t need = (size_t)width * height, i;

	if (array_reserve(&canvas->cell, &canvas->room, need, sizeof(*canvas->cell)))
		return -ENOMEM;
	canvas->width = width;
	canvas->height = height;
	for (i = 0; i < need; i++)
		canvas->cell[i] = (struct canvas_cell){ ' ', PLAIN };
	return 0;
}

void canvas_put(struct canvas *canvas, unsigned int x, unsigned int y, uint32_t point,
		unsigned int style)
{
	if (x >= canvas->width || y >= canvas->height)
		return;
	canvas->cell[(size_t)y * canvas->width + x] = (struct canvas_cell){ point, (uint8_t)style };
}

static uint32_t shown_as(const struct canvas *canvas, uint32_t point)
{
	if (point >= 0x20 && point < 0x7f)
		return point;
	if (canvas->ascii || utf8_is_control(point) || wcwidth((wchar_t)point) != 1)
		return '?';
	return point;
}

unsigned int canvas_text(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
			 unsigned int style, const char *text, size_t len)
{
	unsigned int at = 0;
	uint32_t point;
	size_t used;

	if (x >= canvas->width)
		return 0;
	if (width > canvas->width - x)
		width = canvas->width - x;
	for (; len && at < width; text += used, len -= used, at++) {
		used = utf8_next(text, len, &point);
		if (at + 1 == width && len > used)
			point = canvas->ascii ? '~' : 0x2026;
		else
			point = shown_as(canvas, point);
		canvas_put(canvas, x + at, y, point, style);
	}
	return at;
}

/* Characters of a text. *bytes: where the one number `skip` begins. */
static unsigned int characters(const char *text, size_t len, unsigned int skip, size_t *bytes)
{
	unsigned int n = 0;
	uint32_t point;
	size_t at;

	for (at = 0; at < len; n++) {
		if (n == skip)
			*bytes = at;
		at += utf8_next(text + at, len - at, &point);
	}
	return n;
}

unsigned int canvas_text_ends(struct canvas *canvas, unsigned int x, unsigned int y,
			      unsigned int width, unsigned int style, const char *text, size_t len)
{
	unsigned int total = characters(text, len, 0, &(size_t){ 0 }), head, tail, used;
	size_t at = 0;

	if (x < canvas->width && width > canvas->width - x)
		width = canvas->width - x;
	if (total <= width || width < 5)
		return canvas_text(canvas, x, y, width, style, text, len);
	tail = (width - 1) / 2;
	head = width - 1 - tail;
	characters(text, len, total - tail, &at);
	/* With the ellipsis in its last place. */
	used = canvas_text(canvas, x, y, head + 1, style, text, len);
	return used + canvas_text(canvas, x + used, y, tail, style, text + at, len - at);
}

unsigned int canvas_print(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int style,
			  const char *format, ...)
{
	char text[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		return 0;
	return canvas_text(canvas, x, y, canvas->width, style, text, strlen(text));
}

void canvas_style(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		  unsigned int style)
{
	unsigned int i;

	for (i = x; i < x + width && i < canvas->width && y < canvas->height; i++)
		canvas->cell[(size_t)y * canvas->width + i].style = (uint8_t)style;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cell);
	memset(canvas, 0, sizeof(*canvas));
}

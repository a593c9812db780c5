/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates as glyphs and bars. */
#ifndef IRQTOP_PICTURE_H
#define IRQTOP_PICTURE_H

#include "canvas.h"
#include "irqtop/sample/track.h"

/* The level of a rate: 0 for none, then 1 to HEAT_LEVELS. */
unsigned int picture_level(double rate_hz);

/*
 * The height of a bar, 0 to HEAT_LEVELS, for a rate beside the highest one: 1 to 3 are
 * 3 and 8 eighths.
 */
unsigned int picture_height(double rate_hz, double top_hz);

/* The lowest rate of a level from 1 on. */
double picture_step_hz(unsigned int level);

/* A bar of the height in eighths; a blank for 0. */
uint32_t picture_glyph(const struct canvas *canvas, unsigned int height);

/* A place of a CPU strip: the height beside the highest rate, the colour of the rate. */
void picture_place(struct canvas *canvas, unsigned int x, unsigned int y, double rate_hz,
		   double top_hz, unsigned int selected);

/* The highest of the last `width` rates. */
double picture_history_top(const struct track *track, unsigned int width);

/* Draws the last `width` rates of a track, the newest at the right. */
void picture_history(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		     unsigned int height, unsigned int style, const struct track *track);

#endif

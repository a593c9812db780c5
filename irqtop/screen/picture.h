/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates as glyphs and bars. */
#ifndef IRQTOP_PICTURE_H
#define IRQTOP_PICTURE_H

#include "canvas.h"
#include "irqtop/sample/track.h"

/* Level of a rate on one CPU or group: 0 none, 1..HEAT_LEVELS. */
unsigned int picture_level(double rate_hz);

/* A glyph as high as level / HEAT_LEVELS; level 0 is a blank. */
uint32_t picture_glyph(const struct canvas *canvas, unsigned int level);

/* The highest of the last `width` rates: a full bar. */
double picture_history_top(const struct track *track, unsigned int width);

/* The last `width` rates of a track, newest right. */
void picture_history(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		     unsigned int height, unsigned int style, const struct track *track);

#endif

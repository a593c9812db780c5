// SPDX-License-Identifier: GPL-2.0-or-later
#include "picture.h"

double picture_step_hz(unsigned int level)
{
	/* Fixed steps, so that rows and machines can be compared. */
	static const double steps_hz[HEAT_LEVELS] = {
		1, 10, 100, 1000, 5000, 20000, 50000, 100000,
	};

	return steps_hz[level - 1];
}

unsigned int picture_level(double rate_hz)
{
	unsigned int level = 1;

	if (!(rate_hz > 0))
		return 0;
	while (level < HEAT_LEVELS && rate_hz >= picture_step_hz(level + 1))
		level++;
	return level;
}

unsigned int picture_height(double rate_hz, double top_hz)
{
	unsigned int height;

	if (!(rate_hz > 0) || !(top_hz > 0))
		return 0;
	height = (unsigned int)(rate_hz / top_hz * HEAT_LEVELS + 0.5);
	return height < 1 ? 1 : height > HEAT_LEVELS ? HEAT_LEVELS : height;
}

void picture_place(struct canvas *canvas, unsigned int x, unsigned int y, double rate_hz,
		   double top_hz, unsigned int selected)
{
	unsigned int level = picture_level(rate_hz);

	if (level)
		canvas_put(canvas, x, y, picture_glyph(canvas, picture_height(rate_hz, top_hz)),
			   (HEAT + level - 1) | selected);
}

uint32_t picture_glyph(const struct canvas *canvas, unsigned int height)
{
	static const char ascii[] = " -:=+*%#@";

	if (height > HEAT_LEVELS)
		height = HEAT_LEVELS;
	if (!height)
		return ' ';
	return canvas->ascii ? (uint32_t)ascii[height] : 0x2580 + height;
}

double picture_history_top(const struct track *track, unsigned int width)
{
	float top = 0, rate;
	unsigned int i;

	for (i = 0; i < width; i++) {
		rate = track_history(track, i);
		top = rate > top ? rate : top;
	}
	return (double)top;
}

void picture_history(struct canvas *canvas, unsigned int x, unsigned int y, unsigned int width,
		     unsigned int height, unsigned int style, const struct track *track)
{
	float top = (float)picture_history_top(track, width), rate;
	unsigned int i, row, eighths;

	for (i = 0; i < width && top > 0; i++) {
		rate = track_history(track, i);
		if (!(rate > 0))
			continue;
		eighths = (unsigned int)(rate / top * (float)(height * HEAT_LEVELS) + 0.5f);
		if (!eighths)
			eighths = 1;
		for (row = 0; row < height && eighths; row++) {
			unsigned int level = eighths > HEAT_LEVELS ? HEAT_LEVELS : eighths;

			canvas_put(canvas, x + width - 1 - i, y + height - 1 - row,
				   picture_glyph(canvas, level), style);
			eighths -= level;
		}
	}
}

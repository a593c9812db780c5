// SPDX-License-Identifier: GPL-2.0-or-later
/* A histogram drawn with characters. */

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* Most rows of a histogram, and most rows per power of two. */
#define HISTOGRAM_ROWS_MAX  24
#define HISTOGRAM_STEPS_MAX 256
#define LOW_WIDTH	    10

/**
 * struct scale - the rows of a histogram
 * @steps: rows per power of two, which they divide evenly; a power of two itself
 * @first: number of the first row; row 0 begins at value 1
 * @n: rows
 */
struct scale {
	unsigned int steps;
	unsigned int first;
	unsigned int n;
};

static unsigned int scale_row(unsigned int steps, uint64_t value)
{
	unsigned int octave;

	/* Values below @steps have no row of their own. */
	if (value < steps)
		value = steps;
	octave = 63 - (unsigned int)__builtin_clzll(value);
	return octave * steps + (unsigned int)(((value - (1ull << octave)) * steps) >> octave);
}

static uint64_t scale_low(unsigned int steps, unsigned int row)
{
	unsigned int octave = row / steps;

	return (1ull << octave) + (((uint64_t)(row % steps) << octave) / steps);
}

static struct scale scale_choose(const struct hist *h)
{
	struct scale s = { .steps = 2 * HISTOGRAM_STEPS_MAX };

	do {
		s.steps /= 2;
		s.first = scale_row(s.steps, h->min);
		s.n = scale_row(s.steps, h->max) - s.first + 1;
	} while (s.n > HISTOGRAM_ROWS_MAX && s.steps > 1);
	return s;
}

static void print_bar(uint64_t count, uint64_t most, int width, bool utf8, FILE *out)
{
	static const char *const eighths[] = { "",	 "\u258f", "\u258e", "\u258d",
					       "\u258c", "\u258b", "\u258a", "\u2589" };
	uint64_t parts = (uint64_t)width * 8;
	uint64_t len = (uint64_t)((double)count / (double)most * (double)parts + 0.5);
	uint64_t i;

	/* Draw at least something for a sample. */
	if (count && !len)
		len = 1;
	for (i = 0; i < len / 8; i++)
		fputs(utf8 ? "\u2588" : "#", out);
	if (utf8)
		fputs(eighths[len % 8], out);
	else if (len % 8 >= 4 || len < 8)
		fputc(len < 8 && len ? '.' : len ? '#' : ' ', out);
}

/**
 * text_histogram - draw a histogram
 * @h: samples, ns
 * @style: width, characters, unit
 * @out: where to print
 *
 * Each row has the value where it begins, the number of its samples, and a bar. The
 * rows cover wider ranges as values grow. More than two empty rows become "...".
 */
void text_histogram(const struct hist *h, const struct text_style *style, FILE *out)
{
	uint64_t counts[64] = { 0 }, most = 0;
	struct hist_bucket b;
	struct scale scale;
	size_t position = 0;
	unsigned int i, empty = 0;

	if (!h->n)
		return;
	scale = scale_choose(h);
	while (hist_next(h, &position, &b)) {
		uint64_t value = b.low < h->min ? h->min : b.low;

		i = scale_row(scale.steps, value) - scale.first;
		counts[i] += b.count;
		if (counts[i] > most)
			most = counts[i];
	}
	for (i = 0; i < scale.n; i++) {
		if (!counts[i]) {
			empty++;
			continue;
		}
		if (empty > 2)
			fprintf(out, "%10s\n", "...");
		for (; empty && empty <= 2; empty--) {
			text_time(true, scale_low(scale.steps, scale.first + i - empty), LOW_WIDTH,
				  style, out);
			fprintf(out, " %8d\n", 0);
		}
		empty = 0;
		text_time(true, scale_low(scale.steps, scale.first + i), LOW_WIDTH, style, out);
		fprintf(out, " %8" PRIu64 " ", counts[i]);
		print_bar(counts[i], most, style->columns - 20, style->utf8, out);
		fputc('\n', out);
	}
}

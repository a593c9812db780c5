// SPDX-License-Identifier: GPL-2.0-or-later
/* What all charts are made of: values, colours, texts, axes. */

#include <math.h>
#include <string.h>

#include "report.h"

/* Pixels of a character of an axis label, and between two labels. */
#define CHAR_WIDTH 8.0
#define LABEL_GAP  10.0

/* The value on an axis of a time. The axis is logarithmic: it has no zero. */
double plot_value(const struct figure *figure, double ns)
{
	return figure->instructions ? fmax(ns, 1) : fmax(ns / 1000, 0.001);
}

const char *plot_unit(const struct figure *figure)
{
	return figure->instructions ? "instructions" : "µs";
}

/**
 * plot_range - both ends of an axis that shows the values of all rows
 * @figure: rows
 * @margin: factor that the axis reaches beyond the values at either end
 * @low: set to the lower end
 * @high: set to the upper end
 */
void plot_range(const struct figure *figure, double margin, double *low, double *high)
{
	size_t i;

	*low = INFINITY;
	*high = 0;
	for (i = 0; i < figure->n; i++) {
		const struct hist *h = &figure->series[i].result->hist;

		*low = fmin(*low, plot_value(figure, (double)h->min) / margin);
		*high = fmax(*high, plot_value(figure, (double)h->max) * margin);
	}
}

/* Colours that are readable on white and on black: one for each stage that adds to the total. */
const char *plot_colour(size_t i)
{
	static const char *const colours[] = { "#1f83c4", "#d9601a", "#16966b", "#b860a0",
					       "#b98500", "#7a8793", "#d04a5a", "#6a6fd0",
					       "#12a0a8", "#9a6a45", "#7d9e1c", "#e0709a",
					       "#8e44c2", "#3f7f5f", "#5f6f9c" };

	return colours[i % (sizeof(colours) / sizeof(colours[0]))];
}

/*
 * No more of a text than @most bytes, 8 or more. The middle gives way to "...",
 * since titles differ at their ends. Returns @cut.
 */
static const char *cut_text(const char *text, size_t most, char cut[REPORT_CUT_BYTES])
{
	size_t len = strlen(text), first, last;

	if (len <= most) {
		snprintf(cut, REPORT_CUT_BYTES, "%s", text);
		return cut;
	}
	first = (most - 3) / 2;
	last = len - (most - 3 - first);
	/* Do not cut within a UTF-8 sequence. */
	while (first && (text[first] & 0xc0) == 0x80)
		first--;
	while (text[last] && (text[last] & 0xc0) == 0x80)
		last++;
	snprintf(cut, REPORT_CUT_BYTES, "%.*s...%s", (int)first, text, text + last);
	return cut;
}

/**
 * plot_write_text - write a text in single quotes for gnuplot
 * @text: UTF-8, also from files of others
 * @most: bytes that there is room for, 8 or more
 * @out: script
 *
 * gnuplot runs commands in backquotes within some strings: characters that may
 * mean anything to it become '?'.
 */
void plot_write_text(const char *text, size_t most, FILE *out)
{
	char cut[REPORT_CUT_BYTES];
	const char *c;

	fputc('\'', out);
	for (c = cut_text(text, most, cut); *c; c++) {
		bool safe = ((unsigned char)*c >= 0x80) || (*c >= '0' && *c <= '9') ||
			    (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
			    strchr(" ._:+-/(),[]~<>=", *c);

		fputc(safe ? *c : '?', out);
	}
	fputc('\'', out);
}

/* Columns of a legend: a character is about 8 pixels wide, a colour sample 50. */
int plot_legend_columns(size_t longest, int width)
{
	int columns = width / ((longest ? (int)longest : 1) * 8 + 50);

	return columns < 1 ? 1 : columns;
}

/*
 * The step between the labels of a linear axis: 1, 2 or 5 times a power of ten, so
 * that @span has at most @most steps, and no more than 100.
 */
double plot_step(double span, double most)
{
	double step = pow(10, floor(log10(span / 10)));
	int i;

	for (i = 0; span / step > most; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	return step;
}

/**
 * struct tics - an axis whose labels are being written
 * @low: value where the axis begins
 * @high: value where it ends
 * @pixels: length of the axis
 * @least: pixels along the axis that a label takes; 0: the width of its text
 * @reached: pixel where the last label ends
 * @comma: what separates the next label from the last
 * @out: script
 */
struct tics {
	double low, high;
	int pixels, least;
	double reached;
	const char *comma;
	FILE *out;
};

/* Write a label, unless it would touch the one before. */
static void add_tic(struct tics *t, double tic)
{
	double at, half;
	char text[32];

	if (tic < t->low * 0.9999 || tic > t->high * 1.0001)
		return;
	snprintf(text, sizeof(text), "%.10g", tic);
	at = log(tic / t->low) / log(t->high / t->low) * t->pixels;
	half = t->least ? t->least / 2.0 : (double)strlen(text) * CHAR_WIDTH / 2;
	if (at - half < t->reached)
		return;
	fprintf(t->out, "%s\"%s\" %.10g", t->comma, text, tic);
	t->comma = ", ";
	t->reached = at + half + (t->least ? 0 : LABEL_GAP);
}

/**
 * plot_write_tics - write the labels of a logarithmic axis, none over another
 * @axis: 'x' or 'y'
 * @low: value where it begins
 * @high: value where it ends
 * @pixels: its length
 * @least: pixels along the axis that a label takes; 0: the width of its text
 * @out: script
 */
void plot_write_tics(char axis, double low, double high, int pixels, int least, FILE *out)
{
	static const double mantissas[] = { 1, 2, 5 };
	struct tics t = {
		.low = low,
		.high = high,
		.pixels = pixels,
		.least = least,
		.reached = -INFINITY,
		.comma = "",
		.out = out,
	};
	double decades = log10(high / low), decade, step, tic;
	int i, n = decades * 3 * 45 > pixels ? 1 : 3;

	fprintf(out, "set %ctics (", axis);
	if (decades < 0.9) {
		/* Less than a decade: even steps. */
		step = plot_step(high - low, 8);
		for (tic = ceil(low / step) * step; tic <= high; tic += step)
			add_tic(&t, tic);
	} else {
		for (decade = pow(10, floor(log10(low))); decade <= high; decade *= 10)
			for (i = 0; i < n; i++)
				add_tic(&t, decade * mantissas[i]);
	}
	fputs(")\n", out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What the figures of a report are drawn with: units, colours, labels, texts. */

#include <math.h>
#include <string.h>

#include "report.h"

/* Pixels of a character of an axis label, and between two labels. */
#define CHAR_WIDTH 8.0
#define LABEL_GAP  10.0

/* What an axis shows for so many ns. It is logarithmic: zero is not on it. */
double plot_value(const struct figure *figure, double ns)
{
	return figure->instructions ? fmax(ns, 1) : fmax(ns / 1000, 0.001);
}

const char *plot_unit(const struct figure *figure)
{
	return figure->instructions ? "instructions" : "µs";
}

/* Readable on white and on black. */
const char *plot_colour(size_t i)
{
	static const char *const colours[] = { "#1f83c4", "#d9601a", "#16966b", "#b860a0",
					       "#b98500", "#7a8793", "#d04a5a", "#6a6fd0" };

	return colours[i % (sizeof(colours) / sizeof(colours[0]))];
}

/*
 * A text in single quotes for gnuplot, which takes commands in backquotes from
 * some strings: only what cannot mean anything to it is kept.
 */
void plot_write_text(const char *text, FILE *out)
{
	const char *c;

	fputc('\'', out);
	for (c = text; *c; c++) {
		bool safe = ((unsigned char)*c >= 0x80) || (*c >= '0' && *c <= '9') ||
			    (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
			    strchr(" ._:+-/(),[]~<>=", *c);

		fputc(safe ? *c : '?', out);
	}
	fputc('\'', out);
}

/**
 * plot_cut_text - no more of a text than there is room for
 * @text: UTF-8
 * @most: bytes, 8 or more
 * @cut: gets it, with "..." for what was cut out of the middle: titles differ at
 *	their ends
 *
 * Returns @cut.
 */
const char *plot_cut_text(const char *text, size_t most, char cut[REPORT_CUT_BYTES])
{
	size_t len = strlen(text), first, last;

	if (len <= most) {
		snprintf(cut, REPORT_CUT_BYTES, "%s", text);
		return cut;
	}
	first = (most - 3) / 2;
	last = len - (most - 3 - first);
	/* Not within a character of several bytes. */
	while (first && (text[first] & 0xc0) == 0x80)
		first--;
	while (text[last] && (text[last] & 0xc0) == 0x80)
		last++;
	snprintf(cut, REPORT_CUT_BYTES, "%.*s...%s", (int)first, text, text + last);
	return cut;
}

/* Places of labels on an axis, and how far the last of them reaches. */
struct tics {
	double low, high;
	int pixels, least;
	double reached;
	const char *comma;
	FILE *out;
};

/* A label, if it does not touch the one before. */
static bool add_tic(struct tics *t, double tic)
{
	double at, half;
	char text[32];

	if (tic < t->low * 0.9999 || tic > t->high * 1.0001)
		return false;
	snprintf(text, sizeof(text), "%.10g", tic);
	at = log(tic / t->low) / log(t->high / t->low) * t->pixels;
	half = t->least ? t->least / 2.0 : (double)strlen(text) * CHAR_WIDTH / 2;
	if (at - half < t->reached)
		return false;
	fprintf(t->out, "%s\"%s\" %.10g", t->comma, text, tic);
	t->comma = ", ";
	t->reached = at + half + (t->least ? 0 : LABEL_GAP);
	return true;
}

/* Less than a decade: even steps of 1, 2 or 5, eight of them at most. */
static void add_even_tics(struct tics *t)
{
	double step = pow(10, floor(log10((t->high - t->low) / 8))), tic;
	int i;

	for (i = 0; (t->high - t->low) / step > 8; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	for (tic = ceil(t->low / step) * step; tic <= t->high; tic += step)
		add_tic(t, tic);
}

/**
 * plot_write_tics - labels of a logarithmic axis, none over another
 * @axis: 'x' or 'y'
 * @low: its begin
 * @high: its end
 * @pixels: how long it is
 * @least: room that a label takes along the axis; 0: as its text is wide
 * @out: script
 */
void plot_write_tics(char axis, double low, double high, int pixels, int least, FILE *out)
{
	static const double mantissas[] = { 1, 2, 5 };
	struct tics t = { low, high, pixels, least, -INFINITY, "", out };
	double decades = log10(high / low), decade;
	int i, n = decades * 3 * 45 > pixels ? 1 : 3;

	fprintf(out, "set %ctics (", axis);
	if (decades < 0.9)
		add_even_tics(&t);
	else
		for (decade = pow(10, floor(log10(low))); decade <= high; decade *= 10)
			for (i = 0; i < n; i++)
				add_tic(&t, decade * mantissas[i]);
	fputs(")\n", out);
}

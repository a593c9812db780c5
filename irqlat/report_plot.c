// SPDX-License-Identifier: GPL-2.0-or-later
/* What every figure of a report shares: gnuplot's terminal, units, axes, text. */

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "msg.h"
#include "report.h"

/* Pixels of a character of an axis label, and between two labels. */
#define CHAR_WIDTH	8.0
#define LABEL_GAP	10.0

extern char **environ;

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
	static const char *const colours[] = { "#1f83c4", "#d9601a", "#16966b",
					       "#b860a0", "#b98500", "#7a8793",
					       "#d04a5a", "#6a6fd0" };

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
		bool safe = ((unsigned char)*c >= 0x80) ||
			    (*c >= '0' && *c <= '9') ||
			    (*c >= 'A' && *c <= 'Z') ||
			    (*c >= 'a' && *c <= 'z') ||
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
const char *plot_cut_text(const char *text, size_t most,
			  char cut[REPORT_CUT_BYTES])
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
	snprintf(cut, REPORT_CUT_BYTES, "%.*s...%s", (int)first, text,
		 text + last);
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
	half = t->least ? t->least / 2.0 :
			  (double)strlen(text) * CHAR_WIDTH / 2;
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
void plot_write_tics(char axis, double low, double high, int pixels, int least,
		     FILE *out)
{
	static const double mantissas[] = { 1, 2, 5 };
	struct tics t = { low, high, pixels, least, -INFINITY, "", out };
	double decades = log10(high / low), decade;
	int i, n = decades * 3 * 45 > pixels ? 1 : 3;

	fprintf(out, "set %ctics (", axis);
	if (decades < 0.9)
		add_even_tics(&t);
	else
		for (decade = pow(10, floor(log10(low))); decade <= high;
		     decade *= 10)
			for (i = 0; i < n; i++)
				add_tic(&t, decade * mantissas[i]);
	fputs(")\n", out);
}

/**
 * plot_write_data - the figure's numbers
 * @figure: which
 * @out: gnuplot data file
 *
 * Returns 0, or -1 when @out took it not.
 */
int plot_write_data(const struct figure *figure, FILE *out)
{
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		curves_write_data(figure, out);
		break;
	case FIGURE_HEAT:
		heat_write_data(figure, out);
		break;
	default:
		rows_write_data(figure, out);
	}
	return ferror(out) ? -1 : 0;
}

static int height_of(const struct figure *figure, const struct drawing *drawing)
{
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		return curves_height(figure, drawing);
	case FIGURE_HEAT:
		return drawing->height * 3 / 4;
	default:
		return rows_height(figure, drawing);
	}
}

/**
 * plot_write_script - what gnuplot is to do
 * @figure: which
 * @drawing: its size and format
 * @out: script; data and output are files beside it, named after @figure
 */
void plot_write_script(const struct figure *figure,
		       const struct drawing *drawing, FILE *out)
{
	bool svg = !strcmp(drawing->terminal, "svg");
	int height = height_of(figure, drawing);

	/* gnuplot wants a name of letters, digits and underscores. */
	char name[REPORT_NAME_BYTES], *c;

	memcpy(name, figure->name, sizeof(name));
	for (c = name; *c; c++)
		if (*c == '-' || *c == '.')
			*c = '_';
	fprintf(out, "reset\nset encoding utf8\n");
	/* Point sizes and fonts of the two differ in what they count. */
	if (svg)
		fprintf(out,
			"set terminal svg size %d,%d dynamic noenhanced name '%s%s' font 'sans-serif,13'\n",
			drawing->width, height, name,
			drawing->narrow ? "_n" : "");
	else
		fprintf(out,
			"set terminal pngcairo size %d,%d noenhanced font 'sans-serif,11' background '#ffffff'\n",
			drawing->width, height);
	fprintf(out, "set output '%s%s'\ndata = '%s.dat'\n", figure->name,
		drawing->suffix, figure->name);
	switch (figure->kind) {
	case FIGURE_HISTOGRAM:
	case FIGURE_PERCENTILES:
		curves_write_script(figure, drawing, out);
		break;
	case FIGURE_HEAT:
		heat_write_script(figure, drawing, out);
		break;
	default:
		rows_write_script(figure, drawing, out);
	}
	fputs("\nset output\n", out);
}

/**
 * plot_run - have gnuplot draw
 * @folder: where script, data and output are
 * @script: file in @folder
 *
 * Returns 0, or -1 after saying why.
 */
int plot_run(const char *folder, const char *script)
{
	char program[] = "gnuplot";
	char *argv[] = { program, (char *)script, NULL };
	posix_spawn_file_actions_t actions;
	int err, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	/* The script is UTF-8; in another locale gnuplot warns of what it cannot say. */
	setenv("LC_ALL", "C.UTF-8", 1);
	err = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		msg_error("cannot run gnuplot: %s%s", strerror(err),
			  err == ENOENT ? "; install it (Debian: gnuplot-nox)" :
					  "");
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	msg_error("gnuplot failed; it needs version 5.2 or later with the terminals svg and pngcairo");
	return -1;
}

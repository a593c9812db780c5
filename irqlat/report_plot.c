// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures of a report: data and script for gnuplot, and running it. */

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "msg.h"
#include "report.h"
#include "templates.h"

/* Bars of a histogram over the whole range of times. */
#define BINS_MAX 140
/* A bar is wider than a bucket (0.1 %), or some bars would stay empty. */
#define BIN_RATIO_MIN 1.0025
/* Points of a curve that differ less than this are one. */
#define POINT_RATIO 1.004

extern char **environ;

/* Both ends of what the series hold, us. */
static void range_us(const struct series *series, size_t n, double *low,
		     double *high)
{
	size_t i;

	*low = INFINITY;
	*high = 0;
	for (i = 0; i < n; i++) {
		const struct hist *h = series[i].hist;

		*low = fmin(*low, (double)h->min / 1000);
		*high = fmax(*high, (double)h->max / 1000);
	}
	/* The axis is logarithmic: zero cannot be on it. */
	*low = fmax(*low, 0.001) / 1.03;
	*high = fmax(*high, 0.001) * 1.03;
}

/* --- data ----------------------------------------------------------------- */

static void write_bins(const struct hist *h, double low, double high, int bins,
		       FILE *out)
{
	double step = log(high / low) / bins;
	uint64_t counts[BINS_MAX] = { 0 };
	struct hist_bucket b;
	size_t position = 0;
	int i;

	while (hist_next(h, &position, &b)) {
		double us = fmax((double)(b.low < h->min ? h->min : b.low) /
				 1000, low);

		i = (int)(log(us / low) / step);
		counts[i < bins ? i : bins - 1] += b.count;
	}
	fprintf(out, "%g 0.8\n", low);
	for (i = 0; i < bins; i++) {
		double count = counts[i] ? (double)counts[i] : 0.8;

		fprintf(out, "%.7g %g\n%.7g %g\n", low * exp(i * step), count,
			low * exp((i + 1) * step), count);
	}
	fprintf(out, "%g 0.8\n\n\n", high);
}

static void write_histograms(const struct series *series, size_t n, FILE *out)
{
	double low, high, finest;
	int bins;
	size_t i;

	range_us(series, n, &low, &high);
	/* Below 2 us buckets are 1 ns wide, which may be the wider step. */
	finest = fmax(log(BIN_RATIO_MIN), log1p(0.001 / low));
	bins = (int)(log(high / low) / finest);
	bins = bins < 1 ? 1 : bins > BINS_MAX ? BINS_MAX : bins;
	for (i = 0; i < n; i++)
		write_bins(series[i].hist, low, high, bins, out);
}

/* The part of a percentile curve that the samples carry, or the rest of it. */
static void write_curve(const struct hist *h, bool carried, FILE *out)
{
	double last_x = 0, last_y = 0;
	struct hist_bucket b;
	size_t position = 0;
	uint64_t seen = 0;

	while (hist_next(h, &position, &b)) {
		uint64_t beyond, high = b.high > h->max ? h->max : b.high;
		double x, y = fmax((double)high / 1000, 0.001);
		bool is_carried;

		seen += b.count;
		beyond = h->n - seen;
		/* The maximum stands where one sample would be beyond. */
		x = (double)h->n / (double)(beyond ? beyond : 1);
		is_carried = beyond >= HIST_BEYOND_MIN;
		if (is_carried && !carried) {
			/* The rest begins where the other part ends. */
			last_x = x;
			last_y = y;
			continue;
		}
		if (!is_carried && carried)
			break;
		if (!carried && last_x > 0) {
			fprintf(out, "%.7g %.7g\n", last_x, last_y);
			last_x = 0;
		}
		if (carried && x < last_x * POINT_RATIO &&
		    y < last_y * POINT_RATIO)
			continue;
		fprintf(out, "%.7g %.7g\n", x, y);
		if (carried) {
			last_x = x;
			last_y = y;
		}
	}
	/* gnuplot counts blocks, so that none may be empty. */
	fputs("NaN NaN\n\n\n", out);
}

/**
 * plot_write_data - the figure's numbers, a block for each curve
 * @figure: which
 * @series: its curves
 * @n: how many
 * @out: gnuplot data file
 *
 * Returns 0, or -1 when @out took it not.
 */
int plot_write_data(const struct figure *figure, const struct series *series,
		    size_t n, FILE *out)
{
	size_t i;

	if (figure->is_histogram) {
		write_histograms(series, n, out);
		return ferror(out) ? -1 : 0;
	}
	for (i = 0; i < n; i++) {
		write_curve(series[i].hist, true, out);
		write_curve(series[i].hist, false, out);
	}
	return ferror(out) ? -1 : 0;
}

/* --- script --------------------------------------------------------------- */

/* Labels for [low, high] on a logarithmic axis, few enough not to overlap. */
static void write_time_tics(char axis, double low, double high, int most,
			    FILE *out)
{
	static const double mantissas[] = { 1, 2, 5 };
	double decades = log10(high / low), step, tic;
	const char *comma = "";
	int i;

	fprintf(out, "set %ctics (", axis);
	if (decades < 0.9) {
		/* Less than a decade: even steps of 1, 2 or 5. */
		step = pow(10, floor(log10((high - low) / most)));
		for (i = 0; (high - low) / step > most; i++)
			step *= i % 3 == 1 ? 2.5 : 2;
		for (tic = ceil(low / step) * step; tic <= high; tic += step) {
			fprintf(out, "%s\"%g\" %g", comma, tic, tic);
			comma = ", ";
		}
	} else {
		for (step = pow(10, floor(log10(low))); step <= high; step *= 10)
			for (i = 0; i < 3; i++) {
				tic = step * mantissas[i];
				if ((i && decades * 3 > most) || tic < low ||
				    tic > high)
					continue;
				fprintf(out, "%s\"%g\" %g", comma, tic, tic);
				comma = ", ";
			}
	}
	fputs(")\n", out);
}

static void write_percentile_tics(uint64_t n, FILE *out)
{
	static const char *const labels[] = { "90",	"99",	   "99.9",
					      "99.99",	"99.999",  "99.9999",
					      "99.99999" };
	double x = 10;
	size_t i;

	fputs("set xtics (\"0\" 1, \"50\" 2", out);
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]) && x <= (double)n;
	     i++, x *= 10)
		fprintf(out, ", \"%s\" %.0f", labels[i], x);
	fputs(")\n", out);
}

/*
 * A title in single quotes for gnuplot, which takes commands in backquotes from
 * some strings: only what cannot mean anything to it is kept.
 */
static void write_title(const char *title, FILE *out)
{
	const char *c;

	fputc('\'', out);
	for (c = title; *c; c++) {
		bool safe = ((unsigned char)*c >= 0x80) ||
			    (*c >= '0' && *c <= '9') ||
			    (*c >= 'A' && *c <= 'Z') ||
			    (*c >= 'a' && *c <= 'z') || strchr(" ._:+-/(),", *c);

		fputc(safe ? *c : '?', out);
	}
	fputc('\'', out);
}

static void write_arrays(const struct series *series, size_t n, FILE *out)
{
	/* Readable on white and on black. */
	static const char *const colours[] = { "#1f83c4", "#d9601a", "#16966b",
					       "#b860a0", "#b98500", "#7a8793" };
	const size_t n_colours = sizeof(colours) / sizeof(colours[0]);
	size_t i;

	fprintf(out, "n = %zu\narray title[%zu]\narray colour[%zu]\narray dash[%zu]\n",
		n, n, n, n);
	for (i = 0; i < n; i++) {
		fprintf(out, "title[%zu] = ", i + 1);
		write_title(series[i].title, out);
		fprintf(out, "\ncolour[%zu] = '%s'\ndash[%zu] = %zu\n", i + 1,
			colours[i % n_colours], i + 1, 1 + i / n_colours);
	}
}

static void write_axes(const struct figure *figure,
		       const struct drawing *drawing,
		       const struct series *series, size_t n, FILE *out)
{
	double low, high;
	uint64_t most = 2;
	size_t i;

	range_us(series, n, &low, &high);
	if (figure->is_histogram) {
		fprintf(out, "x_low = %.7g\nx_high = %.7g\n", low, high);
		write_time_tics('x', low, high, drawing->narrow ? 6 : 9, out);
		return;
	}
	for (i = 0; i < n; i++)
		if (series[i].hist->n > most)
			most = series[i].hist->n;
	fprintf(out, "y_low = %.7g\ny_high = %.7g\nx_high = %.7g\n", low, high,
		(double)most * 1.3);
	write_time_tics('y', low, high, 10, out);
	write_percentile_tics(most, out);
}

/* Entries of the key beside each other, so that the longest has room. */
static int key_columns(const struct drawing *drawing,
		       const struct series *series, size_t n)
{
	size_t longest = 1, len, i;
	int columns;

	for (i = 0; i < n; i++) {
		len = strlen(series[i].title);
		if (len > longest)
			longest = len;
	}
	/* A character is about 8 pixels wide, a sample of the line 50. */
	columns = drawing->width / ((int)longest * 8 + 50);
	return columns < 1 ? 1 : columns;
}

/**
 * plot_write_script - what gnuplot is to do
 * @figure: which
 * @drawing: its size and format
 * @series: its curves
 * @n: how many
 * @out: script; data and output are files beside it, named after @figure
 */
void plot_write_script(const struct figure *figure,
		       const struct drawing *drawing,
		       const struct series *series, size_t n, FILE *out)
{
	bool svg = !strcmp(drawing->terminal, "svg");

	fprintf(out, "set encoding utf8\n");
	if (svg)
		fprintf(out,
			"set terminal svg size %d,%d dynamic noenhanced name '%s%s%s' font 'sans-serif,13'\n",
			drawing->width, drawing->height,
			figure->is_histogram ? "h_" : "p_", figure->stage,
			drawing->narrow ? "_n" : "");
	else
		fprintf(out,
			"set terminal pngcairo size %d,%d noenhanced font 'sans-serif,11' background '#ffffff'\n",
			drawing->width, drawing->height);
	fprintf(out,
		"set output '%s%s'\ndata = '%s.dat'\nkey_columns = %d\n",
		figure->name, drawing->suffix, figure->name,
		key_columns(drawing, series, n));
	write_arrays(series, n, out);
	write_axes(figure, drawing, series, n, out);
	fputs(figure->is_histogram ? template_histogram : template_percentiles,
	      out);
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

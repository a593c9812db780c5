// SPDX-License-Identifier: GPL-2.0-or-later
/* Histograms, percentile curves, and latency against CPU time, for gnuplot. */

#include <math.h>
#include <string.h>

#include "report.h"
#include "templates.h"

/* Bars of a histogram over the whole range of times. */
#define BINS_MAX 140
/* A bar is wider than a bucket (0.1 %): otherwise some bars would stay empty. */
#define BIN_RATIO_MIN 1.0025
/* A curve leaves out points that differ less than this from the last. */
#define POINT_RATIO 1.004
/* Pixels of a plot that its axes and their labels take. */
#define MARGIN_X   90
#define MARGIN_Y   70
#define LEGEND_ROW 20

/* --- data ----------------------------------------------------------------- */

static void write_bins(const struct figure *figure, const struct hist *h, double low, double high,
		       int bins, FILE *out)
{
	double step = log(high / low) / bins;
	uint64_t counts[BINS_MAX] = { 0 };
	struct hist_bucket b;
	size_t position = 0;
	int i;

	while (hist_next(h, &position, &b)) {
		double at = plot_value(figure, (double)(b.low < h->min ? h->min : b.low));

		i = (int)(log(fmax(at, low) / low) / step);
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

static void write_histograms(const struct figure *figure, FILE *out)
{
	double low, high, finest;
	int bins;
	size_t i;

	plot_range(figure, 1.03, &low, &high);
	/* Below 2 us a bucket is 1 ns wide, which may be more than BIN_RATIO_MIN. */
	finest = fmax(log(BIN_RATIO_MIN), log1p(plot_value(figure, 1) / low));
	bins = (int)(log(high / low) / finest);
	bins = bins < 1 ? 1 : bins > BINS_MAX ? BINS_MAX : bins;
	for (i = 0; i < figure->n; i++)
		write_bins(figure, &figure->series[i].result->hist, low, high, bins, out);
}

/*
 * The part of a percentile curve that the samples carry, if @carried, or the part
 * beyond, which begins where the first part ends.
 */
static void write_curve(const struct figure *figure, const struct hist *h, bool carried, FILE *out)
{
	double last_x = 0, last_y = 0;
	struct hist_bucket b;
	size_t position = 0;
	uint64_t seen = 0;

	while (hist_next(h, &position, &b)) {
		uint64_t beyond, high = b.high > h->max ? h->max : b.high;
		double x, y = plot_value(figure, (double)high);
		bool is_carried;

		seen += b.count;
		beyond = h->n - seen;
		/* Draw the maximum where one sample would be beyond. */
		x = (double)h->n / (double)(beyond ? beyond : 1);
		is_carried = beyond >= HIST_BEYOND_MIN;
		if (is_carried && !carried) {
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
		if (carried && x < last_x * POINT_RATIO && y < last_y * POINT_RATIO)
			continue;
		fprintf(out, "%.7g %.7g\n", x, y);
		if (carried) {
			last_x = x;
			last_y = y;
		}
	}
	/* gnuplot counts blocks of data: none may be empty. */
	fputs("NaN NaN\n\n\n", out);
}

/* The highest latency that is drawn of a row: p99, or the maximum of few samples. */
static double tradeoff_high(const struct figure *figure, const struct hist *h)
{
	uint64_t p99 = h->max;

	hist_percentile(h, 990000, &p99);
	return plot_value(figure, (double)p99);
}

/* A point: share of a CPU in percent, median, minimum, p99. */
static void write_tradeoff(const struct figure *figure, const struct result *r, FILE *out)
{
	uint64_t median = (uint64_t)hist_mean(&r->hist);

	hist_percentile(&r->hist, 500000, &median);
	fprintf(out, "%.7g %.7g %.7g %.7g\n\n\n", 100 * result_cpu_share(r),
		plot_value(figure, (double)median), plot_value(figure, (double)r->hist.min),
		tradeoff_high(figure, &r->hist));
}

/* A block of data for each histogram and each point; two for each percentile curve. */
static void curves_write_data(const struct figure *figure, FILE *out)
{
	size_t i;

	for (i = 0; i < figure->n && figure->kind == FIGURE_TRADEOFF; i++)
		write_tradeoff(figure, figure->series[i].result, out);
	if (figure->kind == FIGURE_TRADEOFF)
		return;
	if (figure->kind == FIGURE_HISTOGRAM) {
		write_histograms(figure, out);
		return;
	}
	for (i = 0; i < figure->n; i++) {
		const struct hist *h = &figure->series[i].result->hist;

		write_curve(figure, h, true, out);
		write_curve(figure, h, false, out);
	}
}

/* --- script --------------------------------------------------------------- */

static void write_percentile_tics(uint64_t n, FILE *out)
{
	static const char *const labels[] = { "90",	"99",	   "99.9",    "99.99",
					      "99.999", "99.9999", "99.99999" };
	double x = 10;
	size_t i;

	fputs("set xtics (\"0\" 1, \"50\" 2", out);
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]) && x <= (double)n; i++, x *= 10)
		fprintf(out, ", \"%s\" %.0f", labels[i], x);
	fputs(")\n", out);
}

static void write_arrays(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	/* gnuplot draws no colour sample beside a title that is wider than the plot. */
	size_t title_room = (size_t)(drawing->width - MARGIN_X - 20) / 8;
	size_t n = figure->n, i;

	fprintf(out, "n = %zu\narray title[%zu]\narray colour[%zu]\n", n, n, n);
	for (i = 0; i < n; i++) {
		fprintf(out, "title[%zu] = ", i + 1);
		plot_write_text(figure->series[i].title, title_room, out);
		fprintf(out, "\ncolour[%zu] = '%s'\n", i + 1, plot_colour(i));
	}
}

static int legend_columns(const struct figure *figure, const struct drawing *drawing)
{
	size_t longest = 0, len, i;

	for (i = 0; i < figure->n; i++) {
		len = strlen(figure->series[i].title);
		if (len > longest)
			longest = len;
	}
	return plot_legend_columns(longest, drawing->width);
}

/* The plot keeps its height: each row of the legend but the first adds to the drawing's. */
static int curves_height(const struct figure *figure, const struct drawing *drawing)
{
	int columns = legend_columns(figure, drawing);

	return drawing->height + ((int)figure->n - 1) / columns * LEGEND_ROW;
}

static void write_axes(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	double low, high;
	uint64_t most = 2;
	size_t i;

	plot_range(figure, 1.03, &low, &high);
	fprintf(out, "unit = '%s%s'\n", figure->instructions ? "" : "latency, ", plot_unit(figure));
	if (figure->kind == FIGURE_HISTOGRAM) {
		fprintf(out, "x_low = %.7g\nx_high = %.7g\n", low, high);
		plot_write_tics('x', low, high, drawing->width - MARGIN_X, 0, out);
		return;
	}
	if (figure->kind == FIGURE_TRADEOFF) {
		high = 0;
		for (i = 0; i < figure->n; i++)
			high = fmax(high, tradeoff_high(figure, &figure->series[i].result->hist));
		high *= 1.1;
		fprintf(out, "y_low = %.7g\ny_high = %.7g\n", low, high);
		plot_write_tics('y', low, high, drawing->height - MARGIN_Y, 30, out);
		return;
	}
	for (i = 0; i < figure->n; i++)
		if (figure->series[i].result->hist.n > most)
			most = figure->series[i].result->hist.n;
	fprintf(out, "y_low = %.7g\ny_high = %.7g\nx_high = %.7g\n", low, high, (double)most * 1.3);
	plot_write_tics('y', low, high, drawing->height - MARGIN_Y, 30, out);
	write_percentile_tics(most, out);
}

static void curves_write_script(const struct figure *figure, const struct drawing *drawing,
				FILE *out)
{
	fprintf(out, "key_columns = %d\n", legend_columns(figure, drawing));
	write_arrays(figure, drawing, out);
	write_axes(figure, drawing, out);
	fputs(figure->kind == FIGURE_HISTOGRAM ? template_histogram :
	      figure->kind == FIGURE_TRADEOFF  ? template_tradeoff :
						 template_percentiles,
	      out);
}

const struct chart_ops curves_ops = {
	.height = curves_height,
	.write_data = curves_write_data,
	.write_script = curves_write_script,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* A row over the time of the run: its blocks beside each other, log y. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Cells: what is finer than that nobody sees, and the page would grow. */
#define COLUMNS_MAX 64
#define LINES	    30
#define MARGIN_X    90
#define MARGIN_Y    100

struct heat_column {
	double from_s, to_s;
	uint64_t max;
	uint64_t counts[LINES];
};

struct heat {
	double low, high; /* of the axis, in the figure's unit */
	struct heat_column columns[COLUMNS_MAX + 1];
	size_t n;
	uint64_t most;
};

static int line_of(const struct heat *heat, double value)
{
	int i = (int)(log(value / heat->low) / log(heat->high / heat->low) * LINES);

	return i < 0 ? 0 : i >= LINES ? LINES - 1 : i;
}

static void add_block(const struct figure *figure, struct heat *heat, const struct block *block)
{
	struct heat_column *c = &heat->columns[heat->n - 1];
	size_t i;

	for (i = 0; i < block->n_buckets; i++) {
		double value = plot_value(figure, (double)block->buckets[i].low);
		uint64_t *count = &c->counts[line_of(heat, value)];

		*count += block->buckets[i].count;
		if (*count > heat->most)
			heat->most = *count;
	}
	if (block->max > c->max)
		c->max = block->max;
}

/* Neighbours share a column where there are more blocks than columns. */
static void fill(const struct figure *figure, struct heat *heat)
{
	const struct result *r = figure->series[0].result;
	const struct blocks *b = &r->blocks;
	uint64_t from = b->list[0].start_ns, span, last = UINT64_MAX;
	uint64_t end = b->list[b->n - 1].start_ns + b->length_ns;
	uint64_t spans = (end - from) / b->length_ns;
	uint64_t width = (spans + COLUMNS_MAX - 1) / COLUMNS_MAX * b->length_ns;
	size_t i;

	memset(heat, 0, sizeof(*heat));
	heat->low = plot_value(figure, (double)r->hist.min) / 1.03;
	heat->high = plot_value(figure, (double)r->hist.max) * 1.03;
	for (i = 0; i < b->n; i++) {
		span = (b->list[i].start_ns - from) / width;
		if (span != last && heat->n <= COLUMNS_MAX) {
			struct heat_column *c = &heat->columns[heat->n++];

			c->from_s = (double)(from + span * width) / 1e9;
			c->to_s = (double)(from + (span + 1) * width) / 1e9;
			last = span;
		}
		add_block(figure, heat, &b->list[i]);
	}
}

/* Blocks of a file may begin later than a number of seconds can say. */
static bool is_sane(const struct figure *figure)
{
	const struct blocks *b = &figure->series[0].result->blocks;

	return b->length_ns && b->n && b->list[b->n - 1].start_ns < INT64_MAX / 2 &&
	       b->length_ns < INT64_MAX / 4;
}

/* Cells, and after two empty lines the maxima. */
void heat_write_data(const struct figure *figure, FILE *out)
{
	struct heat *heat = malloc(sizeof(*heat));
	double step;
	size_t i;
	int j;

	if (!heat || !is_sane(figure)) {
		fputs("NaN NaN NaN NaN 0\n\n\nNaN NaN NaN\n", out);
		free(heat);
		return;
	}
	fill(figure, heat);
	step = log(heat->high / heat->low) / LINES;
	for (i = 0; i < heat->n; i++) {
		const struct heat_column *c = &heat->columns[i];

		for (j = 0; j < LINES; j++) {
			double share = log1p((double)c->counts[j]) / log1p((double)heat->most);

			if (!c->counts[j])
				continue;
			/* Opacity: the page behind is light or dark. */
			fprintf(out, "%.6g %.6g %.7g %.7g 0x%02x1f83c4\n", c->from_s, c->to_s,
				heat->low * exp(j * step), heat->low * exp((j + 1) * step),
				(unsigned int)(255 * 0.88 * (1 - share)));
		}
	}
	fputs("\n\n", out);
	for (i = 0; i < heat->n; i++)
		fprintf(out, "%.6g %.6g %.7g\n", heat->columns[i].from_s, heat->columns[i].to_s,
			plot_value(figure, (double)heat->columns[i].max));
	free(heat);
}

/**
 * heat_write_script - how latency over time is plotted
 * @figure: which
 * @drawing: its size
 * @out: script; terminal, output and data are set before
 */
void heat_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	const struct result *r = figure->series[0].result;
	const struct blocks *b = &r->blocks;
	double low = plot_value(figure, (double)r->hist.min) / 1.03;
	double high = plot_value(figure, (double)r->hist.max) * 1.03;
	/* What was measured under load began when the rest was over. */
	double begin = (double)b->list[0].start_ns / 1e9;
	double end = (double)(b->list[b->n - 1].start_ns + b->length_ns) / 1e9;
	int pixels = drawing->width - MARGIN_X, i;
	double step = pow(10, floor(log10((end - begin) / 10)));

	for (i = 0; (end - begin) / step > pixels / 60.0; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	fprintf(out, "set logscale y\nset xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", begin, end,
		low, high);
	fprintf(out, "set xlabel 'time since the begin of the run, s'\nset ylabel '%s%s'\n",
		figure->instructions ? "" : "latency, ", plot_unit(figure));
	fprintf(out, "set xtics %.9g\nset format x '%%.10g'\n", step);
	plot_write_tics('y', low, high, drawing->height * 3 / 4 - MARGIN_Y, 24, out);
	fputs("set border 3\nset tics nomirror out scale 0.6\nset key outside top center horizontal samplen 2\n"
	      "plot data index 0 using (($1+$2)/2):(($3+$4)/2):1:2:3:4:5 with boxxyerror fs solid noborder lc rgb variable notitle, \\\n"
	      "\tdata index 1 using 1:3:($2-$1):(0) with vectors nohead lw 1.6 lc rgb '#d9601a' title 'maximum of the span'",
	      out);
}

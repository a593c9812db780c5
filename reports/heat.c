// SPDX-License-Identifier: GPL-2.0-or-later
/* Chart of one row over the time of the run: a column of cells for each block. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Cells. Nobody would see finer ones, and the page would grow. */
#define COLUMNS_MAX 64
#define CELLS	    30 /* in a column */
/* Pixels that the axes and their labels take. */
#define MARGIN_X 90
#define MARGIN_Y 100

/**
 * struct heat_column - the samples of one span of time
 * @from_s: begin, seconds from the begin of the run
 * @to_s: end
 * @max: greatest sample, ns
 * @counts: samples in each cell
 */
struct heat_column {
	double from_s, to_s;
	uint64_t max;
	uint64_t counts[CELLS];
};

/**
 * struct heat - all cells
 * @low: value where the first cell of a column begins
 * @high: value where the last one ends
 * @columns: @n columns, ascending in time
 * @n: columns in @columns
 * @most: samples in the fullest cell
 */
struct heat {
	double low, high;
	struct heat_column columns[COLUMNS_MAX + 1];
	size_t n;
	uint64_t most;
};

static int cell_of(const struct heat *heat, double value)
{
	int i = (int)(log(value / heat->low) / log(heat->high / heat->low) * CELLS);

	return i < 0 ? 0 : i >= CELLS ? CELLS - 1 : i;
}

static void add_block(const struct figure *figure, struct heat *heat, const struct block *block)
{
	struct heat_column *c = &heat->columns[heat->n - 1];
	size_t i;

	for (i = 0; i < block->n_buckets; i++) {
		double value = plot_value(figure, (double)block->buckets[i].low);
		uint64_t *count = &c->counts[cell_of(heat, value)];

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
	const struct blocks *b = &figure->series[0].result->blocks;
	uint64_t from = b->list[0].start_ns, span, last = UINT64_MAX;
	uint64_t end = b->list[b->n - 1].start_ns + b->length_ns;
	uint64_t spans = (end - from) / b->length_ns;
	uint64_t width = (spans + COLUMNS_MAX - 1) / COLUMNS_MAX * b->length_ns;
	size_t i;

	memset(heat, 0, sizeof(*heat));
	plot_range(figure, 1.03, &heat->low, &heat->high);
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

/* The cells, and as a second block of data the maxima. */
static void heat_write_data(const struct figure *figure, FILE *out)
{
	struct heat *heat = malloc(sizeof(*heat));
	double step;
	size_t i;
	int j;

	if (!heat) {
		fputs("NaN NaN NaN NaN 0\n\n\nNaN NaN NaN\n", out);
		return;
	}
	fill(figure, heat);
	step = log(heat->high / heat->low) / CELLS;
	for (i = 0; i < heat->n; i++) {
		const struct heat_column *c = &heat->columns[i];

		for (j = 0; j < CELLS; j++) {
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

static int heat_height(const struct figure *figure, const struct drawing *drawing)
{
	(void)figure;
	return drawing->height * 3 / 4;
}

static void heat_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	const struct blocks *b = &figure->series[0].result->blocks;
	/* Rows of a second load begin when those of the first have ended. */
	double begin = (double)b->list[0].start_ns / 1e9;
	double end = (double)(b->list[b->n - 1].start_ns + b->length_ns) / 1e9;
	double most = (drawing->width - MARGIN_X) / 60.0, low, high;

	plot_range(figure, 1.03, &low, &high);
	fprintf(out, "set logscale y\nset xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", begin, end,
		low, high);
	fprintf(out, "set xlabel 'time since the begin of the run, s'\nset ylabel '%s%s'\n",
		figure->instructions ? "" : "latency, ", plot_unit(figure));
	fprintf(out, "set xtics %.9g\nset format x '%%.10g'\n", plot_step(end - begin, most));
	plot_write_tics('y', low, high, heat_height(figure, drawing) - MARGIN_Y, 24, out);
	fputs("set border 3\nset tics nomirror out scale 0.6\nset key outside top center horizontal samplen 2\n"
	      "plot data index 0 using (($1+$2)/2):(($3+$4)/2):1:2:3:4:5 with boxxyerror fs solid noborder lc rgb variable notitle, \\\n"
	      "\tdata index 1 using 1:3:($2-$1):(0) with vectors nohead lw 1.6 lc rgb '#d9601a' title 'maximum of the span'",
	      out);
}

const struct chart_ops heat_ops = {
	.height = heat_height,
	.write_data = heat_write_data,
	.write_script = heat_write_script,
};

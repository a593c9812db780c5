// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charts with a bar for each row: ranges of times, with published claims below
 * them, and stages. A bar's title is above the bar, so that a long name does not
 * narrow the plot on a small screen. The vertical axis counts pixels from the top.
 */

#include <math.h>
#include <string.h>

#include "report.h"

#define TITLE_HEIGHT 18
#define BAR_HEIGHT   12
#define GAP_HEIGHT   11
#define LEGEND_ROW   22
#define TOP	     12
#define BOTTOM	     64
#define SIDE	     20
/* Pixels that a character of a title takes. */
#define CHAR_WIDTH 7.4

#define CLAIM_COLOUR "#d04545"
/* Half transparent: the line of a claim crosses titles. */
#define CLAIM_LINE_COLOUR "#88d04545"

/* --- rows and claims ------------------------------------------------------- */

/*
 * Does bar @i have a title? A bar with the title of the bar above it has none: its
 * colour says which input it is of. A bar of stages has no such colour.
 */
static bool is_titled(const struct figure *figure, size_t i)
{
	return !i || figure->kind != FIGURE_RANGES ||
	       strcmp(figure->series[i].title, figure->series[i - 1].title);
}

/* The next claim that @figure shows, from @c on, or NULL. */
static const struct ref_claim *next_claim(const struct figure *figure, const struct ref_claim *c)
{
	for (; c->system; c++)
		if (c->low_ns && figure->claims >> c->kind & 1)
			return c;
	return NULL;
}

/* Moves @y past the next bar, and its title if it has one. Returns the middle of the bar. */
static double step_down(double *y, bool titled)
{
	double middle;

	*y += titled ? GAP_HEIGHT + TITLE_HEIGHT : 0;
	middle = *y + BAR_HEIGHT / 2.0;
	*y += BAR_HEIGHT;
	return middle;
}

static double content_height(const struct figure *figure)
{
	const struct ref_claim *c;
	double y = 0;
	size_t i;

	for (i = 0; i < figure->n; i++)
		step_down(&y, is_titled(figure, i));
	for (c = next_claim(figure, ref_claims); c; c = next_claim(figure, c + 1))
		step_down(&y, true);
	return y + GAP_HEIGHT;
}

/* --- legend ---------------------------------------------------------------- */

/* What the colours mean: inputs, or stages. */
struct legend {
	const char *text[REPORT_ROWS_MAX];
	size_t n;
};

/* The number of an entry, which is added if it is new. */
static size_t legend_find(struct legend *legend, const char *text)
{
	size_t i;

	for (i = 0; i < legend->n; i++)
		if (!strcmp(legend->text[i], text))
			return i;
	if (legend->n < sizeof(legend->text) / sizeof(legend->text[0]))
		legend->text[legend->n++] = text;
	return i;
}

static void legend_make(const struct figure *figure, struct legend *legend)
{
	size_t i, j;

	legend->n = 0;
	for (i = 0; i < figure->n; i++) {
		const struct series *s = &figure->series[i];
		const struct run *run = &s->input->run;

		if (figure->kind != FIGURE_STAGES)
			legend_find(legend, s->input->label);
		for (j = 0; figure->kind == FIGURE_STAGES && j < run->n_results; j++)
			if (report_is_part(&run->results[j], s->result))
				legend_find(legend, run->results[j].stage);
	}
	/* A single input needs no legend. */
	if (figure->kind != FIGURE_STAGES && legend->n == 1)
		legend->n = 0;
}

static const char *legend_text(const struct figure *figure, const struct legend *legend, size_t i)
{
	return figure->kind == FIGURE_STAGES ? result_stage_title(legend->text[i]) :
					       legend->text[i];
}

static int legend_columns(const struct figure *figure, const struct legend *legend, int width)
{
	size_t longest = 0, i;

	for (i = 0; i < legend->n; i++) {
		size_t len = strlen(legend_text(figure, legend, i));

		if (len > longest)
			longest = len;
	}
	return plot_legend_columns(longest, width);
}

static int bars_height(const struct figure *figure, const struct drawing *drawing)
{
	struct legend legend;
	int columns, rows;

	legend_make(figure, &legend);
	columns = legend_columns(figure, &legend, drawing->width);
	rows = ((int)legend.n + columns - 1) / columns;
	return TOP + rows * LEGEND_ROW + (int)content_height(figure) + BOTTOM;
}

/* --- data ------------------------------------------------------------------ */

/*
 * Where the thick part of a bar ends: p99, p90 if the samples do not carry p99, or 0.
 * @name is set to "p99", "p90" or NULL.
 */
static uint64_t upper(const struct hist *h, const char **name)
{
	uint64_t value = 0;

	*name = "p99";
	if (hist_percentile(h, 990000, &value))
		return value;
	*name = "p90";
	if (hist_percentile(h, 900000, &value))
		return value;
	*name = NULL;
	return value;
}

static uint64_t middle_of(const struct hist *h)
{
	uint64_t value;

	return hist_percentile(h, 500000, &value) ? value : (uint64_t)hist_mean(h);
}

static size_t colour_of(const struct figure *figure, struct legend *legend, size_t i)
{
	return legend->n ? legend_find(legend, figure->series[i].input->label) : 0;
}

static void write_range(const struct figure *figure, double y, uint64_t low, uint64_t middle,
			uint64_t high, uint64_t max, const char *colour, FILE *out)
{
	fprintf(out, "%g %.9g %.9g %.9g %.9g 0x%s\n", y, plot_value(figure, (double)low),
		plot_value(figure, (double)middle), plot_value(figure, (double)high),
		plot_value(figure, (double)max), colour + 1);
}

static void write_ranges(const struct figure *figure, FILE *out)
{
	const struct ref_claim *c;
	struct legend legend;
	double y = 0;
	size_t i;

	legend_make(figure, &legend);
	for (i = 0; i < figure->n; i++) {
		const struct hist *h = &figure->series[i].result->hist;
		uint64_t middle = middle_of(h), high;
		const char *name;

		high = upper(h, &name);
		write_range(figure, step_down(&y, is_titled(figure, i)), h->min, middle,
			    name ? high : middle, h->max,
			    plot_colour(colour_of(figure, &legend, i)), out);
	}
	for (c = next_claim(figure, ref_claims); c; c = next_claim(figure, c + 1))
		write_range(figure, step_down(&y, true), c->low_ns, c->low_ns, c->high_ns,
			    c->high_ns, CLAIM_COLOUR, out);
}

/* A box for each stage: its share of the mean, one beside the other. */
static void write_stages(const struct figure *figure, FILE *out)
{
	struct legend legend;
	double y = 0;
	size_t i, j;

	legend_make(figure, &legend);
	for (i = 0; i < figure->n; i++) {
		const struct series *s = &figure->series[i];
		double middle = step_down(&y, true), at = 0;

		for (j = 0; j < s->input->run.n_results; j++) {
			const struct result *r = &s->input->run.results[j];
			double part;

			if (!report_is_part(r, s->result))
				continue;
			part = (double)r->hist.sum / (double)s->result->hist.n /
			       (figure->instructions ? 1 : 1000);
			fprintf(out, "%.9g %.9g %g %g 0x%s\n", at, at + part,
				middle - BAR_HEIGHT / 2.0, middle + BAR_HEIGHT / 2.0,
				plot_colour(legend_find(&legend, r->stage)) + 1);
			at += part;
		}
	}
}

static void bars_write_data(const struct figure *figure, FILE *out)
{
	if (figure->kind == FIGURE_STAGES)
		write_stages(figure, out);
	else
		write_ranges(figure, out);
}

/* --- script ---------------------------------------------------------------- */

static size_t title_room(int width)
{
	return (size_t)((width - 2 * SIDE) / CHAR_WIDTH);
}

/* A title at the left edge, above the bar at @y, no wider than the plot. */
static void write_title(const char *text, double y, int width, const char *colour, FILE *out)
{
	fputs("set label ", out);
	plot_write_text(text, title_room(width), out);
	fprintf(out, " at graph 0, first %g left front%s%s%s\n",
		y - BAR_HEIGHT / 2.0 - TITLE_HEIGHT / 2.0, colour ? " textcolor rgb '" : "",
		colour ? colour : "", colour ? "'" : "");
}

/* Four digits, as many as a chart can show. */
static void value_text(const struct figure *figure, double ns, char text[32])
{
	double value = plot_value(figure, ns);
	int digits = 3;

	for (; digits && value >= 10; value /= 10)
		digits--;
	snprintf(text, 32, "%.*f", figure->instructions ? 0 : digits, plot_value(figure, ns));
}

/* The values in a title, as many as @room bytes hold. */
static void values_text(const struct figure *figure, const struct hist *h, size_t room, char *text,
			size_t size)
{
	const char *unit = plot_unit(figure), *name;
	double high_ns = (double)upper(h, &name);
	char middle[32], high[32];

	if (figure->kind == FIGURE_STAGES) {
		value_text(figure, hist_mean(h), middle);
		snprintf(text, size, ": %s %s", middle, unit);
		return;
	}
	value_text(figure, (double)middle_of(h), middle);
	value_text(figure, high_ns, high);
	if (!name) {
		snprintf(text, size, ": about %s %s", middle, unit);
		return;
	}
	snprintf(text, size, ": p50 %s, %s %s %s", middle, name, high, unit);
	if (strlen(text) > room)
		snprintf(text, size, ": p50 %s %s", middle, unit);
}

static void row_text(const struct figure *figure, size_t i, bool several, size_t room, char *text,
		     size_t size)
{
	const struct series *s = &figure->series[i];
	char values[128];
	size_t len;

	if (several && figure->kind != FIGURE_STAGES) {
		snprintf(text, size, "%s", s->title);
		return;
	}
	len = (size_t)snprintf(text, size, "%s%s%s", s->title, several ? ", " : "",
			       several ? s->input->label : "");
	values_text(figure, &s->result->hist, room > len ? room - len : 0, values, sizeof(values));
	if (len + strlen(values) <= room)
		snprintf(text + len, size - len, "%s", values);
}

static bool are_several_inputs(const struct figure *figure)
{
	size_t i;

	for (i = 1; i < figure->n; i++)
		if (figure->series[i].input != figure->series[0].input)
			return true;
	return false;
}

static void write_titles(const struct figure *figure, int width, FILE *out)
{
	bool several = are_several_inputs(figure);
	char text[2 * REPORT_TITLE_BYTES];
	const struct ref_claim *c;
	double y = 0, at;
	size_t i;

	for (i = 0; i < figure->n; i++) {
		bool titled = is_titled(figure, i);

		at = step_down(&y, titled);
		if (!titled)
			continue;
		row_text(figure, i, several, title_room(width), text, sizeof(text));
		write_title(text, at, width, NULL, out);
	}
	for (c = next_claim(figure, ref_claims); c; c = next_claim(figure, c + 1)) {
		snprintf(text, sizeof(text), "claim [%d] %s: %s", (int)(c - ref_claims) + 1,
			 c->system, c->figure);
		write_title(text, step_down(&y, true), width, CLAIM_COLOUR, out);
		fprintf(out,
			"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead back dt (5,5) lw 1 lc rgb '%s'\n",
			plot_value(figure, (double)c->low_ns),
			plot_value(figure, (double)c->low_ns), CLAIM_LINE_COLOUR);
	}
}

static void range_of(const struct figure *figure, double *low, double *high)
{
	const double margin = 1.1;
	const struct ref_claim *c;

	plot_range(figure, margin, low, high);
	for (c = next_claim(figure, ref_claims); c; c = next_claim(figure, c + 1)) {
		*low = fmin(*low, plot_value(figure, (double)c->low_ns) / margin);
		*high = fmax(*high, plot_value(figure, (double)c->high_ns) * margin);
	}
}

static void write_legend(const struct figure *figure, const struct legend *legend, int width,
			 FILE *out)
{
	if (!legend->n) {
		fputs("set key off\n", out);
		return;
	}
	fprintf(out,
		"set key at screen 0.5, screen 1 center top horizontal maxcols %d samplen 1.5\n",
		legend_columns(figure, legend, width));
}

static void write_legend_entries(const struct figure *figure, const struct legend *legend,
				 int width, FILE *out)
{
	size_t i;

	for (i = 0; i < legend->n; i++) {
		fprintf(out, ", \\\n\tNaN with lines lw 6 lc rgb '%s' title ", plot_colour(i));
		plot_write_text(legend_text(figure, legend, i), title_room(width - 60), out);
	}
}

static void write_frame(const struct figure *figure, const struct drawing *drawing,
			const struct legend *legend, FILE *out)
{
	double height = bars_height(figure, drawing), width = drawing->width;
	double content = content_height(figure);

	fprintf(out, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n", SIDE / width,
		1 - SIDE / width);
	fprintf(out, "set bmargin at screen %.5f\nset tmargin at screen %.5f\n", BOTTOM / height,
		(BOTTOM + content) / height);
	fprintf(out, "set yrange [%g:0]\nset border 1\n", content);
	fputs("set tics nomirror out scale 0.6\nunset ytics\nset grid xtics lt 1 lw 0.5 lc rgb '#999999' dt (2,4)\n",
	      out);
	write_legend(figure, legend, drawing->width, out);
}

static void write_stages_plot(const struct figure *figure, const struct drawing *drawing,
			      const struct legend *legend, FILE *out)
{
	double high = 0;
	int steps = (drawing->width - 2 * SIDE) / 65;
	size_t i;

	for (i = 0; i < figure->n; i++)
		high = fmax(high, hist_mean(&figure->series[i].result->hist));
	high = fmax(high, 1) / (figure->instructions ? 1 : 1000) * 1.03;
	fprintf(out, "set xrange [0:%.9g]\nset xlabel 'mean, %s'\n", high, plot_unit(figure));
	fprintf(out, "set xtics %.9g\nset format x '%%.10g'\n", plot_step(high, steps));
	fputs("plot data using (($1+$2)/2):(($3+$4)/2):1:2:3:4:5 with boxxyerror fs solid 0.85 noborder lc rgb variable notitle",
	      out);
	write_legend_entries(figure, legend, drawing->width, out);
}

static void write_ranges_plot(const struct figure *figure, const struct drawing *drawing,
			      const struct legend *legend, FILE *out)
{
	double low, high;

	range_of(figure, &low, &high);
	fprintf(out, "set logscale x\nset xrange [%.9g:%.9g]\nset xlabel '%s%s'\n", low, high,
		figure->instructions ? "" : "latency, ", plot_unit(figure));
	plot_write_tics('x', low, high, drawing->width - 2 * SIDE, 0, out);
	fputs("plot data using 2:1:($5-$2):(0):6 with vectors nohead lw 1.4 lc rgb variable notitle, \\\n"
	      "\tdata using 3:1:($4-$3):(0):6 with vectors nohead lw 6 lc rgb variable notitle, \\\n"
	      "\tdata using 3:($1-5):(0):(10):6 with vectors nohead lw 2.4 lc rgb variable notitle",
	      out);
	write_legend_entries(figure, legend, drawing->width, out);
}

static void bars_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out)
{
	struct legend legend;

	legend_make(figure, &legend);
	write_frame(figure, drawing, &legend, out);
	write_titles(figure, drawing->width, out);
	if (figure->kind == FIGURE_STAGES)
		write_stages_plot(figure, drawing, &legend, out);
	else
		write_ranges_plot(figure, drawing, &legend, out);
}

const struct chart_ops bars_ops = {
	.height = bars_height,
	.write_data = bars_write_data,
	.write_script = bars_write_script,
};

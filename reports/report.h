/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of a report share: inputs, figures, charts, the page, the text. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results/io.h"
#include "reports/reference/ref.h"
#include "results/result.h"

#define REPORT_LABEL_BYTES 64
#define REPORT_NAME_BYTES  128
#define REPORT_CUT_BYTES   512
#define REPORT_STAGE_BYTES 48
#define REPORT_TIME_BYTES  32
#define REPORT_TITLE_BYTES (4 * RESULT_NAME_BYTES)
/* PATH_MAX, and the name of a figure. */
#define REPORT_PATH_BYTES (4096 + REPORT_NAME_BYTES + 32)
/*
 * Curves in one figure: nobody can tell more of them apart. Of several inputs
 * fewer, since a reader compares one way of each input.
 */
#define REPORT_CURVES_MAX   8
#define REPORT_CURVES_MIXED 4
/* Points in one figure: each colour filled, and hollow. */
#define REPORT_POINTS_MAX 16
/* Rows in a chart of bars. */
#define REPORT_ROWS_MAX 96
/* Figures of a kind. A result of hundreds of CPUs has more; the page says so. */
#define REPORT_FIGURES_MAX 16

/**
 * struct report_input - one result file, or its rows of one load
 * @path: as given on the command line
 * @file: base name of @path without ".json"
 * @label: for legends: @file, or the load, or both
 * @continued: rows of another load of the file of the input before. @text and all
 *	of @run but its results are empty: the first input of the file has them
 * @one_load: all rows have the load that @label names, so titles leave it out
 * @instructions: measured where a nanosecond is an instruction executed
 * @text: the bytes of the file
 * @len: bytes in @text
 * @run: the results in the file
 * @with_source: titles name the interrupt, since some rows differ in it only
 * @with_cpu: titles name the CPU, since some rows differ in it only
 */
struct report_input {
	const char *path;
	char file[REPORT_LABEL_BYTES];
	char label[2 * REPORT_LABEL_BYTES + 8];
	bool continued;
	bool one_load;
	bool instructions;
	char *text;
	size_t len;
	struct run run;
	bool with_source;
	bool with_cpu;
};

/**
 * struct report - what a report shows
 * @inputs: @n_inputs inputs
 * @n_inputs: inputs in @inputs
 * @title: heading of the page; NULL: the default
 * @notes: @n_notes paragraphs below the heading
 * @n_notes: paragraphs in @notes
 * @figures: drawn figures, for the page; NULL: none
 */
struct report {
	struct report_input *inputs;
	size_t n_inputs;
	const char *title;
	const char *const *notes;
	size_t n_notes;
	const struct figures *figures;
};

/* One row of an input, as a curve or a bar. */
struct series {
	char title[REPORT_TITLE_BYTES];
	const struct report_input *input;
	const struct result *result;
};

enum figure_kind {
	FIGURE_RANGES,	    /* a bar for each row: min, median, p99, max */
	FIGURE_STAGES,	    /* a bar for each row, divided into stages */
	FIGURE_HISTOGRAM,   /* curves, both axes logarithmic */
	FIGURE_PERCENTILES, /* curves */
	FIGURE_TRADEOFF,    /* a point for each row: CPU time, latency */
	FIGURE_HEAT,	    /* one row over the time of the run */
	FIGURE_CPUS,	    /* as FIGURE_RANGES, a bar for each CPU */
	FIGURE_KINDS
};

/**
 * struct figure - one figure of a report
 * @name: of its files, "histogram-total"
 * @caption: for people
 * @stage: stage of its rows
 * @kind: kind of chart
 * @instructions: unit of its values; microseconds if not set
 * @trace: rows of irqlat trace; of irqlat bench if not set
 * @claims: claims drawn beside its rows, bits 1 << enum ref_kind
 * @series: @n rows, at most REPORT_CURVES_MAX curves or REPORT_ROWS_MAX bars
 * @n: rows in @series
 * @svg: wide form, as gnuplot wrote it; NULL: not drawn
 * @svg_narrow: for narrow screens
 * @svg_full: as wide as the page, of charts with a bar for each row
 */
struct figure {
	char name[REPORT_NAME_BYTES];
	char caption[2 * REPORT_TITLE_BYTES];
	enum bench_stage stage;
	enum figure_kind kind;
	bool instructions;
	bool trace;
	unsigned int claims;
	struct series *series;
	size_t n;
	char *svg;
	char *svg_narrow;
	char *svg_full;
};

/**
 * struct figures - all figures of a report
 * @list: @n figures, ordered by unit and kind
 * @n: figures in @list
 * @left_out: figures beyond REPORT_FIGURES_MAX of a kind, and rows beyond
 *	REPORT_ROWS_MAX of a figure
 */
struct figures {
	struct figure *list;
	size_t n;
	size_t left_out;
};

/**
 * struct drawing - size and format of an image
 * @suffix: of its file, "-narrow.svg"
 * @terminal: of gnuplot, "svg" or "pngcairo"
 * @width: pixels
 * @height: pixels of a chart of curves; other charts derive theirs
 * @narrow: for narrow screens
 * @full: only of charts with a bar for each row, as wide as the page
 */
struct drawing {
	const char *suffix;
	const char *terminal;
	int width;
	int height;
	bool narrow;
	bool full;
};

/**
 * struct chart_ops - how to draw a kind of figure
 * @height: pixels that the figure takes in a drawing
 * @write_data: writes gnuplot's data file
 * @write_script: writes gnuplot commands; the script sets terminal, output and the
 *	variable data before
 */
struct chart_ops {
	int (*height)(const struct figure *figure, const struct drawing *drawing);
	void (*write_data)(const struct figure *figure, FILE *out);
	void (*write_script)(const struct figure *figure, const struct drawing *drawing, FILE *out);
};

extern const struct chart_ops curves_ops, bars_ops, heat_ops;

/* input.c: loads, names, titles, times */
bool report_same_line(const struct result *a, const struct result *b);
void report_choose_titles(struct report_input *in);
int report_split_load(struct run *from, struct run *to);
void report_label(struct report_input *in, bool several_files);
size_t report_count_files(const struct report *report);
size_t report_count_inputs(const struct report *report, bool instructions);
bool report_has_rows(const struct report *report, bool trace);
const char *report_line_title(const struct report_input *in, const struct result *r,
			      char title[REPORT_TITLE_BYTES]);
const char *report_row_title(const struct report_input *in, const struct result *r,
			     char title[REPORT_TITLE_BYTES]);
const char *report_stage_caption(enum bench_stage stage, char text[REPORT_STAGE_BYTES]);
bool report_is_part(const struct result *part, const struct result *total);
const char *report_time(bool instructions, bool known, uint64_t ns, char text[REPORT_TIME_BYTES]);
const char *report_percentile(bool instructions, const struct hist *h, uint32_t ppm,
			      char text[REPORT_TIME_BYTES]);

/* figures.c: which figures there are */
int figures_make(const struct report *report, struct figures *figures);
void figures_free(struct figures *figures);

/* plot_parts.c: values, axes, colours and texts of all charts */
double plot_value(const struct figure *figure, double ns);
const char *plot_unit(const struct figure *figure);
void plot_range(const struct figure *figure, double margin, double *low, double *high);
double plot_step(double span, double most);
void plot_write_tics(char axis, double low, double high, int pixels, int least, FILE *out);
void plot_write_text(const char *text, size_t most, FILE *out);
int plot_legend_columns(size_t longest, int width);
const char *plot_colour(size_t i);

/* plot.c: gnuplot's input, and running it */
void plot_write_data(const struct figure *figure, FILE *out);
void plot_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out);
int plot_run(const char *folder, const char *script, struct why *why);

/* draw.c: files of figures */
int figures_draw(struct figures *figures, const char *folder, struct why *why);

/* method.c: how results were measured, in words */
void method_write_html(const struct report *report, FILE *out);
void method_write_text(const struct report *report, int columns, FILE *out);

/* explain.c: who made the longest chains late */
void explain_write_html(const struct report *report, FILE *out);
void explain_write_text(const struct report_input *in, int columns, FILE *out);

/* html.c, compare.c: the page */
void html_escape(const char *text, FILE *out);
void html_base64(const char *data, size_t len, FILE *out);
void html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void compare_write_html(const struct report *report, FILE *out);
void claims_write_html(const struct report *report, FILE *out);
void page_write(const struct report *report, FILE *out);

/* text.c, compare.c: the text for terminals */
void report_write_text(const struct report *report, const struct text_style *style, FILE *out);
void compare_write_text(const struct report *report, const struct text_style *style, FILE *out);

#endif /* REPORTS_REPORT_H */

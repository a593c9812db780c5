/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat report: what its parts (figures, plots, page, text) share. */
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
/* PATH_MAX, and the name of a figure. */
#define REPORT_PATH_BYTES  (4096 + REPORT_NAME_BYTES + 32)
#define REPORT_ERROR_BYTES (REPORT_PATH_BYTES + 128)
#define REPORT_TITLE_BYTES (4 * RESULT_NAME_BYTES)
/* Curves in one figure: more of them nobody tells apart. Of several inputs fewer:
 * it is the same way of each that is to be compared.
 */
#define REPORT_CURVES_MAX   8
#define REPORT_CURVES_MIXED 4
/* Rows in a chart of ranges or stages. */
#define REPORT_ROWS_MAX 96
/* Figures of a kind: a recording of hundreds of CPUs is cut there, and says so. */
#define REPORT_FIGURES_MAX 16
#define REPORT_NOTES_MAX   16

/**
 * struct report_input - one result file, or its rows of one load
 * @path: as given
 * @file: short name of the file, its base name without ".json"
 * @label: for legends: @file, or the load, or both
 * @continued: rows of another load of the file before; what is said once of a
 *	file is said there, and @text and the head of @run are empty
 * @one_load: all rows have the load that @label says: titles do not
 * @instructions: measured where a nanosecond is an instruction executed
 * @text: the file itself, @len bytes
 * @len: bytes in @text
 * @run: what it says
 * @with_source: some rows differ by what interrupts only, so titles say it
 * @with_cpu: the same of the CPU
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
 * struct report - what is to be shown
 * @inputs: @n_inputs result files
 * @n_inputs: how many
 * @title: heading of the page; NULL: the usual one
 * @notes: @n_notes paragraphs under it
 * @n_notes: how many
 */
struct report {
	struct report_input *inputs;
	size_t n_inputs;
	const char *title;
	const char *const *notes;
	size_t n_notes;
};

/* A row of one of the inputs: a curve, or a bar. */
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
	FIGURE_HEAT,	    /* one row over the time of the run */
	FIGURE_CPUS,	    /* as FIGURE_RANGES, a bar for each CPU */
	FIGURE_KINDS
};

/**
 * struct figure - one figure of a report
 * @name: of its files, "histogram-total"
 * @caption: for people
 * @stage: rows it shows
 * @kind: what it looks like
 * @instructions: its unit; or else microseconds
 * @claims: kinds of claims that stand beside, bits 1 << enum ref_kind
 * @series: @n of them, see REPORT_CURVES_MAX and REPORT_ROWS_MAX
 * @n: how many
 * @svg: wide form, as gnuplot wrote it; NULL: not drawn
 * @svg_narrow: for narrow screens
 */
struct figure {
	char name[REPORT_NAME_BYTES];
	char caption[2 * REPORT_TITLE_BYTES];
	enum bench_stage stage;
	enum figure_kind kind;
	bool instructions;
	unsigned int claims;
	struct series *series;
	size_t n;
	char *svg;
	char *svg_narrow;
};

/**
 * struct figures - all of a report
 * @list: @n of them, ordered by unit and kind
 * @n: how many
 * @left_out: figures beyond REPORT_FIGURES_MAX of a kind, and rows beyond
 *	REPORT_ROWS_MAX of a figure
 */
struct figures {
	struct figure *list;
	size_t n;
	size_t left_out;
};

/* A drawing's size and format. */
struct drawing {
	const char *suffix;   /* of the file, "-narrow.svg" */
	const char *terminal; /* "svg" or "pngcairo" */
	int width;
	int height; /* of curves; of others as many as rows need */
	bool narrow;
};

/* input.c: loads, names and titles */
bool report_same_line(const struct result *a, const struct result *b);
void report_look(struct report_input *in);
int report_split_load(struct run *from, struct run *to);
void report_label(struct report_input *in, bool several_files);
size_t report_count_files(const struct report *report);
const char *report_line_title(const struct report_input *in, const struct result *r,
			      char title[REPORT_TITLE_BYTES]);
const char *report_row_title(const struct report_input *in, const struct result *r,
			     char title[REPORT_TITLE_BYTES]);
const char *report_stage_caption(enum bench_stage stage, char text[REPORT_STAGE_BYTES]);
bool report_is_part(const struct result *r);

/* figures.c: what is drawn */
int figures_make(const struct report *report, struct figures *figures);
void figures_free(struct figures *figures);

/* plot.c, curves.c, rows.c, heat.c: how */
double plot_value(const struct figure *figure, double ns);
const char *plot_unit(const struct figure *figure);
void plot_write_tics(char axis, double low, double high, int pixels, int least, FILE *out);
void plot_write_text(const char *text, FILE *out);
const char *plot_cut_text(const char *text, size_t most, char cut[REPORT_CUT_BYTES]);
const char *plot_colour(size_t i);
int plot_write_data(const struct figure *figure, FILE *out);
void plot_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out);
int plot_run(const char *folder, const char *script, char error[REPORT_ERROR_BYTES]);

void curves_write_data(const struct figure *figure, FILE *out);
void curves_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out);
int curves_height(const struct figure *figure, const struct drawing *drawing);
void bars_write_data(const struct figure *figure, FILE *out);
void bars_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out);
int bars_height(const struct figure *figure, const struct drawing *drawing);
void heat_write_data(const struct figure *figure, FILE *out);
void heat_write_script(const struct figure *figure, const struct drawing *drawing, FILE *out);

/* draw.c: files of figures */
int figures_draw(struct figures *figures, const char *folder, char error[REPORT_ERROR_BYTES]);

/* html.c, compare.c: the page */
void html_escape(const char *text, FILE *out);
void compare_write_html(const struct report *report, FILE *out);
void claims_write_html(const struct report *report, FILE *out);
void page_write(const struct report *report, const struct figures *figures, FILE *out);

/* text.c */
void report_text(const struct report *report, const struct text_style *style, FILE *out);
/* compare.c: for both */
void compare_write_text(const struct report *report, const struct text_style *style, FILE *out);

#endif /* REPORTS_REPORT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat report: what its parts (data, plots, page) share. */
#ifndef IRQLAT_REPORT_H
#define IRQLAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "result.h"

#define REPORT_LABEL_BYTES	64
#define REPORT_SERIES_MAX	24

/**
 * struct report_input - one result file
 * @path: as given
 * @label: short name for legends, the base name without ".json"
 * @text: the file itself, @len bytes
 * @len: bytes in @text
 * @run: what it says
 */
struct report_input {
	const char *path;
	char label[REPORT_LABEL_BYTES];
	char *text;
	size_t len;
	struct run run;
};

struct report {
	struct report_input *inputs;
	size_t n_inputs;
};

/* One curve: a row of one of the inputs. */
struct series {
	char title[2 * REPORT_LABEL_BYTES];
	const struct hist *hist;
};

/**
 * struct figure - one figure of a report
 * @name: of its files, "histogram-total"
 * @caption: for people
 * @stage: rows it shows
 * @is_histogram: or else a percentile curve
 * @svg: wide form, as gnuplot wrote it; NULL: not drawn, no data
 * @svg_narrow: for narrow screens
 */
struct figure {
	const char *name;
	const char *caption;
	const char *stage;
	bool is_histogram;
	char *svg;
	char *svg_narrow;
};

/* A drawing's size and format. */
struct drawing {
	const char *suffix;	/* of the file, "-narrow.svg" */
	const char *terminal;	/* "svg" or "pngcairo" */
	int width;
	int height;
	bool narrow;
};

size_t report_series(const struct report *report, const char *stage,
		     struct series *series);
int plot_write_data(const struct figure *figure, const struct series *series,
		    size_t n, FILE *out);
void plot_write_script(const struct figure *figure,
		       const struct drawing *drawing,
		       const struct series *series, size_t n, FILE *out);
int plot_run(const char *folder, const char *script);

void html_escape(const char *text, FILE *out);
void page_write(const struct report *report, const struct figure *figures,
		size_t n_figures, FILE *out);

#endif /* IRQLAT_REPORT_H */

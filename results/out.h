/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results on paper: text, JSON, CSV; and JSON back again. */
#ifndef RESULTS_OUT_H
#define RESULTS_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "result.h"

/**
 * struct text_style - how to print text
 * @columns: width to fill
 * @utf8: blocks may be drawn
 * @nanoseconds: times in ns instead of us
 * @header: print the system facts
 * @histogram: draw histograms
 */
struct text_style {
	int columns;
	bool utf8;
	bool nanoseconds;
	bool header;
	bool histogram;
};

/* A wider screen is not filled. */
#define TEXT_COLUMNS_MAX 160

void text_style_detect(struct text_style *style, FILE *out);
void text_wrapped(const char *text, int indent, int columns, FILE *out);
void text_value(bool known, uint64_t ns, int width, const struct text_style *style, FILE *out);

void out_text(const struct run *run, const struct text_style *style, FILE *out);
void out_overview(const struct run *run, const struct text_style *style, FILE *out);
void out_text_histogram(const struct hist *h, const struct text_style *style, FILE *out);
void out_text_warnings(const struct sysinfo *info, FILE *out);

json_t *out_json_object(const struct run *run);
int out_json(const struct run *run, FILE *out);
void out_csv(const struct run *run, FILE *out);

#define IN_JSON_ERROR_BYTES 256
int in_json(const char *text, size_t len, struct run *run, char error[IN_JSON_ERROR_BYTES]);

char *file_read(const char *path, size_t *len);
int in_file(const char *path, struct run *run, char **text, size_t *len,
	    char error[IN_JSON_ERROR_BYTES]);

#endif /* RESULTS_OUT_H */

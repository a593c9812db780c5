/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all text for people is made of: its style, times, wrapped words, histograms. */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/sysinfo.h"
#include "tracing/hist.h"

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
void text_wrap(const char *text, int indent, int columns, FILE *out);
void text_time(bool known, uint64_t ns, int width, const struct text_style *style, FILE *out);
void text_histogram(const struct hist *h, const struct text_style *style, FILE *out);
void text_warnings(const struct sysinfo *info, FILE *out);

#endif /* RESULTS_TEXT_H */

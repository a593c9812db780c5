/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: its style, times, wrapped paragraphs, histograms. */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/sysinfo.h"
#include "tracing/hist.h"

/**
 * struct text_style - how to print text
 * @columns: width
 * @utf8: bars are drawn with block characters; ASCII characters if not set
 * @nanoseconds: print times in ns; in us if not set
 * @header: print the facts about the system
 * @histogram: draw histograms
 */
struct text_style {
	int columns;
	bool utf8;
	bool nanoseconds;
	bool header;
	bool histogram;
};

/* Text is no wider than this, even if the terminal is. */
#define TEXT_COLUMNS_MAX 160

void text_style_detect(struct text_style *style, FILE *out);
void text_wrap(const char *text, int indent, int columns, FILE *out);
void text_time(bool known, uint64_t ns, int width, const struct text_style *style, FILE *out);
void text_histogram(const struct hist *h, const struct text_style *style, FILE *out);
void text_warnings(const struct sysinfo *info, FILE *out);

#endif /* RESULTS_TEXT_H */

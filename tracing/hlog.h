/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hlog - histograms in the exchange formats of HdrHistogram
 *
 * .hlog: log format 1.3, payload V2 (zig-zag LEB128 counts, zlib, base64), read
 * by HistogramLogAnalyzer and every HdrHistogram library. .hgrm: percentiles as
 * text, read by gnuplot and the HdrHistogram plotter.
 */
#ifndef TRACING_HLOG_H
#define TRACING_HLOG_H

#include <stdio.h>

#include "hist.h"

int hlog_header(FILE *out, double start_s, const char *comment);
int hlog_row(FILE *out, const char *tag, double start_s, double length_s, const struct hist *h);
int hlog_hgrm(FILE *out, const struct hist *h, double units_ns);

#endif /* TRACING_HLOG_H */

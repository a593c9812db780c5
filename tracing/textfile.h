/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * textfile - read the text of a trace: of trace_pipe, trace-cmd report or perf script
 *
 * Each line becomes a record in sub-buffers of our own, so that the rest of the engine
 * sees no difference. All of the text is read at once; the sub-buffers need about as much
 * memory as the text.
 */
#ifndef TRACING_TEXTFILE_H
#define TRACING_TEXTFILE_H

#include <stdio.h>

#include "base/why.h"
#include "event.h"
#include "merge.h"
#include "symbols.h"

struct textfile;

struct textfile *textfile_read(FILE *in, struct why *why);
void textfile_free(struct textfile *text);
const struct event_catalog *textfile_catalog(const struct textfile *text);
unsigned int textfile_n_cpus(const struct textfile *text);
struct page_reader textfile_reader(struct textfile *text);
struct symbols *textfile_symbols(const struct textfile *text);
bool textfile_has_ns(const struct textfile *text);
bool textfile_has_context(const struct textfile *text);

#endif /* TRACING_TEXTFILE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace -i, irqlat explain: a recording, as a trace.dat or as text. */
#ifndef IRQLAT_TRACE_INPUT_H
#define IRQLAT_TRACE_INPUT_H

#include "tracing/datfile.h"
#include "tracing/textfile.h"

/**
 * struct trace_input - an open recording: one of the two
 * @dat: a trace.dat
 * @text: lines of text
 * @copy: of standard input, which cannot be mapped; -1: none
 */
struct trace_input {
	struct datfile *dat;
	struct textfile *text;
	int copy;
};

int trace_input_open(struct trace_input *input, const char *path, const char *instance,
		     struct why *why);
void trace_input_close(struct trace_input *input);

#endif /* IRQLAT_TRACE_INPUT_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace top: the table of the whole run, redrawn in place. */
#ifndef IRQLAT_TRACE_TOP_H
#define IRQLAT_TRACE_TOP_H

#include "trace.h"

struct trace_top;

struct trace_top *trace_top_open(struct why *why);
void trace_top_pause(struct trace_top *top);
void trace_top_close(struct trace_top *top);
bool trace_top_key(struct trace_top *top);
void trace_top_draw(struct trace_top *top, const struct trace_run *run);

#endif /* IRQLAT_TRACE_TOP_H */

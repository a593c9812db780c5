/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace -T, -a and -t: chains that took too long, and the trace of the run. */
#ifndef IRQLAT_TRACE_STOP_H
#define IRQLAT_TRACE_STOP_H

#include "trace.h"
#include "tracing/culprit.h"
#include "tracing/instance.h"
#include "tracing/symbols.h"

struct trace_stop;

struct trace_stop *trace_stop_new(struct trace_run *run, const struct engine *engine);
void trace_stop_free(struct trace_stop *stop);
void trace_stop_sample(void *ctx, const struct chain_sample *sample);
void trace_stop_handler(void *ctx, const struct stats_row *row, uint64_t ns);
bool trace_stop_take(struct trace_stop *stop);
void trace_stop_explain(struct trace_stop *stop, FILE *out);

/* culprit.c */
void trace_culprit_text(const struct culprit *c, const struct symbols *symbols, FILE *out);

/* keep.c */
int trace_keep(struct instance *instance, const char *path, struct why *why);

#endif /* IRQLAT_TRACE_STOP_H */

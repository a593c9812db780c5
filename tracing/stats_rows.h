/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats_rows - the table of rows, and which of them are wanted; private to stats
 */
#ifndef TRACING_STATS_ROWS_H
#define TRACING_STATS_ROWS_H

#include "stats.h"

struct stats_row *stats_row_seen(struct stats *stats, const struct event *e);
struct stats_row *stats_row_like(struct stats *stats, const struct stats_row *other);
bool stats_task_is_wanted(const struct stats_filter *f, const struct chain_sample *s);

#endif /* TRACING_STATS_ROWS_H */

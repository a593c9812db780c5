/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect_read - what the collector counted, as the statistics of the streaming engine
 */
#ifndef TRACING_COLLECT_READ_H
#define TRACING_COLLECT_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "collect.h"
#include "stats.h"

/**
 * struct collect_view - the maps
 * @rows: COLLECT_ROWS of each CPU
 * @roots: COLLECT_ROOTS of each CPU
 * @hists: @n_hists of them
 * @groups: @n_groups of them
 * @totals: one
 */
struct collect_view {
	unsigned int n_cpus;
	size_t n_hists;
	size_t n_groups;
	const struct collect_row *rows;
	const struct collect_root *roots;
	const struct collect_hist *hists;
	const struct collect_group *groups;
	const struct collect_totals *totals;
};

extern const char *const collect_loss_names[COLLECT_LOSSES];

int collect_read(const struct collect_view *view, bool finished, struct stats *stats);

#endif /* TRACING_COLLECT_READ_H */

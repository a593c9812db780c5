/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collector - histograms that BPF programs in the kernel keep
 *
 * The same chains, outcomes and buckets as those of the streaming engine for a recording
 * without system calls: a chain is complete when the task runs. Nothing is recorded, so
 * that no buffer can overflow. What has no room in the maps is counted, by reason.
 *
 * Programs and maps belong to this process: they go with it, however it ends.
 */
#ifndef TRACING_COLLECTOR_H
#define TRACING_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "collect.h"
#include "stats.h"

/**
 * struct collector_config - what to keep
 * @filter: applied in the kernel; @stages of it has no effect
 * @vectors: count interrupts without a number, too
 */
struct collector_config {
	const struct stats_filter *filter;
	bool vectors;
};

/**
 * struct collector_counts - what is not in the statistics
 * @lost: by enum collect_loss
 * @nested: events that came while the same program ran on the same CPU
 */
struct collector_counts {
	uint64_t lost[COLLECT_LOSSES];
	uint64_t nested;
};

struct collector;

struct collector *collector_new(const struct collector_config *config, struct why *why);
void collector_free(struct collector *c);
int collector_start(struct collector *c, struct why *why);
void collector_stop(struct collector *c);
int collector_read(struct collector *c, struct stats *stats, struct collector_counts *counts);

#endif /* TRACING_COLLECTOR_H */

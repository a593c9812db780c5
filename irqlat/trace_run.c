// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace: what a live run and a recording share. */

#include "trace.h"

/* A loss begins with one event and ends with another; both carry the CPU. */
void trace_run_loss(void *ctx, const struct event *e)
{
	struct trace_run *run = ctx;
	uint64_t i;

	if (e->kind == EVENT_LOSS_BEGIN) {
		i = run->n_gaps++;
		if (i < TRACE_GAPS_MAX)
			run->gaps[i] = (struct trace_gap){
				.ts_ns = e->ts_ns, .lost = e->lost,
				.cpu = e->cpu,
			};
	} else if (e->kind == EVENT_LOSS_END) {
		for (i = 0; i < run->n_gaps && i < TRACE_GAPS_MAX; i++) {
			struct trace_gap *gap = &run->gaps[i];

			if (gap->cpu == e->cpu && !gap->until_ns) {
				gap->until_ns = e->ts_ns;
				gap->lost = e->lost;
			}
		}
	}
}

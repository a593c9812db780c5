/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace --runs: how long work items waited and ran, by function and CPU. */
#ifndef IRQLAT_TRACE_WORKROWS_H
#define IRQLAT_TRACE_WORKROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "tracing/hist.h"
#include "tracing/symbols.h"
#include "tracing/workitem.h"

/**
 * struct trace_work - the items of a function that started on a CPU
 * @function: its address
 * @name: of the function, trace_works_name() sets it; owned
 * @cpu_ns: how long they had a CPU
 * @wait: how long they waited, where that is known
 * @ran: how long they ran
 */
struct trace_work {
	uint64_t function;
	unsigned int cpu;
	char *name;
	uint64_t cpu_ns;
	struct hist wait;
	struct hist ran;
};

/**
 * struct trace_works - all work items; zeroes are none
 * @rows: @n_rows of them
 * @slots: hash table of @rows by function and CPU: index + 1; 0: free
 * @n_slots: a power of two, or 0
 * @no_memory: how often memory lacked for a time
 * @sees_switches: sched_switch was recorded, so that @cpu_ns of rows is known
 * @counts: what became of the events
 */
struct trace_works {
	struct trace_work *rows;
	size_t n_rows;
	size_t n_alloc;
	uint32_t *slots;
	size_t n_slots;
	uint64_t no_memory;
	bool sees_switches;
	struct workitem_counts counts;
};

struct workitem_sink trace_works_sink(struct trace_works *works);
int trace_works_name(struct trace_works *works, const struct symbols *symbols);
void trace_works_free(struct trace_works *works);

#endif /* IRQLAT_TRACE_WORKROWS_H */

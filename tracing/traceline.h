/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traceline - a line of text that shows an event, as the kernel's trace_pipe, trace-cmd
 * report and perf script print it
 */
#ifndef TRACING_TRACELINE_H
#define TRACING_TRACELINE_H

#include "event.h"

#define TRACELINE_NAME_BYTES 48

enum traceline_kind {
	TRACELINE_OTHER, /* no event, or one that is not understood */
	TRACELINE_EVENT,
	TRACELINE_LOSS, /* events of a CPU are missing here */
};

/**
 * struct traceline - a line
 * @def: row of event_defs; TRACELINE_EVENT
 * @ts_ns: time
 * @digits: behind the point of the time: 6 are microseconds
 * @cpu: CPU
 * @pid: the task that was current
 * @has_flags: @flags are known
 * @flags: EVENT_FLAG_* of the context
 * @value: in the order of @def->fields
 * @name: of the interrupt; of the woken task or the one that is switched to; of the
 *	function of a work item
 * @prev_name: of the task that is switched from
 * @prio: of the task that is switched to, or EVENT_PRIO_UNKNOWN
 * @lost: TRACELINE_LOSS: how many, or SUBBUF_MISSED_UNKNOWN
 */
struct traceline {
	const struct event_def *def;
	uint64_t ts_ns;
	int digits;
	unsigned int cpu;
	int32_t pid;
	bool has_flags;
	uint8_t flags;
	int64_t value[EVENT_VALUES_MAX];
	char name[TRACELINE_NAME_BYTES];
	char prev_name[EVENT_COMM_BYTES];
	int32_t prio;
	uint64_t lost;
};

enum traceline_kind traceline_parse(const char *text, struct traceline *line);

#endif /* TRACING_TRACELINE_H */

// SPDX-License-Identifier: GPL-2.0-or-later
/* Stages and their names. */

#include <stdio.h>
#include <string.h>

#include "stages.h"

/* The two stages of user level interrupts that took one path. */
#define PATH(path_, TOTAL_, TO_USER_) \
	[TOTAL_] = {                                          \
		.name = "total_" path_,                       \
		.title = "raised to user, path " path_,       \
		.column = "total",                            \
		.path = path_,                                \
		.whole = &bench_stages[BENCH_STAGE_TOTAL],    \
	},                                                    \
	[TO_USER_] = {                                        \
		.name = "handler_to_user_" path_,             \
		.title = "handler to user, path " path_,      \
		.column = "to user",                          \
		.path = path_,                                \
		.whole = &bench_stages[BENCH_STAGE_TO_USER],  \
	}

const struct stage_info bench_stages[BENCH_STAGES] = {
	[BENCH_STAGE_TOTAL] = {
		.name = "total",
		.title = "raised to user",
	},
	[BENCH_STAGE_TO_HANDLER] = {
		.name = "raise_to_handler",
		.title = "raised to handler",
		.column = "to handler",
		.part = true,
	},
	[BENCH_STAGE_TO_USER] = {
		.name = "handler_to_user",
		.title = "handler to user",
		.column = "to user",
		.part = true,
	},
	[BENCH_STAGE_KEPT] = {
		.name = "total_kept",
		.title = "raised to user, missed periods left out",
		.column = "total",
		.path = "kept",
		.whole = &bench_stages[BENCH_STAGE_TOTAL],
	},
	PATH("direct", BENCH_STAGE_TOTAL_DIRECT, BENCH_STAGE_TO_USER_DIRECT),
	PATH("return", BENCH_STAGE_TOTAL_RETURN, BENCH_STAGE_TO_USER_RETURN),
	PATH("wake", BENCH_STAGE_TOTAL_WAKE, BENCH_STAGE_TO_USER_WAKE),
	PATH("repeat", BENCH_STAGE_TOTAL_REPEAT, BENCH_STAGE_TO_USER_REPEAT),
};

/* clang-format off */
#define PART(STAGE_, name_, title_, meaning_) \
	[STAGE_] = { .name = name_, .title = title_, .meaning = meaning_, .part = true }

const struct stage_info chain_stages[CHAIN_STAGES] = {
	PART(CHAIN_STAGE_HANDLER, "handler", "handler entered -> ended, or woke the task",
	     "The interrupt handler runs: to its end, or to the moment when it wakes the task itself."),
	PART(CHAIN_STAGE_SOFTIRQ_WAIT, "softirq_wait", "handler ended -> softirq entered",
	     "The softirq that the handler raised waits: other softirqs run first, or it is left to ksoftirqd."),
	PART(CHAIN_STAGE_SOFTIRQ, "softirq", "softirq entered -> waking",
	     "The softirq, the part of the driver's work that runs with interrupts on, runs until it wakes the task."),
	PART(CHAIN_STAGE_THREAD_WAKE, "thread_wake", "waking of the irq thread -> wakeup",
	     "The thread that handles the interrupt is woken: an interrupt to its CPU, and the CPU's exit from idle."),
	PART(CHAIN_STAGE_THREAD_QUEUE, "thread_queue", "wakeup of the irq thread -> switch in",
	     "That thread waits for its CPU, on which something else runs."),
	PART(CHAIN_STAGE_THREAD, "thread", "switch in of the irq thread -> waking",
	     "That thread runs until it wakes the task."),
	PART(CHAIN_STAGE_WORK_WAIT, "work_wait", "work queued -> started",
	     "A work item that was queued waits for a kernel worker."),
	PART(CHAIN_STAGE_WORK, "work", "work started -> waking",
	     "The work item runs until it wakes the task."),
	PART(CHAIN_STAGE_HOP_WAKE, "hop_wake", "waking of a task on the way -> wakeup",
	     "A task on the way, as the thread of a network queue, is woken: an interrupt to its CPU, and the CPU's exit from idle."),
	PART(CHAIN_STAGE_HOP_QUEUE, "hop_queue", "wakeup of a task on the way -> switch in",
	     "That task waits for its CPU, on which something else runs."),
	PART(CHAIN_STAGE_HOP, "hop", "switch in of a task on the way -> waking of the next",
	     "That task runs until it wakes the next one."),
	PART(CHAIN_STAGE_WAKE, "wake", "waking -> wakeup (IPI, idle exit)",
	     "The task is woken: an interrupt to its CPU, and the CPU's exit from idle."),
	PART(CHAIN_STAGE_QUEUE, "queue", "wakeup -> switch in",
	     "The task is ready and waits for its CPU, on which something else runs."),
	PART(CHAIN_STAGE_READ, "read", "switch in -> read() is done",
	     "The task runs in the kernel until read() of procirq has its result."),
	PART(CHAIN_STAGE_EXIT, "exit", "switch in -> return to user space",
	     "The task runs in the kernel until its system call returns to user space."),
	[CHAIN_STAGE_TOTAL] = {
		.name = "total", .title = "handler entered -> end of the chain",
		.meaning = "From the entry of the handler to the end of the chain: the sum of the stages above." },
	[CHAIN_STAGE_IRQ] = {
		.name = "irq", .title = "handler entered -> ended, every interrupt",
		.meaning = "The handler from entry to end, for every interrupt, also those that woke nobody; not part of the sum." },
	[CHAIN_STAGE_MODULE] = {
		.name = "module", .title = "handler entered -> the module's handler time",
		.meaning = "From the entry of the handler to the time that the module procirq noted; not part of the sum." },
};
/* clang-format on */

/**
 * stage_index - the number of a stage
 * @stages: bench_stages or chain_stages
 * @n: stages in @stages
 * @name: its name, not terminated
 * @len: bytes in @name
 *
 * Returns the index in @stages, or -1 when none of them has this name.
 */
int stage_index(const struct stage_info *stages, int n, const char *name, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(stages[i].name) == len && !strncmp(stages[i].name, name, len))
			return i;
	return -1;
}

/**
 * stage_find - the stage that a row of results is of
 * @name: in JSON
 *
 * Returns a row of bench_stages, else of chain_stages, or NULL when @name is in
 * neither. "total", which is in both, is that of irqlat bench.
 */
const struct stage_info *stage_find(const char *name)
{
	int i = stage_index(bench_stages, BENCH_STAGES, name, strlen(name));

	if (i >= 0)
		return &bench_stages[i];
	i = stage_index(chain_stages, CHAIN_STAGES, name, strlen(name));
	return i >= 0 ? &chain_stages[i] : NULL;
}

/**
 * stage_list - the names of all stages, for messages
 * @stages: bench_stages or chain_stages
 * @n: stages in @stages
 * @text: gets "handler, softirq_wait, ..."
 *
 * Returns @text.
 */
const char *stage_list(const struct stage_info *stages, int n, char text[STAGE_LIST_BYTES])
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < n && len < STAGE_LIST_BYTES; i++)
		len += (size_t)snprintf(text + len, STAGE_LIST_BYTES - len, "%s%s", i ? ", " : "",
					stages[i].name);
	return text;
}

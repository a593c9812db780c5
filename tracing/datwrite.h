/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datwrite - keep sub-buffers as a trace.dat (version 6) that trace-cmd and
 * kernelshark read */
#ifndef TRACING_DATWRITE_H
#define TRACING_DATWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct datwrite_event - the format of one event
 * @system: "sched"; "ftrace" for those of the kernel itself
 * @format: text of its `format` file
 */
struct datwrite_event {
	const char *system;
	const char *format;
};

/**
 * struct datwrite - what goes into the file
 * @page_bytes: of a sub-buffer
 * @header_page: text of events/header_page, for that size
 * @header_event: text of events/header_event
 * @events: @n_events of them, those of a system one after the other
 * @kallsyms: text, may be ""
 * @cmdlines: "PID NAME" lines, may be ""
 * @clock: "mono"
 * @uname: one line
 * @n_cpus: CPUs
 * @n_pages: how many sub-buffers a CPU has
 * @page: the @i th of them
 * @ctx: passed to both
 */
struct datwrite {
	size_t page_bytes;
	const char *header_page;
	const char *header_event;
	const struct datwrite_event *events;
	size_t n_events;
	const char *kallsyms;
	const char *cmdlines;
	const char *clock;
	const char *uname;
	unsigned int n_cpus;
	size_t (*n_pages)(void *ctx, unsigned int cpu);
	const uint8_t *(*page)(void *ctx, unsigned int cpu, size_t i);
	void *ctx;
};

int datwrite(const struct datwrite *dat, const char *path);

#endif /* TRACING_DATWRITE_H */

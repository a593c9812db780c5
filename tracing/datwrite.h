/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datwrite - write sub-buffers as a trace.dat (version 6), which trace-cmd and
 * kernelshark read
 */
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
 * @events: @n_events of them; those of one system are adjacent
 * @kallsyms: text of /proc/kallsyms, may be ""
 * @cmdlines: "PID NAME" rows, may be ""
 * @clock: "mono"
 * @uname: text without line feeds
 * @n_cpus: number of CPUs
 * @n_pages: returns how many sub-buffers a CPU has
 * @page: returns the @i th sub-buffer of a CPU
 * @ctx: passed to both functions
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

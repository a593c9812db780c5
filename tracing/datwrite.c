// SPDX-License-Identifier: GPL-2.0-or-later
#include "datwrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define OPTION_TRACECLOCK 4
#define OPTION_UNAME	  5
#define OPTION_CPUCOUNT	  8

static void put_u16(FILE *f, uint16_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

static void put_u32(FILE *f, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

static void put_u64(FILE *f, uint64_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

/* Including the NUL. */
static void put_string(FILE *f, const char *text)
{
	fwrite(text, 1, strlen(text) + 1, f);
}

static void put_text64(FILE *f, const char *text)
{
	put_u64(f, strlen(text));
	fputs(text, f);
}

static void put_option(FILE *f, uint16_t id, const void *data, uint32_t size)
{
	put_u16(f, id);
	put_u32(f, size);
	fwrite(data, 1, size, f);
}

static bool is_ftrace(const struct datwrite_event *e)
{
	return !strcmp(e->system, "ftrace");
}

static void put_ftrace_events(FILE *f, const struct datwrite *dat)
{
	uint32_t n = 0;

	for (size_t i = 0; i < dat->n_events; i++)
		n += is_ftrace(&dat->events[i]);
	put_u32(f, n);
	for (size_t i = 0; i < dat->n_events; i++) {
		if (is_ftrace(&dat->events[i]))
			put_text64(f, dat->events[i].format);
	}
}

/* Number of events from @first on that are of the same system. */
static size_t same_system(const struct datwrite *dat, size_t first)
{
	size_t i = first;

	while (i < dat->n_events && !strcmp(dat->events[i].system, dat->events[first].system))
		i++;
	return i - first;
}

static void put_events(FILE *f, const struct datwrite *dat)
{
	uint32_t n = 0;
	size_t i, run;

	for (i = 0; i < dat->n_events; i += same_system(dat, i))
		n += !is_ftrace(&dat->events[i]);
	put_u32(f, n);
	for (i = 0; i < dat->n_events; i += run) {
		run = same_system(dat, i);
		if (is_ftrace(&dat->events[i]))
			continue;
		put_string(f, dat->events[i].system);
		put_u32(f, (uint32_t)run);
		for (size_t j = i; j < i + run; j++)
			put_text64(f, dat->events[j].format);
	}
}

static void put_head(FILE *f, const struct datwrite *dat)
{
	const uint16_t one = 1;
	uint32_t n_cpus = dat->n_cpus;
	char clock[64];

	fwrite("\x17\x08\x44"
	       "tracing"
	       "6",
	       1, 12, f);
	fputc(*(const uint8_t *)&one ? 0 : 1, f);
	fputc(sizeof(long), f);
	put_u32(f, (uint32_t)dat->page_bytes);
	put_string(f, "header_page");
	put_text64(f, dat->header_page);
	put_string(f, "header_event");
	put_text64(f, dat->header_event);
	put_ftrace_events(f, dat);
	put_events(f, dat);
	put_u32(f, (uint32_t)strlen(dat->kallsyms));
	fputs(dat->kallsyms, f);
	put_u32(f, 0);
	put_text64(f, dat->cmdlines);
	put_u32(f, dat->n_cpus);
	fwrite("options  ", 1, 10, f);
	snprintf(clock, sizeof(clock), "[%s]", dat->clock);
	put_option(f, OPTION_TRACECLOCK, clock, (uint32_t)strlen(clock) + 1);
	put_option(f, OPTION_UNAME, dat->uname, (uint32_t)strlen(dat->uname) + 1);
	put_option(f, OPTION_CPUCOUNT, &n_cpus, sizeof(n_cpus));
	put_u16(f, 0);
}

/* @at: bytes of the head. The buffers begin at a multiple of their size. */
static void put_buffers(FILE *f, const struct datwrite *dat, uint64_t at)
{
	uint64_t page = dat->page_bytes, begin, used = 0;

	at += fwrite("flyrecord", 1, 10, f) + 16ull * dat->n_cpus;
	begin = (at + page - 1) / page * page;
	for (unsigned int cpu = 0; cpu < dat->n_cpus; cpu++) {
		uint64_t n = dat->n_pages(dat->ctx, cpu);

		put_u64(f, begin + used * page);
		put_u64(f, n * page);
		used += n;
	}
	for (; at < begin; at++)
		fputc(0, f);
	for (unsigned int cpu = 0; cpu < dat->n_cpus; cpu++) {
		for (size_t i = 0; i < dat->n_pages(dat->ctx, cpu); i++)
			fwrite(dat->page(dat->ctx, cpu, i), 1, page, f);
	}
}

/*
 * The head is made in memory: its size decides where the buffers begin, and a pipe
 * has no position to ask for.
 */
static int put_all(FILE *f, const struct datwrite *dat)
{
	char *head = NULL;
	size_t bytes;
	FILE *memory = open_memstream(&head, &bytes);

	if (!memory)
		return -1;
	put_head(memory, dat);
	if (fclose(memory)) {
		free(head);
		return -1;
	}
	fwrite(head, 1, bytes, f);
	free(head);
	put_buffers(f, dat, bytes);
	return fflush(f) || ferror(f) ? -1 : 0;
}

static int put(const void *dat, FILE *f)
{
	return put_all(f, dat);
}

/**
 * datwrite - write the file
 * @dat: what goes into it
 * @path: written as file_replace() does
 *
 * Returns 0, or -1 with errno set.
 */
int datwrite(const struct datwrite *dat, const char *path)
{
	return file_replace(path, put, dat);
}

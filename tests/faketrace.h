/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faketrace - a folder that looks like tracefs, so that the iterator of libtracefs
 * reads saved sub-buffers: the oracle for tracing/merge.c
 */
#ifndef TESTS_FAKETRACE_H
#define TESTS_FAKETRACE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tracefs.h>
#include <unistd.h>

#include "tests/tracegen.h"

/* libtracefs asks how many CPUs there are: this is its sysconf(), too. */
static long fake_cpus;

long sysconf(int name);
long sysconf(int name)
{
	switch (name) {
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return fake_cpus;
	case _SC_PAGESIZE:
		return 4096;
	case _SC_CLK_TCK:
		return 100;
	default:
		return -1;
	}
}

struct faketrace {
	char dir[64];
	struct tracefs_instance *instance;
	struct tep_handle *tep;
};

static inline void fake_file(const struct faketrace *f, const char *path, const void *data,
			     size_t len)
{
	char full[256];
	FILE *out;

	snprintf(full, sizeof(full), "%s/%s", f->dir, path);
	for (char *p = full + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0700);
		*p = '/';
	}
	out = fopen(full, "w");
	if (!out || fwrite(data, 1, len, out) != len || fclose(out))
		abort();
}

/* An empty folder; fake_event() and fake_pages() fill it. */
static inline void fake_begin(struct faketrace *f, unsigned int n_cpus, size_t page_bytes)
{
	char text[512];

	fake_cpus = n_cpus;
	strcpy(f->dir, "/tmp/faketrace-XXXXXX");
	if (!mkdtemp(f->dir))
		abort();
	snprintf(text, sizeof(text),
		 "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		 "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		 "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		 "\tfield: char data;\toffset:16;\tsize:%zu;\tsigned:0;\n",
		 page_bytes - GEN_HEADER);
	fake_file(f, "events/header_page", text, strlen(text));
	fake_file(f, "trace", "", 0);
}

static inline void fake_event(const struct faketrace *f, const char *system, const char *name,
			      const char *format)
{
	char path[128];

	snprintf(path, sizeof(path), "events/%s/%s/format", system, name);
	fake_file(f, path, format, strlen(format));
	snprintf(path, sizeof(path), "events/%s/enable", system);
	fake_file(f, path, "0", 1);
}

static inline void fake_pages(const struct faketrace *f, unsigned int cpu, const void *pages,
			      size_t bytes)
{
	char path[128];

	snprintf(path, sizeof(path), "instances/x/per_cpu/cpu%u/trace_pipe_raw", cpu);
	fake_file(f, path, pages, bytes);
}

/* Make libtracefs use the folder. */
static inline void fake_end(struct faketrace *f)
{
	static const char *const systems[] = { "irq",	    "sched",	   "raw_syscalls",
					       "workqueue", "irq_vectors", "procirq",
					       NULL };

	if (tracefs_set_tracing_dir(f->dir))
		abort();
	f->tep = tracefs_local_events_system(f->dir, systems);
	f->instance = tracefs_instance_alloc(f->dir, "x");
	if (!f->tep || !f->instance)
		abort();
}

/* Write all that libtracefs needs of @g. */
static inline void fake_open(struct faketrace *f, struct gen *g)
{
	fake_begin(f, g->n_cpus, g->page_bytes);
	for (size_t i = 0; i < GEN_N_FORMATS; i++)
		fake_event(f, gen_formats[i].system, gen_formats[i].name, gen_formats[i].text);
	for (unsigned int cpu = 0; cpu < g->n_cpus; cpu++) {
		gen_close(g, cpu);
		fake_pages(f, cpu, g->cpus[cpu].pages, g->cpus[cpu].n_pages * g->page_bytes);
	}
	fake_end(f);
}

static inline int fake_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void fake_close(struct faketrace *f)
{
	tracefs_instance_free(f->instance);
	tep_free(f->tep);
	tracefs_set_tracing_dir(NULL);
	nftw(f->dir, fake_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif /* TESTS_FAKETRACE_H */

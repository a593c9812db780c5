/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracegen - makes sub-buffers, as trace_pipe_raw gives them, from events; for tests,
 * the fuzzer and the benchmark
 */
#ifndef TESTS_TRACEGEN_H
#define TESTS_TRACEGEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracing/event.h"
#include "tracing/merge.h"
#include "tracing/subbuf.h"

#define GEN_HEADER 16
#define GEN_COMMON                                                                     \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
#define GEN_INT(name, offset)  "\tfield:int " name ";\toffset:" #offset ";\tsize:4;\tsigned:1;\n"
#define GEN_LONG(name, offset) "\tfield:long " name ";\toffset:" #offset ";\tsize:8;\tsigned:1;\n"
#define GEN_COMM(name, offset) \
	"\tfield:char " name "[16];\toffset:" #offset ";\tsize:16;\tsigned:0;\n"
#define GEN_FORMAT(name, id, fields) \
	"name: " name "\nID: " #id "\nformat:\n" GEN_COMMON fields "\nprint fmt: \"\"\n"

enum gen_id {
	GEN_IRQ_ENTRY = 101,
	GEN_IRQ_EXIT,
	GEN_RAISE,
	GEN_SOFT_ENTRY,
	GEN_SOFT_EXIT,
	GEN_WAKING,
	GEN_WAKEUP,
	GEN_SWITCH,
	GEN_SYS_ENTER,
	GEN_SYS_EXIT,
	GEN_WORK_QUEUE,
	GEN_WORK_START,
	GEN_WORK_END,
	GEN_TIMER_ENTRY,
	GEN_TIMER_EXIT,
	GEN_PROCIRQ_READ,
};

struct gen_format {
	const char *system;
	const char *name;
	const char *text;
};

#define GEN_F(system, name, id, fields)                    \
	{                                                  \
		system, name, GEN_FORMAT(name, id, fields) \
	}
#define GEN_WAKE \
	GEN_COMM("comm", 8) GEN_INT("pid", 24) GEN_INT("prio", 28) GEN_INT("target_cpu", 32)
static const struct gen_format gen_formats[] = {
	GEN_F("irq", "irq_handler_entry", 101,
	      GEN_INT("irq",
		      8) "\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;\n"),
	GEN_F("irq", "irq_handler_exit", 102, GEN_INT("irq", 8) GEN_INT("ret", 12)),
	GEN_F("irq", "softirq_raise", 103, GEN_INT("vec", 8)),
	GEN_F("irq", "softirq_entry", 104, GEN_INT("vec", 8)),
	GEN_F("irq", "softirq_exit", 105, GEN_INT("vec", 8)),
	GEN_F("sched", "sched_waking", 106, GEN_WAKE),
	GEN_F("sched", "sched_wakeup", 107, GEN_WAKE),
	GEN_F("sched", "sched_switch", 108,
	      GEN_COMM("prev_comm", 8) GEN_INT("prev_pid", 24) GEN_INT("prev_prio", 28)
		      GEN_LONG("prev_state", 32) GEN_COMM("next_comm", 40) GEN_INT("next_pid", 56)
			      GEN_INT("next_prio", 60)),
	GEN_F("raw_syscalls", "sys_enter", 109, GEN_LONG("id", 8)),
	GEN_F("raw_syscalls", "sys_exit", 110, GEN_LONG("id", 8) GEN_LONG("ret", 16)),
	GEN_F("workqueue", "workqueue_queue_work", 111,
	      GEN_LONG("work", 8) GEN_LONG("function", 16)),
	GEN_F("workqueue", "workqueue_execute_start", 112,
	      GEN_LONG("work", 8) GEN_LONG("function", 16)),
	GEN_F("workqueue", "workqueue_execute_end", 113, GEN_LONG("work", 8)),
	GEN_F("irq_vectors", "local_timer_entry", 114, GEN_INT("vector", 8)),
	GEN_F("irq_vectors", "local_timer_exit", 115, GEN_INT("vector", 8)),
	GEN_F("procirq", "procirq_read", 116,
	      GEN_INT("irq", 8) GEN_INT("count", 12) GEN_LONG("seq", 16) GEN_LONG("irq_ns", 24)
		      GEN_LONG("last_ns", 32)),
};
#define GEN_N_FORMATS (sizeof(gen_formats) / sizeof(gen_formats[0]))

static inline void gen_catalog(struct event_catalog *catalog)
{
	if (event_catalog_init(catalog, false))
		abort();
	for (size_t i = 0; i < GEN_N_FORMATS; i++)
		if (event_catalog_add(catalog, gen_formats[i].system, gen_formats[i].text) != 1)
			abort();
}

/* One CPU: finished pages, then the one being filled. */
struct gen_cpu {
	uint8_t *pages;
	size_t n_pages;
	size_t n_alloc;
	size_t used; /* of the current page, 0: none */
	uint64_t ts;
	uint64_t missed;
	size_t read;
	uint8_t flags;
	int32_t pid;
};

struct gen {
	unsigned int n_cpus;
	size_t page_bytes;
	struct gen_cpu *cpus;
};

static inline void gen_init(struct gen *g, unsigned int n_cpus, size_t page_bytes)
{
	g->n_cpus = n_cpus;
	g->page_bytes = page_bytes;
	g->cpus = calloc(n_cpus, sizeof(*g->cpus));
	if (!g->cpus)
		abort();
}

static inline void gen_free(struct gen *g)
{
	for (unsigned int i = 0; i < g->n_cpus; i++)
		free(g->cpus[i].pages);
	free(g->cpus);
}

static inline uint8_t *gen_page(struct gen *g, unsigned int cpu)
{
	struct gen_cpu *c = &g->cpus[cpu];

	return c->pages + (c->n_pages - 1) * g->page_bytes;
}

static inline void gen_put(struct gen *g, unsigned int cpu, const void *data, size_t len)
{
	memcpy(gen_page(g, cpu) + g->cpus[cpu].used, data, len);
	g->cpus[cpu].used += len;
}

/* Ends the current page; the next event starts a new one. */
static inline void gen_close(struct gen *g, unsigned int cpu)
{
	struct gen_cpu *c = &g->cpus[cpu];
	uint64_t commit;
	uint8_t *page;

	if (!c->used)
		return;
	page = gen_page(g, cpu);
	memcpy(&commit, page + 8, 8);
	if (commit && commit != SUBBUF_MISSED_UNKNOWN && g->page_bytes - c->used >= 8) {
		memcpy(page + c->used, &commit, 8);
		commit = 3u << 30 | (c->used - GEN_HEADER);
	} else {
		commit = (commit ? 1u << 31 : 0) | (c->used - GEN_HEADER);
	}
	memcpy(page + 8, &commit, 8);
	c->used = 0;
}

static inline void gen_open(struct gen *g, unsigned int cpu, uint64_t ts)
{
	struct gen_cpu *c = &g->cpus[cpu];

	if (c->n_pages == c->n_alloc) {
		c->n_alloc = c->n_alloc ? 2 * c->n_alloc : 4;
		c->pages = realloc(c->pages, c->n_alloc * g->page_bytes);
		if (!c->pages)
			abort();
	}
	c->n_pages++;
	memset(gen_page(g, cpu), 0, g->page_bytes);
	c->used = 0;
	gen_put(g, cpu, &ts, 8);
	gen_put(g, cpu, &c->missed, 8);
	c->missed = 0;
	c->ts = ts;
}

/* Room for @len bytes of payload and a time extend. */
static inline void gen_room(struct gen *g, unsigned int cpu, uint64_t ts, size_t len)
{
	struct gen_cpu *c = &g->cpus[cpu];

	if (!c->used || c->used + len + 16 > g->page_bytes || ts < c->ts) {
		gen_close(g, cpu);
		gen_open(g, cpu, ts);
	}
}

static inline void gen_word(struct gen *g, unsigned int cpu, uint32_t type, uint64_t delta)
{
	uint32_t word = type | (uint32_t)delta << 5;

	gen_put(g, cpu, &word, 4);
}

/* A record; @long_form: with its length in a word of its own. */
static inline void gen_record(struct gen *g, unsigned int cpu, uint64_t ts, const void *data,
			      size_t len, bool long_form)
{
	struct gen_cpu *c = &g->cpus[cpu];
	uint64_t delta;
	uint32_t word;

	gen_room(g, cpu, ts, len);
	delta = ts - c->ts;
	if (delta >> 27) {
		gen_word(g, cpu, 30, delta & 0x7ffffff);
		word = (uint32_t)(delta >> 27);
		gen_put(g, cpu, &word, 4);
		delta = 0;
	}
	if (long_form || len > 112) {
		gen_word(g, cpu, 0, delta);
		word = (uint32_t)len + 4;
		gen_put(g, cpu, &word, 4);
	} else {
		gen_word(g, cpu, (uint32_t)len / 4, delta);
	}
	gen_put(g, cpu, data, len);
	c->ts = ts;
}

/* An absolute time stamp: time starts from @ts again. */
static inline void gen_stamp(struct gen *g, unsigned int cpu, uint64_t ts)
{
	uint32_t word;

	gen_room(g, cpu, ts, 16);
	gen_word(g, cpu, 31, ts & 0x7ffffff);
	word = (uint32_t)(ts >> 27);
	gen_put(g, cpu, &word, 4);
	g->cpus[cpu].ts = ts;
}

/* A discarded event of @len bytes. */
static inline void gen_padding(struct gen *g, unsigned int cpu, uint64_t ts, size_t len)
{
	static const uint8_t zero[256];
	uint32_t word = (uint32_t)len + 4;
	uint64_t delta;

	gen_room(g, cpu, ts, len);
	/* A time of 0 would end the page; the kernel writes 1 then. */
	delta = ts > g->cpus[cpu].ts ? ts - g->cpus[cpu].ts : 1;
	gen_word(g, cpu, 29, delta);
	gen_put(g, cpu, &word, 4);
	gen_put(g, cpu, zero, len);
	g->cpus[cpu].ts += delta;
}

/* @count events (or SUBBUF_MISSED_UNKNOWN) are missing before the next. */
static inline void gen_loss(struct gen *g, unsigned int cpu, uint64_t count)
{
	gen_close(g, cpu);
	g->cpus[cpu].missed = count;
}

/* --- events ---------------------------------------------------------------- */

/* The task and the context of the events that follow. */
static inline void gen_context(struct gen *g, unsigned int cpu, int32_t pid, uint8_t flags)
{
	g->cpus[cpu].pid = pid;
	g->cpus[cpu].flags = flags;
}

static inline void gen_event(struct gen *g, unsigned int cpu, uint64_t ts, uint16_t id,
			     void *payload, size_t len)
{
	uint8_t *d = payload;

	memcpy(d, &id, 2);
	d[2] = g->cpus[cpu].flags;
	memcpy(d + 4, &g->cpus[cpu].pid, 4);
	gen_record(g, cpu, ts, d, len, false);
}

static inline void gen_ints(struct gen *g, unsigned int cpu, uint64_t ts, uint16_t id, int32_t a,
			    int32_t b)
{
	uint8_t d[16] = { 0 };

	memcpy(d + 8, &a, 4);
	memcpy(d + 12, &b, 4);
	gen_event(g, cpu, ts, id, d, sizeof(d));
}

static inline void gen_irq_entry(struct gen *g, unsigned int cpu, uint64_t ts, int32_t irq,
				 const char *name)
{
	uint8_t d[48] = { 0 };
	uint32_t loc = 16 | (uint32_t)(strlen(name) + 1) << 16;

	memcpy(d + 8, &irq, 4);
	memcpy(d + 12, &loc, 4);
	snprintf((char *)d + 16, 32, "%s", name);
	gen_event(g, cpu, ts, GEN_IRQ_ENTRY, d, (16 + strlen(name) + 1 + 3) & ~(size_t)3);
}

static inline void gen_wake(struct gen *g, unsigned int cpu, uint64_t ts, enum gen_id id,
			    int32_t pid, const char *comm, int32_t target_cpu)
{
	uint8_t d[36] = { 0 };

	snprintf((char *)d + 8, 16, "%s", comm);
	memcpy(d + 24, &pid, 4);
	memcpy(d + 32, &target_cpu, 4);
	gen_event(g, cpu, ts, id, d, sizeof(d));
}

/* Priorities are the kernel's. The context afterwards is that of the new task. */
static inline void gen_switch_prio(struct gen *g, unsigned int cpu, uint64_t ts, int32_t prev,
				   int64_t state, int32_t next, int32_t next_prio)
{
	uint8_t d[64] = { 0 };

	memcpy(d + 24, &prev, 4);
	memcpy(d + 32, &state, 8);
	memcpy(d + 56, &next, 4);
	memcpy(d + 60, &next_prio, 4);
	gen_context(g, cpu, prev, 1);
	gen_event(g, cpu, ts, GEN_SWITCH, d, sizeof(d));
	gen_context(g, cpu, next, 0);
}

static inline void gen_switch(struct gen *g, unsigned int cpu, uint64_t ts, int32_t prev,
			      int64_t state, int32_t next)
{
	gen_switch_prio(g, cpu, ts, prev, state, next, 0);
}

static inline void gen_long(struct gen *g, unsigned int cpu, uint64_t ts, enum gen_id id,
			    int64_t value)
{
	uint8_t d[24] = { 0 };

	memcpy(d + 8, &value, 8);
	gen_event(g, cpu, ts, id, d, id == GEN_SYS_EXIT ? 24 : 16);
}

/* A work item; its end has no @function. */
static inline void gen_work(struct gen *g, unsigned int cpu, uint64_t ts, enum gen_id id,
			    int64_t work, int64_t function)
{
	uint8_t d[24] = { 0 };

	memcpy(d + 8, &work, 8);
	memcpy(d + 16, &function, 8);
	gen_event(g, cpu, ts, id, d, id == GEN_WORK_END ? 16 : 24);
}

/* --- page reader ----------------------------------------------------------- */

static inline ssize_t gen_read_page(void *ctx, unsigned int cpu, const uint8_t **page)
{
	struct gen *g = ctx;
	struct gen_cpu *c = &g->cpus[cpu];

	gen_close(g, cpu);
	if (c->read == c->n_pages)
		return 0;
	*page = c->pages + c->read++ * g->page_bytes;
	return (ssize_t)g->page_bytes;
}

static inline void gen_rewind(struct gen *g)
{
	for (unsigned int i = 0; i < g->n_cpus; i++) {
		gen_close(g, i);
		g->cpus[i].read = 0;
	}
}

static inline struct page_reader gen_reader(struct gen *g)
{
	return (struct page_reader){ .read = gen_read_page, .ctx = g };
}

#endif /* TESTS_TRACEGEN_H */

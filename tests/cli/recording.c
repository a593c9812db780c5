// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes a trace.dat with events that a test of irqlat knows: recording NAME FILE, or
 * recording noisy FILE SEED SLOWER, see noisy()
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tracegen.h"
#include "tracing/datwrite.h"

#define CPUS	   4
#define PAGE_BYTES 4096
#define HARD	   (EVENT_FLAG_HARDIRQ | 1)
#define SOFT	   EVENT_FLAG_SOFTIRQ
#define MS	   1000000ull

/**
 * struct recording - what a test asks for
 * @name: on the command line
 * @without: event that was not recorded, or its system; NULL: everything was
 * @events: writes the events
 */
struct recording {
	const char *name;
	const char *without[3];
	void (*events)(struct gen *g);
};

/* Interrupt 36 on CPU 0 wakes task 42, which makes a system call and sleeps again. */
static void wake_in_handler(struct gen *g, uint64_t t, bool waking)
{
	gen_context(g, 0, 0, HARD);
	gen_irq_entry(g, 0, t, 36, "disk");
	if (waking)
		gen_wake(g, 0, t + 1000, GEN_WAKING, 42, "reader", 0);
	gen_wake(g, 0, t + 2000, GEN_WAKEUP, 42, "reader", 0);
	gen_ints(g, 0, t + 3000, GEN_IRQ_EXIT, 36, 1);
	gen_switch(g, 0, t + 4000, 0, 0, 42);
	gen_long(g, 0, t + 5000, GEN_SYS_EXIT, 0);
	gen_long(g, 0, t + 7000, GEN_SYS_ENTER, 0);
	gen_switch(g, 0, t + 8000, 42, 1, 0);
}

/* 20 times, and 5 interrupts whose wake-up goes to CPU 1. */
static void wakeup_only(struct gen *g)
{
	for (uint64_t i = 0; i < 20; i++)
		wake_in_handler(g, (1 + i) * MS, false);
	for (uint64_t i = 0; i < 5; i++) {
		uint64_t t = (30 + i) * MS;

		gen_context(g, 0, 0, HARD);
		gen_irq_entry(g, 0, t, 36, "disk");
		gen_ints(g, 0, t + 3000, GEN_IRQ_EXIT, 36, 1);
		gen_context(g, 1, 0, HARD);
		gen_irq_entry(g, 1, t + 3500, 7, "IPI");
		gen_wake(g, 1, t + 4000, GEN_WAKEUP, 43, "other", 1);
		gen_ints(g, 1, t + 4500, GEN_IRQ_EXIT, 7, 1);
		gen_switch(g, 1, t + 5000, 0, 0, 43);
		gen_long(g, 1, t + 6000, GEN_SYS_EXIT, 0);
		gen_switch(g, 1, t + 8000, 43, 1, 0);
	}
}

/* Two devices on interrupt 19: 20 times eth0 wakes a task, 10 times wlan0 does. */
static void shared_line(struct gen *g)
{
	for (uint64_t i = 0; i < 30; i++) {
		uint64_t t = (1 + i) * MS;
		bool eth = i % 3;
		int32_t pid = eth ? 42 : 43;
		const char *comm = eth ? "curl" : "wget";

		gen_context(g, 0, 0, HARD);
		gen_irq_entry(g, 0, t, 19, "eth0");
		if (eth)
			gen_wake(g, 0, t + 200, GEN_WAKING, pid, comm, 0);
		if (eth)
			gen_wake(g, 0, t + 400, GEN_WAKEUP, pid, comm, 0);
		gen_ints(g, 0, t + 1000, GEN_IRQ_EXIT, 19, eth);
		gen_irq_entry(g, 0, t + 2000, 19, "wlan0");
		if (!eth)
			gen_wake(g, 0, t + 2500, GEN_WAKING, pid, comm, 0);
		if (!eth)
			gen_wake(g, 0, t + 2900, GEN_WAKEUP, pid, comm, 0);
		gen_ints(g, 0, t + 4000, GEN_IRQ_EXIT, 19, !eth);
		gen_switch(g, 0, t + 5000, 0, 0, pid);
		gen_long(g, 0, t + 6000, GEN_SYS_EXIT, 0);
		gen_switch(g, 0, t + 8000, pid, 1, 0);
	}
}

/* Both raise one softirq, 5 times. */
static void shared_softirq(struct gen *g)
{
	for (uint64_t i = 0; i < 5; i++) {
		uint64_t t = (1 + i) * MS;

		gen_context(g, 0, 0, HARD);
		gen_irq_entry(g, 0, t, 19, "eth0");
		gen_ints(g, 0, t + 500, GEN_RAISE, 3, 0);
		gen_ints(g, 0, t + 1000, GEN_IRQ_EXIT, 19, 1);
		gen_irq_entry(g, 0, t + 2000, 19, "wlan0");
		gen_ints(g, 0, t + 2500, GEN_RAISE, 3, 0);
		gen_ints(g, 0, t + 3000, GEN_IRQ_EXIT, 19, 1);
		gen_context(g, 0, 0, SOFT);
		gen_ints(g, 0, t + 4000, GEN_SOFT_ENTRY, 3, 0);
		gen_wake(g, 0, t + 5000, GEN_WAKING, 42, "curl", 0);
		gen_wake(g, 0, t + 6000, GEN_WAKEUP, 42, "curl", 0);
		gen_ints(g, 0, t + 7000, GEN_SOFT_EXIT, 3, 0);
		gen_switch(g, 0, t + 8000, 0, 0, 42);
		gen_long(g, 0, t + 9000, GEN_SYS_EXIT, 0);
		gen_switch(g, 0, t + 9500, 42, 1, 0);
	}
}

#define FLUSH	0xffffffff81000100
#define RESCAN	0xffffffff81000200
#define UNKNOWN 0xffffffff81000300

static const char functions[] = "ffffffff81000100 t flush_work_of_a_long_name\n"
				"ffffffff81000200 t rescan\n"
				"ffffffff81000280 t rescan\t[module]\n"
				"ffffffff81000400 T last\n";

/*
 * Interrupt 24 queues a work item that CPU 1 flushes, 5 times: it waits 10 us and runs
 * 30 us, of which its thread sleeps 20 us. Items whose times are not known are between.
 */
static void works(struct gen *g)
{
	gen_context(g, 1, 60, 0);
	gen_work(g, 1, MS / 2, GEN_WORK_END, 0x9000, 0);
	for (uint64_t i = 0; i < 5; i++) {
		uint64_t t = (1 + i) * MS;

		gen_context(g, 0, 0, HARD);
		gen_irq_entry(g, 0, t, 24, "disk");
		gen_work(g, 0, t + 1000, GEN_WORK_QUEUE, 0x1000, FLUSH);
		gen_work(g, 0, t + 2000, GEN_WORK_QUEUE, 0x2000, UNKNOWN);
		gen_ints(g, 0, t + 3000, GEN_IRQ_EXIT, 24, 1);
		gen_context(g, 1, 60, 0);
		gen_work(g, 1, t + 11000, GEN_WORK_START, 0x1000, FLUSH);
		gen_switch(g, 1, t + 16000, 60, 1, 0);
		gen_switch(g, 1, t + 36000, 0, 0, 60);
		gen_work(g, 1, t + 41000, GEN_WORK_END, 0x1000, 0);
		/* Two functions of one name. */
		gen_work(g, 1, t + 50000, GEN_WORK_START, 0x3000, i % 2 ? RESCAN : RESCAN + 0x80);
		gen_work(g, 1, t + 51000, GEN_WORK_END, 0x3000, 0);
	}
	gen_work(g, 1, 9 * MS, GEN_WORK_START, 0x2000, UNKNOWN);
}

static void tasks_only(struct gen *g)
{
	for (uint64_t t = MS; t < 20 * MS; t += MS) {
		gen_wake(g, 0, t, GEN_WAKING, 42, "reader", 0);
		gen_wake(g, 0, t + 1000, GEN_WAKEUP, 42, "reader", 0);
		gen_switch(g, 0, t + 2000, 0, 0, 42);
		gen_switch(g, 0, t + 8000, 42, 1, 0);
	}
}

static void whole(struct gen *g)
{
	for (uint64_t t = MS; t < 20 * MS; t += MS)
		wake_in_handler(g, t, true);
}

/* gen_switch() with names. */
static void named_switch_state(struct gen *g, unsigned int cpu, uint64_t ts, int32_t prev,
			       const char *prev_comm, int64_t state, int32_t next,
			       const char *next_comm)
{
	uint8_t d[64] = { 0 };

	snprintf((char *)d + 8, 16, "%s", prev_comm);
	memcpy(d + 24, &prev, 4);
	memcpy(d + 32, &state, 8);
	snprintf((char *)d + 40, 16, "%s", next_comm);
	memcpy(d + 56, &next, 4);
	gen_context(g, cpu, prev, 1);
	gen_event(g, cpu, ts, GEN_SWITCH, d, sizeof(d));
	gen_context(g, cpu, next, 0);
}

/* The task before could go on. */
static void named_switch(struct gen *g, unsigned int cpu, uint64_t ts, int32_t prev,
			 const char *prev_comm, int32_t next, const char *next_comm)
{
	named_switch_state(g, cpu, ts, prev, prev_comm, 0, next, next_comm);
}

/*
 * Interrupt 85 wakes a task 20 times. In 15 of them rcuop/6 has the CPU for 3 ms; in the
 * others the CPU is idle, and in one of these for 5 ms.
 */
static void late(struct gen *g)
{
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t t = (1 + 20 * i) * MS, wait = i == 18 ? 5 * MS : 10000;
		bool busy = i < 15;
		const char *before = busy ? "rcuop/6" : "swapper/0";

		gen_context(g, 0, busy ? 54 : 0, HARD);
		gen_irq_entry(g, 0, t, 85, "i2c_geni");
		gen_wake(g, 0, t + 2000, GEN_WAKING, 42, "reader", 0);
		gen_wake(g, 0, t + 3000, GEN_WAKEUP, 42, "reader", 0);
		gen_ints(g, 0, t + 4000, GEN_IRQ_EXIT, 85, 1);
		if (busy)
			wait = 3 * MS + i * 1000;
		named_switch(g, 0, t + 3000 + wait, busy ? 54 : 0, before, 42, "reader");
		gen_long(g, 0, t + 4000 + wait, GEN_SYS_EXIT, 0);
		busy = i < 14;
		named_switch(g, 0, t + 10 * MS, 42, "reader", busy ? 54 : 0,
			     busy ? "rcuop/6" : "swapper/0");
	}
}

/* From a network interrupt through its thread and a server to a reader, on three CPUs. */
static void hops(struct gen *g)
{
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t t = (1 + 20 * i) * MS;

		gen_context(g, 0, 0, HARD);
		gen_irq_entry(g, 0, t, 40, "eth0");
		gen_wake(g, 0, t + 1000, GEN_WAKING, 70, "napi/eth0-12", 1);
		gen_ints(g, 0, t + 2000, GEN_IRQ_EXIT, 40, 1);
		gen_context(g, 1, 0, HARD);
		gen_wake(g, 1, t + 3000, GEN_WAKEUP, 70, "napi/eth0-12", 1);
		named_switch(g, 1, t + 5000, 0, "swapper/1", 70, "napi/eth0-12");
		gen_wake(g, 1, t + 9000, GEN_WAKING, 71, "server", 2);
		named_switch_state(g, 1, t + 10000, 70, "napi/eth0-12", 1, 0, "swapper/1");
		gen_context(g, 2, 54, HARD);
		gen_wake(g, 2, t + 11000, GEN_WAKEUP, 71, "server", 2);
		named_switch(g, 2, t + 3 * MS + i * 1000, 54, "hog", 71, "server");
		gen_wake(g, 2, t + 4 * MS, GEN_WAKING, 42, "reader", 0);
		gen_wake(g, 0, t + 4 * MS + 1000, GEN_WAKEUP, 42, "reader", 0);
		named_switch_state(g, 2, t + 4 * MS + 2000, 71, "server", 1, 54, "hog");
		named_switch(g, 0, t + 4 * MS + 4000, 0, "swapper/0", 42, "reader");
		gen_long(g, 0, t + 4 * MS + 5000, GEN_SYS_EXIT, 0);
		named_switch_state(g, 0, t + 10 * MS, 42, "reader", 1, 0, "swapper/0");
	}
}

/* Two tasks take turns every microsecond, for 5 ms in which the woken one waits. */
static void crowded(struct gen *g)
{
	gen_context(g, 0, 54, HARD);
	gen_irq_entry(g, 0, MS, 85, "i2c_geni");
	gen_wake(g, 0, MS + 1000, GEN_WAKING, 42, "reader", 0);
	gen_wake(g, 0, MS + 2000, GEN_WAKEUP, 42, "reader", 0);
	gen_ints(g, 0, MS + 2000, GEN_IRQ_EXIT, 85, 1);
	for (uint64_t i = 2; i < 4998; i++) {
		int32_t pid = 54 + i % 2;

		named_switch(g, 0, MS + i * 1000, pid, "busy", 109 - pid, "busy");
	}
	named_switch(g, 0, MS + 4998 * 1000, 54, "busy", 42, "reader");
	gen_long(g, 0, MS + 5000 * 1000, GEN_SYS_EXIT, 0);
	named_switch(g, 0, 10 * MS, 42, "reader", 0, "swapper/0");
}

/* --- a recording for irqlat diff --------------------------------------------- */

/* A number of a fixed sequence, 0 to @below - 1. */
static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % below;
}

/* Mostly small, sometimes large: the product of two numbers, and a rare third. */
static uint64_t draw_ns(uint64_t *seed, uint64_t scale)
{
	uint64_t ns = scale / 2 + draw(seed, scale) * draw(seed, scale) / scale;

	return draw(seed, 50) ? ns : ns + 4 * draw(seed, scale);
}

/*
 * 24 seconds of interrupt 36, 200 a second. Times are random; those of one second are
 * alike. The handler takes @slower percent longer.
 */
static void noisy(struct gen *g, uint64_t seed, uint64_t slower)
{
	for (int second = 0; second < 24; second++) {
		uint64_t level = 4000 + draw(&seed, 1500);

		for (int i = 0; i < 200; i++) {
			uint64_t t = second * 1000 * MS + i * 5 * MS + MS;
			uint64_t handler = draw_ns(&seed, level) * (100 + slower) / 100;
			uint64_t wake = t + handler, queue = wake + draw_ns(&seed, level);

			gen_context(g, 0, 0, HARD);
			gen_irq_entry(g, 0, t, 36, "disk");
			gen_wake(g, 0, wake, GEN_WAKING, 42, "reader", 0);
			gen_wake(g, 0, queue, GEN_WAKEUP, 42, "reader", 0);
			gen_ints(g, 0, queue + 100, GEN_IRQ_EXIT, 36, 1);
			gen_switch(g, 0, queue + 2000, 0, 0, 42);
			gen_long(g, 0, queue + 2000 + draw_ns(&seed, level), GEN_SYS_EXIT, 0);
			gen_switch(g, 0, t + 4 * MS, 42, 1, 0);
		}
	}
}

static const struct recording recordings[] = {
	{ .name = "noisy" },
	{ .name = "hops", .events = hops },
	{ .name = "late", .events = late },
	{ .name = "crowded", .events = crowded },
	{ .name = "whole", .events = whole },
	{ .name = "wakeup-only", .without = { "sched_waking" }, .events = wakeup_only },
	{ .name = "wakeup-only-all-formats", .events = wakeup_only },
	{ .name = "no-interrupts", .without = { "irq", "irq_vectors" }, .events = tasks_only },
	{ .name = "no-interrupts-all-formats", .events = tasks_only },
	{ .name = "shared-line", .events = shared_line },
	{ .name = "shared-softirq", .events = shared_softirq },
	{ .name = "works", .events = works },
	{ .name = "works-alone", .without = { "sched_switch" }, .events = works },
	{ .name = "no-softirqs",
	  .without = { "softirq_raise", "softirq_entry", "softirq_exit" },
	  .events = whole },
};

static bool recorded(const struct recording *r, const struct gen_format *format)
{
	for (size_t i = 0; i < sizeof(r->without) / sizeof(r->without[0]) && r->without[i]; i++) {
		if (!strcmp(r->without[i], format->name) || !strcmp(r->without[i], format->system))
			return false;
	}
	return true;
}

static size_t n_pages(void *ctx, unsigned int cpu)
{
	struct gen *g = ctx;

	gen_close(g, cpu);
	return g->cpus[cpu].n_pages;
}

static const uint8_t *page(void *ctx, unsigned int cpu, size_t i)
{
	const struct gen *g = ctx;

	return g->cpus[cpu].pages + i * g->page_bytes;
}

static int write_recording(const struct recording *r, const char *path, uint64_t seed,
			   uint64_t slower)
{
	struct datwrite_event events[GEN_N_FORMATS];
	struct gen g;
	struct datwrite dat = {
		.page_bytes = PAGE_BYTES,
		.header_page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
			       "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
			       "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
			       "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n",
		.header_event = "",
		.kallsyms = functions,
		.cmdlines = "",
		.clock = "mono",
		.uname = "Linux test",
		.n_cpus = CPUS,
		.n_pages = n_pages,
		.page = page,
		.events = events,
		.ctx = &g,
	};
	int err;

	for (size_t i = 0; i < GEN_N_FORMATS; i++) {
		if (recorded(r, &gen_formats[i]))
			events[dat.n_events++] = (struct datwrite_event){ gen_formats[i].system,
									  gen_formats[i].text };
	}
	gen_init(&g, CPUS, PAGE_BYTES);
	if (r->events)
		r->events(&g);
	else
		noisy(&g, seed, slower);
	err = datwrite(&dat, path);
	gen_free(&g);
	return err;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc == 5 ? strtoull(argv[3], NULL, 10) : 1;
	uint64_t slower = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;

	for (size_t i = 0; argc >= 3 && i < sizeof(recordings) / sizeof(recordings[0]); i++) {
		if (strcmp(recordings[i].name, argv[1]))
			continue;
		if (write_recording(&recordings[i], argv[2], seed, slower)) {
			perror(argv[2]);
			return 1;
		}
		return 0;
	}
	fprintf(stderr, "recording: NAME FILE; names:");
	for (size_t i = 0; i < sizeof(recordings) / sizeof(recordings[0]); i++)
		fprintf(stderr, " %s", recordings[i].name);
	fputc('\n', stderr);
	return 2;
}

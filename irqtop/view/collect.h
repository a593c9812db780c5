/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is read of single rows, on top of the tables: facts, devices, handler
 * threads. Results go into the rows' tracks.
 */
#ifndef IRQTOP_COLLECT_H
#define IRQTOP_COLLECT_H

#include "irqtop/sample/monitor.h"
#include "view.h"

struct collect_thread {
	int32_t irq;
	uint32_t pid;
	uint64_t runtime_ns;
	uint64_t read_ns; /* when it was that; 0: not yet */
	double cpu;	  /* share of one CPU since the last look */
	bool counted;	  /* cpu is good */
};

struct collect {
	int root; /* -1: nothing can be read */
	struct irqtable_devices devices;
	struct collect_thread *thread;
	uint32_t nthreads;
	size_t thread_room;
	uint64_t devices_shape, threads_shape; /* of the rows they were read for */
	uint64_t threads_listed_ns;
	bool devices_known, threads_known;
};

/* Once per sample: threads and, when rows changed, devices. `needs`: NEED_*. */
void collect_sample(struct collect *collect, struct monitor *monitor, unsigned int needs);

/* Facts of rows [first, first + count) of the view. Anyone may change an affinity
 * at any time, so nothing is kept from one sample to the next. */
void collect_rows(struct collect *collect, struct view *view, uint32_t first, uint32_t count,
		  unsigned int needs);

#define DETAIL_READERS 16

/* What is read of an opened row, and of no other. */
struct detail {
	bool known;
	struct irqtable_facts facts;
	/* of /proc/irq/N/irq, as the procirq module lists them */
	char reader[DETAIL_READERS][256];
	unsigned int nreaders;
};

void detail_read(struct detail *detail, int root, uint32_t irq);

void collect_free(struct collect *collect);

#endif

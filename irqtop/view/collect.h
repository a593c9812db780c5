/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what columns need beyond the tables: facts, devices and handler threads of
 * single rows. The results go to the rows' tracks.
 */
#ifndef IRQTOP_COLLECT_H
#define IRQTOP_COLLECT_H

#include "irqtop/sample/axis.h"
#include "irqtop/sample/monitor.h"
#include "view.h"

struct collect_thread {
	int32_t irq;
	uint32_t pid;
	uint64_t runtime_ns;
	uint64_t read_ns; /* when runtime_ns was read; 0: not yet */
	double cpu;	  /* share of one CPU since the read before */
	bool counted;	  /* cpu is valid */
};

/* What is read of all CPUs, and of the affinity of all interrupts. */
struct collect_cpus {
	struct irqtable_cpu_facts *facts; /* [CPUS_MAX] */
	uint32_t *allowed;		  /* [CPUS_MAX]; interrupts that may go there */
	struct cpu_mask isolated, nohz_full;
	uint64_t shape, listed_ns; /* of what is read seldom */
	bool known, have_allowed;
	struct irqtable_buffer buffer;
};

struct collect {
	const struct axis *axis; /* nodes of CPUs; NULL: not known */
	int root;		 /* directory of the tree; -1: nothing can be read */
	struct irqtable_devices devices;
	struct collect_thread *thread;
	uint32_t nthreads;
	size_t thread_room;
	uint64_t devices_shape, threads_shape; /* rows_shape of the table they were read for */
	uint64_t threads_listed_ns;
	bool devices_known, threads_known;
	struct collect_cpus cpus;
};

/* Call it once per sample. Reads threads, and devices when rows changed. `needs`: NEED_*. */
void collect_sample(struct collect *collect, struct monitor *monitor, unsigned int needs);

/*
 * Reads the facts of `count` rows of the view, from `first` on. Call it for each sample:
 * any process may change an affinity at any time.
 */
void collect_rows(struct collect *collect, struct view *view, uint32_t first, uint32_t count,
		  unsigned int needs);

/*
 * Fills in what is read of the CPUs in monitor->by_cpu. Affinities and isolation are read
 * again after ten seconds, or when rows changed. 0 or -ENOMEM.
 */
int collect_cpus(struct collect *collect, struct monitor *monitor, unsigned int needs);

#define DETAIL_READERS 16

/* What is read of the opened row only. */
struct detail {
	bool known;
	struct irqtable_facts facts;
	/* Readers of /proc/irq/N/irq, as the procirq module lists them. */
	char reader[DETAIL_READERS][256];
	unsigned int nreaders;
};

void detail_read(struct detail *detail, int root, uint32_t irq);

void collect_free(struct collect *collect);

#endif

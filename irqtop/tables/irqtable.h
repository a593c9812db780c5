/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt tables: /proc/interrupts, /proc/softirqs, /proc/stat, /proc/irq and
 * /sys/kernel/irq as numbers.
 *
 * The caller owns every structure and zeroes it before its first use. A structure
 * keeps its memory, so that nothing is allocated when the next sample has as many rows
 * and columns. Functions that can fail return 0 or a negative errno value. Nothing
 * here prints or keeps global state; two threads must not use one structure at once.
 *
 * `root` is an open directory that stands for "/": that of the running system, or a
 * copied tree.
 */
#ifndef IRQTOP_IRQTABLE_H
#define IRQTOP_IRQTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpus.h"

#define IRQTABLE_NONE UINT32_MAX

/* --- tables of counters ---------------------------------------------------- */

/* Which other rows a row is the sum of. It is left out of sums over the rows. */
enum irqtable_sum {
	IRQTABLE_SUM_NONE,
	IRQTABLE_SUM_EXT, /* s390: rows marked [EXT], [I/O], [AIO] */
	IRQTABLE_SUM_IO,
	IRQTABLE_SUM_AIO,
	IRQTABLE_SUM_MSI,     /* s390: the numbered rows */
	IRQTABLE_SUM_RESCHED, /* Xen: a row for each CPU */
	IRQTABLE_SUM_CALLFUNC,
	IRQTABLE_SUM_IRQWORK,
	IRQTABLE_SUM_UPCALL, /* Xen: all event channels */
};

/*
 * One row of /proc/interrupts or /proc/softirqs. `label` and `text` are offsets into
 * the table's text: the label before the colon, and what follows the counters, as the
 * kernel printed them. They are not zero-terminated. Device drivers choose them: they
 * are untrusted bytes.
 */
struct irqtable_row {
	uint64_t key;	/* hash of label and text: equal in two samples of one row */
	uint64_t total; /* sum of the counters, in 64 bits */
	uint32_t label, label_len;
	uint32_t text, text_len;
	uint32_t ncells; /* counters found: one per CPU, or one in all (ERR, MIS) */
	int32_t irq;	 /* interrupt number; -1: the label is not a number */
	enum irqtable_sum sum;
};

struct irqtable {
	uint64_t time_ns;   /* CLOCK_MONOTONIC, set by irqtable_read() */
	unsigned int ncpus; /* columns */
	unsigned int nrows;
	uint32_t *cpu;		  /* [ncpus] CPU number of each column */
	struct irqtable_row *row; /* [nrows] */
	uint32_t *cell;		  /* [nrows][ncpus], low 32 bits of the counters */
	bool totals_only;	  /* set by the caller: only the last row's cells are kept */
	char *text;
	uint64_t cpus_shape;	   /* hash of the columns */
	uint64_t rows_shape;	   /* hash of the rows and their order */
	unsigned int torn_rows;	   /* rows with more or fewer counters than CPUs */
	unsigned int skipped_rows; /* text lines without a colon */
	/* room, private */
	size_t cpu_room, row_room, cell_room, text_room, text_len;
};

/* A read buffer; several tables may share one. */
struct irqtable_buffer {
	char *data;
	size_t size;
};

/*
 * Reads the rest of a file like /proc/interrupts or /proc/softirqs from `fd`, in one
 * pass. -ENODATA: there is no text at all, as where a container runtime mounts an empty
 * file over it. -EPROTO: it does not begin with the names of CPUs. -EAGAIN: CPUs came or went
 * meanwhile, and rows do not fit the header; the table holds what was found, and the
 * caller reads again. -ENOMEM, or an error of read().
 */
int irqtable_read(struct irqtable *table, int fd, struct irqtable_buffer *buffer);

/* irqtable_read() from memory; does not change time_ns. */
int irqtable_parse(struct irqtable *table, const char *text, size_t len);

/*
 * Build a table from another source: begin, then add the columns, then the rows. Cells
 * start at 0; the caller fills in cells and the rows' totals. -ENOMEM, -EFBIG (more
 * than 4 GB of text), -EINVAL (more cells than columns).
 */
void irqtable_begin(struct irqtable *table);
int irqtable_add_column(struct irqtable *table, uint32_t cpu);
int irqtable_add_row(struct irqtable *table, const char *label, size_t label_len, const char *text,
		     size_t text_len, uint32_t ncells);

/* Sets the rows' `sum`. Reading does it; other sources do it after their last row. */
void irqtable_sums_mark(struct irqtable *table);

/* "sum of the rows marked [EXT]"; empty for IRQTABLE_SUM_NONE. */
const char *irqtable_sum_text(enum irqtable_sum sum);

/* 0, or -ENOMEM and `to` is empty. */
int irqtable_copy(struct irqtable *to, const struct irqtable *from);

void irqtable_free(struct irqtable *table);
void irqtable_buffer_free(struct irqtable_buffer *buffer);

/* Not with totals_only. */
static inline const uint32_t *irqtable_cells(const struct irqtable *table, unsigned int row)
{
	return table->cell + (table->totals_only ? 0 : (size_t)row * table->ncpus);
}

/*
 * The parts of a row's text, as pointers into it. Where chip, hardware number and flow
 * cannot be recognised they are empty, and `actions` is the whole text.
 */
struct irqtable_words {
	const char *chip, *hwirq, *flow, *actions;
	unsigned int chip_len, hwirq_len, flow_len, actions_len;
};

/* `numbered`: the row has an interrupt number, and therefore a chip. */
void irqtable_split(const char *text, size_t len, bool numbered, struct irqtable_words *words);

/* --- differences ----------------------------------------------------------- */

enum irqtable_state {
	IRQTABLE_FIRST,	  /* no earlier sample of this row: delta unknown */
	IRQTABLE_COUNTED, /* delta is that of the counters that did not fall */
	IRQTABLE_RESET,	  /* a counter fell and none rose: delta unknown */
};

struct irqtable_delta {
	uint64_t delta; /* interrupts since the earlier sample */
	uint64_t total; /* of the row, over the selected CPUs */
	uint32_t prev;	/* row of the earlier table, or IRQTABLE_NONE */
	uint32_t fell;	/* counters that fell, and whose delta is unknown */
	enum irqtable_state state;
};

struct irqtable_diff {
	const struct irqtable *prev, *cur; /* borrowed until the next call */
	uint64_t elapsed_ns;		   /* 0: unknown */
	unsigned int nrows, ncpus;	   /* those of cur */
	struct irqtable_delta *row;	   /* [nrows] */
	uint64_t *cpu_delta;		   /* [ncpus] sum over the rows that are no sums */
	uint32_t *prev_column;		   /* [ncpus] column of prev, or IRQTABLE_NONE */
	uint32_t *mask;			   /* [ncpus] all ones for a selected CPU, else 0 */
	bool same_rows, same_cpus;
	/* private */
	uint32_t limit; /* a larger fall is no wrap */
	uint32_t *index;
	size_t index_room, row_room, cpu_delta_room, prev_column_room, mask_room;
};

/*
 * Compares two tables of one file. Rows are paired by key, columns by CPU number; a
 * CPU or row that the earlier table does not have adds nothing. Counters have 32 bits
 * and may wrap: a counter that fell has wrapped when so many interrupts are possible in
 * the time between (10 per microsecond and CPU); else it is left out, and counts as one
 * that fell. `prev` may be NULL: then every row is IRQTABLE_FIRST. `only` selects CPUs;
 * NULL selects all.
 */
int irqtable_diff(struct irqtable_diff *diff, const struct irqtable *prev,
		  const struct irqtable *cur, const struct cpu_mask *only);

/* Whether the difference of this row in this column of `cur` is known. */
bool irqtable_diff_known(const struct irqtable_diff *diff, unsigned int row, unsigned int column);

/* Interrupts of one row in one column of `cur`; 0 where unknown. */
uint32_t irqtable_diff_cell(const struct irqtable_diff *diff, unsigned int row,
			    unsigned int column);

void irqtable_diff_free(struct irqtable_diff *diff);

/* --- /proc/stat ------------------------------------------------------------ */

struct irqtable_stat_cpu {
	uint32_t cpu;
	uint64_t total_ticks, irq_ticks, softirq_ticks;
};

#define IRQTABLE_STAT_UNKNOWN UINT64_MAX /* the file does not have it */

/*
 * A kernel that does not account time in interrupts prints 0 ticks of it, however long
 * it has run.
 */
struct irqtable_stat {
	struct irqtable_stat_cpu all; /* cpu is IRQTABLE_NONE */
	unsigned int ncpus;
	struct irqtable_stat_cpu *cpu; /* [ncpus], those online */
	/* Since boot, or IRQTABLE_STAT_UNKNOWN. */
	uint64_t interrupts, softirqs, switches;
	uint64_t boot_s; /* time of boot, seconds since 1970; 0: unknown */
	size_t cpu_room;
};

int irqtable_stat_read(struct irqtable_stat *stat, int fd, struct irqtable_buffer *buffer);
int irqtable_stat_parse(struct irqtable_stat *stat, const char *text, size_t len);
void irqtable_stat_free(struct irqtable_stat *stat);

/* Nanoseconds since boot, from /proc/uptime. 0 or a negative errno value. */
int irqtable_uptime_read(int root, uint64_t *uptime_ns);

/* --- facts of one interrupt ------------------------------------------------ */

enum {
	IRQTABLE_HAVE_CHIP = 1 << 0,
	IRQTABLE_HAVE_TYPE = 1 << 1,
	IRQTABLE_HAVE_HWIRQ = 1 << 2,
	IRQTABLE_HAVE_FLOW = 1 << 3,
	IRQTABLE_HAVE_ACTIONS = 1 << 4,
	IRQTABLE_HAVE_WAKEUP = 1 << 5,
	IRQTABLE_HAVE_AFFINITY = 1 << 6,
	IRQTABLE_HAVE_EFFECTIVE = 1 << 7,
	IRQTABLE_HAVE_HINT = 1 << 8,
	IRQTABLE_HAVE_NODE = 1 << 9,
	IRQTABLE_HAVE_SPURIOUS = 1 << 10,
	IRQTABLE_HAVE_SETTABLE = 1 << 11,
	IRQTABLE_HAVE_MANAGED = 1 << 12, /* debugfs: root, CONFIG_GENERIC_IRQ_DEBUGFS */
	IRQTABLE_HAVE_ALL = (1 << 13) - 1,
};

struct irqtable_facts {
	unsigned int have; /* IRQTABLE_HAVE_* of the fields that could be read */
	uint32_t irq;
	bool settable; /* the kernel lets the affinity be written */
	bool managed;  /* the kernel chose the affinity for the driver */
	bool wakeup;
	int node; /* -1: none */
	uint64_t hwirq;
	char chip[64], type[16], flow[48], actions[256];
	struct cpu_mask affinity, effective, hint;
	/* among the last 100,000 interrupts, as the kernel counts them */
	uint64_t spurious_seen, spurious_unhandled, spurious_last_ms;
};

/*
 * Reads the facts in `want` (IRQTABLE_HAVE_*; 5 us each) from /proc/irq/N and
 * /sys/kernel/irq/N. -ENOENT: none could be read.
 */
int irqtable_facts_read(struct irqtable_facts *facts, int root, uint32_t irq, unsigned int want);

/*
 * Writes /proc/irq/N/smp_affinity_list and returns the kernel's answer. -EIO: a managed
 * interrupt or one that cannot move (-EPERM in newer kernels). -EINVAL: no such CPU, or
 * none online. -EPERM or -EACCES: not permitted.
 */
int irqtable_affinity_write(int root, uint32_t irq, const struct cpu_mask *cpus);

/* --- devices of interrupts -------------------------------------------------- */

struct irqtable_device {
	uint32_t irq;
	char device[32]; /* PCI address or platform device */
	char driver[32]; /* empty: none bound */
	int node;	 /* NUMA node; -1: none or unknown */
	bool msi;	 /* from its msi_irqs, which no other device has */
};

struct irqtable_devices {
	unsigned int count;
	struct irqtable_device *device; /* [count], by irq */
	size_t room;
};

/* Walks /sys/bus/pci/devices, which takes milliseconds: call it when rows changed. */
int irqtable_devices_read(struct irqtable_devices *devices, int root);
const struct irqtable_device *irqtable_devices_find(const struct irqtable_devices *devices,
						    uint32_t irq);
void irqtable_devices_free(struct irqtable_devices *devices);

/* --- nodes and caches of CPUs ------------------------------------------------ */

struct irqtable_place {
	int node;  /* NUMA node; -1: unknown */
	int cache; /* lowest CPU that shares the last-level cache; -1: unknown */
};

/* Fills place[] for CPU numbers 0 to ncpus - 1 from /sys/devices/system. */
void irqtable_places_read(struct irqtable_place *place, unsigned int ncpus, int root);

/* --- facts of CPUs ------------------------------------------------------------ */

struct irqtable_cpu_facts {
	bool have_softnet, have_vectors;
	uint64_t dropped, squeezed; /* packets, and polls that ran out of time, since boot */
	unsigned int vectors_used, vectors_left;
};

/*
 * Fill facts[] for CPU numbers 0 to ncpus - 1 from /proc/net/softnet_stat, and from
 * debugfs (x86, root). `online`: a table whose columns are the CPUs online. 0 or a
 * negative errno value: nothing was filled in.
 */
int irqtable_softnet_read(struct irqtable_cpu_facts *facts, unsigned int ncpus,
			  const struct irqtable *online, int root, struct irqtable_buffer *buffer);
int irqtable_vectors_read(struct irqtable_cpu_facts *facts, unsigned int ncpus, int root,
			  struct irqtable_buffer *buffer);

/* The CPUs that are isolated from the scheduler, and those without a tick when busy. */
int irqtable_isolated_read(struct cpu_mask *cpus, int root);
int irqtable_nohz_read(struct cpu_mask *cpus, int root);

/* The CPUs that are there, or may come. 0 or a negative errno value. */
int irqtable_possible_read(struct cpu_mask *cpus, int root);

#endif /* IRQTOP_IRQTABLE_H */

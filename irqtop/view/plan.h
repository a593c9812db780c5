/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where interrupts would go: an affinity for each of those chosen, from a place that the
 * user names. Reads and writes nothing.
 */
#ifndef IRQTOP_PLAN_H
#define IRQTOP_PLAN_H

#include "base/cpus.h"
#include "base/why.h"
#include "irqtop/tables/irqtable.h"

enum plan_place {
	PLAN_LIST,   /* each may go to all of these CPUs */
	PLAN_NODE,   /* to all of a node that are not isolated */
	PLAN_SPREAD, /* to one CPU of its device's node that is not isolated */
	PLAN_AMONG,  /* to one of these CPUs */
};

struct plan_where {
	enum plan_place place;
	struct cpu_mask cpus; /* PLAN_LIST, PLAN_AMONG */
	int node;	      /* PLAN_NODE */
};

/* "0-3,8", "node:1", "spread" or "spread:0-3,8". 0 or -1. */
int plan_where_parse(struct plan_where *where, const char *text, struct why *why);

enum plan_state {
	PLAN_MOVES,
	PLAN_STAYS,   /* it is there */
	PLAN_MANAGED, /* the kernel chose the affinity for the driver, and keeps it */
	PLAN_FIXED,   /* the kernel does not let the affinity be written */
	PLAN_UNKNOWN, /* the affinity cannot be read */
};

/* One interrupt. The caller fills in all but `after` and `state`. */
struct plan_irq {
	uint32_t irq, row; /* number; row of the interrupts */
	int node;	   /* of its device; -1: unknown */
	bool known, settable, managed;
	double rate_hz;		 /* 0 where unknown */
	struct cpu_mask before;	 /* its affinity */
	struct cpu_mask reached; /* the CPUs that the kernel chose of it */
	struct cpu_mask after;	 /* its planned affinity; `before` where it does not move */
	enum plan_state state;
};

struct plan_machine {
	struct cpu_mask online, isolated;
	const struct irqtable_place *place; /* [nplaces] by CPU number; may be NULL */
	uint32_t nplaces;
	const double *other_hz; /* [CPUS_MAX] interrupts that are not chosen; NULL: unknown */
};

/*
 * Plans all of them. A CPU that gets one by spreading is that with the fewest of the
 * plan, then with the fewest interrupts per second; the busiest interrupt chooses first.
 * Where no CPU of the device's node is left, it goes to any that is not isolated. 0, or -1
 * where there is no CPU, or no memory.
 */
int plan_make(struct plan_irq *irq, size_t n, const struct plan_where *where,
	      const struct plan_machine *machine, struct why *why);

/*
 * Adds the rate that is expected on each CPU, cpu_hz[CPUS_MAX]: of an interrupt with
 * several CPUs an equal part, because the kernel chooses.
 */
void plan_expect(const struct plan_irq *irq, const struct plan_machine *machine, double *cpu_hz);

/* The load of CPUs in numbers. */
struct plan_load {
	uint32_t busiest, cpus; /* the busiest CPU; how many have any */
	double busiest_hz;
	double imbalance; /* highest over mean of those; negative: there is none */
};

void plan_load(struct plan_load *load, const double *cpu_hz);

/* "24-27,30": numbers of interrupts, as --move takes them. */
bool plan_is_numbers(const char *text);
bool plan_numbers_have(const char *text, uint32_t irq);

#endif

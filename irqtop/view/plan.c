// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "plan.h"

int plan_where_parse(struct plan_where *where, const char *text, struct why *why)
{
	const char *list = text;
	char *end;
	long node;

	memset(where, 0, sizeof(*where));
	where->node = -1;
	if (!strcmp(text, "spread")) {
		where->place = PLAN_SPREAD;
		return 0;
	}
	if (!strncmp(text, "node:", 5)) {
		node = strtol(text + 5, &end, 10);
		if (text[5] < '0' || text[5] > '9' || *end || node > INT32_MAX)
			return why_set(why, "%s: not a node number", text);
		where->place = PLAN_NODE;
		where->node = (int)node;
		return 0;
	}
	if (!strncmp(text, "spread:", 7)) {
		where->place = PLAN_AMONG;
		list = text + 7;
	}
	if (cpu_mask_parse(&where->cpus, list, strlen(list)) || !cpu_mask_count(&where->cpus))
		return why_set(why, "\"%s\" is no list of CPUs like 0-3,8, no node:N, no spread",
			       text);
	return 0;
}

static void mask_and(struct cpu_mask *mask, const struct cpu_mask *other)
{
	unsigned int i;

	for (i = 0; i < CPUS_MAX / 64; i++)
		mask->bit[i] &= other->bit[i];
}

static void mask_without(struct cpu_mask *mask, const struct cpu_mask *other)
{
	unsigned int i;

	for (i = 0; i < CPUS_MAX / 64; i++)
		mask->bit[i] &= ~other->bit[i];
}

static bool mask_equal(const struct cpu_mask *a, const struct cpu_mask *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The CPUs online of a node that are not isolated. */
static void node_cpus(struct cpu_mask *cpus, const struct plan_machine *machine, int node)
{
	uint32_t c;

	memset(cpus, 0, sizeof(*cpus));
	for (c = 0; c < machine->nplaces; c++)
		if (machine->place[c].node == node)
			cpu_mask_add(cpus, c);
	mask_and(cpus, &machine->online);
	mask_without(cpus, &machine->isolated);
}

/* Whether it can move; else it keeps what it has. */
static bool can_move(struct plan_irq *irq)
{
	irq->after = irq->before;
	irq->state = !irq->known    ? PLAN_UNKNOWN :
		     irq->managed   ? PLAN_MANAGED :
		     !irq->settable ? PLAN_FIXED :
				      PLAN_MOVES;
	return irq->state == PLAN_MOVES;
}

static void set_after(struct plan_irq *irq, const struct cpu_mask *cpus)
{
	irq->after = *cpus;
	irq->state = mask_equal(&irq->before, cpus) ? PLAN_STAYS : PLAN_MOVES;
}

/* What each CPU has to do, while interrupts are spread. */
struct spread {
	uint32_t given[CPUS_MAX];
	double load_hz[CPUS_MAX];
};

static uint32_t idlest(const struct spread *spread, const struct cpu_mask *pool)
{
	uint32_t best = IRQTABLE_NONE, c;

	for (c = 0; c < CPUS_MAX; c++) {
		if (!pool->bit[c / 64]) {
			c |= 63;
			continue;
		}
		if (!cpu_mask_has(pool, c))
			continue;
		if (best == IRQTABLE_NONE || spread->given[c] < spread->given[best] ||
		    (spread->given[c] == spread->given[best] &&
		     spread->load_hz[c] < spread->load_hz[best]))
			best = c;
	}
	return best;
}

/* The CPUs that one may be spread to. */
static void pool_of(struct cpu_mask *pool, const struct plan_irq *irq,
		    const struct plan_where *where, const struct plan_machine *machine)
{
	if (where->place == PLAN_AMONG) {
		*pool = where->cpus;
		mask_and(pool, &machine->online);
		return;
	}
	if (irq->node >= 0) {
		node_cpus(pool, machine, irq->node);
		if (cpu_mask_count(pool))
			return;
	}
	*pool = machine->online;
	mask_without(pool, &machine->isolated);
}

static void spread_one(struct spread *spread, struct plan_irq *irq, const struct plan_where *where,
		       const struct plan_machine *machine)
{
	struct cpu_mask pool, one = { 0 };
	uint32_t cpu;

	pool_of(&pool, irq, where, machine);
	cpu = idlest(spread, &pool);
	if (cpu == IRQTABLE_NONE)
		return;
	spread->given[cpu]++;
	spread->load_hz[cpu] += irq->rate_hz;
	cpu_mask_add(&one, cpu);
	set_after(irq, &one);
}

/* The busiest first; those alike in the order in which they were chosen. */
static int busier(const void *a, const void *b)
{
	const struct plan_irq *x = *(const struct plan_irq *const *)a;
	const struct plan_irq *y = *(const struct plan_irq *const *)b;

	if (x->rate_hz != y->rate_hz)
		return x->rate_hz < y->rate_hz ? 1 : -1;
	return (x > y) - (x < y);
}

static int spread_all(struct plan_irq *irq, size_t n, const struct plan_where *where,
		      const struct plan_machine *machine)
{
	struct spread *spread = calloc(1, sizeof(*spread));
	struct plan_irq **order = calloc(n ? n : 1, sizeof(*order));
	size_t i, moving = 0;

	if (spread && order) {
		if (machine->other_hz)
			memcpy(spread->load_hz, machine->other_hz, sizeof(spread->load_hz));
		for (i = 0; i < n; i++) {
			if (can_move(&irq[i]))
				order[moving++] = &irq[i];
			else
				plan_expect(&irq[i], machine, spread->load_hz);
		}
		qsort(order, moving, sizeof(struct plan_irq *), busier);
		for (i = 0; i < moving; i++)
			spread_one(spread, order[i], where, machine);
	}
	i = spread && order;
	free(spread);
	free(order);
	return i ? 0 : -1;
}

/* The CPUs of the place. A list is as the user wrote it: CPUs may come online later. */
static int target(struct cpu_mask *cpus, const struct plan_where *where,
		  const struct plan_machine *machine, struct why *why)
{
	struct cpu_mask online;

	switch (where->place) {
	case PLAN_NODE:
		node_cpus(cpus, machine, where->node);
		if (!cpu_mask_count(cpus))
			return why_set(why, "node:%d: no CPU of it is online and not isolated",
				       where->node);
		return 0;
	case PLAN_SPREAD:
		*cpus = machine->online;
		mask_without(cpus, &machine->isolated);
		return cpu_mask_count(cpus) ? 0 : why_set(why, "spread: every CPU is isolated");
	default:
		*cpus = online = where->cpus;
		mask_and(&online, &machine->online);
		return cpu_mask_count(&online) ? 0 : why_set(why, "none of these CPUs is online");
	}
}

int plan_make(struct plan_irq *irq, size_t n, const struct plan_where *where,
	      const struct plan_machine *machine, struct why *why)
{
	struct cpu_mask cpus;
	size_t i;

	if (target(&cpus, where, machine, why))
		return -1;
	if (where->place == PLAN_SPREAD || where->place == PLAN_AMONG)
		return spread_all(irq, n, where, machine) ? why_set(why, "out of memory") : 0;
	for (i = 0; i < n; i++)
		if (can_move(&irq[i]))
			set_after(&irq[i], &cpus);
	return 0;
}

void plan_expect(const struct plan_irq *irq, const struct plan_machine *machine, double *cpu_hz)
{
	struct cpu_mask cpus = irq->state == PLAN_MOVES ? irq->after : irq->reached;
	unsigned int n;
	uint32_t c;

	mask_and(&cpus, &machine->online);
	n = cpu_mask_count(&cpus);
	for (c = 0; n && c < CPUS_MAX; c++)
		if (cpu_mask_has(&cpus, c))
			cpu_hz[c] += irq->rate_hz / n;
}

void plan_load(struct plan_load *load, const double *cpu_hz)
{
	double sum_hz = 0;
	uint32_t c;

	memset(load, 0, sizeof(*load));
	load->imbalance = -1;
	for (c = 0; c < CPUS_MAX; c++) {
		if (!(cpu_hz[c] > 0))
			continue;
		load->cpus++;
		sum_hz += cpu_hz[c];
		if (cpu_hz[c] > load->busiest_hz) {
			load->busiest_hz = cpu_hz[c];
			load->busiest = c;
		}
	}
	if (load->cpus)
		load->imbalance = load->busiest_hz / (sum_hz / load->cpus);
}

/* Takes "24" or "24-27" off the text; false: it begins with something else. */
static bool range_take(const char **text, unsigned long *first, unsigned long *last)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*first = *last = strtoul(*text, &end, 10);
	if (*end == '-') {
		*text = end + 1;
		if (**text < '0' || **text > '9')
			return false;
		*last = strtoul(*text, &end, 10);
	}
	*text = end;
	return *last >= *first;
}

bool plan_is_numbers(const char *text)
{
	unsigned long first, last;

	while (range_take(&text, &first, &last)) {
		if (!*text)
			return true;
		if (*text++ != ',')
			return false;
	}
	return false;
}

bool plan_numbers_have(const char *text, uint32_t irq)
{
	unsigned long first, last;

	while (range_take(&text, &first, &last)) {
		if (irq >= first && irq <= last)
			return true;
		if (*text++ != ',')
			return false;
	}
	return false;
}

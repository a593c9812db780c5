/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps of the collector, and what is counted in them: rows, histograms, roots. User
 * space sets the sizes when it loads them, and reads them through a mapping.
 *
 * Lookups in arrays cost a comparison and a multiplication: the verifier replaces the
 * call. All additions that several CPUs make are atomic; none of them waits.
 */
#ifndef TRACING_COLLECT_MAPS_BPF_H
#define TRACING_COLLECT_MAPS_BPF_H

#include "collect_kernel.bpf.h"

#include "collect.h"

#define PROBES	   16	/* slots of a row, the first one included */
#define GLOB_STEPS 4096 /* more than a pattern and a name need */

#define ARRAY(name_, type_)                        \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);  \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1);            \
		__type(key, uint32_t);             \
		__type(value, struct type_);       \
	} name_ SEC(".maps")

ARRAY(cpus, collect_cpu);
ARRAY(globs, collect_glob);
ARRAY(rows, collect_row);
ARRAY(hists, collect_hist);
ARRAY(groups, collect_group);
ARRAY(roots, collect_root);
ARRAY(tasks, collect_tasks);
ARRAY(task_slots, collect_task);
ARRAY(works, collect_works);
ARRAY(work_slots, collect_path);
ARRAY(totals, collect_totals);

const volatile struct collect_config config = {};

static __always_inline void *at(void *map, uint32_t index)
{
	return bpf_map_lookup_elem(map, &index);
}

/*
 * Bits of an index. The verifier needs them cut off, also where the compiler knows from a
 * comparison that there are no others.
 */
static __always_inline uint32_t cut(uint32_t index, uint32_t mask)
{
	__asm__ volatile("" : "+r"(index));
	return index & mask;
}

/* An address as a number: the verifier calculates with no pointer, but lets us store it. */
static __always_inline uint64_t address_of(uint64_t *place, const void *pointer)
{
	*(const void *volatile *)place = pointer;
	return *(volatile uint64_t *)place;
}

static __noinline void lose(enum collect_loss loss)
{
	struct collect_totals *t = at(&totals, 0);

	if (t && loss < COLLECT_LOSSES)
		__sync_fetch_and_add(&t->lost[loss], 1);
}

/* --- patterns -------------------------------------------------------------- */

static long glob_step(uint32_t step, void *ctx)
{
	struct collect_glob *g = at(&globs, bpf_get_smp_processor_id());
	uint32_t which, in_pattern;
	char text, pattern;

	if (!g)
		return 1;
	which = cut(g->which, COLLECT_LIST_MAX - 1);
	in_pattern = cut(g->pattern, COLLECT_NAME_BYTES - 1);
	text = g->from[cut(g->text, COLLECT_NAME_BYTES - 1)];
	pattern = g->comms ? config.comms.pattern[which][in_pattern] :
			     config.names.pattern[which][in_pattern];
	if (pattern == '*') {
		g->star = ++g->pattern;
		g->star_text = g->text;
		return 0;
	}
	if (!text) {
		g->matches = !pattern;
		return 1;
	}
	if (pattern == text || pattern == '?') {
		g->pattern++;
		g->text++;
		return 0;
	}
	if (!g->star)
		return 1;
	g->pattern = g->star;
	g->text = ++g->star_text;
	return 0;
}

/* Whether a list keeps the text in this CPU's struct collect_glob. Not static, as record(). */
__noinline int list_keeps(uint32_t comms)
{
	struct collect_glob *g = at(&globs, bpf_get_smp_processor_id());
	uint32_t n = comms ? config.comms.n : config.names.n;
	uint32_t except = comms ? config.comms.except : config.names.except;
	bool any = true, found = false;

	if (!g)
		return 0;
	for (uint32_t i = 0; i < COLLECT_LIST_MAX; i++) {
		if (i >= n)
			break;
		g->comms = comms;
		g->which = i;
		g->pattern = 0;
		g->text = 0;
		g->star = 0;
		g->matches = 0;
		bpf_loop(GLOB_STEPS, glob_step, NULL, 0);
		any &= except >> i & 1;
		if (!g->matches)
			continue;
		if (except >> i & 1)
			return 0;
		found = true;
	}
	return any || found;
}

static __noinline int task_is_wanted(struct task_struct *p)
{
	struct collect_glob *g = at(&globs, bpf_get_smp_processor_id());
	bool found = !config.n_pids;
	int pid = p->pid;

	if (pid == config.own_pid)
		return 0;
	for (uint32_t i = 0; i < COLLECT_LIST_MAX; i++) {
		if (i < config.n_pids && config.pids[i] == pid)
			found = true;
	}
	if (!found || !config.comms.n)
		return found;
	if (!g)
		return 0;
	bpf_probe_read_kernel_str(g->from, sizeof(p->comm), &p->comm);
	return list_keeps(1);
}

static __noinline int row_is_wanted(struct collect_row *row)
{
	struct collect_glob *g = at(&globs, bpf_get_smp_processor_id());
	bool found = !config.n_irqs;

	for (uint32_t i = 0; i < COLLECT_LIST_MAX; i++) {
		if (i < config.n_irqs && config.irqs[i] == row->irq)
			found = true;
	}
	if (!found || !config.names.n)
		return found;
	if (row->irq < 0)
		return config.vectors >> (-1 - row->irq) & 1;
	if (!g)
		return 0;
	__builtin_memcpy(g->from, row->name, sizeof(g->from));
	return list_keeps(0);
}

/* --- rows ------------------------------------------------------------------ */

/* Fill a row that was claimed. */
static __noinline void row_fill(struct collect_row *row, int32_t irq, uint64_t name_at,
				uint32_t unwanted)
{
	row->irq = irq;
	row->name_at = name_at;
	if (name_at && name_at != COLLECT_OF_LINE)
		bpf_probe_read_kernel_str(row->name, sizeof(row->name), (const void *)name_at);
	row->wanted = !unwanted && row_is_wanted(row);
	__sync_lock_test_and_set(&row->state, ROW_READY);
}

/*
 * The index plus one of the row of a handler, claimed if needed; 0: there is no room. A
 * row that another CPU is filling is taken for another one's: then there are two rows,
 * which the reader adds up.
 */
static __always_inline uint32_t row_of(struct collect_cpu *cpu, uint32_t cpu_index, int32_t irq,
				       uint64_t name_at)
{
	uint32_t base = cpu_index * COLLECT_ROWS;
	uint32_t slot = ((uint32_t)irq ^ (uint32_t)(name_at >> 4)) * 2654435761u >> 16;

	for (uint32_t i = 0; i < PROBES; i++, slot++) {
		uint32_t index = base + (slot & (COLLECT_ROWS - 1));
		struct collect_row *row = at(&rows, index);

		if (!row)
			return 0;
		if (row->state == ROW_READY) {
			if (row->irq == irq && row->name_at == name_at)
				return index + 1;
			continue;
		}
		if (__sync_val_compare_and_swap(&row->state, ROW_FREE, ROW_CLAIMED) != ROW_FREE)
			continue;
		row_fill(row, irq, name_at, cpu->unwanted);
		return index + 1;
	}
	return 0;
}

/* --- histograms ------------------------------------------------------------ */

/*
 * Give out a number below @n, and put it plus one where @to is. When two CPUs do so at
 * once, one number is wasted. Returns what is there then; 0: there are no more.
 */
static __noinline uint32_t give_out(uint32_t *next, uint32_t n, uint32_t *to)
{
	uint32_t index, other;

	if (!next || !to || *next >= n)
		return 0;
	index = __sync_fetch_and_add(next, 1);
	if (index >= n)
		return 0;
	other = __sync_val_compare_and_swap(to, 0, index + 1);
	return other ? other : index + 1;
}

static __always_inline struct collect_hist *hist_of(struct collect_row *row, uint32_t stage)
{
	uint32_t index = row->hist[stage & (COLLECT_STAGES - 1)];
	struct collect_totals *t;

	if (!index) {
		t = at(&totals, 0);
		if (!t)
			return NULL;
		index = give_out(&t->hists, config.n_hists,
				 &row->hist[stage & (COLLECT_STAGES - 1)]);
	}
	return index ? at(&hists, index - 1) : NULL;
}

/* The extremes change rarely: after n times they have changed about log n times. */
static __noinline void raise_to(uint64_t *extreme, uint64_t value)
{
	for (int i = 0; i < 8; i++) {
		uint64_t before = *extreme;

		if (before >= value)
			return;
		if (__sync_val_compare_and_swap(extreme, before, value) == before)
			return;
	}
}

/*
 * Count a time of a stage of a row. It is no static function, so that the verifier looks at
 * it once, and not again for each path that leads to each call.
 */
__noinline int record(uint32_t row_index, uint32_t stage, uint64_t ns)
{
	struct collect_row *row = at(&rows, row_index);
	struct collect_group *group;
	struct collect_hist *hist;
	struct collect_totals *t;
	uint32_t index, of = cut(collect_group(ns), COLLECT_GROUP_SLOTS - 1);

	if (!row)
		return 0;
	if (ns >> COLLECT_TIME_BITS) {
		lose(COLLECT_TOO_LONG);
		return 0;
	}
	hist = hist_of(row, stage);
	if (!hist) {
		lose(COLLECT_NO_HIST);
		return 0;
	}
	index = hist->group[of];
	if (!index) {
		t = at(&totals, 0);
		index = t ? give_out(&t->groups, config.n_groups, &hist->group[of]) : 0;
	}
	group = index ? at(&groups, index - 1) : NULL;
	if (!group) {
		lose(COLLECT_NO_GROUP);
		return 0;
	}
	if (ns > hist->max)
		raise_to(&hist->max, ns);
	if (~ns > hist->not_min)
		raise_to(&hist->not_min, ~ns);
	__sync_fetch_and_add(&hist->sum, ns);
	/* Last, so that no reader sees a time without its extremes. */
	__sync_fetch_and_add(&group->count[collect_bucket(ns, of)], 1);
	return 0;
}

/* --- interrupts ------------------------------------------------------------ */

/* An interrupt with one reference. The index plus one; 0: there is no room. */
static __always_inline uint32_t root_new(struct collect_cpu *cpu, uint32_t cpu_index, uint32_t row)
{
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t slot = cpu->next_root++ & (COLLECT_ROOTS - 1);
		uint32_t index = cpu_index * COLLECT_ROOTS + slot;
		struct collect_root *root = at(&roots, index);

		if (!root)
			return 0;
		if (root->busy)
			continue;
		root->row = row;
		root->outcomes = 0;
		root->refs = 1;
		root->busy = 1;
		return index + 1;
	}
	return 0;
}

static __always_inline void root_outcome(uint32_t root, enum chain_outcome outcome)
{
	struct collect_root *r = root ? at(&roots, root - 1) : NULL;

	if (r)
		__sync_fetch_and_or(&r->outcomes, 1u << outcome);
}

static __always_inline void root_get(uint32_t root)
{
	struct collect_root *r = root ? at(&roots, root - 1) : NULL;

	if (r)
		__sync_fetch_and_add(&r->refs, 1);
}

static __always_inline uint32_t greatest(uint32_t outcomes)
{
	if (outcomes >> OUTCOME_MATCHED)
		return OUTCOME_MATCHED;
	return outcomes ? collect_log2(outcomes) : OUTCOME_WOKE_NOBODY;
}

/*
 * Drop a reference; with the last one the outcome of the interrupt is final. Those who
 * have dropped theirs before have added their outcomes before.
 */
static __always_inline void root_put(uint32_t root)
{
	struct collect_root *r = root ? at(&roots, root - 1) : NULL;
	struct collect_row *row;
	uint32_t outcome;

	if (!r || __sync_fetch_and_sub(&r->refs, 1) != 1)
		return;
	row = at(&rows, r->row);
	outcome = greatest(r->outcomes);
	if (row && outcome < OUTCOMES)
		__sync_fetch_and_add(&row->outcomes[outcome], 1);
	__sync_lock_test_and_set(&r->busy, 0);
}

#endif /* TRACING_COLLECT_MAPS_BPF_H */

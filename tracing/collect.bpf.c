// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The collector in the kernel: which interrupt woke which task, as chain.h has it, and
 * histograms of the stages. Nothing is recorded.
 *
 * The rules are those of chain_irq.c, chain_task.c and chain_work.c, for a recording
 * without system calls: a chain is complete when the task runs. Each function has the
 * name of its like there, so that both can be compared. A test has both count the same
 * interrupts, and compares the figures.
 *
 * A program may be interrupted where it does not run in a handler or with a lock of the
 * scheduler: softirq_entry, softirq_exit and the two of running work items. Another
 * program may run in between then, so these take over what they need, first, and clear
 * it before they use it.
 */
#include "collect_maps.bpf.h"
#include "vectors.h"

char LICENSE[] SEC("license") = "GPL";

/* "irq/", as the name of a thread that handles an interrupt begins. */
#define IRQ_THREAD (*(const uint32_t *)"irq/")

/**
 * struct context - what a CPU is working for when something happens
 * @hard: a handler; NULL: @path is it
 * @path: the path; NULL with @hard NULL: not for an interrupt that is known
 * @stage: that ends with an event in this context
 * @mixed: for several interrupts
 */
struct context {
	struct collect_hard *hard;
	struct collect_path *path;
	uint32_t stage;
	uint32_t mixed;
};

/* --- paths ----------------------------------------------------------------- */

static __always_inline void path_drop(struct collect_path *path)
{
	uint32_t root = path->root;

	path->root = 0;
	root_put(root);
}

static __always_inline void path_end(struct collect_path *path, enum chain_outcome outcome)
{
	if (!path->root)
		return;
	root_outcome(path->root, outcome);
	path_drop(path);
}

/* Add the time since the last step to a stage. The clock does not run backwards. */
static __always_inline void path_step(struct collect_path *path, uint32_t stage, uint64_t now)
{
	uint64_t ns = now - path->last_ns, *sum;

	stage = cut(stage, COLLECT_PART_SLOTS - 1);
	sum = &path->ns[stage];
	*sum = path->stages >> stage & 1 ? *sum + ns : ns;
	path->stages |= 1u << stage;
	path->last_ns = now;
}

/* The path of a context, with a reference of its own. */
static __always_inline void path_from(struct collect_path *to, const struct context *c)
{
	if (c->hard) {
		to->row = c->hard->row - 1;
		to->start_ns = c->hard->start_ns;
		to->last_ns = c->hard->start_ns;
		to->stages = 0;
		to->of_line = 0;
		to->root = c->hard->root;
	} else if (c->path) {
		*to = *c->path;
	}
	root_get(to->root);
}

static __always_inline uint32_t context_root(const struct context *c)
{
	if (c->hard)
		return c->hard->root;
	return c->path ? c->path->root : 0;
}

/* --- tasks ----------------------------------------------------------------- */

static __always_inline uint32_t bucket_of(uint64_t key, uint32_t mask)
{
	return (uint32_t)(key * 0x9e3779b97f4a7c15ull >> 40) & mask;
}

/* The index of the slot plus one; 0: no chain goes through the task. */
static __always_inline uint32_t task_find(uint32_t pid)
{
	uint32_t bucket = bucket_of(pid, config.task_mask);
	struct collect_tasks *b = at(&tasks, bucket);

	if (!b || !pid)
		return 0;
	for (uint32_t i = 0; i < COLLECT_WAYS; i++) {
		if (b->pid[i] == pid)
			return bucket * COLLECT_WAYS + i + 1;
	}
	return 0;
}

/* The same, claimed if needed; 0: there is no room. */
static __always_inline uint32_t task_get(uint32_t pid)
{
	uint32_t found = task_find(pid), bucket = bucket_of(pid, config.task_mask);
	struct collect_tasks *b = at(&tasks, bucket);

	if (found || !b)
		return found;
	for (uint32_t i = 0; i < COLLECT_WAYS; i++) {
		if (!b->pid[i] && !__sync_val_compare_and_swap(&b->pid[i], 0, pid))
			return bucket * COLLECT_WAYS + i + 1;
	}
	lose(COLLECT_NO_TASK);
	return 0;
}

static __always_inline struct collect_task *task_at(uint32_t index)
{
	return index ? at(&task_slots, index - 1) : NULL;
}

/* Free the slot if no chain goes through the task any more. */
static __always_inline void task_put(uint32_t index, const struct collect_task *t)
{
	struct collect_tasks *b;

	if (!index || t->chain.root || t->carry.root)
		return;
	b = at(&tasks, (index - 1) / COLLECT_WAYS);
	if (b)
		__sync_lock_test_and_set(&b->pid[(index - 1) % COLLECT_WAYS], 0);
}

static __always_inline void task_end(struct collect_task *t, enum chain_outcome outcome)
{
	path_end(&t->chain, outcome);
	t->state = COLLECT_IDLE;
}

/* The index plus one of the row of all handlers of a line, on the CPU of @row. */
static __noinline uint32_t row_of_line(const struct collect_row *row, uint32_t index)
{
	uint32_t cpu_index = index / COLLECT_ROWS;
	struct collect_cpu *cpu = at(&cpus, cpu_index);

	return cpu ? row_of(cpu, cpu_index, row->irq, COLLECT_OF_LINE) : 0;
}

static __noinline int task_sample(struct collect_task *t)
{
	struct collect_path *path = &t->chain;
	struct collect_row *row = at(&rows, path->row);
	uint32_t index = path->row;

	if (!row || !row->wanted || !t->wanted)
		return 0;
	if (path->of_line) {
		index = row_of_line(row, index);
		if (!index--)
			return 0;
	}
	for (uint32_t stage = 0; stage < COLLECT_PARTS; stage++) {
		if (path->stages >> stage & 1)
			record(index, stage, path->ns[stage]);
	}
	return record(index, CHAIN_STAGE_TOTAL, path->last_ns - path->start_ns);
}

/* --- what a CPU works for -------------------------------------------------- */

static __always_inline struct collect_cpu *this_cpu(uint32_t *index)
{
	*index = bpf_get_smp_processor_id();
	return at(&cpus, *index);
}

static __always_inline void hard_drop(struct collect_hard *hard)
{
	uint32_t root = hard->root;

	hard->root = 0;
	root_put(root);
}

/* End every open handler of the CPU, with at least OUTCOME_INCOMPLETE. */
static __noinline int hard_clear(struct collect_cpu *cpu)
{
	for (uint32_t i = 0; i < COLLECT_DEPTH; i++) {
		if (i >= cpu->depth || !cpu->hard[i].root)
			continue;
		root_outcome(cpu->hard[i].root, OUTCOME_INCOMPLETE);
		hard_drop(&cpu->hard[i]);
	}
	cpu->depth = 0;
	cpu->in_handler = 0;
	return 0;
}

/*
 * Nothing here reads the kernel's preempt_count, which not every kernel gives to BPF: a
 * CPU is in an interrupt when it has entered a handler or a vector, and all vectors that
 * have a tracepoint are traced. What runs between the end of a handler and the end of its
 * interrupt wakes only irq threads, see context_tail(). A softirq runs in the task that it
 * interrupted, or in one of its own on PREEMPT_RT, where others may preempt it.
 */
static __always_inline void context_of(struct collect_cpu *cpu, struct context *c)
{
	struct collect_task *t;

	c->hard = NULL;
	c->path = NULL;
	c->stage = CHAIN_STAGE_HANDLER;
	c->mixed = 0;
	if (cpu->depth) {
		c->hard = &cpu->hard[cut(cpu->depth - 1, COLLECT_DEPTH - 1)];
		return;
	}
	if (cpu->tail.root)
		return;
	if (cpu->running.raised && cpu->current_pid == cpu->running_pid) {
		c->stage = CHAIN_STAGE_SOFTIRQ;
		c->mixed = cpu->running.mixed;
		if (cpu->running.path.root)
			c->path = &cpu->running.path;
		return;
	}
	t = task_at(cpu->carry);
	if (!t || !t->carry.root)
		return;
	c->stage = t->carry_stage;
	c->mixed = t->carry_mixed;
	c->path = &t->carry;
}

/* --- handlers -------------------------------------------------------------- */

/* @name_at: address of the handler's name; 0: a vector, which has none */
static __always_inline int on_irq_entry(int32_t irq, uint64_t name_at)
{
	uint64_t now = bpf_ktime_get_ns();
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);
	struct collect_hard *hard;
	struct collect_row *row;

	if (!cpu)
		return 0;
	if (cpu->tail.root)
		hard_drop(&cpu->tail);
	if (cpu->depth >= COLLECT_DEPTH)
		hard_clear(cpu);
	hard = &cpu->hard[cut(cpu->depth, COLLECT_DEPTH - 1)];
	hard->irq = irq;
	hard->start_ns = now;
	hard->root = 0;
	hard->row = row_of(cpu, index, irq, name_at);
	cpu->depth++;
	row = hard->row ? at(&rows, hard->row - 1) : NULL;
	if (!row) {
		lose(COLLECT_NO_ROW);
		return 0;
	}
	row->seen++;
	hard->root = root_new(cpu, index, hard->row - 1);
	if (!hard->root) {
		lose(COLLECT_NO_ROOT);
		__sync_fetch_and_add(&row->outcomes[OUTCOME_LOST], 1);
	}
	return 0;
}

/* The softirqs that this handler raised wait from now on. */
static __noinline int handler_ended(struct collect_cpu *cpu, uint32_t root, uint64_t now)
{
	for (uint32_t vec = 0; vec < COLLECT_SOFTIRQS; vec++) {
		struct collect_path *path = &cpu->pending[vec].path;

		if (!(cpu->in_handler >> vec & 1) || path->root != root)
			continue;
		cpu->in_handler &= ~(1u << vec);
		path_step(path, CHAIN_STAGE_HANDLER, now);
	}
	return 0;
}

/* Whether the irq thread of the handler still works for an earlier interrupt. */
static __always_inline bool thread_is_busy(struct task_struct *thread)
{
	struct collect_task *t = thread ? task_at(task_find((uint32_t)thread->pid)) : NULL;

	if (!t || !t->carry.root || t->carry_stage != CHAIN_STAGE_THREAD)
		return false;
	t->carry_mixed = 1;
	return true;
}

static __always_inline int on_irq_exit(int32_t irq, struct task_struct *thread, int ret)
{
	uint64_t now = bpf_ktime_get_ns();
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);
	struct collect_hard *hard;
	struct collect_row *row;

	if (!cpu || !cpu->depth)
		return 0;
	hard = &cpu->hard[cut(cpu->depth - 1, COLLECT_DEPTH - 1)];
	if (hard->irq != irq) {
		hard_clear(cpu);
		return 0;
	}
	cpu->depth--;
	row = hard->row ? at(&rows, hard->row - 1) : NULL;
	if (row && row->wanted)
		record(hard->row - 1, CHAIN_STAGE_IRQ, now - hard->start_ns);
	if (!ret)
		root_outcome(hard->root, OUTCOME_NOT_HANDLED);
	if (cpu->in_handler)
		handler_ended(cpu, hard->root, now);
	if (ret != IRQ_WAKE_THREAD || !hard->root) {
		hard_drop(hard);
		return 0;
	}
	if (thread_is_busy(thread))
		root_outcome(hard->root, OUTCOME_COALESCED);
	if (cpu->tail.root)
		hard_drop(&cpu->tail);
	cpu->tail = *hard;
	hard->root = 0;
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(irq_handler_entry, int irq, struct irqaction *action)
{
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);

	return cpu ? on_irq_entry(irq, address_of(&cpu->address, action->name)) : 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(irq_handler_exit, int irq, struct irqaction *action, int ret)
{
	return on_irq_exit(irq, action->thread, ret);
}

/* A vector that is not counted only keeps what it does apart from what it interrupted. */
static __noinline int on_vector(uint32_t vector, bool entered)
{
	int32_t irq = -1 - (int32_t)vector;
	struct collect_cpu *cpu;
	uint32_t index;

	if (!config.no_vectors)
		return entered ? on_irq_entry(irq, 0) : on_irq_exit(irq, NULL, 1);
	cpu = this_cpu(&index);
	if (!cpu)
		return 0;
	if (!entered) {
		if (cpu->depth)
			cpu->depth--;
		return 0;
	}
	if (cpu->depth < COLLECT_DEPTH) {
		struct collect_hard *hard = &cpu->hard[cut(cpu->depth, COLLECT_DEPTH - 1)];

		hard->irq = irq;
		hard->root = 0;
		hard->row = 0;
		cpu->depth++;
	}
	return 0;
}

/* Not every kernel has each of them. */
#define VECTOR_PROGRAMS(name_)                           \
	SEC("?tp_btf/" #name_ "_entry")                  \
	int BPF_PROG(name_##_entry, int vector)          \
	{                                                \
		return on_vector(VECTOR_##name_, true);  \
	}                                                \
	SEC("?tp_btf/" #name_ "_exit")                   \
	int BPF_PROG(name_##_exit, int vector)           \
	{                                                \
		return on_vector(VECTOR_##name_, false); \
	}

VECTORS(VECTOR_PROGRAMS)

/* arm's interrupts between CPUs. */
SEC("?tp_btf/ipi_entry")
int BPF_PROG(ipi_entry, const char *reason)
{
	return on_vector(VECTOR_ipi, true);
}

SEC("?tp_btf/ipi_exit")
int BPF_PROG(ipi_exit, const char *reason)
{
	return on_vector(VECTOR_ipi, false);
}

/* --- softirqs -------------------------------------------------------------- */

/* It is pending already: an interrupt raised it, and so did something else. */
static __noinline int raised_again(struct collect_softirq *s, uint32_t root)
{
	struct collect_root *first, *second;
	struct collect_row *a, *b;

	if (!root || !s->path.root) {
		if (root)
			root_outcome(root, OUTCOME_AMBIGUOUS);
		s->mixed = 1;
		return 0;
	}
	if (s->path.root == root)
		return 0;
	first = at(&roots, s->path.root - 1);
	second = at(&roots, root - 1);
	a = first ? at(&rows, first->row) : NULL;
	b = second ? at(&rows, second->row) : NULL;
	if (a && b && a->irq == b->irq) {
		if (a != b)
			s->path.of_line = 1;
		root_outcome(root, OUTCOME_COALESCED);
	} else {
		root_outcome(root, OUTCOME_AMBIGUOUS);
		s->mixed = 1;
	}
	return 0;
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(softirq_raise, unsigned int vec)
{
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);
	struct collect_softirq *s;
	struct context c;
	uint32_t root;

	if (!cpu || vec >= COLLECT_SOFTIRQS)
		return 0;
	s = &cpu->pending[cut(vec, COLLECT_SOFTIRQS - 1)];
	context_of(cpu, &c);
	root = context_root(&c);
	if (s->raised)
		return raised_again(s, root);
	s->mixed = c.mixed;
	s->raised = 1;
	if (!root)
		return 0;
	path_from(&s->path, &c);
	if (c.hard)
		cpu->in_handler |= 1u << (vec & (COLLECT_SOFTIRQS - 1));
	else
		path_step(&s->path, c.stage, bpf_ktime_get_ns());
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(softirq_entry, unsigned int vec)
{
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);
	struct collect_softirq *s, *running;

	if (!cpu || vec >= COLLECT_SOFTIRQS)
		return 0;
	s = &cpu->pending[cut(vec, COLLECT_SOFTIRQS - 1)];
	running = &cpu->running;
	path_end(&running->path, OUTCOME_INCOMPLETE);
	running->path = s->path;
	s->path.root = 0;
	s->raised = 0;
	running->mixed = s->mixed;
	s->mixed = 0;
	cpu->in_handler &= ~(1u << (vec & (COLLECT_SOFTIRQS - 1)));
	cpu->running_pid = cpu->current_pid;
	if (running->path.root)
		path_step(&running->path, CHAIN_STAGE_SOFTIRQ_WAIT, bpf_ktime_get_ns());
	running->raised = 1;
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(softirq_exit, unsigned int vec)
{
	uint32_t index;
	struct collect_cpu *cpu = this_cpu(&index);

	if (!cpu)
		return 0;
	cpu->running.raised = 0;
	cpu->running.mixed = 0;
	cpu->running_pid = -1;
	path_drop(&cpu->running.path);
	return 0;
}

/* --- tasks: waking -> wakeup -> switch in ---------------------------------- */

/* The irq thread is woken after the end of the handler. */
static __always_inline void context_tail(struct collect_cpu *cpu, bool irq_thread,
					 struct context *c)
{
	if (!c->hard && cpu->tail.root && irq_thread)
		c->hard = &cpu->tail;
}

static __always_inline bool runs_on(uint32_t cpu_index, int32_t pid)
{
	struct collect_cpu *cpu = at(&cpus, cpu_index);

	return cpu && cpu->current_pid == pid;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(sched_waking, struct task_struct *p)
{
	uint32_t cpu_index, pid = (uint32_t)p->pid, index = task_find(pid), root;
	struct collect_cpu *cpu = this_cpu(&cpu_index);
	struct collect_task *t = task_at(index);
	bool irq_thread;
	struct context c;

	if (!cpu)
		return 0;
	context_of(cpu, &c);
	/* It was woken before, and what should have followed did not. */
	if (t && t->state != COLLECT_IDLE)
		task_end(t, t->state == COLLECT_WOKEN ? OUTCOME_NO_SWITCH : OUTCOME_INCOMPLETE);
	if (!context_root(&c) && !cpu->tail.root) {
		if (t)
			task_put(index, t);
		return 0;
	}
	irq_thread = *(uint32_t *)p->comm == IRQ_THREAD;
	context_tail(cpu, irq_thread, &c);
	root = context_root(&c);
	if (root && c.mixed) {
		root_outcome(root, OUTCOME_AMBIGUOUS);
		root = 0;
	}
	if (!root || !pid) {
		if (t)
			task_put(index, t);
		return 0;
	}
	if (!t) {
		index = task_get(pid);
		t = task_at(index);
	}
	if (!t) {
		root_outcome(root, OUTCOME_LOST);
		return 0;
	}
	path_from(&t->chain, &c);
	path_step(&t->chain, c.stage, bpf_ktime_get_ns());
	t->irq_thread = irq_thread;
	t->wanted = task_is_wanted(p);
	t->state = COLLECT_WAKING;
	/*
	 * The task may leave its CPU now. sched_switch() there says that it is another one
	 * that runs, then looks for our state; both with full barriers in between, so that
	 * one of the two sees the other.
	 */
	__sync_lock_test_and_set(&t->on_cpu, 1);
	if (!runs_on(p->thread_info.cpu, (int32_t)pid))
		t->on_cpu = 0;
	return 0;
}

/* The irq thread now works for the interrupt that woke it. */
static __always_inline void thread_carries(struct collect_task *t)
{
	path_drop(&t->carry);
	root_outcome(t->chain.root, OUTCOME_KERNEL);
	t->carry = t->chain;
	t->carry_stage = CHAIN_STAGE_THREAD;
	t->carry_mixed = 0;
	t->chain.root = 0;
	t->state = COLLECT_IDLE;
}

/* The woken task has its CPU, whose run queue is locked. */
static __always_inline int task_runs(struct collect_cpu *cpu, struct collect_task *t,
				     uint32_t index)
{
	task_sample(t);
	if (t->irq_thread) {
		thread_carries(t);
		if (cpu)
			cpu->carry = index;
	} else {
		task_end(t, OUTCOME_MATCHED);
		task_put(index, t);
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *p)
{
	uint32_t index = task_find((uint32_t)p->pid);
	struct collect_task *t = task_at(index);

	if (!t || t->state != COLLECT_WAKING)
		return 0;
	path_step(&t->chain, t->irq_thread ? CHAIN_STAGE_THREAD_WAKE : CHAIN_STAGE_WAKE,
		  bpf_ktime_get_ns());
	t->state = COLLECT_WOKEN;
	if (t->on_cpu)
		task_runs(at(&cpus, p->thread_info.cpu), t, index);
	return 0;
}

static __always_inline int switch_in(struct collect_cpu *cpu, uint32_t index)
{
	struct collect_task *t = task_at(index);

	if (!t)
		return 0;
	if (t->carry.root)
		cpu->carry = index;
	if (t->state == COLLECT_WAKING) {
		task_end(t, OUTCOME_INCOMPLETE);
		task_put(index, t);
	}
	if (t->state != COLLECT_WOKEN)
		return 0;
	path_step(&t->chain, t->irq_thread ? CHAIN_STAGE_THREAD_QUEUE : CHAIN_STAGE_QUEUE,
		  bpf_ktime_get_ns());
	return task_runs(cpu, t, index);
}

/*
 * An irq thread waits for the next interrupt interruptibly; when it sleeps otherwise, it
 * waits for a lock or its device.
 */
static __noinline int switch_out(uint32_t index, uint32_t state)
{
	struct collect_task *t = task_at(index);

	if (!t)
		return 0;
	if (t->state == COLLECT_WAKING)
		t->on_cpu = 0;
	if (t->carry.root && t->carry_stage == CHAIN_STAGE_THREAD &&
	    !(state & STATE_UNINTERRUPTIBLE))
		path_drop(&t->carry);
	task_put(index, t);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	uint32_t cpu_index, index;
	struct collect_cpu *cpu = this_cpu(&cpu_index);

	if (!cpu)
		return 0;
	/* A CPU that schedules is in no interrupt any more. */
	if (cpu->depth)
		hard_clear(cpu);
	if (cpu->tail.root)
		hard_drop(&cpu->tail);
	cpu->carry = 0;
	__sync_lock_test_and_set(&cpu->current_pid, next->pid);
	if (!preempt && prev_state) {
		index = task_find((uint32_t)prev->pid);
		if (index)
			switch_out(index, prev_state);
	}
	index = task_find((uint32_t)next->pid);
	if (index)
		switch_in(cpu, index);
	return 0;
}

/* --- work items ------------------------------------------------------------ */

static __always_inline uint32_t work_find(uint64_t work)
{
	uint32_t bucket = bucket_of(work, config.work_mask);
	struct collect_works *b = at(&works, bucket);

	if (!b)
		return 0;
	for (uint32_t i = 0; i < COLLECT_WAYS; i++) {
		if (b->work[i] == work)
			return bucket * COLLECT_WAYS + i + 1;
	}
	return 0;
}

static __always_inline uint32_t work_get(uint64_t work)
{
	uint32_t bucket = bucket_of(work, config.work_mask);
	struct collect_works *b = at(&works, bucket);

	if (!b)
		return 0;
	for (uint32_t i = 0; i < COLLECT_WAYS; i++) {
		if (!b->work[i] && !__sync_val_compare_and_swap(&b->work[i], 0, work))
			return bucket * COLLECT_WAYS + i + 1;
	}
	lose(COLLECT_NO_WORK);
	return 0;
}

static __always_inline struct collect_path *work_at(uint32_t index)
{
	return index ? at(&work_slots, index - 1) : NULL;
}

static __always_inline void work_forget(uint32_t index, struct collect_path *path,
					enum chain_outcome outcome)
{
	struct collect_works *b = at(&works, (index - 1) / COLLECT_WAYS);

	path_end(path, outcome);
	if (b)
		__sync_lock_test_and_set(&b->work[(index - 1) % COLLECT_WAYS], 0);
}

static __always_inline int on_work_queue(const void *work)
{
	uint32_t cpu_index, index, root;
	struct collect_cpu *cpu = this_cpu(&cpu_index);
	struct collect_path *path;
	struct context c;
	uint64_t key;

	if (!cpu)
		return 0;
	key = address_of(&cpu->address, work);
	index = work_find(key);
	path = work_at(index);
	context_of(cpu, &c);
	root = context_root(&c);
	if (path)
		work_forget(index, path, OUTCOME_INCOMPLETE);
	if (!root)
		return 0;
	if (c.mixed) {
		root_outcome(root, OUTCOME_AMBIGUOUS);
		return 0;
	}
	path = work_at(work_get(key));
	if (!path) {
		root_outcome(root, OUTCOME_LOST);
		return 0;
	}
	path_from(path, &c);
	path_step(path, c.stage, bpf_ktime_get_ns());
	return 0;
}

static __always_inline int on_work_start(const void *work)
{
	uint32_t cpu_index, index, task;
	struct collect_cpu *cpu = this_cpu(&cpu_index);
	struct collect_path *path;
	struct collect_task *t;

	if (!cpu)
		return 0;
	index = work_find(address_of(&cpu->work, work));
	path = work_at(index);
	if (!path)
		return 0;
	task = task_get((uint32_t)bpf_get_current_pid_tgid());
	t = task_at(task);
	if (!t) {
		work_forget(index, path, OUTCOME_LOST);
		return 0;
	}
	path_step(path, CHAIN_STAGE_WORK_WAIT, bpf_ktime_get_ns());
	path_drop(&t->carry);
	root_outcome(path->root, OUTCOME_KERNEL);
	root_get(path->root);
	t->carry = *path;
	t->carry_stage = CHAIN_STAGE_WORK;
	t->carry_mixed = 0;
	cpu->carry = task;
	work_forget(index, path, OUTCOME_WOKE_NOBODY);
	return 0;
}

static __always_inline int on_work_end(void)
{
	uint32_t cpu_index, index;
	struct collect_cpu *cpu = this_cpu(&cpu_index);
	struct collect_task *t;

	if (!cpu || !cpu->carry)
		return 0;
	index = cpu->carry;
	t = task_at(index);
	if (!t || t->carry_stage != CHAIN_STAGE_WORK)
		return 0;
	cpu->carry = 0;
	path_drop(&t->carry);
	task_put(index, t);
	return 0;
}

SEC("tp_btf/workqueue_queue_work")
int BPF_PROG(workqueue_queue_work, int requested_cpu, struct pool_workqueue *pool,
	     struct work_struct *work)
{
	return on_work_queue(work);
}

SEC("tp_btf/workqueue_execute_start")
int BPF_PROG(workqueue_execute_start, struct work_struct *work)
{
	return on_work_start(work);
}

SEC("tp_btf/workqueue_execute_end")
int BPF_PROG(workqueue_execute_end, struct work_struct *work)
{
	return on_work_end();
}

/* Work items of threads of their own (kthread_worker). */
SEC("?tp_btf/sched_kthread_work_queue_work")
int BPF_PROG(sched_kthread_work_queue_work, struct kthread_worker *worker,
	     struct kthread_work *work)
{
	return on_work_queue(work);
}

SEC("?tp_btf/sched_kthread_work_execute_start")
int BPF_PROG(sched_kthread_work_execute_start, struct kthread_work *work)
{
	return on_work_start(work);
}

SEC("?tp_btf/sched_kthread_work_execute_end")
int BPF_PROG(sched_kthread_work_execute_end, struct kthread_work *work)
{
	return on_work_end();
}

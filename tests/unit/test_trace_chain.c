// SPDX-License-Identifier: GPL-2.0-or-later
/* Chains: each way from an interrupt to a task, and each outcome. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tracegen.h"
#include "tracing/engine.h"

#define HARD	(EVENT_FLAG_HARDIRQ | 1) /* interrupts off, too */
#define SOFT	EVENT_FLAG_SOFTIRQ
#define SAMPLES 32
#define ROWS	8

struct bench {
	struct gen g;
	struct event_catalog catalog;
	size_t n;
	struct chain_sample samples[SAMPLES];
	uint64_t seen;
	uint64_t outcomes[OUTCOMES];
	uint64_t handler_ns;
	char rows[ROWS][48];
};

/* A row for each name. */
static void *on_seen(void *ctx, const struct event *e)
{
	struct bench *b = ctx;
	char name[48] = "vector";
	size_t i = 0;

	b->seen++;
	if (e->irq >= 0)
		event_name(&b->catalog, e, name, sizeof(name));
	while (b->rows[i][0] && strcmp(b->rows[i], name))
		assert_true(++i < ROWS);
	strcpy(b->rows[i], name);
	return b->rows[i];
}

static void on_handler(void *ctx, void *row, uint64_t ns)
{
	struct bench *b = ctx;

	assert_non_null(row);
	b->handler_ns += ns;
}

static void on_sample(void *ctx, const struct chain_sample *s)
{
	struct bench *b = ctx;
	uint64_t sum = 0;

	for (int i = 0; i < CHAIN_STAGE_PARTS; i++)
		sum += s->ns[i];
	assert_int_equal(sum, s->end_ns - s->start_ns);
	if (b->n < SAMPLES)
		b->samples[b->n++] = *s;
}

static void on_outcome(void *ctx, void *row, enum chain_outcome outcome)
{
	struct bench *b = ctx;

	assert_non_null(row);
	b->outcomes[outcome]++;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	gen_init(&b->g, 4, 4096);
	gen_catalog(&b->catalog);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	gen_free(&b->g);
	event_catalog_free(&b->catalog);
	free(b);
	return 0;
}

static void run(struct bench *b)
{
	struct engine_config config = {
		.n_cpus = b->g.n_cpus,
		.layout = subbuf_native,
		.catalog = &b->catalog,
		.reader = gen_reader(&b->g),
		.sink = { on_seen, on_handler, on_sample, on_outcome, b },
	};
	struct engine *engine = engine_new(&config);
	uint64_t sum = 0;

	assert_non_null(engine);
	assert_int_equal(engine_run(engine, UINT64_MAX), 0);
	engine_finish(engine);
	engine_free(engine);
	for (int i = 0; i < OUTCOMES; i++)
		sum += b->outcomes[i];
	assert_int_equal(sum, b->seen);
}

/* There are @n interrupts, and this is the outcome of all. */
static void expect(const struct bench *b, enum chain_outcome outcome, uint64_t n)
{
	assert_int_equal(b->seen, n);
	assert_int_equal(b->outcomes[outcome], n);
}

/* irq 36 on CPU 1: the handler runs from @t to @t + 30, and raises BLOCK at @t + 10. */
static void block_irq(struct gen *g, uint64_t t)
{
	gen_context(g, 1, 0, HARD);
	gen_irq_entry(g, 1, t, 36, "virtio1-req.0");
	gen_ints(g, 1, t + 10, GEN_RAISE, 4, 0);
	gen_ints(g, 1, t + 30, GEN_IRQ_EXIT, 36, 1);
}

/* The task is woken at @t, queued on @cpu and switched to. */
static void wake(struct gen *g, uint64_t t, int32_t pid, const char *comm, unsigned int waker_cpu,
		 unsigned int cpu)
{
	gen_wake(g, waker_cpu, t, GEN_WAKING, pid, comm, (int32_t)cpu);
	gen_wake(g, cpu, t + 20, GEN_WAKEUP, pid, comm, (int32_t)cpu);
	gen_switch(g, cpu, t + 50, 0, 0, pid);
}

static void softirq_to_another_cpu(void **state)
{
	struct bench *b = *state;
	const struct chain_sample *s = &b->samples[0];

	block_irq(&b->g, 100);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_ints(&b->g, 1, 170, GEN_SOFT_EXIT, 4, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->n, 1);
	assert_int_equal(s->irq, 36);
	assert_int_equal(s->irq_cpu, 1);
	assert_int_equal(s->task_cpu, 0);
	assert_int_equal(s->pid, 500);
	assert_string_equal(s->comm, "dd");
	assert_int_equal(s->end, CHAIN_END_USER);
	assert_int_equal(s->ns[CHAIN_STAGE_HANDLER], 30);
	assert_int_equal(s->ns[CHAIN_STAGE_SOFTIRQ_WAIT], 10);
	assert_int_equal(s->ns[CHAIN_STAGE_SOFTIRQ], 20);
	assert_int_equal(s->ns[CHAIN_STAGE_WAKE], 20);
	assert_int_equal(s->ns[CHAIN_STAGE_QUEUE], 30);
	assert_int_equal(s->ns[CHAIN_STAGE_EXIT], 30);
	assert_int_equal(s->end_ns - s->start_ns, 140);
	assert_int_equal(b->handler_ns, 30);
}

static void handler_wakes_by_itself(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 100, 5, "ttyS0");
	gen_wake(&b->g, 0, 120, GEN_WAKING, 7, "getty", 0);
	gen_wake(&b->g, 0, 125, GEN_WAKEUP, 7, "getty", 0);
	gen_ints(&b->g, 0, 130, GEN_IRQ_EXIT, 5, 1);
	gen_switch(&b->g, 0, 150, 0, 0, 7);
	gen_long(&b->g, 0, 160, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_HANDLER], 20);
	assert_int_equal(b->samples[0].stages, 1u << CHAIN_STAGE_HANDLER | 1u << CHAIN_STAGE_WAKE |
						       1u << CHAIN_STAGE_QUEUE |
						       1u << CHAIN_STAGE_EXIT);
}

/* Hard handler -> irq thread -> task; the thread is woken after the end of the handler. */
static void through_the_irq_thread(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 100, 9, "sensor");
	gen_ints(&b->g, 0, 110, GEN_IRQ_EXIT, 9, 2);
	gen_wake(&b->g, 0, 115, GEN_WAKING, 80, "irq/9-sensor", 0);
	gen_wake(&b->g, 0, 118, GEN_WAKEUP, 80, "irq/9-sensor", 0);
	gen_switch(&b->g, 0, 130, 0, 0, 80);
	/* It waits for its bus, then wakes the reader. */
	gen_switch(&b->g, 0, 140, 80, 2, 0);
	gen_switch(&b->g, 0, 170, 0, 0, 80);
	gen_wake(&b->g, 0, 180, GEN_WAKING, 81, "reader", 1);
	gen_wake(&b->g, 1, 190, GEN_WAKEUP, 81, "reader", 1);
	gen_switch(&b->g, 1, 200, 0, 0, 81);
	gen_switch(&b->g, 0, 205, 80, 1, 0);
	gen_long(&b->g, 1, 215, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->n, 2);
	assert_int_equal(b->samples[0].end, CHAIN_END_TASK);
	assert_string_equal(b->samples[0].comm, "irq/9-sensor");
	assert_int_equal(b->samples[0].end_ns - b->samples[0].start_ns, 30);
	assert_int_equal(b->samples[1].ns[CHAIN_STAGE_HANDLER], 15);
	assert_int_equal(b->samples[1].ns[CHAIN_STAGE_THREAD_WAKE], 3);
	assert_int_equal(b->samples[1].ns[CHAIN_STAGE_THREAD_QUEUE], 12);
	assert_int_equal(b->samples[1].ns[CHAIN_STAGE_THREAD], 50);
	assert_int_equal(b->samples[1].ns[CHAIN_STAGE_WAKE], 10);
}

/* A task that the thread wakes after a second interrupt may be woken for either. */
static void second_interrupt_of_a_busy_thread(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 100, 9, "sensor");
	gen_ints(&b->g, 0, 110, GEN_IRQ_EXIT, 9, 2);
	gen_wake(&b->g, 0, 115, GEN_WAKING, 80, "irq/9-sensor", 0);
	gen_wake(&b->g, 0, 118, GEN_WAKEUP, 80, "irq/9-sensor", 0);
	gen_switch(&b->g, 0, 130, 0, 0, 80);
	gen_context(&b->g, 0, 80, HARD);
	gen_irq_entry(&b->g, 0, 140, 9, "sensor");
	gen_ints(&b->g, 0, 150, GEN_IRQ_EXIT, 9, 2);
	gen_context(&b->g, 0, 80, 0);
	gen_wake(&b->g, 0, 180, GEN_WAKING, 81, "reader", 1);
	gen_switch(&b->g, 0, 205, 80, 1, 0);
	run(b);
	assert_int_equal(b->seen, 2);
	assert_int_equal(b->outcomes[OUTCOME_AMBIGUOUS], 1);
	assert_int_equal(b->outcomes[OUTCOME_COALESCED], 1);
}

static void through_a_work_item(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 100, 9, "nic");
	gen_work(&b->g, 0, 110, GEN_WORK_QUEUE, 0xabc0, 0xf0);
	gen_ints(&b->g, 0, 120, GEN_IRQ_EXIT, 9, 1);
	gen_context(&b->g, 2, 90, 0);
	gen_work(&b->g, 2, 150, GEN_WORK_START, 0xabc0, 0xf0);
	gen_wake(&b->g, 2, 170, GEN_WAKING, 81, "reader", 1);
	gen_work(&b->g, 2, 175, GEN_WORK_END, 0xabc0, 0xf0);
	gen_wake(&b->g, 2, 176, GEN_WAKING, 82, "other", 1);
	gen_wake(&b->g, 1, 180, GEN_WAKEUP, 81, "reader", 1);
	gen_switch(&b->g, 1, 200, 0, 0, 81);
	gen_long(&b->g, 1, 215, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->n, 1);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_HANDLER], 10);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_WORK_WAIT], 40);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_WORK], 20);
}

static void shared_line(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 100, 9, "a");
	gen_ints(&b->g, 0, 110, GEN_IRQ_EXIT, 9, 0);
	gen_irq_entry(&b->g, 0, 120, 9, "b");
	gen_wake(&b->g, 0, 125, GEN_WAKING, 7, "t", 0);
	gen_wake(&b->g, 0, 126, GEN_WAKEUP, 7, "t", 0);
	gen_ints(&b->g, 0, 130, GEN_IRQ_EXIT, 9, 1);
	gen_switch(&b->g, 0, 150, 0, 0, 7);
	gen_long(&b->g, 0, 160, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->seen, 2);
	assert_int_equal(b->outcomes[OUTCOME_NOT_HANDLED], 1);
	assert_int_equal(b->outcomes[OUTCOME_MATCHED], 1);
	assert_int_equal(b->samples[0].start_ns, 120);
}

/* Two lines raise one softirq: the task that it wakes may be woken for either. */
static void softirq_of_two_lines_is_ambiguous(void **state)
{
	struct bench *b = *state;

	block_irq(&b->g, 100);
	gen_irq_entry(&b->g, 1, 132, 40, "nvme");
	gen_ints(&b->g, 1, 134, GEN_RAISE, 4, 0);
	gen_ints(&b->g, 1, 136, GEN_IRQ_EXIT, 40, 1);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_ints(&b->g, 1, 170, GEN_SOFT_EXIT, 4, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->n, 0);
	expect(b, OUTCOME_AMBIGUOUS, 2);
}

static void softirq_of_one_line_twice(void **state)
{
	struct bench *b = *state;

	block_irq(&b->g, 100);
	block_irq(&b->g, 132);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 170, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 180, 500, "dd", 1, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->outcomes[OUTCOME_MATCHED], 1);
	assert_int_equal(b->outcomes[OUTCOME_COALESCED], 1);
	assert_int_equal(b->samples[0].start_ns, 100);
}

/* Handlers of one line raise the softirq: the chain is that of the line. */
static void softirq_of_two_handlers(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 19, "eth0");
	gen_ints(&b->g, 1, 102, GEN_RAISE, 3, 0);
	gen_ints(&b->g, 1, 104, GEN_IRQ_EXIT, 19, 1);
	gen_irq_entry(&b->g, 1, 106, 19, "wlan0");
	gen_ints(&b->g, 1, 108, GEN_RAISE, 3, 0);
	gen_ints(&b->g, 1, 110, GEN_IRQ_EXIT, 19, 1);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 3, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_ints(&b->g, 1, 170, GEN_SOFT_EXIT, 3, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->n, 1);
	assert_true(b->samples[0].of_line);
	assert_int_equal(b->outcomes[OUTCOME_MATCHED], 1);
	assert_int_equal(b->outcomes[OUTCOME_COALESCED], 1);
}

/* While the irq thread of one handler runs, another handler of the line is entered. */
static void threads_of_two_handlers(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 19, "eth0");
	gen_ints(&b->g, 1, 110, GEN_IRQ_EXIT, 19, 2);
	wake(&b->g, 120, 70, "irq/19-eth0", 1, 0);
	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 180, 19, "wlan0");
	gen_ints(&b->g, 1, 190, GEN_IRQ_EXIT, 19, 2);
	gen_context(&b->g, 0, 70, 0);
	wake(&b->g, 200, 500, "dd", 0, 2);
	gen_context(&b->g, 2, 500, 0);
	gen_long(&b->g, 2, 300, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->outcomes[OUTCOME_MATCHED], 1);
	assert_int_equal(b->outcomes[OUTCOME_AMBIGUOUS], 0);
	assert_int_equal(b->outcomes[OUTCOME_COALESCED], 0);
	assert_ptr_equal(b->samples[b->n - 1].row, b->rows[0]);
}

/* The thread of a network queue is woken, and wakes a server, which wakes a reader. */
static void through_threads(struct gen *g, const char *thread)
{
	gen_context(g, 1, 0, HARD);
	gen_irq_entry(g, 1, 100, 40, "eth0");
	gen_wake(g, 1, 110, GEN_WAKING, 70, thread, 2);
	gen_ints(g, 1, 120, GEN_IRQ_EXIT, 40, 1);
	gen_wake(g, 2, 125, GEN_WAKEUP, 70, thread, 2);
	gen_switch(g, 2, 140, 0, 0, 70);
	gen_wake(g, 2, 170, GEN_WAKING, 71, "server", 3);
	gen_switch(g, 2, 180, 70, 1, 0);
	gen_wake(g, 3, 190, GEN_WAKEUP, 71, "server", 3);
	gen_switch(g, 3, 230, 0, 0, 71);
	gen_wake(g, 3, 260, GEN_WAKING, 500, "reader", 0);
	gen_wake(g, 0, 270, GEN_WAKEUP, 500, "reader", 0);
	gen_switch(g, 3, 280, 71, 1, 0);
	gen_switch(g, 0, 300, 0, 0, 500);
	gen_long(g, 0, 310, GEN_SYS_EXIT, 0);
}

static const struct chain_sample *sample_of(const struct bench *b, int32_t pid)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->samples[i].pid == pid)
			return &b->samples[i];
	return NULL;
}

static void through_other_tasks(void **state)
{
	struct bench *b = *state;
	struct chain_piece pieces[CHAIN_PIECES_MAX];
	const struct chain_sample *s;
	uint64_t sum = 0;
	int n;

	through_threads(&b->g, "napi/eth0-12");
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->n, 3);
	s = sample_of(b, 500);
	assert_non_null(s);
	assert_int_equal(s->end, CHAIN_END_USER);
	assert_int_equal(s->end_ns - s->start_ns, 210);
	assert_int_equal(s->ns[CHAIN_STAGE_HANDLER], 10);
	assert_int_equal(s->ns[CHAIN_STAGE_HOP_WAKE], 15 + 20);
	assert_int_equal(s->ns[CHAIN_STAGE_HOP_QUEUE], 15 + 40);
	assert_int_equal(s->ns[CHAIN_STAGE_HOP], 30 + 30);
	assert_int_equal(s->ns[CHAIN_STAGE_WAKE], 10);
	assert_int_equal(s->ns[CHAIN_STAGE_QUEUE], 30);
	assert_int_equal(s->ns[CHAIN_STAGE_EXIT], 10);
	assert_int_equal(s->n_hops, 2);
	assert_string_equal(s->hops[0].comm, "napi/eth0-12");
	assert_int_equal(s->hops[0].cpu, 2);
	assert_int_equal(s->hops[1].pid, 71);
	assert_int_equal(s->hops[1].wake_ns, 20);
	assert_int_equal(s->hops[1].queue_ns, 40);
	assert_int_equal(s->hops[1].run_ns, 30);
	n = chain_pieces(s, pieces);
	assert_int_equal(n, 10);
	for (int i = 0; i < n; i++)
		sum += pieces[i].ns;
	assert_int_equal(sum, 210);
	assert_int_equal(pieces[4].stage, CHAIN_STAGE_HOP_WAKE);
	assert_int_equal(pieces[4].cpu, 3);
	assert_int_equal(pieces[4].ns, 20);
	/* The threads themselves end where they ran. */
	assert_int_equal(sample_of(b, 71)->n_hops, 1);
	assert_int_equal(sample_of(b, 71)->end_ns, 230);
	assert_int_equal(sample_of(b, 70)->n_hops, 0);
	assert_int_equal(sample_of(b, 70)->ns[CHAIN_STAGE_WAKE], 15);
}

/* It polls with softirqs off, which looks like a softirq; a softirq has an entry. */
static void polling_looks_like_a_softirq(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 40, "eth0");
	wake(&b->g, 110, 70, "napi/eth0-12", 1, 2);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 40, 1);
	gen_context(&b->g, 2, 70, SOFT);
	gen_wake(&b->g, 2, 170, GEN_WAKING, 71, "server", 3);
	gen_ints(&b->g, 2, 172, GEN_SOFT_ENTRY, 1, 0);
	gen_wake(&b->g, 2, 174, GEN_WAKING, 72, "timed", 3);
	gen_ints(&b->g, 2, 176, GEN_SOFT_EXIT, 1, 0);
	gen_wake(&b->g, 3, 190, GEN_WAKEUP, 71, "server", 3);
	gen_wake(&b->g, 3, 191, GEN_WAKEUP, 72, "timed", 3);
	gen_switch(&b->g, 3, 200, 0, 0, 71);
	gen_long(&b->g, 3, 210, GEN_SYS_EXIT, 0);
	gen_switch(&b->g, 3, 220, 71, 1, 72);
	gen_long(&b->g, 3, 230, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_non_null(sample_of(b, 71));
	assert_null(sample_of(b, 72));
}

/* A worker runs what anybody has queued. */
static void not_through_a_worker(void **state)
{
	struct bench *b = *state;

	through_threads(&b->g, "kworker/2:1");
	run(b);
	expect(b, OUTCOME_KERNEL, 1);
	assert_null(sample_of(b, 71));
}

/* The thread of a queue may work for the later interrupt. */
static void thread_serves_a_later_interrupt(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_irq_entry(&b->g, 0, 150, 40, "eth0");
	gen_ints(&b->g, 0, 155, GEN_IRQ_EXIT, 40, 1);
	through_threads(&b->g, "napi/eth0-12");
	run(b);
	assert_int_equal(b->seen, 2);
	assert_int_equal(b->outcomes[OUTCOME_AMBIGUOUS], 1);
	assert_null(sample_of(b, 71));
}

/* Something else wakes the thread while it runs: what it does next may be for that. */
static void thread_is_woken_twice(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 900, 0);
	gen_wake(&b->g, 0, 160, GEN_WAKING, 70, "jbd2/vda-8", 2);
	through_threads(&b->g, "jbd2/vda-8");
	run(b);
	expect(b, OUTCOME_AMBIGUOUS, 1);
	assert_null(sample_of(b, 71));
}

/* In user space a task does what it wants. */
static void not_through_user_space(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 40, "eth0");
	wake(&b->g, 110, 71, "server", 1, 3);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 40, 1);
	gen_long(&b->g, 3, 170, GEN_SYS_EXIT, 0);
	gen_long(&b->g, 3, 180, GEN_SYS_ENTER, 0);
	wake(&b->g, 190, 500, "reader", 3, 0);
	gen_long(&b->g, 0, 250, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->n, 1);
	assert_null(sample_of(b, 500));
}

/* Two threads that wake each other for ever are no path. */
static void a_circle_of_tasks_ends(void **state)
{
	struct bench *b = *state;
	uint64_t t = 100;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, t, 40, "eth0");
	wake(&b->g, t + 10, 70, "ping", 1, 2);
	gen_ints(&b->g, 1, t + 20, GEN_IRQ_EXIT, 40, 1);
	for (int i = 0; i < 10; i++) {
		unsigned int from = i % 2 ? 3 : 2, to = 5 - from;

		t += 100;
		wake(&b->g, t, i % 2 ? 70 : 71, i % 2 ? "ping" : "pong", from, to);
		gen_switch(&b->g, from, t + 60, i % 2 ? 71 : 70, 1, 0);
	}
	run(b);
	expect(b, OUTCOME_KERNEL, 1);
	assert_int_equal(b->n, CHAIN_HOPS_MAX + 1);
	assert_int_equal(b->samples[b->n - 1].n_hops, CHAIN_HOPS_MAX);
}

/* A wake-up in an interrupt without a tracepoint, after one that has a tracepoint. */
static void hidden_interrupt_is_not_ours(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_ints(&b->g, 1, 110, GEN_IRQ_EXIT, 36, 1);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->n, 0);
	expect(b, OUTCOME_WOKE_NOBODY, 1);
}

static void kernel_thread_never_returns(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_wake(&b->g, 1, 110, GEN_WAKING, 60, "kworker", 1);
	gen_wake(&b->g, 1, 112, GEN_WAKEUP, 60, "kworker", 1);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 36, 1);
	gen_switch(&b->g, 1, 130, 0, 0, 60);
	gen_switch(&b->g, 1, 190, 60, 0x80, 0);
	run(b);
	expect(b, OUTCOME_KERNEL, 1);
	assert_int_equal(b->samples[0].end, CHAIN_END_TASK);
	assert_int_equal(b->samples[0].end_ns, 130);
}

/* Preempted on its way back, the task goes on on another CPU: part of "exit". */
static void preempted_on_the_way_back(void **state)
{
	struct bench *b = *state;

	block_irq(&b->g, 100);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_switch(&b->g, 0, 220, 500, 0x100, 77);
	gen_switch(&b->g, 3, 300, 0, 0, 500);
	gen_long(&b->g, 3, 310, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_EXIT], 100);
	assert_int_equal(b->samples[0].task_cpu, 3);
}

static void page_fault_has_no_sys_exit(void **state)
{
	struct bench *b = *state;

	block_irq(&b->g, 100);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_long(&b->g, 0, 5000, GEN_SYS_ENTER, 0);
	gen_long(&b->g, 0, 6000, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_NO_SYSCALL, 1);
	assert_int_equal(b->samples[0].end, CHAIN_END_TASK);
	assert_int_equal(b->samples[0].end_ns, 210);
}

/* Woken before it had left its CPU: there is no switch to wait for. */
static void woken_before_it_slept(void **state)
{
	struct bench *b = *state;

	gen_switch(&b->g, 0, 50, 0, 0, 500);
	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_wake(&b->g, 1, 110, GEN_WAKING, 500, "dd", 0);
	gen_wake(&b->g, 1, 112, GEN_WAKEUP, 500, "dd", 0);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 36, 1);
	gen_long(&b->g, 0, 130, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
	assert_int_equal(b->samples[0].stages & 1u << CHAIN_STAGE_QUEUE, 0);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_EXIT], 18);
}

/*
 * The kernel of a hypervisor keeps its own tasks out of the trace: the woken task makes
 * a system call, or is woken again, without a switch in.
 */
static void switch_in_was_hidden(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	for (uint64_t t = 100; t < 400; t += 100) {
		gen_irq_entry(&b->g, 1, t, 36, "disk");
		gen_wake(&b->g, 1, t + 10, GEN_WAKING, 500, "dd", 0);
		gen_wake(&b->g, 1, t + 12, GEN_WAKEUP, 500, "dd", 0);
		gen_ints(&b->g, 1, t + 20, GEN_IRQ_EXIT, 36, 1);
	}
	gen_context(&b->g, 0, 500, 0);
	gen_long(&b->g, 0, 450, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_NO_SWITCH, 3);
	assert_int_equal(b->n, 0);
}

/* The wakeup after the waking is missing: this is another outcome. */
static void wakeup_is_missing(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_wake(&b->g, 1, 110, GEN_WAKING, 500, "dd", 0);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 36, 1);
	gen_switch(&b->g, 0, 130, 0, 0, 500);
	run(b);
	expect(b, OUTCOME_INCOMPLETE, 1);
}

/* Task 0 is the idle task of every CPU, and is never woken. */
static void idle_task_is_not_woken(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_wake(&b->g, 1, 110, GEN_WAKING, 0, "swapper/0", 0);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 36, 1);
	gen_switch(&b->g, 1, 130, 60, 1, 0);
	gen_long(&b->g, 1, 130, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_WOKE_NOBODY, 1);
}

static void time_running_backwards_is_negative(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 1, 0, HARD);
	gen_irq_entry(&b->g, 1, 100, 36, "disk");
	gen_wake(&b->g, 1, 90, GEN_WAKING, 500, "dd", 0);
	gen_ints(&b->g, 1, 120, GEN_IRQ_EXIT, 36, 1);
	run(b);
	expect(b, OUTCOME_NEGATIVE, 1);
	assert_int_equal(b->n, 0);
}

/* What was recorded looks like a complete chain, but may be of two chains. */
static void loss_on_the_task_s_cpu(void **state)
{
	struct bench *b = *state;

	gen_switch(&b->g, 0, 50, 60, 1, 0);
	block_irq(&b->g, 100);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	gen_wake(&b->g, 1, 160, GEN_WAKING, 500, "dd", 0);
	gen_wake(&b->g, 0, 170, GEN_WAKEUP, 500, "dd", 0);
	gen_loss(&b->g, 0, 12);
	gen_switch(&b->g, 0, 900, 0, 0, 500);
	gen_long(&b->g, 0, 910, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_LOST, 1);
	assert_int_equal(b->n, 0);
}

/* A loss on a CPU that the chain does not use changes nothing. */
static void loss_on_another_cpu(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 3, 0, 0);
	gen_switch(&b->g, 3, 50, 60, 1, 0);
	block_irq(&b->g, 100);
	gen_context(&b->g, 1, 0, SOFT);
	gen_ints(&b->g, 1, 140, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 160, 500, "dd", 1, 0);
	gen_loss(&b->g, 3, SUBBUF_MISSED_UNKNOWN);
	gen_switch(&b->g, 3, 220, 61, 1, 0);
	gen_long(&b->g, 0, 240, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 1);
}

static void timer_and_the_line_inside_it(void **state)
{
	struct bench *b = *state;

	gen_context(&b->g, 0, 0, HARD);
	gen_ints(&b->g, 0, 100, GEN_TIMER_ENTRY, 236, 0);
	gen_irq_entry(&b->g, 0, 110, 50, "irqgen");
	gen_wake(&b->g, 0, 112, GEN_WAKING, 7, "reader", 0);
	gen_wake(&b->g, 0, 113, GEN_WAKEUP, 7, "reader", 0);
	gen_ints(&b->g, 0, 120, GEN_IRQ_EXIT, 50, 1);
	gen_ints(&b->g, 0, 130, GEN_TIMER_EXIT, 236, 0);
	gen_switch(&b->g, 0, 150, 0, 0, 7);
	{
		uint8_t d[40] = { 0 };
		int32_t irq = 50;
		uint64_t irq_ns = 111;

		memcpy(d + 8, &irq, 4);
		memcpy(d + 24, &irq_ns, 8);
		gen_event(&b->g, 0, 155, GEN_PROCIRQ_READ, d, sizeof(d));
	}
	gen_long(&b->g, 0, 160, GEN_SYS_EXIT, 0);
	run(b);
	assert_int_equal(b->seen, 2);
	assert_int_equal(b->outcomes[OUTCOME_MATCHED], 1);
	assert_int_equal(b->outcomes[OUTCOME_WOKE_NOBODY], 1);
	assert_int_equal(b->samples[0].irq, 50);
	assert_int_equal(b->samples[0].module_ns, 1);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_READ], 5);
	assert_int_equal(b->samples[0].ns[CHAIN_STAGE_EXIT], 5);
}

/* A softirq belongs to the interrupt that raised it, though another one came inside it. */
static void softirq_raised_around_another_interrupt(void **state)
{
	struct bench *b = *state;
	const struct chain_sample *s = &b->samples[0];

	gen_context(&b->g, 0, 0, HARD);
	gen_ints(&b->g, 0, 100, GEN_TIMER_ENTRY, 236, 0);
	gen_ints(&b->g, 0, 105, GEN_RAISE, 1, 0);
	gen_irq_entry(&b->g, 0, 110, 50, "irqgen");
	gen_ints(&b->g, 0, 112, GEN_RAISE, 4, 0);
	gen_ints(&b->g, 0, 120, GEN_IRQ_EXIT, 50, 1);
	gen_ints(&b->g, 0, 130, GEN_TIMER_EXIT, 236, 0);
	gen_context(&b->g, 0, 0, SOFT);
	gen_ints(&b->g, 0, 140, GEN_SOFT_ENTRY, 1, 0);
	wake(&b->g, 160, 7, "timer's", 0, 0);
	gen_ints(&b->g, 0, 220, GEN_SOFT_EXIT, 1, 0);
	gen_ints(&b->g, 0, 230, GEN_SOFT_ENTRY, 4, 0);
	wake(&b->g, 240, 8, "irqgen's", 0, 1);
	gen_ints(&b->g, 0, 300, GEN_SOFT_EXIT, 4, 0);
	gen_long(&b->g, 0, 310, GEN_SYS_EXIT, 0);
	gen_context(&b->g, 1, 8, 0);
	gen_long(&b->g, 1, 320, GEN_SYS_EXIT, 0);
	run(b);
	expect(b, OUTCOME_MATCHED, 2);
	assert_true(s[0].irq < 0);
	assert_int_equal(s[0].ns[CHAIN_STAGE_HANDLER], 30);
	assert_int_equal(s[0].ns[CHAIN_STAGE_SOFTIRQ_WAIT], 10);
	assert_int_equal(s[1].irq, 50);
	assert_int_equal(s[1].ns[CHAIN_STAGE_HANDLER], 10);
	assert_int_equal(s[1].ns[CHAIN_STAGE_SOFTIRQ_WAIT], 110);
}

static void cut_off_at_the_end(void **state)
{
	struct bench *b = *state;

	block_irq(&b->g, 100);
	run(b);
	expect(b, OUTCOME_CUT_OFF, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(softirq_to_another_cpu),
		T(handler_wakes_by_itself),
		T(through_the_irq_thread),
		T(second_interrupt_of_a_busy_thread),
		T(through_a_work_item),
		T(through_other_tasks),
		T(polling_looks_like_a_softirq),
		T(not_through_a_worker),
		T(thread_serves_a_later_interrupt),
		T(thread_is_woken_twice),
		T(not_through_user_space),
		T(a_circle_of_tasks_ends),
		T(shared_line),
		T(softirq_of_two_lines_is_ambiguous),
		T(softirq_of_one_line_twice),
		T(softirq_of_two_handlers),
		T(threads_of_two_handlers),
		T(hidden_interrupt_is_not_ours),
		T(kernel_thread_never_returns),
		T(preempted_on_the_way_back),
		T(page_fault_has_no_sys_exit),
		T(woken_before_it_slept),
		T(switch_in_was_hidden),
		T(wakeup_is_missing),
		T(idle_task_is_not_woken),
		T(time_running_backwards_is_negative),
		T(loss_on_the_task_s_cpu),
		T(loss_on_another_cpu),
		T(timer_and_the_line_inside_it),
		T(softirq_raised_around_another_interrupt),
		T(cut_off_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

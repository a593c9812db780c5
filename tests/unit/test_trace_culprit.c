// SPDX-License-Identifier: GPL-2.0-or-later
/* Who had the CPU while a chain waited. */
#include "unit.h"

#include "tests/tracegen.h"
#include "tracing/culprit.h"
#include "tracing/engine.h"

#define HARD	 (EVENT_FLAG_HARDIRQ | 1) /* interrupts off, too */
#define SOFT	 EVENT_FLAG_SOFTIRQ
#define SWITCHES 100

struct bench {
	struct gen g;
	struct event_catalog catalog;
	struct chain_sample sample; /* the last one */
	struct culprit culprit;
	struct engine *engine;
};

static void *on_seen(void *ctx, const struct event *e)
{
	(void)ctx, (void)e;
	return NULL;
}

static void on_handler(void *ctx, void *row, uint64_t ns)
{
	(void)ctx, (void)row, (void)ns;
}

static void on_sample(void *ctx, const struct chain_sample *s)
{
	struct bench *b = ctx;

	b->sample = *s;
	culprit_find(&b->culprit, s, engine_timeline(b->engine));
}

static void on_outcome(void *ctx, void *row, enum chain_outcome outcome)
{
	(void)ctx, (void)row, (void)outcome;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	gen_init(&b->g, 2, 4096);
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

/* Analyse the last chain. All time of a stage must belong to some part. */
static void analyse(struct bench *b)
{
	struct engine_config config = {
		.n_cpus = b->g.n_cpus,
		.layout = subbuf_native,
		.catalog = &b->catalog,
		.reader = gen_reader(&b->g),
		.sink = { on_seen, on_handler, on_sample, on_outcome, b },
		.with_timeline = true,
	};

	b->engine = engine_new(&config);
	assert_non_null(b->engine);
	assert_int_equal(engine_run(b->engine, UINT64_MAX), 0);
	engine_finish(b->engine);
	engine_free(b->engine);
	for (int stage = 0; stage < CHAIN_STAGE_PARTS; stage++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < b->culprit.n_parts; i++)
			sum += b->culprit.parts[i].ns[stage];
		assert_int_equal(sum, b->sample.ns[stage]);
	}
}

static uint64_t time_of(const struct bench *b, enum timeline_kind kind, int32_t id,
			enum chain_stage stage)
{
	for (size_t i = 0; i < b->culprit.n_parts; i++) {
		const struct culprit_part *part = &b->culprit.parts[i];

		if (part->who.kind == kind && part->who.id == id)
			return part->ns[stage];
	}
	return 0;
}

/* threadirqs: the irq thread raises the softirq that wakes the task. */
static void softirq_after_the_irq_thread(void **state)
{
	struct bench *b = *state;
	struct gen *g = &b->g;

	gen_switch(g, 0, 50, 9, 1, 0);
	gen_context(g, 0, 0, HARD);
	gen_irq_entry(g, 0, 100, 36, "virtio1-req.0");
	gen_ints(g, 0, 110, GEN_IRQ_EXIT, 36, 2);
	gen_wake(g, 0, 112, GEN_WAKING, 60, "irq/36-virtio", 0);
	gen_wake(g, 0, 120, GEN_WAKEUP, 60, "irq/36-virtio", 0);
	gen_switch(g, 0, 135, 0, 0, 60);
	gen_ints(g, 0, 155, GEN_RAISE, 4, 0);
	gen_context(g, 0, 60, SOFT);
	gen_ints(g, 0, 160, GEN_SOFT_ENTRY, 4, 0);
	gen_wake(g, 0, 190, GEN_WAKING, 500, "dd", 0);
	gen_wake(g, 0, 200, GEN_WAKEUP, 500, "dd", 0);
	gen_ints(g, 0, 205, GEN_SOFT_EXIT, 4, 0);
	gen_switch(g, 0, 250, 60, 1, 500);
	gen_long(g, 0, 300, GEN_SYS_EXIT, 0);
	analyse(b);
	assert_int_equal(b->sample.pid, 500);
	assert_int_equal(b->sample.end_ns - b->sample.start_ns, 200);
	assert_int_equal(time_of(b, TIMELINE_IDLE, 0, CHAIN_STAGE_THREAD_QUEUE), 15);
	assert_int_equal(time_of(b, TIMELINE_TASK, 60, CHAIN_STAGE_THREAD), 20);
	assert_int_equal(time_of(b, TIMELINE_TASK, 60, CHAIN_STAGE_SOFTIRQ_WAIT), 5);
	assert_int_equal(time_of(b, TIMELINE_SOFTIRQ, 4, CHAIN_STAGE_SOFTIRQ), 30);
	assert_int_equal(time_of(b, TIMELINE_SOFTIRQ, 4, CHAIN_STAGE_QUEUE), 5);
	assert_int_equal(time_of(b, TIMELINE_TASK, 60, CHAIN_STAGE_QUEUE), 45);
	assert_int_equal(time_of(b, TIMELINE_TASK, 500, CHAIN_STAGE_EXIT), 50);
}

/* More tasks than there is room for: none of them gets the time of others. */
static void a_crowd_before_it(void **state)
{
	struct bench *b = *state;
	struct gen *g = &b->g;
	uint64_t t = 200;
	size_t named = 0;

	gen_switch(g, 0, 50, 9, 0, 1000);
	gen_context(g, 0, 1000, HARD);
	gen_irq_entry(g, 0, 100, 36, "virtio1-req.0");
	gen_wake(g, 0, 110, GEN_WAKING, 500, "dd", 0);
	gen_wake(g, 0, 120, GEN_WAKEUP, 500, "dd", 0);
	gen_ints(g, 0, 130, GEN_IRQ_EXIT, 36, 1);
	for (int i = 0; i < SWITCHES; i++, t += 100)
		gen_switch(g, 0, t, 1000 + i, 0, 1001 + i);
	gen_switch(g, 0, t, 1000 + SWITCHES, 0, 500);
	gen_long(g, 0, t + 10, GEN_SYS_EXIT, 0);
	analyse(b);
	assert_int_equal(b->sample.pid, 500);
	for (size_t i = 0; i < b->culprit.n_parts; i++) {
		const struct culprit_part *part = &b->culprit.parts[i];

		if (part->who.kind != TIMELINE_TASK)
			continue;
		assert_true(part->ns[CHAIN_STAGE_QUEUE] <= 100);
		named++;
	}
	assert_true(named > 50);
	assert_true(time_of(b, TIMELINE_OTHERS, -1, CHAIN_STAGE_QUEUE) >=
		    (SWITCHES - CULPRIT_PARTS_MAX) * 100);
}

/* Task 800 of priority @prio has the CPU for @wait ns while task 500, of @woken, waits. */
static void held_by(struct bench *b, int32_t prio, int32_t woken, uint64_t wait)
{
	struct gen *g = &b->g;

	gen_switch_prio(g, 0, 50, 9, 1, 800, prio);
	gen_context(g, 0, 800, HARD);
	gen_irq_entry(g, 0, 100, 36, "virtio1-req.0");
	gen_wake(g, 0, 110, GEN_WAKING, 500, "dd", 0);
	gen_wake(g, 0, 120, GEN_WAKEUP, 500, "dd", 0);
	gen_ints(g, 0, 120, GEN_IRQ_EXIT, 36, 1);
	gen_switch_prio(g, 0, 120 + wait, 800, 0, 500, woken);
	gen_long(g, 0, 130 + wait, GEN_SYS_EXIT, 0);
	analyse(b);
	assert_int_equal(b->sample.pid, 500);
	assert_int_equal(time_of(b, TIMELINE_TASK, 800, CHAIN_STAGE_QUEUE), wait);
}

static void a_normal_task_runs_before_a_real_time_one(void **state)
{
	static const struct {
		int32_t prio;
		int32_t woken;
		uint64_t wait;
		bool throttled;
	} cases[] = {
		{ 120, 49, 3000000, true },   { 120, -1, 1000000, true },
		{ 120, 99, 999999, false },   { 120, 120, 3000000, false },
		{ 120, 100, 3000000, false }, { 50, 49, 3000000, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench *b = *state;
		struct culprit_cause cause;
		char text[CULPRIT_TEXT_BYTES];

		tear_down(state);
		set_up(state);
		b = *state;
		held_by(b, cases[i].prio, cases[i].woken, cases[i].wait);
		cause = culprit_cause(&b->culprit);
		assert_int_equal(cause.before_realtime, cases[i].throttled);
		culprit_cause_text(&cause, &b->sample, text);
		assert_string_equal(
			text,
			cases[i].throttled ?
				":800 ran before a real-time task: RT throttling, the fair server, or no preemption" :
				":800 held the CPU");
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(softirq_after_the_irq_thread),
		T(a_crowd_before_it),
		T(a_normal_task_runs_before_a_real_time_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

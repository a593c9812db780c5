// SPDX-License-Identifier: GPL-2.0-or-later
/* The time that work items wait and run. */
#include "unit.h"

#include "tracing/symbols.h"
#include "tracing/workitem.h"

#define N_CPUS 3
#define ITEM   0xffff888012345600
#define SOFT   EVENT_FLAG_SOFTIRQ

/* "wait FUNCTION CPU NS; run FUNCTION CPU NS CPU_NS; ..." since tells() */
static char told[512];

static void on_wait(void *ctx, const struct workitem_time *time)
{
	size_t len = strlen(told);

	(void)ctx;
	snprintf(told + len, sizeof(told) - len, "wait %d %u %d; ", (int)time->function, time->cpu,
		 (int)time->ns);
}

static void on_run(void *ctx, const struct workitem_time *time)
{
	size_t len = strlen(told);

	(void)ctx;
	snprintf(told + len, sizeof(told) - len, "run %d %u %d %d; ", (int)time->function,
		 time->cpu, (int)time->ns, (int)time->cpu_ns);
}

static const struct workitem_sink sink = { .waited = on_wait, .ran = on_run };

static void tells(const char *expected)
{
	assert_string_equal(told, expected);
	told[0] = '\0';
}

/* Item @item has the function @item. */
static void work(struct workitems *items, enum event_kind kind, uint16_t cpu, uint64_t ns,
		 int32_t pid, uint8_t flags, uint64_t item)
{
	struct event e = {
		.ts_ns = ns, .cpu = cpu, .kind = (uint8_t)kind, .flags = flags, .pid = pid
	};

	e.work = ITEM + 32 * item;
	e.function = item;
	workitems_event(items, &e);
}

static void queue(struct workitems *items, uint16_t cpu, uint64_t ns, uint64_t item)
{
	work(items, EVENT_WORK_QUEUE, cpu, ns, 1, 0, item);
}

static void start(struct workitems *items, uint16_t cpu, uint64_t ns, int32_t pid, uint64_t item)
{
	work(items, EVENT_WORK_START, cpu, ns, pid, 0, item);
}

static void end(struct workitems *items, uint16_t cpu, uint64_t ns, int32_t pid, uint64_t item)
{
	work(items, EVENT_WORK_END, cpu, ns, pid, 0, item);
}

static void switches(struct workitems *items, uint16_t cpu, uint64_t ns, int32_t prev, int32_t next)
{
	struct event e = { .ts_ns = ns, .cpu = cpu, .kind = EVENT_SWITCH };

	e.sw.prev_pid = prev;
	e.sw.next_pid = next;
	workitems_event(items, &e);
}

static void loss(struct workitems *items, uint16_t cpu, uint64_t ns, bool begin)
{
	struct event e = { .ts_ns = ns,
			   .cpu = cpu,
			   .kind = begin ? EVENT_LOSS_BEGIN : EVENT_LOSS_END };

	workitems_event(items, &e);
}

/* Each event is accounted for. */
static struct workitem_counts counts_of(const struct workitems *items)
{
	struct workitem_counts c;

	workitems_counts(items, &c);
	assert_int_equal(c.queued, c.taken + c.requeued + c.pending + c.queued_lost);
	assert_int_equal(c.started, c.taken + c.unqueued);
	assert_int_equal(c.started, c.ended + c.cut + c.running + c.started_lost);
	return c;
}

static void items_are_measured(void **state)
{
	struct workitems *items = workitems_new(N_CPUS, &sink);
	struct workitem_counts c;

	(void)state;
	assert_non_null(items);
	queue(items, 0, 100, 1);
	queue(items, 0, 105, 2);
	start(items, 1, 130, 50, 1);
	start(items, 2, 135, 51, 2);
	tells("wait 1 1 30; wait 2 2 30; ");
	/* Its thread sleeps, and goes on elsewhere; others change nothing. */
	switches(items, 1, 140, 50, 7);
	switches(items, 1, 150, 7, 0);
	queue(items, 0, 155, 1);
	switches(items, 0, 160, 0, 50);
	end(items, 0, 170, 50, 1);
	end(items, 2, 175, 51, 2);
	tells("run 1 1 40 20; run 2 2 40 40; ");
	/* It was queued again while it ran. */
	start(items, 0, 180, 50, 1);
	end(items, 0, 190, 50, 1);
	tells("wait 1 0 25; run 1 0 10 10; ");
	c = counts_of(items);
	assert_int_equal(c.queued, 3);
	assert_int_equal(c.taken, 3);
	assert_int_equal(c.ended, 3);
	workitems_free(items);
}

static void its_thread_is_off_the_cpu_twice(void **state)
{
	struct workitems *items = workitems_new(N_CPUS, &sink);

	(void)state;
	assert_non_null(items);
	start(items, 0, 100, 50, 1);
	switches(items, 0, 110, 50, 7);
	switches(items, 0, 130, 7, 50);
	switches(items, 0, 140, 50, 7);
	switches(items, 1, 145, 0, 50);
	end(items, 1, 160, 50, 1);
	tells("run 1 0 60 35; ");
	workitems_free(items);
}

static void what_is_not_paired_is_counted(void **state)
{
	struct workitems *items = workitems_new(N_CPUS, &sink);
	struct workitem_counts c;

	(void)state;
	assert_non_null(items);
	end(items, 0, 10, 50, 9);   /* started before the recording */
	start(items, 0, 20, 50, 1); /* queued before it */
	end(items, 0, 25, 50, 2);   /* another one's */
	end(items, 0, 30, 51, 1);   /* another thread's */
	end(items, 0, 40, 50, 1);
	tells("run 1 0 20 20; ");
	queue(items, 0, 100, 3);
	queue(items, 0, 200, 3); /* moved, or cancelled */
	start(items, 0, 210, 50, 3);
	start(items, 0, 300, 50, 4); /* the end of 3 is not there */
	tells("wait 3 0 10; ");
	queue(items, 1, 310, 5);
	queue(items, 7, 320, 5); /* no such CPU */
	c = counts_of(items);
	assert_int_equal(c.queued, 3);
	assert_int_equal(c.requeued, 1);
	assert_int_equal(c.pending, 1);
	assert_int_equal(c.started, 3);
	assert_int_equal(c.unqueued, 2);
	assert_int_equal(c.cut, 1);
	assert_int_equal(c.running, 1);
	assert_int_equal(c.unstarted, 3);
	workitems_free(items);
	workitems_free(NULL);
}

/* It interrupts the item of a thread, and has the PID of that. */
static void items_in_softirqs(void **state)
{
	struct workitems *items = workitems_new(N_CPUS, &sink);

	(void)state;
	assert_non_null(items);
	start(items, 0, 100, 50, 1);
	work(items, EVENT_WORK_START, 0, 110, 50, SOFT, 2);
	work(items, EVENT_WORK_START, 1, 112, 0, SOFT, 3);
	switches(items, 2, 113, 0, 60);
	work(items, EVENT_WORK_END, 0, 115, 50, SOFT, 2);
	work(items, EVENT_WORK_END, 1, 117, 0, SOFT, 3);
	end(items, 0, 130, 50, 1);
	tells("run 2 0 5 5; run 3 1 5 5; run 1 0 30 30; ");
	assert_int_equal(counts_of(items).cut, 0);
	work(items, EVENT_WORK_START, 1, 200, 0, SOFT, 3);
	workitems_free(items);
}

static void losses(void **state)
{
	struct workitems *items = workitems_new(N_CPUS, &sink);
	struct workitem_counts c;

	(void)state;
	assert_non_null(items);
	queue(items, 0, 100, 1);
	queue(items, 0, 100, 2);
	start(items, 1, 110, 50, 2);
	work(items, EVENT_WORK_START, 1, 112, 50, SOFT, 6);
	tells("wait 2 1 10; ");
	loss(items, 2, 120, true);
	/* What CPU 2 does now is not known: it may end and start all of these. */
	queue(items, 0, 130, 3);
	start(items, 1, 140, 51, 3);
	end(items, 1, 150, 51, 3);
	loss(items, 2, 200, false);
	start(items, 0, 210, 52, 1);
	end(items, 1, 220, 50, 2);
	end(items, 0, 230, 52, 1);
	tells("run 1 0 20 20; ");
	c = counts_of(items);
	assert_int_equal(c.queued, 3);
	assert_int_equal(c.queued_lost, 2);
	assert_int_equal(c.started, 4);
	assert_int_equal(c.started_lost, 3);
	assert_int_equal(c.unstarted, 2);
	/* Gaps of two CPUs, and one that begins anew. */
	loss(items, 0, 300, true);
	loss(items, 0, 310, true);
	loss(items, 1, 320, true);
	loss(items, 0, 330, false);
	queue(items, 2, 340, 4);
	start(items, 2, 350, 53, 4);
	tells("");
	loss(items, 1, 360, false);
	queue(items, 2, 370, 4);
	start(items, 2, 380, 53, 4);
	tells("wait 4 2 10; ");
	counts_of(items);
	workitems_free(items);
}

/* Of aliases the first one in the text. */
static void functions_by_address(void **state)
{
	struct symbols *symbols = symbols_new(strdup("ffff0040 t second\t[module]\n"
						     "ffff0010 T first\n"
						     "ffff0010 t alias\n"
						     "ffff0050 D data\n"));

	(void)state;
	assert_non_null(symbols);
	assert_string_equal(symbols_at(symbols, 0xffff0010), "first");
	assert_string_equal(symbols_at(symbols, 0xffff0040), "second");
	assert_null(symbols_at(symbols, 0xffff0041));
	assert_null(symbols_at(symbols, 0xffff0050));
	assert_null(symbols_at(symbols, 0));
	assert_string_equal(symbols_find(symbols, 0xffff0041), "second");
	symbols_free(symbols);
	assert_null(symbols_new(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_measured),
		cmocka_unit_test(its_thread_is_off_the_cpu_twice),
		cmocka_unit_test(what_is_not_paired_is_counted),
		cmocka_unit_test(items_in_softirqs),
		cmocka_unit_test(losses),
		cmocka_unit_test(functions_by_address),
	};

	return cmocka_run_group_tests_name("trace_workitem", tests, NULL, NULL);
}

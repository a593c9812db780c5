// SPDX-License-Identifier: GPL-2.0-or-later
/* The time that softirqs run. */
#include "unit.h"

#include "tracing/softirq.h"

static uint64_t ended[4], times[4];
static struct softirq_run last;

static void on_end(void *ctx, const struct softirq_run *run)
{
	(void)ctx;
	ended[run->vec]++;
	times[run->vec] += run->ns;
	last = *run;
}

static void event(struct softirqs *softirqs, enum event_kind kind, uint16_t cpu, uint64_t ns,
		  uint32_t vec)
{
	struct event e = { .ts_ns = ns, .cpu = cpu, .kind = (uint8_t)kind };

	e.vec = vec;
	softirqs_event(softirqs, &e);
}

static void softirqs_are_measured(void **state)
{
	struct softirqs *s = softirqs_new(2, on_end, NULL);

	(void)state;
	assert_non_null(s);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 5, 1); /* began before the recording */
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 100, 1);
	event(s, EVENT_SOFTIRQ_ENTRY, 1, 110, 2);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 150, 1);
	/* A handler, and one inside it, are no time of the softirq. */
	event(s, EVENT_IRQ_ENTRY, 1, 120, 24);
	event(s, EVENT_VECTOR_ENTRY, 1, 125, 0);
	event(s, EVENT_VECTOR_EXIT, 1, 130, 0);
	event(s, EVENT_IRQ_EXIT, 1, 140, 24);
	event(s, EVENT_SOFTIRQ_EXIT, 1, 200, 2);
	assert_int_equal(ended[1], 1);
	assert_int_equal(times[1], 50);
	assert_int_equal(ended[2], 1);
	assert_int_equal(times[2], 70);

	/* One after the other; a handler before the entry is not in it. */
	event(s, EVENT_IRQ_ENTRY, 0, 300, 24);
	event(s, EVENT_IRQ_EXIT, 0, 390, 24);
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 400, 1);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 410, 1);
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 410, 3);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 430, 3);
	assert_int_equal(times[1], 60);
	assert_int_equal(times[3], 20);

	/* Lost events: its time is unknown, the next one's is not. */
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 500, 1);
	event(s, EVENT_LOSS_BEGIN, 0, 510, 0);
	event(s, EVENT_LOSS_END, 0, 900, 0);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 910, 1);
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 920, 1);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 921, 3);  /* another one's */
	event(s, EVENT_SOFTIRQ_ENTRY, 7, 930, 1); /* no such CPU */
	assert_int_equal(ended[1], 2);
	assert_int_equal(ended[3], 1);
	softirqs_free(s);
	softirqs_free(NULL);
}

static void waits_are_measured(void **state)
{
	struct softirqs *s = softirqs_new(2, on_end, NULL);

	(void)state;
	assert_non_null(s);
	/* From the first raise; also one within a handler, and one raised while it runs. */
	event(s, EVENT_IRQ_ENTRY, 1, 100, 24);
	event(s, EVENT_SOFTIRQ_RAISE, 1, 110, 2);
	event(s, EVENT_SOFTIRQ_RAISE, 1, 120, 2);
	event(s, EVENT_SOFTIRQ_RAISE, 0, 125, 3);
	event(s, EVENT_IRQ_EXIT, 1, 130, 24);
	event(s, EVENT_SOFTIRQ_ENTRY, 1, 150, 2);
	event(s, EVENT_SOFTIRQ_RAISE, 1, 160, 2);
	event(s, EVENT_SOFTIRQ_EXIT, 1, 170, 2);
	assert_true(last.has_wait);
	assert_int_equal(last.wait_ns, 40);
	assert_int_equal(last.ns, 20);
	assert_int_equal(last.cpu, 1);
	event(s, EVENT_SOFTIRQ_ENTRY, 1, 200, 2);
	event(s, EVENT_SOFTIRQ_EXIT, 1, 210, 2);
	assert_true(last.has_wait);
	assert_int_equal(last.wait_ns, 40);
	/* That of another CPU, and one that was not recorded. */
	event(s, EVENT_SOFTIRQ_ENTRY, 1, 300, 3);
	event(s, EVENT_SOFTIRQ_EXIT, 1, 310, 3);
	assert_false(last.has_wait);
	/* Lost events: it may have run meanwhile. */
	event(s, EVENT_LOSS_BEGIN, 0, 400, 0);
	event(s, EVENT_LOSS_END, 0, 500, 0);
	event(s, EVENT_SOFTIRQ_ENTRY, 0, 600, 3);
	event(s, EVENT_SOFTIRQ_EXIT, 0, 610, 3);
	assert_false(last.has_wait);
	assert_int_equal(last.cpu, 0);
	/* A number that the kernel does not have. */
	event(s, EVENT_SOFTIRQ_RAISE, 0, 700, 77);
	assert_string_equal(softirq_name(77), "?");
	assert_string_equal(softirq_name(3), "NET_RX");
	softirqs_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(softirqs_are_measured),
		cmocka_unit_test(waits_are_measured),
	};

	return cmocka_run_group_tests_name("trace_softirq", tests, NULL, NULL);
}

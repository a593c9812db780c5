// SPDX-License-Identifier: GPL-2.0-or-later
/* The time that softirqs run. */
#include "unit.h"

#include "tracing/softirq.h"

static uint64_t ended[4], times[4];

static void on_end(void *ctx, uint32_t vec, uint64_t ns)
{
	(void)ctx;
	ended[vec]++;
	times[vec] += ns;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(softirqs_are_measured),
	};

	return cmocka_run_group_tests_name("trace_softirq", tests, NULL, NULL);
}

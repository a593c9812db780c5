// SPDX-License-Identifier: GPL-2.0-or-later
/* What irqtop prints without a screen. */
#include "irqtop.h"

#include "irqtop/output/output.h"

/* In the third, the counter of 24 was reset. */
static const char *const samples[] = {
	HEAD " 24: 10 0 IO-APIC 1-edge a,\"b\"\nLOC: 1 2 Timer\nLOC: 8 8 Timer\nNMI: 0 0 None\n",
	HEAD " 24: 14 1 IO-APIC 1-edge a,\"b\"\nLOC: 1 3 Timer\nLOC: 8 8 Timer\nNMI: 0 0 None\n",
	HEAD " 24: 2 1 IO-APIC 1-edge a,\"b\"\nLOC: 1 3 Timer\nLOC: 8 8 Timer\nNMI: 0 0 None\n",
};

static struct session session;
static struct texts texts;
static struct output output;
static struct outbuf out;

static void step(void)
{
	assert_int_equal(monitor_step(&session.monitor), 0);
	session.monitor.sample[session.monitor.current].wall_ms =
		1769860800000 + texts.sampler.next * 1000;
	assert_int_equal(session_arrange(&session, 0), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	monitor_start(&session.monitor, &texts, samples, 3);
	session.collect.root = -1;
	session.options.view.sort = FIELD_IRQ;
	session.options.rows = UINT32_MAX;
	session.options.column[0] = FIELD_IRQ;
	session.options.column[1] = FIELD_RATE;
	session.options.column[2] = FIELD_TOTAL;
	session.options.column[3] = FIELD_NAME;
	session.options.ncolumns = 4;
	step();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	view_free(&session.view);
	monitor_free(&session.monitor);
	outbuf_free(&out);
	memset(&out, 0, sizeof(out));
	return 0;
}

/* What the mode prints now; `first`: of a new output. */
static const char *printed(enum mode mode, bool first)
{
	session.options.mode = mode;
	if (first)
		output_init(&output, &session);
	out.len = 0;
	output_print(&session, &output, &out);
	outbuf_char(&out, '\0');
	assert_false(out.failed);
	return out.data;
}

static void batch_is_a_table(void **state)
{
	(void)state;
	assert_string_equal(printed(MODE_BATCH, true), "# 2026-01-31T12:00:01.000Z\n"
						       "     IRQ       RATE      TOTAL NAME\n"
						       "      24          -         10 a,\"b\"\n"
						       "     LOC          -          3 Timer\n"
						       "     LOC          -         16 Timer\n"
						       "     NMI          -          0 None\n");
	step();
	session.options.rows = 1;
	output.limit = 1;
	assert_string_equal(printed(MODE_BATCH, false),
			    "\n# 2026-01-31T12:00:02.000Z  interval 1 s\n"
			    "     IRQ       RATE      TOTAL NAME\n"
			    "      24        5.0         15 a,\"b\"\n");
}

static void json_has_nulls_and_escapes(void **state)
{
	(void)state;
	session.options.rows = 1;
	assert_string_equal(printed(MODE_JSON, true),
			    "{\"time\":\"2026-01-31T12:00:01.000Z\",\"interval_s\":null,"
			    "\"irq\":\"24\",\"rate_hz\":null,\"total\":10,"
			    "\"name\":\"a,\\\"b\\\"\"}\n");
	step();
	session.options.per_cpu = true;
	assert_string_equal(printed(MODE_JSON, true),
			    "{\"time\":\"2026-01-31T12:00:02.000Z\",\"interval_s\":1,"
			    "\"irq\":\"24\",\"rate_hz\":5,\"total\":15,"
			    "\"name\":\"a,\\\"b\\\"\",\"per_cpu\":{"
			    "\"0\":{\"delta\":4,\"total\":14},\"1\":{\"delta\":1,\"total\":1}}}\n");
	step();
	assert_non_null(strstr(printed(MODE_JSON, true),
			       "\"rate_hz\":null,\"total\":3,\"name\":\"a,\\\"b\\\"\",\"per_cpu\":{"
			       "\"0\":{\"delta\":null,\"total\":2},"));
}

static void csv_has_one_header(void **state)
{
	(void)state;
	session.options.rows = 1;
	assert_string_equal(printed(MODE_CSV, true),
			    "time,interval_s,irq,rate_hz,total,name\r\n"
			    "2026-01-31T12:00:01.000Z,,\"24\",,10,\"a,\"\"b\"\"\"\r\n");
	step();
	assert_string_equal(printed(MODE_CSV, false),
			    "2026-01-31T12:00:02.000Z,1,\"24\",5,15,\"a,\"\"b\"\"\"\r\n");
}

#define ONE_SHOT                                                                        \
	"as 32-bit counters of the CPUs online: the sum falls when one wraps or a CPU " \
	"goes offline; --listen does not, --per-cpu only wraps"

/* A name twice, and a row that never fired, are left out. */
static void metrics_are_counters(void **state)
{
	(void)state;
	session.options.ncolumns = 0;
	assert_string_equal(printed(MODE_METRICS, true),
			    "# HELP irqtop_interrupts_total interrupts since boot, " ONE_SHOT ".\n"
			    "# TYPE irqtop_interrupts_total counter\n"
			    "irqtop_interrupts_total{irq=\"24\",chip=\"IO-APIC\","
			    "trigger=\"edge\",name=\"a,\\\"b\\\"\"} 10\n"
			    "irqtop_interrupts_total{irq=\"LOC\",name=\"Timer\"} 3\n"
			    "# EOF\n");
	session.options.strict = true;
	session.options.per_cpu = true;
	session.options.rows = 1;
	assert_string_equal(printed(MODE_METRICS, true),
			    "# HELP irqtop_interrupts interrupts since boot, " ONE_SHOT ".\n"
			    "# TYPE irqtop_interrupts counter\n"
			    "irqtop_interrupts_total{irq=\"24\",chip=\"IO-APIC\","
			    "trigger=\"edge\",name=\"a,\\\"b\\\"\",cpu=\"0\"} 10\n"
			    "# EOF\n");
}

static void quiet_prints_nothing(void **state)
{
	(void)state;
	assert_string_equal(printed(MODE_QUIET, true), "");
}

/* Each mode has columns of its own; pictures are for the screen. */
static void modes_have_columns(void **state)
{
	(void)state;
	session.options.column[0] = FIELD_STRIP;
	session.options.column[1] = FIELD_HISTORY;
	printed(MODE_BATCH, true);
	assert_int_equal(output.ncolumns, 2);
	session.options.ncolumns = 0;
	printed(MODE_BATCH, true);
	assert_int_equal(output.column[1], FIELD_RATE);
	session.options.once = true;
	printed(MODE_BATCH, true);
	assert_int_equal(output.column[1], FIELD_TOTAL);
	printed(MODE_JSON, true);
	assert_int_equal(output.column[0], FIELD_TABLE);
	session.options.latency = true;
	printed(MODE_LISTEN, true);
	assert_int_equal(output.column[0], FIELD_TOTAL);
	assert_true(output_needs(&output) & NEED_READS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(batch_is_a_table),	    TEST(json_has_nulls_and_escapes),
		TEST(csv_has_one_header),   TEST(metrics_are_counters),
		TEST(quiet_prints_nothing), TEST(modes_have_columns),
	};

	return cmocka_run_group_tests_name("irqtop_output", tests, NULL, NULL);
}

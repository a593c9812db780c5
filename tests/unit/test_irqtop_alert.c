// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's alerts. */
#include "irqtop.h"

#include "irqtop/view/alert.h"

static const struct alert *added(struct alerts *alerts, const char *expression)
{
	struct why why;

	if (alerts_add(alerts, expression, &why))
		fail_msg("'%s': %s", expression, why.text);
	return &alerts->alert[alerts->count - 1];
}

static void expressions_are_parsed(void **state)
{
	static const struct {
		const char *expression;
		struct alert want;
	} good[] = {
		{ "rate>5", { .field = FIELD_RATE, .above = true, .limit = 5, .samples = 1 } },
		{ "rate_hz > 5k",
		  { .field = FIELD_RATE, .above = true, .limit = 5e3, .samples = 1 } },
		{ "RATE>=1.5M",
		  { .field = FIELD_RATE,
		    .above = true,
		    .or_equal = true,
		    .limit = 1.5e6,
		    .samples = 1 } },
		{ "total<2G for 3", { .field = FIELD_TOTAL, .limit = 2e9, .samples = 3 } },
		{ "share <= 50% for 65535",
		  { .field = FIELD_SHARE, .or_equal = true, .limit = 0.5, .samples = 65535 } },
		{ "eth0: delta>1",
		  { .text = "eth0",
		    .field = FIELD_DELTA,
		    .above = true,
		    .limit = 1,
		    .samples = 1 } },
		{ "0000:01:00.0:rate>1",
		  { .text = "0000:01:00.0",
		    .field = FIELD_RATE,
		    .above = true,
		    .limit = 1,
		    .samples = 1 } },
	};
	struct alerts alerts = { 0 };
	const struct alert *alert;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(good); i++) {
		alert = added(&alerts, good[i].expression);
		assert_string_equal(alert->expression, good[i].expression);
		assert_string_equal(alert->text, good[i].want.text);
		assert_int_equal(alert->field, good[i].want.field);
		assert_int_equal(alert->above, good[i].want.above);
		assert_int_equal(alert->or_equal, good[i].want.or_equal);
		assert_true(alert->limit == good[i].want.limit);
		assert_int_equal(alert->samples, good[i].want.samples);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"rate",
		"rate>",
		"rate>x",
		"name>1",
		"x>1",
		"cpus>1",
		"rate>1 for",
		"rate>1 for 0",
		"rate>1 for 65536",
		">1",
		"rate>1 and",
		":rate>>1",
		"rate>1 for 2x",
		"a text that is longer than the sixty-three characters that an alert holds:rate>1",
	};
	struct alerts alerts = { 0 };
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(bad); i++) {
		why.text[0] = '\0';
		assert_int_equal(alerts_add(&alerts, bad[i], &why), -1);
		assert_true(why.text[0]);
		assert_int_equal(alerts.count, 0);
	}
	for (i = 0; i < TRACK_ALERTS; i++)
		added(&alerts, "rate>1");
	assert_int_equal(alerts_add(&alerts, "rate>1", &why), -1);
	assert_int_equal(alerts.count, TRACK_ALERTS);
}

/* What was reported: "LABEL=VALUE " for each. */
static char reported[128];

static void fired(void *context, const struct alert *alert, const struct view_row *row,
		  double value)
{
	size_t len = strlen(reported);

	assert_ptr_equal(alert, context);
	snprintf(reported + len, sizeof(reported) - len, "%.*s=%g ", (int)row->data->label_len,
		 row->text + row->data->label, value);
}

/* The reports of each of the samples in three[], with "|" behind each sample. */
static const char *reports_of(const char *expression)
{
	struct view_settings settings = { .sort = FIELD_IRQ };
	struct filter filter = { .node = -1 };
	struct alerts alerts = { 0 };
	struct monitor monitor;
	struct view view = { 0 };
	struct texts texts;
	size_t i;

	added(&alerts, expression);
	reported[0] = '\0';
	monitor_start(&monitor, &texts, three, 4);
	for (i = 0; i < 4; i++) {
		monitor_step(&monitor);
		view_build(&view, &monitor, &settings, &filter);
		alerts_check(&alerts, &view, fired, &alerts.alert[0]);
		strcat(reported, "|");
	}
	assert_int_equal(alerts.fired, strchr(reported, '=') != NULL);
	view_free(&view);
	monitor_free(&monitor);
	return reported;
}

static void rows_are_reported_once(void **state)
{
	static const struct {
		const char *expression, *want;
	} cases[] = {
		/* Rates of 24: unknown, 1, 88, 0; 25: unknown, 5, gone, unknown;
		 * 26: unknown, 3, 0, 0; 27: absent, absent, unknown, 100. */
		{ "rate>1", "|25=5 26=3 |24=88 |27=100 |" },
		{ "rate>=1", "|24=1 25=5 26=3 ||27=100 |" },
		{ "rate<1", "||26=0 |24=0 |" },
		{ "rate<=0", "||26=0 |24=0 |" },
		{ "rate<=0 for 2", "|||26=0 |" },
		{ "24:rate>=1 for 2", "||24=88 ||" },
		{ "24:rate>=1 for 3", "||||" },
		{ "4-EDGE:rate>1", "|||27=100 |" },
		{ "io-apic:rate>90", "|||27=100 |" },
		{ "5:rate>1", "||||" }, /* a label is compared as a whole */
		{ "total>12", "|25=15 26=13 |24=99 27=500 ||" },
		{ "spurious>0", "||||" }, /* unknown */
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++)
		assert_string_equal(reports_of(cases[i].expression), cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_parsed),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(rows_are_reported_once),
	};

	return cmocka_run_group_tests_name("irqtop_alert", tests, NULL, NULL);
}

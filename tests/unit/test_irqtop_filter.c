// SPDX-License-Identifier: GPL-2.0-or-later
/* irqtop's filters. */
#include "irqtop.h"

static const char *const counts[] = {
	HEAD " 24: 10 0 IO-APIC 1-edge eth0-rx\n 25: 10 7 PCI-MSI 2-edge eth0-tx\n"
	     " 26: 0 0 IO-APIC 3-edge Idle one\nLOC: 5 6 Local timer interrupts\n",
	HEAD " 24: 12 0 IO-APIC 1-edge eth0-rx\n 25: 10 9 PCI-MSI 2-edge eth0-tx\n"
	     " 26: 0 0 IO-APIC 3-edge Idle one\nLOC: 5 6 Local timer interrupts\n",
};

static void filtered_is(struct monitor *monitor, const char *text, const char *want)
{
	struct view_settings settings = { .sort = FIELD_IRQ };
	struct filter filter;
	struct view view = { 0 };
	struct why why;
	char got[64];

	assert_int_equal(filter_parse(&filter, text, &why), 0);
	monitor->only = filter.by_cpu ? &filter.cpus : NULL;
	assert_int_equal(monitor_recount(monitor), 0);
	assert_int_equal(view_build(&view, monitor, &settings, &filter), 0);
	view_labels(got, sizeof(got), &view);
	if (strcmp(got, want))
		fail_msg("filter '%s' shows '%s', not '%s'", text, got, want);
	assert_int_equal(view.nrows + view.hidden, 4);
	monitor->only = NULL;
	view_free(&view);
	filter_free(&filter);
}

static void all_words_must_hold(void **state)
{
	static const struct {
		const char *filter, *want;
	} cases[] = {
		{ "", "24 25 26 LOC " },
		{ "   ", "24 25 26 LOC " },
		{ "eth0", "24 25 " },
		{ "ETH0 rx", "24 " },
		{ "2-EDGE", "25 " },
		{ "25", "25 " },       /* the label */
		{ "msi", "25 " },      /* the chip */
		{ "idle one", "26 " }, /* two words of one name */
		{ "one idle", "26 " }, /* in any order */
		{ "/^2[45].*edge/", "24 25 " },
		{ "/TX$|one$/ edge", "25 26 " },
		{ "/Idle one/", "26 " }, /* a regular expression may have blanks */
		{ "/", "" },		 /* text: no name has it */
		{ "active", "24 25 " },
		{ "active rx", "24 " },
		{ "Active", "" }, /* text */
		{ "cpu:1", "25 LOC " },
		{ "cpu:1 active", "25 " },
		{ "cpu:0 25", "25 " },
		{ "cpu:0-1 eth0", "24 25 " },
		{ "cpu:", "" }, /* text */
		{ "nothing", "" },
		{ "total>11", "24 25 " },
		{ "total>12 IO", "" },
		{ "total>18", "25 " },
	};
	struct monitor monitor;
	struct texts texts;
	size_t i;

	(void)state;
	monitor_start(&monitor, &texts, counts, 2);
	monitor_step(&monitor);
	monitor_step(&monitor);
	for (i = 0; i < N_ELEMENTS(cases); i++)
		filtered_is(&monitor, cases[i].filter, cases[i].want);
	monitor_free(&monitor);
}

/* A row without an interval is active when it ever counted. */
static void active_before_there_is_a_rate(void **state)
{
	struct monitor monitor;
	struct texts texts;

	(void)state;
	monitor_start(&monitor, &texts, counts, 2);
	monitor_step(&monitor);
	filtered_is(&monitor, "active", "24 25 LOC ");
	monitor_free(&monitor);
}

static void words_are_stored(void **state)
{
	struct filter filter;
	struct why why;

	(void)state;
	assert_int_equal(filter_parse(&filter, "node:3 cpu:1-2,5 active", &why), 0);
	assert_int_equal(filter.node, 3);
	assert_true(filter.by_cpu);
	assert_int_equal(cpu_mask_count(&filter.cpus), 3);
	assert_true(filter.active);
	assert_int_equal(filter.nterms, 0);
	filter_free(&filter);
	assert_int_equal(filter.node, -1);
}

static void different_texts_have_different_serials(void **state)
{
	struct filter a, b;
	struct why why;

	(void)state;
	filter_parse(&a, "eth0", &why);
	filter_parse(&b, "eth1", &why);
	assert_true(a.serial != b.serial);
	filter_free(&a);
	filter_free(&b);
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"/(/",	   "total>x", "total>-1",	   "cpu:x", "cpu:3-1", "node:x",
		"node:-1", "node:1x", "a b c d e f g h i",
	};
	char text[FILTER_TEXT + 8];
	struct filter filter;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(bad); i++) {
		why.text[0] = '\0';
		assert_int_equal(filter_parse(&filter, bad[i], &why), -1);
		assert_true(why.text[0]);
		assert_int_equal(filter.nterms, 0);
		assert_int_equal(filter.node, -1);
	}
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(filter_parse(&filter, text, &why), -1);
	text[FILTER_TEXT] = '\0';
	assert_int_equal(filter_parse(&filter, text, &why), -1);
	text[FILTER_TEXT - 1] = '\0';
	assert_int_equal(filter_parse(&filter, text, &why), 0);
	filter_free(&filter);
}

/* A name of any length is matched as a whole. */
static void long_names_match(void **state)
{
	static char text[8192];
	const char *const texts_of[] = { text };
	struct monitor monitor;
	struct texts texts;
	struct view view = { 0 };
	struct view_settings settings = { .sort = FIELD_IRQ };
	struct filter filter;
	struct why why;
	size_t len;

	(void)state;
	len = (size_t)snprintf(text, sizeof(text), HEAD " 24: 1 0 IO-APIC 1-edge ");
	memset(text + len, 'y', 4000);
	snprintf(text + len + 4000, sizeof(text) - len - 4000, "-Tail\n");
	monitor_start(&monitor, &texts, texts_of, 1);
	monitor_step(&monitor);
	assert_int_equal(filter_parse(&filter, "y-tail /y-Tail$/", &why), 0);
	assert_int_equal(view_build(&view, &monitor, &settings, &filter), 0);
	assert_int_equal(view.nrows, 1);
	filter_free(&filter);
	view_free(&view);
	monitor_free(&monitor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_words_must_hold),
		cmocka_unit_test(active_before_there_is_a_rate),
		cmocka_unit_test(words_are_stored),
		cmocka_unit_test(different_texts_have_different_serials),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(long_names_match),
	};

	return cmocka_run_group_tests_name("irqtop_filter", tests, NULL, NULL);
}

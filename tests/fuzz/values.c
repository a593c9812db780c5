// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a user types, for libFuzzer: CPU lists, numbers, times, priorities, filters,
 * alerts, limits, ways, loads and actions. The first byte says which of them the rest is.
 */
#define FUZZ_MESSAGES
#include "fuzz.h"

#include <sanitizer/lsan_interface.h>

#include "base/cpus.h"
#include "base/parse.h"
#include "irqlat/bench/load.h"
#include "irqlat/diff/diff.h"
#include "irqlat/trace/trace.h"
#include "irqlat/way/way.h"
#include "irqtop/view/alert.h"
#include "irqtop/view/filter.h"

/* What is formatted is parsed as the same set again. */
static void cpus(const char *text)
{
	static char formatted[CPU_MASK_BYTES];
	static struct cpu_mask mask, again;
	static struct cpu_list list;
	size_t i, len;

	if (!cpu_mask_parse(&mask, text, strlen(text))) {
		len = cpu_mask_format(&mask, formatted, sizeof(formatted));
		require(len < sizeof(formatted) && strlen(formatted) == len);
		require(!cpu_mask_parse(&again, formatted, len));
		require(!memcmp(&mask, &again, sizeof(mask)));
	}
	if (!cpu_list_parse(&list, text)) {
		require(list.n > 0 && list.n <= CPUS_MAX);
		require(!cpu_mask_parse(&mask, text, strlen(text)));
		require(cpu_mask_count(&mask) == list.n);
		for (i = 0; i < list.n; i++)
			require(cpu_mask_has(&mask, (unsigned int)list.cpu[i]));
	}
}

static void numbers(const char *text)
{
	struct priority priority;
	uint64_t value, ns;
	char digits[24];

	if (!parse_u64(text, &value)) {
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
		require(!strcmp(digits, text + strspn(text, "0")) || (!value && *text == '0'));
	}
	parse_duration(text, 0, &ns);
	parse_duration(text, 1000000000, &ns);
	parse_priority(text, &priority);
}

static void filter(const char *text)
{
	static const struct irqtable_delta delta;
	static const struct irqtable_row data = {
		.irq = 24, .text = 2, .text_len = 4, .label_len = 2
	};
	const struct view_row row = { .data = &data, .text = "24disk" };
	struct filter made = { 0 };
	struct why why = { 0 };

	if (filter_parse(&made, text, &why)) {
		require_why(&why);
		require(!made.nterms);
	} else {
		require(made.nterms <= FILTER_TERMS);
		filter_matches_text(&made, &row);
		filter_matches_counts(&made, &delta);
	}
	filter_free(&made);
}

static void alert(const char *text)
{
	static struct alerts alerts;
	struct why why = { 0 };

	memset(&alerts, 0, sizeof(alerts));
	if (alerts_add(&alerts, text, &why)) {
		require_why(&why);
		require(!alerts.count);
	} else {
		require(alerts.count == 1 && alerts.alert[0].samples > 0);
		require(alerts.alert[0].limit == alerts.alert[0].limit);
	}
}

static void lists(const char *text)
{
	struct diff_limit limits[DIFF_METRICS] = { 0 };
	const struct way *ways[WAYS_MAX];
	static struct trace_config trace;
	struct load_config load = { 0 };
	struct why why = { 0 };
	int i, n;

	n = way_list_parse(text, ways, &why);
	if (n >= 0)
		require(n > 0 && n <= WAYS_MAX && ways[n - 1]->name);
	else
		require_why(&why);
	why.text[0] = '\0';
	if (load_parse(text, &load, &why))
		require_why(&why);
	if (!diff_limit_parse(text, limits))
		for (i = 0; i < DIFF_METRICS; i++)
			require(!limits[i].set || limits[i].share > 0 || limits[i].ns > 0);
	trace.n_actions = 0;
	/* Their text lives as long as the program. */
	__lsan_disable();
	if (trace_actions_parse(text, &trace, &why))
		require_why(&why);
	else
		require(trace.n_actions > 0 && trace.n_actions <= TRACE_ACTIONS_MAX);
	__lsan_enable();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const char *) = { cpus, numbers, filter, alert, lists };
	char *text;

	if (!size)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	targets[data[0] % (sizeof(targets) / sizeof(targets[0]))](text);
	free(text);
	return 0;
}

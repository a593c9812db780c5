// SPDX-License-Identifier: GPL-2.0-or-later
/* Results as text, JSON and CSV, JSON back again, and parts of the report. */

#include "unit.h"

#include "results/io.h"
#include "reports/report.h"

static void add(struct run *run, const char *way, const char *stage, uint64_t samples,
		uint64_t base_ns)
{
	struct result *r = run_add(run);
	uint64_t i;

	snprintf(r->source, sizeof(r->source), "irqgen");
	snprintf(r->way, sizeof(r->way), "%s", way);
	snprintf(r->wait, sizeof(r->wait), "block");
	snprintf(r->stage, sizeof(r->stage), "%s", stage);
	r->irq = 26;
	r->cpu = 1;
	r->raised = samples + 3;
	r->delivered = samples;
	r->coalesced = 2;
	r->lost = 1;
	r->overhead_ns = 42;
	for (i = 0; i < samples; i++)
		hist_record(&r->hist, (int64_t)(base_ns + i * i));
}

static void make(struct run *run)
{
	memset(run, 0, sizeof(*run));
	snprintf(run->system.kernel, SYSINFO_TEXT_BYTES, "6.1.0 x86_64");
	run->system.rt = true;
	run->system.rt_runtime_us = -1;
	sysinfo_warn(&run->system, "<b>\"not\" & 'so'</b>");
	run->interrupted = true;
	run->partial = true;
	run->warmup = 100;
	run->arrivals = (struct run_arrivals){
		.kind = "burst:8",
		.mean_ns = 1000000,
		.gap_ns = 100000,
		.seed = 7,
	};
	run->spin_ns = 200000;
	snprintf(run->load_command, sizeof(run->load_command), "make \"all\"");
	snprintf(run->unavailable[0].way, RESULT_NAME_BYTES, "vfio");
	snprintf(run->unavailable[0].reason, RESULT_REASON_BYTES, "no <IOMMU>");
	run->n_unavailable = 1;
	add(run, "read", "total", 1000, 3000);
	add(run, "read", "raise_to_handler", 1000, 300);
	add(run, "read", "handler_to_user", 1000, 2700);
	add(run, "poll", "total", 5, 4000);
	add(run, "poll", "handler_to_user", 0, 0);
	hist_record(&run->results[3].hist, -1);
	run->results[0].cpu_ns = 250000;
	run->results[0].wait_ns = 1000000;
	snprintf(run->results[3].load, RESULT_NAME_BYTES, "a long command");
	snprintf(run->results[4].load, RESULT_NAME_BYTES, "a long command");
}

static char *to_json(const struct run *run)
{
	FILE *file = tmpfile();

	assert_int_equal(run_write_json(run, file), 0);
	return unit_text_of(file);
}

static void json_round_trip(void **state)
{
	struct why why = { 0 };
	char *first, *second;
	struct run run, back = { 0 };

	(void)state;
	make(&run);
	first = to_json(&run);
	assert_int_equal(run_read_json(first, strlen(first), &back, &why), 0);
	assert_string_equal(why.text, "");
	assert_int_equal(back.n_results, 5);
	assert_true(back.interrupted);
	assert_true(back.system.rt);
	assert_string_equal(back.system.warnings[0], run.system.warnings[0]);
	assert_int_equal(back.results[3].hist.negative, 1);
	assert_int_equal(back.results[0].hist.sum, run.results[0].hist.sum);
	assert_string_equal(back.arrivals.kind, "burst:8");
	assert_int_equal(back.arrivals.seed, 7);
	assert_int_equal(back.spin_ns, 200000);
	assert_true(result_cpu_share(&back.results[0]) == 0.25);
	assert_int_equal(back.results[1].wait_ns, 0);
	/* What is read and written again is the same, figures included. */
	second = to_json(&back);
	assert_string_equal(first, second);
	run_free(&run);
	run_free(&back);
	free(first);
	free(second);
}

static void json_says_what_is_not_known(void **state)
{
	struct run run;
	char *text;

	(void)state;
	make(&run);
	text = to_json(&run);
	assert_non_null(strstr(text, "\"schema\":\"irqlat/1\""));
	/* 1000 samples carry p99 and not p99.9. */
	assert_non_null(strstr(text, "\"p99_9_ns\":null"));
	assert_null(strstr(
		text,
		"\"p99_ns\":null,\"p99_9_ns\":null,\"p99_99_ns\":null,\"p99_999_ns\":null,\"p99_9999_ns\":null,\"max_ns\":1001001"));
	assert_non_null(strstr(text, "\"min_ns\":null,\"mean_ns\":null"));
	assert_non_null(strstr(text, "\"lost\":1,"));
	assert_non_null(strstr(text, "\"histogram\":[]"));
	run_free(&run);
	free(text);
}

/* Replaces the first @from of a good file by @to, and expects @words. */
static void expect_refusal(const char *good, const char *from, const char *to, const char *words)
{
	const char *at = strstr(good, from);
	struct why why = { 0 };
	char *bad;
	struct run back = { 0 };

	assert_non_null(at);
	assert_true(asprintf(&bad, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from)) > 0);
	assert_int_equal(run_read_json(bad, strlen(bad), &back, &why), -1);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
	run_free(&back);
	free(bad);
}

static void bad_json_is_refused(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		const char *words;
	} cases[] = {
		{ "{\"schema\"", "[", "not JSON" },
		{ "irqlat/1", "irqlat/9", "schema \"irqlat/9\"" },
		{ "\"schema\"", "\"scheme\"", "no result of irqlat" },
		{ "\"results\":[", "\"results\":7,\"x\":[", "\"results\"" },
		{ "\"system\":{", "\"system\":7,\"x\":{", "\"system\"" },
		{ "\"rt\":true", "\"rt\":1", "\"rt\" is neither" },
		{ "\"kernel\":\"6.1.0 x86_64\"", "\"kernel\":6", "\"kernel\"" },
		{ "\"warnings\":[", "\"warnings\":[1,", "a warning" },
		{ "\"way\":\"read\"", "\"way\":null", "results[0]: \"way\"" },
		{ "\"irq\":26", "\"irq\":-1", "\"irq\" is negative" },
		{ "\"irq\":26", "\"irq\":\"26\"", "\"irq\"" },
		{ "\"n\":1000", "\"n\":1001", "does not add up" },
		{ "\"n\":1000", "\"n\":1e3", "\"n\"" },
		{ "\"min_ns\":3000", "\"min_ns\":2", "contradict" },
		{ "\"min_ns\":3000", "\"min_ns\":null", "\"min_ns\"" },
		{ "\"histogram\":[[", "\"histogram\":[[9,5,1],[", "overlap" },
		{ "\"histogram\":[[", "\"histogram\":[[1,1],[", "[low_ns" },
		{ "\"histogram\":[[", "\"histogram\":[[1,1,0],[", "empty" },
		{ "\"histogram\":[[", "\"histogram\":[[1,1,-4],[", "counts" },
		{ "\"histogram\":[[", "\"histogram\":[{\"a\":1},[", "[low_ns" },
		{ "\"histogram\":[[",
		  "\"histogram\":[[9223372036854775807,9223372036854775807,1],[", "ascend" },
		{ "\"results\":[{", "\"results\":[7,{", "results[0]: not an object" },
	};
	struct run run;
	char *good;
	size_t i;

	(void)state;
	make(&run);
	good = to_json(&run);
	for (i = 0; i < N_ELEMENTS(cases); i++)
		expect_refusal(good, cases[i].from, cases[i].to, cases[i].words);
	run_free(&run);
	free(good);
}

static void truncated_json_is_refused(void **state)
{
	struct why why = { 0 };
	char *good;
	struct run run;
	size_t len;

	(void)state;
	make(&run);
	good = to_json(&run);
	for (len = 0; len < strlen(good) - 2; len += 7) {
		struct run back = { 0 };

		assert_int_equal(run_read_json(good, len, &back, &why), -1);
		run_free(&back);
	}
	run_free(&run);
	free(good);
}

static void csv_has_a_cell_for_each_key(void **state)
{
	char *text, *line, *save = NULL;
	FILE *file = tmpfile();
	size_t lines = 0, commas = 0;
	struct run run;

	(void)state;
	make(&run);
	snprintf(run.results[0].way, RESULT_NAME_BYTES, "re\"ad");
	run_write_csv(&run, file);
	text = unit_text_of(file);
	assert_non_null(strstr(text, "irqgen,26,\"re\"\"ad\",block,total,1,1000,3000,"));
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), lines++) {
		size_t n = 0;
		const char *c;

		for (c = line; *c; c++)
			n += *c == ',';
		if (!lines)
			commas = n;
		assert_int_equal(n, commas);
	}
	assert_int_equal(lines, 6);
	free(text);
	run_free(&run);
}

static size_t columns_of(const char *line)
{
	size_t n = 0;

	/* Bytes that continue a UTF-8 character take no column. */
	for (; *line; line++)
		n += ((unsigned char)*line & 0xc0) != 0x80;
	return n;
}

static void text_fits_its_width(void **state)
{
	static const int widths[] = { 40, 80, 132 };
	struct run run;
	size_t i;

	(void)state;
	make(&run);
	snprintf(run.system.kernel_build, SYSINFO_TEXT_BYTES,
		 "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16) and more");
	run.system.n_warnings = 0;
	for (i = 0; i < 2 * N_ELEMENTS(widths); i++) {
		struct text_style style = {
			.columns = widths[i / 2], .utf8 = i % 2, .header = true, .histogram = true
		};
		char *text, *line, *save = NULL;
		FILE *file = tmpfile();

		run_write_text(&run, &style, file);
		text = unit_text_of(file);
		assert_non_null(strstr(text, "Interrupted"));
		assert_non_null(strstr(text, "n/a"));
		if (!style.utf8)
			assert_int_equal(columns_of(text), strlen(text));
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (columns_of(line) > (size_t)style.columns + 8)
				fail_msg("%d columns: %s", style.columns, line);
		free(text);
	}
	run_free(&run);
}

/* Sum of the second column of a drawn histogram. */
static uint64_t drawn_samples(const struct hist *h, int *rows)
{
	struct text_style style = { .columns = 60, .nanoseconds = true };
	char *text, *line, *save = NULL;
	uint64_t sum = 0, count;
	FILE *file = tmpfile();

	text_histogram(h, &style, file);
	text = unit_text_of(file);
	*rows = 0;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), (*rows)++) {
		assert_true(strlen(line) <= 60);
		if (sscanf(line, "%*u %lu", &count) == 1)
			sum += count;
	}
	free(text);
	return sum;
}

static void histogram_draws_every_sample(void **state)
{
	static const int64_t spreads[] = { 1, 50, 1000, 1000000, 9000000000 };
	struct hist h;
	size_t i;
	int rows, j;

	(void)state;
	for (i = 0; i < N_ELEMENTS(spreads); i++) {
		hist_init(&h, 3, 10);
		for (j = 0; j < 1000; j++)
			hist_record(&h, spreads[i] / 1000 * j + j % 5);
		assert_int_equal(drawn_samples(&h, &rows), 1000);
		assert_in_range(rows, 1, 64);
		hist_free(&h);
	}
	/* A narrow distribution is not drawn as one bar. */
	hist_init(&h, 3, 10);
	for (j = 0; j < 200; j++)
		hist_record(&h, 4100 + j);
	assert_int_equal(drawn_samples(&h, &rows), 200);
	assert_in_range(rows, 8, 24);
	hist_free(&h);
}

static void html_is_escaped(void **state)
{
	FILE *file = tmpfile();
	char *text;

	(void)state;
	html_escape("<a href=\"x\">&'", file);
	text = unit_text_of(file);
	assert_string_equal(text, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
	free(text);
}

static void page_refers_to_nothing(void **state)
{
	struct report_input input = { .path = "x.json", .file = "<x>", .len = 4 };
	struct report report = { .inputs = &input, .n_inputs = 1 };
	char json[] = "abcd", *text;
	FILE *file = tmpfile();

	(void)state;
	make(&input.run);
	input.text = json;
	snprintf(input.run.results[0].way, RESULT_NAME_BYTES, "<script>");
	page_write(&report, file);
	text = unit_text_of(file);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<b>\""));
	assert_null(strstr(text, "://"));
	assert_null(strstr(text, "src="));
	assert_null(strstr(text, "@TABLE@"));
	assert_non_null(strstr(text, "base64,YWJjZA=="));
	assert_non_null(strstr(text, "&lt;x&gt;"));
	free(text);
	run_free(&input.run);
}

/* Titles come from file names: nothing in them may be a command of gnuplot. */
static void plot_titles_are_harmless(void **state)
{
	const struct drawing drawing = {
		.suffix = ".svg", .terminal = "svg", .width = 400, .height = 300, .narrow = true
	};
	struct series series = { .title = "a`id`'b\"\\c\nd" };
	const struct figure figure = { .name = "histogram-total",
				       .stage = BENCH_STAGE_TOTAL,
				       .kind = FIGURE_HISTOGRAM,
				       .series = &series,
				       .n = 1 };
	FILE *file = tmpfile();
	struct run run;
	char *text;

	(void)state;
	make(&run);
	series.result = &run.results[0];
	plot_write_script(&figure, &drawing, file);
	text = unit_text_of(file);
	assert_non_null(strstr(text, "title[1] = 'a?id??b??c?d'\n"));
	free(text);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_round_trip),
		cmocka_unit_test(json_says_what_is_not_known),
		cmocka_unit_test(bad_json_is_refused),
		cmocka_unit_test(truncated_json_is_refused),
		cmocka_unit_test(csv_has_a_cell_for_each_key),
		cmocka_unit_test(text_fits_its_width),
		cmocka_unit_test(histogram_draws_every_sample),
		cmocka_unit_test(html_is_escaped),
		cmocka_unit_test(page_refers_to_nothing),
		cmocka_unit_test(plot_titles_are_harmless),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}

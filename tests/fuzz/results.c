// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Result files of any bytes, for libFuzzer. What is read as a result is written again in
 * each form, and as a report. Properties: the JSON that we write is read again, and is
 * written as the same bytes then.
 */
#include "fuzz.h"

#include "reports/report.h"
#include "results/io.h"

static char *json_of(const struct run *run, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	require(out && !run_write_json(run, out) && !fclose(out));
	return text;
}

static void round_trip(const struct run *run)
{
	struct run again = { 0 }, third = { 0 };
	size_t len, len2;
	struct why why;
	char *first = json_of(run, &len), *second;

	/* A name that is cut within a character is another one then. */
	require(!run_read_json(first, len, &again, &why));
	second = json_of(&again, &len2);
	require(len == len2 && !memcmp(first, second, len));
	run_free(&again);
	run_free(&third);
	free(first);
	free(second);
}

static void present(struct run *run, char *text, size_t len)
{
	struct report_input input = {
		.run = *run, .path = "a.json", .file = "a", .label = "a", .text = text, .len = len
	};
	struct report report = { .inputs = &input, .n_inputs = 1 };
	const struct text_style style = { .columns = 90, .header = true, .histogram = true };
	const struct drawing drawing = { ".svg", "svg", 600, 380, false };
	struct figures figures = { 0 };
	FILE *out = fopen("/dev/null", "we");

	require(out);
	run_write_text(run, &style, out);
	run_write_csv(run, out);
	report_choose_titles(&input);
	report_write_text(&report, &style, out);
	if (!figures_make(&report, &figures)) {
		for (size_t i = 0; i < figures.n; i++) {
			plot_write_data(&figures.list[i], out);
			plot_write_script(&figures.list[i], &drawing, out);
		}
		report.figures = &figures;
		page_write(&report, out);
	}
	figures_free(&figures);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = { 0 };
	struct why why = { 0 };
	char *text = fuzz_text(data, size);

	if (run_read_json(text, size, &run, &why)) {
		require(*why.text);
	} else {
		round_trip(&run);
		/* run_read_file() refuses what has no results. */
		if (run.n_results)
			present(&run, text, size);
	}
	run_free(&run);
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A report for terminals: the comparison, then each input as bench prints it. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report.h"

#define BAR_LABEL 28
#define ROW_LABEL 32
/* Below this width, labels have rows of their own. */
#define NARROW	     76
#define NARROW_LABEL 2

/* The parts of a bar. */
static const char letters[] = "=-+*#%o~";

static char letter_of(int part)
{
	return letters[part % (int)(sizeof(letters) - 1)];
}

static double share_of(const struct result *part, const struct result *total)
{
	return (double)part->hist.sum / (double)total->hist.n;
}

/* A bar for one total, of letters: each stage's share of @longest; and a legend. */
static void print_stages_of(const struct report_input *in, const struct result *total,
			    double longest, int columns, FILE *out)
{
	const struct result *end = in->run.results + in->run.n_results, *r;
	int label = columns < NARROW ? NARROW_LABEL : BAR_LABEL;
	double scale = (columns - label) / longest, at = 0;
	char title[REPORT_TITLE_BYTES];
	int drawn = 0, parts = 0;

	report_row_title(in, total, title);
	if (label < BAR_LABEL)
		fprintf(out, "%s\n%*s", title, label, "");
	else
		fprintf(out, "%-*.*s ", label - 1, label - 1, title);
	for (r = in->run.results; r < end; r++) {
		if (!report_is_part(r, total))
			continue;
		at += share_of(r, total);
		for (; drawn < (int)(at * scale); drawn++)
			fputc(letter_of(parts), out);
		parts++;
	}
	fputc('\n', out);
	for (r = in->run.results, parts = 0; r < end; r++) {
		if (!report_is_part(r, total))
			continue;
		fprintf(out, "%*s%c ", label, "", letter_of(parts++));
		if (in->instructions)
			fprintf(out, "%.0f instructions,", share_of(r, total));
		else
			fprintf(out, "%.3f us", share_of(r, total) / 1000);
		fprintf(out, " %s\n", result_stage_title(r->stage));
	}
}

static bool is_divided(const struct run *run, const struct result *total)
{
	size_t i;

	for (i = 0; i < run->n_results; i++)
		if (report_is_part(&run->results[i], total))
			return true;
	return false;
}

static void print_stages(const struct report_input *in, int columns, FILE *out)
{
	const struct result *end = in->run.results + in->run.n_results, *r;
	double longest = 0;

	for (r = in->run.results; r < end; r++)
		if (result_is(r, BENCH_STAGE_TOTAL) && r->hist.n)
			longest = fmax(longest, hist_mean(&r->hist));
	if (longest <= 0)
		return;
	fputs("\nMean by stage:\n", out);
	for (r = in->run.results; r < end; r++)
		if (result_is(r, BENCH_STAGE_TOTAL) && r->hist.n && is_divided(&in->run, r))
			print_stages_of(in, r, longest, columns, out);
}

/* One row of text for each result: the tables of ways would mix lines and CPUs. */
static void print_rows(const struct report_input *in, int columns, FILE *out)
{
	char title[REPORT_TITLE_BYTES], before[REPORT_TITLE_BYTES] = "", text[REPORT_TIME_BYTES];
	const char *unit = in->instructions ? "instructions" : "us";
	bool narrow = columns < NARROW;
	int width = narrow ? 9 : 10;
	size_t i;

	if (narrow)
		fprintf(out, "%s\n%9s %9s %9s %10s\n", unit, "n", "p50", "p99", "max");
	else
		fprintf(out, "%-*s %10s %10s %10s %10s\n", ROW_LABEL, unit, "n", "p50", "p99",
			"max");
	for (i = 0; i < in->run.n_results; i++) {
		const struct result *r = &in->run.results[i];
		const struct hist *h = &r->hist;

		if (strcmp(report_row_title(in, r, title), before))
			fprintf(out, "%s\n", title);
		memcpy(before, title, sizeof(before));
		if (narrow)
			fprintf(out, "  %s\n%9" PRIu64, result_stage_words(r), h->n);
		else
			fprintf(out, "  %-*s %10" PRIu64, ROW_LABEL - 2, result_stage_words(r),
				h->n);
		fprintf(out, " %*s", width, report_percentile(in->instructions, h, 500000, text));
		fprintf(out, " %*s", width, report_percentile(in->instructions, h, 990000, text));
		fprintf(out, " %10s\n", report_time(in->instructions, h->n, h->max, text));
	}
}

static bool is_trace(const struct report_input *in)
{
	return in->run.n_results && result_is_trace(&in->run.results[0]);
}

/**
 * report_write_text - write the whole report as text
 * @report: inputs
 * @style: width and characters; the other members are not used
 * @out: where to
 */
void report_write_text(const struct report *report, const struct text_style *style, FILE *out)
{
	size_t i;

	if (report->title)
		fprintf(out, "%s\n\n", report->title);
	for (i = 0; i < report->n_notes; i++)
		fprintf(out, "%s\n\n", report->notes[i]);
	compare_write_text(report, style, out);
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];
		struct text_style own = *style;

		own.header = !in->continued;
		own.histogram = true;
		own.nanoseconds = in->instructions;
		fprintf(out, "=== %s%s\n", in->label,
			in->instructions ? ": 1 ns is one instruction executed" : "");
		if (in->with_source || in->with_cpu || is_trace(in)) {
			struct run head = in->run;

			head.n_results = 0;
			run_write_text(&head, &own, out);
			print_rows(in, style->columns, out);
		} else {
			run_write_text(&in->run, &own, out);
		}
		print_stages(in, style->columns, out);
		explain_write_text(in, style->columns, out);
		if (!in->instructions && !in->continued && !is_trace(in))
			ref_compare(&in->run, &own, out);
		fputc('\n', out);
	}
	method_write_text(report, style->columns, out);
}

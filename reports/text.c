// SPDX-License-Identifier: GPL-2.0-or-later
/* A report for terminals: the comparison, then each input as bench prints it. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report.h"

#define BAR_LABEL 28
#define ROW_LABEL 32
/* Where labels have no room beside bars and values: they have lines of their own. */
#define NARROW	     76
#define NARROW_LABEL 2

/* A line of characters for a row: each stage's share of the longest mean. */
static void print_stages_of(const struct report_input *in, const struct result *total,
			    double longest, int columns, FILE *out)
{
	int label = columns < NARROW ? NARROW_LABEL : BAR_LABEL;
	double scale = (columns - label) / longest, at = 0;
	char title[REPORT_TITLE_BYTES];
	const char *letter = "=-+*#%o~";
	int drawn = 0, parts = 0, end;
	size_t j;

	report_row_title(in, total, title);
	if (label < BAR_LABEL)
		fprintf(out, "%s\n%*s", title, label, "");
	else
		fprintf(out, "%-*.*s ", label - 1, label - 1, title);
	for (j = 0; j < in->run.n_results; j++) {
		const struct result *r = &in->run.results[j];

		if (!report_is_part(r) || !r->hist.n || r->cpu != total->cpu ||
		    r->irq != total->irq || !result_same_way(r, total))
			continue;
		at += (double)r->hist.sum / (double)total->hist.n;
		end = (int)(at * scale);
		for (; drawn < end; drawn++)
			fputc(letter[parts % 8], out);
		parts++;
	}
	fputc('\n', out);
	for (j = 0, parts = 0; j < in->run.n_results; j++) {
		const struct result *r = &in->run.results[j];
		double part;

		if (!report_is_part(r) || !r->hist.n || r->cpu != total->cpu ||
		    r->irq != total->irq || !result_same_way(r, total))
			continue;
		part = (double)r->hist.sum / (double)total->hist.n;
		fprintf(out, "%*s%c %.*f %s %s\n", label, "", letter[parts++ % 8],
			in->instructions ? 0 : 3, in->instructions ? part : part / 1000,
			in->instructions ? "instructions," : "us", result_stage_title(r->stage));
	}
}

static void print_stages(const struct report_input *in, int columns, FILE *out)
{
	double longest = 0;
	size_t i, j;

	for (i = 0; i < in->run.n_results; i++)
		if (result_is(&in->run.results[i], BENCH_STAGE_TOTAL) && in->run.results[i].hist.n)
			longest = fmax(longest, hist_mean(&in->run.results[i].hist));
	if (longest <= 0)
		return;
	fputs("\nMean by stage:\n", out);
	for (i = 0; i < in->run.n_results; i++) {
		const struct result *total = &in->run.results[i];
		bool divided = false;

		for (j = 0; j < in->run.n_results; j++)
			divided |= report_is_part(&in->run.results[j]) &&
				   in->run.results[j].hist.n &&
				   result_same_way(&in->run.results[j], total);
		if (divided && result_is(total, BENCH_STAGE_TOTAL) && total->hist.n)
			print_stages_of(in, total, longest, columns, out);
	}
}

static void print_ns(const struct report_input *in, bool known, uint64_t ns, int width, FILE *out)
{
	if (!known)
		fprintf(out, " %*s", width, "n/a");
	else if (in->instructions)
		fprintf(out, " %*" PRIu64, width, ns);
	else
		/* Above 100 us the histogram knows no finer than that. */
		fprintf(out, " %*.*f", width, ns < 100000 ? 3 : 1, (double)ns / 1000);
}

/* A line for each row: tables of ways would not tell lines and CPUs apart. */
static void print_rows(const struct report_input *in, int columns, FILE *out)
{
	char title[REPORT_TITLE_BYTES], before[REPORT_TITLE_BYTES] = "";
	const char *unit = in->instructions ? "instructions" : "us";
	bool narrow = columns < NARROW;
	uint64_t p50 = 0, p99 = 0;
	size_t i;

	if (narrow)
		fprintf(out, "%s\n%9s %9s %9s %10s\n", unit, "n", "p50", "p99", "max");
	else
		fprintf(out, "%-*s %10s %10s %10s %10s\n", ROW_LABEL, unit, "n", "p50", "p99",
			"max");
	for (i = 0; i < in->run.n_results; i++) {
		const struct result *r = &in->run.results[i];
		bool has_p50 = hist_percentile(&r->hist, 500000, &p50);
		bool has_p99 = hist_percentile(&r->hist, 990000, &p99);

		if (strcmp(report_row_title(in, r, title), before))
			fprintf(out, "%s\n", title);
		memcpy(before, title, sizeof(before));
		if (narrow)
			fprintf(out, "  %s\n%9" PRIu64, result_stage_title(r->stage), r->hist.n);
		else
			fprintf(out, "  %-*s %10" PRIu64, ROW_LABEL - 2,
				result_stage_title(r->stage), r->hist.n);
		print_ns(in, has_p50, p50, narrow ? 9 : 10, out);
		print_ns(in, has_p99, p99, narrow ? 9 : 10, out);
		print_ns(in, r->hist.n, r->hist.max, 10, out);
		fputc('\n', out);
	}
}

/**
 * report_text - the whole report as text
 * @report: inputs
 * @style: width, characters; unit, header and histograms are chosen here
 * @out: where to
 */
void report_text(const struct report *report, const struct text_style *style, FILE *out)
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
		if (in->with_source || in->with_cpu) {
			struct run head = in->run;

			head.n_results = 0;
			run_write_text(&head, &own, out);
			print_rows(in, style->columns, out);
		} else {
			run_write_text(&in->run, &own, out);
		}
		print_stages(in, style->columns, out);
		if (!in->instructions && !in->continued)
			ref_compare(&in->run, &own, out);
		fputc('\n', out);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The comparison: a row for each way, a column for each input, for the page and
 * for terminals; and the claims of others beside it.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Stages that have a table each. */
static const enum bench_stage compared[] = { BENCH_STAGE_TOTAL, BENCH_STAGE_TO_USER };

/* Rows of the table, in the order in which the ways first appear. */
struct compare_row {
	char title[REPORT_TITLE_BYTES];
	const char *stage;
	const char *wait;
};

struct compare_rows {
	struct compare_row *list;
	size_t n;
};

static bool is_row(const struct report_input *in, const struct compare_row *row,
		   const struct result *r)
{
	char title[REPORT_TITLE_BYTES];

	return !strcmp(r->stage, row->stage) && !strcmp(r->wait, row->wait) &&
	       !strcmp(report_row_title(in, r, title), row->title);
}

static int collect_rows(const struct report *report, bool instructions, enum bench_stage stage,
			struct compare_rows *rows)
{
	size_t i, j, k;

	*rows = (struct compare_rows){ 0 };
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		for (j = 0; in->instructions == instructions && j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];
			struct compare_row *list;

			for (k = 0; k < rows->n; k++)
				if (is_row(in, &rows->list[k], r))
					break;
			if (k < rows->n || !result_is(r, stage))
				continue;
			list = reallocarray(rows->list, rows->n + 1, sizeof(*list));
			if (!list)
				return -1;
			rows->list = list;
			list[rows->n] = (struct compare_row){ .stage = r->stage, .wait = r->wait };
			report_row_title(in, r, list[rows->n++].title);
		}
	}
	return 0;
}

static const struct result *find(const struct report_input *in, const struct compare_row *row)
{
	size_t j;

	for (j = 0; j < in->run.n_results; j++)
		if (is_row(in, row, &in->run.results[j]))
			return &in->run.results[j];
	return NULL;
}

/* Is there a column for this input? */
static bool is_column(const struct report_input *in, bool instructions,
		      const struct compare_rows *rows)
{
	size_t i;

	for (i = 0; in->instructions == instructions && i < rows->n; i++)
		if (find(in, &rows->list[i]))
			return true;
	return false;
}

static size_t count_inputs(const struct report *report, bool instructions)
{
	size_t i, n = 0;

	for (i = 0; i < report->n_inputs; i++)
		n += report->inputs[i].instructions == instructions;
	return n;
}

/* "3.793", "3793" or "n/a". Returns @text. */
static const char *value_text(const struct result *r, uint32_t ppm, bool nanoseconds, char text[32])
{
	uint64_t ns = 0;

	if (!r || !hist_percentile(&r->hist, ppm, &ns))
		snprintf(text, 32, "%s", r ? "n/a" : "-");
	else if (nanoseconds)
		snprintf(text, 32, "%" PRIu64, ns);
	else
		snprintf(text, 32, "%.*f", ns < 100000 ? 3 : 1, (double)ns / 1000);
	return text;
}

/* --- page ------------------------------------------------------------------ */

static void write_html_row(const struct report *report, bool instructions,
			   const struct compare_rows *rows, const struct compare_row *row,
			   FILE *out)
{
	char text[32];
	size_t i;

	fputs("<tr><th>", out);
	html_escape(row->title, out);
	if (!strcmp(row->wait, "spin"))
		fputs(" <span class=\"dim\">(spins)</span>", out);
	fputs("</th>", out);
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];
		const struct result *r = find(in, row);

		if (!is_column(in, instructions, rows))
			continue;
		fprintf(out, "<td class=\"number\">%s", value_text(r, 500000, instructions, text));
		if (r && r->hist.n)
			fprintf(out, " <span class=\"dim\">%s</span>",
				value_text(r, 990000, instructions, text));
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void write_html_table(const struct report *report, bool instructions, enum bench_stage stage,
			     FILE *out)
{
	char title[REPORT_STAGE_BYTES];
	struct compare_rows rows;
	size_t i;

	if (!collect_rows(report, instructions, stage, &rows) && rows.n) {
		fprintf(out, "<h3>%s: median and p99, %s</h3>\n",
			report_stage_caption(stage, title),
			instructions ? "instructions executed" : "microseconds (µs)");
		fputs("<div class=\"scroll\"><table class=\"results compare\">\n<thead><tr><th>way</th>",
		      out);
		for (i = 0; i < report->n_inputs; i++) {
			if (!is_column(&report->inputs[i], instructions, &rows))
				continue;
			fputs("<th class=\"number\">", out);
			html_escape(report->inputs[i].label, out);
			fputs("</th>", out);
		}
		fputs("</tr></thead>\n<tbody>\n", out);
		for (i = 0; i < rows.n; i++)
			write_html_row(report, instructions, &rows, &rows.list[i], out);
		fputs("</tbody></table></div>\n", out);
	}
	free(rows.list);
}

/**
 * compare_write_html - the comparison of several inputs
 * @report: inputs
 * @out: HTML; nothing where there is but one input
 */
void compare_write_html(const struct report *report, FILE *out)
{
	size_t i;
	int unit;

	if (report->n_inputs < 2)
		return;
	fputs("<h2>Side by side</h2>\n<p class=\"dim\">In each cell the median, and p99 behind it; n/a where the samples do not carry it, - where the way was not measured.</p>\n",
	      out);
	for (unit = 1; unit >= 0; unit--) {
		if (!count_inputs(report, unit == 1))
			continue;
		for (i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
			write_html_table(report, unit == 1, compared[i], out);
	}
}

static bool is_any_emulated(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->n_inputs; i++)
		if (report->inputs[i].run.system.emulated)
			return true;
	return false;
}

/**
 * claims_write_html - sources of the claims that the figures show
 * @report: says whether it was measured on an emulated system
 * @out: HTML
 */
void claims_write_html(const struct report *report, FILE *out)
{
	const struct ref_claim *c;
	int kind;

	fputs("<p>Figures that others published, drawn as red dashed lines where a stage may be compared with them. <b>None was measured here.</b></p>\n",
	      out);
	if (is_any_emulated(report))
		fputs("<p class=\"warnings\">A system here is emulated: none of its times may be compared with the claims.</p>\n",
		      out);
	for (kind = 0; kind < REF_KINDS; kind++) {
		const struct ref_comparison *with = &ref_comparisons[kind];

		if (!with->stage)
			continue;
		fprintf(out,
			"<p>May be compared with: %s. <span class=\"dim\">May not: %s.</span></p>\n<ul class=\"claims\">\n",
			with->may, with->may_not);
		for (c = ref_claims; c->system; c++) {
			if ((int)c->kind != kind)
				continue;
			fprintf(out, "<li>[%d] <b>", (int)(c - ref_claims) + 1);
			html_escape(c->system, out);
			fputs(": ", out);
			html_escape(c->figure, out);
			fputs("</b> (", out);
			html_escape(c->statistic, out);
			fputs("), ", out);
			html_escape(c->what, out);
			fputs("; ", out);
			html_escape(c->conditions, out);
			fputs(". <span class=\"dim\">Source: ", out);
			html_escape(c->source, out);
			fputs(", ", out);
			html_escape(c->date, out);
			fputs("</span></li>\n", out);
		}
		fputs("</ul>\n", out);
	}
}

/* --- terminals ------------------------------------------------------------- */

static void write_text_table(const struct report *report, bool instructions,
			     const struct compare_rows *rows, int name_width, int columns,
			     FILE *out)
{
	int width, used = 0, fit;
	size_t from = 0, i, j, n;
	char text[32];

	/* A column is as wide as the longest label; as many as fit, then again. */
	for (i = 0, width = 11; i < report->n_inputs; i++)
		if (is_column(&report->inputs[i], instructions, rows) &&
		    (int)strlen(report->inputs[i].label) + 2 > width)
			width = (int)strlen(report->inputs[i].label) + 2;
	fit = (columns - name_width) / width;
	fit = fit < 1 ? 1 : fit;
	while (from < report->n_inputs) {
		for (n = from, used = 0; n < report->n_inputs && used < fit; n++)
			used += is_column(&report->inputs[n], instructions, rows);
		if (!used)
			break;
		fprintf(out, "%-*s", name_width, "way");
		for (i = from; i < n; i++)
			if (is_column(&report->inputs[i], instructions, rows))
				fprintf(out, "%*s", width, report->inputs[i].label);
		fputc('\n', out);
		for (j = 0; j < rows->n; j++) {
			fprintf(out, "%-*s", name_width, rows->list[j].title);
			for (i = from; i < n; i++)
				if (is_column(&report->inputs[i], instructions, rows))
					fprintf(out, "%*s", width,
						value_text(find(&report->inputs[i], &rows->list[j]),
							   500000, instructions, text));
			fputc('\n', out);
		}
		fputc('\n', out);
		from = n;
	}
}

/**
 * compare_write_text - the comparison of several inputs
 * @report: inputs
 * @style: width
 * @out: nothing where there is but one input
 */
void compare_write_text(const struct report *report, const struct text_style *style, FILE *out)
{
	struct compare_rows rows;
	int unit, width;
	size_t i, j;

	if (report->n_inputs < 2)
		return;
	for (unit = 1; unit >= 0; unit--)
		for (i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
			if (collect_rows(report, unit == 1, compared[i], &rows) || !rows.n) {
				free(rows.list);
				continue;
			}
			for (j = 0, width = 5; j < rows.n; j++)
				if ((int)strlen(rows.list[j].title) + 1 > width)
					width = (int)strlen(rows.list[j].title) + 1;
			fprintf(out, "Median, %s, %s\n", bench_stages[compared[i]].title,
				unit ? "instructions" : "us");
			write_text_table(report, unit == 1, &rows, width, style->columns, out);
			free(rows.list);
		}
}

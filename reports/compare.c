// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The comparison: a line for each way, a column for each input, for the page and
 * for terminals; and the claims of others beside it.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Stages that have a table each. */
static const enum bench_stage compared[] = { BENCH_STAGE_TOTAL, BENCH_STAGE_TO_USER };

/* Lines of the table, in the order in which the ways first appear. */
struct line {
	char title[REPORT_TITLE_BYTES];
	const char *stage;
	const char *wait;
};

struct lines {
	struct line *list;
	size_t n;
};

static bool is_line(const struct report_input *in, const struct line *line, const struct result *r)
{
	char title[REPORT_TITLE_BYTES];

	return !strcmp(r->stage, line->stage) && !strcmp(r->wait, line->wait) &&
	       !strcmp(report_row_title(in, r, title), line->title);
}

static int lines_collect(const struct report *report, bool instructions, enum bench_stage stage,
			 struct lines *lines)
{
	size_t i, j, k;

	*lines = (struct lines){ 0 };
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		for (j = 0; in->instructions == instructions && j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];
			struct line *list;

			for (k = 0; k < lines->n; k++)
				if (is_line(in, &lines->list[k], r))
					break;
			if (k < lines->n || !result_is(r, stage))
				continue;
			list = reallocarray(lines->list, lines->n + 1, sizeof(*list));
			if (!list)
				return -1;
			lines->list = list;
			list[lines->n] = (struct line){ .stage = r->stage, .wait = r->wait };
			report_row_title(in, r, list[lines->n++].title);
		}
	}
	return 0;
}

static const struct result *find(const struct report_input *in, const struct line *line)
{
	size_t j;

	for (j = 0; j < in->run.n_results; j++)
		if (is_line(in, line, &in->run.results[j]))
			return &in->run.results[j];
	return NULL;
}

/* Is there a column for this input? */
static bool is_column(const struct report_input *in, bool instructions, const struct lines *lines)
{
	size_t i;

	for (i = 0; in->instructions == instructions && i < lines->n; i++)
		if (find(in, &lines->list[i]))
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

static void write_html_line(const struct report *report, bool instructions,
			    const struct lines *lines, const struct line *line, FILE *out)
{
	char text[32];
	size_t i;

	fputs("<tr><th>", out);
	html_escape(line->title, out);
	if (!strcmp(line->wait, "spin"))
		fputs(" <span class=\"dim\">(spins)</span>", out);
	fputs("</th>", out);
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];
		const struct result *r = find(in, line);

		if (!is_column(in, instructions, lines))
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
	struct lines lines;
	size_t i;

	if (!lines_collect(report, instructions, stage, &lines) && lines.n) {
		fprintf(out, "<h3>%s: median and p99, %s</h3>\n",
			report_stage_caption(stage, title),
			instructions ? "instructions executed" : "microseconds (µs)");
		fputs("<div class=\"scroll\"><table class=\"results compare\">\n<thead><tr><th>way</th>",
		      out);
		for (i = 0; i < report->n_inputs; i++) {
			if (!is_column(&report->inputs[i], instructions, &lines))
				continue;
			fputs("<th class=\"number\">", out);
			html_escape(report->inputs[i].label, out);
			fputs("</th>", out);
		}
		fputs("</tr></thead>\n<tbody>\n", out);
		for (i = 0; i < lines.n; i++)
			write_html_line(report, instructions, &lines, &lines.list[i], out);
		fputs("</tbody></table></div>\n", out);
	}
	free(lines.list);
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
			     const struct lines *lines, int name_width, int columns, FILE *out)
{
	int width, used = 0, fit;
	size_t from = 0, i, j, n;
	char text[32];

	/* A column is as wide as the longest label; as many as fit, then again. */
	for (i = 0, width = 11; i < report->n_inputs; i++)
		if (is_column(&report->inputs[i], instructions, lines) &&
		    (int)strlen(report->inputs[i].label) + 2 > width)
			width = (int)strlen(report->inputs[i].label) + 2;
	fit = (columns - name_width) / width;
	fit = fit < 1 ? 1 : fit;
	while (from < report->n_inputs) {
		for (n = from, used = 0; n < report->n_inputs && used < fit; n++)
			used += is_column(&report->inputs[n], instructions, lines);
		if (!used)
			break;
		fprintf(out, "%-*s", name_width, "way");
		for (i = from; i < n; i++)
			if (is_column(&report->inputs[i], instructions, lines))
				fprintf(out, "%*s", width, report->inputs[i].label);
		fputc('\n', out);
		for (j = 0; j < lines->n; j++) {
			fprintf(out, "%-*s", name_width, lines->list[j].title);
			for (i = from; i < n; i++)
				if (is_column(&report->inputs[i], instructions, lines))
					fprintf(out, "%*s", width,
						value_text(find(&report->inputs[i],
								&lines->list[j]),
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
	struct lines lines;
	int unit, width;
	size_t i, j;

	if (report->n_inputs < 2)
		return;
	for (unit = 1; unit >= 0; unit--)
		for (i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
			if (lines_collect(report, unit == 1, compared[i], &lines) || !lines.n) {
				free(lines.list);
				continue;
			}
			for (j = 0, width = 5; j < lines.n; j++)
				if ((int)strlen(lines.list[j].title) + 1 > width)
					width = (int)strlen(lines.list[j].title) + 1;
			fprintf(out, "Median, %s, %s\n", bench_stages[compared[i]].title,
				unit ? "instructions" : "us");
			write_text_table(report, unit == 1, &lines, width, style->columns, out);
			free(lines.list);
		}
}

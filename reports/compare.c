// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The comparison of several inputs: a row for each way, a column for each input, on
 * the page and on terminals; and the published claims below it on the page.
 */

#include <stdlib.h>
#include <string.h>

#include "report.h"

#define PPM_P50 500000
#define PPM_P99 990000

/* Stages that have a table each. */
static const enum bench_stage compared[] = { BENCH_STAGE_TOTAL, BENCH_STAGE_TO_USER };

struct compare_row {
	char title[REPORT_TITLE_BYTES];
	const char *wait;
};

/**
 * struct comparison - one table
 * @stage: stage of its rows
 * @instructions: unit of its values; microseconds if not set
 * @trace: rows of irqlat trace
 * @rows: @n rows, in the order in which the ways first appear
 * @n: rows in @rows
 * @inputs: @n_inputs inputs that have any of the rows: the columns
 * @n_inputs: inputs in @inputs
 */
struct comparison {
	enum bench_stage stage;
	bool instructions;
	bool trace;
	struct compare_row *rows;
	size_t n;
	const struct report_input **inputs;
	size_t n_inputs;
};

static bool is_row(const struct report_input *in, const struct compare_row *row,
		   const struct result *r)
{
	char title[REPORT_TITLE_BYTES];

	return !strcmp(r->wait, row->wait) && !strcmp(report_row_title(in, r, title), row->title);
}

static const struct result *find(const struct comparison *c, const struct report_input *in,
				 const struct compare_row *row)
{
	size_t i;

	for (i = 0; i < in->run.n_results; i++)
		if (result_is(&in->run.results[i], c->stage) &&
		    result_is_trace(&in->run.results[i]) == c->trace &&
		    is_row(in, row, &in->run.results[i]))
			return &in->run.results[i];
	return NULL;
}

/* Add an input's rows that are new. Returns 0, or -1 with ENOMEM. */
static int add_rows(struct comparison *c, const struct report_input *in)
{
	size_t i, j;

	for (i = 0; i < in->run.n_results; i++) {
		const struct result *r = &in->run.results[i];
		struct compare_row *rows;

		if (!result_is(r, c->stage) || result_is_trace(r) != c->trace)
			continue;
		if (!c->n_inputs || c->inputs[c->n_inputs - 1] != in)
			c->inputs[c->n_inputs++] = in;
		for (j = 0; j < c->n; j++)
			if (is_row(in, &c->rows[j], r))
				break;
		if (j < c->n)
			continue;
		rows = reallocarray(c->rows, c->n + 1, sizeof(*rows));
		if (!rows)
			return -1;
		c->rows = rows;
		rows[c->n] = (struct compare_row){ .wait = r->wait };
		report_row_title(in, r, rows[c->n++].title);
	}
	return 0;
}

static void comparison_free(struct comparison *c)
{
	free(c->rows);
	free(c->inputs);
}

/* Returns 0, or -1: there are no rows, or no memory; nothing is to be freed then. */
static int comparison_make(const struct report *report, enum bench_stage stage, bool instructions,
			   bool trace, struct comparison *c)
{
	size_t i;
	int err;

	*c = (struct comparison){ .stage = stage, .instructions = instructions, .trace = trace };
	c->inputs = calloc(report->n_inputs, sizeof(*c->inputs));
	err = c->inputs ? 0 : -1;
	for (i = 0; i < report->n_inputs && !err; i++)
		if (report->inputs[i].instructions == instructions)
			err = add_rows(c, &report->inputs[i]);
	if (!err && c->n)
		return 0;
	comparison_free(c);
	return -1;
}

/* Write a table for each unit and stage that has rows. */
static void write_tables(const struct report *report,
			 void (*write)(const struct comparison *c, int columns, FILE *out),
			 int columns, FILE *out)
{
	static const struct {
		bool instructions;
		bool trace;
	} sorts[] = { { true, false }, { false, false }, { false, true } };
	struct comparison c;
	size_t sort, i;

	for (sort = 0; sort < sizeof(sorts) / sizeof(sorts[0]); sort++)
		for (i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
			if (comparison_make(report, compared[i], sorts[sort].instructions,
					    sorts[sort].trace, &c))
				continue;
			write(&c, columns, out);
			comparison_free(&c);
		}
}

/* A percentile of a row of an input, "-" when the input does not have the row. */
static const char *value_text(const struct comparison *c, const struct result *r, uint32_t ppm,
			      char text[REPORT_TIME_BYTES])
{
	return r ? report_percentile(c->instructions, &r->hist, ppm, text) : "-";
}

/* --- page ------------------------------------------------------------------ */

static void write_html_row(const struct comparison *c, const struct compare_row *row, FILE *out)
{
	char text[REPORT_TIME_BYTES];
	size_t i;

	html_print(out, "<tr><th>%s", row->title);
	if (!strcmp(row->wait, "spin"))
		fputs(" <span class=\"dim\">(spins)</span>", out);
	fputs("</th>", out);
	for (i = 0; i < c->n_inputs; i++) {
		const struct result *r = find(c, c->inputs[i], row);

		html_print(out, "<td class=\"number\" data-label=\"%s\"><span>%s",
			   c->inputs[i]->label, value_text(c, r, PPM_P50, text));
		if (r && r->hist.n)
			html_print(out, " <span class=\"dim\">%s</span>",
				   value_text(c, r, PPM_P99, text));
		fputs("</span></td>", out);
	}
	fputs("</tr>\n", out);
}

static void write_html_table(const struct comparison *c, int columns, FILE *out)
{
	char stage[REPORT_STAGE_BYTES];
	size_t i;

	(void)columns;
	html_print(out, "<h3>%s: median and p99, %s</h3>\n",
		   c->trace ? "Interrupt to user space or task" :
			      report_stage_caption(c->stage, stage),
		   c->instructions ? "instructions executed" : "microseconds (µs)");
	fputs("<div class=\"scroll\"><table class=\"results compare\">\n<thead><tr><th>way</th>",
	      out);
	for (i = 0; i < c->n_inputs; i++)
		html_print(out, "<th class=\"number\">%s</th>", c->inputs[i]->label);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (i = 0; i < c->n; i++)
		write_html_row(c, &c->rows[i], out);
	fputs("</tbody></table></div>\n", out);
}

/**
 * compare_write_html - write the comparison of several inputs
 * @report: inputs
 * @out: HTML; gets nothing if there is one input only
 */
void compare_write_html(const struct report *report, FILE *out)
{
	if (report->n_inputs < 2)
		return;
	fputs("<h2>Side by side</h2>\n<p class=\"dim\">In each cell the median, and p99 behind it; n/a where the samples do not carry it, - where the way was not measured.</p>\n",
	      out);
	write_tables(report, write_html_table, 0, out);
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
 * claims_write_html - write the sources of the claims that the figures show
 * @report: inputs: are any of an emulated system?
 * @out: HTML
 */
void claims_write_html(const struct report *report, FILE *out)
{
	const struct ref_claim *c;
	char number[16];
	int kind;

	/* They are about ways to user space, which a trace does not compare. */
	if (!report_has_rows(report, false))
		return;
	fputs("<h2>Claims of others</h2>\n<p>Figures that others published, drawn as red dashed lines where a stage may be compared with them. <b>None was measured here.</b></p>\n",
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
			snprintf(number, sizeof(number), "%d", (int)(c - ref_claims) + 1);
			html_print(
				out,
				"<li>[%s] <b>%s: %s</b> (%s), %s; %s. <span class=\"dim\">Source: %s, %s</span></li>\n",
				number, c->system, c->figure, c->statistic, c->what, c->conditions,
				c->source, c->date);
		}
		fputs("</ul>\n", out);
	}
}

/* --- terminals ------------------------------------------------------------- */

/* Columns are as wide as the longest label. A second table has those that do not fit. */
static void write_text_table(const struct comparison *c, int columns, FILE *out)
{
	int name_width = 5, width = 11;
	char text[REPORT_TIME_BYTES];
	size_t from, to, fit, i, j;

	for (i = 0; i < c->n; i++)
		if ((int)strlen(c->rows[i].title) + 1 > name_width)
			name_width = (int)strlen(c->rows[i].title) + 1;
	for (i = 0; i < c->n_inputs; i++)
		if ((int)strlen(c->inputs[i]->label) + 2 > width)
			width = (int)strlen(c->inputs[i]->label) + 2;
	fit = columns < name_width + width ? 1 : (size_t)((columns - name_width) / width);
	fprintf(out, "Median, %s, %s\n",
		c->trace ? "interrupt to user space or task" : bench_stages[c->stage].title,
		c->instructions ? "instructions" : "us");
	for (from = 0; from < c->n_inputs; from = to) {
		to = from + fit < c->n_inputs ? from + fit : c->n_inputs;
		fprintf(out, "%-*s", name_width, "way");
		for (i = from; i < to; i++)
			fprintf(out, "%*s", width, c->inputs[i]->label);
		fputc('\n', out);
		for (j = 0; j < c->n; j++) {
			fprintf(out, "%-*s", name_width, c->rows[j].title);
			for (i = from; i < to; i++)
				fprintf(out, "%*s", width,
					value_text(c, find(c, c->inputs[i], &c->rows[j]), PPM_P50,
						   text));
			fputc('\n', out);
		}
		fputc('\n', out);
	}
}

/**
 * compare_write_text - write the comparison of several inputs
 * @report: inputs
 * @style: width
 * @out: gets nothing if there is one input only
 */
void compare_write_text(const struct report *report, const struct text_style *style, FILE *out)
{
	if (report->n_inputs > 1)
		write_tables(report, write_text_table, style->columns, out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of a report: one file that refers to nothing outside of it. */

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "report.h"
#include "templates.h"

/* --- text ------------------------------------------------------------------ */

/**
 * html_escape - write text that is not markup
 * @text: anything, also from files of others
 * @out: HTML
 */
void html_escape(const char *text, FILE *out)
{
	static const char special[] = "&<>\"'";
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	const char *found;

	for (; *text; text++) {
		found = strchr(special, *text);
		if (found)
			fputs(entities[found - special], out);
		else
			fputc(*text, out);
	}
}

/**
 * html_print - write markup with text in it
 * @out: HTML
 * @format: markup, with %s for each text; it knows no other conversion
 *
 * The texts are escaped.
 */
void html_print(FILE *out, const char *format, ...)
{
	const char *mark;
	va_list args;

	va_start(args, format);
	for (; (mark = strstr(format, "%s")); format = mark + 2) {
		fwrite(format, 1, (size_t)(mark - format), out);
		html_escape(va_arg(args, const char *), out);
	}
	fputs(format, out);
	va_end(args);
}

/* Write bytes as base64, for links with data in them. */
void html_base64(const char *data, size_t len, FILE *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *d = (const unsigned char *)data;
	size_t i, left;
	uint32_t v;

	for (i = 0; i < len; i += 3) {
		left = len - i;
		v = (uint32_t)d[i] << 16 | (left > 1 ? (uint32_t)d[i + 1] << 8 : 0) |
		    (left > 2 ? d[i + 2] : 0);
		fputc(digits[v >> 18], out);
		fputc(digits[v >> 12 & 63], out);
		fputc(left > 1 ? digits[v >> 6 & 63] : '=', out);
		fputc(left > 2 ? digits[v & 63] : '=', out);
	}
}

static void write_title(const struct report *report, FILE *out)
{
	size_t i;

	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		if (in->continued)
			continue;
		fputs(i ? "; " : "", out);
		html_print(out, "%s, %s, %s", in->file, in->run.system.kernel, in->run.system.date);
	}
}

static void write_heading(const struct report *report, FILE *out)
{
	html_escape(report->title ? report->title : "Interrupt latency", out);
}

static void write_notes(const struct report *report, FILE *out)
{
	size_t i;

	for (i = 0; i < report->n_notes; i++)
		html_print(out, "<p>%s</p>\n", report->notes[i]);
}

static void write_unit(const struct report *report, FILE *out)
{
	fputs("Times in microseconds (µs)", out);
	if (report_count_inputs(report, true))
		fputs("; instructions executed where the file was counted instead of timed", out);
}

static void write_version(const struct report *report, FILE *out)
{
	(void)report;
	fputs(PROCIRQ_VERSION, out);
}

/* --- warnings -------------------------------------------------------------- */

static void write_warning(const struct report *report, const struct report_input *in,
			  const char *text, FILE *out)
{
	bool several = report_count_files(report) > 1;

	html_print(out, "<li>%s%s%s</li>\n", several ? in->file : "", several ? ": " : "", text);
}

static void write_warnings(const struct report *report, FILE *out)
{
	bool any = false;
	size_t i, j;

	for (i = 0; i < report->n_inputs; i++)
		any |= report->inputs[i].run.system.n_warnings ||
		       report->inputs[i].run.interrupted || report->inputs[i].run.partial;
	if (!any)
		return;
	fputs("<ul class=\"warnings\">\n", out);
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		if (in->run.interrupted)
			write_warning(report, in, "interrupted: this is part of the run", out);
		else if (in->run.partial)
			write_warning(report, in, "not complete: this is part of the run", out);
		for (j = 0; j < in->run.system.n_warnings; j++)
			write_warning(report, in, in->run.system.warnings[j], out);
	}
	fputs("</ul>", out);
}

/* --- table of results ------------------------------------------------------ */

/* @label: heading of its column, which stands beside the cell on narrow screens */
static void write_cell(const char *label, const char *text, FILE *out)
{
	html_print(out, "<td class=\"number\" data-label=\"%s\">%s</td>", label, text);
}

static void write_count(const char *label, int64_t count, FILE *out)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, count);
	write_cell(label, text, out);
}

/* Do the samples of any row carry this percentile? If not, it has no column. */
static bool is_carried(const struct report *report, uint32_t ppm)
{
	uint64_t value;
	size_t i, j;

	for (i = 0; i < report->n_inputs; i++)
		for (j = 0; j < report->inputs[i].run.n_results; j++)
			if (hist_percentile(&report->inputs[i].run.results[j].hist, ppm, &value))
				return true;
	return false;
}

/* What became of the interrupts; those of a trace have a table of their own. */
static void write_books(const struct result *r, FILE *out)
{
	static const char *const labels[] = { "raised", "delivered", "coalesced", "lost" };
	const int64_t counts[] = { (int64_t)r->raised, (int64_t)r->delivered, (int64_t)r->coalesced,
				   r->lost };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (result_is_trace(r))
			write_cell(labels[i], "-", out);
		else
			write_count(labels[i], counts[i], out);
	}
}

static void write_row(const struct report *report, const struct report_input *in,
		      const struct result *r, bool first, FILE *out)
{
	const struct result_percentile *p;
	char title[REPORT_TITLE_BYTES], text[REPORT_TIME_BYTES];
	bool several = report->n_inputs > 1, any = r->hist.n > 0;

	fprintf(out, "<tr%s>", first ? " class=\"way\"" : "");
	html_print(out, "<th>%s%s%s</th><td>%s</td>", several ? in->label : "", several ? ": " : "",
		   report_row_title(in, r, title), result_stage_words(r));
	write_count("n", (int64_t)r->hist.n, out);
	write_cell("min", report_time(in->instructions, any, r->hist.min, text), out);
	write_cell("mean",
		   report_time(in->instructions, any, (uint64_t)(hist_mean(&r->hist) + 0.5), text),
		   out);
	for (p = result_percentiles; p->key; p++)
		if (is_carried(report, p->ppm))
			write_cell(p->label,
				   report_percentile(in->instructions, &r->hist, p->ppm, text),
				   out);
	write_cell("max", report_time(in->instructions, any, r->hist.max, text), out);
	if (report_has_rows(report, false))
		write_books(r, out);
	fputs("</tr>\n", out);
}

static void write_column_heading(const char *text, FILE *out)
{
	html_print(out, "<th class=\"number\">%s</th>", text);
}

static void write_table(const struct report *report, FILE *out)
{
	static const char *const before[] = { "n", "min", "mean" };
	static const char *const after[] = { "max", "raised", "delivered", "coalesced", "lost" };
	size_t n_after = report_has_rows(report, false) ? sizeof(after) / sizeof(after[0]) : 1;
	const struct result_percentile *p;
	size_t i, j;

	fprintf(out, "<table class=\"results\">\n<thead><tr><th>%s</th><th>stage</th>",
		report_has_rows(report, false) ? "way" : "interrupt");
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		write_column_heading(before[i], out);
	for (p = result_percentiles; p->key; p++)
		if (is_carried(report, p->ppm))
			write_column_heading(p->label, out);
	for (i = 0; i < n_after; i++)
		write_column_heading(after[i], out);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		for (j = 0; j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];

			write_row(report, in, r, (i || j) && (!j || !result_same_way(r, r - 1)),
				  out);
		}
	}
	fputs("</tbody></table>", out);
}

/* --- figures --------------------------------------------------------------- */

/*
 * An image inside the page. gnuplot's header is left out, with its name spaces,
 * title and point symbols: the ids of the symbols would repeat with each figure.
 */
static void write_svg(const char *svg, const char *class, FILE *out)
{
	static const char canvas[] = "<g id=\"gnuplot_canvas\">";
	const char *box = strstr(svg, "viewBox=\"");
	const char *body = strstr(svg, canvas), *symbols, *after;

	if (!box || !body)
		return;
	fprintf(out, "<svg class=\"%s\" role=\"img\" %.*s\"><g>", class,
		(int)strcspn(box + 9, "\"") + 9, box);
	body += strlen(canvas);
	symbols = strstr(body, "<defs>");
	after = symbols ? strstr(symbols, "</defs>") : NULL;
	if (after) {
		fprintf(out, "%.*s", (int)(symbols - body), body);
		body = after + strlen("</defs>");
	}
	fputs(body, out);
}

/* Headings of the page. Neighbouring kinds with the same heading share it. */
static const struct {
	const char *title;
	const char *text;
} sections[FIGURE_KINDS] = {
	[FIGURE_RANGES] = {
		.title = "Comparison",
		.text = "The thin line runs from the least to the greatest sample, the thick one from the median to p99 (p90 where there are too few samples for p99).",
	},
	[FIGURE_STAGES] = {
		.title = "Stages",
		.text = "Stages add up to the mean.",
	},
	[FIGURE_HISTOGRAM] = {
		.title = "Histograms and percentiles",
		.text = "Curves are dashed where fewer than ten samples lie beyond.",
	},
	[FIGURE_PERCENTILES] = { .title = "Histograms and percentiles" },
	[FIGURE_TRADEOFF] = {
		.title = "Latency against CPU time",
		.text = "A point for each way: its median, and the share of a CPU that the thread used while it waited. The line runs from the least sample to p99. The further down and to the left, the better.",
	},
	[FIGURE_HEAT] = {
		.title = "Latency over time",
		.text = "The stronger the colour, the more samples had that latency in that span of time.",
	},
	[FIGURE_CPUS] = {
		.title = "By CPU",
		.text = "Lines as in the comparison.",
	},
};

static bool is_new_section(const struct figure *f, const struct figure *before)
{
	return !before || strcmp(sections[before->kind].title, sections[f->kind].title) ||
	       before->instructions != f->instructions || before->trace != f->trace;
}

static void write_figures(const struct report *report, FILE *out)
{
	const struct figures *figures = report->figures;
	const struct figure *before = NULL;
	size_t i;

	for (i = 0; figures && i < figures->n; i++) {
		const struct figure *f = &figures->list[i];

		if (!f->svg || !f->svg_narrow)
			continue;
		if (is_new_section(f, before))
			fprintf(out,
				"%s<h2>%s%s%s</h2>\n<p class=\"dim\">%s</p>\n<div class=\"figures\">\n",
				before ? "</div>\n" : "", sections[f->kind].title,
				f->instructions ? ", in instructions" : "",
				f->trace && report_has_rows(report, false) ? ", traces" : "",
				sections[f->kind].text);
		html_print(out, "<figure%s><figcaption>%s</figcaption>\n",
			   f->svg_full ? " class=full" : "", f->caption);
		write_svg(f->svg, "wide", out);
		if (f->svg_full)
			write_svg(f->svg_full, "full", out);
		write_svg(f->svg_narrow, "narrow", out);
		fputs("</figure>\n", out);
		before = f;
	}
	fputs(before ? "</div>\n" : "<p>No samples, no figures.</p>\n", out);
	if (figures && figures->left_out)
		fprintf(out,
			"<p class=\"warnings\">%zu more figures or rows would be too many to draw; the table and the data have them.</p>\n",
			figures->left_out);
}

/* --- systems and data ------------------------------------------------------ */

static void write_fact(const char *label, const char *text, FILE *out)
{
	html_print(out, "<tr><th>%s</th><td>%s</td></tr>\n", label, text);
}

static void write_system(const struct report *report, FILE *out)
{
	const struct sysinfo_field *field;
	char number[32];
	size_t i;

	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		if (in->continued)
			continue;
		if (report_count_files(report) > 1)
			html_print(out, "<h3>%s</h3>\n", in->file);
		fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", out);
		for (field = sysinfo_fields; field->key; field++)
			write_fact(field->label,
				   sysinfo_text(&in->run.system, field, number, sizeof(number)),
				   out);
		if (*in->run.load_command)
			write_fact("load command", in->run.load_command, out);
		fputs("</tbody></table></div>\n", out);
	}
}

static void write_data(const struct report *report, FILE *out)
{
	size_t i;

	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		if (in->continued)
			continue;
		html_print(out, "<li><a download=\"%s.json\" href=\"data:application/json;base64,",
			   in->file);
		html_base64(in->text, in->len, out);
		html_print(out, "\">%s.json</a>", in->file);
		fprintf(out, " (%zu KB)</li>\n", (in->len + 999) / 1000);
	}
}

/* --- the page -------------------------------------------------------------- */

/* What takes the place of each marker in page.html. */
static const struct {
	const char *marker;
	void (*write)(const struct report *report, FILE *out);
} markers[] = {
	{ "@TITLE@", write_title },	   { "@HEADING@", write_heading },
	{ "@NOTES@", write_notes },	   { "@UNIT@", write_unit },
	{ "@WARNINGS@", write_warnings },  { "@COMPARISON@", compare_write_html },
	{ "@TABLE@", write_table },	   { "@FIGURES@", write_figures },
	{ "@SYSTEM@", write_system },	   { "@CLAIMS@", claims_write_html },
	{ "@DATA@", write_data },	   { "@VERSION@", write_version },
	{ "@METHOD@", method_write_html }, { "@EXPLAINED@", explain_write_html },
};

/**
 * page_write - write the page
 * @report: its figures were drawn
 * @out: HTML; the caller looks for errors with ferror()
 */
void page_write(const struct report *report, FILE *out)
{
	const char *text = template_page;
	size_t i, len;

	while (*text) {
		for (i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
			len = strlen(markers[i].marker);
			if (strncmp(text, markers[i].marker, len))
				continue;
			markers[i].write(report, out);
			text += len;
			break;
		}
		if (i == sizeof(markers) / sizeof(markers[0]))
			fputc(*text++, out);
	}
}

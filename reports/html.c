// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of a report: one file that refers to nothing outside of it. */

#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "templates.h"

/* Everything a marker of the template may need. */
struct page {
	const struct report *report;
	const struct figures *figures;
	FILE *out;
};

static void base64(const char *data, size_t len, FILE *out)
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

static void write_title(struct page *page)
{
	size_t i;

	for (i = 0; i < page->report->n_inputs; i++) {
		const struct report_input *in = &page->report->inputs[i];

		if (in->continued)
			continue;
		fputs(i ? "; " : "", page->out);
		html_escape(in->file, page->out);
		fputs(", ", page->out);
		html_escape(in->run.system.kernel, page->out);
		fputs(", ", page->out);
		html_escape(in->run.system.date, page->out);
	}
}

static void write_warning(struct page *page, const struct report_input *in, const char *text)
{
	fputs("<li>", page->out);
	if (report_count_files(page->report) > 1) {
		html_escape(in->file, page->out);
		fputs(": ", page->out);
	}
	html_escape(text, page->out);
	fputs("</li>\n", page->out);
}

static void write_warnings(struct page *page)
{
	bool any = false;
	size_t i, j;

	for (i = 0; i < page->report->n_inputs; i++)
		any |= page->report->inputs[i].run.system.n_warnings ||
		       page->report->inputs[i].run.interrupted ||
		       page->report->inputs[i].run.partial;
	if (!any)
		return;
	fputs("<ul class=\"warnings\">\n", page->out);
	for (i = 0; i < page->report->n_inputs; i++) {
		const struct report_input *in = &page->report->inputs[i];

		if (in->run.interrupted)
			write_warning(page, in, "interrupted: this is part of the run");
		else if (in->run.partial)
			write_warning(page, in, "not complete: this is part of the run");
		for (j = 0; j < in->run.system.n_warnings; j++)
			write_warning(page, in, in->run.system.warnings[j]);
	}
	fputs("</ul>", page->out);
}

static void write_time(struct page *page, const struct report_input *in, bool known, uint64_t ns)
{
	fputs("<td class=\"number\">", page->out);
	/* Above 100 us the histogram knows no finer than that. */
	if (known && in->instructions)
		fprintf(page->out, "%" PRIu64, ns);
	else if (known)
		fprintf(page->out, "%.*f", ns < 100000 ? 3 : 1, (double)ns / 1000);
	else
		fputs("n/a", page->out);
	fputs("</td>", page->out);
}

static void write_count(struct page *page, int64_t count)
{
	fprintf(page->out, "<td class=\"number\">%" PRId64 "</td>", count);
}

/* Does any row carry this percentile? A column of n/a says nothing. */
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

static void write_row(struct page *page, const struct report_input *in, const struct result *r,
		      bool first)
{
	const struct result_percentile *p;
	char title[REPORT_TITLE_BYTES];
	bool any = r->hist.n > 0;
	uint64_t ns = 0;
	bool known;

	fprintf(page->out, "<tr%s><th>", first ? " class=\"way\"" : "");
	if (page->report->n_inputs > 1) {
		html_escape(in->label, page->out);
		fputs(": ", page->out);
	}
	html_escape(report_row_title(in, r, title), page->out);
	fputs("</th><td>", page->out);
	html_escape(result_stage_title(r->stage), page->out);
	fputs("</td>", page->out);
	write_count(page, (int64_t)r->hist.n);
	write_time(page, in, any, r->hist.min);
	write_time(page, in, any, (uint64_t)(hist_mean(&r->hist) + 0.5));
	for (p = result_percentiles; p->key; p++) {
		if (!is_carried(page->report, p->ppm))
			continue;
		known = hist_percentile(&r->hist, p->ppm, &ns);
		write_time(page, in, known, ns);
	}
	write_time(page, in, any, r->hist.max);
	write_count(page, (int64_t)r->raised);
	write_count(page, (int64_t)r->delivered);
	write_count(page, (int64_t)r->coalesced);
	write_count(page, r->lost);
	fputs("</tr>\n", page->out);
}

static void write_heading(struct page *page, const char *text)
{
	fprintf(page->out, "<th class=\"number\">%s</th>", text);
}

static void write_table(struct page *page)
{
	static const char *const counts[] = { "raised", "delivered", "coalesced", "lost" };
	const struct result_percentile *p;
	size_t i, j;

	fputs("<table class=\"results\">\n<thead><tr><th>way</th><th>stage</th>", page->out);
	write_heading(page, "n");
	write_heading(page, "min");
	write_heading(page, "mean");
	for (p = result_percentiles; p->key; p++)
		if (is_carried(page->report, p->ppm))
			write_heading(page, p->label);
	write_heading(page, "max");
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		write_heading(page, counts[i]);
	fputs("</tr></thead>\n<tbody>\n", page->out);
	for (i = 0; i < page->report->n_inputs; i++) {
		const struct report_input *in = &page->report->inputs[i];

		for (j = 0; j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];

			write_row(page, in, r, (i || j) && (!j || !result_same_way(r, r - 1)));
		}
	}
	fputs("</tbody></table>", page->out);
}

/*
 * An image inside a page: gnuplot's head goes, with its name spaces, its title
 * and its point symbols, whose ids would be in the page once for each figure.
 */
static void write_svg(struct page *page, const char *svg, const char *class)
{
	static const char canvas[] = "<g id=\"gnuplot_canvas\">";
	const char *box = strstr(svg, "viewBox=\"");
	const char *body = strstr(svg, canvas), *symbols, *after;

	if (!box || !body)
		return;
	fprintf(page->out, "<svg class=\"%s\" role=\"img\" %.*s\"><g>", class,
		(int)strcspn(box + 9, "\"") + 9, box);
	body += strlen(canvas);
	symbols = strstr(body, "<defs>");
	after = symbols ? strstr(symbols, "</defs>") : NULL;
	if (after) {
		fprintf(page->out, "%.*s", (int)(symbols - body), body);
		body = after + strlen("</defs>");
	}
	fputs(body, page->out);
}

static const char *const kind_titles[FIGURE_KINDS] = {
	[FIGURE_RANGES] = "Comparison",
	[FIGURE_STAGES] = "Stages",
	[FIGURE_HISTOGRAM] = "Histograms and percentiles",
	[FIGURE_PERCENTILES] = "Histograms and percentiles",
	[FIGURE_HEAT] = "Latency over time",
	[FIGURE_CPUS] = "By CPU",
};

static const char *const kind_texts[FIGURE_KINDS] = {
	[FIGURE_RANGES] =
		"The thin line runs from the least to the greatest sample, the thick one from the median to p99 (p90 where there are too few samples for p99).",
	[FIGURE_STAGES] = "Stages add up to the mean.",
	[FIGURE_HISTOGRAM] = "Curves are dashed where fewer than ten samples lie beyond.",
	[FIGURE_HEAT] =
		"The stronger the colour, the more samples had that latency in that span of time.",
	[FIGURE_CPUS] = "Lines as in the comparison.",
};

static void write_figure(struct page *page, const struct figure *f)
{
	fputs("<figure><figcaption>", page->out);
	html_escape(f->caption, page->out);
	fputs("</figcaption>\n", page->out);
	write_svg(page, f->svg, "wide");
	write_svg(page, f->svg_narrow, "narrow");
	fputs("</figure>\n", page->out);
}

static void write_figures(struct page *page)
{
	const struct figures *figures = page->figures;
	const struct figure *before = NULL;
	const char *title;
	size_t i;

	for (i = 0; figures && i < figures->n; i++) {
		const struct figure *f = &figures->list[i];

		if (!f->svg || !f->svg_narrow)
			continue;
		title = kind_titles[f->kind];
		if (!before || kind_titles[before->kind] != title ||
		    before->instructions != f->instructions) {
			fprintf(page->out,
				"%s<h2>%s%s</h2>\n<p class=\"dim\">%s</p>\n<div class=\"figures\">\n",
				before ? "</div>\n" : "", title,
				f->instructions ? ", in instructions" : "", kind_texts[f->kind]);
		}
		write_figure(page, f);
		before = f;
	}
	fputs(before ? "</div>\n" : "<p>No samples, no figures.</p>\n", page->out);
	if (figures && figures->left_out)
		fprintf(page->out,
			"<p class=\"warnings\">%zu more figures or rows would be too many to draw; the table and the data have them.</p>\n",
			figures->left_out);
}

static void write_notes(struct page *page)
{
	size_t i;

	for (i = 0; i < page->report->n_notes; i++) {
		fputs("<p>", page->out);
		html_escape(page->report->notes[i], page->out);
		fputs("</p>\n", page->out);
	}
}

static void write_heading_text(struct page *page)
{
	html_escape(page->report->title ? page->report->title : "Interrupt latency", page->out);
}

static void write_comparison(struct page *page)
{
	compare_write_html(page->report, page->out);
}

static void write_claims(struct page *page)
{
	claims_write_html(page->report, page->out);
}

static void write_unit(struct page *page)
{
	size_t i;

	fputs("Times in microseconds (µs)", page->out);
	for (i = 0; i < page->report->n_inputs; i++)
		if (page->report->inputs[i].instructions) {
			fputs("; instructions executed where the file was counted instead of timed",
			      page->out);
			break;
		}
}

static void write_system(struct page *page)
{
	const struct sysinfo_field *field;
	char number[32];
	size_t i;

	for (i = 0; i < page->report->n_inputs; i++) {
		const struct report_input *in = &page->report->inputs[i];

		if (in->continued)
			continue;
		if (report_count_files(page->report) > 1) {
			fputs("<h3>", page->out);
			html_escape(in->file, page->out);
			fputs("</h3>\n", page->out);
		}
		fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", page->out);
		for (field = sysinfo_fields; field->key; field++) {
			fprintf(page->out, "<tr><th>%s</th><td>", field->label);
			html_escape(sysinfo_text(&in->run.system, field, number, sizeof(number)),
				    page->out);
			fputs("</td></tr>\n", page->out);
		}
		if (*in->run.load_command) {
			fputs("<tr><th>load command</th><td>", page->out);
			html_escape(in->run.load_command, page->out);
			fputs("</td></tr>\n", page->out);
		}
		fputs("</tbody></table></div>\n", page->out);
	}
}

static void write_data(struct page *page)
{
	size_t i;

	for (i = 0; i < page->report->n_inputs; i++) {
		const struct report_input *in = &page->report->inputs[i];

		if (in->continued)
			continue;
		fputs("<li><a download=\"", page->out);
		html_escape(in->file, page->out);
		fputs(".json\" href=\"data:application/json;base64,", page->out);
		base64(in->text, in->len, page->out);
		fputs("\">", page->out);
		html_escape(in->file, page->out);
		fprintf(page->out, ".json</a> (%zu KB)</li>\n", (in->len + 999) / 1000);
	}
}

static void write_version(struct page *page)
{
	fputs(PROCIRQ_VERSION, page->out);
}

static const struct {
	const char *marker;
	void (*write)(struct page *page);
} markers[] = {
	{ "@TITLE@", write_title },	      { "@WARNINGS@", write_warnings },
	{ "@TABLE@", write_table },	      { "@FIGURES@", write_figures },
	{ "@SYSTEM@", write_system },	      { "@DATA@", write_data },
	{ "@VERSION@", write_version },	      { "@NOTES@", write_notes },
	{ "@HEADING@", write_heading_text },  { "@UNIT@", write_unit },
	{ "@COMPARISON@", write_comparison }, { "@CLAIMS@", write_claims },
};

/**
 * page_write - the whole page
 * @report: inputs
 * @figures: drawn figures, or NULL
 * @out: HTML file
 */
void page_write(const struct report *report, const struct figures *figures, FILE *out)
{
	struct page page = { report, figures, out };
	const char *text = template_page;
	size_t i, len;

	while (*text) {
		for (i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
			len = strlen(markers[i].marker);
			if (strncmp(text, markers[i].marker, len))
				continue;
			markers[i].write(&page);
			text += len;
			break;
		}
		if (i == sizeof(markers) / sizeof(markers[0]))
			fputc(*text++, out);
	}
}

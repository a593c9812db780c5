// SPDX-License-Identifier: GPL-2.0-or-later
/* Who made the longest chains of a trace late: the section of the page, and of the text. */

#include <inttypes.h>
#include <string.h>

#include "report.h"

/* Causes of a tail that have a row of their own. */
#define CAUSES_SHOWN 6

/* A chain in words, with all tasks that it went through. */
#define LONGEST_BYTES 1536

static const char *line_text(const struct explained_chain *c, char text[REPORT_TITLE_BYTES])
{
	if (c->irq == RESULT_NO_IRQ)
		snprintf(text, REPORT_TITLE_BYTES, "%s", c->source);
	else
		snprintf(text, REPORT_TITLE_BYTES, "%s, irq %" PRIu64, c->source, c->irq);
	return text;
}

/* @unit: "us" where a terminal may not know "µs" */
static const char *us_text(uint64_t ns, const char *unit, char text[REPORT_TIME_BYTES])
{
	snprintf(text, REPORT_TIME_BYTES, "%.2f %s", (double)ns / 1000, unit);
	return text;
}

/* "the 12 beyond p99.9, of 70.14 us or more" */
static void tail_text(const struct explained_line *line, const char *unit, char *text, size_t size)
{
	bool few = !strcmp(line->label, "worst");
	char from[REPORT_TIME_BYTES];

	us_text(line->from_ns, unit, from);
	if (few)
		snprintf(text, size, "the longest %" PRIu64 ", of %s or more", line->tail, from);
	else
		snprintf(text, size, "the %" PRIu64 " beyond %s, of %s or more", line->tail,
			 line->label, from);
}

static void cause_text(const struct explained_line *line, const struct explained_cause *c,
		       char *text, size_t size)
{
	snprintf(text, size, "%.0f %%: %s, in \"%s\"; %.0f %% of their time",
		 100.0 * (double)c->n / (double)line->tail, c->text, c->stage,
		 line->tail_ns ? 100.0 * (double)c->ns / (double)line->tail_ns : 0);
}

static size_t n_shown(const struct explained_line *line)
{
	return line->n_causes < CAUSES_SHOWN ? line->n_causes : CAUSES_SHOWN;
}

/* Chains whose cause is not shown. */
static uint64_t n_others(const struct explained_line *line)
{
	uint64_t n = line->tail;

	for (size_t i = 0; i < n_shown(line); i++)
		n -= line->causes[i].n;
	return n;
}

/* " through napi/eth0-12:70, server:71"; empty where it went to the task itself */
static void way_text(const struct explained_chain *c, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < c->n_hops && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s:%" PRId64,
					i ? ", " : " through ", c->hops[i].task, c->hops[i].pid);
}

static void max_text(const struct explained_chain *c, const char *unit, char *text, size_t size)
{
	char total[REPORT_TIME_BYTES], part[REPORT_TIME_BYTES], way[LONGEST_BYTES / 2];

	way_text(c, way, sizeof(way));
	snprintf(text, size,
		 "%s at %.6f s, from CPU %" PRId64 "%s to %s:%" PRId64 " on CPU %" PRId64
		 ": %s for %s in \"%s\"",
		 us_text(c->total_ns, unit, total), (double)c->start_ns / 1e9, c->irq_cpu, way,
		 c->task, c->pid, c->task_cpu, c->cause, us_text(c->cause_ns, unit, part),
		 c->stage);
}

/* --- the page ---------------------------------------------------------------- */

static const char unit[] = "µs";

static void write_line(const struct explained_line *line, FILE *out)
{
	char title[REPORT_TITLE_BYTES], text[REPORT_CUT_BYTES], longest[LONGEST_BYTES];
	uint64_t others = n_others(line);

	html_print(out, "<tr><th>%s</th>", line_text(&line->max, title));
	fprintf(out, "<td>%" PRIu64 " chain%s. The longest: ", line->n, line->n == 1 ? "" : "s");
	max_text(&line->max, unit, longest, sizeof(longest));
	html_escape(longest, out);
	tail_text(line, unit, text, sizeof(text));
	html_print(out, ".<br>Of %s:<ul>\n", text);
	for (size_t i = 0; i < n_shown(line); i++) {
		cause_text(line, &line->causes[i], text, sizeof(text));
		html_print(out, "<li>%s</li>\n", text);
	}
	if (others)
		fprintf(out, "<li>%.0f %%: other causes</li>\n",
			100.0 * (double)others / (double)line->tail);
	fputs("</ul></td></tr>\n", out);
}

static void write_cell(const char *label, const char *text, FILE *out)
{
	html_print(out, "<td class=\"number\" data-label=\"%s\">%s</td>", label, text);
}

static void write_hop(const struct explained_hop *hop, FILE *out)
{
	char text[REPORT_CUT_BYTES], wake[REPORT_TIME_BYTES], queue[REPORT_TIME_BYTES],
		run[REPORT_TIME_BYTES];

	snprintf(text, sizeof(text),
		 "through %s:%" PRId64 " on CPU %" PRId64 ": woken in %s, waited %s, ran %s",
		 hop->task, hop->pid, hop->cpu, us_text(hop->wake_ns, unit, wake),
		 us_text(hop->queue_ns, unit, queue), us_text(hop->run_ns, unit, run));
	html_print(out, "<br><span class=\"dim\">%s</span>", text);
}

static void write_chain(const struct explained_chain *c, FILE *out)
{
	char title[REPORT_TITLE_BYTES], text[REPORT_CUT_BYTES];

	html_print(out, "<tr class=\"way\"><th>%s</th>", line_text(c, title));
	html_print(out, "<td>%s, in %s", c->cause, c->stage);
	for (size_t i = 0; i < c->n_hops; i++)
		write_hop(&c->hops[i], out);
	fputs("</td>", out);
	write_cell("took", us_text(c->total_ns, unit, text), out);
	write_cell("by the cause", us_text(c->cause_ns, unit, text), out);
	snprintf(text, sizeof(text), "%.6f s", (double)c->start_ns / 1e9);
	write_cell("at", text, out);
	snprintf(text, sizeof(text), "%s:%" PRId64, c->task, c->pid);
	write_cell("woke", text, out);
	fputs("</tr>\n", out);
}

static void write_chains(const struct report_input *in, FILE *out)
{
	static const char *const labels[] = { "took", "by the cause", "at", "woke" };
	const struct explained *e = &in->run.explained;

	if (!e->n_chains)
		return;
	fputs("<h3>The longest chains</h3>\n<div class=\"scroll\"><table class=\"results chains\">\n<thead><tr><th>interrupt</th><th>cause</th>",
	      out);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		html_print(out, "<th class=\"number\">%s</th>", labels[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < e->n_chains; i++)
		write_chain(&e->chains[i], out);
	fputs("</tbody></table></div>\n", out);
	if (!e->events)
		return;
	html_print(out, "<p><a download=\"%s-chains.json\" href=\"data:application/json;base64,",
		   in->file);
	html_base64(e->events, strlen(e->events), out);
	html_print(
		out,
		"\">%s-chains.json</a>: everything that ran on their CPUs, to look at with ui.perfetto.dev or chrome://tracing.</p>\n",
		in->file);
}

static bool is_explained(const struct report *report)
{
	for (size_t i = 0; i < report->n_inputs; i++) {
		if (report->inputs[i].run.explained.n_lines)
			return true;
	}
	return false;
}

/* Nothing where no result has it. */
void explain_write_html(const struct report *report, FILE *out)
{
	if (!is_explained(report))
		return;
	fputs("<h2>Who made them late</h2>\n<p class=\"dim\">The cause of a chain is what had the CPU that a stage waited for, for longer than anything else. Interrupts are in the order of their longest chains.</p>\n",
	      out);
	for (size_t i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		if (!in->run.explained.n_lines)
			continue;
		if (report_count_files(report) > 1)
			html_print(out, "<h3>%s</h3>\n", in->file);
		fputs("<div class=\"scroll\"><table class=\"facts causes\"><tbody>\n", out);
		for (size_t k = 0; k < in->run.explained.n_lines; k++)
			write_line(&in->run.explained.lines[k], out);
		fputs("</tbody></table></div>\n", out);
		write_chains(in, out);
	}
}

/* --- the text ---------------------------------------------------------------- */

/* Of one input; nothing where it does not have it. */
void explain_write_text(const struct report_input *in, int columns, FILE *out)
{
	const struct explained *e = &in->run.explained;
	char title[REPORT_TITLE_BYTES], text[LONGEST_BYTES];

	if (e->n_lines)
		fputs("\nWho made them late:\n", out);
	for (size_t i = 0; i < e->n_lines; i++) {
		const struct explained_line *line = &e->lines[i];
		uint64_t others = n_others(line);

		fprintf(out, "%s\n  max ", line_text(&line->max, title));
		max_text(&line->max, "us", text, sizeof(text));
		text_wrap(text, 6, columns, out);
		fputs("  ", out);
		tail_text(line, "us", text, sizeof(text));
		text_wrap(text, 4, columns, out);
		for (size_t k = 0; k < n_shown(line); k++) {
			fputs("    ", out);
			cause_text(line, &line->causes[k], text, sizeof(text));
			text_wrap(text, 6, columns, out);
		}
		if (others)
			fprintf(out, "    %.0f %%: other causes\n",
				100.0 * (double)others / (double)line->tail);
	}
}

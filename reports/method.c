// SPDX-License-Identifier: GPL-2.0-or-later
/* How results were measured, in words: of irqlat bench, and of irqlat trace. */

#include <inttypes.h>
#include <string.h>

#include "report.h"

/* It would break the sentences: */
/* clang-format off */
static const char bench_method[] =
	"<p><b>Raised to user</b> runs from just before the source raised the interrupt to the return of the\n"
	"system call the thread was blocked in. It is the sum of <b>raised to handler</b> and\n"
	"<b>handler to user</b>, whose border is the moment the hard interrupt handler took the interrupt.\n"
	"A new interrupt is raised only after the one before has arrived and the thread sleeps again.</p>\n"
	"<p><b>timerfd, nanosleep and signal</b> keep to a schedule of expiries instead, and are timed from the intended\n"
	"expiry. Those that passed while the thread was late are missed periods: they count as coalesced, and each is a\n"
	"sample. With <b>missed periods left out</b>, each return counts once, as a program shows it that skips them.</p>\n"
	"<p><b>Raised</b> = delivered + coalesced + lost. Coalesced interrupts came together with an earlier one.\n"
	"The measuring program's own overhead is contained in the times, not subtracted.</p>\n";

static const char trace_method[] =
	"A <b>chain</b> begins when the handler of an interrupt is entered, and follows what the handler "
	"starts until the task that it woke is back in <b>user space</b>, or until a <b>task</b> runs that does "
	"not go there: a thread of the kernel, or one that sleeps again. Each event on the way ends one stage "
	"and begins the next, so the stages of a chain add up to its total. A wake-up counts for an interrupt "
	"only where nothing else can have caused it.";
/* clang-format on */

/**
 * struct chain_account - what became of the interrupts of one handler on one CPU
 * @row: any of its rows
 * @others: neither of the others
 */
struct chain_account {
	const struct result *row;
	uint64_t others;
};

/* Is @r the first row of its handler and CPU? Then its account is @account. */
static bool first_of_account(const struct run *run, const struct result *r,
			     struct chain_account *account)
{
	uint64_t known = r->delivered + r->coalesced + (uint64_t)r->lost;

	for (const struct result *before = run->results; before < r; before++)
		if (result_is_trace(before) && before->cpu == r->cpu && report_same_line(before, r))
			return false;
	*account = (struct chain_account){ .row = r,
					   .others = r->raised > known ? r->raised - known : 0 };
	/* Chains of several handlers of a line: their interrupts are in their rows. */
	return r->raised > 0;
}

static const char *irq_text(const struct result *r, char text[REPORT_TITLE_BYTES])
{
	if (r->irq == RESULT_NO_IRQ)
		snprintf(text, REPORT_TITLE_BYTES, "%s", r->source);
	else
		snprintf(text, REPORT_TITLE_BYTES, "%s, irq %" PRIu64, r->source, r->irq);
	return text;
}

static void write_accounts(const struct report_input *in, FILE *out)
{
	const struct result *end = in->run.results + in->run.n_results, *r;
	static const char *const labels[] = { "interrupts", "to user space", "coalesced", "lost",
					      "others" };
	struct chain_account account;

	fputs("<div class=\"scroll\"><table class=\"results\">\n<thead><tr><th>interrupt</th><th>CPU</th>",
	      out);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		html_print(out, "<th class=\"number\">%s</th>", labels[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (r = in->run.results; r < end; r++) {
		char title[REPORT_TITLE_BYTES];

		if (!result_is_trace(r) || !first_of_account(&in->run, r, &account))
			continue;
		html_print(out, "<tr><th>%s</th>", irq_text(r, title));
		fprintf(out, "<td>CPU %" PRId64 "</td>", r->cpu);
		fprintf(out,
			"<td class=\"number\" data-label=\"%s\">%" PRIu64
			"</td><td class=\"number\" data-label=\"%s\">%" PRIu64
			"</td><td class=\"number\" data-label=\"%s\">%" PRIu64
			"</td><td class=\"number\" data-label=\"%s\">%" PRId64
			"</td><td class=\"number\" data-label=\"%s\">%" PRIu64 "</td></tr>\n",
			labels[0], r->raised, labels[1], r->delivered, labels[2], r->coalesced,
			labels[3], r->lost, labels[4], account.others);
	}
	fputs("</tbody></table></div>\n", out);
}

static void write_trace(const struct report *report, FILE *out)
{
	fprintf(out, "<p>%s</p>\n<div class=\"scroll\"><table class=\"facts meanings\"><tbody>\n",
		trace_method);
	for (int stage = 0; stage < CHAIN_STAGES; stage++)
		html_print(out, "<tr><th>%s</th><td>%s</td></tr>\n", chain_stages[stage].name,
			   chain_stages[stage].meaning);
	fputs("</tbody></table></div>\n<p>Every interrupt has one outcome. <b>Coalesced</b>: the softirq or thread was already at work for an earlier one. <b>Lost</b>: events of the recording are missing. <b>Others</b> woke nobody, or only tasks that did not go to user space, or cannot be told: the data has each cause.</p>\n",
	      out);
	for (size_t i = 0; i < report->n_inputs; i++) {
		bool any = false;

		for (size_t j = 0; j < report->inputs[i].run.n_results; j++)
			any |= result_is_trace(&report->inputs[i].run.results[j]);
		if (!any)
			continue;
		if (report->n_inputs > 1)
			html_print(out, "<h3>%s</h3>\n", report->inputs[i].label);
		write_accounts(&report->inputs[i], out);
	}
}

/* What the figures mean: that of each program whose results are in the report. */
void method_write_html(const struct report *report, FILE *out)
{
	if (report_has_rows(report, false))
		fputs(bench_method, out);
	if (report_has_rows(report, true))
		write_trace(report, out);
}

/* The stages of irqlat trace, for terminals; nothing without its results. */
void method_write_text(const struct report *report, int columns, FILE *out)
{
	if (!report_has_rows(report, true))
		return;
	fputs("Stages:\n", out);
	for (int stage = 0; stage < CHAIN_STAGES; stage++) {
		fprintf(out, "  %-13s ", chain_stages[stage].name);
		text_wrap(chain_stages[stage].meaning, 16, columns, out);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace: tables for people. */

#include <inttypes.h>
#include <string.h>

#include "results/result.h"
#include "trace.h"

/* A column of a table, in the unit of the run; "n/a" if the time is not known. */
void trace_text_time(const struct trace_run *run, bool known, uint64_t ns, FILE *out)
{
	if (!known)
		fprintf(out, " %9s", "n/a");
	else if (run->config->nanoseconds)
		fprintf(out, " %9" PRIu64, ns);
	else
		fprintf(out, " %9.2f", (double)ns / 1000);
}

static void print_irq(const struct stats_row *row, FILE *out)
{
	if (row->irq < 0)
		fprintf(out, "%5s", "-");
	else
		fprintf(out, "%5d", row->irq);
	if (row->cpu == STATS_ALL_CPUS)
		fprintf(out, " %-18.18s %4s", row->name, "all");
	else
		fprintf(out, " %-18.18s %4u", row->name, row->cpu);
}

static void print_row(const struct trace_run *run, const struct stats_row *row, const char *end,
		      int stage, const struct hist *h, FILE *out)
{
	static const uint32_t ppm[] = { 500000, 900000, 990000, 999000 };

	print_irq(row, out);
	fprintf(out, " %-4s %-12s %8" PRIu64, end, chain_stages[stage].name, h->n);
	trace_text_time(run, h->n, h->min, out);
	for (size_t i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++) {
		uint64_t value = 0;
		bool known = hist_percentile(h, ppm[i], &value);

		trace_text_time(run, known, value, out);
	}
	trace_text_time(run, h->n, h->max, out);
	fputc('\n', out);
}

static bool stage_wanted(const struct trace_run *run, int stage)
{
	uint32_t stages = run->config->filter.stages;

	return !stages || stages >> stage & 1;
}

static bool print_stages(const struct trace_run *run, const struct stats_row *row, FILE *out)
{
	bool any = false;

	for (int end = 0; end < CHAIN_ENDS; end++) {
		if (!(run->config->wanted_ends >> end & 1))
			continue;
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			const struct hist *h = row->hist[end][stage];

			if (!h || !h->n || !stage_wanted(run, stage))
				continue;
			/* A handler without chains says little. */
			if (stage == CHAIN_STAGE_IRQ && !any && row->irq < 0)
				continue;
			print_row(run, row, stage == CHAIN_STAGE_IRQ ? "-" : chain_end_names[end],
				  stage, h, out);
			any = true;
		}
	}
	return any;
}

/* Print the headings of the rows of trace_text_row(). */
void trace_text_headings(const struct trace_run *run, FILE *out)
{
	fprintf(out, "%5s %-18s %4s %-4s %-12s %8s %9s %9s %9s %9s %9s %9s  (%s)\n", "IRQ", "NAME",
		"CPU", "END", "STAGE", "N", "MIN", "P50", "P90", "P99", "P99.9", "MAX",
		run->config->nanoseconds ? "ns" : "us");
}

/* Print a line for each end and stage of a row. Returns whether there are any. */
bool trace_text_row(const struct trace_run *run, const struct stats_row *row, FILE *out)
{
	return row->wanted && print_stages(run, row, out);
}

/**
 * trace_text_table - print a row for each interrupt, CPU, end and stage
 * @run: its options apply
 * @stats: what to print; sorted
 * @out: where to
 */
void trace_text_table(const struct trace_run *run, const struct stats *stats, FILE *out)
{
	bool any = false;

	trace_text_headings(run, out);
	for (size_t i = 0; i < stats->n_rows; i++)
		any |= trace_text_row(run, stats->rows[i], out);
	if (!any)
		fputs(TRACE_TEXT_NOTHING, out);
}

static void print_account_row(const struct stats_row *row, FILE *out)
{
	uint64_t unmatched = 0;
	bool first = true;

	for (int o = 0; o < OUTCOME_LOST; o++)
		unmatched += row->outcomes[o];
	print_irq(row, out);
	fprintf(out, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %6" PRIu64 " %8" PRIu64 "  ",
		row->seen, row->outcomes[OUTCOME_MATCHED], unmatched, row->outcomes[OUTCOME_LOST],
		row->outcomes[OUTCOME_NEGATIVE]);
	for (int o = 0; o < OUTCOME_LOST; o++) {
		if (!row->outcomes[o])
			continue;
		fprintf(out, "%s%s %" PRIu64, first ? "" : ", ", chain_outcome_names[o],
			row->outcomes[o]);
		first = false;
	}
	fputc('\n', out);
}

/* Print what became of the interrupts. */
void trace_text_accounts(const struct trace_run *run, FILE *out)
{
	uint64_t outcomes[OUTCOMES], seen, unmatched = 0;

	fprintf(out,
		"\nEvery interrupt: seen = matched + unmatched + lost + negative\n"
		"%5s %-18s %4s %9s %9s %9s %6s %8s  %s\n",
		"IRQ", "NAME", "CPU", "SEEN", "MATCHED", "UNMATCHED", "LOST", "NEGATIVE",
		"UNMATCHED, BY CAUSE");
	for (size_t i = 0; i < run->total.n_rows; i++) {
		if (run->total.rows[i]->wanted && run->total.rows[i]->seen)
			print_account_row(run->total.rows[i], out);
	}
	stats_outcomes(&run->total, outcomes, &seen);
	for (int o = 0; o < OUTCOME_LOST; o++)
		unmatched += outcomes[o];
	fprintf(out, "%29s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %6" PRIu64 " %8" PRIu64 "\n",
		"all", seen, outcomes[OUTCOME_MATCHED], unmatched, outcomes[OUTCOME_LOST],
		outcomes[OUTCOME_NEGATIVE]);
}

static void print_lost(const struct trace_run *run, FILE *out)
{
	const struct merge_counts *m = &run->counts.merge;
	char count[32] = "an unknown number of";

	if (m->lost)
		snprintf(count, sizeof(count), "%" PRIu64, m->lost);
	fprintf(out,
		"WARNING: %s events%s lost in %" PRIu64
		" gap%s; chains they may belong to are counted as lost%s\n",
		count, m->lost && m->lost_unknown ? ", and an unknown number," : "", run->n_gaps,
		run->n_gaps == 1 ? "" : "s", run->config->input ? "" : "; more room: --buffer");
}

static void print_gap(const struct trace_gap *gap, FILE *out)
{
	double from = (double)gap->ts_ns / 1e9;
	double until = (double)gap->until_ns / 1e9;

	fprintf(out, "  CPU %u, ", gap->cpu);
	if (gap->lost == SUBBUF_MISSED_UNKNOWN)
		fputs("? events", out);
	else
		fprintf(out, "%" PRIu64 " events", gap->lost);
	if (!gap->ts_ns && !gap->until_ns)
		fputs(", all there were\n", out);
	else if (!gap->ts_ns)
		fprintf(out, " before %.6f s\n", until);
	else if (!gap->until_ns)
		fprintf(out, " after %.6f s\n", from);
	else
		fprintf(out, " between %.6f and %.6f s\n", from, until);
}

/* Print warnings about lost events, with their times, and other faults of the trace. */
void trace_text_gaps(const struct trace_run *run, FILE *out)
{
	const struct merge_counts *m = &run->counts.merge;

	if (m->lost || m->lost_unknown)
		print_lost(run, out);
	for (uint64_t i = 0; i < run->n_gaps && i < TRACE_GAPS_MAX; i++)
		print_gap(&run->gaps[i], out);
	if (run->n_gaps > TRACE_GAPS_MAX)
		fprintf(out, "  and %" PRIu64 " more gaps\n", run->n_gaps - TRACE_GAPS_MAX);
	if (m->corrupt || run->counts.malformed)
		fprintf(out,
			"WARNING: %" PRIu64 " sub-buffers and %" PRIu64 " events are corrupt\n",
			m->corrupt, run->counts.malformed);
	if (trace_run_no_memory(run))
		fprintf(out,
			"WARNING: memory ran out %" PRIu64
			" times; interrupts or times are missing\n",
			trace_run_no_memory(run));
	if (m->backwards)
		fprintf(out,
			"WARNING: time ran backwards %" PRIu64
			" times; the trace clock is not fit for this\n",
			m->backwards);
}

/* Print the facts about the system that the figures depend on. */
void trace_text_header(const struct trace_run *run, FILE *out)
{
	const struct sysinfo_field *field;
	char number[32];

	for (field = sysinfo_fields; field->key; field++) {
		const char *text = sysinfo_text(&run->system, field, number, sizeof(number));

		if (strcmp(text, "-"))
			fprintf(out, "%-15s %s\n", field->label, text);
	}
	if (run->config->in_kernel)
		fprintf(out, "%-15s %s%s\n", "collector",
			run->collected ? "BPF programs in the kernel" :
					 "hist triggers; no BPF programs: ",
			run->no_collector.text);
	for (size_t i = 0; i < run->system.n_warnings; i++)
		fprintf(out, "WARNING: %s\n", run->system.warnings[i]);
	fputc('\n', out);
}

/**
 * trace_text_summary - print the table of the whole run and its accounting
 * @run: finished
 * @out: where to
 */
void trace_text_summary(const struct trace_run *run, FILE *out)
{
	double seconds = (double)(run->ended_ns - run->started_ns) / 1e9;

	fprintf(out, "%.3f s, %" PRIu64 " events%s\n\n", seconds, run->counts.events,
		run->interrupted ? ", interrupted" : "");
	trace_text_table(run, &run->total, out);
	trace_text_accounts(run, out);
	if (run->config->runs && trace_runs_text(run, out))
		fputs("WARNING: memory ran out for the table of handlers, softirqs and work items\n",
		      out);
	trace_limits_text(run, out);
	if (!run->sees_user)
		fputs("System calls were not recorded: chains end when the task runs.\n", out);
	trace_text_gaps(run, out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace --in-kernel: tables for people. */

#include <inttypes.h>

#include "results/result.h"
#include "trace.h"

/* How exact the figures are, which the tables do not show. */
void trace_kernel_resolution(const struct trace_config *config, char *text, size_t size)
{
	if (config->bucket_ns)
		snprintf(
			text, size,
			"histograms of the kernel, in buckets of %" PRIu64
			" ns: MIN is the lower end of a bucket, the rest upper ends; the mean is exact",
			config->bucket_ns);
	else
		snprintf(
			text, size,
			"histograms of the kernel, in powers of two: MIN is the lower end of a bucket, the rest upper ends, up to twice the true value; the mean is exact; -b for finer ones");
}

static const struct kernhist_account *account_of(const struct kernhist_counts *counts,
						 const struct stats_row *row)
{
	for (size_t i = 0; i < counts->n_accounts; i++) {
		const struct kernhist_account *k = &counts->accounts[i];

		if (k->irq == row->irq && k->cpu == row->cpu)
			return k;
	}
	return NULL;
}

static void print_accounts(const struct trace_run *run, FILE *out)
{
	fprintf(out,
		"\nEvery interrupt with a number, counted by the kernel\n"
		"%5s %-18s %4s %9s %9s %9s %9s  %s\n",
		"IRQ", "NAME", "CPU", "SEEN", "TIMED", "WAKE-UPS", "RAN",
		"MEAN, us (handler, to switch in)");
	for (size_t i = 0; i < run->total.n_rows; i++) {
		const struct stats_row *row = run->total.rows[i];
		const struct kernhist_account *k = account_of(&run->kernel, row);
		const struct hist *irq = row->hist[CHAIN_END_USER][CHAIN_STAGE_IRQ];
		const struct hist *total = row->hist[CHAIN_END_TASK][CHAIN_STAGE_TOTAL];

		if (!k || !row->wanted)
			continue;
		fprintf(out,
			"%5d %-18.18s %4u %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
			"  %.3f %.3f\n",
			k->irq, row->name, k->cpu, k->seen, k->timed, k->woke, k->ran,
			irq ? hist_mean(irq) / 1000 : 0, total ? hist_mean(total) / 1000 : 0);
	}
}

/**
 * trace_kernel_summary - print the table of the whole run and its accounting
 * @run: finished
 * @out: where to
 */
void trace_kernel_summary(const struct trace_run *run, FILE *out)
{
	const struct kernhist_counts *counts = &run->kernel;
	uint64_t woke = 0, ran = 0;
	char text[SYSINFO_WARNING_BYTES];

	trace_kernel_resolution(run->config, text, sizeof(text));
	fprintf(out, "%.3f s, %s%s\n\n", (double)(run->ended_ns - run->started_ns) / 1e9, text,
		run->interrupted ? ", interrupted" : "");
	trace_text_table(run, &run->total, out);
	print_accounts(run, out);
	for (size_t i = 0; i < counts->n_accounts; i++) {
		woke += counts->accounts[i].woke;
		ran += counts->accounts[i].ran;
	}
	fprintf(out,
		"Of %" PRIu64 " wake-ups %" PRIu64 " led to a switch in, %" PRIu64
		" found the task still running, the rest had not ended.\n"
		"Only wake-ups by handlers, and of irq threads, are followed here, not softirqs and works.\n",
		woke, ran, counts->running);
	if (counts->dropped)
		fprintf(out,
			"WARNING: %" PRIu64
			" times had no room in the kernel's tables and were dropped; use wider buckets or --irq\n",
			counts->dropped);
	if (counts->malformed)
		fprintf(out, "WARNING: %" PRIu64 " rows of the kernel's text were not understood\n",
			counts->malformed);
}

/* What the collector could not count, by enum collect_loss. */
static const char *const losses[COLLECT_LOSSES] = {
	[COLLECT_NO_ROW] = "interrupts had no row and are not counted",
	[COLLECT_NO_ROOT] = "interrupts could not be followed and are counted as lost",
	[COLLECT_NO_TASK] = "wake-ups had no room; their interrupts are counted as lost",
	[COLLECT_NO_WORK] = "work items had no room; their interrupts are counted as lost",
	[COLLECT_NO_HIST] = "times had no histogram and were dropped",
	[COLLECT_NO_GROUP] = "times had no buckets and were dropped",
	[COLLECT_TOO_LONG] = "times were longer than 18 minutes and were dropped",
};

/**
 * trace_collector_summary - print the table of the whole run and its accounting
 * @run: finished; BPF programs counted
 * @out: where to
 */
void trace_collector_summary(const struct trace_run *run, FILE *out)
{
	const struct collector_counts *counts = &run->collector;

	fprintf(out, "%.3f s, collected by BPF programs in the kernel%s\n\n",
		(double)(run->ended_ns - run->started_ns) / 1e9,
		run->interrupted ? ", interrupted" : "");
	trace_text_table(run, &run->total, out);
	trace_text_accounts(run, out);
	fputs("System calls are not followed: chains end when the task runs.\n", out);
	for (int loss = 0; loss < COLLECT_LOSSES; loss++) {
		if (counts->lost[loss])
			fprintf(out, "WARNING: %" PRIu64 " %s\n", counts->lost[loss], losses[loss]);
	}
	if (counts->nested)
		fprintf(out,
			"WARNING: %" PRIu64
			" events came within one of the same kind and are missing\n",
			counts->nested);
}

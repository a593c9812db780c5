// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -T: what of the run was compared with the limits, for people. */

#include <inttypes.h>

#include "trace.h"

static void print_worst(const struct trace_over *over, FILE *out)
{
	fputs("  exceeded:", out);
	if (over->irq >= 0)
		fprintf(out, " %d", over->irq);
	fprintf(out, " %s on CPU %u", over->name, over->cpu);
	if (over->at_ns)
		fprintf(out, " at %.6f s, woke %s:%d", (double)over->at_ns / 1e9, over->comm,
			over->pid);
	fputc('\n', out);
}

static void print_limit(const struct trace_run *run, size_t i, FILE *out)
{
	const struct trace_limit *limit = &run->config->limits[i];
	const struct trace_over *over = &run->limit_over[i];
	struct trace_limit_sum sum = trace_limit_sum(run, limit);

	fprintf(out, "%-28s %9" PRIu64 " %9" PRIu64, limit->text, sum.n, over->n);
	if (!sum.n)
		fprintf(out, " %12s  no sample: not decided\n", "n/a");
	else if (run->config->nanoseconds)
		fprintf(out, " %12" PRIu64, sum.max_ns);
	else
		fprintf(out, " %12.2f", (double)sum.max_ns / 1000);
	if (sum.n && !over->n)
		fputs("  kept\n", out);
	else if (over->n)
		print_worst(over, out);
}

/* A row for each limit; nothing where there is none. */
void trace_limits_text(const struct trace_run *run, FILE *out)
{
	if (!run->config->n_limits)
		return;
	fprintf(out, "\n%-28s %9s %9s %12s  (%s)\n", "LIMIT", "SAMPLES", "OVER", "MAX",
		run->config->nanoseconds ? "ns" : "us");
	for (size_t i = 0; i < run->config->n_limits; i++)
		print_limit(run, i, out);
}

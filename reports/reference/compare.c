// SPDX-License-Identifier: GPL-2.0-or-later
/* Measured results beside the figures that others published. */

#include <inttypes.h>
#include <string.h>

#include "ref.h"

#define VALUE_WIDTH 12

/* Does a stage compare? Of upcalls, only the paths that wake no thread do. */
static bool is_stage(const struct stage_info *stage, const struct ref_comparison *with)
{
	if (with->upcall)
		return stage == &bench_stages[BENCH_STAGE_TO_USER_DIRECT] ||
		       stage == &bench_stages[BENCH_STAGE_TO_USER_RETURN];
	return stage == with->stage;
}

/* Does a row of a run compare with the claims? */
static bool is_ours(const struct result *r, const struct ref_comparison *with)
{
	bool upcall = !strncmp(r->way, "uli", 3);

	return with->stage && r->hist.n && is_stage(stage_find(r->stage), with) &&
	       upcall == with->upcall && (upcall || !strcmp(r->wait, "block"));
}

/* Returns how many rows of the run compare. */
static size_t print_ours(const struct run *run, const struct ref_comparison *with,
			 const struct text_style *style, FILE *out)
{
	size_t i, n = 0;

	for (i = 0; i < run->n_results; i++) {
		const struct result *r = &run->results[i];
		uint64_t p50 = 0, p99 = 0;
		bool has_p50 = hist_percentile(&r->hist, 500000, &p50);
		bool has_p99 = hist_percentile(&r->hist, 990000, &p99);

		if (!is_ours(r, with))
			continue;
		if (!n++)
			fprintf(out, "  ours, %-33s %11s %11s %11s %11s\n",
				style->nanoseconds ? "ns" : "us", "mean", "p50", "p99", "max");
		fprintf(out, "    %-12s %-22s ", r->way, r->stage);
		text_time(true, (uint64_t)hist_mean(&r->hist), VALUE_WIDTH, style, out);
		text_time(has_p50, p50, VALUE_WIDTH, style, out);
		text_time(has_p99, p99, VALUE_WIDTH, style, out);
		text_time(true, r->hist.max, VALUE_WIDTH, style, out);
		fputc('\n', out);
	}
	return n;
}

/**
 * ref_compare - print the rows of a run below the claims that they compare with
 * @run: what was measured
 * @style: unit of times
 * @out: where to print
 */
void ref_compare(const struct run *run, const struct text_style *style, FILE *out)
{
	const struct ref_claim *c;
	int kind;

	fputs("\nBeside published claims (irqlat ref has source and conditions):\n", out);
	for (kind = 0; kind < REF_KINDS; kind++) {
		const struct ref_comparison *with = &ref_comparisons[kind];

		fputc('\n', out);
		for (c = ref_claims; c->system; c++)
			if ((int)c->kind == kind)
				fprintf(out, "  claim: %s %s (%s), %s, %s\n", c->system, c->figure,
					c->statistic, c->what, c->date);
		if (!print_ours(run, with, style, out))
			fputs("  ours: nothing in this run compares\n", out);
		fprintf(out, "  may be compared with:     %s\n  may not be compared with: %s\n",
			with->may, with->may_not);
	}
	if (run->system.emulated)
		fputs("\n  WARNING: this system is emulated: none of its times may be compared with the claims\n",
		      out);
}

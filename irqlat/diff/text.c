// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison for people: one row of text for each row. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "diff.h"

/* Facts that differ between any two runs say nothing about the conditions. */
static bool is_condition(const struct sysinfo_field *field)
{
	return strcmp(field->key, "date") && strcmp(field->key, "clock_overhead");
}

static void print_conditions(const struct diff *diff, FILE *out)
{
	const struct sysinfo_field *field;
	char number[2][32];
	const char *text[2];
	int side;

	for (field = sysinfo_fields; field->key; field++) {
		for (side = 0; side < 2; side++)
			text[side] = sysinfo_text(&diff->run[side]->system, field, number[side],
						  sizeof(number[side]));
		if (is_condition(field) && strcmp(text[0], text[1]))
			fprintf(out, "NOTE: %s differs: A %s, B %s\n", field->label, text[0],
				text[1]);
	}
	for (side = 0; side < 2; side++)
		if (diff->run[side]->interrupted)
			fprintf(out, "NOTE: %c was interrupted: it is part of a run\n", 'A' + side);
}

/* What the rows below it have in common. */
static void print_heading(const struct result *r, FILE *out)
{
	fprintf(out, "%s, ", r->source);
	if (r->irq != RESULT_NO_IRQ)
		fprintf(out, "irq %" PRIu64 ", ", r->irq);
	if (strcmp(r->load, RESULT_NO_LOAD))
		fprintf(out, "load %s, ", r->load);
	fprintf(out, "CPU %" PRId64 "\n", r->cpu);
}

static bool has_same_heading(const struct result *a, const struct result *b)
{
	return a && !strcmp(a->source, b->source) && !strcmp(a->load, b->load) &&
	       a->irq == b->irq && a->cpu == b->cpu;
}

static void print_name(const struct result *r, FILE *out)
{
	fprintf(out, "  %-12s %-5s %-16s ", r->way, r->wait, r->stage);
}

static void print_time(bool known, uint64_t ns, const struct diff_style *style, FILE *out)
{
	if (!known)
		fputs("n/a", out);
	else if (style->nanoseconds)
		fprintf(out, "%" PRIu64, ns);
	else
		fprintf(out, "%.3f", (double)ns / 1000);
}

static void print_times(const struct diff_figure *f, const struct diff_style *style, FILE *out)
{
	print_time(f->known[0], f->ns[0], style, out);
	fputs(" -> ", out);
	print_time(f->known[1], f->ns[1], style, out);
	fputs(style->nanoseconds ? " ns" : " us", out);
}

/* The figure with this verdict that changed most, or -1. */
static int find_cause(const struct diff_row *row, enum diff_verdict verdict)
{
	int metric, cause = -1;

	for (metric = 0; metric < DIFF_METRICS; metric++) {
		const struct diff_figure *f = &row->figures[metric];

		if (f->verdict != verdict)
			continue;
		if (cause < 0 || fabs(f->change) > fabs(row->figures[cause].change))
			cause = metric;
	}
	return cause;
}

static void print_cause(const struct diff_row *row, enum diff_verdict verdict,
			const struct diff_style *style, FILE *out)
{
	int cause = find_cause(row, verdict);
	const struct diff_figure *f;

	if (cause < 0)
		return;
	f = &row->figures[cause];
	fprintf(out, "  %s %+.1f %% (", diff_metric_names[cause], 100 * f->change);
	print_times(f, style, out);
	if (f->has_interval)
		fprintf(out, ", 95 %% interval %+.1f to %+.1f %%", 100 * f->low, 100 * f->high);
	fprintf(out, "), p %.2g", f->p_adjusted);
}

/* The changes of all figures in short, and how well they are known. */
static void print_changes(const struct diff_row *row, FILE *out)
{
	const char *before = "  ";
	int metric;

	for (metric = 0; metric < DIFF_METRICS; metric++) {
		if (!row->figures[metric].tested)
			continue;
		fprintf(out, "%s%s %+.1f %%", before, diff_metric_names[metric],
			100 * row->figures[metric].change);
		before = ", ";
	}
	if (row->figures[DIFF_P99].has_interval)
		fprintf(out, "; 95 %% interval of p99 %+.1f to %+.1f %%",
			100 * row->figures[DIFF_P99].low, 100 * row->figures[DIFF_P99].high);
}

static void print_shape(const struct diff_row *row, FILE *out)
{
	print_changes(row, out);
	fprintf(out, "; distributions %.3f apart, p %.2g", row->distance, row->distance_p_adjusted);
}

/* What seems to have changed: only the worst of it. */
static void print_unsure(const struct diff_row *row, const struct diff_style *style, FILE *out)
{
	static const enum diff_verdict seems[] = { DIFF_REGRESSION, DIFF_WORSE, DIFF_BETTER };
	size_t i;

	for (i = 0; i < sizeof(seems) / sizeof(seems[0]); i++)
		if (find_cause(row, seems[i]) >= 0) {
			print_cause(row, seems[i], style, out);
			return;
		}
	print_shape(row, out);
}

static void print_verdict(const struct diff_row *row, const struct diff_style *style, FILE *out)
{
	print_name(row->side[0], out);
	fprintf(out, "%-10s", diff_verdict_name(row->verdict));
	switch (row->verdict) {
	case DIFF_UNKNOWN:
		fprintf(out, "  too few: %" PRIu64 " samples in %zu blocks, and %" PRIu64 " in %zu",
			row->side[0]->hist.n, row->side[0]->blocks.n, row->side[1]->hist.n,
			row->side[1]->blocks.n);
		break;
	case DIFF_SAME:
		print_changes(row, out);
		break;
	case DIFF_UNSURE:
		print_unsure(row, style, out);
		break;
	case DIFF_SHAPE:
		print_shape(row, out);
		break;
	case DIFF_MIXED:
		print_cause(row, DIFF_WORSE, style, out);
		fputs(";", out);
		print_cause(row, DIFF_BETTER, style, out);
		break;
	default:
		print_cause(row, row->verdict, style, out);
	}
	if (row->basis == DIFF_HISTOGRAM && row->verdict != DIFF_UNKNOWN)
		fputs(" [whole histogram]", out);
	if (row->side[1]->lost > row->side[0]->lost)
		fprintf(out, "; B lost %" PRId64 ", A %" PRId64, row->side[1]->lost,
			row->side[0]->lost);
	fputc('\n', out);
}

static void print_figure(const struct diff_figure *f, const char *name,
			 const struct diff_style *style, FILE *out)
{
	fprintf(out, "    %-6s ", name);
	print_times(f, style, out);
	if (f->has_interval)
		fprintf(out, ", 95 %% interval %+.1f to %+.1f %%", 100 * f->low, 100 * f->high);
	if (f->tested)
		fprintf(out, "; change %+.2f %%, delta %+.3f, p %.2g, adjusted %.2g",
			100 * f->change, f->delta, f->p, f->p_adjusted);
	else
		fputs("; not tested", out);
	if (f->spans[0] || f->spans[1])
		fprintf(out, " (%zu and %zu spans)", f->spans[0], f->spans[1]);
	fputc('\n', out);
}

static void print_details(const struct diff_row *row, const struct diff_style *style, FILE *out)
{
	int metric;

	fprintf(out,
		"    n %" PRIu64 " and %" PRIu64
		", blocks %zu and %zu; all samples: delta %+.3f, distance %.4f, p %.2g, adjusted %.2g\n",
		row->side[0]->hist.n, row->side[1]->hist.n, row->side[0]->blocks.n,
		row->side[1]->blocks.n, row->delta, row->distance, row->distance_p,
		row->distance_p_adjusted);
	for (metric = 0; metric < DIFF_METRICS; metric++)
		print_figure(&row->figures[metric], diff_metric_names[metric], style, out);
}

static void print_only(const struct diff *diff, FILE *out)
{
	const struct result *before;
	int side;
	size_t i;

	for (side = 0; side < 2; side++) {
		before = NULL;
		for (i = 0; i < diff->n_only[side]; i++) {
			const struct result *r = diff->only[side][i];

			if (!has_same_heading(before, r))
				print_heading(r, out);
			before = r;
			print_name(r, out);
			fprintf(out, "only in %c\n", 'A' + side);
		}
	}
}

/* As many neighbouring blocks alike are no error of the estimate. */
#define RUN_DOUBTFUL 3

/*
 * Is there a regression in a row whose neighbouring blocks are alike? Load that comes
 * and goes makes them so, and it may be all that changed.
 */
static bool is_doubtful(const struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->n_rows; i++)
		if (diff->rows[i].verdict == DIFF_REGRESSION && diff->rows[i].run >= RUN_DOUBTFUL)
			return true;
	return false;
}

/* A note on figures that may exceed their limits, as far as the runs show. */
static void print_not_shown(const struct diff *diff, FILE *out)
{
	const struct diff_row *widest = NULL;
	size_t i, limits = 0, open = 0;
	double high = 0;
	int metric, of = 0;

	for (i = 0; i < diff->n_rows; i++) {
		for (metric = 0; metric < DIFF_METRICS; metric++) {
			const struct diff_figure *f = &diff->rows[i].figures[metric];

			limits += f->keeping != DIFF_NO_LIMIT;
			if (f->keeping != DIFF_NOT_SHOWN)
				continue;
			open++;
			if (widest && !(f->has_interval && f->high > high))
				continue;
			widest = &diff->rows[i];
			of = metric;
			high = f->has_interval ? f->high : 0;
		}
	}
	if (!widest)
		return;
	fprintf(out,
		"NOTE: %zu of %zu figures may exceed their limits: these runs cannot exclude it.",
		open, limits);
	if (widest->figures[of].has_interval)
		fprintf(out, " The %s of\n%s, %s may be up to %.1f %% slower.",
			diff_metric_names[of], widest->side[0]->way, widest->side[0]->stage,
			100 * high);
	fputs(" Measure longer, in turns, or on a quieter machine.\n", out);
}

static void print_summary(const struct diff *diff, const struct diff_style *style, FILE *out)
{
	size_t count[DIFF_REGRESSION + 1] = { 0 }, weak = 0, i;
	const char *before = "";
	int verdict;

	for (i = 0; i < diff->n_rows; i++) {
		count[diff->rows[i].verdict]++;
		weak += diff->rows[i].basis == DIFF_HISTOGRAM &&
			diff->rows[i].verdict != DIFF_UNKNOWN;
	}
	if (weak)
		fprintf(out,
			"WARNING: %zu of %zu rows have less than %d blocks of time in a file. Each of their samples counts\n"
			"as independent, although neighbouring samples are alike: such a row has no verdict.\n"
			"Measure with this irqlat, for a few seconds or longer (-d 60).\n",
			weak, diff->n_rows, DIFF_SPANS_MIN);
	if (!style->in_turns && is_doubtful(diff))
		fputs("NOTE: neighbouring seconds are alike: load comes and goes, and one run of each side cannot tell\n"
		      "it from a change. Measure several of each, in turns; see irqlat-diff(1).\n",
		      out);
	print_not_shown(diff, out);
	for (verdict = DIFF_REGRESSION; verdict >= 0; verdict--) {
		if (!count[verdict])
			continue;
		fprintf(out, "%s%zu %s", before, count[verdict],
			diff_verdict_name((enum diff_verdict)verdict));
		before = ", ";
	}
	for (i = 0; i < 2; i++) {
		if (!diff->n_only[i])
			continue;
		fprintf(out, "%s%zu only in %c", before, diff->n_only[i], 'A' + (int)i);
		before = ", ";
	}
	fputc('\n', out);
}

/**
 * diff_write_text - print a comparison
 * @diff: has verdicts
 * @style: names, unit, and how much to print
 * @out: where to print
 */
void diff_write_text(const struct diff *diff, const struct diff_style *style, FILE *out)
{
	const struct result *before = NULL;
	int side;
	size_t i;

	for (side = 0; side < 2; side++)
		fprintf(out, "%c  %s  %s\n", 'A' + side, style->names[side],
			diff->run[side]->system.date);
	print_conditions(diff, out);
	for (i = 0; i < diff->n_rows; i++) {
		const struct diff_row *row = &diff->rows[i];

		if (!has_same_heading(before, row->side[0]))
			print_heading(row->side[0], out);
		before = row->side[0];
		print_verdict(row, style, out);
		if (style->details)
			print_details(row, style, out);
	}
	print_only(diff, out);
	print_summary(diff, style, out);
}

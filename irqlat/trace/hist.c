// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace hist: linear histograms in the layout of rtla. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define COLUMNS_MAX 64
#define TITLE_BYTES 64

/**
 * struct hist_column - one histogram
 * @title: interrupt, CPU and stage: "36/1:total"
 * @hist: of the run
 * @bins: samples in each bucket; @n_bins of struct hist_table
 * @over: samples beyond the last bucket
 */
struct hist_column {
	char title[TITLE_BYTES];
	const struct hist *hist;
	uint64_t *bins;
	uint64_t over;
};

struct hist_table {
	struct hist_column columns[COLUMNS_MAX];
	size_t n;
	size_t n_bins;
	uint64_t bucket_ns;
};

static int column_add(struct hist_table *t, const struct stats_row *row, int end, int stage)
{
	const struct hist *h = row->hist[end][stage];
	struct hist_column *c;
	struct hist_bucket b;
	size_t position = 0;

	if (!h || !h->n || t->n == COLUMNS_MAX)
		return 0;
	c = &t->columns[t->n];
	c->bins = calloc(t->n_bins, sizeof(*c->bins));
	if (!c->bins)
		return -1;
	t->n++;
	c->hist = h;
	c->over = 0;
	if (row->irq < 0)
		snprintf(c->title, TITLE_BYTES, "%.10s/%u:%s%s", row->name, row->cpu,
			 end == CHAIN_END_USER ? "" : "task:", chain_stages[stage].name);
	else if (row->shared)
		snprintf(c->title, TITLE_BYTES, "%d,%.20s/%u:%s%s", row->irq, row->name, row->cpu,
			 end == CHAIN_END_USER ? "" : "task:", chain_stages[stage].name);
	else
		snprintf(c->title, TITLE_BYTES, "%d/%u:%s%s", row->irq, row->cpu,
			 end == CHAIN_END_USER ? "" : "task:", chain_stages[stage].name);
	while (hist_next(h, &position, &b)) {
		uint64_t bin = b.low / t->bucket_ns;

		if (bin < t->n_bins)
			c->bins[bin] += b.count;
		else
			c->over += b.count;
	}
	return 0;
}

static int collect(struct hist_table *t, const struct trace_run *run)
{
	const struct trace_config *config = run->config;
	uint32_t stages = config->filter.stages;

	if (!stages)
		stages = 1u << CHAIN_STAGE_TOTAL;
	for (size_t i = 0; i < run->total.n_rows; i++) {
		const struct stats_row *row = run->total.rows[i];

		if (!row->wanted)
			continue;
		for (int end = 0; end < CHAIN_ENDS; end++) {
			if (!(config->wanted_ends >> end & 1))
				continue;
			for (int stage = 0; stage < CHAIN_STAGES; stage++) {
				if (stages >> stage & 1 && column_add(t, row, end, stage))
					return -1;
			}
		}
	}
	return 0;
}

static int width_of(const struct hist_column *c)
{
	int width = (int)strlen(c->title);

	return width < 9 ? 9 : width;
}

static void print_count(const struct hist_table *t, const char *label,
			uint64_t (*value)(const struct hist_column *c), FILE *out)
{
	fprintf(out, "%-8s", label);
	for (size_t i = 0; i < t->n; i++)
		fprintf(out, " %*" PRIu64, width_of(&t->columns[i]), value(&t->columns[i]));
	fputc('\n', out);
}

static uint64_t value_over(const struct hist_column *c)
{
	return c->over;
}

static uint64_t value_count(const struct hist_column *c)
{
	return c->hist->n;
}

static double least(const struct hist *h)
{
	return (double)h->min;
}

static double greatest(const struct hist *h)
{
	return (double)h->max;
}

static void print_times(const struct hist_table *t, const struct trace_config *config, FILE *out)
{
	static const struct {
		const char *label;
		double (*ns)(const struct hist *h);
	} rows[] = {
		{ .label = "min:", .ns = least },
		{ .label = "avg:", .ns = hist_mean },
		{ .label = "max:", .ns = greatest },
	};

	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		fprintf(out, "%-8s", rows[row].label);
		for (size_t i = 0; i < t->n; i++) {
			double ns = rows[row].ns(t->columns[i].hist);

			fprintf(out, " %*.*f", width_of(&t->columns[i]),
				config->nanoseconds ? 0 : 2, config->nanoseconds ? ns : ns / 1000);
		}
		fputc('\n', out);
	}
}

static void print_bins(const struct hist_table *t, const struct trace_config *config, FILE *out)
{
	for (size_t bin = 0; bin < t->n_bins; bin++) {
		uint64_t any = 0;

		for (size_t i = 0; i < t->n; i++)
			any |= t->columns[i].bins[bin];
		if (!any && !config->with_zeros)
			continue;
		if (config->no_index)
			fprintf(out, "%8s", "");
		else if (config->nanoseconds)
			fprintf(out, "%-8" PRIu64, bin * t->bucket_ns);
		else
			fprintf(out, "%-8.10g", (double)(bin * t->bucket_ns) / 1000);
		for (size_t i = 0; i < t->n; i++)
			fprintf(out, " %*" PRIu64, width_of(&t->columns[i]),
				t->columns[i].bins[bin]);
		fputc('\n', out);
	}
}

/**
 * trace_hist - print the histogram of a run
 * @run: finished
 * @out: where to
 */
void trace_hist(const struct trace_run *run, FILE *out)
{
	const struct trace_config *config = run->config;
	struct hist_table t = { .n_bins = config->entries, .bucket_ns = config->bucket_ns };

	if (collect(&t, run))
		fputs("WARNING: not enough memory for all columns\n", out);
	if (!config->no_header) {
		fprintf(out,
			"# irqlat trace histogram\n# Time unit is %s\n"
			"# Duration: %.3f s\n",
			config->nanoseconds ? "nanoseconds (ns)" : "microseconds (us)",
			(double)(run->ended_ns - run->started_ns) / 1e9);
		fprintf(out, "%-8s", "Index");
		for (size_t i = 0; i < t.n; i++)
			fprintf(out, " %*s", width_of(&t.columns[i]), t.columns[i].title);
		fputc('\n', out);
	}
	print_bins(&t, config, out);
	if (!config->no_summary) {
		print_count(&t, "over:", value_over, out);
		print_count(&t, "count:", value_count, out);
		print_times(&t, config, out);
	}
	if (t.n == COLUMNS_MAX)
		fprintf(out,
			"WARNING: only the first %d columns; filter with "
			"--irq, -c or --stage\n",
			COLUMNS_MAX);
	trace_text_gaps(run, out);
	for (size_t i = 0; i < t.n; i++)
		free(t.columns[i].bins);
}

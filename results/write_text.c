// SPDX-License-Identifier: GPL-2.0-or-later
/* Results for people: facts, tables of ways and stages, counts, histograms. */

#include <inttypes.h>
#include <string.h>

#include "io.h"

#define LABEL_WIDTH 7
#define VALUE_WIDTH 11

static void print_header(const struct run *run, const struct text_style *style, FILE *out)
{
	const struct sysinfo_field *field;
	char number[32];
	const char *text;

	for (field = sysinfo_fields; field->key; field++) {
		text = sysinfo_text(&run->system, field, number, sizeof(number));
		if (!strcmp(text, "-"))
			continue;
		fprintf(out, "%-15s ", field->label);
		text_wrap(text, 16, style->columns, out);
	}
	if (*run->load_command) {
		fprintf(out, "%-15s ", "load command");
		text_wrap(run->load_command, 16, style->columns, out);
	}
	fputc('\n', out);
}

#define TABLE_COLUMNS_MAX ((TEXT_COLUMNS_MAX - LABEL_WIDTH) / VALUE_WIDTH)

/**
 * struct table_columns - results side by side, each in a column of a table
 * @row: @n results
 * @width: width of each column
 * @n: results in @row
 * @used: sum of @width
 */
struct table_columns {
	const struct result *row[TABLE_COLUMNS_MAX];
	int width[TABLE_COLUMNS_MAX];
	size_t n;
	int used;
};

static uint64_t min_of(const struct hist *h)
{
	return h->min;
}

static uint64_t mean_of(const struct hist *h)
{
	return (uint64_t)hist_mean(h);
}

static uint64_t max_of(const struct hist *h)
{
	return h->max;
}

static void print_times(const struct table_columns *c, const char *label,
			uint64_t (*time_of)(const struct hist *h), const struct text_style *style,
			FILE *out)
{
	size_t i;

	fprintf(out, "%-*s", LABEL_WIDTH, label);
	for (i = 0; i < c->n; i++)
		text_time(c->row[i]->hist.n > 0, time_of(&c->row[i]->hist), c->width[i], style,
			  out);
	fputc('\n', out);
}

static void print_percentiles(const struct table_columns *c, const struct text_style *style,
			      FILE *out)
{
	const struct result_percentile *p;
	uint64_t ns = 0;
	bool known;
	size_t i;

	/* p99.999 and above need millions of samples: only JSON and CSV have them. */
	for (p = result_percentiles; p->ppm <= 999900 && p->key; p++) {
		fprintf(out, "%-*s", LABEL_WIDTH, p->label);
		for (i = 0; i < c->n; i++) {
			known = hist_percentile(&c->row[i]->hist, p->ppm, &ns);
			text_time(known, ns, c->width[i], style, out);
		}
		fputc('\n', out);
	}
}

static const char *column_title(const struct result *r)
{
	const struct stage_info *stage = stage_find(r->stage);

	return stage && stage->column ? stage->column : r->stage;
}

/* A row with the path of each column, or which periods it has; only if any differ. */
static void print_paths(const struct table_columns *c, FILE *out)
{
	bool any = false, paths = false;
	const char *path;
	size_t i;

	for (i = 0; i < c->n; i++) {
		any |= result_path(c->row[i]) != NULL;
		paths |= result_path(c->row[i]) && !result_is(c->row[i], BENCH_STAGE_KEPT);
	}
	if (!any)
		return;
	fprintf(out, "%-*s", LABEL_WIDTH, paths ? "path" : "periods");
	for (i = 0; i < c->n; i++) {
		path = result_path(c->row[i]);
		fprintf(out, "%*s", c->width[i], path ? path : "all");
	}
	fputc('\n', out);
}

static void print_names(const struct table_columns *c, FILE *out)
{
	int width = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		width += c->width[i];
		if (i && !strcmp(c->row[i]->way, c->row[i - 1]->way))
			continue;
		fprintf(out, "%*s", width, c->row[i]->way);
		width = 0;
	}
	fputc('\n', out);
}

static void print_table(const struct table_columns *c, const struct text_style *style, FILE *out)
{
	size_t i;

	fprintf(out, "%-*s", LABEL_WIDTH, "way");
	print_names(c, out);
	fprintf(out, "%-*s", LABEL_WIDTH, style->nanoseconds ? "ns" : "us");
	for (i = 0; i < c->n; i++)
		fprintf(out, "%*s", c->width[i], column_title(c->row[i]));
	fputc('\n', out);
	print_paths(c, out);
	fprintf(out, "%-*s", LABEL_WIDTH, "n");
	for (i = 0; i < c->n; i++)
		fprintf(out, "%*" PRIu64, c->width[i], c->row[i]->hist.n);
	fputc('\n', out);
	print_times(c, "min", min_of, style, out);
	print_times(c, "mean", mean_of, style, out);
	print_percentiles(c, style, out);
	print_times(c, "max", max_of, style, out);
	fputc('\n', out);
}

/* The first row of the next way, or @end. */
static const struct result *way_end(const struct result *r, const struct result *end)
{
	const struct result *first = r;

	while (r < end && result_same_way(r, first))
		r++;
	return r;
}

/* Add a column for each stage of a way. A single one is wide enough for the way's name. */
static void add_columns(struct table_columns *c, const struct result *first,
			const struct result *end)
{
	int name = (int)strlen(first->way) + 1;
	const struct result *r;

	for (r = first; r < end && c->n < TABLE_COLUMNS_MAX; r++) {
		c->row[c->n] = r;
		c->width[c->n] = end - first == 1 && name > VALUE_WIDTH ? name : VALUE_WIDTH;
		c->used += c->width[c->n++];
	}
}

/* Print the ways that have the wait and the load of @like, as many side by side as fit. */
static void print_group(const struct run *run, const struct result *like,
			const struct text_style *style, FILE *out)
{
	const struct result *end = run->results + run->n_results, *r, *next;
	struct table_columns c = { .n = 0 }, more;

	for (r = run->results; r < end; r = next) {
		next = way_end(r, end);
		if (strcmp(r->wait, like->wait) || strcmp(r->load, like->load))
			continue;
		more = c;
		add_columns(&more, r, next);
		if (c.n && (LABEL_WIDTH + more.used > style->columns ||
			    more.n - c.n < (size_t)(next - r))) {
			print_table(&c, style, out);
			more = (struct table_columns){ .n = 0 };
			add_columns(&more, r, next);
		}
		c = more;
	}
	print_table(&c, style, out);
}

/*
 * Print a group of tables for each wait and load, in the order in which they first
 * appear. Only ways that wait in the same manner, under one load, compare.
 */
static void print_tables(const struct run *run, const struct text_style *style, FILE *out)
{
	const struct result *results = run->results;
	bool several = false;
	size_t i, j;

	for (i = 0; i < run->n_results; i++)
		several |= strcmp(results[i].wait, results[0].wait) ||
			   strcmp(results[i].load, results[0].load);
	for (i = 0; i < run->n_results; i++) {
		for (j = 0; j < i; j++)
			if (!strcmp(results[i].wait, results[j].wait) &&
			    !strcmp(results[i].load, results[j].load))
				break;
		if (j < i)
			continue;
		if (several)
			fprintf(out, "%s, load %s\n",
				strcmp(results[i].wait, "spin") ? "blocked" : "spinning",
				results[i].load);
		print_group(run, &results[i], style, out);
	}
}

/* How many interrupts took each path: " (direct 290, return 10)"; empty without paths. */
static void list_paths(const struct result *r, const struct result *end, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (; r < end && len < size; r++)
		if (result_is_path_total(r))
			len += (size_t)snprintf(text + len, size - len, "%s%s %" PRIu64,
						len ? ", " : " (", result_path(r), r->delivered);
	if (len && len < size - 1)
		strcpy(text + len, ")");
}

static void print_counts(const struct result *r, const struct result *end, int indent,
			 const struct text_style *style, FILE *out)
{
	char title[RESULT_TITLE_BYTES], text[448], where[32] = "", paths[128], cpu[48] = "";
	char warmup[48] = "";

	fprintf(out, "%-*s", indent, result_title(r, title));
	if ((int)strlen(title) >= indent)
		fprintf(out, "\n%*s", indent, "");
	list_paths(r, end, paths, sizeof(paths));
	if (r->irq != RESULT_NO_IRQ)
		snprintf(where, sizeof(where), "irq %" PRIu64 " of ", r->irq);
	if (r->wait_ns)
		snprintf(cpu, sizeof(cpu), ", waits used %.1f %% of it", 100 * result_cpu_share(r));
	if (r->warmup_known)
		snprintf(warmup, sizeof(warmup), ", and %" PRIu64 " thrown away before", r->warmup);
	snprintf(text, sizeof(text),
		 "raised %" PRIu64 ", delivered %" PRIu64 "%s, %s %" PRIu64 ", lost %" PRId64
		 ", %s%s, CPU %" PRId64 "%s%s",
		 r->raised, r->delivered, paths,
		 strcmp(r->source, "timer") ? "coalesced" : "missed periods", r->coalesced, r->lost,
		 where, r->source, r->cpu, cpu, warmup);
	text_wrap(text, indent, style->columns, out);
	if (r->hist.negative)
		fprintf(out, "%*sWARNING: time went backwards in %" PRIu64 " samples\n", indent, "",
			r->hist.negative);
}

static void print_all_counts(const struct run *run, const struct text_style *style, FILE *out)
{
	const struct result *end = run->n_results ? run->results + run->n_results : NULL, *r;
	char title[RESULT_TITLE_BYTES], text[RESULT_REASON_BYTES + 16];
	int indent = 6, len;
	size_t i;

	for (r = run->results; r < end; r++) {
		len = (int)strlen(result_title(r, title)) + 1;
		if (len > indent)
			indent = len < style->columns / 2 ? len : indent;
	}
	for (r = run->results; r < end; r = way_end(r, end))
		print_counts(r, way_end(r, end), indent, style, out);
	for (i = 0; i < run->n_unavailable; i++) {
		fprintf(out, "%-*s ", indent - 1, run->unavailable[i].way);
		snprintf(text, sizeof(text), "unavailable: %s", run->unavailable[i].reason);
		text_wrap(text, indent, style->columns, out);
	}
}

static void print_histograms(const struct run *run, const struct text_style *style, FILE *out)
{
	char title[RESULT_TITLE_BYTES], text[RESULT_TITLE_BYTES + 64];
	size_t i;

	for (i = 0; i < run->n_results; i++) {
		const struct result *r = &run->results[i];

		if (!result_is(r, BENCH_STAGE_TOTAL) || !r->hist.n)
			continue;
		snprintf(text, sizeof(text), "%s, %s, from %s:", result_title(r, title),
			 result_stage_title(r->stage), style->nanoseconds ? "ns" : "us");
		fputc('\n', out);
		text_wrap(text, 0, style->columns, out);
		text_histogram(&r->hist, style, out);
	}
}

/**
 * run_write_text - print a run for people
 * @run: what was measured
 * @style: width, characters, unit, and which parts to print
 * @out: where to print
 */
void run_write_text(const struct run *run, const struct text_style *style, FILE *out)
{
	if (style->header) {
		print_header(run, style, out);
		text_warnings(&run->system, out);
		if (run->system.n_warnings)
			fputc('\n', out);
	}
	if (run->interrupted)
		fprintf(out, "Interrupted%s\n\n",
			run_has_samples(run) ? ": what follows is part of the run." :
					       " before the first sample (warm-up).");
	print_tables(run, style, out);
	print_all_counts(run, style, out);
	if (style->histogram)
		print_histograms(run, style, out);
	run_write_overview(run, style, out);
}

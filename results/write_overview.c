// SPDX-License-Identifier: GPL-2.0-or-later
/* The comparison in short: a row for each way, the fastest first, with a bar. */

#include <stdlib.h>
#include <string.h>

#include "io.h"

#define PPM_P50	    500000
#define PPM_P99	    990000
#define VALUE_WIDTH 10
#define WAIT_WIDTH  6
#define BAR_MIN	    10
#define BAR_MAX	    40

/**
 * struct overview_row - a way, or one path of its interrupts
 * @result: its total
 * @title: name of the way, and the path
 * @p50_ns: median; UINT64_MAX: too few samples
 */
struct overview_row {
	const struct result *result;
	char title[RESULT_TITLE_BYTES + RESULT_NAME_BYTES];
	uint64_t p50_ns;
};

static bool has_paths(const struct run *run, const struct result *total)
{
	size_t i;

	for (i = 0; i < run->n_results; i++) {
		const struct result *r = &run->results[i];

		if (result_is_path_total(r) && r->hist.n && r->cpu == total->cpu &&
		    r->irq == total->irq && result_same_way(r, total))
			return true;
	}
	return false;
}

/* Totals by path take the place of the total of all paths. */
static bool is_listed(const struct run *run, const struct result *r)
{
	if (!r->hist.n)
		return false;
	return result_is_path_total(r) || (result_is(r, BENCH_STAGE_TOTAL) && !has_paths(run, r));
}

static void row_make(struct overview_row *row, const struct result *r)
{
	const char *path = result_path(r);
	char title[RESULT_TITLE_BYTES];

	row->result = r;
	result_title(r, title);
	snprintf(row->title, sizeof(row->title), "%s%s%s%s", title, path ? " (" : "",
		 path ? path : "", path ? ")" : "");
	if (!hist_percentile(&r->hist, PPM_P50, &row->p50_ns))
		row->p50_ns = UINT64_MAX;
}

static int by_p50(const void *a, const void *b)
{
	const struct overview_row *x = a, *y = b;

	if (x->p50_ns != y->p50_ns)
		return x->p50_ns < y->p50_ns ? -1 : 1;
	return strcmp(x->title, y->title);
}

static bool is_known(const struct overview_row *row)
{
	return row->p50_ns != UINT64_MAX;
}

static void print_row(const struct overview_row *row, uint64_t longest_ns, int title_width,
		      int bar_width, const struct text_style *style, FILE *out)
{
	const struct hist *h = &row->result->hist;
	uint64_t p99_ns = 0;
	bool known = hist_percentile(h, PPM_P99, &p99_ns);
	int bar;

	fprintf(out, "%-*.*s", title_width, title_width, row->title);
	if (bar_width)
		fprintf(out, " %-*s", WAIT_WIDTH - 1, row->result->wait);
	text_time(is_known(row), row->p50_ns, VALUE_WIDTH, style, out);
	text_time(known, p99_ns, VALUE_WIDTH, style, out);
	if (bar_width) {
		text_time(true, h->max, VALUE_WIDTH, style, out);
		fputs("  ", out);
		bar = is_known(row) && longest_ns ?
			      (int)(row->p50_ns * (uint64_t)bar_width / longest_ns) :
			      0;
		for (; bar > 0; bar--)
			fputs(style->utf8 ? "▪" : "#", out);
	}
	fputc('\n', out);
}

/**
 * run_write_overview - print the medians of all ways, raised to user, fastest first
 * @run: what was measured
 * @style: width, unit, characters. Below about 80 columns there are no maxima and no
 *	bars
 * @out: where to print; gets nothing if there is one way only
 *
 * A way with paths has a row for each path. Without memory, only that is
 * printed.
 */
void run_write_overview(const struct run *run, const struct text_style *style, FILE *out)
{
	struct overview_row *rows = calloc(run->n_results + 1, sizeof(*rows));
	int title_width = (int)strlen("way"), bar_width;
	uint64_t longest_ns = 0;
	size_t i, n = 0;

	if (!rows) {
		fprintf(out, "\nRaised to user, by median: out of memory\n");
		return;
	}
	for (i = 0; i < run->n_results; i++)
		if (is_listed(run, &run->results[i]))
			row_make(&rows[n++], &run->results[i]);
	if (n < 2)
		goto out_free;
	qsort(rows, n, sizeof(*rows), by_p50);
	for (i = 0; i < n; i++) {
		if ((int)strlen(rows[i].title) > title_width)
			title_width = (int)strlen(rows[i].title);
		if (is_known(&rows[i]))
			longest_ns = rows[i].p50_ns;
	}
	bar_width = style->columns - title_width - WAIT_WIDTH - 3 * VALUE_WIDTH - 3;
	if (bar_width < BAR_MIN)
		bar_width = 0;
	else if (bar_width > BAR_MAX)
		bar_width = BAR_MAX;
	if (!bar_width && title_width > style->columns - 2 * VALUE_WIDTH)
		title_width = style->columns - 2 * VALUE_WIDTH;

	fprintf(out, "\nRaised to user, %s, by median:\n%-*s", style->nanoseconds ? "ns" : "us",
		title_width, "way");
	if (bar_width)
		fprintf(out, " %-*s", WAIT_WIDTH - 1, "wait");
	fprintf(out, "%*s%*s", VALUE_WIDTH, "p50", VALUE_WIDTH, "p99");
	if (bar_width)
		fprintf(out, "%*s", VALUE_WIDTH, "max");
	fputc('\n', out);
	for (i = 0; i < n; i++)
		print_row(&rows[i], longest_ns, title_width, bar_width, style, out);
out_free:
	free(rows);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Results for people: facts, a table of ways and stages, histograms. */

#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "out.h"

#define COLUMNS_DEFAULT	80
#define COLUMNS_MIN	40
#define COLUMNS_MAX	160
#define LABEL_WIDTH	7
#define VALUE_WIDTH	11

/* Rows of a terminal histogram: the finest steps that fit are taken. */
#define HISTOGRAM_ROWS_MAX	24
#define HISTOGRAM_STEPS_MAX	256

/**
 * text_style_detect - fit the text to where it goes
 * @style: @columns and @utf8 are set
 * @out: terminal or not
 */
void text_style_detect(struct text_style *style, FILE *out)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	style->columns = COLUMNS_DEFAULT;
	if (!ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_col)
		style->columns = size.ws_col;
	else if (columns && atoi(columns) > 0)
		style->columns = atoi(columns);
	if (style->columns < COLUMNS_MIN)
		style->columns = COLUMNS_MIN;
	if (style->columns > COLUMNS_MAX)
		style->columns = COLUMNS_MAX;
	style->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Prints @text after @indent columns, broken between words. */
static void print_wrapped(const char *text, int indent, int columns, FILE *out)
{
	int room = columns - indent, used = 0, len;

	while (*text) {
		text += strspn(text, " ");
		len = (int)strcspn(text, " ");
		if (used && used + 1 + len > room) {
			fprintf(out, "\n%*s", indent, "");
			used = 0;
		}
		used += fprintf(out, "%s%.*s", used ? " " : "", len, text);
		text += len;
	}
	fputc('\n', out);
}

static void print_header(const struct run *run, const struct text_style *style,
			 FILE *out)
{
	const struct sysinfo_field *field;
	char number[32];
	const char *text;

	for (field = sysinfo_fields; field->key; field++) {
		text = sysinfo_text(&run->system, field, number,
				    sizeof(number));
		if (!strcmp(text, "-"))
			continue;
		fprintf(out, "%-15s ", field->label);
		print_wrapped(text, 16, style->columns, out);
	}
	if (*run->load_command) {
		fprintf(out, "%-15s ", "load command");
		print_wrapped(run->load_command, 16, style->columns, out);
	}
	fputc('\n', out);
}

/**
 * out_text_warnings - say loudly what spoils the figures
 * @info: holds the warnings
 * @out: where to
 */
void out_text_warnings(const struct sysinfo *info, FILE *out)
{
	size_t i;

	for (i = 0; i < info->n_warnings; i++)
		fprintf(out, "WARNING: %s\n", info->warnings[i]);
}

/**
 * out_text_value - one time of a table
 * @known: it is one; n/a is printed otherwise
 * @ns: the time
 * @width: columns
 * @style: its unit
 * @out: where to
 */
void out_text_value(bool known, uint64_t ns, int width,
		    const struct text_style *style, FILE *out)
{
	if (!known)
		fprintf(out, "%*s", width, "n/a");
	else if (style->nanoseconds)
		fprintf(out, "%*" PRIu64, width, ns);
	else
		fprintf(out, "%*.3f", width, (double)ns / 1000);
}

/* Rows side by side, one a column: of ways that compare with each other. */
#define TABLE_COLUMNS_MAX ((COLUMNS_MAX - LABEL_WIDTH) / VALUE_WIDTH)

struct columns {
	const struct result *row[TABLE_COLUMNS_MAX];
	int width[TABLE_COLUMNS_MAX];
	size_t n;
	int used;
};

static void print_percentile_rows(const struct columns *c,
				  const struct text_style *style, FILE *out)
{
	const struct result_percentile *p;
	uint64_t ns = 0;
	bool known;
	size_t i;

	/* Six nines need ten million samples: n/a in most runs, so left to JSON. */
	for (p = result_percentiles; p->ppm <= 999900 && p->key; p++) {
		fprintf(out, "%-*s", LABEL_WIDTH, p->label);
		for (i = 0; i < c->n; i++) {
			known = hist_percentile(&c->row[i]->hist, p->ppm, &ns);
			out_text_value(known, ns, c->width[i], style, out);
		}
		fputc('\n', out);
	}
}

static const char *column_title(const char *stage)
{
	if (!strcmp(stage, "raise_to_handler"))
		return "to handler";
	if (!strncmp(stage, "handler_to_user", strlen("handler_to_user")))
		return "to user";
	return stage_path(stage) ? "total" : stage;
}

/* Where some columns are of one path only, or leave out missed periods. */
static void print_paths(const struct columns *c, FILE *out)
{
	bool any = false, paths = false;
	const char *path;
	size_t i;

	for (i = 0; i < c->n; i++) {
		any |= stage_path(c->row[i]->stage) != NULL;
		paths |= stage_path(c->row[i]->stage) && !result_is_kept(c->row[i]);
	}
	if (!any)
		return;
	fprintf(out, "\n%-*s", LABEL_WIDTH, paths ? "path" : "periods");
	for (i = 0; i < c->n; i++) {
		path = stage_path(c->row[i]->stage);
		fprintf(out, "%*s", c->width[i], path ? path : "all");
	}
}

static void print_names(const struct columns *c, FILE *out)
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

static void print_table(const struct columns *c, const struct text_style *style,
			FILE *out)
{
	size_t i;

	fprintf(out, "%-*s", LABEL_WIDTH, "way");
	print_names(c, out);
	fprintf(out, "%-*s", LABEL_WIDTH, style->nanoseconds ? "ns" : "us");
	for (i = 0; i < c->n; i++)
		fprintf(out, "%*s", c->width[i], column_title(c->row[i]->stage));
	print_paths(c, out);
	fprintf(out, "\n%-*s", LABEL_WIDTH, "n");
	for (i = 0; i < c->n; i++)
		fprintf(out, "%*" PRIu64, c->width[i], c->row[i]->hist.n);
	fprintf(out, "\n%-*s", LABEL_WIDTH, "min");
	for (i = 0; i < c->n; i++)
		out_text_value(c->row[i]->hist.n > 0, c->row[i]->hist.min,
			    c->width[i], style, out);
	fprintf(out, "\n%-*s", LABEL_WIDTH, "mean");
	for (i = 0; i < c->n; i++)
		out_text_value(c->row[i]->hist.n > 0,
			    (uint64_t)hist_mean(&c->row[i]->hist), c->width[i],
			    style, out);
	fputc('\n', out);
	print_percentile_rows(c, style, out);
	fprintf(out, "%-*s", LABEL_WIDTH, "max");
	for (i = 0; i < c->n; i++)
		out_text_value(c->row[i]->hist.n > 0, c->row[i]->hist.max,
			    c->width[i], style, out);
	fputs("\n\n", out);
}

/* First row of the next way. */
static const struct result *way_end(const struct result *r,
				    const struct result *end)
{
	const struct result *first = r;

	while (r < end && result_same_way(r, first))
		r++;
	return r;
}

/* The stages of one way; a long name needs room where there is but one. */
static void add_columns(struct columns *c, const struct result *first,
			const struct result *end)
{
	int name = (int)strlen(first->way) + 1;
	const struct result *r;

	for (r = first; r < end && c->n < TABLE_COLUMNS_MAX; r++) {
		c->row[c->n] = r;
		c->width[c->n] = end - first == 1 && name > VALUE_WIDTH ?
					 name : VALUE_WIDTH;
		c->used += c->width[c->n++];
	}
}

/* As many whole ways side by side as the width has room for. */
static void print_group(const struct run *run, const struct result *like,
			const struct text_style *style, FILE *out)
{
	const struct result *end = run->results + run->n_results, *r, *next;
	struct columns c = { .n = 0 }, more;

	for (r = run->results; r < end; r = next) {
		next = way_end(r, end);
		if (strcmp(r->wait, like->wait) || strcmp(r->load, like->load))
			continue;
		more = c;
		add_columns(&more, r, next);
		if (c.n && (LABEL_WIDTH + more.used > style->columns ||
			    more.n - c.n < (size_t)(next - r))) {
			print_table(&c, style, out);
			more = (struct columns){ .n = 0 };
			add_columns(&more, r, next);
		}
		c = more;
	}
	print_table(&c, style, out);
}

/*
 * Blocked is compared with blocked, under the same load: a group of tables for
 * each, in the order in which they first appear, with a title if there are
 * several.
 */
static void print_tables(const struct run *run, const struct text_style *style,
			 FILE *out)
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
				strcmp(results[i].wait, "spin") ? "blocked" :
								  "spinning",
				results[i].load);
		print_group(run, &results[i], style, out);
	}
}

/* " (direct 290, return 10)": how many took each path; empty if none is known. */
static void list_paths(const struct result *r, const struct result *end,
		       char *text, size_t size)
{
	const char *path;
	size_t len = 0;

	text[0] = '\0';
	for (; r < end && len < size; r++) {
		path = stage_path(r->stage);
		if (!path || result_is_kept(r) || strncmp(r->stage, "total", 5))
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s %" PRIu64,
					len ? ", " : " (", path, r->delivered);
	}
	if (len && len < size - 1)
		strcpy(text + len, ")");
}

static void print_counts(const struct result *r, const struct result *end,
			 int indent, const struct text_style *style, FILE *out)
{
	char title[RESULT_TITLE_BYTES], text[384], where[32] = "", paths[128];

	fprintf(out, "%-*s", indent, result_title(r, title));
	if ((int)strlen(title) >= indent)
		fprintf(out, "\n%*s", indent, "");
	list_paths(r, end, paths, sizeof(paths));
	if (r->irq != RESULT_NO_IRQ)
		snprintf(where, sizeof(where), "irq %" PRIu64 " of ", r->irq);
	snprintf(text, sizeof(text),
		 "raised %" PRIu64 ", delivered %" PRIu64 "%s, %s %" PRIu64
		 ", lost %" PRId64 ", %s%s, CPU %" PRId64,
		 r->raised, r->delivered, paths,
		 strcmp(r->source, "timer") ? "coalesced" : "missed periods",
		 r->coalesced, r->lost, where, r->source, r->cpu);
	print_wrapped(text, indent, style->columns, out);
	if (r->hist.negative)
		fprintf(out, "%*sWARNING: time went backwards in %" PRIu64
			" samples\n", indent, "", r->hist.negative);
}

static void print_all_counts(const struct run *run,
			     const struct text_style *style, FILE *out)
{
	const struct result *end = run->results + run->n_results, *r;
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
		snprintf(text, sizeof(text), "unavailable: %s",
			 run->unavailable[i].reason);
		print_wrapped(text, indent, style->columns, out);
	}
}

/* --- histogram ------------------------------------------------------------ */

/**
 * struct scale - rows of a terminal histogram
 * @steps: per power of two, which is divided evenly; a power of two itself
 * @first: number of the first row, counted from value 1
 * @n: rows
 */
struct scale {
	unsigned int steps;
	unsigned int first;
	unsigned int n;
};

static unsigned int scale_row(unsigned int steps, uint64_t value)
{
	unsigned int octave;

	/* Steps are no finer than the values. */
	if (value < steps)
		value = steps;
	octave = 63 - (unsigned int)__builtin_clzll(value);
	return octave * steps +
	       (unsigned int)(((value - (1ull << octave)) * steps) >> octave);
}

static uint64_t scale_low(unsigned int steps, unsigned int row)
{
	unsigned int octave = row / steps;

	return (1ull << octave) + (((uint64_t)(row % steps) << octave) / steps);
}

static struct scale scale_choose(const struct hist *h)
{
	struct scale s = { .steps = 2 * HISTOGRAM_STEPS_MAX };

	do {
		s.steps /= 2;
		s.first = scale_row(s.steps, h->min);
		s.n = scale_row(s.steps, h->max) - s.first + 1;
	} while (s.n > HISTOGRAM_ROWS_MAX && s.steps > 1);
	return s;
}

static void print_bar(uint64_t count, uint64_t most, int width, bool utf8,
		      FILE *out)
{
	static const char *const eighths[] = { "",	 "\u258f", "\u258e",
					       "\u258d", "\u258c", "\u258b",
					       "\u258a", "\u2589" };
	uint64_t parts = (uint64_t)width * 8;
	uint64_t len = (uint64_t)((double)count / (double)most *
				  (double)parts + 0.5);
	uint64_t i;

	/* What is there is seen, however little. */
	if (count && !len)
		len = 1;
	for (i = 0; i < len / 8; i++)
		fputs(utf8 ? "\u2588" : "#", out);
	if (utf8)
		fputs(eighths[len % 8], out);
	else if (len % 8 >= 4 || len < 8)
		fputc(len < 8 && len ? '.' : len ? '#' : ' ', out);
}

static void print_low(uint64_t ns, const struct text_style *style, FILE *out)
{
	if (style->nanoseconds)
		fprintf(out, "%10" PRIu64, ns);
	else
		fprintf(out, "%10.3f", (double)ns / 1000);
}

/**
 * out_text_histogram - draw a histogram, one row of text for each step
 * @h: samples, ns
 * @style: width, characters, unit
 * @out: where to
 *
 * Each row says where it starts, how many samples it has, and draws them. The
 * steps grow with the value. Rows without samples between two runs of others
 * are drawn as one "..." when there are more than two.
 */
void out_text_histogram(const struct hist *h, const struct text_style *style,
			FILE *out)
{
	uint64_t counts[64] = { 0 }, most = 0;
	struct hist_bucket b;
	struct scale scale;
	size_t position = 0;
	unsigned int i, empty = 0;

	if (!h->n)
		return;
	scale = scale_choose(h);
	while (hist_next(h, &position, &b)) {
		uint64_t value = b.low < h->min ? h->min : b.low;

		i = scale_row(scale.steps, value) - scale.first;
		counts[i] += b.count;
		if (counts[i] > most)
			most = counts[i];
	}
	for (i = 0; i < scale.n; i++) {
		if (!counts[i]) {
			empty++;
			continue;
		}
		if (empty > 2)
			fprintf(out, "%10s\n", "...");
		for (; empty && empty <= 2; empty--) {
			print_low(scale_low(scale.steps, scale.first + i - empty),
				  style, out);
			fprintf(out, " %8d\n", 0);
		}
		empty = 0;
		print_low(scale_low(scale.steps, scale.first + i), style, out);
		fprintf(out, " %8" PRIu64 " ", counts[i]);
		print_bar(counts[i], most, style->columns - 20, style->utf8,
			  out);
		fputc('\n', out);
	}
}

static void print_histograms(const struct run *run,
			     const struct text_style *style, FILE *out)
{
	char title[RESULT_TITLE_BYTES], text[RESULT_TITLE_BYTES + 64];
	size_t i;

	for (i = 0; i < run->n_results; i++) {
		const struct result *r = &run->results[i];

		if (strcmp(r->stage, "total") || !r->hist.n)
			continue;
		snprintf(text, sizeof(text), "%s, %s, from %s:",
			 result_title(r, title), stage_title(r->stage),
			 style->nanoseconds ? "ns" : "us");
		fputc('\n', out);
		print_wrapped(text, 0, style->columns, out);
		out_text_histogram(&r->hist, style, out);
	}
}

/**
 * out_text - print a run for people
 * @run: what was measured
 * @style: how
 * @out: where to
 */
void out_text(const struct run *run, const struct text_style *style, FILE *out)
{
	if (style->header) {
		print_header(run, style, out);
		out_text_warnings(&run->system, out);
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
	out_overview(run, style, out);
}

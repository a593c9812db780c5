// SPDX-License-Identifier: GPL-2.0-or-later
/* Which figures a report has: this follows from the rows of its inputs. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Blocks that a heat map needs, and CPUs that a chart by CPU needs. */
#define BLOCKS_MIN 2
#define CPUS_MIN   2

/* --- rows ----------------------------------------------------------------- */

struct rows {
	struct series *list;
	size_t n;
};

static int rows_add(struct rows *rows, const struct report_input *in, const struct result *r)
{
	struct series *list = reallocarray(rows->list, rows->n + 1, sizeof(*list));

	if (!list)
		return -1;
	rows->list = list;
	list[rows->n] = (struct series){ .input = in, .result = r };
	report_row_title(in, r, list[rows->n++].title);
	return 0;
}

/*
 * Collect the rows with samples that have the stage and the unit of @like. The caller
 * frees @rows->list, on errors too. Returns 0, or -1 with ENOMEM.
 */
static int rows_collect(struct rows *rows, const struct report *report, const struct figure *like)
{
	size_t i, j;

	*rows = (struct rows){ 0 };
	for (i = 0; i < report->n_inputs; i++) {
		const struct report_input *in = &report->inputs[i];

		for (j = 0; in->instructions == like->instructions && j < in->run.n_results; j++) {
			const struct result *r = &in->run.results[j];

			if (result_is(r, like->stage) && result_is_trace(r) == like->trace &&
			    r->hist.n && rows_add(rows, in, r))
				return -1;
		}
	}
	return 0;
}

/* Remove rows of a single sample, which make no curve. */
static void rows_drop_points(struct rows *rows)
{
	size_t i, n = 0;

	for (i = 0; i < rows->n; i++)
		if (rows->list[i].result->hist.n > 1)
			rows->list[n++] = rows->list[i];
	rows->n = n;
}

/* Put rows with the same title together, in the order of the first of each title. */
static void rows_group(struct rows *rows)
{
	struct series *list = rows->list, same;
	size_t i, j, end;

	for (i = 0; i < rows->n; i = end)
		for (end = i + 1, j = end; j < rows->n; j++) {
			if (strcmp(list[i].title, list[j].title))
				continue;
			same = list[j];
			memmove(&list[end + 1], &list[end], (j - end) * sizeof(same));
			list[end++] = same;
		}
}

/* --- figures -------------------------------------------------------------- */

/* Set the name, of lower case letters, digits, dashes and dots: files get this name. */
static void set_name(struct figure *f, const char *part)
{
	static const char *const kind_names[FIGURE_KINDS] = {
		[FIGURE_RANGES] = "overview",	  [FIGURE_STAGES] = "stages",
		[FIGURE_HISTOGRAM] = "histogram", [FIGURE_PERCENTILES] = "percentiles",
		[FIGURE_TRADEOFF] = "tradeoff",	  [FIGURE_HEAT] = "heat",
		[FIGURE_CPUS] = "cpus",
	};
	size_t n, kept = 0;
	char *c;

	snprintf(f->name, sizeof(f->name), "%s%s%s-%.40s%s%.60s", f->trace ? "trace-" : "",
		 f->instructions ? "instructions-" : "", kind_names[f->kind],
		 bench_stages[f->stage].name, *part ? "-" : "", part);
	n = strlen(f->name);
	for (c = f->name; c < f->name + n; c++) {
		bool fine = (*c >= 'a' && *c <= 'z') || *c == '_' || (*c >= '0' && *c <= '9') ||
			    *c == '.';

		if (fine)
			f->name[kept++] = *c;
		else if (*c >= 'A' && *c <= 'Z')
			f->name[kept++] = (char)(*c - 'A' + 'a');
		else if (kept && f->name[kept - 1] != '-')
			f->name[kept++] = '-';
	}
	while (kept && f->name[kept - 1] == '-')
		kept--;
	f->name[kept] = '\0';
}

static bool name_is_taken(const struct figures *figures, const char *name)
{
	size_t i;

	for (i = 0; i < figures->n; i++)
		if (!strcmp(figures->list[i].name, name))
			return true;
	return false;
}

/*
 * Add a figure of rows @from to @to, unless there are enough of its kind. @part is
 * what distinguishes it from the others. Returns 0, or -1 with ENOMEM.
 */
static int add_figure(struct figures *figures, const struct figure *like, const struct rows *rows,
		      size_t from, size_t to, const char *part)
{
	struct figure *list, *f;
	size_t i, n = 0;

	for (i = 0; i < figures->n; i++)
		n += figures->list[i].kind == like->kind &&
		     figures->list[i].instructions == like->instructions &&
		     figures->list[i].trace == like->trace && figures->list[i].stage == like->stage;
	if (n >= REPORT_FIGURES_MAX) {
		figures->left_out++;
		return 0;
	}
	list = reallocarray(figures->list, figures->n + 1, sizeof(*list));
	if (!list)
		return -1;
	figures->list = list;
	f = &list[figures->n];
	*f = *like;
	f->n = to - from;
	if (f->n > REPORT_ROWS_MAX) {
		figures->left_out += f->n - REPORT_ROWS_MAX;
		f->n = REPORT_ROWS_MAX;
	}
	f->series = calloc(f->n, sizeof(*f->series));
	if (!f->series)
		return -1;
	memcpy(f->series, rows->list + from, f->n * sizeof(*f->series));
	set_name(f, part);
	if (name_is_taken(figures, f->name)) {
		char again[48];

		snprintf(again, sizeof(again), "%.30s-%zu", part, n + 1);
		set_name(f, again);
	}
	if (*part) {
		size_t len = strlen(f->caption);

		snprintf(f->caption + len, sizeof(f->caption) - len, ": %s", part);
	}
	figures->n++;
	return 0;
}

/* Do the results divide this total into stages? */
static bool is_divided(const struct series *row)
{
	const struct run *run = &row->input->run;
	size_t i;

	for (i = 0; i < run->n_results; i++)
		if (report_is_part(&run->results[i], row->result))
			return true;
	return false;
}

/* --- kinds of figures: each adds its figures of some rows, with ENOMEM on errors ---- */

/* A bar for each row. */
static int add_overview(struct figures *figures, const struct figure *like, struct rows *rows,
			bool several)
{
	(void)several;
	rows_group(rows);
	return rows->n ? add_figure(figures, like, rows, 0, rows->n, "") : 0;
}

/* A bar for each row that is divided into stages. */
static int add_stages(struct figures *figures, const struct figure *like, struct rows *rows,
		      bool several)
{
	size_t i, n = 0;

	for (i = 0; i < rows->n; i++)
		if (is_divided(&rows->list[i]))
			rows->list[n++] = rows->list[i];
	rows->n = n;
	return add_overview(figures, like, rows, several);
}

/* Put the label of its input before the title of each row. */
static void prefix_titles(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n; i++) {
		struct series *s = &rows->list[i];
		char way[REPORT_TITLE_BYTES];

		memcpy(way, s->title, sizeof(way));
		snprintf(s->title, sizeof(s->title), "%s: %.110s", s->input->label, way);
	}
}

/* Put the rows of a line together, of all CPUs, and leave the CPU out of their titles. */
static void rows_group_lines(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		report_line_title(rows->list[i].input, rows->list[i].result, rows->list[i].title);
	rows_group(rows);
}

/* A title that distinguishes the row from others of its line. */
static void curve_title(struct series *s)
{
	if (s->input->with_cpu)
		snprintf(s->title, sizeof(s->title), "%s, CPU %" PRId64, s->input->label,
			 s->result->cpu);
	else
		snprintf(s->title, sizeof(s->title), "%s", s->input->label);
}

/*
 * Curves: one figure, as long as a reader can tell its curves apart. If there are more,
 * one figure for each way, with that way of every input; of a single input, as many
 * curves in each figure as fit.
 */
static int add_curves(struct figures *figures, const struct figure *like, struct rows *rows,
		      bool several)
{
	char part[REPORT_TITLE_BYTES];
	size_t from, to, i;

	rows_drop_points(rows);
	if (rows->n <= (several ? REPORT_CURVES_MIXED : REPORT_CURVES_MAX)) {
		if (several)
			prefix_titles(rows);
		return rows->n ? add_figure(figures, like, rows, 0, rows->n, "") : 0;
	}
	if (several)
		rows_group_lines(rows);
	for (from = 0; from < rows->n; from = to) {
		for (to = from + 1; to < rows->n; to++)
			if (to - from == REPORT_CURVES_MAX ||
			    (several && strcmp(rows->list[to].title, rows->list[from].title)))
				break;
		if (several)
			memcpy(part, rows->list[from].title, sizeof(part));
		else
			snprintf(part, sizeof(part), "part %zu", from / REPORT_CURVES_MAX + 1);
		for (i = from; i < to && several; i++)
			curve_title(&rows->list[i]);
		if (add_figure(figures, like, rows, from, to, part))
			return -1;
	}
	return 0;
}

/* Points of the rows whose CPU time is known, if there are several to compare. */
static int add_tradeoff(struct figures *figures, const struct figure *like, struct rows *rows,
			bool several)
{
	char part[32] = "";
	size_t i, n = 0;

	for (i = 0; i < rows->n; i++)
		if (rows->list[i].result->wait_ns)
			rows->list[n++] = rows->list[i];
	rows->n = n;
	if (several)
		prefix_titles(rows);
	for (i = 0; n > 1 && i < n; i += REPORT_POINTS_MAX) {
		if (n > REPORT_POINTS_MAX)
			snprintf(part, sizeof(part), "part %zu", i / REPORT_POINTS_MAX + 1);
		if (add_figure(figures, like, rows, i,
			       n - i < REPORT_POINTS_MAX ? n : i + REPORT_POINTS_MAX, part))
			return -1;
	}
	return 0;
}

/* A heat map of each row that has blocks. */
static int add_heat(struct figures *figures, const struct figure *like, struct rows *rows,
		    bool several)
{
	size_t i;

	if (several)
		prefix_titles(rows);
	for (i = 0; i < rows->n; i++)
		if (rows->list[i].result->blocks.n >= BLOCKS_MIN &&
		    add_figure(figures, like, rows, i, i + 1, rows->list[i].title))
			return -1;
	return 0;
}

/* A bar for each CPU: a figure for each line and way that has rows of several CPUs. */
static int add_cpus(struct figures *figures, const struct figure *like, struct rows *rows,
		    bool several)
{
	char part[REPORT_TITLE_BYTES];
	size_t i, from, to;

	rows_group_lines(rows);
	for (from = 0; from < rows->n; from = to) {
		const struct report_input *in = rows->list[from].input;

		for (to = from + 1; to < rows->n; to++)
			if (rows->list[to].input != in ||
			    strcmp(rows->list[to].title, rows->list[from].title))
				break;
		if (to - from < CPUS_MIN)
			continue;
		snprintf(part, sizeof(part), "%s%s%.110s", several ? in->label : "",
			 several ? ": " : "", rows->list[from].title);
		for (i = from; i < to; i++)
			snprintf(rows->list[i].title, sizeof(rows->list[i].title), "CPU %" PRId64,
				 rows->list[i].result->cpu);
		if (add_figure(figures, like, rows, from, to, part))
			return -1;
	}
	return 0;
}

/* --- the figures of a report ------------------------------------------------ */

/**
 * struct figure_maker - figures of a kind, in the order of the page
 * @kind: their kind
 * @stage: stage of their rows
 * @of_stage: caption behind the title of @stage; NULL: @caption is all of it
 * @caption: caption without @of_stage
 * @add: adds the figures
 */
struct figure_maker {
	enum figure_kind kind;
	enum bench_stage stage;
	const char *of_stage;
	const char *caption;
	int (*add)(struct figures *figures, const struct figure *like, struct rows *rows,
		   bool several);
};

#define MAKER(kind_, stage_, add_, caption_)                                                 \
	{                                                                                    \
		.kind = FIGURE_##kind_, .stage = BENCH_STAGE_##stage_, .add = add_, caption_ \
	}

static const struct figure_maker makers[] = {
	MAKER(RANGES, TOTAL, add_overview, .of_stage = "all ways"),
	MAKER(RANGES, TO_USER, add_overview, .of_stage = "all ways"),
	MAKER(STAGES, TOTAL, add_stages, .caption = "Where the mean goes: stages"),
	MAKER(HISTOGRAM, TOTAL, add_curves, .of_stage = "histogram"),
	MAKER(PERCENTILES, TOTAL, add_curves, .of_stage = "percentiles"),
	MAKER(HISTOGRAM, TO_USER, add_curves, .of_stage = "histogram"),
	MAKER(PERCENTILES, TO_USER, add_curves, .of_stage = "percentiles"),
	MAKER(TRADEOFF, TOTAL, add_tradeoff, .caption = "Latency against CPU time"),
	MAKER(HEAT, TOTAL, add_heat, .caption = "Over the time of the run"),
	MAKER(CPUS, TOTAL, add_cpus, .caption = "By CPU"),
};

static int make(const struct figure_maker *maker, const struct report *report, bool instructions,
		bool trace, struct figures *figures)
{
	struct figure like = {
		.trace = trace,
		.kind = maker->kind,
		.stage = maker->stage,
		.instructions = instructions,
	};
	bool several = report_count_inputs(report, instructions) > 1;
	char stage[REPORT_STAGE_BYTES];
	struct rows rows;
	int kind, err;

	if (maker->of_stage && trace)
		snprintf(like.caption, sizeof(like.caption), "Interrupt to user space or task: %s",
			 maker->kind == FIGURE_RANGES ? "all interrupts" : maker->of_stage);
	else if (maker->of_stage)
		snprintf(like.caption, sizeof(like.caption), "%s: %s",
			 report_stage_caption(maker->stage, stage), maker->of_stage);
	else
		snprintf(like.caption, sizeof(like.caption), "%s", maker->caption);
	/* Claims are times: they do not compare with instructions. */
	for (kind = 0; kind < REF_KINDS && maker->kind == FIGURE_RANGES && !instructions && !trace;
	     kind++)
		if (ref_comparisons[kind].stage == &bench_stages[maker->stage])
			like.claims |= 1u << kind;
	err = rows_collect(&rows, report, &like) || maker->add(figures, &like, &rows, several);
	free(rows.list);
	return err ? -1 : 0;
}

/**
 * figures_make - choose the figures of a report
 * @report: report_choose_titles() was called for its inputs. The figures refer to
 *	its inputs and their rows
 * @figures: zeroed by the caller; filled. The caller calls figures_free(), on
 *	errors too
 *
 * Returns 0, or -1 with ENOMEM.
 */
int figures_make(const struct report *report, struct figures *figures)
{
	static const struct {
		bool instructions;
		bool trace;
	} sorts[] = { { false, false }, { false, true }, { true, false } };
	size_t sort, i;

	for (sort = 0; sort < sizeof(sorts) / sizeof(sorts[0]); sort++)
		for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
			if (make(&makers[i], report, sorts[sort].instructions, sorts[sort].trace,
				 figures))
				return -1;
	return 0;
}

void figures_free(struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->n; i++) {
		free(figures->list[i].series);
		free(figures->list[i].svg);
		free(figures->list[i].svg_narrow);
		free(figures->list[i].svg_full);
	}
	free(figures->list);
}

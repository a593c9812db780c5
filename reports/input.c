// SPDX-License-Identifier: GPL-2.0-or-later
/* The inputs of a report: their labels, the titles of their rows, their times. */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Do the rows measure interrupts of one line? */
bool report_same_line(const struct result *a, const struct result *b)
{
	return a->irq == b->irq && !strcmp(a->source, b->source);
}

/**
 * report_choose_titles - find out what the titles of rows have to name
 * @in: @with_source and @with_cpu are set
 */
void report_choose_titles(struct report_input *in)
{
	const struct run *run = &in->run;
	size_t i, j;

	for (i = 0; i < run->n_results; i++) {
		/* What a trace is of nobody sees by its ways. */
		in->with_source |= result_is_trace(&run->results[i]);
		for (j = 0; j < i; j++) {
			const struct result *a = &run->results[i];
			const struct result *b = &run->results[j];

			if (strcmp(a->way, b->way) || strcmp(a->load, b->load) ||
			    strcmp(a->stage, b->stage))
				continue;
			in->with_source |= !report_same_line(a, b);
			in->with_cpu |= report_same_line(a, b) && a->cpu != b->cpu;
		}
	}
}

/**
 * report_split_load - leave only the rows of the first load in a run
 * @from: keeps the rows that have the load of its first row
 * @to: zeroed by the caller; gets the other rows
 *
 * The caller calls run_free() for @to.
 *
 * Returns 0, or -1 with ENOMEM.
 */
int report_split_load(struct run *from, struct run *to)
{
	char load[RESULT_NAME_BYTES] = "";
	size_t i, kept = 0;

	to->results = calloc(from->n_results + 1, sizeof(*to->results));
	if (!to->results)
		return -1;
	if (from->n_results)
		memcpy(load, from->results[0].load, sizeof(load));
	for (i = 0; i < from->n_results; i++)
		if (strcmp(from->results[i].load, load))
			to->results[to->n_results++] = from->results[i];
		else
			from->results[kept++] = from->results[i];
	from->n_results = kept;
	return 0;
}

/**
 * report_label - set the label of an input
 * @in: has at least one row
 * @several_files: the report has several files, so the label names @in->file
 */
void report_label(struct report_input *in, bool several_files)
{
	const char *load = in->run.results[0].load;
	bool loaded = *load && strcmp(load, RESULT_NO_LOAD);

	if (!in->one_load)
		snprintf(in->label, sizeof(in->label), "%s", in->file);
	else
		snprintf(in->label, sizeof(in->label), "%s%s%s%s", several_files ? in->file : "",
			 several_files ? ", " : "", loaded ? "load " : "no load",
			 loaded ? load : "");
}

size_t report_count_files(const struct report *report)
{
	size_t i, n = 0;

	for (i = 0; i < report->n_inputs; i++)
		n += !report->inputs[i].continued;
	return n;
}

/* How many inputs have this unit? */
size_t report_count_inputs(const struct report *report, bool instructions)
{
	size_t i, n = 0;

	for (i = 0; i < report->n_inputs; i++)
		n += report->inputs[i].instructions == instructions;
	return n;
}

/* Are there rows of irqlat trace, or without @trace of irqlat bench? */
bool report_has_rows(const struct report *report, bool trace)
{
	size_t i, j;

	for (i = 0; i < report->n_inputs; i++)
		for (j = 0; j < report->inputs[i].run.n_results; j++)
			if (result_is_trace(&report->inputs[i].run.results[j]) == trace)
				return true;
	return false;
}

/* A row's way and, where rows differ in them, its load and interrupt. Returns @title. */
const char *report_line_title(const struct report_input *in, const struct result *r,
			      char title[REPORT_TITLE_BYTES])
{
	char way[RESULT_TITLE_BYTES], irq[32] = "";

	if (in->with_source && r->irq != RESULT_NO_IRQ)
		snprintf(irq, sizeof(irq), " irq %" PRIu64, r->irq);
	snprintf(title, REPORT_TITLE_BYTES, "%s%s%s%s",
		 in->one_load ? result_way_words(r) : result_title(r, way),
		 in->with_source ? ", " : "", in->with_source ? r->source : "", irq);
	return title;
}

/* The line title and, where rows differ in it, the CPU. Returns @title. */
const char *report_row_title(const struct report_input *in, const struct result *r,
			     char title[REPORT_TITLE_BYTES])
{
	size_t len = strlen(report_line_title(in, r, title));

	if (in->with_cpu)
		snprintf(title + len, REPORT_TITLE_BYTES - len, ", CPU %" PRId64, r->cpu);
	return title;
}

/* A stage's title as a heading starts: "Raised to user". Returns @text. */
const char *report_stage_caption(enum bench_stage stage, char text[REPORT_STAGE_BYTES])
{
	snprintf(text, REPORT_STAGE_BYTES, "%s", bench_stages[stage].title);
	text[0] = (char)toupper((unsigned char)text[0]);
	return text;
}

/* Is @part, with samples, one of the stages that add up to @total? */
bool report_is_part(const struct result *part, const struct result *total)
{
	const struct stage_info *stage = stage_find(part->stage);

	return stage && stage->part && part->hist.n && part->cpu == total->cpu &&
	       part->irq == total->irq && result_same_way(part, total);
}

/**
 * report_time - a time of a table, without its unit
 * @instructions: print instructions; microseconds if not set
 * @known: there is a time; "n/a" if not
 * @ns: the time
 * @text: gets "3.793", "3793" or "n/a"
 *
 * Above 100 us the buckets of a histogram are wider than 0.1 us.
 *
 * Returns @text.
 */
const char *report_time(bool instructions, bool known, uint64_t ns, char text[REPORT_TIME_BYTES])
{
	if (!known)
		snprintf(text, REPORT_TIME_BYTES, "n/a");
	else if (instructions)
		snprintf(text, REPORT_TIME_BYTES, "%" PRIu64, ns);
	else
		snprintf(text, REPORT_TIME_BYTES, "%.*f", ns < 100000 ? 3 : 1, (double)ns / 1000);
	return text;
}

/* A percentile as report_time() prints it, "n/a" when the samples do not carry it. */
const char *report_percentile(bool instructions, const struct hist *h, uint32_t ppm,
			      char text[REPORT_TIME_BYTES])
{
	uint64_t ns = 0;
	bool known = hist_percentile(h, ppm, &ns);

	return report_time(instructions, known, ns, text);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What a report's inputs and their rows are called, and which belong together. */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Interrupts of one line. */
bool report_same_line(const struct result *a, const struct result *b)
{
	return a->irq == b->irq && !strcmp(a->source, b->source);
}

/**
 * report_look - find out what titles of rows have to say
 * @in: is read; @with_source and @with_cpu are set
 */
void report_look(struct report_input *in)
{
	const struct run *run = &in->run;
	size_t i, j;

	for (i = 0; i < run->n_results; i++)
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

/**
 * report_split_load - let a run have the rows of one load only
 * @from: keeps those of the first
 * @to: zeroed; gets the others, if there are any
 *
 * Returns 0, or -1 when memory is out.
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
 * report_label - name an input for legends
 * @in: its rows are of one load, if @in->one_load
 * @several_files: there are others to be told from
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

/* A way and, where it takes that to tell rows apart, its load and line. */
const char *report_line_title(const struct report_input *in, const struct result *r,
			      char title[REPORT_TITLE_BYTES])
{
	char way[RESULT_TITLE_BYTES], irq[32] = "";

	if (in->with_source && r->irq != RESULT_NO_IRQ)
		snprintf(irq, sizeof(irq), " irq %" PRIu64, r->irq);
	snprintf(title, REPORT_TITLE_BYTES, "%s%s%s%s",
		 in->one_load ? r->way : result_title(r, way), in->with_source ? ", " : "",
		 in->with_source ? r->source : "", irq);
	return title;
}

/* The same and, where it takes that too, its CPU. */
const char *report_row_title(const struct report_input *in, const struct result *r,
			     char title[REPORT_TITLE_BYTES])
{
	char cpu[32] = "";
	size_t len;

	if (in->with_cpu)
		snprintf(cpu, sizeof(cpu), ", CPU %" PRId64, r->cpu);
	len = strlen(report_line_title(in, r, title));
	snprintf(title + len, REPORT_TITLE_BYTES - len, "%s", cpu);
	return title;
}

/* A stage's title as a heading starts: "Raised to user". Returns @text. */
const char *report_stage_caption(enum bench_stage stage, char text[REPORT_STAGE_BYTES])
{
	snprintf(text, REPORT_STAGE_BYTES, "%s", bench_stages[stage].title);
	text[0] = (char)toupper((unsigned char)text[0]);
	return text;
}

/* Is this one of the parts that add up to the total? */
bool report_is_part(const struct result *r)
{
	const struct stage_info *stage = stage_find(r->stage);

	return stage && stage->part;
}

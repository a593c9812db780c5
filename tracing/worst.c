// SPDX-License-Identifier: GPL-2.0-or-later
#include "worst.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 2

/* So many chains are explained when there are too few for a percentile. */
#define TAIL_FEW 10

/**
 * worst_init - prepare to keep chains
 * @worst: set; worst_free() it
 * @max_top: how many of all
 *
 * Returns 0, or -1 with errno set.
 */
int worst_init(struct worst *worst, size_t max_top)
{
	memset(worst, 0, sizeof(*worst));
	worst->max_top = max_top;
	worst->top = calloc(max_top + 1, sizeof(struct worst_top *));
	return worst->top ? 0 : -1;
}

static void top_clear(struct worst_top *top)
{
	for (size_t i = 0; i < top->n_cpus; i++)
		free(top->cpus[i].spans);
	top->n_cpus = 0;
}

/* Frees what @worst owns, but not @worst itself. */
void worst_free(struct worst *worst)
{
	for (size_t i = 0; i < worst->n_lines; i++) {
		hist_free(&worst->lines[i]->total);
		free(worst->lines[i]->tail);
		free(worst->lines[i]);
	}
	for (size_t i = 0; i < worst->n_top; i++) {
		top_clear(worst->top[i]);
		free(worst->top[i]);
	}
	free(worst->lines);
	free(worst->top);
	memset(worst, 0, sizeof(*worst));
}

static uint64_t length_of(const struct chain_sample *sample)
{
	return sample->end_ns - sample->start_ns;
}

static struct worst_line *line_new(struct worst *worst, int32_t irq, const char *name)
{
	struct worst_line **lines, *line = calloc(1, sizeof(*line));

	lines = realloc(worst->lines, (worst->n_lines + 1) * sizeof(struct worst_line *));
	if (lines)
		worst->lines = lines;
	if (line)
		line->tail = calloc(WORST_TAIL_MAX, sizeof(*line->tail));
	if (!lines || !line || !line->tail || hist_init(&line->total, DIGITS, 0)) {
		if (line)
			free(line->tail);
		free(line);
		return NULL;
	}
	line->irq = irq;
	snprintf(line->name, sizeof(line->name), "%s", name);
	worst->lines[worst->n_lines++] = line;
	return line;
}

static struct worst_line *line_of(struct worst *worst, int32_t irq, const char *name)
{
	for (size_t i = 0; i < worst->n_lines; i++) {
		if (worst->lines[i]->irq == irq && !strcmp(worst->lines[i]->name, name))
			return worst->lines[i];
	}
	return line_new(worst, irq, name);
}

/* --- the tail of a handler: a heap, the shortest chain first ------------------- */

static void swap(struct worst_chain *a, struct worst_chain *b)
{
	struct worst_chain other = *a;

	*a = *b;
	*b = other;
}

static void tail_sink(struct worst_line *line, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= line->n_tail)
			return;
		if (child + 1 < line->n_tail && line->tail[child + 1].ns < line->tail[child].ns)
			child++;
		if (line->tail[i].ns <= line->tail[child].ns)
			return;
		swap(&line->tail[i], &line->tail[child]);
		i = child;
	}
}

static void tail_add(struct worst_line *line, const struct worst_chain *chain)
{
	size_t i;

	if (line->n_tail == WORST_TAIL_MAX) {
		line->tail[0] = *chain;
		tail_sink(line, 0);
		return;
	}
	i = line->n_tail++;
	line->tail[i] = *chain;
	for (; i && line->tail[(i - 1) / 2].ns > line->tail[i].ns; i = (i - 1) / 2)
		swap(&line->tail[i], &line->tail[(i - 1) / 2]);
}

/* --- the spans of a chain ------------------------------------------------------ */

/**
 * struct span_list - is filled from its end: timeline_spans() gives the last span first
 * @spans: room for WORST_SPANS_MAX; the last @n are in use
 * @from_ns: begin of the first of these
 */
struct span_list {
	struct worst_span *spans;
	size_t n;
	uint64_t from_ns;
};

static void add_span(void *ctx, const struct timeline_span *span)
{
	static const struct timeline_who others = {
		.kind = TIMELINE_OTHERS,
		.id = -1,
		.name = "others",
		.prio = EVENT_PRIO_UNKNOWN,
	};
	struct span_list *list = ctx;
	struct worst_span *first = &list->spans[WORST_SPANS_MAX - list->n];

	list->from_ns -= span->ns;
	if (list->n == WORST_SPANS_MAX) {
		first->ns += first->from_ns - list->from_ns;
		first->who = others;
	} else {
		list->n++;
		*--first = (struct worst_span){ .ns = span->ns, .who = *span->who };
	}
	first->from_ns = list->from_ns;
}

static int cpu_keep(struct worst_cpu *kept, unsigned int cpu, const struct chain_sample *sample,
		    const struct timeline *timeline)
{
	struct span_list list = {
		.spans = calloc(WORST_SPANS_MAX, sizeof(*list.spans)),
		.from_ns = sample->end_ns,
	};
	struct worst_span *spans;

	if (!list.spans)
		return -1;
	timeline_spans(timeline, cpu, sample->start_ns, sample->end_ns, add_span, &list);
	memmove(list.spans, list.spans + WORST_SPANS_MAX - list.n, list.n * sizeof(*list.spans));
	/* A smaller one, where there is memory for it. */
	spans = realloc(list.spans, (list.n + 1) * sizeof(*spans));
	*kept = (struct worst_cpu){
		.cpu = cpu,
		.spans = spans ? spans : list.spans,
		.n_spans = list.n,
	};
	return 0;
}

/* Returns 0, or -1 without memory. */
static int keep_cpu(struct worst_top *top, unsigned int cpu, const struct timeline *timeline)
{
	for (size_t i = 0; i < top->n_cpus; i++)
		if (top->cpus[i].cpu == cpu)
			return 0;
	if (cpu_keep(&top->cpus[top->n_cpus], cpu, &top->culprit.sample, timeline))
		return -1;
	top->n_cpus++;
	return 0;
}

static void keep_spans(struct worst *worst, struct worst_top *top, const struct timeline *timeline)
{
	const struct chain_sample *s = &top->culprit.sample;

	if (keep_cpu(top, s->irq_cpu, timeline) || keep_cpu(top, s->task_cpu, timeline))
		goto fail;
	for (unsigned int i = 0; i < s->n_hops; i++)
		if (keep_cpu(top, s->hops[i].cpu, timeline))
			goto fail;
	return;
fail:
	worst->no_memory++;
}

/* --- all -------------------------------------------------------------------- */

static uint64_t length_of_top(const struct worst *worst, size_t i)
{
	return length_of(&worst->top[i]->culprit.sample);
}

/* The longest first; of equal ones the earlier. */
static void top_add(struct worst *worst, const struct culprit *culprit,
		    const struct timeline *timeline)
{
	bool full = worst->n_top == worst->max_top;
	struct worst_top *kept = full ? worst->top[worst->n_top - 1] : calloc(1, sizeof(*kept));
	size_t i = full ? worst->n_top - 1 : worst->n_top;

	if (!kept) {
		worst->no_memory++;
		return;
	}
	top_clear(kept);
	kept->culprit = *culprit;
	if (worst->keep_spans)
		keep_spans(worst, kept, timeline);
	worst->n_top = full ? worst->n_top : worst->n_top + 1;
	for (; i && length_of_top(worst, i - 1) < length_of(&culprit->sample); i--)
		worst->top[i] = worst->top[i - 1];
	worst->top[i] = kept;
}

static bool belongs_to_top(const struct worst *worst, uint64_t ns)
{
	return worst->max_top &&
	       (worst->n_top < worst->max_top || ns > length_of_top(worst, worst->n_top - 1));
}

/**
 * worst_add - a chain has ended
 * @worst: keeps it if it is long
 * @name: of the handler
 * @sample: the chain
 * @timeline: of the same recording
 */
void worst_add(struct worst *worst, const char *name, const struct chain_sample *sample,
	       const struct timeline *timeline)
{
	struct worst_line *line = line_of(worst, sample->irq, name);
	uint64_t ns = length_of(sample);
	struct worst_chain chain = { .ns = ns, .sample = *sample };
	bool top = belongs_to_top(worst, ns);
	struct culprit culprit;

	if (!line) {
		worst->no_memory++;
		return;
	}
	hist_record(&line->total, (int64_t)ns);
	if (!top && line->n_tail == WORST_TAIL_MAX && ns <= line->tail[0].ns)
		return;
	culprit_find(&culprit, sample, timeline);
	chain.cause = culprit_cause(&culprit);
	if (line->n_tail < WORST_TAIL_MAX || ns > line->tail[0].ns)
		tail_add(line, &chain);
	if (top)
		top_add(worst, &culprit, timeline);
}

static int compare_chains(const void *a, const void *b)
{
	const struct worst_chain *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return x->sample.start_ns < y->sample.start_ns ? -1 : 1;
}

static int compare_lines(const void *a, const void *b)
{
	const struct worst_line *const *x = a, *const *y = b;

	if ((*x)->tail[0].ns == (*y)->tail[0].ns)
		return 0;
	return (*x)->tail[0].ns < (*y)->tail[0].ns ? 1 : -1;
}

/* All chains have ended: sort what was kept. */
void worst_end(struct worst *worst)
{
	for (size_t i = 0; i < worst->n_lines; i++)
		qsort(worst->lines[i]->tail, worst->lines[i]->n_tail,
		      sizeof(*worst->lines[i]->tail), compare_chains);
	if (worst->n_lines)
		qsort(worst->lines, worst->n_lines, sizeof(*worst->lines), compare_lines);
}

/* --- groups ------------------------------------------------------------------ */

/* The chains that are explained: the highest percentile that the samples carry. */
struct worst_share worst_share(const struct worst_line *line)
{
	static const struct {
		const char *label;
		uint32_t ppm;
	} percentiles[] = { { "p99.9", 999000 }, { "p99", 990000 } };
	struct worst_share share = { .label = "worst" };

	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
		if (!hist_percentile(&line->total, percentiles[i].ppm, &share.from_ns))
			continue;
		share.label = percentiles[i].label;
		break;
	}
	for (; share.n < line->n_tail; share.n++) {
		bool few = !share.from_ns && share.n == TAIL_FEW;

		if (few || line->tail[share.n].ns < share.from_ns)
			break;
		share.ns += line->tail[share.n].ns;
	}
	if (!share.from_ns && share.n)
		share.from_ns = line->tail[share.n - 1].ns;
	return share;
}

/* Tasks of one name are one cause: a kernel compiles with many of them. */
static bool is_same_cause(const struct culprit_cause *a, const struct culprit_cause *b)
{
	return a->stage == b->stage && a->before_realtime == b->before_realtime &&
	       a->who.kind == b->who.kind &&
	       (a->who.kind == TIMELINE_TASK || a->who.id == b->who.id) &&
	       !strcmp(a->who.name, b->who.name);
}

static int compare_groups(const void *a, const void *b)
{
	const struct worst_group *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->ns < y->ns ? 1 : x->ns > y->ns ? -1 : 0;
}

/**
 * worst_groups - group the chains of a tail by their cause
 * @line: worst_end() was called
 * @share: of worst_share()
 * @groups: filled, the most frequent first. The last of WORST_GROUPS_MAX has all others
 *
 * Returns how many.
 */
size_t worst_groups(const struct worst_line *line, const struct worst_share *share,
		    struct worst_group groups[WORST_GROUPS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < share->n; i++) {
		const struct worst_chain *chain = &line->tail[i];
		size_t k = 0;

		while (k < n && k < WORST_GROUPS_MAX - 1 &&
		       !is_same_cause(&groups[k].chain->cause, &chain->cause))
			k++;
		if (k == n)
			groups[n++] = (struct worst_group){ .chain = chain };
		groups[k].n++;
		groups[k].ns += chain->cause.ns;
	}
	qsort(groups, n, sizeof(*groups), compare_groups);
	return n;
}

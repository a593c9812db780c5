// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * irqlat explain --perfetto: single chains as Chrome's trace events, which
 * https://ui.perfetto.dev and chrome://tracing show
 *
 * A chain is a process. Its threads are the stages, and a row for each CPU that it
 * depended on: that of the interrupt, and that of the task. Time 0 is the begin of the
 * first chain, whose time in the trace is otherData.zero_ns.
 */

#include <inttypes.h>

#include "base/jsonio.h"
#include "trace.h"

/* Threads of a process: the stages, and up to two CPUs. */
enum { ROW_STAGES, ROW_CPUS, ROWS_MAX = 4 };

/* Viewers want each number once, and have their own idea of 0 and of a process's own. */
static int thread_of(int chain, int row)
{
	return 10000 + ROWS_MAX * chain + row;
}

/* Microseconds, the unit of the format. */
static json_t *time_value(uint64_t ns)
{
	return json_real((double)ns / 1000);
}

/* Something that lasts. */
static void add_slice(json_t *events, const char *name, const char *kind, int chain, int row,
		      uint64_t from_ns, uint64_t ns)
{
	json_array_append_new(events, json_pack("{s:o, s:s, s:s, s:o, s:o, s:i, s:i}", "name",
						jsonio_text(name), "cat", kind, "ph", "X", "ts",
						time_value(from_ns), "dur", time_value(ns), "pid",
						chain, "tid", thread_of(chain, row)));
}

/* A name of a process or thread. */
static void add_name(json_t *events, const char *what, int chain, int row, const char *name)
{
	json_array_append_new(events, json_pack("{s:s, s:s, s:i, s:i, s:{s:o}}", "name", what, "ph",
						"M", "pid", chain, "tid", thread_of(chain, row),
						"args", "name", jsonio_text(name)));
}

static void add_place(json_t *events, const char *what, int chain, int row, int place)
{
	json_array_append_new(events, json_pack("{s:s, s:s, s:i, s:i, s:{s:i}}", "name", what, "ph",
						"M", "pid", chain, "tid", thread_of(chain, row),
						"args", "sort_index", place));
}

static void add_stages(json_t *events, const struct chain_sample *s, int chain, uint64_t zero_ns)
{
	struct chain_piece pieces[CHAIN_PIECES_MAX];
	uint64_t at = s->start_ns - zero_ns;
	int n = chain_pieces(s, pieces);

	for (int i = 0; i < n; i++) {
		add_slice(events, chain_stages[pieces[i].stage].name, "stage", chain, ROW_STAGES,
			  at, pieces[i].ns);
		at += pieces[i].ns;
	}
}

static void add_cpu(json_t *events, const struct worst_top *top, size_t i, int chain,
		    uint64_t zero_ns)
{
	const struct worst_cpu *cpu = &top->cpus[i];
	const struct chain_sample *s = &top->culprit.sample;
	const char *whose = cpu->cpu != s->irq_cpu ?
				    cpu->cpu == s->task_cpu ? "task" : "a task on the way" :
			    cpu->cpu == s->task_cpu ? "interrupt and task" :
						      "interrupt";
	int row = ROW_CPUS + (int)i;
	char text[CULPRIT_TEXT_BYTES];

	snprintf(text, sizeof(text), "CPU %u, of %s", cpu->cpu, whose);
	add_name(events, "thread_name", chain, row, text);
	add_place(events, "thread_sort_index", chain, row, row);
	for (size_t k = 0; k < cpu->n_spans; k++) {
		const struct worst_span *span = &cpu->spans[k];

		add_slice(events, culprit_who_text(&span->who, text),
			  timeline_kind_names[span->who.kind], chain, row, span->from_ns - zero_ns,
			  span->ns);
	}
}

static void add_chain(json_t *events, const struct worst_top *top, int chain, uint64_t zero_ns)
{
	const struct chain_sample *s = &top->culprit.sample;
	const struct stats_row *row = s->row;
	struct culprit_cause cause = culprit_cause(&top->culprit);
	char text[2 * CULPRIT_TEXT_BYTES], why[CULPRIT_TEXT_BYTES], irq[16] = "";

	if (s->irq >= 0)
		snprintf(irq, sizeof(irq), "%" PRId32 " ", s->irq);
	snprintf(text, sizeof(text), "%d. %.2f us: %s%s woke %s:%d: %s", chain,
		 (double)(s->end_ns - s->start_ns) / 1000, irq, row->name, s->comm, s->pid,
		 culprit_cause_text(&cause, s, why));
	add_name(events, "process_name", chain, ROW_STAGES, text);
	add_place(events, "process_sort_index", chain, ROW_STAGES, chain);
	add_name(events, "thread_name", chain, ROW_STAGES, "stages");
	add_place(events, "thread_sort_index", chain, ROW_STAGES, ROW_STAGES);
	add_stages(events, s, chain, zero_ns);
	for (size_t i = 0; i < top->n_cpus; i++)
		add_cpu(events, top, i, chain, zero_ns);
}

/* Where the first chain begins: a double does not hold ns since boot. */
static uint64_t first_ns(const struct worst *worst)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < worst->n_top; i++) {
		if (worst->top[i]->culprit.sample.start_ns < first)
			first = worst->top[i]->culprit.sample.start_ns;
	}
	return worst->n_top ? first : 0;
}

/* All single chains; the caller owns the object. NULL without memory. */
json_t *trace_explain_perfetto_object(const struct trace_run *run)
{
	const struct worst *worst = run->worst;
	uint64_t zero_ns = first_ns(worst);
	json_t *events = json_array();

	for (size_t i = 0; i < worst->n_top; i++)
		add_chain(events, worst->top[i], (int)i + 1, zero_ns);
	return json_pack("{s:s, s:{s:s, s:o, s:I}, s:o}", "displayTimeUnit", "ns", "otherData",
			 "version", "irqlat " PROCIRQ_VERSION, "trace_clock",
			 jsonio_text(run->system.trace_clock), "zero_ns", (json_int_t)zero_ns,
			 "traceEvents", events);
}

/* Returns 0, or -1. */
int trace_explain_perfetto(const void *what, FILE *out)
{
	jsonio_begin();
	return jsonio_write(trace_explain_perfetto_object(what),
			    JSON_COMPACT | JSON_REAL_PRECISION(15), out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat explain --chains and --json: single chains as JSON lines, and all of it. */

#include "base/jsonio.h"

#include "trace.h"

static json_t *parts_array(const struct culprit *c, int stage)
{
	size_t order[CULPRIT_PARTS_MAX], n = culprit_parts_of(c, stage, order);
	json_t *parts = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct culprit_part *part = &c->parts[order[i]];

		json_array_append_new(parts, json_pack("{s:s, s:i, s:o, s:I}", "kind",
						       timeline_kind_names[part->who.kind], "id",
						       (int)part->who.id, "name",
						       jsonio_text(part->who.name), "ns",
						       (json_int_t)part->ns[stage]));
	}
	return parts;
}

static json_t *stages_array(const struct culprit *c)
{
	json_t *stages = json_array();

	for (int i = 0; i < chain_n_stages(&c->sample); i++) {
		int stage = chain_stage_at(&c->sample, i);

		json_array_append_new(
			stages, json_pack("{s:s, s:I, s:i, s:o}", "stage", chain_stages[stage].name,
					  "ns", (json_int_t)c->sample.ns[stage], "cpu",
					  (int)chain_stage_cpu(&c->sample, (enum chain_stage)stage),
					  "parts", parts_array(c, stage)));
	}
	return stages;
}

static json_t *hops_array(const struct chain_sample *s)
{
	json_t *hops = json_array();

	for (unsigned int i = 0; i < s->n_hops; i++) {
		const struct chain_hop *hop = &s->hops[i];

		json_array_append_new(hops,
				      json_pack("{s:o, s:i, s:i, s:I, s:I, s:I}", "task",
						jsonio_text(hop->comm), "pid", (int)hop->pid, "cpu",
						(int)hop->cpu, "wake_ns", (json_int_t)hop->wake_ns,
						"queue_ns", (json_int_t)hop->queue_ns, "run_ns",
						(json_int_t)hop->run_ns));
	}
	return hops;
}

/* A chain and its cause. */
static json_t *chain_object(const struct chain_sample *s, const struct culprit_cause *cause)
{
	const struct stats_row *row = s->row;
	char text[CULPRIT_TEXT_BYTES];

	culprit_cause_text(cause, s, text);
	return json_pack("{s:o, s:o, s:i, s:o, s:i, s:i, s:s, s:I, s:I, s:o, s:s, s:I, s:o}",
			 "source", jsonio_text(row->name), "irq",
			 s->irq < 0 ? json_null() : json_integer(s->irq), "irq_cpu",
			 (int)s->irq_cpu, "task", jsonio_text(s->comm), "pid", (int)s->pid,
			 "task_cpu", (int)s->task_cpu, "end", chain_end_names[s->end], "start_ns",
			 (json_int_t)s->start_ns, "total_ns", (json_int_t)(s->end_ns - s->start_ns),
			 "cause", jsonio_text(text), "cause_stage", chain_stages[cause->stage].name,
			 "cause_ns", (json_int_t)cause->ns, "hops", hops_array(s));
}

/* With what had the CPU in each stage. */
static json_t *single_chain(const struct worst_top *top)
{
	struct culprit_cause cause = culprit_cause(&top->culprit);
	json_t *object = chain_object(&top->culprit.sample, &cause);

	json_object_set_new(object, "stages", stages_array(&top->culprit));
	return object;
}

/* One object in each row, the longest chain first. Returns 0, or -1. */
int trace_explain_json(const void *what, FILE *out)
{
	const struct trace_run *run = what;

	for (size_t i = 0; i < run->worst->n_top; i++) {
		jsonio_begin();
		if (jsonio_write(single_chain(run->worst->top[i]), JSON_COMPACT, out))
			return -1;
	}
	return 0;
}

/* --- irqlat explain --json --------------------------------------------------- */

static json_t *line_object(const struct worst_line *line)
{
	struct worst_share share = worst_share(line);
	struct worst_group groups[WORST_GROUPS_MAX];
	size_t n = worst_groups(line, &share, groups);
	json_t *causes = json_array();
	char text[CULPRIT_TEXT_BYTES];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(causes,
				      json_pack("{s:o, s:s, s:I, s:I}", "cause",
						jsonio_text(trace_explain_cause(&groups[i], text)),
						"stage",
						chain_stages[groups[i].chain->cause.stage].name,
						"n", (json_int_t)groups[i].n, "ns",
						(json_int_t)groups[i].ns));
	return json_pack("{s:I, s:o, s:s, s:I, s:I, s:I, s:o}", "n", (json_int_t)line->total.n,
			 "max", chain_object(&line->tail[0].sample, &line->tail[0].cause), "label",
			 share.label, "from_ns", (json_int_t)share.from_ns, "tail",
			 (json_int_t)share.n, "tail_ns", (json_int_t)share.ns, "causes", causes);
}

/*
 * All that irqlat explain found, and the single chains as events for a viewer; the caller
 * owns the object. NULL without memory.
 */
json_t *trace_explain_object(const struct trace_run *run)
{
	json_t *lines = json_array(), *chains = json_array();

	for (size_t i = 0; i < run->worst->n_lines; i++)
		json_array_append_new(lines, line_object(run->worst->lines[i]));
	for (size_t i = 0; i < run->worst->n_top; i++)
		json_array_append_new(chains, single_chain(run->worst->top[i]));
	return json_pack("{s:o, s:o, s:o}", "lines", lines, "chains", chains, "perfetto",
			 trace_explain_perfetto_object(run));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat explain --chains: single chains as JSON lines. */

#include <jansson.h>

#include "trace.h"

static json_t *parts_array(const struct culprit *c, int stage)
{
	size_t order[CULPRIT_PARTS_MAX], n = culprit_parts_of(c, stage, order);
	json_t *parts = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct culprit_part *part = &c->parts[order[i]];

		json_array_append_new(parts, json_pack("{s:s, s:i, s:s, s:I}", "kind",
						       timeline_kind_names[part->who.kind], "id",
						       (int)part->who.id, "name", part->who.name,
						       "ns", (json_int_t)part->ns[stage]));
	}
	return parts;
}

static json_t *stages_array(const struct culprit *c)
{
	json_t *stages = json_array();

	for (int i = 0; i < chain_n_stages(&c->sample); i++) {
		int stage = chain_stage_at(&c->sample, i);

		json_array_append_new(stages, json_pack("{s:s, s:I, s:i, s:o}", "stage",
							chain_stages[stage].name, "ns",
							(json_int_t)c->sample.ns[stage], "cpu",
							(int)culprit_stage_cpu(&c->sample, stage),
							"parts", parts_array(c, stage)));
	}
	return stages;
}

static json_t *chain_object(const struct culprit *c)
{
	const struct chain_sample *s = &c->sample;
	const struct stats_row *row = s->row;
	struct culprit_cause cause = culprit_cause(c);
	char text[CULPRIT_TEXT_BYTES];

	culprit_cause_text(&cause, s, text);
	return json_pack("{s:s, s:o, s:i, s:s, s:i, s:i, s:s, s:I, s:I, s:s, s:s, s:I, s:o}",
			 "source", row->name, "irq",
			 s->irq < 0 ? json_null() : json_integer(s->irq), "irq_cpu",
			 (int)s->irq_cpu, "task", s->comm, "pid", (int)s->pid, "task_cpu",
			 (int)s->task_cpu, "end", chain_end_names[s->end], "start_ns",
			 (json_int_t)s->start_ns, "total_ns", (json_int_t)(s->end_ns - s->start_ns),
			 "cause", text, "cause_stage", chain_stages[cause.stage].name, "cause_ns",
			 (json_int_t)cause.ns, "stages", stages_array(c));
}

/* One object in each row, the longest chain first. Returns 0, or -1. */
int trace_explain_json(const void *what, FILE *out)
{
	const struct trace_run *run = what;

	for (size_t i = 0; i < run->worst->n_top; i++) {
		json_t *object = chain_object(&run->worst->top[i]->culprit);
		int err =
			!object || json_dumpf(object, out, JSON_COMPACT) || fputc('\n', out) == EOF;

		json_decref(object);
		if (err)
			return -1;
	}
	return 0;
}

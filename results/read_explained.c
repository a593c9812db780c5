// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading what irqlat explain --json wrote; see read_json.c. */
#include "read_explained.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "result.h"

static int read_hop(struct json_reader *reader, const json_t *object, struct explained_hop *hop)
{
	if (json_reader_text(reader, object, "task", hop->task, sizeof(hop->task)) ||
	    json_reader_integer(reader, object, "pid", &hop->pid) ||
	    json_reader_integer(reader, object, "cpu", &hop->cpu) ||
	    json_reader_count(reader, object, "wake_ns", &hop->wake_ns) ||
	    json_reader_count(reader, object, "queue_ns", &hop->queue_ns) ||
	    json_reader_count(reader, object, "run_ns", &hop->run_ns))
		return -1;
	return 0;
}

/* Without the array the chain has none. */
static int read_hops(struct json_reader *reader, const json_t *array, struct explained_chain *c)
{
	size_t n = json_array_size(array);

	if (array && !json_is_array(array))
		return json_reader_fail(reader, "\"hops\" is not an array");
	if (n > EXPLAINED_HOPS_MAX)
		return json_reader_fail(reader, "more than %d hops", EXPLAINED_HOPS_MAX);
	for (; c->n_hops < n; c->n_hops++) {
		if (read_hop(reader, json_array_get(array, c->n_hops), &c->hops[c->n_hops]))
			return -1;
	}
	return 0;
}

static int read_chain(struct json_reader *reader, const json_t *object, struct explained_chain *c)
{
	if (!json_is_object(object))
		return json_reader_fail(reader, "a chain is not an object");
	c->irq = RESULT_NO_IRQ;
	if (!json_is_null(json_object_get(object, "irq")) &&
	    json_reader_count(reader, object, "irq", &c->irq))
		return -1;
	if (json_reader_text(reader, object, "source", c->source, sizeof(c->source)) ||
	    json_reader_integer(reader, object, "irq_cpu", &c->irq_cpu) ||
	    json_reader_text(reader, object, "task", c->task, sizeof(c->task)) ||
	    json_reader_integer(reader, object, "pid", &c->pid) ||
	    json_reader_integer(reader, object, "task_cpu", &c->task_cpu) ||
	    json_reader_count(reader, object, "start_ns", &c->start_ns) ||
	    json_reader_count(reader, object, "total_ns", &c->total_ns) ||
	    json_reader_text(reader, object, "cause", c->cause, sizeof(c->cause)) ||
	    json_reader_text(reader, object, "cause_stage", c->stage, sizeof(c->stage)) ||
	    json_reader_count(reader, object, "cause_ns", &c->cause_ns))
		return -1;
	return read_hops(reader, json_object_get(object, "hops"), c);
}

static int read_cause(struct json_reader *reader, const json_t *object, struct explained_cause *c)
{
	if (json_reader_text(reader, object, "cause", c->text, sizeof(c->text)) ||
	    json_reader_text(reader, object, "stage", c->stage, sizeof(c->stage)) ||
	    json_reader_count(reader, object, "n", &c->n) ||
	    json_reader_count(reader, object, "ns", &c->ns))
		return -1;
	return 0;
}

/* Every chain of the tail has one cause. */
static int check_line(struct json_reader *reader, const struct explained_line *line)
{
	uint64_t n = 0;

	for (size_t i = 0; i < line->n_causes; i++) {
		if (!line->causes[i].n || line->causes[i].n > line->tail - n)
			return json_reader_fail(reader, "the causes do not add up to \"tail\"");
		n += line->causes[i].n;
	}
	if (!line->tail || n != line->tail || line->tail > line->n)
		return json_reader_fail(reader,
					"\"n\", \"tail\" and the causes contradict each other");
	return 0;
}

static int read_line(struct json_reader *reader, const json_t *object, struct explained_line *line)
{
	const json_t *causes = json_object_get(object, "causes");
	size_t n = json_array_size(causes);

	if (json_reader_count(reader, object, "n", &line->n) ||
	    read_chain(reader, json_object_get(object, "max"), &line->max) ||
	    json_reader_text(reader, object, "label", line->label, sizeof(line->label)) ||
	    json_reader_count(reader, object, "from_ns", &line->from_ns) ||
	    json_reader_count(reader, object, "tail", &line->tail) ||
	    json_reader_count(reader, object, "tail_ns", &line->tail_ns))
		return -1;
	line->causes = calloc(n + 1, sizeof(*line->causes));
	if (!line->causes)
		return json_reader_fail(reader, "out of memory");
	for (; line->n_causes < n; line->n_causes++) {
		if (read_cause(reader, json_array_get(causes, line->n_causes),
			       &line->causes[line->n_causes]))
			return -1;
	}
	return check_line(reader, line);
}

static int read_lines(struct json_reader *reader, const json_t *array, struct explained *explained)
{
	size_t n = json_array_size(array);

	explained->lines = calloc(n + 1, sizeof(*explained->lines));
	if (!explained->lines)
		return json_reader_fail(reader, "out of memory");
	while (explained->n_lines < n) {
		size_t i = explained->n_lines++;

		snprintf(reader->where, sizeof(reader->where), "explain: lines[%zu]: ", i);
		if (read_line(reader, json_array_get(array, i), &explained->lines[i]))
			return -1;
	}
	return 0;
}

static int read_chains(struct json_reader *reader, const json_t *array, struct explained *explained)
{
	size_t n = json_array_size(array);

	explained->chains = calloc(n + 1, sizeof(*explained->chains));
	if (!explained->chains)
		return json_reader_fail(reader, "out of memory");
	while (explained->n_chains < n) {
		size_t i = explained->n_chains++;

		snprintf(reader->where, sizeof(reader->where), "explain: chains[%zu]: ", i);
		if (read_chain(reader, json_array_get(array, i), &explained->chains[i]))
			return -1;
	}
	return 0;
}

/* The events are for a viewer: they are passed on. */
static int read_events(struct json_reader *reader, const json_t *object,
		       struct explained *explained)
{
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);
	size_t size;

	if (!object || json_is_null(object) || !explained->n_chains)
		return 0;
	if (!json_is_array(json_object_get(object, "traceEvents")))
		return json_reader_fail(reader, "\"perfetto\" has no events");
	size = json_dumpb(object, NULL, 0, flags);
	explained->events = size ? calloc(1, size + 1) : NULL;
	if (!explained->events || json_dumpb(object, explained->events, size, flags) != size)
		return json_reader_fail(reader, "out of memory");
	return 0;
}

/* Returns 0, or -1 after json_reader_fail(); explained_free() in either case. */
int explained_read(struct json_reader *reader, const json_t *object, struct explained *explained)
{
	snprintf(reader->where, sizeof(reader->where), "explain: ");
	if (!json_is_object(object))
		return json_reader_fail(reader, "not an object");
	if (read_lines(reader, json_object_get(object, "lines"), explained) ||
	    read_chains(reader, json_object_get(object, "chains"), explained))
		return -1;
	snprintf(reader->where, sizeof(reader->where), "explain: ");
	return read_events(reader, json_object_get(object, "perfetto"), explained);
}

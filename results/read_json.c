// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading results from JSON, schema irqlat/1. The file may come from anywhere:
 * every value is checked before it is used.
 */

#include <math.h>
#include <string.h>

#include "base/jsonio.h"
#include "io.h"
#include "read_explained.h"

/* One [low, high, count]. */
static int read_bucket(struct json_reader *reader, const json_t *triple, uint64_t *next_low,
		       struct hist *h)
{
	int64_t number[3];
	size_t i;

	if (json_array_size(triple) != 3)
		return json_reader_fail(reader, "a bucket is not [low_ns, high_ns, count]");
	for (i = 0; i < 3; i++) {
		const json_t *value = json_array_get(triple, i);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return json_reader_fail(reader,
						"a bucket holds something else than counts");
		number[i] = json_integer_value(value);
	}
	if (number[0] > number[1] || (uint64_t)number[0] < *next_low || !number[2])
		return json_reader_fail(reader, "buckets overlap, do not ascend, or are empty");
	*next_low = (uint64_t)number[1] + 1;
	hist_record_n(h, number[0], (uint64_t)number[2]);
	return 0;
}

/* Read the exact values, which the buckets do not hold. */
static int read_exact(struct json_reader *reader, const json_t *object, struct hist *h)
{
	const json_t *mean = json_object_get(object, "mean_ns");
	uint64_t min = 0, max = 0;
	double mean_ns;

	if (!h->n)
		return 0;
	if (json_reader_count(reader, object, "min_ns", &min) ||
	    json_reader_count(reader, object, "max_ns", &max))
		return -1;
	if (!json_is_number(mean))
		return json_reader_fail(reader, "\"mean_ns\" is missing or not a number");
	mean_ns = json_number_value(mean);
	if (min < h->min || max < h->max || mean_ns < (double)min || mean_ns > (double)max)
		return json_reader_fail(
			reader,
			"min_ns, mean_ns and max_ns contradict each other or the histogram");
	h->min = min;
	h->max = max;
	h->sum = (uint64_t)fmin(mean_ns * (double)h->n + 0.5, 1.8e19);
	return 0;
}

/* Are the buckets in the file those of the histogram? */
static bool has_layout(const struct hist *h, const json_t *buckets)
{
	for (size_t i = 0; i < json_array_size(buckets); i++) {
		const json_t *triple = json_array_get(buckets, i);
		int64_t low = json_integer_value(json_array_get(triple, 0));
		int64_t high = json_integer_value(json_array_get(triple, 1));
		size_t index = low < 0 || high < low ? 0 : hist_index(h, (uint64_t)low);

		if (low < 0 || high < low || hist_index(h, (uint64_t)high) != index ||
		    hist_index(h, (uint64_t)high + 1) == index ||
		    (low && hist_index(h, (uint64_t)low - 1) == index))
			return false;
	}
	return true;
}

/*
 * Give the histogram the buckets that are in the file: with narrower ones percentiles
 * would be the low ends of the file's, and with wider ones samples would be mixed.
 */
static int choose_layout(struct json_reader *reader, const json_t *buckets, struct hist *h)
{
	struct hist other;

	if (has_layout(h, buckets))
		return 0;
	if (hist_init(&other, BLOCKS_DIGITS, 0))
		return json_reader_fail(reader, "out of memory");
	if (!has_layout(&other, buckets)) {
		hist_free(&other);
		if (hist_init_log2(&other))
			return json_reader_fail(reader, "out of memory");
	}
	if (!has_layout(&other, buckets)) {
		hist_free(&other);
		return 0;
	}
	hist_free(h);
	*h = other;
	return 0;
}

static int read_histogram(struct json_reader *reader, const json_t *object, struct hist *h)
{
	const json_t *buckets = json_object_get(object, "histogram");
	uint64_t n = 0, next_low = 0;
	size_t i;

	if (json_reader_count(reader, object, "n", &n))
		return -1;
	if (!json_is_array(buckets))
		return json_reader_fail(reader, "\"histogram\" is missing or not an array");
	if (choose_layout(reader, buckets, h))
		return -1;
	for (i = 0; i < json_array_size(buckets); i++)
		if (read_bucket(reader, json_array_get(buckets, i), &next_low, h))
			return -1;
	if (h->n != n)
		return json_reader_fail(reader, "the histogram does not add up to \"n\"");
	if (read_exact(reader, object, h))
		return -1;
	/* Files of older versions do not have it. */
	if (json_object_get(object, "negative"))
		return json_reader_count(reader, object, "negative", &h->negative);
	return 0;
}

/* One [low, count] of a block. */
static int read_block_bucket(struct json_reader *reader, const json_t *pair, struct hist *h)
{
	const json_t *low = json_array_get(pair, 0);
	const json_t *count = json_array_get(pair, 1);

	if (json_array_size(pair) != 2 || !json_is_integer(low) || !json_is_integer(count) ||
	    json_integer_value(low) < 0 || json_integer_value(count) <= 0)
		return json_reader_fail(reader, "a bucket of a block is not [low_ns, count]");
	hist_record_n(h, json_integer_value(low), (uint64_t)json_integer_value(count));
	return 0;
}

static int read_block(struct json_reader *reader, const json_t *object, struct hist *h,
		      struct blocks *blocks)
{
	const json_t *buckets = json_object_get(object, "histogram");
	uint64_t start_ns = 0, n = 0, max = 0;
	size_t i;

	if (json_reader_count(reader, object, "start_ns", &start_ns) ||
	    json_reader_count(reader, object, "n", &n) ||
	    json_reader_count(reader, object, "max_ns", &max))
		return -1;
	if (blocks->n && start_ns <= blocks->list[blocks->n - 1].start_ns)
		return json_reader_fail(reader, "blocks do not ascend in time");
	if (start_ns > BLOCKS_END_NS)
		return json_reader_fail(reader, "a block starts too late: after %g days",
					(double)start_ns / 86400e9);
	for (i = 0; i < json_array_size(buckets); i++)
		if (read_block_bucket(reader, json_array_get(buckets, i), h))
			return -1;
	if (!n || h->n != n || max < h->max)
		return json_reader_fail(reader, "a block contradicts its histogram");
	h->max = max;
	return blocks_append(blocks, start_ns, h) ? json_reader_fail(reader, "out of memory") : 0;
}

/* Files of older versions have no blocks. */
static int read_blocks(struct json_reader *reader, const json_t *object, struct result *r)
{
	const json_t *blocks = json_object_get(object, "blocks");
	uint64_t n = 0;
	struct hist h;
	size_t i;
	int err = 0;

	if (!blocks)
		return 0;
	if (!json_is_array(blocks))
		return json_reader_fail(reader, "\"blocks\" is not an array");
	if (json_array_size(blocks) > BLOCKS_MAX)
		return json_reader_fail(reader, "more than %d blocks", BLOCKS_MAX);
	if (json_reader_count(reader, object, "block_ns", &r->blocks.length_ns))
		return -1;
	if (!r->blocks.length_ns || r->blocks.length_ns > BLOCKS_END_NS)
		return json_reader_fail(reader, "\"block_ns\" is no length of a block");
	for (i = 0; i < json_array_size(blocks) && !err; i++) {
		if (hist_init(&h, BLOCKS_DIGITS, 0))
			return json_reader_fail(reader, "out of memory");
		err = read_block(reader, json_array_get(blocks, i), &h, &r->blocks);
		n += h.n;
		hist_free(&h);
	}
	if (!err && n != r->hist.n)
		return json_reader_fail(reader, "the blocks do not add up to \"n\"");
	return err;
}

/* Is it there, and not null? */
static bool has_value(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value);
}

static int read_result(struct json_reader *reader, const json_t *object, struct result *r)
{
	if (!json_is_object(object))
		return json_reader_fail(reader, "not an object");
	if (json_reader_text(reader, object, "source", r->source, RESULT_NAME_BYTES) ||
	    json_reader_text(reader, object, "way", r->way, RESULT_NAME_BYTES) ||
	    json_reader_text(reader, object, "wait", r->wait, RESULT_NAME_BYTES) ||
	    json_reader_text(reader, object, "stage", r->stage, RESULT_NAME_BYTES))
		return -1;
	if (json_is_null(json_object_get(object, "irq")))
		r->irq = RESULT_NO_IRQ;
	else if (json_reader_count(reader, object, "irq", &r->irq))
		return -1;
	/* Files of older versions do not have it. */
	if (json_object_get(object, "load") &&
	    json_reader_text(reader, object, "load", r->load, RESULT_NAME_BYTES))
		return -1;
	if (has_value(object, "wait_ns") &&
	    (json_reader_count(reader, object, "wait_ns", &r->wait_ns) ||
	     json_reader_count(reader, object, "cpu_ns", &r->cpu_ns)))
		return -1;
	r->warmup_known = has_value(object, "warmup");
	if (r->warmup_known && json_reader_count(reader, object, "warmup", &r->warmup))
		return -1;
	if (json_reader_integer(reader, object, "cpu", &r->cpu) ||
	    json_reader_count(reader, object, "raised", &r->raised) ||
	    json_reader_count(reader, object, "delivered", &r->delivered) ||
	    json_reader_count(reader, object, "coalesced", &r->coalesced) ||
	    json_reader_integer(reader, object, "lost", &r->lost) ||
	    json_reader_count(reader, object, "overhead_ns", &r->overhead_ns))
		return -1;
	if (read_histogram(reader, object, &r->hist))
		return -1;
	return read_blocks(reader, object, r);
}

static int read_field(struct json_reader *reader, const json_t *system,
		      const struct sysinfo_field *field, struct sysinfo *info)
{
	const json_t *value = json_object_get(system, field->key);
	char *member = (char *)info + field->offset;

	/* Unknown, or unknown to the version that wrote the file. */
	if (json_is_null(value) && field->type != SYSINFO_TEXT)
		info->texts_only = true;
	if (!value || json_is_null(value))
		return 0;
	switch (field->type) {
	case SYSINFO_TEXT:
		return json_reader_text(reader, system, field->key, member, SYSINFO_TEXT_BYTES);
	case SYSINFO_BOOL:
		if (!json_is_boolean(value))
			return json_reader_fail(reader, "\"%s\" is neither true nor false",
						field->key);
		*(bool *)member = json_is_true(value);
		return 0;
	case SYSINFO_INT:
		return json_reader_integer(reader, system, field->key, (int64_t *)member);
	}
	return -1;
}

static int read_system(struct json_reader *reader, const json_t *root, struct sysinfo *info)
{
	const json_t *system = json_object_get(root, "system"), *warnings;
	const struct sysinfo_field *field;
	size_t i;

	if (!json_is_object(system))
		return json_reader_fail(reader, "\"system\" is missing or not an object");
	snprintf(reader->where, sizeof(reader->where), "system: ");
	for (field = sysinfo_fields; field->key; field++)
		if (read_field(reader, system, field, info))
			return -1;
	warnings = json_object_get(system, "warnings");
	if (warnings && !json_is_array(warnings))
		return json_reader_fail(reader, "\"warnings\" is not an array");
	for (i = 0; i < json_array_size(warnings); i++) {
		const json_t *text = json_array_get(warnings, i);

		if (!json_is_string(text))
			return json_reader_fail(reader, "a warning is not a string");
		sysinfo_warn(info, "%s", json_string_value(text));
		json_reader_clean(info->warnings[info->n_warnings - 1]);
	}
	return 0;
}

static int read_unavailable(struct json_reader *reader, const json_t *root, struct run *run)
{
	const json_t *array = json_object_get(root, "unavailable");
	struct unavailable *u = run->unavailable;
	size_t i;

	if (array && !json_is_array(array))
		return json_reader_fail(reader, "\"unavailable\" is not an array");
	for (i = 0; i < json_array_size(array); i++, u++) {
		const json_t *object = json_array_get(array, i);

		if (i == RESULT_UNAVAILABLE_MAX)
			return json_reader_fail(reader, "too many ways are unavailable");
		if (json_reader_text(reader, object, "way", u->way, sizeof(u->way)) ||
		    json_reader_text(reader, object, "reason", u->reason, sizeof(u->reason)))
			return -1;
		run->n_unavailable++;
	}
	return 0;
}

/* Files of older versions do not have it. */
static int read_arrivals(struct json_reader *reader, const json_t *root, struct run *run)
{
	const json_t *object = json_object_get(root, "arrivals");
	struct run_arrivals *arrivals = &run->arrivals;

	if (!has_value(root, "arrivals"))
		return 0;
	if (!json_is_object(object))
		return json_reader_fail(reader, "\"arrivals\" is not an object");
	if (json_reader_text(reader, object, "kind", arrivals->kind, sizeof(arrivals->kind)) ||
	    json_reader_count(reader, object, "mean_ns", &arrivals->mean_ns) ||
	    json_reader_count(reader, object, "gap_ns", &arrivals->gap_ns) ||
	    json_reader_count(reader, object, "seed", &arrivals->seed))
		return -1;
	return json_reader_count(reader, root, "spin_ns", &run->spin_ns);
}

/* Read what was asked for and what is missing. Files of older versions have less of it. */
static int read_head(struct json_reader *reader, const json_t *root, struct run *run)
{
	const json_t *command = json_object_get(root, "load_command");

	run->interrupted = json_is_true(json_object_get(root, "interrupted"));
	run->partial = json_is_true(json_object_get(root, "partial"));
	if (json_object_get(root, "warmup") &&
	    json_reader_count(reader, root, "warmup", &run->warmup))
		return -1;
	if (command && !json_is_null(command) &&
	    json_reader_text(reader, root, "load_command", run->load_command,
			     sizeof(run->load_command)))
		return -1;
	if (read_arrivals(reader, root, run))
		return -1;
	return read_unavailable(reader, root, run);
}

static int read_run(struct json_reader *reader, const json_t *root, struct run *run)
{
	const json_t *schema = json_object_get(root, "schema"), *results;
	struct result *r;
	size_t i;

	if (!json_is_string(schema))
		return json_reader_fail(reader, "no result of irqlat: \"schema\" is missing");
	if (strcmp(json_string_value(schema), RESULT_SCHEMA))
		return json_reader_fail(
			reader, "schema \"%.40s\" is not the one this irqlat reads, " RESULT_SCHEMA,
			json_string_value(schema));
	if (read_system(reader, root, &run->system))
		return -1;
	reader->where[0] = '\0';
	if (read_head(reader, root, run))
		return -1;
	if (has_value(root, "explain") &&
	    explained_read(reader, json_object_get(root, "explain"), &run->explained))
		return -1;
	reader->where[0] = '\0';
	results = json_object_get(root, "results");
	if (!json_is_array(results))
		return json_reader_fail(reader, "\"results\" is missing or not an array");
	for (i = 0; i < json_array_size(results); i++) {
		snprintf(reader->where, sizeof(reader->where), "results[%zu]: ", i);
		r = run_add(run);
		if (!r)
			return json_reader_fail(reader, "out of memory");
		if (read_result(reader, json_array_get(results, i), r))
			return -1;
	}
	return 0;
}

/**
 * run_read_json - read a run
 * @text: JSON
 * @len: bytes in @text
 * @run: zeroed by the caller; filled. The caller calls run_free(), on errors too
 * @why: on failure, what is wrong and where in @text
 *
 * Returns 0, or -1 with @why set.
 */
int run_read_json(const char *text, size_t len, struct run *run, struct why *why)
{
	struct json_reader reader = { .why = why };
	json_error_t parse;
	json_t *root;
	int err;

	root = jsonio_load(text, len, JSON_REJECT_DUPLICATES, &parse);
	if (!root && !parse.line)
		return why_set(why, "%s", parse.text);
	if (!root)
		return json_reader_fail(&reader, "not JSON: line %d: %s", parse.line, parse.text);
	err = read_run(&reader, root, run);
	json_decref(root);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Results as JSON, schema irqlat/1. */

#include "base/jsonio.h"
#include "io.h"

static json_t *cell_value(const struct cell *cell)
{
	switch (cell->type) {
	case CELL_NULL:
		return json_null();
	case CELL_TEXT:
		return jsonio_text(cell->text);
	case CELL_UNSIGNED:
		return json_integer((json_int_t)cell->u);
	case CELL_SIGNED:
		return json_integer((json_int_t)cell->i);
	case CELL_REAL:
		return json_real(cell->real);
	}
	return json_null();
}

static json_t *histogram(const struct hist *h)
{
	json_t *array = json_array();
	struct hist_bucket b;
	size_t position = 0;

	while (hist_next(h, &position, &b))
		json_array_append_new(array, json_pack("[I,I,I]", (json_int_t)b.low,
						       (json_int_t)b.high, (json_int_t)b.count));
	return array;
}

/* The buckets of a block need no upper end: their precision is known. */
static json_t *block_object(const struct block *block)
{
	json_t *buckets = json_array();
	size_t i;

	for (i = 0; i < block->n_buckets; i++)
		json_array_append_new(buckets, json_pack("[I,I]", (json_int_t)block->buckets[i].low,
							 (json_int_t)block->buckets[i].count));
	return json_pack("{s:I, s:I, s:I, s:o}", "start_ns", (json_int_t)block->start_ns, "n",
			 (json_int_t)block->n, "max_ns", (json_int_t)block->max, "histogram",
			 buckets);
}

static void set_blocks(json_t *object, const struct blocks *blocks)
{
	json_t *array;
	size_t i;

	if (!blocks->n)
		return;
	array = json_array();
	for (i = 0; i < blocks->n; i++)
		json_array_append_new(array, block_object(&blocks->list[i]));
	json_object_set_new(object, "block_ns", json_integer((json_int_t)blocks->length_ns));
	json_object_set_new(object, "blocks", array);
}

static json_t *result_object(const struct result *r)
{
	struct cell cells[RESULT_CELLS_MAX];
	size_t n = result_cells(r, cells), i;
	json_t *object = json_object();

	for (i = 0; i < n; i++)
		json_object_set_new(object, cells[i].key, cell_value(&cells[i]));
	json_object_set_new(object, "histogram", histogram(&r->hist));
	set_blocks(object, &r->blocks);
	return object;
}

static json_t *system_object(const struct sysinfo *info)
{
	const struct sysinfo_field *field;
	json_t *object = json_object(), *warnings = json_array();
	size_t i;

	for (field = sysinfo_fields; field->key; field++) {
		const char *member = (const char *)info + field->offset;
		json_t *value = json_null();

		if (info->texts_only && field->type != SYSINFO_TEXT) {
			json_object_set_new(object, field->key, value);
			continue;
		}
		switch (field->type) {
		case SYSINFO_TEXT:
			value = jsonio_text_or_null(member);
			break;
		case SYSINFO_BOOL:
			value = json_boolean(*(const bool *)member);
			break;
		case SYSINFO_INT:
			value = json_integer(*(const int64_t *)member);
			break;
		}
		json_object_set_new(object, field->key, value);
	}
	for (i = 0; i < info->n_warnings; i++)
		json_array_append_new(warnings, jsonio_text(info->warnings[i]));
	json_object_set_new(object, "warnings", warnings);
	return object;
}

static json_t *unavailable_array(const struct run *run)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < run->n_unavailable; i++)
		json_array_append_new(array,
				      json_pack("{s:s, s:o}", "way", run->unavailable[i].way,
						"reason", jsonio_text(run->unavailable[i].reason)));
	return array;
}

static json_t *arrivals_object(const struct run_arrivals *arrivals)
{
	if (!*arrivals->kind)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:I}", "kind", arrivals->kind, "mean_ns",
			 (json_int_t)arrivals->mean_ns, "gap_ns", (json_int_t)arrivals->gap_ns,
			 "seed", (json_int_t)arrivals->seed);
}

/* A run as an object for jsonio_write(), which the caller owns; NULL without memory. */
json_t *run_to_json(const struct run *run)
{
	json_t *results = json_array();
	size_t i;

	for (i = 0; i < run->n_results; i++)
		json_array_append_new(results, result_object(&run->results[i]));
	return json_pack("{s:s, s:s, s:b, s:b, s:I, s:o, s:I, s:o, s:o, s:o, s:o}", "schema",
			 RESULT_SCHEMA, "irqlat_version", PROCIRQ_VERSION, "interrupted",
			 run->interrupted, "partial", run->partial, "warmup",
			 (json_int_t)run->warmup, "arrivals", arrivals_object(&run->arrivals),
			 "spin_ns", (json_int_t)run->spin_ns, "load_command",
			 jsonio_text_or_null(run->load_command), "unavailable",
			 unavailable_array(run), "system", system_object(&run->system), "results",
			 results);
}

/**
 * run_write_json - write a run as JSON
 * @run: what was measured
 * @out: gets one object and a line feed
 *
 * Returns 0, or -1 without memory or when @out has an error.
 */
int run_write_json(const struct run *run, FILE *out)
{
	jsonio_begin();
	return jsonio_write(run_to_json(run), JSON_COMPACT | JSON_REAL_PRECISION(12), out);
}

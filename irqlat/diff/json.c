// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as JSON, schema irqlat-diff/1. Times are in ns. */

#include "diff.h"
#include "base/jsonio.h"

static json_t *number_if(bool known, double number)
{
	return known ? json_real(number) : json_null();
}

static json_t *time_if(bool known, uint64_t ns)
{
	return known ? json_integer((json_int_t)ns) : json_null();
}

static json_t *figure_object(const struct diff_figure *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}",
			 "verdict", diff_verdict_name(f->verdict), "limit",
			 diff_keeping_name(f->keeping), "a_ns", time_if(f->known[0], f->ns[0]),
			 "b_ns", time_if(f->known[1], f->ns[1]), "whole_low_percent",
			 number_if(f->has_interval, 100 * f->low), "whole_high_percent",
			 number_if(f->has_interval, 100 * f->high), "change_percent",
			 number_if(f->tested, 100 * f->change), "change_ns",
			 number_if(f->tested, f->change_ns), "cliffs_delta",
			 number_if(f->tested, f->delta), "p", number_if(f->tested, f->p),
			 "p_adjusted", number_if(f->tested, f->p_adjusted), "spans_a",
			 (json_int_t)f->spans[0], "spans_b", (json_int_t)f->spans[1]);
}

static json_t *name_object(const struct result *r)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "source", jsonio_text(r->source),
			 "irq", time_if(r->irq != RESULT_NO_IRQ, r->irq), "way",
			 jsonio_text(r->way), "wait", jsonio_text(r->wait), "stage",
			 jsonio_text(r->stage), "load", jsonio_text(r->load), "cpu",
			 (json_int_t)r->cpu);
}

static json_t *side_object(const struct result *r)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:I}", "n", (json_int_t)r->hist.n, "blocks",
			 (json_int_t)r->blocks.n, "lost", (json_int_t)r->lost, "irq",
			 time_if(r->irq != RESULT_NO_IRQ, r->irq), "cpu", (json_int_t)r->cpu);
}

static json_t *row_object(const struct diff_row *row)
{
	json_t *object = name_object(row->side[0]), *figures = json_object();
	int metric;

	for (metric = 0; metric < DIFF_METRICS; metric++)
		json_object_set_new(figures, diff_metric_names[metric],
				    figure_object(&row->figures[metric]));
	json_object_update_new(object,
			       json_pack("{s:s, s:s, s:I, s:f, s:{s:f, s:f, s:f}, s:o, s:o, s:o}",
					 "verdict", diff_verdict_name(row->verdict), "basis",
					 row->basis == DIFF_BLOCKS ? "blocks" : "histogram",
					 "blocks_together", (json_int_t)row->run, "cliffs_delta",
					 row->delta, "kolmogorov_smirnov", "distance",
					 row->distance, "p", row->distance_p, "p_adjusted",
					 row->distance_p_adjusted, "a", side_object(row->side[0]),
					 "b", side_object(row->side[1]), "figures", figures));
	return object;
}

static json_t *only_array(const struct diff *diff, int side)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < diff->n_only[side]; i++)
		json_array_append_new(array, name_object(diff->only[side][i]));
	return array;
}

/**
 * diff_write_json - write a comparison as JSON
 * @diff: has verdicts
 * @style: names of the files
 * @out: gets one object and a line feed
 *
 * Returns 0, or -1 without memory or when @out has an error.
 */
int diff_write_json(const struct diff *diff, const struct diff_style *style, FILE *out)
{
	json_t *rows;
	size_t i;

	jsonio_begin();
	rows = json_array();
	for (i = 0; i < diff->n_rows; i++)
		json_array_append_new(rows, row_object(&diff->rows[i]));
	return jsonio_write(json_pack("{s:s, s:s, s:o, s:o, s:f, s:b, s:o, s:o, s:o}", "schema",
				      "irqlat-diff/1", "irqlat_version", PROCIRQ_VERSION, "a",
				      jsonio_text(style->names[0]), "b",
				      jsonio_text(style->names[1]), "level", DIFF_ALPHA,
				      "regression", diff_has_regression(diff), "rows", rows,
				      "only_in_a", only_array(diff, 0), "only_in_b",
				      only_array(diff, 1)),
			    JSON_COMPACT | JSON_REAL_PRECISION(12), out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "runs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonio.h"
#include "trace.h"

#define DIGITS 2

/**
 * trace_runs_init - prepare to keep the times of softirqs
 * @runs: set; trace_runs_free() it
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 *
 * Returns 0, or -1 with errno set.
 */
int trace_runs_init(struct trace_runs *runs, unsigned int n_cpus)
{
	*runs = (struct trace_runs){ .n_cpus = n_cpus };
	runs->rows = calloc((size_t)n_cpus * SOFTIRQ_VECS + 1, sizeof(*runs->rows));
	return runs->rows ? 0 : -1;
}

/* Also of one that is zeroed. */
void trace_runs_free(struct trace_runs *runs)
{
	for (size_t i = 0; i < (size_t)runs->n_cpus * SOFTIRQ_VECS; i++) {
		if (!runs->rows[i].seen)
			continue;
		hist_free(&runs->rows[i].wait);
		hist_free(&runs->rows[i].ran);
	}
	free(runs->rows);
	memset(runs, 0, sizeof(*runs));
}

/* A softirq has ended; @ctx is the trace_runs. */
void trace_runs_softirq(void *ctx, const struct softirq_run *run)
{
	struct trace_runs *runs = ctx;
	struct trace_softirq *row;

	if (run->vec >= SOFTIRQ_VECS || run->cpu >= runs->n_cpus)
		return;
	row = &runs->rows[(size_t)run->cpu * SOFTIRQ_VECS + run->vec];
	if (!row->seen) {
		if (hist_init(&row->wait, DIGITS, 0)) {
			runs->no_memory++;
			return;
		}
		if (hist_init(&row->ran, DIGITS, 0)) {
			hist_free(&row->wait);
			runs->no_memory++;
			return;
		}
		row->seen = true;
	}
	if (run->has_wait)
		hist_record(&row->wait, (int64_t)run->wait_ns);
	hist_record(&row->ran, (int64_t)run->ns);
}

/* --- rows ------------------------------------------------------------------ */

/**
 * struct run_row - a handler or a softirq on a CPU
 * @irq: number of the interrupt; below zero: it has none, or is a softirq
 * @name: of the handler, or of the softirq
 * @is_softirq: it is one
 * @wait: how long it waited; NULL: a handler
 * @ran: how long it ran
 */
struct run_row {
	int32_t irq;
	unsigned int cpu;
	const char *name;
	bool is_softirq;
	const struct hist *wait;
	const struct hist *ran;
};

/* Those that had the most of a CPU first. */
static int compare_rows(const void *a, const void *b)
{
	const struct run_row *x = a, *y = b;

	if (x->ran->sum != y->ran->sum)
		return x->ran->sum < y->ran->sum ? 1 : -1;
	return (int)x->cpu - (int)y->cpu;
}

static bool cpu_is_wanted(const struct trace_config *config, unsigned int cpu)
{
	return !config->filter.cpus || (cpu < config->filter.n_cpus && config->filter.cpus[cpu]);
}

static size_t add_handlers(const struct trace_run *run, struct run_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < run->total.n_rows; i++) {
		const struct stats_row *row = run->total.rows[i];
		const struct hist *h = row->hist[CHAIN_END_USER][CHAIN_STAGE_IRQ];

		if (row->wanted && h && h->n)
			rows[n++] = (struct run_row){
				.irq = row->irq,
				.cpu = row->cpu,
				.name = row->name,
				.ran = h,
			};
	}
	return n;
}

static size_t add_softirqs(const struct trace_run *run, struct run_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < (size_t)run->runs.n_cpus * SOFTIRQ_VECS; i++) {
		const struct trace_softirq *row = &run->runs.rows[i];
		unsigned int cpu = (unsigned int)(i / SOFTIRQ_VECS);

		if (row->seen && cpu_is_wanted(run->config, cpu))
			rows[n++] = (struct run_row){
				.irq = -1,
				.cpu = cpu,
				.name = softirq_name((uint32_t)(i % SOFTIRQ_VECS)),
				.is_softirq = true,
				.wait = &row->wait,
				.ran = &row->ran,
			};
	}
	return n;
}

/* Sorted; for free(). NULL without memory. */
static struct run_row *rows_of(const struct trace_run *run, size_t *n)
{
	size_t most = run->total.n_rows + (size_t)run->runs.n_cpus * SOFTIRQ_VECS;
	struct run_row *rows = calloc(most + 1, sizeof(*rows));

	*n = 0;
	if (!rows)
		return NULL;
	*n = add_handlers(run, rows);
	*n += add_softirqs(run, rows + *n);
	qsort(rows, *n, sizeof(*rows), compare_rows);
	return rows;
}

/* Part of the CPU's time, 0 to 1. */
static double share_of(const struct trace_run *run, const struct run_row *row)
{
	uint64_t ns = run->ended_ns - run->started_ns;

	return ns ? (double)row->ran->sum / (double)ns : 0;
}

/* --- text ------------------------------------------------------------------ */

static void print_hist(const struct trace_run *run, const struct hist *h, FILE *out)
{
	static const uint32_t ppm[] = { 500000, 990000 };

	for (size_t i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++) {
		uint64_t value = 0;
		bool known = h && hist_percentile(h, ppm[i], &value);

		trace_text_time(run, known, value, out);
	}
	trace_text_time(run, h && h->n, h ? h->max : 0, out);
}

/* Returns 0, or -1 when memory runs out. */
int trace_runs_text(const struct trace_run *run, FILE *out)
{
	size_t n;
	struct run_row *rows = rows_of(run, &n);

	if (!rows)
		return -1;
	fprintf(out,
		"\nHandlers and softirqs, those with the most CPU time first (%s)\n"
		"%5s %-18s %4s %8s %7s %9s %9s %9s %9s %9s %9s\n",
		run->config->nanoseconds ? "ns" : "us", "IRQ", "NAME", "CPU", "N", "CPU %",
		"WAIT P50", "P99", "MAX", "RUN P50", "P99", "MAX");
	for (size_t i = 0; i < n; i++) {
		char irq[16] = "-";

		if (rows[i].irq >= 0)
			snprintf(irq, sizeof(irq), "%" PRId32, rows[i].irq);
		fprintf(out, "%5s %-18.18s %4u %8" PRIu64 " %7.3f",
			rows[i].is_softirq ? "soft" : irq, rows[i].name, rows[i].cpu,
			rows[i].ran->n, 100 * share_of(run, &rows[i]));
		print_hist(run, rows[i].wait, out);
		print_hist(run, rows[i].ran, out);
		fputc('\n', out);
	}
	free(rows);
	if (run->runs.no_memory)
		fprintf(out, "WARNING: memory ran out for %" PRIu64 " softirqs\n",
			run->runs.no_memory);
	return 0;
}

/* --- JSON ------------------------------------------------------------------ */

static json_t *hist_object(const struct hist *h)
{
	json_t *object = json_object();
	const struct result_percentile *p;

	if (!h || !h->n) {
		json_decref(object);
		return json_null();
	}
	json_object_set_new(object, "n", json_integer((json_int_t)h->n));
	json_object_set_new(object, "sum_ns", json_integer((json_int_t)h->sum));
	json_object_set_new(object, "min_ns", json_integer((json_int_t)h->min));
	for (p = result_percentiles; p->key; p++) {
		uint64_t value;
		bool known = hist_percentile(h, p->ppm, &value);

		json_object_set_new(object, p->key,
				    known ? json_integer((json_int_t)value) : json_null());
	}
	json_object_set_new(object, "max_ns", json_integer((json_int_t)h->max));
	return object;
}

/* One object for each handler and softirq; the caller owns it. NULL without memory. */
json_t *trace_runs_array(const struct trace_run *run)
{
	json_t *array = json_array();
	size_t n;
	struct run_row *rows = rows_of(run, &n);

	if (!rows) {
		json_decref(array);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		json_t *irq = rows[i].irq < 0 ? json_null() : json_integer(rows[i].irq);

		json_array_append_new(array,
				      json_pack("{s:s, s:o, s:o, s:i, s:f, s:o, s:o}", "kind",
						rows[i].is_softirq ? "softirq" : "handler", "name",
						jsonio_text(rows[i].name), "irq", irq, "cpu",
						(int)rows[i].cpu, "cpu_share",
						share_of(run, &rows[i]), "wait",
						hist_object(rows[i].wait), "run",
						hist_object(rows[i].ran)));
	}
	free(rows);
	return array;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "runs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonio.h"
#include "trace.h"

#define DIGITS 2

/**
 * trace_runs_init - prepare to keep the times of softirqs and work items
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
	trace_works_free(&runs->works);
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

enum run_kind { RUN_HANDLER, RUN_SOFTIRQ, RUN_WORK };

/* In the column IRQ of what has no number. */
static const char *const run_labels[] = {
	[RUN_HANDLER] = "-",
	[RUN_SOFTIRQ] = "soft",
	[RUN_WORK] = "work",
};

static const char *const run_kinds[] = {
	[RUN_HANDLER] = "handler",
	[RUN_SOFTIRQ] = "softirq",
	[RUN_WORK] = "work",
};

/**
 * struct run_row - a handler, a softirq or a function of work items on a CPU
 * @irq: number of the interrupt; below zero: it has none, or is none
 * @name: of the handler, softirq or function
 * @cpu_ns: how long it had the CPU
 * @has_cpu: that is known
 * @wait: how long it waited; NULL: a handler
 * @ran: how long it ran
 */
struct run_row {
	enum run_kind kind;
	int32_t irq;
	unsigned int cpu;
	const char *name;
	uint64_t cpu_ns;
	bool has_cpu;
	const struct hist *wait;
	const struct hist *ran;
};

/* Those that had the most of a CPU first. */
static int compare_rows(const void *a, const void *b)
{
	const struct run_row *x = a, *y = b;
	int order;

	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns < y->cpu_ns ? 1 : -1;
	order = strcmp(x->name, y->name);
	return order ? order : (int)x->cpu - (int)y->cpu;
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
				.kind = RUN_HANDLER,
				.irq = row->irq,
				.cpu = row->cpu,
				.name = row->name,
				.cpu_ns = h->sum,
				.has_cpu = true,
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
				.kind = RUN_SOFTIRQ,
				.irq = -1,
				.cpu = cpu,
				.name = softirq_name((uint32_t)(i % SOFTIRQ_VECS)),
				.cpu_ns = row->ran.sum,
				.has_cpu = true,
				.wait = &row->wait,
				.ran = &row->ran,
			};
	}
	return n;
}

static size_t add_works(const struct trace_run *run, struct run_row *rows)
{
	const struct trace_works *works = &run->runs.works;
	size_t n = 0;

	for (size_t i = 0; i < works->n_rows; i++) {
		const struct trace_work *row = &works->rows[i];

		if (cpu_is_wanted(run->config, row->cpu))
			rows[n++] = (struct run_row){
				.kind = RUN_WORK,
				.irq = -1,
				.cpu = row->cpu,
				.name = row->name,
				.cpu_ns = row->cpu_ns,
				.has_cpu = works->sees_switches,
				.wait = &row->wait,
				.ran = &row->ran,
			};
	}
	return n;
}

/* Sorted; for free(). NULL without memory. */
static struct run_row *rows_of(const struct trace_run *run, size_t *n)
{
	size_t most = run->total.n_rows + (size_t)run->runs.n_cpus * SOFTIRQ_VECS +
		      run->runs.works.n_rows;
	struct run_row *rows = calloc(most + 1, sizeof(*rows));

	*n = 0;
	if (!rows)
		return NULL;
	*n = add_handlers(run, rows);
	*n += add_softirqs(run, rows + *n);
	*n += add_works(run, rows + *n);
	qsort(rows, *n, sizeof(*rows), compare_rows);
	return rows;
}

/* Part of the CPU's time, 0 to 1. */
static double share_of(const struct trace_run *run, const struct run_row *row)
{
	uint64_t ns = run->ended_ns - run->started_ns;

	return ns ? (double)row->cpu_ns / (double)ns : 0;
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

#define NAME_COLUMNS 18

/* Of all names, so that none is cut. */
static int name_columns(const struct run_row *rows, size_t n)
{
	size_t columns = NAME_COLUMNS;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(rows[i].name);

		if (rows[i].kind == RUN_WORK && len > columns)
			columns = len;
	}
	return (int)columns;
}

static void print_run(const struct trace_run *run, const struct run_row *row, int columns,
		      FILE *out)
{
	char irq[16];

	if (row->irq >= 0)
		snprintf(irq, sizeof(irq), "%" PRId32, row->irq);
	fprintf(out, "%5s %-*.*s %4u %8" PRIu64, row->irq >= 0 ? irq : run_labels[row->kind],
		columns, columns, row->name, row->cpu, row->ran->n);
	if (row->has_cpu)
		fprintf(out, " %7.3f", 100 * share_of(run, row));
	else
		fprintf(out, " %7s", "n/a");
	print_hist(run, row->wait, out);
	print_hist(run, row->ran, out);
	fputc('\n', out);
}

/* What became of the events of work items. */
static void print_works(const struct workitem_counts *c, FILE *out)
{
	if (!c->queued && !c->started && !c->unstarted)
		return;
	fprintf(out,
		"\nEvery work item: %" PRIu64 " queued = %" PRIu64 " started + %" PRIu64
		" queued again before + %" PRIu64 " waiting + %" PRIu64 " lost\n",
		c->queued, c->taken, c->requeued, c->pending, c->queued_lost);
	fprintf(out,
		"%17" PRIu64 " started = %" PRIu64 " ended + %" PRIu64 " without an end + %" PRIu64
		" running + %" PRIu64 " lost\n",
		c->started, c->ended, c->cut, c->running, c->started_lost);
	fprintf(out,
		"%17s not known: when %" PRIu64 " were queued that started, when %" PRIu64
		" started that ended\n",
		"", c->unqueued, c->unstarted);
}

/* Returns 0, or -1 when memory runs out. */
int trace_runs_text(const struct trace_run *run, FILE *out)
{
	uint64_t no_memory = run->runs.no_memory + run->runs.works.no_memory;
	size_t n;
	struct run_row *rows = rows_of(run, &n);
	int columns;

	if (!rows)
		return -1;
	columns = name_columns(rows, n);
	fprintf(out,
		"\nHandlers, softirqs and work items, those with the most CPU time first (%s)\n"
		"%5s %-*s %4s %8s %7s %9s %9s %9s %9s %9s %9s\n",
		run->config->nanoseconds ? "ns" : "us", "IRQ", columns, "NAME", "CPU", "N", "CPU %",
		"WAIT P50", "P99", "MAX", "RUN P50", "P99", "MAX");
	for (size_t i = 0; i < n; i++)
		print_run(run, &rows[i], columns, out);
	free(rows);
	print_works(&run->runs.works.counts, out);
	if (no_memory)
		fprintf(out, "WARNING: memory ran out for %" PRIu64 " softirqs and work items\n",
			no_memory);
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

/* One object for each row; the caller owns it. NULL without memory. */
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
		json_t *share = rows[i].has_cpu ? json_real(share_of(run, &rows[i])) : json_null();

		json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:i, s:o, s:o, s:o}",
						       "kind", run_kinds[rows[i].kind], "name",
						       jsonio_text(rows[i].name), "irq", irq, "cpu",
						       (int)rows[i].cpu, "cpu_share", share, "wait",
						       hist_object(rows[i].wait), "run",
						       hist_object(rows[i].ran)));
	}
	free(rows);
	return array;
}

/* What became of the events of work items; the caller owns it. */
json_t *trace_runs_works_object(const struct trace_run *run)
{
	const struct workitem_counts *c = &run->runs.works.counts;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "queued",
			 (json_int_t)c->queued, "taken", (json_int_t)c->taken, "requeued",
			 (json_int_t)c->requeued, "pending", (json_int_t)c->pending, "queued_lost",
			 (json_int_t)c->queued_lost, "started", (json_int_t)c->started, "unqueued",
			 (json_int_t)c->unqueued, "ended", (json_int_t)c->ended, "cut",
			 (json_int_t)c->cut, "running", (json_int_t)c->running, "started_lost",
			 (json_int_t)c->started_lost, "unstarted", (json_int_t)c->unstarted);
}

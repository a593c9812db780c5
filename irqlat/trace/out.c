// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace: results as JSON, CSV, .hlog and .hgrm. */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/jsonio.h"
#include "base/msg.h"
#include "results/io.h"
#include "trace.h"
#include "tracing/collect_read.h"
#include "tracing/hlog.h"

#define TAG_BYTES	   96
#define BLOCKS_SAMPLES_MIN 50

/* In tags, which are names of files and columns, too. */
static void replace_others(char *text)
{
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && !strchr("-_.:", *text))
			*text = '_';
	}
}

/*
 * "irq36.cpu1.total"; chains that ended in the kernel: "irq36.cpu1.task-total"; a line
 * that handlers share: "irq19-eth0.cpu1.total"
 */
static void tag_of(const struct stats_row *row, int end, int stage, char *tag)
{
	char irq[STATS_NAME_BYTES + 16];

	if (row->irq < 0)
		snprintf(irq, sizeof(irq), "%s", row->name);
	else if (row->shared)
		snprintf(irq, sizeof(irq), "irq%d-%s", row->irq, row->name);
	else
		snprintf(irq, sizeof(irq), "irq%d", row->irq);
	replace_others(irq);
	snprintf(tag, TAG_BYTES, "%s.cpu%u.%s%s", irq, row->cpu,
		 end == CHAIN_END_USER ? "" : "task-", chain_stages[stage].name);
}

typedef int (*visit_fn)(void *ctx, const struct stats_row *row, int end, int stage,
			const struct hist *h);

static int visit_row(const struct trace_config *config, const struct stats_row *row,
		     visit_fn visit_one, void *ctx)
{
	uint32_t stages = config->filter.stages;

	for (int end = 0; end < CHAIN_ENDS; end++) {
		if (!(config->wanted_ends >> end & 1))
			continue;
		for (int stage = 0; stage < CHAIN_STAGES; stage++) {
			const struct hist *h = row->hist[end][stage];

			if (!h || !h->n || (stages && !(stages >> stage & 1)))
				continue;
			if (visit_one(ctx, row, end, stage, h))
				return -1;
		}
	}
	return 0;
}

/* Calls @visit_one for every histogram that was asked for. */
static int visit(const struct trace_run *run, visit_fn visit_one, void *ctx)
{
	for (size_t i = 0; i < run->total.n_rows; i++) {
		const struct stats_row *row = run->total.rows[i];

		if (row->wanted && visit_row(run->config, row, visit_one, ctx))
			return -1;
	}
	return 0;
}

/* --- JSON and CSV ---------------------------------------------------------- */

struct trace_to_run {
	const struct trace_run *trace;
	struct run *run;
};

static int add_result(void *ctx, const struct stats_row *row, int end, int stage,
		      const struct hist *h)
{
	const struct trace_to_run *to = ctx;
	struct result *r = run_add(to->run);

	if (!r)
		return -1;
	snprintf(r->source, sizeof(r->source), "%s", row->name);
	r->irq = row->irq < 0 ? RESULT_NO_IRQ : (uint64_t)row->irq;
	snprintf(r->way, sizeof(r->way), "trace-%s", chain_end_names[end]);
	snprintf(r->wait, sizeof(r->wait), "block");
	snprintf(r->stage, sizeof(r->stage), "%s", chain_stages[stage].name);
	r->cpu = row->cpu;
	r->raised = row->seen;
	r->delivered = row->outcomes[OUTCOME_MATCHED];
	r->coalesced = row->outcomes[OUTCOME_COALESCED];
	r->lost = (int64_t)row->outcomes[OUTCOME_LOST];
	r->overhead_ns = to->trace->event_cost_ns;
	hist_free(&r->hist);
	if (hist_copy(&r->hist, h))
		return -1;
	/* Fewer samples are too few for irqlat diff to decide by. */
	if (!row->blocks[end][stage] || h->n < BLOCKS_SAMPLES_MIN)
		return 0;
	return blocks_copy(&r->blocks, row->blocks[end][stage]);
}

static int to_run(const struct trace_run *trace, struct run *run)
{
	struct trace_to_run ctx = { .trace = trace, .run = run };

	memset(run, 0, sizeof(*run));
	run->system = trace->system;
	run->interrupted = trace->interrupted;
	return visit(trace, add_result, &ctx);
}

static json_t *account_object(const struct stats_row *row)
{
	json_t *unmatched = json_object();

	for (int o = 0; o < OUTCOME_LOST; o++)
		json_object_set_new(unmatched, chain_outcome_names[o],
				    json_integer((json_int_t)row->outcomes[o]));
	return json_pack("{s:o, s:o, s:i, s:I, s:I, s:o, s:I, s:I}", "source",
			 jsonio_text(row->name), "irq",
			 row->irq < 0 ? json_null() : json_integer(row->irq), "cpu", (int)row->cpu,
			 "seen", (json_int_t)row->seen, "matched",
			 (json_int_t)row->outcomes[OUTCOME_MATCHED], "unmatched", unmatched, "lost",
			 (json_int_t)row->outcomes[OUTCOME_LOST], "negative",
			 (json_int_t)row->outcomes[OUTCOME_NEGATIVE]);
}

static json_t *number_or_null(uint64_t number, uint64_t unknown)
{
	return number == unknown ? json_null() : json_integer((json_int_t)number);
}

static json_t *over_object(const struct trace_over *over)
{
	json_t *object;

	if (!over->n)
		return json_null();
	object = json_pack("{s:o, s:o, s:i, s:I}", "source", jsonio_text(over->name), "irq",
			   over->irq < 0 ? json_null() : json_integer(over->irq), "cpu",
			   (int)over->cpu, "ns", (json_int_t)over->ns);
	if (over->at_ns && object) {
		json_object_set_new(object, "start_ns", json_integer((json_int_t)over->at_ns));
		json_object_set_new(object, "task", jsonio_text(over->comm));
		json_object_set_new(object, "pid", json_integer(over->pid));
	}
	return object;
}

/* One object for each -T or -a. */
static json_t *limits_array(const struct trace_run *trace)
{
	json_t *limits = json_array();

	for (size_t i = 0; i < trace->config->n_limits; i++) {
		const struct trace_limit *limit = &trace->config->limits[i];
		const struct trace_over *over = &trace->limit_over[i];
		struct trace_limit_sum sum = trace_limit_sum(trace, limit);

		json_array_append_new(limits,
				      json_pack("{s:o, s:s, s:I, s:I, s:I, s:o, s:s, s:o}", "limit",
						jsonio_text(limit->text), "stage",
						chain_stages[limit->stage].name, "limit_ns",
						(json_int_t)limit->ns, "samples", (json_int_t)sum.n,
						"over", (json_int_t)over->n, "max_ns",
						sum.n ? json_integer((json_int_t)sum.max_ns) :
							json_null(),
						"state",
						over->n ? "exceeded" :
						sum.n	? "kept" :
							  "no_sample",
						"worst", over_object(over)));
	}
	return limits;
}

static json_t *trace_object(const struct trace_run *trace)
{
	const struct merge_counts *m = &trace->counts.merge;
	json_t *accounts = json_array(), *gaps = json_array();

	for (size_t i = 0; i < trace->total.n_rows; i++) {
		if (trace->total.rows[i]->wanted && trace->total.rows[i]->seen)
			json_array_append_new(accounts, account_object(trace->total.rows[i]));
	}
	for (uint64_t i = 0; i < trace->n_gaps && i < TRACE_GAPS_MAX; i++) {
		const struct trace_gap *g = &trace->gaps[i];

		json_array_append_new(gaps,
				      json_pack("{s:i, s:o, s:o, s:o}", "cpu", (int)g->cpu,
						"from_ns", number_or_null(g->ts_ns, 0), "to_ns",
						number_or_null(g->until_ns, 0), "events",
						number_or_null(g->lost, SUBBUF_MISSED_UNKNOWN)));
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "duration_ns",
			 (json_int_t)(trace->ended_ns - trace->started_ns), "events",
			 (json_int_t)trace->counts.events, "events_lost", (json_int_t)m->lost,
			 "gaps_unknown", (json_int_t)m->lost_unknown, "corrupt",
			 (json_int_t)m->corrupt, "backwards", (json_int_t)m->backwards, "no_memory",
			 (json_int_t)trace_run_no_memory(trace), "event_cost_ns",
			 (json_int_t)trace->event_cost_ns, "gaps", gaps, "limits",
			 limits_array(trace), "accounting", accounts);
}

/* With --in-kernel, by BPF programs. */
static json_t *collector_object(const struct trace_run *trace)
{
	const struct collector_counts *counts = &trace->collector;
	json_t *accounts = json_array(), *lost = json_object();

	for (size_t i = 0; i < trace->total.n_rows; i++) {
		if (trace->total.rows[i]->wanted && trace->total.rows[i]->seen)
			json_array_append_new(accounts, account_object(trace->total.rows[i]));
	}
	for (int i = 0; i < COLLECT_LOSSES; i++)
		json_object_set_new(lost, collect_loss_names[i],
				    json_integer((json_int_t)counts->lost[i]));
	json_object_set_new(lost, "nested", json_integer((json_int_t)counts->nested));
	return json_pack("{s:I, s:b, s:s, s:o, s:o}", "duration_ns",
			 (json_int_t)(trace->ended_ns - trace->started_ns), "in_kernel", 1,
			 "collector", "bpf", "not_counted", lost, "accounting", accounts);
}

/* With --in-kernel, by hist triggers, which keep other counts. */
static json_t *kernel_object(const struct trace_run *trace)
{
	const struct kernhist_counts *counts = &trace->kernel;
	json_t *accounts = json_array();

	for (size_t i = 0; i < counts->n_accounts; i++) {
		const struct kernhist_account *row = &counts->accounts[i];

		json_array_append_new(accounts, json_pack("{s:i, s:i, s:I, s:I, s:I, s:I}", "irq",
							  (int)row->irq, "cpu", (int)row->cpu,
							  "seen", (json_int_t)row->seen, "timed",
							  (json_int_t)row->timed, "wakeups",
							  (json_int_t)row->woke, "ran",
							  (json_int_t)row->ran));
	}
	return json_pack("{s:I, s:b, s:s, s:o, s:I, s:I, s:I, s:I, s:o}", "duration_ns",
			 (json_int_t)(trace->ended_ns - trace->started_ns), "in_kernel", 1,
			 "collector", "hist", "bucket_ns",
			 trace->config->bucket_ns ?
				 json_integer((json_int_t)trace->config->bucket_ns) :
				 json_null(),
			 "still_running", (json_int_t)counts->running, "dropped",
			 (json_int_t)counts->dropped, "malformed", (json_int_t)counts->malformed,
			 "event_cost_ns", (json_int_t)trace->event_cost_ns, "accounting", accounts);
}

static int write_json(const void *what, FILE *out)
{
	const struct trace_run *trace = what;
	struct run run;
	json_t *root = NULL;
	int err;

	jsonio_begin();
	err = to_run(trace, &run);
	if (!err)
		root = run_to_json(&run);
	if (root)
		json_object_set_new(root, "trace",
				    trace->collected	     ? collector_object(trace) :
				    trace->config->in_kernel ? kernel_object(trace) :
							       trace_object(trace));
	if (root && trace->config->runs) {
		json_t *object = json_object_get(root, "trace");

		json_object_set_new(object, "runs", trace_runs_array(trace));
		json_object_set_new(object, "work_items", trace_runs_works_object(trace));
	}
	if (root && trace->worst)
		json_object_set_new(root, "explain", trace_explain_object(trace));
	err = jsonio_write(root, JSON_COMPACT | JSON_REAL_PRECISION(15), out);
	run_free(&run);
	return err;
}

static int write_csv(const void *what, FILE *out)
{
	const struct trace_run *trace = what;
	struct run run;
	int err = to_run(trace, &run);

	if (!err)
		run_write_csv(&run, out);
	run_free(&run);
	return err || ferror(out) ? -1 : 0;
}

/* --- HdrHistogram ---------------------------------------------------------- */

struct hdr_output {
	FILE *out;
	const char *prefix;
	double length_s;
};

static int add_hlog(void *ctx, const struct stats_row *row, int end, int stage,
		    const struct hist *h)
{
	const struct hdr_output *hdr = ctx;
	char tag[TAG_BYTES];

	tag_of(row, end, stage, tag);
	return hlog_row(hdr->out, tag, 0, hdr->length_s, h);
}

static int write_hlog(const void *what, FILE *out)
{
	const struct trace_run *trace = what;
	struct hdr_output hdr = { .out = out,
				  .length_s = (double)(trace->ended_ns - trace->started_ns) / 1e9 };
	struct timespec now;
	double start_s = 0;

	/* A recording does not say when it was made. */
	if (!trace->config->input) {
		clock_gettime(CLOCK_REALTIME, &now);
		start_s = (double)now.tv_sec - hdr.length_s;
	}
	return hlog_header(out, start_s, "irqlat " PROCIRQ_VERSION ", interrupt to user, ns") ||
			       visit(trace, add_hlog, &hdr) ?
		       -1 :
		       0;
}

static int write_hgrm(const void *what, FILE *out)
{
	return hlog_hgrm(out, what, 1000);
}

/* A file for each histogram, which is what the plotter reads. */
static int add_hgrm(void *ctx, const struct stats_row *row, int end, int stage,
		    const struct hist *h)
{
	const struct hdr_output *hdr = ctx;
	struct opt_file file = { .wanted = true };
	char tag[TAG_BYTES], *path;
	int err;

	tag_of(row, end, stage, tag);
	if (asprintf(&path, "%s.%s.hgrm", hdr->prefix, tag) < 0) {
		msg_error("%s.%s.hgrm: cannot write: out of memory", hdr->prefix, tag);
		return -1;
	}
	file.name = path;
	err = opt_file_write(&file, write_hgrm, h);
	free(path);
	return err;
}

/* --- files ----------------------------------------------------------------- */

/* Whether a result goes to standard output, in place of the tables. */
bool trace_out_uses_stdout(const struct trace_config *config)
{
	return opt_file_is_stdout(&config->json) || opt_file_is_stdout(&config->csv) ||
	       opt_file_is_stdout(&config->hlog);
}

/*
 * Write all results that were asked for. Returns 0, or -1; opt_file_write() has printed
 * why.
 */
int trace_out_files(const struct trace_run *run)
{
	const struct trace_config *config = run->config;
	struct hdr_output hdr = { .prefix = config->hgrm.name };
	int err;

	err = opt_file_write(&config->json, write_json, run);
	err |= opt_file_write(&config->csv, write_csv, run);
	err |= opt_file_write(&config->hlog, write_hlog, run);
	if (config->hgrm.wanted) {
		if (!hdr.prefix)
			hdr.prefix = "irqlat";
		err |= visit(run, add_hgrm, &hdr);
	}
	return err;
}

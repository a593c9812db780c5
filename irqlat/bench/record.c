// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of each way, and what is counted and sampled in them. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* Samples that wait for the time of their handler, at most. */
#define WAITS_MAX 512
/* Interrupts of one delivery that become samples, at most. */
#define PERIODS_MAX 1000000

/* The stages of the deliveries that took one path. */
static const struct {
	enum bench_stage total;
	enum bench_stage to_user;
} path_stages[HANDLER_PATH_COUNT] = {
	[HANDLER_PATH_DIRECT] = { BENCH_STAGE_TOTAL_DIRECT, BENCH_STAGE_TO_USER_DIRECT },
	[HANDLER_PATH_RETURN] = { BENCH_STAGE_TOTAL_RETURN, BENCH_STAGE_TO_USER_RETURN },
	[HANDLER_PATH_WAKE] = { BENCH_STAGE_TOTAL_WAKE, BENCH_STAGE_TO_USER_WAKE },
	[HANDLER_PATH_REPEAT] = { BENCH_STAGE_TOTAL_REPEAT, BENCH_STAGE_TO_USER_REPEAT },
};

/* --- rows ----------------------------------------------------------------- */

static bool has_stage(const struct way_facts *facts, enum bench_stage stage)
{
	if (stage == BENCH_STAGE_KEPT)
		return facts->self_timed;
	if (bench_stages[stage].path)
		return facts->way->driver == DRIVER_ULI;
	return stage == BENCH_STAGE_TOTAL || facts->has_entry;
}

static int init_row(struct result *r, const struct way_facts *facts, enum bench_stage stage)
{
	if (result_init(r))
		return -1;
	snprintf(r->source, sizeof(r->source), "%s", facts->source);
	snprintf(r->way, sizeof(r->way), "%s", facts->way->name);
	snprintf(r->wait, sizeof(r->wait), "%s", facts->way->spins ? "spin" : "block");
	snprintf(r->stage, sizeof(r->stage), "%s", bench_stages[stage].name);
	snprintf(r->load, sizeof(r->load), "%s", facts->load);
	r->irq = facts->irq == TARGET_NO_IRQ ? RESULT_NO_IRQ : facts->irq;
	r->cpu = facts->cpu;
	r->overhead_ns = facts->overhead_ns;
	r->warmup_known = true;
	return blocks_init(&r->blocks);
}

/**
 * recording_add - make the rows of a way for a phase
 * @rec: gets them, and owns them
 * @facts: what they say
 * @why: gets the reason of a failure
 *
 * Returns them, or NULL.
 */
struct way_rows *recording_add(struct recording *rec, const struct way_facts *facts,
			       struct why *why)
{
	struct way_rows *rows = calloc(1, sizeof(*rows));
	int stage;

	if (!rows)
		goto fail;
	rec->rows[rec->n_rows++] = rows;
	for (stage = 0; stage < BENCH_STAGES; stage++) {
		rows->has[stage] = has_stage(facts, (enum bench_stage)stage);
		if (rows->has[stage] && init_row(&rows->row[stage], facts, (enum bench_stage)stage))
			goto fail;
	}
	return rows;
fail:
	why_set(why, "out of memory");
	return NULL;
}

/* --- counts and samples --------------------------------------------------- */

/* Does the delivery count in the rows of this stage? */
static bool counts_in(enum bench_stage stage, const struct delivery *delivery)
{
	enum handler_path path = delivery ? delivery->path : HANDLER_PATH_NONE;

	if (!bench_stages[stage].path)
		return true;
	return path != HANDLER_PATH_NONE &&
	       (stage == path_stages[path].total || stage == path_stages[path].to_user);
}

static uint64_t coalesced_by(const struct delivery *delivery)
{
	return (delivery->count < PERIODS_MAX ? delivery->count : PERIODS_MAX) - 1;
}

/**
 * recording_count - count interrupts
 * @rows: of the way
 * @account: what the source did
 * @delivery: what was delivered, NULL: nothing
 */
void recording_count(struct way_rows *rows, const struct account *account,
		     const struct delivery *delivery)
{
	int stage;

	for (stage = 0; stage < BENCH_STAGES; stage++) {
		struct result *r = &rows->row[stage];

		if (!rows->has[stage] || !counts_in((enum bench_stage)stage, delivery))
			continue;
		r->raised += account->raised;
		r->coalesced += account->coalesced;
		if (delivery) {
			r->delivered++;
			r->coalesced += coalesced_by(delivery);
		}
		r->lost = (int64_t)(r->raised - r->delivered - r->coalesced);
	}
}

/* Interrupts of the way's warm-up: nothing else counts them. */
void recording_warmup(struct way_rows *rows, const struct account *account)
{
	for (int stage = 0; stage < BENCH_STAGES; stage++)
		if (rows->has[stage])
			rows->row[stage].warmup += account->raised;
}

/**
 * recording_cost - add what a wait cost
 * @rows: of the way
 * @delivery: what was delivered, NULL: nothing
 * @cost: what it cost
 */
void recording_cost(struct way_rows *rows, const struct delivery *delivery,
		    const struct wait_cost *cost)
{
	int stage;

	for (stage = 0; stage < BENCH_STAGES; stage++) {
		if (!rows->has[stage] || !counts_in((enum bench_stage)stage, delivery))
			continue;
		rows->row[stage].cpu_ns += cost->cpu_ns;
		rows->row[stage].wait_ns += cost->wait_ns;
	}
}

/* Interrupt raised at @raised_ns, handled at @entry_ns (0: unknown), seen at @user_ns. */
static void record(const struct recording *rec, struct way_rows *rows, enum handler_path path,
		   uint64_t raised_ns, uint64_t entry_ns, uint64_t user_ns)
{
	int64_t total_ns = (int64_t)(user_ns - raised_ns),
		to_user_ns = (int64_t)(user_ns - entry_ns);
	uint64_t at_ns = user_ns - rec->start_ns;

	result_record(&rows->row[BENCH_STAGE_TOTAL], at_ns, total_ns);
	if (path != HANDLER_PATH_NONE)
		result_record(&rows->row[path_stages[path].total], at_ns, total_ns);
	if (!rows->has[BENCH_STAGE_TO_HANDLER] || !entry_ns)
		return;
	result_record(&rows->row[BENCH_STAGE_TO_HANDLER], at_ns, (int64_t)(entry_ns - raised_ns));
	result_record(&rows->row[BENCH_STAGE_TO_USER], at_ns, to_user_ns);
	if (path != HANDLER_PATH_NONE)
		result_record(&rows->row[path_stages[path].to_user], at_ns, to_user_ns);
}

/*
 * A delivery of several interrupts is a sample for each of them, if it is known when
 * they were raised. This records the samples after the first.
 */
static void record_missed(const struct recording *rec, struct way_rows *rows,
			  const struct account *account, const struct delivery *delivery)
{
	uint64_t at_ns = delivery->user_ns - rec->start_ns;
	uint64_t raised_ns = account->raised_ns, i;

	if (!account->period_ns)
		return;
	for (i = 0; i < coalesced_by(delivery); i++) {
		raised_ns += account->period_ns;
		result_record(&rows->row[BENCH_STAGE_TOTAL], at_ns,
			      (int64_t)(delivery->user_ns - raised_ns));
	}
}

static void record_kept(const struct recording *rec, struct result *kept,
			const struct account *account, const struct delivery *delivery)
{
	kept->raised++;
	kept->delivered++;
	result_record(kept, delivery->user_ns - rec->start_ns,
		      (int64_t)(delivery->user_ns - account->raised_ns));
}

/**
 * recording_sample - record the samples of a delivery
 * @rec: recording
 * @rows: of the way
 * @account: what the source did
 * @delivery: what was delivered
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int recording_sample(struct recording *rec, struct way_rows *rows, const struct account *account,
		     const struct delivery *delivery, struct why *why)
{
	if (delivery->early) {
		rec->early++;
		return 0;
	}
	if (!account->raised_ns)
		return 0;
	record_missed(rec, rows, account, delivery);
	if (rows->has[BENCH_STAGE_KEPT])
		record_kept(rec, &rows->row[BENCH_STAGE_KEPT], account, delivery);
	if (!rec->trace || !rows->has[BENCH_STAGE_TO_HANDLER]) {
		record(rec, rows, delivery->path, account->raised_ns, delivery->entry_ns,
		       delivery->user_ns);
		return 0;
	}
	rec->waits[rec->n_waits++] = (struct entry_wait){
		.rows = rows,
		.path = delivery->path,
		.raised_ns = account->raised_ns,
		.user_ns = delivery->user_ns,
	};
	return rec->n_waits == WAITS_MAX ? recording_match_entries(rec, why) : 0;
}

/* --- handler entries from tracing ----------------------------------------- */

/* Take the times of the handler from tracing. Returns 0 or -1. */
int recording_open_trace(struct recording *rec, struct why *why)
{
	rec->trace = entrytrace_open(why);
	if (!rec->trace)
		return -1;
	rec->waits = calloc(WAITS_MAX, sizeof(*rec->waits));
	return rec->waits ? 0 : why_set(why, "out of memory");
}

/**
 * recording_match_entries - record the samples that wait for the time of their handler
 * @rec: recording with a trace; no interrupt may be under way
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int recording_match_entries(struct recording *rec, struct why *why)
{
	struct entry_match match = { .waits = rec->waits, .n = rec->n_waits };
	size_t i;

	if (entrytrace_drain(rec->trace, &match, &rec->entries_lost, why))
		return -1;
	for (i = 0; i < rec->n_waits; i++) {
		struct entry_wait *w = &rec->waits[i];

		if (!w->entry_ns)
			rec->entries_missing++;
		record(rec, w->rows, w->path, w->raised_ns, w->entry_ns, w->user_ns);
	}
	rec->n_waits = 0;
	return 0;
}

/* --- the rows as results -------------------------------------------------- */

/*
 * A path that no interrupt took has no results. The row without missed periods says
 * something only where periods were missed.
 */
static bool is_listed(const struct way_rows *rows, enum bench_stage stage)
{
	const struct result *total = &rows->row[BENCH_STAGE_TOTAL];

	if (stage == BENCH_STAGE_KEPT)
		return rows->has[stage] && (total->coalesced || total->lost);
	return rows->has[stage] && (!bench_stages[stage].path || rows->row[stage].delivered);
}

/**
 * recording_view - the rows so far, as results of a run
 * @rec: owns what the rows contain
 * @run: gets copies of the rows; the caller frees @run->results
 *
 * Returns 0, or -1 with ENOMEM.
 */
int recording_view(const struct recording *rec, struct run *run)
{
	size_t i;
	int stage;

	run->n_results = 0;
	run->results = calloc(rec->n_rows * BENCH_STAGES + 1, sizeof(*run->results));
	if (!run->results)
		return -1;
	for (i = 0; i < rec->n_rows; i++)
		for (stage = 0; stage < BENCH_STAGES; stage++)
			if (is_listed(rec->rows[i], (enum bench_stage)stage))
				run->results[run->n_results++] = rec->rows[i]->row[stage];
	return 0;
}

/* A thread that spins can be hit directly. */
static void warn_indirect(const struct way_rows *rows, struct sysinfo *info)
{
	const struct result *total = &rows->row[BENCH_STAGE_TOTAL];

	if (rows->has[BENCH_STAGE_TOTAL_DIRECT] && !rows->row[BENCH_STAGE_TOTAL_DIRECT].delivered &&
	    total->delivered && !strcmp(total->wait, "spin"))
		sysinfo_warn(
			info,
			"way %s: no interrupt hit the thread itself, so path direct is not measured: CPU %" PRId64
			" does not take them (-c, or smp_affinity of irq %" PRIu64 ")",
			total->way, total->cpu, total->irq);
}

static void warn_of_doubts(const struct recording *rec, struct sysinfo *info)
{
	size_t i;

	if (rec->drift)
		sysinfo_warn(
			info,
			"the source and the line disagree by %" PRIu64
			" interrupts: does another program raise it? Stages that begin with the raise, and counts, are unreliable",
			rec->drift);
	if (rec->entries_lost)
		sysinfo_warn(info, "the trace buffer lost %" PRIu64 " handler entries or more",
			     rec->entries_lost);
	if (rec->entries_missing)
		sysinfo_warn(
			info,
			"%" PRIu64
			" samples have no handler entry in the trace: they count in stage total only",
			rec->entries_missing);
	if (rec->early)
		sysinfo_warn(
			info,
			"%" PRIu64
			" interrupts came before the thread was spinning: delivered, but no samples; a longer --gap avoids it",
			rec->early);
	for (i = 0; i < rec->n_rows; i++)
		warn_indirect(rec->rows[i], info);
}

/**
 * recording_end - hand the rows over to the run
 * @rec: has no rows afterwards
 * @run: gets the rows, and warnings about them
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int recording_end(struct recording *rec, struct run *run, struct why *why)
{
	size_t i;
	int stage;

	warn_of_doubts(rec, &run->system);
	if (recording_view(rec, run))
		return why_set(why, "out of memory");
	run_end(run);
	for (i = 0; i < rec->n_rows; i++)
		for (stage = 0; stage < BENCH_STAGES; stage++)
			if (is_listed(rec->rows[i], (enum bench_stage)stage))
				rec->rows[i]->has[stage] = false;
	return 0;
}

void recording_free(struct recording *rec)
{
	size_t i;
	int stage;

	for (i = 0; i < rec->n_rows; i++) {
		for (stage = 0; stage < BENCH_STAGES; stage++)
			if (rec->rows[i]->has[stage])
				result_free(&rec->rows[i]->row[stage]);
		free(rec->rows[i]);
	}
	free(rec->waits);
	entrytrace_close(rec->trace);
}

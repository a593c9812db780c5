// SPDX-License-Identifier: GPL-2.0-or-later
#include "engine.h"

#include <stdlib.h>

struct engine {
	struct engine_config config;
	struct engine_counts counts;
	struct merge *merge;
	struct chains *chains;
	struct timeline *timeline;
	struct softirqs *softirqs;
	struct workitems *works;
	bool has_others;
};

/* Those who get events beside the chains. */
static void tell_others(struct engine *engine, const struct event *e)
{
	if (e->kind == EVENT_PROCIRQ_READ && engine->config.read)
		engine->config.read(engine->config.read_ctx, e);
	if (engine->timeline)
		timeline_event(engine->timeline, e);
	if (engine->softirqs)
		softirqs_event(engine->softirqs, e);
	if (engine->works)
		workitems_event(engine->works, e);
}

static void on_record(void *ctx, unsigned int cpu, const struct trace_record *r)
{
	struct engine *engine = ctx;
	struct event e;
	int got = event_decode(engine->config.catalog, r, cpu, &e);

	if (got <= 0) {
		engine->counts.malformed += got < 0;
		return;
	}
	if (!engine->counts.events++)
		engine->counts.first_ns = e.ts_ns;
	engine->counts.last_ns = e.ts_ns;
	if (__builtin_expect(engine->has_others, 0))
		tell_others(engine, &e);
	chains_event(engine->chains, &e);
}

static void on_loss(void *ctx, unsigned int cpu, uint64_t ts, uint64_t lost, bool begin)
{
	struct engine *engine = ctx;
	struct event e = {
		.ts_ns = event_scale_ns(engine->config.catalog, ts),
		.cpu = (uint16_t)cpu,
		.kind = begin ? EVENT_LOSS_BEGIN : EVENT_LOSS_END,
		.pid = -1,
	};

	e.lost = lost;
	if (engine->config.loss)
		engine->config.loss(engine->config.loss_ctx, &e);
	if (engine->timeline)
		timeline_event(engine->timeline, &e);
	if (engine->softirqs)
		softirqs_event(engine->softirqs, &e);
	if (engine->works)
		workitems_event(engine->works, &e);
	chains_event(engine->chains, &e);
}

/**
 * engine_new - prepare to read a recording
 * @config: copied
 *
 * Returns NULL with errno set when memory runs out.
 */
struct engine *engine_new(const struct engine_config *config)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->config = *config;
	engine->merge =
		merge_new(config->n_cpus, &config->layout, config->catalog, &config->reader);
	engine->chains = chains_new(config->n_cpus, config->catalog, &config->sink);
	if (engine->chains && config->no_hops)
		chains_stop_hops(engine->chains);
	if (config->with_timeline)
		engine->timeline = timeline_new(config->n_cpus, config->catalog);
	if (config->softirq)
		engine->softirqs =
			softirqs_new(config->n_cpus, config->softirq, config->softirq_ctx);
	if (config->works.ran)
		engine->works = workitems_new(config->n_cpus, &config->works);
	engine->has_others =
		config->with_timeline || config->read || config->softirq || config->works.ran;
	if (!engine->merge || !engine->chains || (config->with_timeline && !engine->timeline) ||
	    (config->softirq && !engine->softirqs) || (config->works.ran && !engine->works)) {
		engine_free(engine);
		return NULL;
	}
	return engine;
}

/* NULL is fine. */
void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	merge_free(engine->merge);
	chains_free(engine->chains);
	timeline_free(engine->timeline);
	softirqs_free(engine->softirqs);
	workitems_free(engine->works);
	free(engine);
}

/* Read all events up to a time; see merge_run(). */
int engine_run(struct engine *engine, uint64_t until_ts)
{
	const struct merge_sink sink = {
		.record = on_record,
		.loss = on_loss,
		.ctx = engine,
	};

	return merge_run(engine->merge, until_ts, &sink);
}

/* The recording ends: every interrupt gets its outcome. */
void engine_finish(struct engine *engine)
{
	chains_finish(engine->chains);
}

/* Whether there were events of this kind. */
bool engine_has(const struct engine *engine, enum event_kind kind)
{
	return chains_have(engine->chains, kind);
}

/* See chains_know_nobody(). */
bool engine_knows_nobody(const struct engine *engine)
{
	return chains_know_nobody(engine->chains);
}

/* Who had each CPU, for culprit_find() in the sink; NULL without @with_timeline. */
const struct timeline *engine_timeline(const struct engine *engine)
{
	return engine->timeline;
}

void engine_counts(const struct engine *engine, struct engine_counts *counts)
{
	*counts = engine->counts;
	counts->no_memory = chains_no_memory(engine->chains);
	counts->merge = *merge_counts(engine->merge);
}

/* What became of the events of work items; all 0 without @works. */
void engine_works(const struct engine *engine, struct workitem_counts *counts)
{
	*counts = (struct workitem_counts){ 0 };
	if (engine->works)
		workitems_counts(engine->works, counts);
}

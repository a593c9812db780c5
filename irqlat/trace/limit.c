// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -T and -a: limits of stages, and what took longer. */

#include <fnmatch.h>
#include <string.h>

#include "base/parse.h"
#include "trace.h"

#define LIMIT_MAX_NS (1000 * UINT64_C(1000000000))

/* --- options --------------------------------------------------------------- */

/* "24" is a number, all else a pattern of names. */
static int parse_handler(const char *text, size_t len, struct trace_limit *limit, struct why *why)
{
	uint64_t irq;

	limit->irq = -1;
	if (len >= sizeof(limit->name))
		return why_set(why, "\"%.*s\" is longer than a name", (int)len, text);
	snprintf(limit->name, sizeof(limit->name), "%.*s", (int)len, text);
	if (!parse_u64(limit->name, &irq) && irq <= INT32_MAX) {
		limit->irq = (int32_t)irq;
		limit->name[0] = '\0';
	}
	return 0;
}

/* "eth0*:queue", "24", ":irq": names of handlers have colons, too, stages have none. */
static int parse_what(const char *text, size_t len, struct trace_limit *limit, struct why *why)
{
	const char *colon = memrchr(text, ':', len);
	char stages[STAGE_LIST_BYTES];
	const char *word;
	int stage;

	limit->stage = CHAIN_STAGE_TOTAL;
	if (!colon) {
		if (stage_index(chain_stages, CHAIN_STAGES, text, len) >= 0)
			return why_set(why, "\"%.*s\" is a stage: write :%.*s", (int)len, text,
				       (int)len, text);
		return parse_handler(text, len, limit, why);
	}
	word = colon + 1;
	stage = stage_index(chain_stages, CHAIN_STAGES, word, len - (size_t)(word - text));
	if (stage < 0)
		return why_set(why, "the stage behind the last colon, \"%.*s\", is none of: %s",
			       (int)(len - (size_t)(word - text)), word,
			       stage_list(chain_stages, CHAIN_STAGES, stages));
	limit->stage = (enum chain_stage)stage;
	return parse_handler(text, (size_t)(colon - text), limit, why);
}

/**
 * trace_limit_parse - "500", "eth0*=500", "eth0*:queue=1ms", "24:irq=20", ":wake=50"
 * @text: lives as long as @config; a bare number is microseconds
 * @config: the limit is added
 * @why: what is wrong with @text
 *
 * Returns 0, or -1 with @why filled.
 */
int trace_limit_parse(const char *text, struct trace_config *config, struct why *why)
{
	const char *equals = strrchr(text, '='), *time = equals ? equals + 1 : text;
	struct trace_limit limit = { .text = text, .irq = -1, .stage = CHAIN_STAGE_TOTAL };

	if (equals == text)
		return why_set(why, "\"%s\": no interrupt before the =", text);
	if (equals && parse_what(text, (size_t)(equals - text), &limit, why))
		return -1;
	if (parse_duration(time, 1000, &limit.ns) || !limit.ns || limit.ns > LIMIT_MAX_NS)
		return why_set(
			why,
			"\"%s\" is not a time: a number of microseconds, or one with ns us ms s",
			time);
	if (config->n_limits == TRACE_LIMITS_MAX)
		return why_set(why, "more than %d limits", TRACE_LIMITS_MAX);
	config->limits[config->n_limits++] = limit;
	return 0;
}

/* --- comparing ------------------------------------------------------------- */

/* Handlers of a line that cannot be told apart share a row: "eth0, wlan0". */
static bool one_name_matches(const char *pattern, const char *names)
{
	while (*names) {
		char name[STATS_NAME_BYTES];
		size_t len = strcspn(names, ",");

		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		if (!fnmatch(pattern, name, 0))
			return true;
		names += len + strspn(names + len, ", ");
	}
	return false;
}

static bool applies(const struct trace_limit *limit, const struct stats_row *row)
{
	if (limit->irq >= 0)
		return row->irq == limit->irq;
	return !limit->name[0] || !fnmatch(limit->name, row->name, 0) ||
	       (row->of_line && one_name_matches(limit->name, row->name));
}

/* Returns whether the chain has the stage. */
static bool stage_ns(const struct chain_sample *s, enum chain_stage stage, uint64_t *ns)
{
	if (stage == CHAIN_STAGE_TOTAL)
		*ns = s->end_ns - s->start_ns;
	else if (stage == CHAIN_STAGE_MODULE)
		*ns = s->module_ns < 0 ? 0 : (uint64_t)s->module_ns;
	else if (stage < CHAIN_STAGE_PARTS && s->stages >> stage & 1)
		*ns = s->ns[stage];
	else
		return false;
	return true;
}

/* Count it; note it if it is the longest. Returns whether it is. */
static bool note_over(struct trace_over *over, const struct stats_row *row, uint64_t ns)
{
	if (over->n++ && ns <= over->ns)
		return false;
	over->ns = ns;
	over->irq = row->irq;
	over->cpu = row->cpu;
	memcpy(over->name, row->name, sizeof(over->name));
	return true;
}

/**
 * trace_limits_sample - compare a chain with all limits
 * @run: its options have the limits; what takes longer is counted
 * @sample: the chain
 *
 * Returns by how many ns the chain is over a limit, at most; 0: it keeps all.
 */
uint64_t trace_limits_sample(struct trace_run *run, const struct chain_sample *sample)
{
	const struct trace_config *config = run->config;
	uint64_t excess = 0, ns;

	if (!(config->wanted_ends >> sample->end & 1))
		return 0;
	for (size_t i = 0; i < config->n_limits; i++) {
		const struct trace_limit *limit = &config->limits[i];
		struct trace_over *over = &run->limit_over[i];

		if (!stage_ns(sample, limit->stage, &ns) || ns <= limit->ns ||
		    !applies(limit, sample->row))
			continue;
		if (ns - limit->ns > excess)
			excess = ns - limit->ns;
		if (!note_over(over, sample->row, ns))
			continue;
		over->at_ns = sample->start_ns;
		over->pid = sample->pid;
		memcpy(over->comm, sample->comm, sizeof(over->comm));
	}
	run->over += excess > 0;
	return excess;
}

/**
 * trace_limits_handler - compare a handler with the limits of stage irq
 * @run: its options have the limits; what takes longer is counted
 * @row: of the handler
 * @ns: that it took
 *
 * Returns whether it is over one.
 */
bool trace_limits_handler(struct trace_run *run, const struct stats_row *row, uint64_t ns)
{
	const struct trace_config *config = run->config;
	bool any = false;

	for (size_t i = 0; i < config->n_limits; i++) {
		const struct trace_limit *limit = &config->limits[i];

		if (limit->stage != CHAIN_STAGE_IRQ || ns <= limit->ns || !applies(limit, row))
			continue;
		note_over(&run->limit_over[i], row, ns);
		any = true;
	}
	run->over += any;
	return any;
}

/* --- afterwards ------------------------------------------------------------ */

/* All samples of a finished run that were compared with the limit. */
struct trace_limit_sum trace_limit_sum(const struct trace_run *run, const struct trace_limit *limit)
{
	struct trace_limit_sum sum = { 0 };

	for (size_t i = 0; i < run->total.n_rows; i++) {
		const struct stats_row *row = run->total.rows[i];

		if (!row->wanted || !applies(limit, row))
			continue;
		for (int end = 0; end < CHAIN_ENDS; end++) {
			const struct hist *h = row->hist[end][limit->stage];
			/* Handlers have no end. */
			bool wanted = limit->stage == CHAIN_STAGE_IRQ ||
				      run->config->wanted_ends >> end & 1;

			if (!h || !h->n || !wanted)
				continue;
			sum.n += h->n;
			if (h->max > sum.max_ns)
				sum.max_ns = h->max;
		}
	}
	return sum;
}

/*
 * Whether a run without samples for the limit has failed: who names an interrupt or a
 * stage expects some.
 */
bool trace_limit_must_decide(const struct trace_limit *limit)
{
	return limit->irq >= 0 || limit->name[0] || limit->stage != CHAIN_STAGE_TOTAL;
}

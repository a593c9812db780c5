// SPDX-License-Identifier: GPL-2.0-or-later
/* Matching the rows of two files, joining runs of one side, and reading limits. */

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "base/msg.h"
#include "base/parse.h"

const char *const diff_metric_names[DIFF_METRICS + 1] = {
	[DIFF_P50] = "p50",
	[DIFF_P99] = "p99",
	[DIFF_P99_9] = "p99.9",
	[DIFF_MAX] = "max",
};

static bool is_same_row(const struct result *a, const struct result *b,
			const struct diff_options *options)
{
	return !strcmp(a->source, b->source) && !strcmp(a->way, b->way) &&
	       !strcmp(a->wait, b->wait) && !strcmp(a->stage, b->stage) &&
	       !strcmp(a->load, b->load) && (options->any_irq || a->irq == b->irq) &&
	       (options->any_cpu || a->cpu == b->cpu);
}

/* The first row of @b that matches @r and is not taken yet, or NULL. */
static const struct result *find_partner(const struct result *r, const struct run *b,
					 const bool *taken, const struct diff_options *options)
{
	size_t i;

	for (i = 0; i < b->n_results; i++)
		if (!taken[i] && is_same_row(r, &b->results[i], options))
			return &b->results[i];
	return NULL;
}

/**
 * diff_drop_kept - remove the rows that leave out missed periods
 * @run: run
 *
 * The total of the same way contains their samples. A run that missed no period does
 * not have such rows.
 */
void diff_drop_kept(struct run *run)
{
	size_t i = 0;

	while (i < run->n_results)
		if (result_is(&run->results[i], BENCH_STAGE_KEPT))
			run_remove(run, i);
		else
			i++;
}

/* Is @text, or does it match, one of the patterns in @list? */
static bool in_list(const char *text, const char *list)
{
	char pattern[RESULT_NAME_BYTES];

	for (size_t len; list && *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		snprintf(pattern, sizeof(pattern), "%.*s", (int)len, list);
		if (!fnmatch(pattern, text, 0))
			return true;
	}
	return !list;
}

/* Remove the rows that are not to be compared: the fewer tests, the more each can show. */
void diff_drop_others(struct run *run, const struct diff_options *options)
{
	size_t i = 0;

	while (i < run->n_results)
		if (in_list(run->results[i].stage, options->stages) &&
		    in_list(run->results[i].source, options->sources))
			i++;
		else
			run_remove(run, i);
}

/**
 * diff_match - find the rows that both runs have
 * @a: the earlier run
 * @b: the later run
 * @options: which rows match
 * @diff: zeroed by the caller; gets the rows of both and those of one only. The
 *	caller calls diff_free(), on errors too
 *
 * Returns 0, or -1 with ENOMEM.
 */
int diff_match(const struct run *a, const struct run *b, const struct diff_options *options,
	       struct diff *diff)
{
	bool *taken = calloc(b->n_results + 1, sizeof(*taken));
	size_t i;

	diff->run[0] = a;
	diff->run[1] = b;
	diff->rows = calloc(a->n_results + 1, sizeof(*diff->rows));
	diff->only[0] = calloc(a->n_results + 1, sizeof(*diff->only[0]));
	diff->only[1] = calloc(b->n_results + 1, sizeof(*diff->only[1]));
	if (!taken || !diff->rows || !diff->only[0] || !diff->only[1]) {
		free(taken);
		return -1;
	}
	for (i = 0; i < a->n_results; i++) {
		const struct result *r = &a->results[i];
		const struct result *partner = find_partner(r, b, taken, options);

		if (!partner) {
			diff->only[0][diff->n_only[0]++] = r;
			continue;
		}
		taken[partner - b->results] = true;
		diff->rows[diff->n_rows].side[0] = r;
		diff->rows[diff->n_rows++].side[1] = partner;
	}
	for (i = 0; i < b->n_results; i++)
		if (!taken[i])
			diff->only[1][diff->n_only[1]++] = &b->results[i];
	free(taken);
	return 0;
}

void diff_free(struct diff *diff)
{
	free(diff->rows);
	free(diff->only[0]);
	free(diff->only[1]);
	memset(diff, 0, sizeof(*diff));
}

/* Read "5%" or "2us" into @limit. Returns 0, or -1 if it is neither, zero, or given twice. */
static int parse_amount(const char *text, struct diff_limit *limit)
{
	size_t len = strlen(text);
	uint64_t ns;
	char *end;

	if (len && text[len - 1] == '%') {
		if (limit->share > 0 || strspn(text, "0123456789.") != len - 1)
			return -1;
		limit->share = strtod(text, &end) / 100;
		return *end == '%' && end > text && limit->share > 0 ? 0 : -1;
	}
	if (limit->ns > 0 || parse_duration(text, 0, &ns) || !ns)
		return -1;
	limit->ns = (double)ns;
	return 0;
}

/**
 * diff_join - add another run of a side
 * @to: gets the samples of the rows that both have; rows that @from lacks are removed
 * @from: another run of this side. It is changed; the caller still calls run_free()
 * @options: which rows match
 *
 * Returns how many rows of either run were left out, or -1 with ENOMEM.
 */
long diff_join(struct run *to, struct run *from, const struct diff_options *options)
{
	bool *taken = calloc(from->n_results + 1, sizeof(*taken));
	size_t i, joined = 0, rows = to->n_results;

	if (!taken)
		return -1;
	for (i = 0; i < to->n_results;) {
		struct result *r = &to->results[i];
		const struct result *partner = find_partner(r, from, taken, options);
		struct result *other;

		if (!partner) {
			run_remove(to, i);
			continue;
		}
		other = &from->results[partner - from->results];
		taken[partner - from->results] = true;
		r->raised += other->raised;
		r->delivered += other->delivered;
		r->coalesced += other->coalesced;
		r->lost += other->lost;
		r->cpu_ns += other->cpu_ns;
		r->wait_ns += other->wait_ns;
		if (hist_join(&r->hist, &other->hist) || blocks_join(&r->blocks, &other->blocks)) {
			free(taken);
			return -1;
		}
		joined++;
		i++;
	}
	free(taken);
	return (long)(rows - joined + from->n_results - joined);
}

/**
 * diff_limit_parse - read a limit such as "p99=5%,2us"
 * @text: name of a figure, and a share, a time, or both
 * @limits: the limit of the figure is set
 *
 * Returns 0, or -1 after a message.
 */
int diff_limit_parse(const char *text, struct diff_limit limits[DIFF_METRICS])
{
	const char *equals = strchr(text, '=');
	struct diff_limit limit = { .set = true };
	char amounts[64], *amount, *rest;
	size_t metric;

	for (metric = 0; equals && metric < DIFF_METRICS; metric++)
		if (strlen(diff_metric_names[metric]) == (size_t)(equals - text) &&
		    !strncmp(text, diff_metric_names[metric], (size_t)(equals - text)))
			break;
	if (!equals || metric == DIFF_METRICS) {
		msg_error("--max-regress: \"%s\" does not begin with p50=, p99=, p99.9= or max=",
			  text);
		return -1;
	}
	if (limits[metric].set) {
		msg_error("--max-regress: %s has a limit already", diff_metric_names[metric]);
		return -1;
	}
	snprintf(amounts, sizeof(amounts), "%s", equals + 1);
	rest = strlen(equals + 1) < sizeof(amounts) ? amounts : NULL;
	do {
		amount = strsep(&rest, ",");
		if (!amount || parse_amount(amount, &limit)) {
			msg_error(
				"--max-regress: \"%s\" is not a share and a time above 0, or one of them, such as p99=5%%,2us",
				text);
			return -1;
		}
	} while (rest);
	limits[metric] = limit;
	return 0;
}

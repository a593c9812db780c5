// SPDX-License-Identifier: GPL-2.0-or-later
/* Options that irqlat trace and irqlat explain share: what is shown, and the system. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "trace.h"

static int parse_numbers(const char *option, const char *text, int32_t *list, size_t *n)
{
	while (text) {
		char number[16];
		size_t len = strcspn(text, ",");
		uint64_t value;

		snprintf(number, sizeof(number), "%.*s", len < 15 ? (int)len : 15, text);
		if (parse_u64(number, &value) || value > INT32_MAX) {
			msg_error("--%s: \"%s\" is not a number", option, number);
			return -1;
		}
		if (*n == STATS_LIST_MAX) {
			msg_error("--%s: more than %d", option, STATS_LIST_MAX);
			return -1;
		}
		list[(*n)++] = (int32_t)value;
		text = text[len] ? text + len + 1 : NULL;
	}
	return 0;
}

/* The words are never freed. */
static int parse_words(const char *option, const char *text, const char **list, size_t *n)
{
	char *copy = text ? strdup(text) : NULL, *word, *state = NULL;

	if (text && !copy) {
		msg_error("--%s: %s", option, strerror(errno));
		return -1;
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	for (word = copy ? strtok_r(copy, ",", &state) : NULL; word;
	     word = strtok_r(NULL, ",", &state)) {
		if (*n == STATS_LIST_MAX) {
			msg_error("--%s: more than %d", option, STATS_LIST_MAX);
			return -1;
		}
		list[(*n)++] = word;
	}
	if (text && !*n) {
		msg_error("--%s: empty", option);
		return -1;
	}
	return 0;
}

static int parse_cpus(struct trace_config *config)
{
	if (!config->cpus.n)
		return 0;
	config->cpu_set = calloc(CPUS_MAX, sizeof(*config->cpu_set));
	if (!config->cpu_set) {
		msg_error("--cpus: %s", strerror(errno));
		return -1;
	}
	for (int cpu = 0; cpu < CPUS_MAX; cpu++)
		config->cpu_set[cpu] = cpu_list_contains(&config->cpus, cpu);
	config->filter.cpus = config->cpu_set;
	config->filter.n_cpus = CPUS_MAX;
	return 0;
}

static int parse_end(struct trace_config *config)
{
	const char *ends = config->ends;

	config->wanted_ends = 1u << CHAIN_END_USER | 1u << CHAIN_END_TASK;
	if (!ends || !strcmp(ends, "all"))
		return 0;
	for (int end = 0; end < CHAIN_ENDS; end++) {
		if (!strcmp(ends, chain_end_names[end])) {
			config->wanted_ends = 1u << end;
			return 0;
		}
	}
	msg_error("--end: \"%s\" is none of: user, task, all", ends);
	return -1;
}

/* Fill the filter of @config from its options. Returns 0, or -1 after a message. */
int trace_filter_parse(struct trace_config *config)
{
	struct stats_filter *f = &config->filter;
	char stages[STAGE_LIST_BYTES];

	if (parse_numbers("irq", config->irqs, f->irqs, &f->n_irqs) ||
	    parse_numbers("pid", config->pids, f->pids, &f->n_pids) ||
	    parse_words("name", config->names, f->names, &f->n_names) ||
	    parse_words("comm", config->comms, f->comms, &f->n_comms) || parse_cpus(config) ||
	    parse_end(config))
		return -1;
	if (config->stages && stats_filter_stages(config->stages, &f->stages)) {
		msg_error("--stage: \"%s\" is none of: %s", config->stages,
			  stage_list(chain_stages, CHAIN_STAGES, stages));
		return -1;
	}
	return 0;
}

/* Facts about the running system, before a run. */
void trace_live_facts(struct trace_run *run)
{
	sysinfo_collect("", &run->system);
	cpubudget_read("", &run->budget);
	cpubudget_facts(&run->budget, &run->system);
	snprintf(run->system.trace_clock, sizeof(run->system.trace_clock), "mono");
	if (run->config->filter.n_irqs == 1)
		sysinfo_irq("", (unsigned int)run->config->filter.irqs[0], &run->system);
}

/* What was taken from this process during a run. */
void trace_live_end(struct trace_run *run)
{
	struct cpubudget after;

	cpubudget_read("", &after);
	cpubudget_end(&run->budget, &after, &run->system);
}

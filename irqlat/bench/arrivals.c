// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arrivals.h"
#include "base/parse.h"

#define BURST_DEFAULT 8
#define BURST_MAX     1024

static const char *const names[] = {
	[ARRIVALS_FIXED] = "fixed",
	[ARRIVALS_POISSON] = "poisson",
	[ARRIVALS_BURST] = "burst",
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

/**
 * arrivals_parse - read the argument of --arrivals
 * @text: "fixed", "poisson", "burst" or "burst:N"
 * @config: gets kind and length of a burst
 * @why: gets the reason of a failure
 *
 * Returns 0 or -1.
 */
int arrivals_parse(const char *text, struct arrivals_config *config, struct why *why)
{
	size_t len = strcspn(text, ":"), i;

	config->burst = 1;
	for (i = ARRIVALS_FIXED; i < N_NAMES; i++)
		if (strlen(names[i]) == len && !strncmp(names[i], text, len))
			break;
	if (i == N_NAMES || (text[len] && i != ARRIVALS_BURST))
		return why_set(why, "--arrivals: \"%s\" is none of: fixed, poisson, burst, burst:N",
			       text);
	config->kind = (enum arrivals_kind)i;
	if (i != ARRIVALS_BURST)
		return 0;
	config->burst = BURST_DEFAULT;
	if (text[len] && (parse_u64(text + len + 1, &config->burst) || config->burst < 2 ||
			  config->burst > BURST_MAX))
		return why_set(why, "--arrivals: a burst has 2 to %d interrupts, not \"%s\"",
			       BURST_MAX, text + len + 1);
	return 0;
}

/* Whether the gaps within a burst leave time for one between bursts. Returns 0 or -1. */
int arrivals_check(const struct arrivals_config *config, struct why *why)
{
	if (config->kind != ARRIVALS_BURST || config->gap_ns < config->mean_ns)
		return 0;
	return why_set(
		why,
		"--arrivals burst: the gap within a burst (--gap) must be below the mean one (--interval)");
}

/* As in --arrivals; "ready" without. */
void arrivals_name(const struct arrivals_config *config, char *text, size_t size)
{
	if (config->kind == ARRIVALS_READY)
		snprintf(text, size, "ready");
	else if (config->kind == ARRIVALS_BURST)
		snprintf(text, size, "burst:%" PRIu64, config->burst);
	else
		snprintf(text, size, "%s", names[config->kind]);
}

void arrivals_start(struct arrivals *arrivals, const struct arrivals_config *config,
		    uint64_t now_ns)
{
	*arrivals = (struct arrivals){
		.config = *config,
		.state = config->seed,
		.due_ns = now_ns,
	};
}

/*
 * A number above 0 and up to 1. The generator is SplitMix64 (Steele, Lea, Flood: "Fast
 * splittable pseudorandom number generators", 2014), whose every seed is a good one.
 */
static double uniform(struct arrivals *arrivals)
{
	uint64_t z = arrivals->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return ldexp((double)(z >> 11) + 1, -53);
}

/* The next gap, ns. */
uint64_t arrivals_gap_ns(struct arrivals *arrivals)
{
	const struct arrivals_config *config = &arrivals->config;
	uint64_t number = arrivals->number++;

	switch (config->kind) {
	case ARRIVALS_POISSON:
		return (uint64_t)llround(-log(uniform(arrivals)) * (double)config->mean_ns);
	case ARRIVALS_BURST:
		/* A burst and the pause before it take as long as equal gaps. */
		return number % config->burst ? config->gap_ns :
						config->burst * config->mean_ns -
							(config->burst - 1) * config->gap_ns;
	case ARRIVALS_FIXED:
		return config->mean_ns;
	case ARRIVALS_READY:
		break;
	}
	return config->gap_ns;
}

/**
 * arrivals_next_ns - how long until the next interrupt is to come
 * @arrivals: arrivals
 * @now_ns: CLOCK_MONOTONIC
 *
 * One that is overdue comes at once, and moves those after it.
 *
 * Returns the time from @now_ns, ns.
 */
uint64_t arrivals_next_ns(struct arrivals *arrivals, uint64_t now_ns)
{
	uint64_t gap_ns = arrivals_gap_ns(arrivals);

	if (arrivals->config.kind == ARRIVALS_READY)
		return gap_ns;
	arrivals->due_ns += gap_ns;
	if (arrivals->due_ns < now_ns)
		arrivals->due_ns = now_ns;
	return arrivals->due_ns - now_ns;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqtop/view/format.h"
#include "sides.h"

/* The time of boot that the kernel tells is rounded, and moves when the clock is set. */
#define BOOT_SLACK_S 60

static void sample_set_time(struct sample *sample, uint64_t time_ns)
{
	int i;

	sample->time_ns = time_ns;
	for (i = 0; i < TABLE_COUNT; i++)
		sample->table[i].time_ns = time_ns;
}

/* Takes the last sample of a recording, or that of a copied tree or file. */
static int side_load(struct session *session, const char *path, struct side *side)
{
	struct monitor *monitor = &session->monitor;
	struct sample *sample;
	int err;

	sampler_close(monitor->sampler);
	monitor->sampler = sampler_replay_open(path);
	if (monitor->sampler)
		monitor->sampler->ops->seek(monitor->sampler, monitor->sampler->count - 1);
	else
		monitor->sampler = sampler_proc_open(path);
	if (!monitor->sampler)
		monitor->sampler = sampler_text_open(path);
	if (!monitor->sampler)
		return session_complain(path, -errno);
	err = monitor_step(monitor);
	if (err)
		return session_complain(path, err);
	sample = &monitor->sample[monitor->current];
	side->boot_s = sample->have_stat ? sample->stat.boot_s : 0;
	side->time_ns = sample->time_ns;
	side->clock = CLOCK_RECORD;
	if (monitor->sampler->ops->seek)
		return 0;
	sample->wall_ms = 0;
	side->clock = CLOCK_NONE;
	side->time_ns = 0;
	if (monitor->sampler->root >= 0 &&
	    !irqtable_uptime_read(monitor->sampler->root, &side->time_ns))
		side->clock = CLOCK_UPTIME;
	if (side->clock == CLOCK_UPTIME && side->boot_s)
		sample->wall_ms = (int64_t)(side->boot_s * 1000 + side->time_ns / 1000000);
	return 0;
}

/* Whether the machine was booted after the first sample. */
static bool booted_between(const struct side *a, const struct side *b)
{
	if (a->clock != CLOCK_NONE && a->clock == b->clock && b->time_ns < a->time_ns)
		return true;
	if (!a->boot_s || !b->boot_s)
		return false;
	/* After the first sample, or after the first boot if it has no time. */
	return b->boot_s > a->boot_s + a->time_ns / NSEC_PER_SEC + BOOT_SLACK_S;
}

static void boot_say(const struct options *options, const struct side *side)
{
	const char *then = options->explain ? "means since boot are compared" : "no differences";
	char when[FORMAT_BYTES];

	format_time(when, (int64_t)side->boot_s * 1000);
	if (side->boot_s)
		msg_error("%s: booted at %s, after the first: %s", options->diff[1], when, then);
	else
		msg_error("%s: the machine ran for a shorter time than in the first: %s",
			  options->diff[1], then);
}

/* Gives the samples their times, if they can be compared. */
static void times_set(struct monitor *monitor, const struct side *a, const struct side *b)
{
	bool same = a->clock == b->clock && a->clock != CLOCK_NONE;

	sample_set_time(&monitor->sample[!monitor->current], same ? a->time_ns : 0);
	sample_set_time(&monitor->sample[monitor->current], same ? b->time_ns : 0);
}

int sides_load(struct session *session, struct sides *sides)
{
	struct why why;

	if (side_load(session, session->options.diff[0], &sides->a) ||
	    side_load(session, session->options.diff[1], &sides->b))
		return EXIT_ERROR;
	session->collect.root = session->monitor.sampler->root;
	if (session_filter(session, session->options.view.filter, &why)) {
		msg_error("filter %s", why.text);
		return EXIT_ERROR;
	}
	times_set(&session->monitor, &sides->a, &sides->b);
	sides->booted = booted_between(&sides->a, &sides->b);
	if (!sides->booted)
		return 0;
	boot_say(&session->options, &sides->b);
	session->monitor.samples = 1;
	return 0;
}

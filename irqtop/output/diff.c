// SPDX-License-Identifier: GPL-2.0-or-later
/* --diff: two samples from anywhere, compared once. */
#include <errno.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqtop/view/format.h"
#include "output.h"

/* The time of boot that the kernel tells is rounded, and moves when the clock is set. */
#define BOOT_SLACK_S 60

enum side_clock {
	CLOCK_NONE,   /* when the copy was made is not known */
	CLOCK_UPTIME, /* a copied tree with /proc/uptime */
	CLOCK_RECORD, /* a recording's own */
};

/* One of the two samples. */
struct side {
	enum side_clock clock;
	uint64_t time_ns; /* since boot */
	uint64_t boot_s;  /* since 1970; 0: unknown */
};

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

static void boot_say(const char *path, const struct side *side)
{
	char when[FORMAT_BYTES];

	format_time(when, (int64_t)side->boot_s * 1000);
	if (side->boot_s)
		msg_error("%s: booted at %s, after the first: no differences", path, when);
	else
		msg_error(
			"%s: the machine ran for a shorter time than in the first: no differences",
			path);
}

/* Gives the samples their times, if they can be compared. */
static void times_set(struct monitor *monitor, const struct side *a, const struct side *b)
{
	bool same = a->clock == b->clock && a->clock != CLOCK_NONE;

	sample_set_time(&monitor->sample[!monitor->current], same ? a->time_ns : 0);
	sample_set_time(&monitor->sample[monitor->current], same ? b->time_ns : 0);
}

int diff_run(struct session *session)
{
	struct side a = { 0 }, b = { 0 };
	struct output output;
	struct outbuf out = { 0 };
	struct why why;
	int err;

	if (side_load(session, session->options.diff[0], &a) ||
	    side_load(session, session->options.diff[1], &b))
		return EXIT_ERROR;
	session->collect.root = session->monitor.sampler->root;
	if (session_filter(session, session->options.view.filter, &why)) {
		msg_error("filter %s", why.text);
		return EXIT_ERROR;
	}
	times_set(&session->monitor, &a, &b);
	if (booted_between(&a, &b)) {
		boot_say(session->options.diff[1], &b);
		session->monitor.samples = 1;
	}
	err = monitor_recount(&session->monitor);
	output_init(&output, session);
	if (!err) {
		collect_sample(&session->collect, &session->monitor, output_needs(&output));
		err = session_arrange(session, output_needs(&output));
	}
	if (!err)
		err = output_send(session, &output, &out);
	outbuf_free(&out);
	return output_status(err);
}

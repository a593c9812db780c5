// SPDX-License-Identifier: GPL-2.0-or-later
#include "culprit.h"

#include <stdio.h>
#include <string.h>

/*
 * The task was ready for longer, and the CPU idle: an exit from idle takes less. Or the
 * task is real-time and another one ran: the kernel is preempted sooner.
 */
#define NOT_RUN_NS 1000000ull

/* The stage that is being divided. */
struct division {
	struct culprit *culprit;
	int stage;
};

static struct culprit_part *part_of(struct culprit *c, const struct timeline_who *who)
{
	static const struct timeline_who others = {
		.kind = TIMELINE_OTHERS,
		.id = -1,
		.name = "others",
		.prio = EVENT_PRIO_UNKNOWN,
	};
	struct culprit_part *part;

	for (size_t i = 0; i < c->n_parts; i++) {
		if (c->parts[i].who.kind == who->kind && c->parts[i].who.id == who->id)
			return &c->parts[i];
	}
	if (c->n_parts == CULPRIT_PARTS_MAX)
		return &c->parts[CULPRIT_PARTS_MAX - 1];
	part = &c->parts[c->n_parts++];
	memset(part, 0, sizeof(*part));
	part->who = c->n_parts == CULPRIT_PARTS_MAX ? others : *who;
	return part;
}

static void add_span(void *ctx, const struct timeline_span *span)
{
	const struct division *d = ctx;
	struct culprit_part *part = part_of(d->culprit, span->who);

	part->ns[d->stage] += span->ns;
	if (d->stage == CHAIN_STAGE_WAKE && span->who->kind == TIMELINE_IDLE)
		d->culprit->idle_before = true;
	/* The last span comes first: the stack of the first one remains. */
	if (span->n_stack && part->who.kind == TIMELINE_TASK) {
		memcpy(part->stack, span->stack, span->n_stack * sizeof(*span->stack));
		part->n_stack = span->n_stack;
	}
}

/**
 * culprit_find - find out who had the CPU during a chain
 * @culprit: filled
 * @sample: the chain, which has just ended
 * @timeline: of the same recording
 */
void culprit_find(struct culprit *culprit, const struct chain_sample *sample,
		  const struct timeline *timeline)
{
	struct chain_piece pieces[CHAIN_PIECES_MAX];
	uint64_t at = sample->start_ns;
	int n = chain_pieces(sample, pieces);

	culprit->sample = *sample;
	culprit->n_parts = 0;
	culprit->idle_before = false;
	culprit->task_prio = timeline_task_prio(timeline, sample->pid);
	for (int i = 0; i < n; i++) {
		struct division d = { culprit, pieces[i].stage };
		uint64_t end = at + pieces[i].ns;

		timeline_spans(timeline, pieces[i].cpu, at, end, add_span, &d);
		at = end;
	}
}

/* Indices of the parts that ran in the stage, the longest first; returns how many. */
size_t culprit_parts_of(const struct culprit *culprit, int stage, size_t order[CULPRIT_PARTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < culprit->n_parts; i++) {
		size_t at = n;

		if (!culprit->parts[i].ns[stage])
			continue;
		for (; at && culprit->parts[order[at - 1]].ns[stage] < culprit->parts[i].ns[stage];
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
		n++;
	}
	return n;
}

/* A real-time task waits for a CPU that a normal one has. */
static bool is_before_realtime(const struct culprit *c, const struct culprit_cause *cause)
{
	const struct timeline_who *who = &cause->who;

	return cause->stage == CHAIN_STAGE_QUEUE && cause->ns >= NOT_RUN_NS &&
	       who->kind == TIMELINE_TASK && c->task_prio < EVENT_PRIO_NORMAL &&
	       who->prio >= EVENT_PRIO_NORMAL && who->prio != EVENT_PRIO_UNKNOWN;
}

/* What made the chain as long as it is. */
struct culprit_cause culprit_cause(const struct culprit *culprit)
{
	struct culprit_cause cause = { .who = { .kind = TIMELINE_UNKNOWN, .name = "not known" } };

	for (size_t i = 0; i < culprit->n_parts; i++) {
		for (int stage = 0; stage < CHAIN_STAGE_PARTS; stage++) {
			if (culprit->parts[i].ns[stage] <= cause.ns)
				continue;
			cause.who = culprit->parts[i].who;
			cause.stage = (enum chain_stage)stage;
			cause.ns = culprit->parts[i].ns[stage];
		}
	}
	cause.before_realtime = is_before_realtime(culprit, &cause);
	return cause;
}

/* "interrupt 36 disk", "softirq NET_RX", "dd:500", "idle" */
const char *culprit_who_text(const struct timeline_who *who, char text[CULPRIT_TEXT_BYTES])
{
	switch (who->kind) {
	case TIMELINE_IRQ:
		if (who->id < 0)
			snprintf(text, CULPRIT_TEXT_BYTES, "interrupt %s", who->name);
		else
			snprintf(text, CULPRIT_TEXT_BYTES, "interrupt %d %s", who->id, who->name);
		break;
	case TIMELINE_SOFTIRQ:
		snprintf(text, CULPRIT_TEXT_BYTES, "softirq %s", who->name);
		break;
	case TIMELINE_TASK:
		snprintf(text, CULPRIT_TEXT_BYTES, "%s:%d", who->name, who->id);
		break;
	default:
		snprintf(text, CULPRIT_TEXT_BYTES, "%s", who->name);
	}
	return text;
}

/* The stages in which something waits for a CPU, or for an interrupt to it. */
static bool waits_for_cpu(enum chain_stage stage)
{
	return stage == CHAIN_STAGE_QUEUE || stage == CHAIN_STAGE_THREAD_QUEUE ||
	       stage == CHAIN_STAGE_HOP_QUEUE || stage == CHAIN_STAGE_WORK_WAIT ||
	       stage == CHAIN_STAGE_SOFTIRQ_WAIT;
}

static bool waits_for_wakeup(enum chain_stage stage)
{
	return stage == CHAIN_STAGE_WAKE || stage == CHAIN_STAGE_THREAD_WAKE ||
	       stage == CHAIN_STAGE_HOP_WAKE;
}

static bool is_hop(const struct chain_sample *sample, int32_t pid)
{
	for (unsigned int i = 0; i < sample->n_hops; i++)
		if (sample->hops[i].pid == pid)
			return true;
	return false;
}

static bool is_own(const struct culprit_cause *cause, const struct chain_sample *sample)
{
	const struct timeline_who *who = &cause->who;

	switch (cause->stage) {
	case CHAIN_STAGE_HANDLER:
		return who->kind == TIMELINE_IRQ && who->id == sample->irq;
	case CHAIN_STAGE_SOFTIRQ:
		return who->kind == TIMELINE_SOFTIRQ;
	case CHAIN_STAGE_HOP:
		return who->kind == TIMELINE_TASK && is_hop(sample, who->id);
	case CHAIN_STAGE_READ:
	case CHAIN_STAGE_EXIT:
		return who->kind == TIMELINE_TASK && who->id == sample->pid;
	default:
		return false;
	}
}

/**
 * culprit_cause_text - a cause in words: "rcuop/6:45 held the CPU"
 * @cause: of the chain
 * @sample: the chain
 * @text: gets the words, without the time
 *
 * Returns @text.
 */
const char *culprit_cause_text(const struct culprit_cause *cause, const struct chain_sample *sample,
			       char text[CULPRIT_TEXT_BYTES])
{
	char who[CULPRIT_TEXT_BYTES];
	bool idle = cause->who.kind == TIMELINE_IDLE;

	culprit_who_text(&cause->who, who);
	if (cause->who.kind == TIMELINE_UNKNOWN)
		snprintf(text, CULPRIT_TEXT_BYTES, "not known: no events of that time");
	else if (waits_for_wakeup(cause->stage) && idle)
		snprintf(text, CULPRIT_TEXT_BYTES, "exit from idle");
	else if (waits_for_wakeup(cause->stage))
		snprintf(text, CULPRIT_TEXT_BYTES,
			 "%.70s had the CPU, with interrupts off or stopped by the host", who);
	else if (waits_for_cpu(cause->stage) && idle && cause->ns >= NOT_RUN_NS)
		snprintf(
			text, CULPRIT_TEXT_BYTES,
			"the CPU was idle though there was work: throttled, or stopped by the host");
	else if (idle)
		snprintf(text, CULPRIT_TEXT_BYTES, "exit from idle");
	else if (cause->before_realtime)
		snprintf(
			text, CULPRIT_TEXT_BYTES,
			"%.40s ran before a real-time task: RT throttling, the fair server, or no preemption",
			who);
	else if (is_own(cause, sample))
		snprintf(text, CULPRIT_TEXT_BYTES, "%.70s itself", who);
	else
		snprintf(text, CULPRIT_TEXT_BYTES, "%.70s held the CPU", who);
	return text;
}

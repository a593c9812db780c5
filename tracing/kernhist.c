// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernhist.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "histtext.h"
#include "private.h"

/* What the rows of a histogram mean. */
enum kernhist_role {
	ROLE_VARIABLES, /* nothing: the histogram passes on times */
	ROLE_SEEN,
	ROLE_WOKE,
	ROLE_RUNNING,
	ROLE_TIMES, /* time in @stage */
};

/* Entries that a histogram has room for. */
enum {
	SIZE_TASKS = 8192,  /* tasks that handlers wake */
	SIZE_TIMES = 32768, /* interrupts x CPUs x buckets */
	SIZE_LEAST = 128,   /* a command to a histogram makes a table of this size
			     * first, and throws it away */
};

/**
 * struct kernhist_step - one histogram
 * @system: of its event; NULL: synthetic
 * @event: name of the event, or which of the synthetic ones
 * @starts: how its trigger begins, which identifies it among those of the event
 * @text: the rest of the trigger but its size; @irq, @wake and @in stand for the names
 *	of the synthetic events, @buckets for the modifier that makes buckets
 * @filter: " if ..."; NULL: none
 * @by_irq: filter by the interrupts that were asked for instead
 * @role: what its rows mean
 * @stage: of ROLE_TIMES
 */
struct kernhist_step {
	const char *system;
	const char *event;
	const char *starts;
	const char *text;
	const char *filter;
	bool by_irq;
	enum kernhist_role role;
	enum chain_stage stage;
};

enum kernhist_synth { SYNTH_IRQ, SYNTH_WAKE, SYNTH_IN, SYNTHS };

static const struct {
	const char *what;
	const char *fields;
} synths[SYNTHS] = {
	[SYNTH_IRQ] = {
		.what = "irq",
		.fields = "int irq; int ret; u64 time",
	},
	[SYNTH_WAKE] = {
		.what = "wake",
		.fields = "pid_t pid; int irq; u32 cpu; u64 entry; u64 waking",
	},
	[SYNTH_IN] = {
		.what = "in",
		.fields = "int irq; u32 cpu; u64 handler; u64 wake; u64 queue; u64 total",
	},
};

/* Times of a field of a synthetic event. */
#define TIMES(event_, keys, field, stage_)                                                    \
	{                                                                                     \
		.event = event_, .starts = "hist:keys=" keys "," field,                       \
		.text = "@buckets:vals=hitcount," field, .role = ROLE_TIMES, .stage = stage_, \
	}

/*
 * In the order in which they are made: a variable must exist before it is used.
 *
 * An expression consumes the variables in it, and a histogram whose variables are not
 * all set does nothing. So irq_handler_exit, by its difference, ends the time in which
 * a wake-up on this CPU is the handler's. A task that is woken before it has left the
 * CPU loses its time when it leaves (prev_pid), instead of keeping it for a switch that
 * has nothing to do with the interrupt. An irq thread is woken after the end of its
 * handler, hence the second histogram of sched_waking.
 *
 * libtracefs has an API for pairs of events (tracefs_synth_*), but it can neither
 * choose the clock nor make variables that live through more than two events.
 */
static const struct kernhist_step steps[] = {
	{
		.system = "irq",
		.event = "irq_handler_entry",
		.starts = "hist:keys=common_cpu:",
		.text = "entry=common_timestamp,line=irq:clock=mono",
		.by_irq = true,
	},
	{
		.system = "irq",
		.event = "irq_handler_exit",
		.starts = "hist:keys=common_cpu:",
		.text = "time=common_timestamp-$entry"
			":onmatch(irq.irq_handler_entry).@irq(irq,ret,$time)"
			":clock=mono",
	},
	{
		.system = "irq",
		.event = "irq_handler_entry",
		.starts = "hist:keys=irq,common_cpu,name:",
		.text = "vals=hitcount",
		.by_irq = true,
		.role = ROLE_SEEN,
	},
	TIMES("irq", "irq,common_cpu", "time", CHAIN_STAGE_IRQ),
	{
		.system = "sched",
		.event = "sched_waking",
		.starts = "hist:keys=common_cpu:",
		.text = "waking=common_timestamp,on=common_cpu"
			":onmatch(irq.irq_handler_entry)"
			".@wake(pid,$line,$on,$entry,$waking):clock=mono",
	},
	{
		.event = "irq",
		.starts = "hist:keys=common_cpu:",
		.text = "ended=common_timestamp,began=common_timestamp-time"
			",threaded=irq:clock=mono",
		.filter = " if ret == 2",
	},
	{
		.system = "sched",
		.event = "sched_waking",
		.starts = "hist:keys=common_cpu:",
		.text = "waking2=common_timestamp,on2=common_cpu"
			",since=common_timestamp-$ended:onmatch(synthetic.@irq)"
			".@wake(pid,$threaded,$on2,$began,$waking2):clock=mono",
		.filter = " if common_flags & 8 && comm ~ \"irq/*\"",
	},
	{
		.event = "wake",
		.starts = "hist:keys=irq,cpu:",
		.text = "vals=hitcount",
		.role = ROLE_WOKE,
	},
	{
		.event = "wake",
		.starts = "hist:keys=pid:",
		.text = "entry_at=entry,waking_at=waking,handler=waking-entry,by=irq"
			",by_cpu=cpu",
	},
	{
		.system = "sched",
		.event = "sched_wakeup",
		.starts = "hist:keys=pid:",
		.text = "wakeup_at=common_timestamp,wake=common_timestamp-$waking_at"
			":clock=mono",
	},
	{
		.system = "sched",
		.event = "sched_switch",
		.starts = "hist:keys=next_pid:",
		.text = "queue=common_timestamp-$wakeup_at"
			",total=common_timestamp-$entry_at"
			":onmatch(synthetic.@wake).@in($by,$by_cpu,$handler"
			",sched.sched_wakeup.$wake,$queue,$total)"
			":clock=mono",
	},
	{
		.system = "sched",
		.event = "sched_switch",
		.starts = "hist:keys=prev_pid:",
		.text = "gone=common_timestamp-$wakeup_at:clock=mono",
		.role = ROLE_RUNNING,
	},
	TIMES("in", "irq,cpu", "handler", CHAIN_STAGE_HANDLER),
	TIMES("in", "irq,cpu", "wake", CHAIN_STAGE_WAKE),
	TIMES("in", "irq,cpu", "queue", CHAIN_STAGE_QUEUE),
	TIMES("in", "irq,cpu", "total", CHAIN_STAGE_TOTAL),
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

/**
 * struct kernhist - see kernhist.h
 * @tracefs: our instance
 * @names: of the synthetic events in the kernel
 * @filter: " if irq == 24 || irq == 36", or ""
 * @buckets: ".log2" or ".buckets=1000"
 * @log2: @buckets is ".log2"
 * @cost_ns: of an event
 * @running: hits of ROLE_RUNNING before the start, as it cannot be paused
 */
struct kernhist {
	struct private_instance own;
	struct tracefs_instance *tracefs;
	char names[SYNTHS][PRIVATE_NAME_BYTES];
	char filter[STATS_LIST_MAX * 24];
	char buckets[32];
	bool log2;
	uint64_t cost_ns;
	uint64_t running;
};

/* --- set-up ---------------------------------------------------------------- */

static void set_filter(struct kernhist *k, const struct kernhist_config *config)
{
	size_t used = 0;

	for (size_t i = 0; i < config->n_irqs && i < STATS_LIST_MAX; i++)
		used += (size_t)snprintf(k->filter + used, sizeof(k->filter) - used, "%s irq == %d",
					 i ? " ||" : " if", config->irqs[i]);
}

static const char *synth_name(const struct kernhist *k, const char *what)
{
	for (int i = 0; i < SYNTHS; i++) {
		if (!strcmp(synths[i].what, what))
			return k->names[i];
	}
	return what;
}

static void event_file(const struct kernhist *k, const struct kernhist_step *step, const char *file,
		       char *path, size_t size)
{
	snprintf(path, size, "events/%s/%s/%s", step->system ? step->system : "synthetic",
		 step->system ? step->event : synth_name(k, step->event), file);
}

/* Replace each '@' and the word after it. */
static void expand(const struct kernhist *k, const char *text, char *to, size_t size)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		const char *what = NULL;
		size_t len = 0;

		if (*text != '@') {
			to[n++] = *text++;
			continue;
		}
		for (int i = 0; i < SYNTHS && !what; i++) {
			len = strlen(synths[i].what);
			if (!strncmp(text + 1, synths[i].what, len))
				what = k->names[i];
		}
		if (!what) {
			what = k->buckets;
			len = strlen("buckets");
		}
		n += (size_t)snprintf(to + n, size - n, "%s", what);
		text += 1 + len;
	}
	to[n < size ? n : size - 1] = '\0';
}

/*
 * The kernel cannot pause a histogram with variables. Of those that count, only
 * ROLE_RUNNING has some; see @running of struct kernhist.
 */
static bool can_pause(const struct kernhist_step *step)
{
	return step->role != ROLE_VARIABLES && step->role != ROLE_RUNNING;
}

static unsigned int size_of(const struct kernhist_step *step)
{
	return step->role == ROLE_TIMES ? SIZE_TIMES : SIZE_TASKS;
}

/* Write the trigger of a step with its size and ":pause", ":cont" or nothing. */
static int write_step(const struct kernhist *k, const struct kernhist_step *step,
		      unsigned int entries, const char *command)
{
	char path[160], rest[512], trigger[1600];

	event_file(k, step, "trigger", path, sizeof(path));
	expand(k, step->text, rest, sizeof(rest));
	snprintf(trigger, sizeof(trigger), "%s%s:size=%u%s%s", step->starts, rest, entries, command,
		 step->by_irq ? k->filter :
		 step->filter ? step->filter :
				"");
	return tracefs_instance_file_append(k->tracefs, path, trigger) < 0 ? -1 : 0;
}

/* The kernel's own message about a trigger that it refused, if there is one. */
static void explain_step(const struct kernhist *k, const struct kernhist_step *step,
			 struct why *why)
{
	int reason = errno;
	char *text = tracefs_error_last(k->tracefs), *message = NULL;

	if (text) {
		message = strstr(text, "error: ");
		text[strcspn(text, "\n")] = '\0';
	}
	why_set(why, "%s: this kernel refuses a histogram of this event: %s; record events instead",
		step->event, message ? message + strlen("error: ") : strerror(reason));
	free(text);
}

static int make_synths(struct kernhist *k, struct why *why)
{
	char text[256];

	for (int i = 0; i < SYNTHS; i++) {
		if (private_event_name(synths[i].what, k->names[i]))
			return why_set(why, "cannot name a synthetic event: %s", strerror(errno));
		snprintf(text, sizeof(text), "%s %s", k->names[i], synths[i].fields);
		if (tracefs_instance_file_append(NULL, "synthetic_events", text) < 0)
			return why_set(why, "cannot make the synthetic event %s: %s", k->names[i],
				       strerror(errno));
	}
	return 0;
}

static int check_kernel(struct why *why)
{
	bool hists = tracefs_file_exists(NULL, "events/irq/irq_handler_entry/hist");
	bool events = tracefs_file_exists(NULL, "synthetic_events");

	if (hists && events)
		return 0;
	return why_set(
		why,
		"this kernel cannot keep histograms itself: it was built without %s%s%s; record events instead",
		hists ? "" : "CONFIG_HIST_TRIGGERS", hists || events ? "" : " and ",
		events ? "" : "CONFIG_SYNTH_EVENTS");
}

/* What a histogram of one event adds to a system call that has it. */
static void measure_cost(struct kernhist *k)
{
	static const struct kernhist_step step = {
		.system = "raw_syscalls",
		.event = "sys_exit",
		.starts = "hist:keys=common_cpu:",
		.text = "at=common_timestamp:clock=mono",
	};
	uint64_t without = cost_call_ns(), with;

	if (write_step(k, &step, size_of(&step), ""))
		return;
	with = cost_call_ns();
	tracefs_instance_file_append(k->tracefs, "events/raw_syscalls/sys_exit/trigger",
				     "!hist:keys=common_cpu:at=common_timestamp:clock=mono");
	k->cost_ns = with > without ? with - without : 0;
}

/**
 * kernhist_new - histograms that count nothing yet
 * @config: what to keep
 * @why: says what went wrong and what to do
 *
 * Returns NULL on errors; kernhist_free() removes everything.
 */
struct kernhist *kernhist_new(const struct kernhist_config *config, struct why *why)
{
	struct kernhist *k = calloc(1, sizeof(*k));

	if (!k) {
		why_set(why, "%s", strerror(errno));
		return NULL;
	}
	set_filter(k, config);
	k->log2 = !config->bucket_ns;
	if (k->log2)
		strcpy(k->buckets, ".log2");
	else
		snprintf(k->buckets, sizeof(k->buckets), ".buckets=%llu",
			 (unsigned long long)config->bucket_ns);
	if (private_create(&k->own, why))
		goto fail;
	k->tracefs = k->own.tracefs;
	if (check_kernel(why) || make_synths(k, why))
		goto fail;
	measure_cost(k);
	for (size_t i = 0; i < N_STEPS; i++) {
		if (write_step(k, &steps[i], size_of(&steps[i]),
			       can_pause(&steps[i]) ? ":pause" : "")) {
			explain_step(k, &steps[i], why);
			goto fail;
		}
	}
	return k;
fail:
	kernhist_free(k);
	return NULL;
}

/* Remove everything from the kernel. NULL is fine. */
void kernhist_free(struct kernhist *k)
{
	if (!k)
		return;
	private_destroy(&k->own);
	free(k);
}

/* --- use ------------------------------------------------------------------- */

/* What a histogram of one event costs the traced side, ns; 0: not known. */
uint64_t kernhist_cost_ns(const struct kernhist *k)
{
	return k->cost_ns;
}

struct kernhist_reader {
	const struct kernhist *k;
	const struct kernhist_step *step;
	struct stats *stats;
	struct kernhist_counts *counts;
};

static struct kernhist_account *account_of(struct kernhist_counts *counts,
					   const struct histtext_row *row)
{
	struct kernhist_account *accounts;

	for (size_t i = 0; i < counts->n_accounts; i++) {
		if (counts->accounts[i].irq == row->key[0] &&
		    counts->accounts[i].cpu == row->key[1])
			return &counts->accounts[i];
	}
	accounts = realloc(counts->accounts, (counts->n_accounts + 1) * sizeof(*accounts));
	if (!accounts)
		return NULL;
	counts->accounts = accounts;
	accounts += counts->n_accounts++;
	*accounts = (struct kernhist_account){
		.irq = (int32_t)row->key[0],
		.cpu = (unsigned int)row->key[1],
	};
	return accounts;
}

static struct hist *hist_of(const struct kernhist *k, struct stats_row *stats,
			    enum chain_stage stage)
{
	enum chain_end end = stage == CHAIN_STAGE_IRQ ? CHAIN_END_USER : CHAIN_END_TASK;
	struct hist **hist = &stats->hist[end][stage];

	if (*hist)
		return *hist;
	*hist = calloc(1, sizeof(**hist));
	if (!*hist ||
	    (k->log2 ? hist_init_log2(*hist) : hist_init(*hist, HIST_DIGITS_DEFAULT, 0))) {
		free(*hist);
		*hist = NULL;
	}
	return *hist;
}

/* The sum is the kernel's own; everything else is as exact as the bucket. */
static int add_times(const struct kernhist_reader *r, struct stats_row *stats,
		     const struct histtext_row *row)
{
	struct hist *h = hist_of(r->k, stats, r->step->stage);
	/* 2^k is in our bucket above it, and in the kernel's below it. */
	uint64_t value = r->k->log2 && row->high > 1 ? row->high - 1 : row->high;
	uint64_t min, sum;

	if (!h)
		return -1;
	min = row->low < h->min ? row->low : h->min;
	sum = h->sum + row->sum;
	hist_record_n(h, (int64_t)value, row->hits);
	h->min = min;
	h->sum = sum;
	return 0;
}

static int add_row(void *ctx, const struct histtext_row *row)
{
	struct kernhist_reader *r = ctx;
	struct kernhist_account *account;
	struct stats_row *stats;

	if (r->step->role == ROLE_VARIABLES || r->step->role == ROLE_RUNNING)
		return 0;
	account = account_of(r->counts, row);
	/* Its histograms do not tell the handlers of a shared line apart. */
	stats = stats_row_of_line(r->stats, (int32_t)row->key[0], (unsigned int)row->key[1],
				  r->step->role == ROLE_SEEN ? row->name : NULL);
	if (!account || !stats)
		return -1;
	switch (r->step->role) {
	case ROLE_SEEN:
		account->seen += row->hits;
		stats->seen += row->hits;
		return 0;
	case ROLE_WOKE:
		account->woke += row->hits;
		return 0;
	default:
		if (r->step->stage == CHAIN_STAGE_IRQ)
			account->timed += row->hits;
		if (r->step->stage == CHAIN_STAGE_TOTAL) {
			account->ran += row->hits;
			stats->outcomes[OUTCOME_MATCHED] += row->hits;
			r->stats->samples += row->hits;
		}
		return add_times(r, stats, row);
	}
}

static int read_step(struct kernhist_reader *r)
{
	struct histtext_totals totals;
	char path[160], *text;
	int err;

	event_file(r->k, r->step, "hist", path, sizeof(path));
	text = tracefs_instance_file_read(r->k->tracefs, path, NULL);
	if (!text)
		return -1;
	histtext_repair(text);
	err = histtext_parse(text, r->step->starts, add_row, r, &totals);
	free(text);
	if (err || !totals.found) {
		errno = err ? ENOMEM : ENOENT;
		return -1;
	}
	r->counts->dropped += totals.dropped;
	r->counts->malformed += totals.malformed;
	if (r->step->role == ROLE_RUNNING)
		r->counts->running += totals.hits;
	return 0;
}

/* Tasks that were found running since the histograms were made. */
static int read_running(struct kernhist *k, uint64_t *running)
{
	struct kernhist_counts counts = { 0 };
	struct kernhist_reader r = { .k = k, .counts = &counts };

	for (size_t i = 0; i < N_STEPS; i++) {
		r.step = &steps[i];
		if (r.step->role == ROLE_RUNNING && read_step(&r))
			return -1;
	}
	*running = counts.running;
	return 0;
}

/*
 * Count from now on. The histogram of the first event of an interrupt is started
 * first and stopped last, so that a later histogram never counts an interrupt that the
 * first one did not. Returns 0, or -1 with errno set.
 */
int kernhist_start(struct kernhist *k)
{
	for (size_t i = 0; i < N_STEPS; i++) {
		if (can_pause(&steps[i]) && write_step(k, &steps[i], SIZE_LEAST, ":cont"))
			return -1;
	}
	return read_running(k, &k->running);
}

/* Stop counting. Returns 0, or -1 with errno set. */
int kernhist_stop(struct kernhist *k)
{
	for (size_t i = N_STEPS; i-- > 0;) {
		if (can_pause(&steps[i]) && write_step(k, &steps[i], SIZE_LEAST, ":pause"))
			return -1;
	}
	return 0;
}

/**
 * kernhist_read - all that was counted since the start
 * @k: counting, or stopped
 * @stats: initialised and empty; filled
 * @counts: overwritten; free its accounts
 *
 * Reads the histogram of the last event first, for the reason given at
 * kernhist_start(). Returns 0, or -1 with errno set.
 */
int kernhist_read(struct kernhist *k, struct stats *stats, struct kernhist_counts *counts)
{
	struct kernhist_reader r = { .k = k, .stats = stats, .counts = counts };

	memset(counts, 0, sizeof(*counts));
	for (size_t i = N_STEPS; i-- > 0;) {
		r.step = &steps[i];
		if (read_step(&r))
			return -1;
	}
	counts->running -= k->running;
	return 0;
}

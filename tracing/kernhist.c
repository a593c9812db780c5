// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernhist.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "histtext.h"

/* What the rows of a histogram say. */
enum role {
	ROLE_VARIABLES, /* nothing: it hands on times */
	ROLE_SEEN,
	ROLE_WOKE,
	ROLE_RUNNING,
	ROLE_TIMES, /* of @stage */
};

/**
 * struct step - one histogram
 * @system: of its event; NULL: synthetic
 * @event: its name, or which of the synthetic ones
 * @starts: how its trigger begins, to find it among those of the same event
 * @text: the rest but its size; @irq, @wake and @in stand for the names of the
 *	synthetic events, @buckets for what makes buckets
 * @size: entries it has room for
 * @filter: " if ..." or ""; NULL: of the interrupts asked for
 * @role: what it says
 * @stage: of ROLE_TIMES
 */
struct step {
	const char *system;
	const char *event;
	const char *starts;
	const char *text;
	const char *filter;
	unsigned int size;
	enum role role;
	enum stage stage;
};

enum synth { SYNTH_IRQ, SYNTH_WAKE, SYNTH_IN, SYNTHS };

static const struct {
	const char *what;
	const char *fields;
} synths[SYNTHS] = {
	{ "irq", "int irq; int ret; u64 time" },
	{ "wake", "pid_t pid; int irq; u32 cpu; u64 entry; u64 waking" },
	{ "in", "int irq; u32 cpu; u64 handler; u64 wake; u64 queue; u64 total" },
};

/*
 * In the order of their making: variables must exist before they are used.
 *
 * A variable in an expression is used up by it, and a histogram whose variables
 * are not all set does nothing. So irq_handler_exit, by its difference, ends the
 * time in which a wake-up on this CPU is the handler's; and a task that is woken
 * before it has left the CPU loses its time there (prev_pid), instead of keeping
 * it for a switch that has nothing to do with the interrupt. An irq thread is
 * woken after its handler's end, hence the second way into sched_waking.
 *
 * libtracefs has an API for pairs of events (tracefs_synth_*), but no way to
 * choose the clock, nor variables that live through more than two events.
 */
/*
 * Entries: tasks that handlers wake, or interrupts x CPUs x buckets. A command
 * to a histogram makes a table of that size first, and throws it away.
 */
#define SIZE_TASKS 8192
#define SIZE_TIMES 32768
#define SIZE_LEAST 128

#define VARIABLES(system_, event_, starts_, text_, filter_)                           \
	{                                                                             \
		.system = system_, .event = event_, .starts = starts_, .text = text_, \
		.filter = filter_, .size = SIZE_TASKS                                 \
	}
#define COUNTS(system_, event_, starts_, text_, filter_, role_)                       \
	{                                                                             \
		.system = system_, .event = event_, .starts = starts_, .text = text_, \
		.filter = filter_, .size = SIZE_TASKS, .role = role_                  \
	}
#define TIMES(event_, keys, field, stage_)                                                 \
	{                                                                                  \
		.event = event_, .starts = "hist:keys=" keys "," field,                    \
		.text = "@buckets:vals=hitcount," field, .filter = "", .size = SIZE_TIMES, \
		.role = ROLE_TIMES, .stage = stage_                                        \
	}

static const struct step steps[] = {
	VARIABLES("irq", "irq_handler_entry",
		  "hist:keys=common_cpu:", "entry=common_timestamp,line=irq:clock=mono", NULL),
	VARIABLES("irq", "irq_handler_exit", "hist:keys=common_cpu:",
		  "time=common_timestamp-$entry"
		  ":onmatch(irq.irq_handler_entry).@irq(irq,ret,$time)"
		  ":clock=mono",
		  ""),
	COUNTS("irq", "irq_handler_entry", "hist:keys=irq,common_cpu,name:", "vals=hitcount", NULL,
	       ROLE_SEEN),
	TIMES("irq", "irq,common_cpu", "time", STAGE_IRQ),
	VARIABLES("sched", "sched_waking", "hist:keys=common_cpu:",
		  "waking=common_timestamp,on=common_cpu"
		  ":onmatch(irq.irq_handler_entry)"
		  ".@wake(pid,$line,$on,$entry,$waking):clock=mono",
		  ""),
	VARIABLES(NULL, "irq", "hist:keys=common_cpu:",
		  "ended=common_timestamp,began=common_timestamp-time"
		  ",threaded=irq:clock=mono",
		  " if ret == 2"),
	VARIABLES("sched", "sched_waking", "hist:keys=common_cpu:",
		  "waking2=common_timestamp,on2=common_cpu"
		  ",since=common_timestamp-$ended:onmatch(synthetic.@irq)"
		  ".@wake(pid,$threaded,$on2,$began,$waking2):clock=mono",
		  " if common_flags & 8 && comm ~ \"irq/*\""),
	COUNTS(NULL, "wake", "hist:keys=irq,cpu:", "vals=hitcount", "", ROLE_WOKE),
	VARIABLES(NULL, "wake", "hist:keys=pid:",
		  "entry_at=entry,waking_at=waking,handler=waking-entry,by=irq"
		  ",by_cpu=cpu",
		  ""),
	VARIABLES("sched", "sched_wakeup", "hist:keys=pid:",
		  "wakeup_at=common_timestamp,wake=common_timestamp-$waking_at"
		  ":clock=mono",
		  ""),
	VARIABLES("sched", "sched_switch", "hist:keys=next_pid:",
		  "queue=common_timestamp-$wakeup_at"
		  ",total=common_timestamp-$entry_at"
		  ":onmatch(synthetic.@wake).@in($by,$by_cpu,$handler"
		  ",sched.sched_wakeup.$wake,$queue,$total)"
		  ":clock=mono",
		  ""),
	COUNTS("sched", "sched_switch", "hist:keys=prev_pid:",
	       "gone=common_timestamp-$wakeup_at:clock=mono", "", ROLE_RUNNING),
	TIMES("in", "irq,cpu", "handler", STAGE_HANDLER),
	TIMES("in", "irq,cpu", "wake", STAGE_WAKE),
	TIMES("in", "irq,cpu", "queue", STAGE_QUEUE),
	TIMES("in", "irq,cpu", "total", STAGE_TOTAL),
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

/**
 * struct kernhist - see kernhist.h
 * @tracefs: our instance
 * @names: of the synthetic events
 * @filter: " if irq == 24 || irq == 36", or ""
 * @buckets: ".log2" or ".buckets=1000"
 * @log2: which of both
 * @cost_ns: of an event
 * @running: tasks found running before the start
 */
struct kernhist {
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

static void event_file(const struct kernhist *k, const struct step *step, const char *file,
		       char *path, size_t size)
{
	snprintf(path, size, "events/%s/%s/%s", step->system ? step->system : "synthetic",
		 step->system ? step->event : synth_name(k, step->event), file);
}

/* Put in what stands behind each '@'. */
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
 * The kernel cannot pause a histogram with variables. It need not: what counts
 * has none, but for ROLE_RUNNING.
 */
static bool can_pause(const struct step *step)
{
	return step->role != ROLE_VARIABLES && step->role != ROLE_RUNNING;
}

/* Write a step's trigger, with ":pause", ":cont" or nothing, and a size. */
static int write_step(const struct kernhist *k, const struct step *step, unsigned int entries,
		      const char *command)
{
	char path[160], rest[512], trigger[1600];

	event_file(k, step, "trigger", path, sizeof(path));
	expand(k, step->text, rest, sizeof(rest));
	snprintf(trigger, sizeof(trigger), "%s%s:size=%u%s%s", step->starts, rest, entries, command,
		 step->filter ? step->filter : k->filter);
	return tracefs_instance_file_append(k->tracefs, path, trigger) < 0 ? -1 : 0;
}

/* The kernel's own word on a trigger it refused, if it has one. */
static void explain_step(const struct kernhist *k, const struct step *step,
			 char error[PRIVATE_ERROR_BYTES])
{
	int reason = errno;
	char *text = tracefs_error_last(k->tracefs), *why = NULL;

	if (text) {
		why = strstr(text, "error: ");
		text[strcspn(text, "\n")] = '\0';
	}
	private_error(error,
		      "%s: this kernel refuses a histogram of this event: "
		      "%s; leave out --in-kernel",
		      step->event, why ? why + strlen("error: ") : strerror(reason));
	free(text);
}

static int make_synths(struct kernhist *k, char error[PRIVATE_ERROR_BYTES])
{
	char text[256];

	for (int i = 0; i < SYNTHS; i++) {
		private_event_name(synths[i].what, k->names[i]);
		snprintf(text, sizeof(text), "%s %s", k->names[i], synths[i].fields);
		if (tracefs_instance_file_append(NULL, "synthetic_events", text) < 0) {
			private_error(error,
				      "cannot make the synthetic event "
				      "%s: %s",
				      k->names[i], strerror(errno));
			return -1;
		}
	}
	return 0;
}

static int check_kernel(char error[PRIVATE_ERROR_BYTES])
{
	bool hists = tracefs_file_exists(NULL, "events/irq/irq_handler_entry/hist");
	bool events = tracefs_file_exists(NULL, "synthetic_events");

	if (hists && events)
		return 0;
	private_error(error,
		      "this kernel cannot keep histograms itself: it was "
		      "built without %s%s%s; leave out --in-kernel",
		      hists ? "" : "CONFIG_HIST_TRIGGERS", hists || events ? "" : " and ",
		      events ? "" : "CONFIG_SYNTH_EVENTS");
	return -1;
}

/* What a histogram of one event adds to a system call that has it. */
static void measure_cost(struct kernhist *k)
{
	static const struct step step =
		VARIABLES("raw_syscalls", "sys_exit",
			  "hist:keys=common_cpu:", "at=common_timestamp:clock=mono", "");
	uint64_t without = cost_call_ns(), with;

	if (write_step(k, &step, step.size, ""))
		return;
	with = cost_call_ns();
	tracefs_instance_file_append(k->tracefs, "events/raw_syscalls/sys_exit/trigger",
				     "!hist:keys=common_cpu:at=common_timestamp:clock=mono");
	k->cost_ns = with > without ? with - without : 0;
}

/**
 * kernhist_new - histograms that count nothing yet
 * @config: what to keep
 * @error: says what went wrong and what to do
 *
 * Returns NULL on errors; kernhist_free() removes everything.
 */
struct kernhist *kernhist_new(const struct kernhist_config *config, char error[PRIVATE_ERROR_BYTES])
{
	struct kernhist *k = calloc(1, sizeof(*k));

	if (!k) {
		private_error(error, "%s", strerror(errno));
		return NULL;
	}
	set_filter(k, config);
	k->log2 = !config->bucket_ns;
	if (k->log2)
		strcpy(k->buckets, ".log2");
	else
		snprintf(k->buckets, sizeof(k->buckets), ".buckets=%llu",
			 (unsigned long long)config->bucket_ns);
	k->tracefs = private_create(error);
	if (!k->tracefs || check_kernel(error) || make_synths(k, error))
		goto fail;
	measure_cost(k);
	for (size_t i = 0; i < N_STEPS; i++) {
		if (write_step(k, &steps[i], steps[i].size, can_pause(&steps[i]) ? ":pause" : "")) {
			explain_step(k, &steps[i], error);
			goto fail;
		}
	}
	return k;
fail:
	kernhist_free(k);
	return NULL;
}

/* Remove everything from the kernel; NULL is fine. */
void kernhist_free(struct kernhist *k)
{
	if (!k)
		return;
	private_destroy(k->tracefs);
	free(k);
}

/* --- use ------------------------------------------------------------------- */

/* What a histogram of one event costs the traced side, ns; 0: not known. */
uint64_t kernhist_cost_ns(const struct kernhist *k)
{
	return k->cost_ns;
}

struct reader {
	const struct kernhist *k;
	const struct step *step;
	struct stats *stats;
	struct kernhist_counts *counts;
};

static struct kernhist_line *line_of(struct kernhist_counts *counts, const struct histtext_row *row)
{
	struct kernhist_line *line = counts->lines, *lines;

	for (; line && line < counts->lines + counts->n_lines; line++) {
		if (line->irq == row->key[0] && line->cpu == row->key[1])
			return line;
	}
	lines = realloc(counts->lines, (counts->n_lines + 1) * sizeof(*lines));
	if (!lines)
		return NULL;
	counts->lines = lines;
	line = &lines[counts->n_lines++];
	*line = (struct kernhist_line){ .irq = (int32_t)row->key[0],
					.cpu = (unsigned int)row->key[1] };
	return line;
}

static struct hist *hist_of(const struct kernhist *k, struct stats_line *line, enum stage stage)
{
	struct hist **hist =
		&line->hist[stage == STAGE_IRQ ? CHAIN_END_USER : CHAIN_END_TASK][stage];

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

/* The sum is the kernel's own; all else is as exact as the bucket. */
static int add_times(const struct reader *r, struct stats_line *line,
		     const struct histtext_row *row)
{
	struct hist *h = hist_of(r->k, line, r->step->stage);
	/* Ours holds 2^k in the bucket above, the kernel's in that below. */
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
	struct reader *r = ctx;
	struct kernhist_line *counts;
	struct stats_line *line;

	if (r->step->role == ROLE_VARIABLES || r->step->role == ROLE_RUNNING)
		return 0;
	counts = line_of(r->counts, row);
	line = stats_line(r->stats, (int32_t)row->key[0], (unsigned int)row->key[1],
			  r->step->role == ROLE_SEEN ? row->name : NULL);
	if (!counts || !line)
		return -1;
	switch (r->step->role) {
	case ROLE_SEEN:
		counts->seen += row->hits;
		line->seen += row->hits;
		return 0;
	case ROLE_WOKE:
		counts->woke += row->hits;
		return 0;
	default:
		if (r->step->stage == STAGE_IRQ)
			counts->timed += row->hits;
		if (r->step->stage == STAGE_TOTAL) {
			counts->ran += row->hits;
			line->outcomes[OUTCOME_MATCHED] += row->hits;
			r->stats->samples += row->hits;
		}
		return add_times(r, line, row);
	}
}

static int read_step(struct reader *r)
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

/* Tasks found running so far, ever since the histograms were made. */
static int read_running(struct kernhist *k, uint64_t *running)
{
	struct kernhist_counts counts = { 0 };
	struct reader r = { .k = k, .counts = &counts };

	for (size_t i = 0; i < N_STEPS; i++) {
		r.step = &steps[i];
		if (r.step->role == ROLE_RUNNING && read_step(&r))
			return -1;
	}
	*running = counts.running;
	return 0;
}

/*
 * Count from now on. The first on an interrupt's way is started first and
 * stopped last, so nobody arrives who did not start. Returns 0, or -1 with errno
 * set.
 */
int kernhist_start(struct kernhist *k)
{
	for (size_t i = 0; i < N_STEPS; i++) {
		if (can_pause(&steps[i]) && write_step(k, &steps[i], SIZE_LEAST, ":cont"))
			return -1;
	}
	return read_running(k, &k->running);
}

/* Count no more. */
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
 * @counts: overwritten; free its lines
 *
 * From the end of the way to its beginning, for the same reason as above. Returns
 * 0, or -1 with errno set.
 */
int kernhist_read(struct kernhist *k, struct stats *stats, struct kernhist_counts *counts)
{
	struct reader r = { .k = k, .stats = stats, .counts = counts };

	memset(counts, 0, sizeof(*counts));
	for (size_t i = N_STEPS; i-- > 0;) {
		r.step = &steps[i];
		if (read_step(&r))
			return -1;
	}
	counts->running -= k->running;
	return 0;
}

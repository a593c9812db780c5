// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "session.h"
#include "stop.h"

/* The options are those of docker and podman; Kubernetes has procMount: Unmasked. */
#define MASKED_WHY                                                                         \
	"empty: masked, as container runtimes do (--security-opt systempaths=unconfined, " \
	"unmask=/proc/interrupts), or read it on the host"

int session_complain(const char *what, int err)
{
	const char *why = strerror(-err);

	if (err == -EBADMSG)
		why = "not a recording of irqtop";
	else if (err == -EPROTO)
		why = "does not look like /proc/interrupts";
	else if (err == -ENOMSG)
		why = MASKED_WHY;
	msg_error("%s: %s", what, why);
	return EXIT_ERROR;
}

static void input_path(const struct session *session, char *path, size_t size)
{
	const char *root = session->options.root;

	snprintf(path, size, "%s%sproc/interrupts", root,
		 root[0] && root[strlen(root) - 1] == '/' ? "" : "/");
}

int session_complain_input(const struct session *session, int err)
{
	char path[4200];

	if (session->options.replay || session->options.input)
		return session_complain(session->options.replay ? session->options.replay :
								  session->options.input,
					err);
	input_path(session, path, sizeof(path));
	return session_complain(path, err);
}

int session_complain_step(const struct session *session, int err)
{
	if (session->step == STEP_RECORD)
		return session_complain(session->options.record, err);
	return session_complain_input(session, err);
}

const char *session_missing(const struct session *session)
{
	const struct sample *sample = monitor_sample(&session->monitor);

	if (sample->have[TABLE_INTERRUPTS] || !sample->missing)
		return NULL;
	return sample->missing == -ENODATA ? MASKED_WHY : strerror(-sample->missing);
}

/* Says once that there are softirqs only. On the screen a text line does. */
static void missing_say(struct session *session)
{
	const char *why = session_missing(session);
	char path[4200];

	if (!why || session->missing_said || session->options.mode == MODE_SCREEN)
		return;
	input_path(session, path, sizeof(path));
	msg_warning("%s: %s; softirqs only", path, why);
	session->missing_said = true;
}

static int sampler_open(struct session *session)
{
	const struct options *options = &session->options;

	if (options->replay) {
		session->monitor.sampler = sampler_replay_open(options->replay);
		if (!session->monitor.sampler)
			return session_complain(options->replay, -errno);
	} else if (options->input) {
		session->monitor.sampler = sampler_text_open(options->input);
		if (!session->monitor.sampler)
			return session_complain(options->input, -errno);
	} else {
		session->monitor.sampler = sampler_proc_open(options->root);
		if (!session->monitor.sampler)
			return session_complain(options->root, -errno);
	}
	session->collect.root = session->monitor.sampler->root;
	return 0;
}

/* Whether one of these CPUs is online, or may come online. */
static bool cpus_exist(const struct session *session, const struct cpu_mask *cpus)
{
	const struct irqtable *table = sample_cpus(monitor_sample(&session->monitor));
	struct cpu_mask possible;
	unsigned int i;

	for (i = 0; i < table->ncpus; i++)
		if (cpu_mask_has(cpus, table->cpu[i]))
			return true;
	if (session->collect.root < 0 || irqtable_possible_read(&possible, session->collect.root))
		return false;
	for (i = 0; i < CPUS_MAX; i++)
		if (cpu_mask_has(cpus, i) && cpu_mask_has(&possible, i))
			return true;
	return false;
}

/* Leaves in `filter` only those of its CPUs that are in `cpus`. */
static void filter_limit(struct filter *filter, const struct cpu_mask *cpus)
{
	unsigned int i;

	for (i = 0; i < CPUS_MAX / 64; i++)
		filter->cpus.bit[i] =
			cpus->bit[i] & (filter->by_cpu ? filter->cpus.bit[i] : UINT64_MAX);
	filter->by_cpu = true;
}

/* The CPUs that the kernel keeps free of other work. */
static int filter_isolate(struct session *session, struct filter *filter, struct why *why)
{
	int root = session->collect.root;
	struct cpu_mask cpus;

	if ((filter->isolated || filter->nohz) && root < 0)
		return why_set(why, "cpu:%s: not known here",
			       filter->isolated ? "isolated" : "nohz");
	if (filter->isolated) {
		if (irqtable_isolated_read(&cpus, root) || !cpu_mask_count(&cpus))
			return why_set(why, "cpu:isolated: no CPU is isolated (isolcpus=)");
		filter_limit(filter, &cpus);
	}
	if (filter->nohz) {
		if (irqtable_nohz_read(&cpus, root) || !cpu_mask_count(&cpus))
			return why_set(why, "cpu:nohz: no CPU is without a tick (nohz_full=)");
		filter_limit(filter, &cpus);
	}
	return 0;
}

int session_filter(struct session *session, const char *text, struct why *why)
{
	struct filter filter;

	if (filter_parse(&filter, text, why))
		return -1;
	if (filter_isolate(session, &filter, why)) {
		filter_free(&filter);
		return -1;
	}
	if (filter.by_cpu && !cpus_exist(session, &filter.cpus)) {
		char list[48];

		cpu_mask_format(&filter.cpus, list, sizeof(list));
		filter_free(&filter);
		return why_set(why, "cpu:%s: no such CPU", list);
	}
	if (filter.node >= 0) {
		struct cpu_mask cpus;

		/* Reads two files for each CPU, so only when a filter needs it. */
		if (axis_learn(&session->axis, sample_cpus(monitor_sample(&session->monitor)),
			       session->monitor.sampler) < 0) {
			filter_free(&filter);
			return why_set(why, "out of memory");
		}
		if (!axis_node_cpus(&session->axis, filter.node, &cpus)) {
			why_set(why, "node:%d: no such node", filter.node);
			filter_free(&filter);
			return -1;
		}
		filter_limit(&filter, &cpus);
	}
	filter_free(&session->filter);
	session->filter = filter;
	session->monitor.only = filter.by_cpu ? &session->filter.cpus : NULL;
	return 0;
}

int session_latency(struct session *session, bool on, struct why *why)
{
	if (!on) {
		latency_stop(session->latency);
		session->latency = NULL;
		latency_take(NULL, session->monitor.tracks, 0, &session->cost);
		return 0;
	}
	if (!session->monitor.sampler->live)
		return why_set(why, "only the running system can be traced");
	/* Before tracing starts, because it must be undone. */
	stop_on_signals();
	if (!session->latency)
		session->latency = latency_start(why);
	return session->latency ? 0 : -1;
}

static int sample_record(struct session *session)
{
	struct axis *axis = &session->axis;

	if (axis_learn(axis, sample_cpus(monitor_sample(&session->monitor)),
		       session->monitor.sampler) < 0)
		return -ENOMEM;
	return recorder_write(&session->recorder, &session->monitor, axis->place, axis->cpu_end);
}

/*
 * What the only sample is for. Where totals suffice, the counters of single CPUs take no
 * memory, which is most of what a large table costs; where rows are only printed, nothing
 * is kept of them for a next sample.
 */
static void single_prepare(struct session *session)
{
	const struct options *options = &session->options;
	struct sample *sample = &session->monitor.sample[!session->monitor.current];
	struct filter filter;
	struct why why;
	bool totals;
	int i;

	if (!(options->once || options->mode == MODE_METRICS) || options->per_cpu ||
	    options->nmoves || options->view.tables >= TABLES_ROWS || options->record ||
	    options->replay)
		return;
	/* What is no filter is refused later. */
	if (filter_parse(&filter, options->view.filter, &why))
		return;
	totals = !(filter.by_cpu || filter.node >= 0 || filter.isolated || filter.nohz);
	for (i = 0; i < TABLE_COUNT; i++)
		sample->table[i].totals_only = totals;
	session->monitor.single = totals && !filter.nterms && !options->alerts.count &&
				  !options->view.fold && !options->latency &&
				  options->mode != MODE_METRICS;
	filter_free(&filter);
}

int session_open(struct session *session)
{
	const struct options *options = &session->options;
	struct why why;
	int err, i;

	session->recorder.fd = -1;
	session->collect.root = -1;
	for (i = 0; i < TABLE_COUNT; i++) {
		session->monitor.tracks[i].no_history = options->mode != MODE_SCREEN;
		session->monitor.counted[i].on = options->mode == MODE_LISTEN;
		session->monitor.counted[i].per_cpu = options->per_cpu;
	}
	if (options->diff[0])
		return 0;
	if (sampler_open(session))
		return 1;
	single_prepare(session);
	err = monitor_step(&session->monitor);
	if (err)
		return session_complain_input(session, err);
	if (session_missing(session) && options->view.tables == TABLES_INTERRUPTS)
		return session_complain_input(session,
					      monitor_sample(&session->monitor)->missing ==
							      -ENODATA ?
						      -ENOMSG :
						      monitor_sample(&session->monitor)->missing);
	if (session_filter(session, options->view.filter, &why)) {
		msg_error("filter %s", why.text);
		return EXIT_ERROR;
	}
	missing_say(session);
	err = monitor_recount(&session->monitor);
	if (!err && options->latency && session_latency(session, true, &why)) {
		msg_error("latency: %s", why.text);
		return EXIT_ERROR;
	}
	if (!err && options->record) {
		err = recorder_open(&session->recorder, options->record);
		session->recording = !err;
		if (!err)
			err = sample_record(session);
	}
	if (!err && session->filter.nterms)
		collect_sample(&session->collect, &session->monitor, NEED_DEVICES);
	/* The printer of a single sample arranges it. */
	if (!err && !session->monitor.single)
		err = session_arrange(session, 0);
	return err ? session_complain(options->record ? options->record : "start", err) : 0;
}

unsigned int session_needs(const struct session *session)
{
	const struct alerts *alerts = &session->options.alerts;
	unsigned int i, needs = fields[session->options.view.sort].needs;

	/* Words of a filter may be those of a device or driver. */
	if (session->filter.nterms)
		needs |= NEED_DEVICES;
	for (i = 0; i < alerts->count; i++)
		needs |= fields[alerts->alert[i].field].needs;
	return needs;
}

/* What is known of CPUs, beside what they counted. */
static int cpus_know(struct session *session)
{
	struct bycpu *by_cpu = &session->monitor.by_cpu;
	uint32_t r;
	int err;

	err = collect_cpus(&session->collect, &session->monitor, NEED_CPUS | NEED_ALLOWED);
	if (!err && axis_learn(&session->axis, sample_cpus(monitor_sample(&session->monitor)),
			       session->monitor.sampler) < 0)
		err = -ENOMEM;
	for (r = 0; !err && r < by_cpu->table.nrows; r++)
		if (by_cpu->row[r].cpu < session->axis.cpu_end)
			by_cpu->row[r].node = session->axis.place[by_cpu->row[r].cpu].node;
	return err;
}

static void groups_choose(struct session *session)
{
	struct groups *groups = &session->groups;
	enum tables_shown tables = session->options.view.tables;

	groups->by = tables == TABLES_DEVICES ? GROUPS_DEVICE :
		     tables == TABLES_DRIVERS ? GROUPS_DRIVER :
						GROUPS_NONE;
	groups->counted.on = session->options.mode == MODE_LISTEN;
	groups->tracks.no_history = session->options.mode != MODE_SCREEN;
	session->view.groups = groups->by == GROUPS_NONE ? NULL : groups;
}

/* Collapsed rows, by what sysfs says of their devices. */
static int groups_sum(struct session *session)
{
	struct monitor *monitor = &session->monitor;
	bool follow = session->groups_generation != monitor->generation;

	session->groups_generation = monitor->generation;
	collect_sample(&session->collect, monitor, NEED_DEVICES);
	return groups_count(&session->groups, monitor, follow);
}

/* Pages are counted while they are shown. */
static int pages_count(struct session *session)
{
	struct bycpu *by_cpu = &session->monitor.by_cpu;
	bool wanted = session->options.view.tables == TABLES_CPUS;
	bool turned = wanted && !by_cpu->on;

	groups_choose(session);
	by_cpu->on = wanted;
	by_cpu->counted.on = session->options.mode == MODE_LISTEN;
	by_cpu->tracks.no_history = session->options.mode != MODE_SCREEN;
	if (turned && monitor_recount(&session->monitor))
		return -ENOMEM;
	if (session->groups.by != GROUPS_NONE)
		return groups_sum(session);
	return wanted ? cpus_know(session) : 0;
}

static int view_rebuild(struct session *session)
{
	return view_build(&session->view, &session->monitor, &session->options.view,
			  &session->filter);
}

/* The nodes of CPUs are read when CPUs changed, and something asks for them. */
static int places_know(struct session *session, unsigned int needs)
{
	if (!(needs & NEED_PLACES))
		return 0;
	if (axis_learn(&session->axis, sample_cpus(monitor_sample(&session->monitor)),
		       session->monitor.sampler) < 0)
		return -ENOMEM;
	session->collect.axis = &session->axis;
	return 0;
}

int session_arrange(struct session *session, unsigned int needs)
{
	struct view *view = &session->view;
	int err = places_know(session, needs | session_needs(session));

	if (!err)
		err = pages_count(session);
	if (!err)
		err = view_rebuild(session);
	if (err || !(session_needs(session) & NEED_FACTS))
		return err;
	collect_rows(&session->collect, view, 0, view->nrows, needs | session_needs(session));
	if (!(fields[session->options.view.sort].needs & NEED_FACTS))
		return 0;
	return view_rebuild(session);
}

int session_step(struct session *session, unsigned int needs)
{
	int err = monitor_step(&session->monitor);

	session->step = STEP_READ;
	if (err)
		return err;
	missing_say(session);
	session->step = STEP_RECORD;
	if (session->recording) {
		err = sample_record(session);
		if (err)
			return err;
	}
	session->step = STEP_DONE;
	if (session->latency)
		latency_take(session->latency, session->monitor.tracks, session->monitor.seconds,
			     &session->cost);
	collect_sample(&session->collect, &session->monitor, needs);
	return session_arrange(session, needs);
}

int session_close(struct session *session)
{
	int err = session->recording ? recorder_close(&session->recorder) : 0;

	latency_stop(session->latency);
	monitor_free(&session->monitor);
	collect_free(&session->collect);
	axis_free(&session->axis);
	groups_free(&session->groups);
	view_free(&session->view);
	filter_free(&session->filter);
	return err ? session_complain(session->options.record, err) : EXIT_OK;
}

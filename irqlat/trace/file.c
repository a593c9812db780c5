// SPDX-License-Identifier: GPL-2.0-or-later
/* irqlat trace -i: a recording. */

#include <errno.h>
#include <string.h>

#include "trace.h"
#include "input.h"

/* There are several: name them, and the one that is read. */
static void describe_instances(struct trace_run *run, const struct datfile *dat)
{
	char names[160] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < datfile_n_buffers(dat) && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					datfile_buffer_name(dat, i));
	sysinfo_warn(&run->system, "%s: has the instances %s; read: %s; --instance chooses",
		     run->config->input, names, datfile_buffer_name(dat, datfile_buffer(dat)));
}

/* Facts about the recorded system, as far as the recording has them. */
static void describe_dat(struct trace_run *run, const struct datfile *dat)
{
	struct sysinfo *info = &run->system;

	snprintf(info->kernel, sizeof(info->kernel), "%s", datfile_uname(dat));
	snprintf(info->trace_clock, sizeof(info->trace_clock), "%s", datfile_clock(dat));
	if (datfile_n_buffers(dat) > 1)
		describe_instances(run, dat);
	if (!strcmp(datfile_clock(dat), "local"))
		sysinfo_warn(
			info,
			"trace clock local: CPUs may disagree by microseconds; record with -C mono");
}

static void describe_text(struct trace_run *run, const struct textfile *text)
{
	if (!textfile_has_ns(text))
		sysinfo_warn(
			&run->system,
			"%s: its times are whole microseconds; trace-cmd report -t and perf script --ns print nanoseconds",
			run->config->input);
	if (!textfile_has_context(text))
		sysinfo_warn(
			&run->system,
			"%s: it has no flags: what happened in an interrupt is known only between its entry and its exit; trace-cmd report -l prints them",
			run->config->input);
}

static void describe(struct trace_run *run, const struct trace_input *input)
{
	memset(&run->system, 0, sizeof(run->system));
	run->system.texts_only = true;
	if (input->dat)
		describe_dat(run, input->dat);
	else
		describe_text(run, input->text);
}

/*
 * Say what the recording cannot show. A format in it does not mean that the event was
 * recorded.
 */
static int check_events(struct trace_run *run, const struct engine *engine, bool is_cut)
{
	bool lines = engine_has(engine, EVENT_IRQ_ENTRY);
	bool waking = engine_has(engine, EVENT_WAKING), wakeup = engine_has(engine, EVENT_WAKEUP);
	bool switches = engine_has(engine, EVENT_SWITCH);
	static const char how[] =
		"record with trace-cmd record -C mono -e irq -e irq_vectors -e sched -e workqueue -e raw_syscalls";

	if (is_cut)
		return 0;
	if (!lines && !engine_has(engine, EVENT_VECTOR_ENTRY))
		return why_set(&run->why, "%s: no interrupts: it has no irq_handler_entry; %s",
			       run->config->input, how);
	if (!lines)
		sysinfo_warn(
			&run->system,
			"%s: it has no irq_handler_entry: interrupts with a number are not seen",
			run->config->input);
	if (!wakeup || !switches)
		sysinfo_warn(&run->system, "%s: no chains: it has no %s; %s", run->config->input,
			     wakeup ? "sched_switch" : "sched_wakeup", how);
	else if (!waking)
		sysinfo_warn(
			&run->system,
			"%s: it has no sched_waking: wake-ups that go to another CPU are not seen, and the stage \"wake\" is not known",
			run->config->input);
	if (!engine_knows_nobody(engine)) {
		stats_nobody_is_unknown(&run->total);
		sysinfo_warn(
			&run->system,
			"%s: without all of sched_waking, softirq_raise and softirq_entry it is unknown which interrupts woke nobody",
			run->config->input);
	}
	return 0;
}

static void compare_sample(void *ctx, const struct chain_sample *sample)
{
	trace_limits_sample(ctx, sample);
}

static void compare_handler(void *ctx, const struct stats_row *row, uint64_t ns)
{
	trace_limits_handler(ctx, row, ns);
}

static struct engine_config engine_of(const struct trace_input *input)
{
	if (input->text)
		return (struct engine_config){
			.n_cpus = textfile_n_cpus(input->text),
			.layout = subbuf_native,
			.catalog = textfile_catalog(input->text),
			.reader = textfile_reader(input->text),
		};
	return (struct engine_config){
		.n_cpus = datfile_n_cpus(input->dat),
		.layout = *datfile_layout(input->dat),
		.catalog = datfile_catalog(input->dat),
		.reader = datfile_reader(input->dat),
	};
}

static int read_all(struct trace_run *run, const struct trace_input *input)
{
	struct engine_config config = engine_of(input);
	struct engine *engine;
	int err;

	config.no_hops = run->config->no_hops;
	if (trace_run_begin_runs(run, &config))
		return -1;
	config.loss = trace_run_loss;
	config.loss_ctx = run;
	run->sees_user = event_catalog_has(config.catalog, EVENT_SYS_EXIT);
	if (stats_init(&run->total, config.catalog, &run->config->filter))
		return -1;
	run->total.keep_blocks = run->config->json.wanted;
	config.sink = stats_sink(&run->total);
	config.with_timeline = run->worst;
	engine = engine_new(&config);
	if (!engine)
		return -1;
	if (run->worst) {
		run->timeline = engine_timeline(engine);
		run->total.on_sample = trace_explain_sample;
	} else if (run->config->n_limits) {
		run->total.on_sample = compare_sample;
		run->total.on_handler = compare_handler;
	}
	run->total.on_ctx = run;
	err = engine_run(engine, UINT64_MAX);
	engine_finish(engine);
	engine_counts(engine, &run->counts);
	if (!err)
		err = check_events(run, engine, input->dat && datfile_is_cut(input->dat));
	if (!err && run->config->runs)
		err = trace_run_end_runs(run, engine,
					 input->dat ? datfile_symbols(input->dat) :
						      textfile_symbols(input->text));
	engine_free(engine);
	stats_end_blocks(&run->total, &run->total);
	run->started_ns = run->counts.first_ns;
	run->ended_ns = run->counts.last_ns;
	if (run->ended_ns < run->started_ns)
		run->ended_ns = run->started_ns;
	return err;
}

/**
 * trace_offline - measure a recording
 * @run: options in, results out
 *
 * Returns 0, or -1 with @run->why filled.
 */
int trace_offline(struct trace_run *run)
{
	struct why why;
	struct trace_input input;
	int err;

	if (trace_input_open(&input, run->config->input, run->config->instance, &why)) {
		trace_input_close(&input);
		return why_set(&run->why, "%s: %s", run->config->input, why.text);
	}
	describe(run, &input);
	err = read_all(run, &input);
	if (err && !run->why.text[0])
		why_set(&run->why, "%s: %s", run->config->input, strerror(errno));
	if (input.dat && datfile_is_cut(input.dat))
		sysinfo_warn(&run->system, "%s: ends too early; what is there was read",
			     run->config->input);
	trace_input_close(&input);
	stats_sort(&run->total);
	return err;
}

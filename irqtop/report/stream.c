// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports one after the other on standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "irqtop/session/command.h"
#include "report.h"
#include "irqtop/session/session.h"
#include "irqtop/session/stop.h"

#define EXIT_ALERT 2

struct columns {
	unsigned int n;
	enum field_id id[FIELD_COUNT];
};

static const struct columns batch_columns = { 8,
					      { FIELD_IRQ, FIELD_RATE, FIELD_DELTA, FIELD_TOTAL,
						FIELD_SHARE, FIELD_MAX, FIELD_TRIGGER,
						FIELD_NAME } };
static const struct columns latency_columns = {
	14,
	{ FIELD_IRQ, FIELD_RATE, FIELD_TOTAL, FIELD_HANDLER_SHARE, FIELD_HANDLER_AVG,
	  FIELD_HANDLER_MAX, FIELD_TASK_P50, FIELD_TASK_P99, FIELD_TASK_MAX, FIELD_READ_P50,
	  FIELD_READ_P99, FIELD_READ_MAX, FIELD_TRIGGER, FIELD_NAME }
};
static const struct columns once_columns = {
	6, { FIELD_IRQ, FIELD_TOTAL, FIELD_CHIP, FIELD_HWIRQ, FIELD_TRIGGER, FIELD_NAME }
};
static const struct columns diff_columns = {
	6, { FIELD_IRQ, FIELD_RATE, FIELD_DELTA, FIELD_TOTAL, FIELD_TRIGGER, FIELD_NAME }
};
static const struct columns data_columns = { 11,
					     { FIELD_TABLE, FIELD_IRQ, FIELD_RATE, FIELD_DELTA,
					       FIELD_TOTAL, FIELD_SHARE, FIELD_MAX, FIELD_CHIP,
					       FIELD_HWIRQ, FIELD_TRIGGER, FIELD_NAME } };
static const struct columns metrics_columns = { 1, { FIELD_TOTAL } };

static report_print *const printers[] = {
	[MODE_BATCH] = batch_print,	[MODE_JSON] = json_print,      [MODE_CSV] = csv_print,
	[MODE_METRICS] = metrics_print, [MODE_LISTEN] = metrics_print, [MODE_QUIET] = NULL,
};

static const struct columns *columns_of(const struct options *options)
{
	switch (options->mode) {
	case MODE_JSON:
	case MODE_CSV:
		return &data_columns;
	case MODE_METRICS:
	case MODE_LISTEN:
		return &metrics_columns;
	default:
		return options->latency ? &latency_columns :
		       options->once	? &once_columns :
		       options->diff[0] ? &diff_columns :
					  &batch_columns;
	}
}

static void report_init(struct report *report, const struct session *session)
{
	const struct options *options = &session->options;
	const struct columns *own = columns_of(options);
	unsigned int i, n = options->ncolumns ? options->ncolumns : own->n;

	memset(report, 0, sizeof(*report));
	report->monitor = &session->monitor;
	report->view = &session->view;
	report->limit = (uint32_t)options->rows;
	report->per_cpu = options->per_cpu;
	report->strict = options->strict;
	for (i = 0; i < n; i++) {
		enum field_id id = options->ncolumns ? options->column[i] : own->id[i];

		if (fields[id].style != STYLE_PICTURE)
			report->column[report->ncolumns++] = id;
	}
}

static unsigned int needs_of(const struct report *report, const struct session *session)
{
	unsigned int i, needs = session_needs(session);

	for (i = 0; i < report->ncolumns; i++)
		needs |= fields[report->column[i]].needs;
	return needs;
}

/* A reader that left is no failure of ours; SIGPIPE usually says it first. */
static int output_status(int err)
{
	if (!err || err == -EPIPE)
		return 0;
	return session_complain("standard output", err);
}

static void alert_say(void *context, const struct alert *alert, const struct view_row *row,
		      double value)
{
	const struct session *session = context;
	struct value name = field_get(FIELD_NAME, row);
	struct outbuf out = { 0 };

	outbuf_text(&out, "irqtop: alert: ");
	outbuf_clean(&out, row->text + row->data->label, row->data->label_len);
	outbuf_char(&out, ' ');
	outbuf_clean(&out, name.text ? name.text : "", name.len);
	outbuf_text(&out, ": ");
	outbuf_text(&out, fields[alert->field].key);
	outbuf_char(&out, ' ');
	outbuf_real(&out, value, 3);
	outbuf_text(&out, " (");
	outbuf_text(&out, alert->expression);
	outbuf_text(&out, ")\n");
	outbuf_write(&out, STDERR_FILENO);
	outbuf_free(&out);
	if (session->options.alert_command)
		command_run(session->options.alert_command, alert, row, value, false);
}

static void sleep_until(uint64_t *deadline_ns, uint64_t interval_ns)
{
	struct timespec at, now;
	uint64_t now_ns;

	*deadline_ns += interval_ns;
	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	/* After a stop (Ctrl-Z) or a long read: an interval of nothing has no rates. */
	if (*deadline_ns < now_ns)
		*deadline_ns = now_ns + interval_ns;
	at.tv_sec = (time_t)(*deadline_ns / 1000000000);
	at.tv_nsec = (long)(*deadline_ns % 1000000000);
	while (!stop_told() && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static int report_send(struct session *session, struct report *report, struct outbuf *out,
		       unsigned int needs)
{
	report_print *print = printers[session->options.mode];

	if (!print)
		return 0;
	collect_rows(&session->collect, &session->view, 0, report_rows(report), needs);
	out->len = 0;
	print(out, report);
	report->printed++;
	return outbuf_write(out, STDOUT_FILENO);
}

static void alerts_look(struct session *session)
{
	alerts_check(&session->options.alerts, &session->view, alert_say, session);
	if (session->options.alert_command)
		command_reap();
}

static bool wants_one_sample(const struct options *options)
{
	return options->once || options->mode == MODE_METRICS;
}

/* Samples until there is nothing left to do. 0 or a negative errno value. */
static int reports_run(struct session *session, struct report *report, struct outbuf *out,
		       unsigned int needs)
{
	struct options *options = &session->options;
	uint64_t deadline_ns = monitor_sample(&session->monitor)->time_ns;
	bool stop_on_alert = options->alerts.count && !options->alert_command;
	uint64_t done;
	int err;

	for (done = 0; !options->count || done < options->count; done++) {
		if (!options->replay)
			sleep_until(&deadline_ns, options->interval_ns);
		if (stop_told())
			return 0;
		err = session_step(session, needs);
		if (err == -ENODATA)
			return 0;
		if (err)
			return err;
		err = report_send(session, report, out, needs);
		if (err)
			return err;
		alerts_look(session);
		if (options->alerts.fired && stop_on_alert)
			return 0;
	}
	return 0;
}

int stream_run(struct session *session)
{
	struct options *options = &session->options;
	struct report report;
	struct outbuf out = { 0 };
	unsigned int needs;
	int err, status;

	report_init(&report, session);
	needs = needs_of(&report, session);
	/* Threads need two looks, like everything else. */
	collect_sample(&session->collect, &session->monitor, needs);
	if (wants_one_sample(options)) {
		err = session_arrange(session, needs);
		if (!err)
			err = report_send(session, &report, &out, needs);
		if (!err)
			alerts_look(session);
	} else {
		err = reports_run(session, &report, &out, needs);
	}
	outbuf_free(&out);
	if (err == -EPROTO || err == -EBADMSG)
		status = session_complain_input(session, err);
	else
		status = output_status(err);
	if (!status && options->alerts.fired)
		status = EXIT_ALERT;
	return status;
}

/* --- --diff ------------------------------------------------------------------ */

/* The last sample of a recording, a copied tree, or a copy of the file. */
static int side_load(struct session *session, const char *path)
{
	struct monitor *monitor = &session->monitor;
	bool timed = true;
	int err;

	source_close(monitor->source);
	monitor->source = source_replay_open(path);
	if (monitor->source) {
		monitor->source->ops->seek(monitor->source, monitor->source->count - 1);
	} else {
		timed = false;
		monitor->source = source_proc_open(path);
		if (!monitor->source)
			monitor->source = source_text_open(path);
	}
	if (!monitor->source)
		return session_complain(path, -errno);
	err = monitor_step(monitor);
	if (err)
		return session_complain(path, err);
	if (!timed) {
		/* When a copy was made is not known, so there are no rates. */
		struct sample *sample = &monitor->sample[monitor->current];

		sample->time_ns = 0;
		sample->wall_ms = 0;
		sample->table[0].time_ns = sample->table[1].time_ns = 0;
	}
	return 0;
}

int diff_run(struct session *session)
{
	struct report report;
	struct outbuf out = { 0 };
	char error[256];
	int err;

	if (side_load(session, session->options.diff[0]) ||
	    side_load(session, session->options.diff[1]))
		return 1;
	if (session_filter(session, session->options.view.filter, error, sizeof(error))) {
		fprintf(stderr, "irqtop: filter %s\n", error);
		return 1;
	}
	err = monitor_recount(&session->monitor);
	if (!err)
		err = view_build(&session->view, &session->monitor, &session->options.view,
				 &session->filter);
	report_init(&report, session);
	if (!err)
		err = report_send(session, &report, &out, 0);
	outbuf_free(&out);
	return output_status(err);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports one after the other on standard output. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "irqtop/session/command.h"
#include "irqtop/session/isolate.h"
#include "irqtop/session/stop.h"
#include "output.h"

static void alert_say(void *context, const struct alert *alert, const struct view_row *row,
		      double value)
{
	struct session *session = context;
	struct value name = field_get(FIELD_NAME, row);
	char advice[ISOLATION_BYTES];
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
	outbuf_char(&out, ')');
	if (isolate_advise(session, row, advice)) {
		outbuf_text(&out, ": ");
		outbuf_clean(&out, advice, strlen(advice));
	}
	outbuf_char(&out, '\n');
	if (outbuf_write(&out, STDERR_FILENO) && errno == ENOMEM)
		msg_error("alert: %s: out of memory for its row", alert->expression);
	outbuf_free(&out);
	if (session->options.alert_command &&
	    command_run(session->options.alert_command, alert, row, value, false))
		msg_error("--alert-command: cannot be run: %s", strerror(errno));
}

static void alerts_look(struct session *session)
{
	alerts_check(&session->options.alerts, &session->view, alert_say, session);
	if (session->options.alert_command)
		command_reap();
}

void output_sleep(uint64_t *deadline_ns, uint64_t interval_ns)
{
	uint64_t now_ns = clock_ns();
	struct timespec at;

	*deadline_ns += interval_ns;
	/* After a stop (Ctrl-Z) or a long read: an interval of nothing has no rates. */
	if (*deadline_ns < now_ns)
		*deadline_ns = now_ns + interval_ns;
	at = clock_timespec(*deadline_ns);
	while (!stop_requested() &&
	       clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* Samples until there is nothing left to do. 0 or a negative errno value. */
static int samples_send(struct session *session, struct output *output, struct outbuf *out,
			unsigned int needs)
{
	struct options *options = &session->options;
	uint64_t deadline_ns = monitor_sample(&session->monitor)->time_ns;
	bool stop_on_alert = options->alerts.count && !options->alert_command;
	uint64_t done;
	int err;

	for (done = 0; !options->count || done < options->count; done++) {
		if (!options->replay)
			output_sleep(&deadline_ns, options->interval_ns);
		if (stop_requested())
			return 0;
		err = session_step(session, needs);
		if (err)
			return err == -ENODATA ? 0 : err;
		err = output_send(session, output, out);
		if (err)
			return err;
		alerts_look(session);
		if (options->alerts.fired && stop_on_alert)
			return 0;
	}
	return 0;
}

/* The sample that session_open() took. */
static int first_sample_send(struct session *session, struct output *output, struct outbuf *out,
			     unsigned int needs)
{
	int err = session_arrange(session, needs);

	if (!err)
		err = output_send(session, output, out);
	if (!err)
		alerts_look(session);
	return err;
}

int stream_run(struct session *session)
{
	struct options *options = &session->options;
	struct outbuf out = { 0 };
	struct output output;
	unsigned int needs;
	int err, status;

	output_init(&output, session);
	needs = output_needs(&output) | session_needs(session);
	/* What else is read of a row is kept in its track. */
	if (needs && monitor_keep_rows(&session->monitor))
		return session_complain("start", -ENOMEM);
	/* The share of a handler thread is a difference: this is its first half. */
	collect_sample(&session->collect, &session->monitor, needs);
	if (options->once || options->mode == MODE_METRICS)
		err = first_sample_send(session, &output, &out, needs);
	else
		err = samples_send(session, &output, &out, needs);
	outbuf_free(&out);
	if (err && session->step != STEP_DONE)
		status = session_complain_step(session, err);
	else
		status = output_status(err);
	return !status && options->alerts.fired ? EXIT_THRESHOLD : status;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* --diff: two samples from anywhere, compared once. */
#include <errno.h>

#include "base/msg.h"
#include "output.h"

/* Takes the last sample of a recording, or that of a copied tree or file. */
static int side_load(struct session *session, const char *path)
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
	if (!monitor->sampler->ops->seek) {
		/* When a copy was made is not known, so there are no rates. */
		sample = &monitor->sample[monitor->current];
		sample->time_ns = 0;
		sample->wall_ms = 0;
		sample->table[0].time_ns = sample->table[1].time_ns = 0;
	}
	return 0;
}

int diff_run(struct session *session)
{
	struct output output;
	struct outbuf out = { 0 };
	struct why why;
	int err;

	if (side_load(session, session->options.diff[0]) ||
	    side_load(session, session->options.diff[1]))
		return EXIT_ERROR;
	if (session_filter(session, session->options.view.filter, &why)) {
		msg_error("filter %s", why.text);
		return EXIT_ERROR;
	}
	err = monitor_recount(&session->monitor);
	if (!err)
		err = session_arrange(session, 0);
	output_init(&output, session);
	if (!err)
		err = output_send(session, &output, &out);
	outbuf_free(&out);
	return output_status(err);
}

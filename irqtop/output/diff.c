// SPDX-License-Identifier: GPL-2.0-or-later
/* --diff: two samples from anywhere, compared once. */
#include "base/msg.h"
#include "output.h"
#include "sides.h"

int diff_run(struct session *session)
{
	struct sides sides = { 0 };
	struct output output;
	struct outbuf out = { 0 };
	int err;

	if (sides_load(session, &sides))
		return EXIT_ERROR;
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

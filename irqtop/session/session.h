/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The context of the program, which every mode uses. */
#ifndef IRQTOP_SESSION_H
#define IRQTOP_SESSION_H

#include "irqtop/sample/axis.h"
#include "irqtop/view/collect.h"
#include "irqtop/view/groups.h"
#include "irqtop/sample/latency.h"
#include "irqtop/sample/monitor.h"
#include "options.h"
#include "irqtop/sample/recorder.h"
#include "irqtop/view/view.h"

struct session {
	struct options options;
	struct monitor monitor;
	struct collect collect;
	struct axis axis;
	struct filter filter; /* of options.view.filter; monitor.only may point to its CPUs */
	struct groups groups; /* of the page of devices or drivers */
	struct view view;
	struct recorder recorder;
	bool recording;
	struct latency *latency;			 /* NULL: tracing is off */
	struct latency_cost cost;			 /* of the last sample */
	unsigned int groups_generation;			 /* sample that the groups follow */
	bool missing_said;				 /* that the interrupts cannot be read */
	enum { STEP_DONE, STEP_READ, STEP_RECORD } step; /* where session_step() failed */
};

/* Opens sampler and recording, and takes a sample. 0, or the exit status after a message. */
int session_open(struct session *session);

/*
 * Takes a sample, records it, reads what `needs` (NEED_*) names and builds the view. 0,
 * -ENODATA at the end, or another error.
 */
int session_step(struct session *session, unsigned int needs);

/*
 * Builds the view. Where sorting or alerts need facts, reads them of all rows first,
 * and what `needs` names as well. The caller reads other facts, of the rows that it
 * shows. 0 or -ENOMEM.
 */
int session_arrange(struct session *session, unsigned int needs);

/* NEED_* of sorting and of alerts. */
unsigned int session_needs(const struct session *session);

/* Starts or stops tracing. From then on signals end loops (stop.h). 0 or -1. */
int session_latency(struct session *session, bool on, struct why *why);

/* Filters the next views. The text is as of filter_parse(). 0 or -1. */
int session_filter(struct session *session, const char *text, struct why *why);

/* Prints "irqtop: what: reason" for a negative errno value. Returns EXIT_ERROR. */
int session_complain(const char *what, int err);

/*
 * Why the last sample has no interrupts: "masked ..."; NULL where it has them, or a
 * recording never had.
 */
const char *session_missing(const struct session *session);

/* session_complain() about what samples are read from. */
int session_complain_input(const struct session *session, int err);

/* session_complain() about what session_step() could not do: read, or record. */
int session_complain_step(const struct session *session, int err);

/* Returns the exit status: an error is that the recording was not written. */
int session_close(struct session *session);

/* The modes. They return the exit status. */
int stream_run(struct session *session);
int diff_run(struct session *session);
int explain_run(struct session *session);
int listen_run(struct session *session);
int move_run(struct session *session);
int screen_run(struct session *session);

#endif

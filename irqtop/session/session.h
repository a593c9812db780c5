/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one context of the program: what every way of running it shares. */
#ifndef IRQTOP_SESSION_H
#define IRQTOP_SESSION_H

#include "irqtop/sample/axis.h"
#include "irqtop/view/collect.h"
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
	struct filter filter; /* of options.view.filter; monitor.only points to its CPUs */
	struct view view;
	struct recorder recorder;
	bool recording;
	struct latency *latency; /* NULL: off */
	struct latency_cost cost;
};

/* Opens the sampler and the recording. Prints what is wrong; 0, or the exit status. */
int session_open(struct session *session);

/*
 * Takes a sample, records it, reads what `needs` names and arranges the view. 0,
 * -ENODATA at the end, or an error.
 */
int session_step(struct session *session, unsigned int needs);

/*
 * Builds the view. Facts that rows are sorted by or alerts ask for are read of all
 * rows first, with what `needs` names; other facts are the caller's to read, of the
 * rows that it shows. 0 or -ENOMEM.
 */
int session_arrange(struct session *session, unsigned int needs);

/* NEED_* of the order of the rows and of alerts. */
unsigned int session_needs(const struct session *session);

/*
 * Starts or stops tracing; from then on signals end loops (stop.h). 0 or -1.
 */
int session_latency(struct session *session, bool on, struct why *why);

/* Puts a filter in force from the next view on. As filter_parse(). */
int session_filter(struct session *session, const char *text, struct why *why);

/* Prints "irqtop: what: why" for a negative errno value. Returns 1. */
int session_complain(const char *what, int err);

/* The same about what samples are read from. */
int session_complain_input(const struct session *session, int err);

void session_close(struct session *session);

/* Ways to run; they return the exit status. */
int stream_run(struct session *session);
int diff_run(struct session *session);
int listen_run(struct session *session);
int screen_run(struct session *session);

#endif

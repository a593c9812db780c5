/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What leaves the program without a screen: a view, printed in one of the formats. */
#ifndef IRQTOP_OUTPUT_H
#define IRQTOP_OUTPUT_H

#include "base/outbuf.h"
#include "irqtop/sample/monitor.h"
#include "irqtop/session/session.h"
#include "irqtop/view/view.h"

struct output {
	const struct monitor *monitor;
	const struct view *view;
	enum field_id column[FIELD_COUNT];
	unsigned int ncolumns;
	uint32_t limit; /* rows at most */
	bool per_cpu;
	bool strict;	      /* OpenMetrics 1.0 to the letter, which promtool does not read */
	unsigned int printed; /* samples printed before */
	int fd;		      /* where text goes before all of it is there; -1: nowhere */
	int err;	      /* of writing to it, a negative errno value */
};

/* Writes what there is when it has become much: not all rows need memory at once. */
void output_drain(struct output *output, struct outbuf *out);

/* Appends a text of so many bytes, quoted as the format wants it. */
typedef void print_text(struct outbuf *out, const char *text, size_t len);

/* Appends a field's value; texts by `text`, and `none` where there is no value. */
void value_print(struct outbuf *out, const struct value *value, print_text *text, const char *none);

/* Sets up output as the session's options say. */
void output_init(struct output *output, const struct session *session);

/* NEED_* of the columns. */
unsigned int output_needs(const struct output *output);

static inline uint32_t output_rows(const struct output *output)
{
	return output->view->nrows < output->limit ? output->view->nrows : output->limit;
}

/* Appends the view to `out`. */
typedef void output_format(struct outbuf *out, struct output *output);

/* A table for people. */
output_format batch_print;
/* A JSON object per row, each in a text line of its own. */
output_format json_print;
/* RFC 4180, with a header before the first sample. */
output_format csv_print;
/* Prometheus text, ended by "# EOF". Rows that never fired are left out. */
output_format metrics_print;

/*
 * Reads what the columns need of the rows that are shown, and appends them to `out` in
 * the format of the session's mode.
 */
void output_print(struct session *session, struct output *output, struct outbuf *out);

/*
 * output_print() to standard output, from an empty `out`. 0 or a negative errno value,
 * which output_status() makes an exit status of.
 */
int output_send(struct session *session, struct output *output, struct outbuf *out);

/* Sleeps until an interval after *deadline_ns, or until a signal ends the program. */
void output_sleep(uint64_t *deadline_ns, uint64_t interval_ns);

/* Prints why writing failed, unless the reader is gone. Returns the exit status. */
int output_status(int err);

#endif

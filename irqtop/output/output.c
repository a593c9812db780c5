// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

/* The columns of a mode, unless the user names others. FIELD_COUNT ends a list. */
static const enum field_id batch_columns[] = {
	FIELD_IRQ, FIELD_RATE,	  FIELD_DELTA, FIELD_TOTAL, FIELD_SHARE,
	FIELD_MAX, FIELD_TRIGGER, FIELD_NAME,  FIELD_COUNT,
};
static const enum field_id latency_columns[] = {
	FIELD_IRQ,	   FIELD_RATE,	   FIELD_TOTAL,	   FIELD_HANDLER_SHARE, FIELD_HANDLER_AVG,
	FIELD_HANDLER_MAX, FIELD_TASK_P50, FIELD_TASK_P99, FIELD_TASK_MAX,	FIELD_READ_P50,
	FIELD_READ_P99,	   FIELD_READ_MAX, FIELD_TRIGGER,  FIELD_NAME,		FIELD_COUNT,
};
static const enum field_id once_columns[] = {
	FIELD_IRQ, FIELD_TOTAL, FIELD_CHIP, FIELD_HWIRQ, FIELD_TRIGGER, FIELD_NAME, FIELD_COUNT,
};
static const enum field_id diff_columns[] = {
	FIELD_IRQ, FIELD_RATE, FIELD_DELTA, FIELD_TOTAL, FIELD_TRIGGER, FIELD_NAME, FIELD_COUNT,
};
static const enum field_id data_columns[] = {
	FIELD_TABLE, FIELD_IRQ,	  FIELD_RATE,	 FIELD_DELTA, FIELD_TOTAL, FIELD_SHARE, FIELD_MAX,
	FIELD_CHIP,  FIELD_HWIRQ, FIELD_TRIGGER, FIELD_SUM,   FIELD_NAME,  FIELD_COUNT,
};
static const enum field_id cpu_columns[] = {
	FIELD_CPU,	FIELD_RATE,    FIELD_SOFT_RATE, FIELD_IRQ_TIME,	    FIELD_SOFT_TIME,
	FIELD_TOTAL,	FIELD_ALLOWED, FIELD_VECTORS,	FIELD_VECTORS_LEFT, FIELD_DROPPED,
	FIELD_SQUEEZED, FIELD_NODE,    FIELD_MARKS,	FIELD_BUSIEST_HZ,   FIELD_BUSIEST,
	FIELD_NAME,	FIELD_COUNT,
};
static const enum field_id group_columns[] = {
	FIELD_GROUP,  FIELD_RATE,      FIELD_DELTA,  FIELD_TOTAL, FIELD_SHARE, FIELD_MAX,
	FIELD_QUEUES, FIELD_IMBALANCE, FIELD_SPREAD, FIELD_SUM,	  FIELD_NAME,  FIELD_COUNT,
};
static const enum field_id metrics_columns[] = { FIELD_TOTAL, FIELD_COUNT };
static const enum field_id metrics_latency_columns[] = {
	FIELD_TOTAL,	FIELD_HANDLER_SHARE, FIELD_HANDLER_AVG, FIELD_HANDLER_MAX,
	FIELD_TASK_P50, FIELD_TASK_P99,	     FIELD_TASK_MAX,	FIELD_READ_P50,
	FIELD_READ_P99, FIELD_READ_MAX,	     FIELD_COUNT,
};

static output_format *const formats[] = {
	[MODE_BATCH] = batch_print,	[MODE_JSON] = json_print,      [MODE_CSV] = csv_print,
	[MODE_METRICS] = metrics_print, [MODE_LISTEN] = metrics_print, [MODE_QUIET] = NULL,
};

static const enum field_id *columns_of(const struct options *options)
{
	if (options->view.tables >= TABLES_ROWS && options->mode != MODE_METRICS &&
	    options->mode != MODE_LISTEN)
		return options->view.tables == TABLES_CPUS ? cpu_columns : group_columns;
	switch (options->mode) {
	case MODE_JSON:
	case MODE_CSV:
		return data_columns;
	case MODE_METRICS:
	case MODE_LISTEN:
		return options->latency ? metrics_latency_columns : metrics_columns;
	default:
		return options->latency ? latency_columns :
		       options->once	? once_columns :
		       options->diff[0] ? diff_columns :
					  batch_columns;
	}
}

static void column_add(struct output *output, enum field_id id)
{
	if (fields[id].style != STYLE_PICTURE)
		output->column[output->ncolumns++] = id;
}

void output_init(struct output *output, const struct session *session)
{
	const struct options *options = &session->options;
	const enum field_id *id;
	unsigned int i;

	memset(output, 0, sizeof(*output));
	output->monitor = &session->monitor;
	output->view = &session->view;
	output->limit = (uint32_t)options->rows;
	output->fd = -1;
	output->per_cpu = options->per_cpu;
	output->strict = options->strict;
	for (i = 0; i < options->ncolumns; i++)
		column_add(output, options->column[i]);
	for (id = columns_of(options); !options->ncolumns && *id != FIELD_COUNT; id++)
		column_add(output, *id);
}

unsigned int output_needs(const struct output *output)
{
	unsigned int i, needs = 0;

	for (i = 0; i < output->ncolumns; i++)
		needs |= fields[output->column[i]].needs;
	return needs;
}

void value_print(struct outbuf *out, const struct value *value, print_text *text, const char *none)
{
	switch (value->kind) {
	case VALUE_COUNT:
		outbuf_count(out, value->count);
		break;
	case VALUE_REAL:
		outbuf_real(out, value->real, 6);
		break;
	case VALUE_TEXT:
		text(out, value->text, value->len);
		break;
	case VALUE_NONE:
		outbuf_text(out, none);
		break;
	}
}

/* Less than a large table's text, more than a pipe takes at once. */
#define DRAIN_BYTES (32 * 1024)

void output_drain(struct output *output, struct outbuf *out)
{
	if (output->fd < 0 || output->err || out->len < DRAIN_BYTES)
		return;
	if (outbuf_write(out, output->fd))
		output->err = -errno;
}

void output_print(struct session *session, struct output *output, struct outbuf *out)
{
	output_format *format = formats[session->options.mode];

	if (!format)
		return;
	/* With what sorting and alerts need, or this would take it from the rows. */
	collect_rows(&session->collect, &session->view, 0, output_rows(output),
		     output_needs(output) | session_needs(session));
	format(out, output);
	output->printed++;
}

int output_send(struct session *session, struct output *output, struct outbuf *out)
{
	out->len = 0;
	output->fd = STDOUT_FILENO;
	output->err = 0;
	output_print(session, output, out);
	if (output->err)
		return output->err;
	return outbuf_write(out, STDOUT_FILENO) ? -errno : 0;
}

int output_status(int err)
{
	/* SIGPIPE usually ends the program before it sees EPIPE. */
	if (!err || err == -EPIPE)
		return 0;
	return session_complain("standard output", err);
}

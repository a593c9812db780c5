/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view on its way out of the program, without a screen. */
#ifndef IRQTOP_REPORT_H
#define IRQTOP_REPORT_H

#include "irqtop/sample/monitor.h"
#include "base/outbuf.h"
#include "irqtop/view/view.h"

struct report {
	const struct monitor *monitor;
	const struct view *view;
	enum field_id column[FIELD_COUNT];
	unsigned int ncolumns;
	uint32_t limit; /* rows at most */
	bool per_cpu;
	bool strict;	      /* OpenMetrics: by the letter, not for promtool */
	unsigned int printed; /* samples printed before */
};

static inline uint32_t report_rows(const struct report *report)
{
	return report->view->nrows < report->limit ? report->view->nrows : report->limit;
}

typedef void report_print(struct outbuf *out, const struct report *report);

/* A table for people. */
report_print batch_print;
/* One object a row and line: time, interval_s, then the columns by key. */
report_print json_print;
/* RFC 4180 with a header before the first sample. */
report_print csv_print;
/* Counters (and gauges asked for), ended by "# EOF". Rows that never fired are left out. */
report_print metrics_print;

#endif

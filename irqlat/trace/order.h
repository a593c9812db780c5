/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqlat trace top: in which order rows are, and whether an interrupt is one row. */
#ifndef IRQLAT_TRACE_ORDER_H
#define IRQLAT_TRACE_ORDER_H

#include "tracing/stats.h"

enum trace_order {
	TRACE_ORDER_NUMBER, /* of the interrupt, then CPU */
	TRACE_ORDER_WORST,  /* the longest chain first */
	TRACE_ORDER_MOST,   /* the most interrupts first */
	TRACE_ORDER_NAME,   /* of the handler */
	TRACE_ORDERS,
};

extern const char *const trace_order_names[TRACE_ORDERS];

int trace_order_rows(struct stats *view, const struct stats *stats, enum trace_order order,
		     bool fold);
void trace_order_free(struct stats *view);

#endif /* IRQLAT_TRACE_ORDER_H */

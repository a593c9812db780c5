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

/* More are forgotten, the oldest first. */
#define TRACE_FOLD_MAX 64

/**
 * struct trace_folds - which interrupts are folded into one row
 * @all: all but @other; else only @other
 * @other: @n_other interrupts, in the order in which they were chosen
 */
struct trace_folds {
	bool all;
	size_t n_other;
	struct {
		int32_t irq;
		char name[STATS_NAME_BYTES];
	} other[TRACE_FOLD_MAX];
};

void trace_folds_all(struct trace_folds *folds);
void trace_folds_one(struct trace_folds *folds, int32_t irq, const char *name);

int trace_order_rows(struct stats *view, const struct stats *stats, enum trace_order order,
		     const struct trace_folds *folds);
void trace_order_free(struct stats *view);

#endif /* IRQLAT_TRACE_ORDER_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions on rows that somebody wants to hear about. */
#ifndef IRQTOP_ALERT_H
#define IRQTOP_ALERT_H

#include "base/why.h"
#include "view.h"

struct alert {
	char expression[128];
	char text[64]; /* rows that hold this; empty: all */
	enum field_id field;
	char op; /* '<', '>', 'l' for <=, 'g' for >= */
	double limit;
	unsigned int samples; /* in a row */
};

struct alerts {
	struct alert alert[TRACK_ALERTS];
	unsigned int count;
	bool fired; /* ever */
};

/*
 * `[TEXT:]COLUMN OP NUMBER[k|M|G|%] [for N]`: in each of N samples in a row. OP is
 * one of > < >= <=. 0 or -1.
 */
int alerts_add(struct alerts *alerts, const char *expression, struct why *why);

typedef void alert_fired(void *context, const struct alert *alert, const struct view_row *row,
			 double value);

/* Once per sample: calls `fired` for each row that reached N samples just now. */
void alerts_check(struct alerts *alerts, const struct view *view, alert_fired *fired,
		  void *context);

#endif

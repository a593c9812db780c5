/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --alert: conditions on rows that are reported. */
#ifndef IRQTOP_ALERT_H
#define IRQTOP_ALERT_H

#include "base/why.h"
#include "view.h"

struct alert {
	char expression[128];
	char text[64]; /* for rows with this text; empty: for all */
	enum field_id field;
	bool above, or_equal; /* '>' or '<', with '=' */
	double limit;
	unsigned int samples; /* in sequence for which it must hold */
};

struct alerts {
	struct alert alert[TRACK_ALERTS];
	unsigned int count;
	bool fired; /* at least once */
};

/*
 * Adds `[TEXT:]COLUMN OP NUMBER[k|M|G|%] [for N]`: it must hold in N samples in
 * sequence. OP is one of > < >= <=. 0 or -1.
 */
int alerts_add(struct alerts *alerts, const char *expression, struct why *why);

typedef void alert_fired(void *context, const struct alert *alert, const struct view_row *row,
			 double value);

/* Call it once per sample. Calls `fired` for each row whose Nth sample this is. */
void alerts_check(struct alerts *alerts, const struct view *view, alert_fired *fired,
		  void *context);

#endif

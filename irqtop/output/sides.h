/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two samples that --diff and --explain compare. */
#ifndef IRQTOP_SIDES_H
#define IRQTOP_SIDES_H

#include "irqtop/session/session.h"

enum side_clock {
	CLOCK_NONE,   /* when the copy was made is not known */
	CLOCK_UPTIME, /* a copied tree with /proc/uptime */
	CLOCK_RECORD, /* a recording's own */
};

/* One of the two samples. */
struct side {
	enum side_clock clock;
	uint64_t time_ns; /* since boot; 0: unknown */
	uint64_t boot_s;  /* since 1970; 0: unknown */
};

struct sides {
	struct side a, b;
	bool booted; /* the machine was booted between them: nothing can be subtracted */
};

/*
 * Loads both into the session's monitor, with their times where they can be compared, and
 * says that there was a boot between them. 0, or the exit status after a message.
 */
int sides_load(struct session *session, struct sides *sides);

#endif

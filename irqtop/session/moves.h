/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moves interrupts to other CPUs by a plan (plan.h): chooses them, writes their affinity,
 * keeps the kernel's answers, restores what was, and notices when something else writes.
 */
#ifndef IRQTOP_MOVES_H
#define IRQTOP_MOVES_H

#include "irqtop/view/plan.h"
#include "session.h"

#define MOVES_TEXT 160

/* The kernel's answer about one interrupt. */
struct moves_answer {
	bool tried; /* since the plan was made */
	int err;    /* of the last write, a negative errno value */
	bool moved; /* its affinity is ours to restore */
	bool have_reached;
	struct cpu_mask set, reached; /* read back: affinity, and the CPUs that the kernel chose */
	bool changed;		      /* by something else, to `seen` */
	struct cpu_mask seen;
};

struct moves {
	char what[MOVES_TEXT], where[MOVES_TEXT];
	struct plan_irq *irq;	     /* [n] */
	struct moves_answer *answer; /* [n] */
	size_t n, irq_room, answer_room;
	double *before, *after; /* [CPUS_MAX], by CPU: interrupts of the plan */
	bool rated;		/* they are per second; else since boot */
	bool applied;
};

/*
 * What became of the interrupts of a plan. Those that cannot be moved are counted as such
 * whether the kernel said so before or in its answer.
 */
struct moves_outcome {
	unsigned int there; /* where they were to go; before moves_apply(): will be */
	unsigned int managed, fixed, unknown;
	unsigned int refused; /* for another reason */
};

/* Which interrupts. One of these. */
struct moves_choice {
	const char *what;	     /* for people; NULL: the pattern */
	const char *pattern;	     /* "24-27", or words and /regex/ of a filter */
	const struct filter *filter; /* of the screen */
	const struct view_row *row;  /* an interrupt, or those of a device or driver */
};

/*
 * Chooses interrupts of the last sample and plans where they go, as plan_where_parse()
 * takes it. Totals since boot stand for rates where there was one sample only. 0 or -1.
 */
int moves_plan(struct session *session, struct moves *moves, const struct moves_choice *choice,
	       const char *where, struct why *why);

/* Writes the affinities. Returns how many the kernel refused. */
unsigned int moves_apply(struct moves *moves, int root);

/* Writes what was before, where moves_apply() moved it. Returns how many were refused. */
unsigned int moves_undo(struct moves *moves, int root);

/*
 * Reads the affinities again. Returns how many something else has changed since the
 * call before, and one of these in *which.
 */
unsigned int moves_watch(struct moves *moves, int root, size_t *which);

/* Whether irqbalance runs, which moves interrupts every ten seconds. */
bool moves_irqbalance(int root);

/* "1 moves", "is there", "managed by its driver", or the kernel's answer. */
void moves_answer_text(char text[MOVES_TEXT], const struct moves *moves, size_t i);

/* A list of CPUs, or their number when the list is longer than `width`. */
void moves_cpus_text(char text[64], const struct cpu_mask *cpus, unsigned int width);

/* "busiest CPU 1 with 20000/s, 3 CPUs, highest over mean 2.9" */
void moves_load_text(char text[MOVES_TEXT], const struct moves *moves, const double *cpu_hz);

/* What the interrupts of the plan do now, now_hz[CPUS_MAX]. false: there is no rate. */
bool moves_now(const struct session *session, const struct moves *moves, double *now_hz);

/* Who handles it in the last sample: untrusted bytes. NULL: it is gone. */
const char *moves_name(const struct session *session, uint32_t irq, size_t *len);

struct moves_outcome moves_outcome(const struct moves *moves);

/* "2 managed by the driver, 1 that cannot be moved"; empty if no interrupt stays. */
void moves_stay_text(char text[MOVES_TEXT], const struct moves_outcome *outcome);

/* How many are to move; by state. */
unsigned int moves_count(const struct moves *moves, enum plan_state state);

void moves_free(struct moves *moves);

#endif

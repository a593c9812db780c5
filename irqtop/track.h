/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a row from one sample to the next. */
#ifndef IRQTOP_TRACK_H
#define IRQTOP_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqtable.h"

#define TRACK_HISTORY 256	/* samples */
#define TRACK_TEXT 64
#define TRACK_ALERTS 8

/* Facts that fit a table cell; the opened row reads the whole. */
struct track_facts {
	bool known, have_spurious;
	int node;			/* -1: none or unknown */
	uint64_t spurious;		/* unhandled of the last 100,000 */
	char type[16];
	char affinity[TRACK_TEXT], effective[TRACK_TEXT];
};

/* Time in the handler, and from interrupt to the woken task (latency.h). */
struct track_time {
	bool known, have_p50, have_p99;
	uint64_t handlers, avg_ns;	/* last interval */
	double share;			/* of one CPU, last interval */
	uint64_t max_ns;		/* since the start, as all below */
	uint64_t tasks, p50_ns, p99_ns, task_max_ns;
};

struct track {
	uint64_t key;
	uint32_t generation;	/* of the last sample that had the row */
	uint32_t seen;		/* samples that had it */
	int32_t irq;
	uint32_t order;		/* place on the screen, for a frozen order */
	uint32_t next;		/* in its hash chain, or of the free list */
	uint32_t history_len, history_at;
	float max_hz;
	uint64_t verdict_of;	/* serial of the filter `wanted` answers */
	bool wanted;
	uint16_t streak[TRACK_ALERTS];	/* samples in a row above each alert */
	float history_hz[TRACK_HISTORY];	/* ring; negative: unknown */
	struct track_facts facts;
	struct track_time time;
	char device[32], driver[32];
	bool has_thread;
	double thread_cpu;	/* share of one CPU */
};

struct tracks {
	struct track **slot;	/* all, by number */
	uint32_t *bucket;
	uint32_t *row;		/* track of each row of the current table */
	uint32_t count, free_list, generation, nrows;
	size_t slot_room, bucket_room, row_room;
};

/*
 * Follows the rows of diff->cur: finds or creates a track for each (tracks->row),
 * notes its rate (`seconds` 0: unknown), and lets go of tracks whose rows are gone.
 * 0 or -ENOMEM.
 */
int tracks_follow(struct tracks *tracks, const struct irqtable_diff *diff,
		  double seconds);

static inline struct track *tracks_of_row(const struct tracks *tracks,
					  uint32_t row)
{
	return tracks->slot[tracks->row[row]];
}

/* Rate `back` samples ago, negative when unknown. */
float track_history(const struct track *track, uint32_t back);

void tracks_free(struct tracks *tracks);

#endif

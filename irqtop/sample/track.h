/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a row from one sample to the next. */
#ifndef IRQTOP_TRACK_H
#define IRQTOP_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqtop/tables/irqtable.h"

#define TRACK_HISTORY 256 /* samples */
#define TRACK_TEXT    64  /* lists of CPUs up to that need no room of their own */
#define TRACK_ALERTS  8

/* A list of CPUs, "0-3,8". */
struct track_list {
	char text[TRACK_TEXT];
	char *longer; /* where it is when it does not fit text */
	size_t len, room;
};

struct track_facts {
	bool known, have_spurious;
	int node;	   /* -1: none or unknown */
	uint64_t spurious; /* unhandled of the last 100,000 */
	char type[16];
	struct track_list affinity, effective;
};

/* Latencies since the start. */
struct track_latency {
	bool have_p50, have_p99;
	uint64_t n, p50_ns, p99_ns, max_ns;
};

/* Time in the handler, and from the interrupt on (latency.h). */
struct track_time {
	bool known;
	uint64_t handlers, avg_ns; /* last interval */
	double share;		   /* of one CPU, last interval */
	uint64_t max_ns;	   /* since the start */
	struct track_latency task; /* until the woken task runs */
	struct track_latency read; /* until its read() returns the interrupt */
};

struct track {
	uint64_t key;
	uint32_t generation; /* of the last sample that had the row */
	uint32_t seen;	     /* samples that had it */
	int32_t irq;
	uint32_t order; /* place on the screen, for a frozen order */
	uint32_t next;	/* in its hash chain, or of the free list */
	uint32_t history_len, history_at;
	bool rated; /* a rate was known once */
	float max_hz;
	uint64_t verdict_of; /* serial of the filter `wanted` answers */
	bool wanted;
	uint16_t streak[TRACK_ALERTS]; /* samples in a row above each alert */
	/* ring of TRACK_HISTORY, negative: unknown; NULL until there is something */
	float *history_hz;
	struct track_facts facts;
	struct track_time time;
	char device[32], driver[32];
	bool has_thread;
	double thread_cpu; /* share of one CPU */
};

struct tracks {
	struct track **slot; /* all, by number */
	uint32_t *bucket;
	uint32_t *row; /* track of each row of the current table */
	uint32_t count, free_list, generation, nrows;
	size_t slot_room, bucket_room, row_room;
	bool no_history; /* nobody will look at it: 1 KiB less for each row */
};

/*
 * Follows the rows of diff->cur: finds or creates a track for each (tracks->row),
 * notes its rate (`seconds` 0: unknown), and lets go of tracks whose rows are gone.
 * 0 or -ENOMEM.
 */
int tracks_follow(struct tracks *tracks, const struct irqtable_diff *diff, double seconds);

static inline struct track *tracks_of_row(const struct tracks *tracks, uint32_t row)
{
	return tracks->slot[tracks->row[row]];
}

/* Sets the list; NULL: there is none. */
void track_list_set(struct track_list *list, const struct cpu_mask *cpus);

static inline const char *track_list_text(const struct track_list *list)
{
	return list->len < sizeof(list->text) ? list->text : list->longer;
}

/* Rate `back` samples ago, negative when unknown. */
float track_history(const struct track *track, uint32_t back);

void tracks_free(struct tracks *tracks);

#endif

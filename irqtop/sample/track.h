/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a row from one sample to the next. */
#ifndef IRQTOP_TRACK_H
#define IRQTOP_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqtop/tables/irqtable.h"

#define TRACK_HISTORY 256 /* samples */
#define TRACK_TEXT    16  /* longer lists of CPUs are allocated */
#define TRACK_ALERTS  8
#define TRACK_QUIET   10 /* samples without a count that make a row idle */

/* A list of CPUs, "0-3,8". */
struct track_list {
	char text[TRACK_TEXT];
	char *longer; /* the list, when it does not fit text */
	size_t len, room;
};

struct track_facts {
	bool known, have_spurious;
	int node;	   /* -1: none or unknown */
	uint64_t spurious; /* unhandled among the last 100,000 */
	char type[16];
	struct track_list affinity, effective;
};

/* Times in fixed buckets, since the start: what is exported. */
#define TRACK_BUCKETS 17

struct track_buckets {
	uint64_t count[TRACK_BUCKETS + 1]; /* the last: longer than all limits */
	uint64_t sum_ns, n;
};

/* Upper limits of the buckets. */
extern const uint64_t track_bucket_ns[TRACK_BUCKETS];

void track_bucket_add(struct track_buckets *buckets, uint64_t ns);

/* Latencies since the start. */
struct track_latency {
	bool have_p50, have_p99;
	uint64_t n, p50_ns, p99_ns, max_ns;
};

/* Times of an interrupt (latency.h). */
struct track_time {
	bool known;		   /* in this sample */
	uint64_t handlers, avg_ns; /* in the handler, in the last interval */
	double share;		   /* of one CPU, in the last interval */
	uint64_t max_ns;	   /* in the handler, since the start */
	struct track_latency task; /* interrupt until the woken task runs */
	struct track_latency read; /* interrupt until a read() has returned it */
	struct track_buckets handler_buckets, task_buckets, read_buckets;
};

#define TRACK_CPU_NEVER UINT64_MAX

/* What a row counted on each CPU, in 64 bits (counted.h). */
struct track_cpus {
	uint64_t *count; /* [room], by CPU; TRACK_CPU_NEVER: nothing since boot */
	size_t room;
};

struct track {
	uint64_t key;
	uint32_t generation; /* of the last sample that had the row */
	uint32_t seen;	     /* samples that had it */
	int32_t irq;
	uint32_t order; /* place in the last view, for a frozen order */
	uint32_t next;	/* track in the hash chain, or in the free list */
	uint32_t history_len, history_at;
	bool rated;	/* a rate has been known */
	uint32_t quiet; /* samples in sequence without a count; at least TRACK_QUIET: idle */
	float max_hz;
	uint64_t matched_serial; /* filter that `matched` is the answer of */
	bool matched;
	uint16_t streak[TRACK_ALERTS]; /* samples in sequence for which each alert held */
	float *history_hz; /* ring of TRACK_HISTORY, negative: unknown; NULL while empty */
	struct track_facts facts;
	struct track_time *time;	      /* NULL: was never traced */
	const struct irqtable_device *device; /* in the collected devices; NULL: none */
	bool off_node;			      /* its CPUs are on another node than its device */
	bool has_thread;
	double thread_cpu;  /* share of one CPU */
	uint64_t thread_ns; /* CPU time of its threads, since they were started */
	bool fired;	    /* since boot, as far as was seen */
	uint64_t counted;   /* since the first sample (counted.h) */
	struct track_cpus cpus;
};

struct tracks {
	struct track **slot; /* [count], used and free ones */
	uint32_t *bucket;    /* hash table: first track of each chain */
	uint32_t *row;	     /* track of each row of the current table */
	uint32_t count, free_list, generation, nrows;
	size_t slot_room, bucket_room, row_room;
	bool no_history; /* saves 1 KiB per row where no history is shown */
};

/*
 * Finds or creates a track for each row of diff->cur (tracks->row), adds its rate to
 * the history (`seconds` 0: unknown), and frees the tracks of rows that are gone for
 * other rows. 0 or -ENOMEM.
 */
int tracks_follow(struct tracks *tracks, const struct irqtable_diff *diff, double seconds);

static inline struct track *tracks_of_row(const struct tracks *tracks, uint32_t row)
{
	return tracks->slot[tracks->row[row]];
}

/* Sets the list; NULL makes it empty. */
void track_list_set(struct track_list *list, const struct cpu_mask *cpus);

static inline const char *track_list_text(const struct track_list *list)
{
	return list->len < sizeof(list->text) ? list->text : list->longer;
}

/* Rate `back` samples ago; negative: unknown. */
float track_history(const struct track *track, uint32_t back);

void tracks_free(struct tracks *tracks);

#endif

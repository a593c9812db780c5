// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "track.h"

#define NONE UINT32_MAX

const uint64_t track_bucket_ns[TRACK_BUCKETS] = {
	1000,	 2500,	  5000,	   10000,    25000,    50000,	 100000,    250000,	500000,
	1000000, 2500000, 5000000, 10000000, 25000000, 50000000, 100000000, 1000000000,
};

void track_bucket_add(struct track_buckets *buckets, uint64_t ns)
{
	unsigned int i = 0;

	while (i < TRACK_BUCKETS && ns > track_bucket_ns[i])
		i++;
	buckets->count[i]++;
	buckets->sum_ns += ns;
	buckets->n++;
}

static uint32_t bucket_of(const struct tracks *tracks, uint64_t key)
{
	return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 24) &
	       (uint32_t)(tracks->bucket_room - 1);
}

static void rehash(struct tracks *tracks)
{
	uint32_t i, *at;

	memset(tracks->bucket, 0xff, tracks->bucket_room * sizeof(*tracks->bucket));
	for (i = 0; i < tracks->count; i++) {
		if (!tracks->slot[i]->generation)
			continue;
		at = &tracks->bucket[bucket_of(tracks, tracks->slot[i]->key)];
		tracks->slot[i]->next = *at;
		*at = i;
	}
}

static uint32_t track_find(const struct tracks *tracks, uint64_t key)
{
	uint32_t i = tracks->bucket[bucket_of(tracks, key)];

	/* A track of this generation belongs to another row with this key. */
	while (i != NONE &&
	       (tracks->slot[i]->key != key || tracks->slot[i]->generation == tracks->generation))
		i = tracks->slot[i]->next;
	return i;
}

/* Keeps the memory that the track has. */
static void track_clear(struct track *track)
{
	struct track_list affinity = track->facts.affinity;
	struct track_list effective = track->facts.effective;
	struct track_time *time = track->time;
	struct track_cpus cpus = track->cpus;
	float *history_hz = track->history_hz;

	memset(track, 0, sizeof(*track));
	track->history_hz = history_hz;
	track->time = time;
	track->cpus = cpus;
	if (cpus.room)
		memset(cpus.count, 0xff, cpus.room * sizeof(*cpus.count));
	if (time)
		memset(time, 0, sizeof(*time));
	track->facts.affinity = affinity;
	track->facts.effective = effective;
	track_list_set(&track->facts.affinity, NULL);
	track_list_set(&track->facts.effective, NULL);
}

static uint32_t track_new(struct tracks *tracks, uint64_t key, int32_t irq)
{
	uint32_t i = tracks->free_list, *at;
	struct track *track;

	if (tracks->count == 0 || i == NONE) {
		if (array_reserve(&tracks->slot, &tracks->slot_room, tracks->count + 1,
				  sizeof(struct track *)))
			return NONE;
		track = calloc(1, sizeof(*track));
		if (!track)
			return NONE;
		i = tracks->count++;
		tracks->slot[i] = track;
		tracks->free_list = NONE;
	} else {
		track = tracks->slot[i];
		tracks->free_list = track->next;
		track_clear(track);
	}
	track->key = key;
	track->irq = irq;
	track->order = NONE;
	track->facts.node = -1;
	at = &tracks->bucket[bucket_of(tracks, key)];
	track->next = *at;
	*at = i;
	return i;
}

/* A row that has counted nothing yet is idle at once; one that did, after some samples. */
static void quiet_count(struct track *track, const struct irqtable_delta *delta)
{
	if (delta->state == IRQTABLE_FIRST)
		track->quiet = delta->total ? 0 : TRACK_QUIET;
	else if (delta->state == IRQTABLE_RESET || delta->delta)
		track->quiet = 0;
	else if (!(track->max_hz > 0))
		track->quiet = TRACK_QUIET;
	else if (track->quiet < TRACK_QUIET)
		track->quiet++;
}

static int rate_add(const struct tracks *tracks, struct track *track,
		    const struct irqtable_delta *delta, double seconds)
{
	float rate = -1;

	if (delta->state == IRQTABLE_COUNTED && seconds > 0) {
		rate = (float)((double)delta->delta / seconds);
		if (rate > track->max_hz)
			track->max_hz = rate;
		track->rated = true;
	}
	/* The history starts with the first rate, that of the second sample. */
	if (!track->rated || tracks->no_history)
		return 0;
	if (!track->history_hz)
		track->history_hz = malloc(TRACK_HISTORY * sizeof(*track->history_hz));
	if (!track->history_hz)
		return -ENOMEM;
	track->history_hz[track->history_at] = rate;
	track->history_at = (track->history_at + 1) % TRACK_HISTORY;
	if (track->history_len < TRACK_HISTORY)
		track->history_len++;
	return 0;
}

static void tracks_drop_gone(struct tracks *tracks)
{
	bool dropped = false;
	uint32_t i;

	for (i = 0; i < tracks->count; i++) {
		struct track *track = tracks->slot[i];

		if (!track->generation || track->generation == tracks->generation)
			continue;
		track->generation = 0;
		dropped = true;
	}
	if (!dropped)
		return;
	rehash(tracks);
	tracks->free_list = NONE;
	for (i = 0; i < tracks->count; i++) {
		if (tracks->slot[i]->generation)
			continue;
		tracks->slot[i]->next = tracks->free_list;
		tracks->free_list = i;
	}
}

int tracks_follow(struct tracks *tracks, const struct irqtable_diff *diff, double seconds)
{
	const struct irqtable *cur = diff->cur;
	size_t had = tracks->bucket_room;
	uint32_t r, i;

	if (array_reserve(&tracks->row, &tracks->row_room, cur->nrows, sizeof(*tracks->row)) ||
	    array_reserve(&tracks->bucket, &tracks->bucket_room, cur->nrows,
			  sizeof(*tracks->bucket)))
		return -ENOMEM;
	if (had != tracks->bucket_room)
		rehash(tracks);
	if (!tracks->count)
		tracks->free_list = NONE;
	tracks->generation++;
	for (r = 0; r < cur->nrows; r++) {
		if (!diff->same_rows || r >= tracks->nrows) {
			i = track_find(tracks, cur->row[r].key);
			if (i == NONE)
				i = track_new(tracks, cur->row[r].key, cur->row[r].irq);
			if (i == NONE)
				return -ENOMEM;
			tracks->row[r] = i;
		}
		tracks->slot[tracks->row[r]]->generation = tracks->generation;
		tracks->slot[tracks->row[r]]->seen++;
		quiet_count(tracks->slot[tracks->row[r]], &diff->row[r]);
		if (rate_add(tracks, tracks->slot[tracks->row[r]], &diff->row[r], seconds))
			return -ENOMEM;
	}
	tracks->nrows = cur->nrows;
	if (!diff->same_rows)
		tracks_drop_gone(tracks);
	return 0;
}

void track_list_set(struct track_list *list, const struct cpu_mask *cpus)
{
	list->len = 0;
	list->text[0] = '\0';
	if (!cpus)
		return;
	list->len = cpu_mask_format(cpus, list->text, sizeof(list->text));
	if (list->len < sizeof(list->text))
		return;
	/* Without memory the list is empty: a part of it would be wrong. */
	if (array_reserve(&list->longer, &list->room, list->len + 1, 1)) {
		track_list_set(list, NULL);
		return;
	}
	cpu_mask_format(cpus, list->longer, list->room);
}

float track_history(const struct track *track, uint32_t back)
{
	if (back >= track->history_len)
		return -1;
	return track->history_hz[(track->history_at + TRACK_HISTORY - 1 - back) % TRACK_HISTORY];
}

void tracks_free(struct tracks *tracks)
{
	uint32_t i;

	for (i = 0; i < tracks->count; i++) {
		free(tracks->slot[i]->history_hz);
		free(tracks->slot[i]->time);
		free(tracks->slot[i]->cpus.count);
		free(tracks->slot[i]->facts.affinity.longer);
		free(tracks->slot[i]->facts.effective.longer);
		free(tracks->slot[i]);
	}
	free(tracks->slot);
	free(tracks->bucket);
	free(tracks->row);
	memset(tracks, 0, sizeof(*tracks));
}

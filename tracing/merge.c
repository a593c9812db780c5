// SPDX-License-Identifier: GPL-2.0-or-later
#include "merge.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct merge_stream - one CPU: all that an event needs, in one cache line
 * @cursor: in the current sub-buffer
 * @next: the record after the last one passed on
 * @last_ts: time of the last record passed on
 */
struct merge_stream {
	struct subbuf_cursor cursor;
	struct trace_record next;
	uint64_t last_ts;
} __attribute__((aligned(64)));

/* Key of a stream without a next record; greater than all others. */
#define KEY_IDLE UINT64_MAX

/**
 * struct merge - a tournament tree
 * @tree: keys. Node 1 is the winner; the four children of node i begin at 4i, in one
 *	cache line; the leaves begin at @n_leaves and are the streams. A new key climbs
 *	a path that is known in advance. The least of its three siblings does not
 *	depend on it, so each level adds one comparison to the chain of dependencies.
 * @n_leaves: a power of four
 * @cpu_bits: low bits of a key, which are the CPU; the other bits are the time since
 *	@base. Of equal times the lower CPU wins.
 * @base: time that is 0 in the keys, in units of the trace clock
 * @loss: events missing before the next record of each stream, 0 for none
 * @n_losses: streams where it is not 0
 */
struct merge {
	struct subbuf_layout layout;
	const struct event_catalog *catalog;
	struct page_reader reader;
	struct merge_counts counts;
	unsigned int n_cpus;
	unsigned int cpu_bits;
	size_t n_leaves;
	size_t n_losses;
	uint64_t base;
	uint64_t *tree;
	struct merge_stream *streams;
	uint64_t *loss;
};

/**
 * merge_new - prepare to read a recording
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @layout: of the sub-buffers, copied
 * @catalog: has the types whose records are passed on; must outlive the merge
 * @reader: copied
 *
 * Returns NULL with errno set when memory runs out.
 */
struct merge *merge_new(unsigned int n_cpus, const struct subbuf_layout *layout,
			const struct event_catalog *catalog, const struct page_reader *reader)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->layout = *layout;
	m->catalog = catalog;
	m->reader = *reader;
	m->n_cpus = n_cpus;
	m->n_leaves = 1;
	while (m->n_leaves < n_cpus || m->n_leaves < 4) {
		m->n_leaves *= 4;
		m->cpu_bits += 2;
	}
	m->tree = aligned_alloc(64, 2 * m->n_leaves * sizeof(*m->tree));
	m->streams = aligned_alloc(64, (n_cpus + 1) * sizeof(*m->streams));
	m->loss = calloc(n_cpus + 1, sizeof(*m->loss));
	if (!m->tree || !m->streams || !m->loss) {
		merge_free(m);
		return NULL;
	}
	memset(m->streams, 0, (n_cpus + 1) * sizeof(*m->streams));
	for (size_t i = 0; i < 2 * m->n_leaves; i++)
		m->tree[i] = KEY_IDLE;
	return m;
}

/* NULL is fine. */
void merge_free(struct merge *m)
{
	if (!m)
		return;
	free(m->tree);
	free(m->streams);
	free(m->loss);
	free(m);
}

const struct merge_counts *merge_counts(const struct merge *m)
{
	return &m->counts;
}

/* Greatest time since the base that a key can hold; later ones are cut to it. */
static inline uint64_t farthest(const struct merge *m)
{
	return (UINT64_MAX >> m->cpu_bits) - 1;
}

static inline uint64_t key_of(const struct merge *m, unsigned int cpu, uint64_t ts)
{
	uint64_t since = ts - m->base;

	if (__builtin_expect(since > farthest(m), 0))
		since = farthest(m);
	return since << m->cpu_bits | cpu;
}

static inline uint64_t least(uint64_t a, uint64_t b)
{
	return b < a ? b : a;
}

static inline void tree_set(struct merge *m, unsigned int cpu, uint64_t key)
{
	uint64_t *tree = m->tree;
	size_t i = m->n_leaves + cpu;

	tree[i] = key;
	while (i > 1) {
		key = least(key, least(least(tree[i ^ 1], tree[i ^ 2]), tree[i ^ 3]));
		i /= 4;
		tree[i] = key;
	}
}

/*
 * Compute the keys again, from a base before @ts: later records may be older than it,
 * though not by much. Rare: at the beginning, and when time jumps by months.
 */
static void rebase(struct merge *m, uint64_t ts)
{
	uint64_t before = farthest(m) / 4;

	m->base = ts > before ? ts - before : 0;
	for (unsigned int cpu = 0; cpu < m->n_cpus; cpu++) {
		uint64_t key = m->tree[m->n_leaves + cpu];

		if (key != KEY_IDLE)
			tree_set(m, cpu, key_of(m, cpu, m->streams[cpu].next.ts));
	}
}

/* The least time of all is too far from the base for a key. */
static void rebase_far(struct merge *m)
{
	uint64_t ts = UINT64_MAX;

	for (unsigned int cpu = 0; cpu < m->n_cpus; cpu++) {
		if (m->tree[m->n_leaves + cpu] != KEY_IDLE)
			ts = least(ts, m->streams[cpu].next.ts);
	}
	rebase(m, ts);
}

static void add_loss(struct merge *m, unsigned int cpu, uint64_t lost,
		     const struct merge_sink *sink)
{
	uint64_t *loss = &m->loss[cpu];

	if (lost == SUBBUF_MISSED_UNKNOWN)
		m->counts.lost_unknown++;
	else
		m->counts.lost += lost;
	if (!*loss) {
		m->n_losses++;
		sink->loss(sink->ctx, cpu, m->streams[cpu].last_ts, lost, true);
	}
	if (lost == SUBBUF_MISSED_UNKNOWN || *loss == SUBBUF_MISSED_UNKNOWN)
		*loss = SUBBUF_MISSED_UNKNOWN;
	else
		*loss += lost;
}

static void end_loss(struct merge *m, unsigned int cpu, const struct merge_sink *sink)
{
	sink->loss(sink->ctx, cpu, m->streams[cpu].next.ts, m->loss[cpu], false);
	m->loss[cpu] = 0;
	m->n_losses--;
}

/* Next record of the current sub-buffer: 1, 0 at its end, -1 when corrupt. */
__attribute__((always_inline)) static inline int stream_next(struct merge *m,
							     struct merge_stream *s)
{
	int got;

	while ((got = subbuf_next(&s->cursor, &s->next)) > 0) {
		m->counts.records++;
		if (__builtin_expect(event_type(m->catalog, &s->next) != NULL, 1))
			break;
		m->counts.other++;
	}
	/* With hundreds of streams the processor does not prefetch by itself. NULL at first. */
	__builtin_prefetch((const void *)((uintptr_t)s->cursor.p + 64));
	return got;
}

/*
 * Get the next record from the sub-buffers that follow. Returns 1, 0 when there is
 * none now, -1 on an error.
 */
static int stream_refill(struct merge *m, unsigned int cpu, int got, const struct merge_sink *sink)
{
	struct merge_stream *s = &m->streams[cpu];
	const uint8_t *page;
	uint64_t missed;
	ssize_t bytes;

	do {
		if (got < 0) {
			m->counts.corrupt++;
			add_loss(m, cpu, SUBBUF_MISSED_UNKNOWN, sink);
		}
		bytes = m->reader.read(m->reader.ctx, cpu, &page);
		if (bytes <= 0)
			return (int)bytes;
		if (subbuf_open(&s->cursor, &m->layout, page, (size_t)bytes, &missed)) {
			m->counts.corrupt++;
			missed = SUBBUF_MISSED_UNKNOWN;
		}
		if (missed)
			add_loss(m, cpu, missed, sink);
		got = stream_next(m, s);
	} while (got <= 0);
	return 1;
}

static inline int stream_advance(struct merge *m, unsigned int cpu, const struct merge_sink *sink)
{
	struct merge_stream *s = &m->streams[cpu];
	int got = stream_next(m, s);

	if (__builtin_expect(got <= 0, 0)) {
		got = stream_refill(m, cpu, got, sink);
		if (got <= 0) {
			tree_set(m, cpu, KEY_IDLE);
			return got;
		}
	}
	if (__builtin_expect(s->next.ts < m->base, 0))
		rebase(m, s->next.ts);
	tree_set(m, cpu, key_of(m, cpu, s->next.ts));
	return 1;
}

static int wake_idle_streams(struct merge *m, const struct merge_sink *sink)
{
	for (unsigned int cpu = 0; cpu < m->n_cpus; cpu++) {
		if (m->tree[m->n_leaves + cpu] == KEY_IDLE && stream_advance(m, cpu, sink) < 0)
			return -1;
	}
	return 0;
}

/**
 * merge_run - pass on all records up to a time
 * @m: merge
 * @until_ts: in units of the trace clock. Live: a time that had passed on every CPU
 *	before the call. Of a finished recording: UINT64_MAX.
 * @sink: gets the records
 *
 * Returns 0, or -1 with errno set when the reader failed.
 */
int merge_run(struct merge *m, uint64_t until_ts, const struct merge_sink *sink)
{
	uint64_t key;

	if (wake_idle_streams(m, sink))
		return -1;
	while ((key = m->tree[1]) != KEY_IDLE) {
		unsigned int cpu = (unsigned int)key & ((1u << m->cpu_bits) - 1);
		struct merge_stream *s = &m->streams[cpu];

		if (__builtin_expect(key >> m->cpu_bits == farthest(m), 0)) {
			rebase_far(m);
			cpu = (unsigned int)m->tree[1] & ((1u << m->cpu_bits) - 1);
			s = &m->streams[cpu];
		}
		if (s->next.ts > until_ts)
			break;
		if (__builtin_expect(m->n_losses, 0) && m->loss[cpu])
			end_loss(m, cpu, sink);
		m->counts.backwards += s->next.ts < s->last_ts;
		s->last_ts = s->next.ts;
		sink->record(sink->ctx, cpu, &s->next);
		if (stream_advance(m, cpu, sink) < 0)
			return -1;
	}
	return 0;
}

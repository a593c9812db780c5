// SPDX-License-Identifier: GPL-2.0-or-later
#include "merge.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct stream - one CPU; one cache line, all that an event needs of it
 * @cursor: in the current sub-buffer
 * @next: the record after the last one passed on
 * @last_ts: time of the last record passed on
 */
struct stream {
	struct subbuf_cursor cursor;
	struct record next;
	uint64_t last_ts;
} __attribute__((aligned(64)));

/* In a node of the tree: the stream whose next record is due first. */
struct entry {
	uint64_t ts;
	uint32_t cpu;
};

/* Key of a stream without a next record: after all others. */
#define TS_IDLE	(UINT64_MAX - 1)

/**
 * struct merge - the tree of a tournament
 * @tree: node 1 is the winner, children of i are 2i and 2i + 1, leaves are the
 *	streams from @n_leaves on. A new key climbs a path that is known before
 *	any comparison, so its loads do not wait for one another.
 * @n_leaves: a power of two
 * @loss: events missing before the next record of each stream, 0 for none
 * @n_losses: streams where it is not 0
 */
struct merge {
	struct subbuf_layout layout;
	const struct event_catalog *catalog;
	struct page_source source;
	struct merge_counts counts;
	unsigned int n_cpus;
	size_t n_leaves;
	size_t n_losses;
	struct entry *tree;
	struct stream *streams;
	uint64_t *loss;
};

/**
 * merge_new - get ready to read a recording
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @layout: of the sub-buffers, copied
 * @catalog: types that are passed on; must outlive the merge
 * @source: copied
 *
 * Returns NULL with errno set when memory runs out.
 */
struct merge *merge_new(unsigned int n_cpus, const struct subbuf_layout *layout,
			const struct event_catalog *catalog,
			const struct page_source *source)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->layout = *layout;
	m->catalog = catalog;
	m->source = *source;
	m->n_cpus = n_cpus;
	m->n_leaves = 1;
	while (m->n_leaves < n_cpus)
		m->n_leaves *= 2;
	m->tree = malloc(2 * m->n_leaves * sizeof(*m->tree));
	m->streams = aligned_alloc(64, (n_cpus + 1) * sizeof(*m->streams));
	m->loss = calloc(n_cpus + 1, sizeof(*m->loss));
	if (!m->tree || !m->streams || !m->loss) {
		merge_free(m);
		return NULL;
	}
	memset(m->streams, 0, (n_cpus + 1) * sizeof(*m->streams));
	for (size_t i = 0; i < 2 * m->n_leaves; i++)
		m->tree[i] = (struct entry){ TS_IDLE, 0 };
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

/* The stream's next record is due at @ts. Of equal times the lower CPU wins. */
static inline void tree_set(struct merge *m, unsigned int cpu, uint64_t ts)
{
	struct entry *tree = m->tree;
	size_t i = m->n_leaves + cpu;
	struct entry winner = { ts, cpu };

	tree[i] = winner;
	while (i > 1) {
		struct entry other = tree[i ^ 1];
		/* The right one of two loses a tie. */
		bool lost = other.ts < winner.ts + (i & 1);

		winner.ts = lost ? other.ts : winner.ts;
		winner.cpu = lost ? other.cpu : winner.cpu;
		i /= 2;
		tree[i] = winner;
	}
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

static void end_loss(struct merge *m, unsigned int cpu,
		     const struct merge_sink *sink)
{
	sink->loss(sink->ctx, cpu, m->streams[cpu].next.ts, m->loss[cpu], false);
	m->loss[cpu] = 0;
	m->n_losses--;
}

/* Next record of the current sub-buffer: 1, 0 at its end, -1 when corrupt. */
__attribute__((always_inline))
static inline int stream_next(struct merge *m, struct stream *s)
{
	int got;

	while ((got = subbuf_next(&s->cursor, &s->next)) > 0) {
		m->counts.records++;
		if (__builtin_expect(event_type(m->catalog, &s->next) != NULL, 1))
			break;
		m->counts.other++;
	}
	/* With hundreds of CPUs no processor fetches ahead for each of them. */
	__builtin_prefetch(s->cursor.p + 64);
	return got;
}

/*
 * Sets the next record from the sub-buffers that follow. Returns 1, 0 when
 * there is none now, -1 on an error.
 */
static int stream_refill(struct merge *m, unsigned int cpu, int got,
			 const struct merge_sink *sink)
{
	struct stream *s = &m->streams[cpu];
	const uint8_t *page;
	uint64_t missed;
	ssize_t bytes;

	do {
		if (got < 0) {
			m->counts.corrupt++;
			add_loss(m, cpu, SUBBUF_MISSED_UNKNOWN, sink);
		}
		bytes = m->source.page(m->source.ctx, cpu, &page);
		if (bytes <= 0)
			return (int)bytes;
		m->counts.pages++;
		if (subbuf_open(&s->cursor, &m->layout, page, (size_t)bytes,
				&missed)) {
			m->counts.corrupt++;
			missed = SUBBUF_MISSED_UNKNOWN;
		}
		if (missed)
			add_loss(m, cpu, missed, sink);
		got = stream_next(m, s);
	} while (got <= 0);
	return 1;
}

static inline int stream_advance(struct merge *m, unsigned int cpu,
				 const struct merge_sink *sink)
{
	struct stream *s = &m->streams[cpu];
	int got = stream_next(m, s);

	if (__builtin_expect(got <= 0, 0))
		got = stream_refill(m, cpu, got, sink);
	/* A time that cannot be is a corrupt one; it still has its turn. */
	tree_set(m, cpu, got <= 0 ? TS_IDLE :
		 s->next.ts < TS_IDLE ? s->next.ts : TS_IDLE - 1);
	return got;
}

static int wake_idle_streams(struct merge *m, const struct merge_sink *sink)
{
	for (unsigned int cpu = 0; cpu < m->n_cpus; cpu++) {
		if (m->tree[m->n_leaves + cpu].ts == TS_IDLE &&
		    stream_advance(m, cpu, sink) < 0)
			return -1;
	}
	return 0;
}

/**
 * merge_run - pass on all records up to a time
 * @m: merge
 * @until_ts: in units of the trace clock. Of a live recording, a time that had
 *	passed on every CPU before the call; UINT64_MAX for a finished one.
 * @sink: gets them
 *
 * Returns 0, or -1 with errno set when the source failed.
 */
int merge_run(struct merge *m, uint64_t until_ts, const struct merge_sink *sink)
{
	if (until_ts >= TS_IDLE)
		until_ts = TS_IDLE - 1;
	if (wake_idle_streams(m, sink))
		return -1;
	while (m->tree[1].ts <= until_ts) {
		unsigned int cpu = m->tree[1].cpu;
		struct stream *s = &m->streams[cpu];

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

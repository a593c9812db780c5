// SPDX-License-Identifier: GPL-2.0-or-later
#include "merge.h"

#include <stdlib.h>

/**
 * struct stream - one CPU
 * @cursor: in the current sub-buffer
 * @next: the record after the last one passed on
 * @loss: events missing before @next, 0 for none
 * @last_ts: time of the last record passed on
 * @queued: @next is in the heap
 */
struct stream {
	struct subbuf_cursor cursor;
	struct record next;
	uint64_t loss;
	uint64_t last_ts;
	bool queued;
};

/* @ts is that of streams[@cpu].next: the heap stays in few cache lines. */
struct entry {
	uint64_t ts;
	uint32_t cpu;
};

struct merge {
	struct subbuf_layout layout;
	const struct event_catalog *catalog;
	struct page_source source;
	struct merge_counts counts;
	unsigned int n_cpus;
	size_t n_heap;
	struct entry *heap;
	struct stream *streams;
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
	m->heap = calloc(n_cpus + 1, sizeof(*m->heap));
	m->streams = calloc(n_cpus + 1, sizeof(*m->streams));
	if (!m->heap || !m->streams) {
		merge_free(m);
		return NULL;
	}
	return m;
}

/* NULL is fine. */
void merge_free(struct merge *m)
{
	if (!m)
		return;
	free(m->heap);
	free(m->streams);
	free(m);
}

const struct merge_counts *merge_counts(const struct merge *m)
{
	return &m->counts;
}

static inline bool entry_before(const struct entry *a, const struct entry *b)
{
	return a->ts < b->ts || (a->ts == b->ts && a->cpu < b->cpu);
}

static void heap_down(struct merge *m, size_t i)
{
	struct entry moving = m->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= m->n_heap)
			break;
		if (child + 1 < m->n_heap &&
		    entry_before(&m->heap[child + 1], &m->heap[child]))
			child++;
		if (!entry_before(&m->heap[child], &moving))
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = moving;
}

static void heap_push(struct merge *m, struct entry e)
{
	size_t i = m->n_heap++;

	while (i) {
		size_t parent = (i - 1) / 2;

		if (!entry_before(&e, &m->heap[parent]))
			break;
		m->heap[i] = m->heap[parent];
		i = parent;
	}
	m->heap[i] = e;
}

static void add_loss(struct merge *m, unsigned int cpu, uint64_t lost,
		     const struct merge_sink *sink)
{
	struct stream *s = &m->streams[cpu];

	if (lost == SUBBUF_MISSED_UNKNOWN)
		m->counts.lost_unknown++;
	else
		m->counts.lost += lost;
	if (!s->loss)
		sink->loss(sink->ctx, cpu, s->last_ts, lost, true);
	if (lost == SUBBUF_MISSED_UNKNOWN || s->loss == SUBBUF_MISSED_UNKNOWN)
		s->loss = SUBBUF_MISSED_UNKNOWN;
	else
		s->loss += lost;
}

/* Sets the next record. Returns 1, 0 when there is none now, -1 on an error. */
static int stream_advance(struct merge *m, unsigned int cpu,
			  const struct merge_sink *sink)
{
	struct stream *s = &m->streams[cpu];

	for (;;) {
		const uint8_t *page;
		uint64_t missed;
		ssize_t bytes;
		int got;

		while ((got = subbuf_next(&s->cursor, &s->next)) > 0) {
			m->counts.records++;
			if (event_type(m->catalog, &s->next))
				return 1;
			m->counts.other++;
		}
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
	}
}

static int wake_idle_streams(struct merge *m, const struct merge_sink *sink)
{
	for (unsigned int cpu = 0; cpu < m->n_cpus; cpu++) {
		struct stream *s = &m->streams[cpu];
		int got;

		if (s->queued)
			continue;
		got = stream_advance(m, cpu, sink);
		if (got < 0)
			return -1;
		if (got) {
			s->queued = true;
			heap_push(m, (struct entry){ s->next.ts, cpu });
		}
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
	if (wake_idle_streams(m, sink))
		return -1;
	while (m->n_heap && m->heap[0].ts <= until_ts) {
		unsigned int cpu = m->heap[0].cpu;
		struct stream *s = &m->streams[cpu];
		int got;

		if (s->loss) {
			sink->loss(sink->ctx, cpu, s->next.ts, s->loss, false);
			s->loss = 0;
		}
		if (s->next.ts < s->last_ts)
			m->counts.backwards++;
		s->last_ts = s->next.ts;
		sink->record(sink->ctx, cpu, &s->next);

		got = stream_advance(m, cpu, sink);
		if (got > 0) {
			m->heap[0].ts = s->next.ts;
		} else {
			s->queued = false;
			m->heap[0] = m->heap[--m->n_heap];
			if (got < 0)
				return -1;
		}
		heap_down(m, 0);
	}
	return 0;
}

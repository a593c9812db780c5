/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle - lists what the iterator of libtracefs and tracing/merge.c see, to compare
 * them: time, CPU, type and first bytes of each event, and the losses
 */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/faketrace.h"
#include "tracing/merge.h"

struct seen {
	uint64_t ts;
	uint32_t cpu;
	uint32_t id;
	uint64_t sum;
};

struct list {
	struct seen *at;
	size_t n;
	size_t n_alloc;
	uint64_t losses;
	uint64_t lost;
};

static inline void list_add(struct list *list, uint64_t ts, int cpu, const void *data)
{
	const uint8_t *d = data;
	struct seen *s;
	uint64_t sum = 0;

	if (list->n == list->n_alloc) {
		list->n_alloc = list->n_alloc ? 2 * list->n_alloc : 1024;
		list->at = realloc(list->at, list->n_alloc * sizeof(*list->at));
		assert_non_null(list->at);
	}
	for (int i = 0; i < 12; i++)
		sum = sum * 31 + d[i];
	s = &list->at[list->n++];
	*s = (struct seen){ ts, (uint32_t)cpu, d[0] | d[1] << 8, sum };
}

static inline int oracle_event(struct tep_event *event, struct tep_record *record, int cpu,
			       void *ctx)
{
	struct list *list = ctx;

	(void)event;
	if (record->missed_events) {
		list->losses++;
		if (record->missed_events > 0)
			list->lost += (uint64_t)record->missed_events;
	}
	list_add(list, record->ts, cpu, record->data);
	return 0;
}

static inline void our_record(void *ctx, unsigned int cpu, const struct trace_record *r)
{
	list_add(ctx, r->ts, (int)cpu, r->data);
}

static inline void our_loss(void *ctx, unsigned int cpu, uint64_t ts, uint64_t lost, bool begin)
{
	struct list *list = ctx;

	(void)cpu;
	(void)ts;
	if (!begin) {
		list->losses++;
		if (lost != SUBBUF_MISSED_UNKNOWN)
			list->lost += lost;
	}
}

#endif /* TESTS_UNIT_ORACLE_H */

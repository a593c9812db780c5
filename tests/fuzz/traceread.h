/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a recording with the whole engine, for the fuzz targets damage and trace. */
#ifndef TESTS_FUZZ_TRACEREAD_H
#define TESTS_FUZZ_TRACEREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracing/culprit.h"
#include "tracing/datfile.h"
#include "tracing/engine.h"
#include "tracing/hlog.h"
#include "tracing/stats.h"

/* What is written goes here. */
static FILE *null;

struct fuzz {
	struct stats stats;
	const struct timeline *timeline;
};

static inline void on_sample(void *ctx, const struct chain_sample *s)
{
	struct fuzz *f = ctx;
	struct culprit culprit;
	uint64_t sum = 0;

	for (int i = 0; i < CHAIN_STAGE_PARTS; i++)
		sum += s->ns[i];
	if (sum != s->end_ns - s->start_ns)
		abort();
	/* The parts of each stage add up to it, too. */
	culprit_find(&culprit, s, f->timeline);
	for (int i = 0; i < CHAIN_STAGE_PARTS; i++) {
		sum = 0;
		for (size_t k = 0; k < culprit.n_parts; k++)
			sum += culprit.parts[k].ns[i];
		if (sum != s->ns[i])
			abort();
	}
}

static inline void check(const struct stats *stats)
{
	for (size_t i = 0; i < stats->n_rows; i++) {
		uint64_t sum = 0;

		for (int o = 0; o < OUTCOMES; o++)
			sum += stats->rows[i]->outcomes[o];
		if (sum != stats->rows[i]->seen)
			abort();
	}
}

static inline void read_pages(const struct event_catalog *catalog,
			      const struct subbuf_layout *layout, unsigned int n_cpus,
			      const struct page_reader *reader, struct fuzz *f)
{
	const struct stats_filter everything = { 0 };
	struct engine_config config = {
		.n_cpus = n_cpus,
		.layout = *layout,
		.catalog = catalog,
		.reader = *reader,
	};
	struct engine *engine;

	memset(f, 0, sizeof(*f));
	if (stats_init(&f->stats, catalog, &everything))
		abort();
	f->stats.on_sample = on_sample;
	f->stats.on_ctx = f;
	config.sink = stats_sink(&f->stats);
	config.with_timeline = true;
	engine = engine_new(&config);
	if (!engine)
		abort();
	f->timeline = engine_timeline(engine);
	engine_run(engine, UINT64_MAX);
	engine_finish(engine);
	check(&f->stats);
	engine_free(engine);
}

static inline void done(struct fuzz *f)
{
	for (size_t i = 0; i < f->stats.n_rows; i++) {
		const struct hist *h = f->stats.rows[i]->hist[CHAIN_END_USER][CHAIN_STAGE_TOTAL];

		if (h)
			hlog_row(null, "tag", 0, 1, h);
	}
	stats_free(&f->stats);
}

static inline void read_file(const char *path)
{
	struct why why;
	struct datfile *dat = datfile_open(path, NULL, &why);
	struct page_reader reader;
	struct fuzz f;

	if (!dat) {
		if (!why.text[0])
			abort();
		return;
	}
	reader = datfile_reader(dat);
	read_pages(datfile_catalog(dat), datfile_layout(dat), datfile_n_cpus(dat), &reader, &f);
	done(&f);
	datfile_close(dat);
}

#endif /* TESTS_FUZZ_TRACEREAD_H */

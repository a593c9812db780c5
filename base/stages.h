/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stages - the names of the stages that irqlat bench and irqlat trace measure
 *
 * Every program and message that shows, reads or compares stages takes their
 * names from these two tables. The names are part of the schema irqlat/1.
 */
#ifndef BASE_STAGES_H
#define BASE_STAGES_H

#include <stdbool.h>
#include <stddef.h>

/* Stages of irqlat bench, in the order of its results: indices of bench_stages. */
enum bench_stage {
	BENCH_STAGE_TOTAL,
	BENCH_STAGE_TO_HANDLER,
	BENCH_STAGE_TO_USER,
	BENCH_STAGE_KEPT, /* self-timed ways: the total without missed periods */
	/* User level interrupts, by the path that they took to the handler; see uli(3). */
	BENCH_STAGE_TOTAL_DIRECT,
	BENCH_STAGE_TO_USER_DIRECT,
	BENCH_STAGE_TOTAL_RETURN,
	BENCH_STAGE_TO_USER_RETURN,
	BENCH_STAGE_TOTAL_WAKE,
	BENCH_STAGE_TO_USER_WAKE,
	BENCH_STAGE_TOTAL_REPEAT,
	BENCH_STAGE_TO_USER_REPEAT,
	BENCH_STAGES
};

/* Stages of irqlat trace, in the order in which a chain passes through them. */
enum chain_stage {
	CHAIN_STAGE_HANDLER,
	CHAIN_STAGE_SOFTIRQ_WAIT,
	CHAIN_STAGE_SOFTIRQ,
	CHAIN_STAGE_THREAD_WAKE,
	CHAIN_STAGE_THREAD_QUEUE,
	CHAIN_STAGE_THREAD,
	CHAIN_STAGE_WORK_WAIT,
	CHAIN_STAGE_WORK,
	/* Tasks that were woken on the way, and woke the next one; all of them together. */
	CHAIN_STAGE_HOP_WAKE,
	CHAIN_STAGE_HOP_QUEUE,
	CHAIN_STAGE_HOP,
	CHAIN_STAGE_WAKE,
	CHAIN_STAGE_QUEUE,
	CHAIN_STAGE_READ,
	CHAIN_STAGE_EXIT,
	CHAIN_STAGE_PARTS, /* those above add up to the total */
	CHAIN_STAGE_TOTAL = CHAIN_STAGE_PARTS,
	CHAIN_STAGE_IRQ,
	CHAIN_STAGE_MODULE,
	CHAIN_STAGES
};

/**
 * struct stage_info - one stage
 * @name: in JSON and on the command line
 * @title: for people: from where to where
 * @meaning: of chain_stages, for people who do not know the kernel's words: a sentence
 * @column: heading of a table's column; NULL: @name
 * @part: the parts of one interrupt add up to its total
 * @path: only samples that took this path ("direct"), or only the periods that
 *	were not missed ("kept"); NULL: all samples
 * @whole: the stage with all samples; NULL without @path
 */
struct stage_info {
	const char *name;
	const char *title;
	const char *meaning;
	const char *column;
	bool part;
	const char *path;
	const struct stage_info *whole;
};

extern const struct stage_info bench_stages[BENCH_STAGES];
extern const struct stage_info chain_stages[CHAIN_STAGES];

int stage_index(const struct stage_info *stages, int n, const char *name, size_t len);
const struct stage_info *stage_find(const char *name);

#define STAGE_LIST_BYTES 256 /* holds the list of either table */
const char *stage_list(const struct stage_info *stages, int n, char text[STAGE_LIST_BYTES]);

#endif /* BASE_STAGES_H */

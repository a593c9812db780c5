/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worst - the longest chains, of all and of each handler, and what made them so long
 */
#ifndef TRACING_WORST_H
#define TRACING_WORST_H

#include "culprit.h"
#include "hist.h"

/* Chains kept of each handler: the tail that is explained. */
#define WORST_TAIL_MAX 1000

/**
 * struct worst_chain - a long chain
 * @ns: how long
 * @sample: the chain
 * @cause: the longest part of any stage
 */
struct worst_chain {
	uint64_t ns;
	struct chain_sample sample;
	struct culprit_cause cause;
};

/**
 * struct worst_line - the chains of a handler, on all CPUs
 * @irq: number; below zero: see event_irq_name()
 * @name: of the handler
 * @total: how long they all were
 * @tail: the longest, @n_tail of them; sorted by worst_end(), the longest first
 */
struct worst_line {
	int32_t irq;
	char name[TIMELINE_NAME_BYTES];
	struct hist total;
	struct worst_chain *tail;
	size_t n_tail;
};

/* Spans kept of each CPU of a chain. */
#define WORST_SPANS_MAX 4096

/**
 * struct worst_span - some time of a CPU
 * @from_ns: begin
 * @ns: how long
 * @who: had the CPU
 */
struct worst_span {
	uint64_t from_ns;
	uint64_t ns;
	struct timeline_who who;
};

/**
 * struct worst_cpu - who had a CPU during a chain
 * @cpu: CPU
 * @spans: @n_spans of them without gaps, from the begin of the chain to its end. What the
 *	first of WORST_SPANS_MAX has is TIMELINE_OTHERS
 * @n_spans: 0: they were not wanted
 */
struct worst_cpu {
	unsigned int cpu;
	struct worst_span *spans;
	size_t n_spans;
};

/**
 * struct worst_top - one of the longest chains of all
 * @culprit: all its parts
 * @cpus: that of the interrupt, then that of the task, then those of the tasks on the way,
 *	each once
 * @n_cpus: in @cpus
 */
struct worst_top {
	struct culprit culprit;
	struct worst_cpu cpus[2 + CHAIN_HOPS_MAX];
	size_t n_cpus;
};

/**
 * struct worst - all
 * @lines: @n_lines of them; sorted by worst_end(), the one with the longest chain first
 * @top: the longest of all; @n_top of them, the longest first
 * @max_top: room in @top
 * @keep_spans: set it to have the spans of @top
 * @no_memory: how often a chain could not be kept
 */
struct worst {
	struct worst_line **lines;
	size_t n_lines;
	struct worst_top **top;
	size_t n_top;
	size_t max_top;
	bool keep_spans;
	uint64_t no_memory;
};

/**
 * struct worst_group - chains of a tail with one cause
 * @chain: the longest of them
 * @n: how many
 * @ns: sum of the times of the cause
 */
struct worst_group {
	const struct worst_chain *chain;
	size_t n;
	uint64_t ns;
};

/**
 * struct worst_share - the part of a tail that is explained
 * @label: "p99.9", or "worst" when there are too few chains for a percentile
 * @from_ns: chains that took at least so long
 * @n: how many these are
 * @ns: sum of their times
 */
struct worst_share {
	const char *label;
	uint64_t from_ns;
	size_t n;
	uint64_t ns;
};

#define WORST_GROUPS_MAX 64

int worst_init(struct worst *worst, size_t max_top);
void worst_free(struct worst *worst);
void worst_add(struct worst *worst, const char *name, const struct chain_sample *sample,
	       const struct timeline *timeline);
void worst_end(struct worst *worst);
struct worst_share worst_share(const struct worst_line *line);
size_t worst_groups(const struct worst_line *line, const struct worst_share *share,
		    struct worst_group groups[WORST_GROUPS_MAX]);

#endif /* TRACING_WORST_H */

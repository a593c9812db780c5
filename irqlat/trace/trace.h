/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqlat trace: what its files share
 *
 * trace.c is the command. It runs one of live.c, kernel.c and file.c, and writes the
 * results. Messages are printed by trace.c, and by live.c what happens during the run;
 * the other files return errors, with a struct why.
 */
#ifndef IRQLAT_TRACE_H
#define IRQLAT_TRACE_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cpubudget.h"
#include "base/opts.h"
#include "base/cpus.h"
#include "base/parse.h"
#include "base/sysinfo.h"
#include "base/why.h"
#include "tracing/collector.h"
#include "tracing/engine.h"
#include "tracing/kernhist.h"
#include "tracing/stats.h"
#include "tracing/worst.h"
#include "results/result.h"
#include "runs.h"

/* Who keeps the histograms of --in-kernel. */
enum trace_kernel {
	TRACE_KERNEL_NONE, /* nobody: events are recorded */
	TRACE_KERNEL_ANY,  /* BPF programs, or else hist triggers */
	TRACE_KERNEL_BPF,
	TRACE_KERNEL_HIST,
};

enum trace_mode { TRACE_TABLE, TRACE_HIST, TRACE_TOP, TRACE_EXPLAIN };

#define TRACE_ACTIONS_MAX 8
#define TRACE_LIMITS_MAX  OPT_STRINGS_MAX

/* What to do when a chain took too long. */
enum trace_action_kind {
	TRACE_ACTION_TRACE,    /* keep the trace */
	TRACE_ACTION_SIGNAL,   /* send a signal */
	TRACE_ACTION_SHELL,    /* run a command */
	TRACE_ACTION_CONTINUE, /* go on measuring */
};

/**
 * struct trace_action - one of these actions
 * @text: file of TRACE_ACTION_TRACE, NULL: that of --trace; command of
 *	TRACE_ACTION_SHELL
 * @number: of the signal
 * @pid: process that gets the signal
 */
struct trace_action {
	enum trace_action_kind kind;
	const char *text;
	int number;
	int pid;
};

/**
 * struct trace_limit - a threshold: what takes longer than @ns takes too long
 * @text: as the user wrote it
 * @name: pattern (glob) of the names of handlers; empty: all
 * @irq: interrupt number; below zero: those that match @name
 * @stage: of a chain, or CHAIN_STAGE_IRQ, of each handler
 */
struct trace_limit {
	const char *text;
	char name[STATS_NAME_BYTES];
	int32_t irq;
	enum chain_stage stage;
	uint64_t ns;
};

/**
 * struct trace_over - what took longer than a limit allows
 * @n: how often
 * @ns: the longest; the rest is about this one
 * @at_ns: when its chain started; 0: it was a handler
 * @irq: interrupt
 * @cpu: that took the interrupt
 * @name: of the handler
 * @comm: task that the chain woke
 * @pid: of the task
 */
struct trace_over {
	uint64_t n;
	uint64_t ns;
	uint64_t at_ns;
	int32_t irq;
	unsigned int cpu;
	char name[STATS_NAME_BYTES];
	char comm[EVENT_COMM_BYTES];
	int32_t pid;
};

/**
 * struct trace_limit_sum - the samples that were compared with a limit
 * @n: how many
 * @max_ns: the longest; 0 without samples
 */
struct trace_limit_sum {
	uint64_t n;
	uint64_t max_ns;
};

/**
 * struct trace_config - options
 * @wanted_ends: bit set of enum chain_end
 * @cpu_set: of @filter; freed by cmd_trace()
 *
 * opts_parse() fills the members up to @hgrm; the others are made from these.
 */
struct trace_config {
	const char *input;
	const char *instance;
	const char *irqs;
	const char *names;
	const char *comms;
	const char *pids;
	const char *stages;
	const char *ends;
	bool no_hops;
	struct opt_strings on_threshold;
	struct cpu_list cpus;
	uint64_t duration_ns;
	uint64_t interval_ns;
	struct opt_strings thresholds;
	struct opt_strings autos;
	uint64_t bucket_ns;
	uint64_t entries;
	uint64_t buffer_kb;
	uint64_t subbuf_kb;
	bool quiet;
	bool nanoseconds;
	bool no_user;
	bool no_vectors;
	bool timers;
	enum trace_kernel in_kernel;
	bool no_header;
	bool no_index;
	bool no_summary;
	bool with_zeros;
	bool runs;
	struct opt_file trace_file;
	struct opt_file json;
	struct opt_file csv;
	struct opt_file hlog;
	struct opt_file hgrm;
	uint64_t n_worst;
	struct opt_file chains;
	struct opt_file perfetto;

	enum trace_mode mode;
	struct stats_filter filter;
	uint32_t wanted_ends;
	bool *cpu_set;
	struct trace_action actions[TRACE_ACTIONS_MAX];
	size_t n_actions;
	struct trace_limit limits[TRACE_LIMITS_MAX];
	size_t n_limits;
};

/**
 * struct trace_gap - events of a CPU that were lost
 * @ts_ns: time of the last event before; 0: there is none
 * @until_ns: time of the first event after; 0: there is none
 * @lost: how many, or SUBBUF_MISSED_UNKNOWN
 */
struct trace_gap {
	uint64_t ts_ns;
	uint64_t until_ns;
	uint64_t lost;
	unsigned int cpu;
};

#define TRACE_GAPS_MAX 16

/**
 * struct trace_run - what was measured
 * @config: options
 * @system: facts and warnings
 * @budget: of a live run, at its start
 * @total: from the start of the run
 * @interval: since the last table
 * @counts: what was read
 * @started_ns: first event of a recording, or start of a live run
 * @ended_ns: last event of a recording, or now
 * @event_cost_ns: what one event adds to the figures
 * @gaps: the first TRACE_GAPS_MAX of @n_gaps losses
 * @interrupted: a signal ended the run
 * @failed: an action or a file failed, and a message said so
 * @sees_user: system calls were recorded
 * @over: chains and handlers that took too long
 * @limit_over: by which limit of @config
 * @collected: --in-kernel by BPF programs, not by hist triggers
 * @collector: counts of the former
 * @kernel: counts of the latter
 * @no_collector: why there are no BPF programs
 * @runs: of --runs: softirqs and work items
 * @worst: of irqlat explain: gets the longest chains; NULL: not wanted
 * @timeline: of the engine that runs, with @worst
 * @why: why the run failed
 */
struct trace_run {
	const struct trace_config *config;
	struct sysinfo system;
	struct cpubudget budget;
	struct stats total;
	struct stats interval;
	struct engine_counts counts;
	uint64_t started_ns;
	uint64_t ended_ns;
	uint64_t event_cost_ns;
	struct trace_gap gaps[TRACE_GAPS_MAX];
	uint64_t n_gaps;
	bool interrupted;
	bool failed;
	bool sees_user;
	uint64_t over;
	struct trace_over limit_over[TRACE_LIMITS_MAX];
	bool collected;
	struct collector_counts collector;
	struct kernhist_counts kernel;
	struct why no_collector;
	struct trace_runs runs;
	struct worst *worst;
	const struct timeline *timeline;
	struct why why;
};

/* live.c, kernel.c, file.c */
int trace_live(struct trace_run *run);
int trace_in_kernel(struct trace_run *run);
int trace_offline(struct trace_run *run);

/* kernel_text.c */
void trace_kernel_resolution(const struct trace_config *config, char *text, size_t size);
void trace_kernel_summary(const struct trace_run *run, FILE *out);
void trace_collector_summary(const struct trace_run *run, FILE *out);

/* run.c: what live.c, kernel.c and file.c share */
void trace_run_signals(sigset_t *set);
int trace_run_hold_signals(struct trace_run *run);
bool trace_run_signal(int signal_fd);
bool trace_run_shows_tables(const struct trace_run *run);
void trace_run_loss(void *ctx, const struct event *e);
uint64_t trace_run_no_memory(const struct trace_run *run);
int trace_run_begin_runs(struct trace_run *run, struct engine_config *config);
int trace_run_end_runs(struct trace_run *run, const struct engine *engine, struct symbols *symbols);

/* filter.c: options of trace and explain */
int trace_filter_parse(struct trace_config *config);
void trace_live_facts(struct trace_run *run);
void trace_live_end(struct trace_run *run);

/* explain.c, explain_text.c, explain_json.c, explain_perfetto.c */
void trace_explain_sample(void *ctx, const struct chain_sample *sample);
void trace_explain_text(const struct trace_run *run, FILE *out);
const char *trace_explain_cause(const struct worst_group *group, char text[CULPRIT_TEXT_BYTES]);
int trace_explain_json(const void *what, FILE *out);
json_t *trace_explain_object(const struct trace_run *run);
json_t *trace_explain_perfetto_object(const struct trace_run *run);
int trace_explain_perfetto(const void *what, FILE *out);

/* limit.c */
int trace_limit_parse(const char *text, struct trace_config *config, struct why *why);
uint64_t trace_limits_sample(struct trace_run *run, const struct chain_sample *sample);
bool trace_limits_handler(struct trace_run *run, const struct stats_row *row, uint64_t ns);
struct trace_limit_sum trace_limit_sum(const struct trace_run *run,
				       const struct trace_limit *limit);
bool trace_limit_must_decide(const struct trace_limit *limit);

/* limit_text.c */
void trace_limits_text(const struct trace_run *run, FILE *out);

/* action.c */
int trace_actions_parse(const char *text, struct trace_config *config, struct why *why);
int trace_action_run(const struct trace_action *action, struct why *why);

/* text.c */
#define TRACE_TEXT_NOTHING "  no interrupt of these woke a task\n"
void trace_text_time(const struct trace_run *run, bool known, uint64_t ns, FILE *out);
void trace_text_headings(const struct trace_run *run, FILE *out);
bool trace_text_row(const struct trace_run *run, const struct stats_row *row, FILE *out);
void trace_text_accounts(const struct trace_run *run, FILE *out);
void trace_text_table(const struct trace_run *run, const struct stats *stats, FILE *out);
void trace_text_summary(const struct trace_run *run, FILE *out);
void trace_text_header(const struct trace_run *run, FILE *out);
void trace_text_gaps(const struct trace_run *run, FILE *out);

/* hist.c */
void trace_hist(const struct trace_run *run, FILE *out);

/* out.c */
int trace_out_files(const struct trace_run *run);
bool trace_out_uses_stdout(const struct trace_config *config);

#endif /* IRQLAT_TRACE_H */

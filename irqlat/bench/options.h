/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command line options of irqlat bench. */
#ifndef IRQLAT_BENCH_OPTIONS_H
#define IRQLAT_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpus.h"
#include "base/opts.h"
#include "base/parse.h"
#include "bench.h"

enum bench_entry { BENCH_ENTRY_STAMP, BENCH_ENTRY_TRACE };
enum bench_compare { BENCH_COMPARE_NONE, BENCH_COMPARE_REF };

/* Values of the options, as the table in options.c describes them. */
struct bench_options {
	const char *source;
	const char *ways;
	const char *load;
	const char *load_command;
	uint64_t line;
	uint64_t samples;
	uint64_t duration_ns;
	uint64_t warmup;
	uint64_t gap_ns;
	uint64_t interval_ns;
	struct cpu_list cpus;
	struct priority priority;
	int entry;
	int compare;
	bool quiet;
	bool nanoseconds;
	bool no_header;
	bool no_histogram;
	struct opt_file json;
	struct opt_file csv;
};

bool bench_options_parse(int argc, char **argv, struct bench_options *options, int *status);
int bench_options_apply(const struct bench_options *options, struct bench *bench, struct run *run,
			struct why *why);

#endif /* IRQLAT_BENCH_OPTIONS_H */

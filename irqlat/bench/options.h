/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command line options of irqlat bench. */
#ifndef IRQLAT_BENCH_OPTIONS_H
#define IRQLAT_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpus.h"
#include "base/opts.h"
#include "bench.h"

enum bench_entry { BENCH_ENTRY_STAMP, BENCH_ENTRY_TRACE };
enum bench_compare { BENCH_COMPARE_NONE, BENCH_COMPARE_REF };

/**
 * struct bench_options - values of the options
 * @bench: the benchmark, into which most of them go directly
 * @source: argument of --source; NULL: not given
 * @ways: argument of --ways; NULL: not given
 * @arrivals: argument of --arrivals; NULL: not given
 * @load: argument of --load; NULL: not given
 * @cpus: argument of --cpus; empty: not given
 * @entry: enum bench_entry
 * @compare: enum bench_compare
 * @quiet: no progress
 * @nanoseconds: print ns, not us
 * @no_header: do not print the facts about the system
 * @no_histogram: do not draw histograms
 * @json: where to write JSON
 * @csv: where to write CSV
 */
struct bench_options {
	struct bench bench;
	const char *source;
	const char *ways;
	const char *arrivals;
	const char *load;
	struct cpu_list cpus;
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
int bench_options_apply(struct bench_options *options, struct run *run, struct why *why);

#endif /* IRQLAT_BENCH_OPTIONS_H */

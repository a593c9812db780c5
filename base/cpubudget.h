/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpubudget - what control groups and the hypervisor leave of the CPUs to this process
 *
 * No trace shows these: a process that its group throttles, or a CPU that the host gives
 * to somebody else, only looks slow.
 */
#ifndef BASE_CPUBUDGET_H
#define BASE_CPUBUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "sysinfo.h"

#define CPUBUDGET_PATH_BYTES 128

/**
 * struct cpubudget - limits and counts at one time
 * @quota_us: CPU time in each period, of the group that limits most; -1: no limit
 * @period_us: its period
 * @quota_group: its path, "/a/b"
 * @periods: its periods so far in which something ran
 * @throttled: how many of these ended early
 * @rt_runtime_us: real-time budget, of the group with the least; -1: no group has one
 * @rt_group: its path
 * @steal: clock ticks of all CPUs that the host took away
 * @ticks: clock ticks of all CPUs
 */
struct cpubudget {
	int64_t quota_us;
	int64_t period_us;
	char quota_group[CPUBUDGET_PATH_BYTES];
	uint64_t periods;
	uint64_t throttled;
	int64_t rt_runtime_us;
	char rt_group[CPUBUDGET_PATH_BYTES];
	uint64_t steal;
	uint64_t ticks;
};

void cpubudget_read(const char *root, struct cpubudget *budget);
void cpubudget_facts(const struct cpubudget *budget, struct sysinfo *info);
void cpubudget_end(const struct cpubudget *before, const struct cpubudget *after,
		   struct sysinfo *info);

#endif /* BASE_CPUBUDGET_H */

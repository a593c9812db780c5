// SPDX-License-Identifier: GPL-2.0-or-later
/* Control groups: cgroups(7). Both versions, and both at once. */

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpubudget.h"
#include "sysfile.h"

/* Steal time above this share of all CPU time is worth a warning. */
#define STEAL_WARN_PPM 1000

/* Where the CPU controller of version 1 is mounted. */
static const char *const v1_mounts[] = { "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct",
					 "/sys/fs/cgroup/cpuacct,cpu" };

/* Version 2 alone, or beside version 1. */
static const char *const v2_mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

/* A file of a group; empty when there is none. */
static bool read_file(const char *root, const char *group, const char *name, char *text,
		      size_t size)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s", group, name);

	return len < PATH_MAX && sysfile_read(root, path, text, size) > 0;
}

static bool read_int(const char *root, const char *group, const char *name, int64_t *value)
{
	char text[32];

	if (!read_file(root, group, name, text, sizeof(text)))
		return false;
	*value = strtoll(text, NULL, 10);
	return true;
}

/* "nr_periods 63" and the like. */
static uint64_t stat_value(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* "10000 100000", "max 100000" (version 2), or two files (version 1). */
static bool read_quota(const char *root, const char *group, int64_t *quota_us, int64_t *period_us)
{
	char text[64], *end;

	if (read_file(root, group, "cpu.max", text, sizeof(text))) {
		*quota_us = strtoll(text, &end, 10);
		*period_us = strtoll(end, NULL, 10);
		return end != text && *period_us > 0;
	}
	return read_int(root, group, "cpu.cfs_quota_us", quota_us) && *quota_us > 0 &&
	       read_int(root, group, "cpu.cfs_period_us", period_us) && *period_us > 0;
}

/* @group: with its mount point; @path: without it */
static void read_group(const char *root, const char *group, const char *path,
		       struct cpubudget *budget)
{
	int64_t quota_us, period_us, rt_us;
	char text[512];

	if (read_quota(root, group, &quota_us, &period_us) &&
	    (budget->quota_us < 0 || quota_us * budget->period_us < budget->quota_us * period_us)) {
		budget->quota_us = quota_us;
		budget->period_us = period_us;
		snprintf(budget->quota_group, sizeof(budget->quota_group), "%s", path);
		if (read_file(root, group, "cpu.stat", text, sizeof(text))) {
			budget->periods = stat_value(text, "nr_periods ");
			budget->throttled = stat_value(text, "nr_throttled ");
		}
	}
	/* That of the root group is the system's own limit. */
	if (strcmp(path, "/") && read_int(root, group, "cpu.rt_runtime_us", &rt_us) &&
	    (budget->rt_runtime_us < 0 || rt_us < budget->rt_runtime_us)) {
		budget->rt_runtime_us = rt_us;
		snprintf(budget->rt_group, sizeof(budget->rt_group), "%s", path);
	}
}

/* The group and all above it. */
static void read_groups(const char *root, const char *mount, char *path, struct cpubudget *budget)
{
	char group[PATH_MAX];

	for (;;) {
		char *slash = strrchr(path, '/');
		int len = snprintf(group, sizeof(group), "%s%s", mount,
				   strcmp(path, "/") ? path : "");

		if (len < PATH_MAX)
			read_group(root, group, path, budget);
		if (!slash || !strcmp(path, "/"))
			return;
		slash[slash == path] = '\0';
	}
}

/* "ID:CONTROLLERS:PATH"; without controllers it is that of version 2. */
static void read_membership(const char *root, char *row, struct cpubudget *budget)
{
	char *controllers = strchr(row, ':'), *path, *word, *state = NULL;
	bool cpu = false;

	path = controllers ? strchr(controllers + 1, ':') : NULL;
	if (!path || path[1] != '/')
		return;
	*path++ = '\0';
	controllers++;
	if (!*controllers) {
		for (size_t i = 0; i < sizeof(v2_mounts) / sizeof(v2_mounts[0]); i++) {
			char copy[PATH_MAX];

			snprintf(copy, sizeof(copy), "%s", path);
			read_groups(root, v2_mounts[i], copy, budget);
		}
		return;
	}
	for (word = strtok_r(controllers, ",", &state); word; word = strtok_r(NULL, ",", &state))
		cpu |= !strcmp(word, "cpu");
	for (size_t i = 0; cpu && i < sizeof(v1_mounts) / sizeof(v1_mounts[0]); i++) {
		char copy[PATH_MAX];

		snprintf(copy, sizeof(copy), "%s", path);
		read_groups(root, v1_mounts[i], copy, budget);
	}
}

/* "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...", in clock ticks */
static void read_steal(const char *root, struct cpubudget *budget)
{
	char text[512], *at = text;

	if (sysfile_read(root, "/proc/stat", text, sizeof(text)) <= 0 || strncmp(text, "cpu ", 4))
		return;
	at += 4;
	for (int field = 0; field < 8; field++) {
		uint64_t ticks = strtoull(at, &at, 10);

		budget->ticks += ticks;
		if (field == 7)
			budget->steal = ticks;
	}
}

/**
 * cpubudget_read - read limits and counts
 * @root: prefix of /proc and /sys
 * @budget: overwritten; what is not known is no limit
 */
void cpubudget_read(const char *root, struct cpubudget *budget)
{
	char text[4096], *row, *state = NULL;

	memset(budget, 0, sizeof(*budget));
	budget->quota_us = -1;
	budget->rt_runtime_us = -1;
	read_steal(root, budget);
	if (sysfile_read(root, "/proc/self/cgroup", text, sizeof(text)) <= 0)
		return;
	for (row = strtok_r(text, "\n", &state); row; row = strtok_r(NULL, "\n", &state))
		read_membership(root, row, budget);
}

/* Note the limits, and warn of a quota. */
void cpubudget_facts(const struct cpubudget *budget, struct sysinfo *info)
{
	if (budget->quota_us >= 0) {
		snprintf(info->cpu_quota, sizeof(info->cpu_quota),
			 "%" PRId64 " us in each %" PRId64 " us, cgroup %.60s", budget->quota_us,
			 budget->period_us, budget->quota_group);
		sysinfo_warn(info,
			     "CPU quota of cgroup %s: when its processes have run for %" PRId64
			     " us they stop until the next period of %" PRId64 " us",
			     budget->quota_group, budget->quota_us, budget->period_us);
	}
	if (budget->rt_runtime_us >= 0)
		snprintf(info->rt_budget, sizeof(info->rt_budget), "%" PRId64 " us, cgroup %.60s",
			 budget->rt_runtime_us, budget->rt_group);
}

/**
 * cpubudget_end - note and warn of what was taken away during a measurement
 * @before: at its begin
 * @after: at its end
 * @info: gets the facts and warnings
 */
void cpubudget_end(const struct cpubudget *before, const struct cpubudget *after,
		   struct sysinfo *info)
{
	uint64_t throttled = after->throttled - before->throttled;
	uint64_t steal = after->steal - before->steal, ticks = after->ticks - before->ticks;

	if (after->quota_us >= 0 && throttled)
		sysinfo_warn(info,
			     "CPU quota: cgroup %s was throttled in %" PRIu64 " of %" PRIu64
			     " periods: the figures contain these stops; raise its quota",
			     after->quota_group, throttled, after->periods - before->periods);
	if (!after->ticks || after->steal < before->steal || !ticks)
		return;
	snprintf(info->steal, sizeof(info->steal), "%.2f %% of the time of all CPUs",
		 100.0 * (double)steal / (double)ticks);
	if (steal * 1000000 / ticks >= STEAL_WARN_PPM)
		sysinfo_warn(
			info,
			"steal time: the host took away %.2f %% of the time of all CPUs; the tail contains it",
			100.0 * (double)steal / (double)ticks);
}

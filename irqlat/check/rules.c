// SPDX-License-Identifier: GPL-2.0-or-later
/* The checks: what may spoil a measurement, its effect, and how to change it. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "base/mounts.h"
#include "base/sysfile.h"

/* Model specific register that counts SMIs since reset, on Intel since Nehalem. */
#define MSR_SMI_COUNT 0x34

/* A longer exit from idle is seen in any result. */
#define DMA_LATENCY_FINE_US 10

static enum verdict find_clocksource(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const char *clock = look->info.clocksource;

	snprintf(text, CHECK_TEXT_BYTES, "%s", *clock ? clock : "not reported");
	if (!*clock)
		return VERDICT_UNKNOWN;
	return sysinfo_clock_is_quick(clock) ? VERDICT_FINE : VERDICT_SPOILS;
}

static enum verdict find_trace_clock(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	char clocks[256], path[64];

	if (sysfile_read(look->root, "/sys/kernel/tracing/trace_clock", clocks, sizeof(clocks)) <
	    0) {
		if (mounts_find(look->root, "tracefs", path, sizeof(path)))
			snprintf(text, CHECK_TEXT_BYTES, "tracefs on %s cannot be read: %s", path,
				 strerror(errno));
		else
			snprintf(text, CHECK_TEXT_BYTES, "tracefs is not mounted");
		return VERDICT_UNKNOWN;
	}
	if (strstr(clocks, "mono")) {
		snprintf(text, CHECK_TEXT_BYTES, "mono is available, and used");
		return VERDICT_FINE;
	}
	snprintf(text, CHECK_TEXT_BYTES, "only: %.100s", clocks);
	return VERDICT_SPOILS;
}

static enum verdict find_hypervisor(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	snprintf(text, CHECK_TEXT_BYTES, "%s%s", look->info.hypervisor,
		 look->info.emulated ? ", an emulator" : "");
	return strcmp(look->info.hypervisor, "none") ? VERDICT_SPOILS : VERDICT_FINE;
}

static enum verdict find_governor(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const char *governor = look->info.governor;

	snprintf(text, CHECK_TEXT_BYTES, "%s",
		 *governor ? governor : "this kernel does not scale the frequency");
	return !*governor || !strcmp(governor, "performance") ? VERDICT_FINE : VERDICT_SPOILS;
}

/* The device file has the limit that all programs together have requested. */
static enum verdict find_idle(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	char path[PATH_MAX], limit[48] = "limit not readable";
	int32_t us = INT32_MAX;
	int fd;

	snprintf(path, sizeof(path), "%s/dev/cpu_dma_latency", look->root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, &us, sizeof(us)) == sizeof(us))
			snprintf(limit, sizeof(limit), "limit %d us", us);
		close(fd);
	}
	if (!*look->info.idle_states) {
		snprintf(text, CHECK_TEXT_BYTES, "no idle states; %s", limit);
		return VERDICT_FINE;
	}
	snprintf(text, CHECK_TEXT_BYTES, "%.90s; %s", look->info.idle_states, limit);
	return us <= DMA_LATENCY_FINE_US ? VERDICT_FINE : VERDICT_SPOILS;
}

static enum verdict find_throttling(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	if (look->info.rt_runtime_us < 0) {
		snprintf(text, CHECK_TEXT_BYTES, "off");
		return VERDICT_FINE;
	}
	snprintf(text, CHECK_TEXT_BYTES, "real-time tasks get %" PRId64 " us of each period",
		 look->info.rt_runtime_us);
	return VERDICT_SPOILS;
}

static enum verdict find_quota(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const struct cpubudget *budget = &look->budget;

	if (budget->quota_us < 0) {
		snprintf(text, CHECK_TEXT_BYTES, "none for this process");
		return VERDICT_FINE;
	}
	snprintf(text, CHECK_TEXT_BYTES,
		 "cgroup %.60s: %" PRId64 " us in each %" PRId64 " us; throttled in %" PRIu64
		 " of %" PRIu64 " periods",
		 budget->quota_group, budget->quota_us, budget->period_us, budget->throttled,
		 budget->periods);
	return VERDICT_SPOILS;
}

static enum verdict find_rt_budget(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const struct cpubudget *budget = &look->budget;

	if (budget->rt_runtime_us < 0) {
		snprintf(text, CHECK_TEXT_BYTES, "not limited by cgroups");
		return VERDICT_FINE;
	}
	snprintf(text, CHECK_TEXT_BYTES, "cgroup %.60s: %" PRId64 " us of each period",
		 budget->rt_group, budget->rt_runtime_us);
	return VERDICT_SPOILS;
}

static enum verdict find_steal(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const struct cpubudget *budget = &look->budget;

	if (!budget->ticks) {
		snprintf(text, CHECK_TEXT_BYTES, "/proc/stat does not report it");
		return VERDICT_UNKNOWN;
	}
	snprintf(text, CHECK_TEXT_BYTES, "%.2f %% of all CPU time since boot",
		 100.0 * (double)budget->steal / (double)budget->ticks);
	return budget->steal * 1000 / budget->ticks ? VERDICT_SPOILS : VERDICT_FINE;
}

static enum verdict find_timer_slack(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	char slack[24];

	if (sysfile_read(look->root, "/proc/self/timerslack_ns", slack, sizeof(slack)) <= 0) {
		snprintf(text, CHECK_TEXT_BYTES, "not reported");
		return VERDICT_UNKNOWN;
	}
	snprintf(text, CHECK_TEXT_BYTES, "%s ns; irqlat bench sets 1 ns for itself", slack);
	return VERDICT_FINE;
}

static enum verdict find_isolation(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	const char *isolated = look->info.isolated_cpus;
	const char *nohz = look->info.nohz_full_cpus;

	snprintf(text, CHECK_TEXT_BYTES, "isolated: %.50s, nohz_full: %.50s",
		 *isolated ? isolated : "none", *nohz ? nohz : "none");
	return *isolated ? VERDICT_FINE : VERDICT_SPOILS;
}

/* Whether it runs, or VERDICT_UNKNOWN; a process that ends meanwhile does not run. */
static enum verdict runs_as(const char *root, const char *pid, const char *name)
{
	char path[300], comm[32];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	if (sysfile_read(root, path, comm, sizeof(comm)) < 0)
		return sysfile_is_absent(errno) ? VERDICT_FINE : VERDICT_UNKNOWN;
	return strcmp(comm, name) ? VERDICT_FINE : VERDICT_SPOILS;
}

static enum verdict find_irqbalance(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	enum verdict verdict = VERDICT_FINE, found;
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *proc;

	snprintf(path, sizeof(path), "%s/proc", look->root);
	proc = opendir(path);
	if (!proc) {
		snprintf(text, CHECK_TEXT_BYTES, "%s", strerror(errno));
		return VERDICT_UNKNOWN;
	}
	snprintf(text, CHECK_TEXT_BYTES, "does not run");
	while ((errno = 0, entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		found = runs_as(look->root, entry->d_name, "irqbalance");
		if (found == VERDICT_SPOILS) {
			snprintf(text, CHECK_TEXT_BYTES, "runs, process %.12s", entry->d_name);
			verdict = VERDICT_SPOILS;
		} else if (found == VERDICT_UNKNOWN && verdict == VERDICT_FINE) {
			snprintf(text, CHECK_TEXT_BYTES, "process %.12s cannot be read: %s",
				 entry->d_name, strerror(errno));
			verdict = VERDICT_UNKNOWN;
		}
	}
	if (errno && verdict == VERDICT_FINE) {
		snprintf(text, CHECK_TEXT_BYTES, "processes cannot be listed: %s", strerror(errno));
		verdict = VERDICT_UNKNOWN;
	}
	closedir(proc);
	return verdict;
}

static enum verdict find_threadirqs(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	snprintf(text, CHECK_TEXT_BYTES, "%s",
		 look->info.threadirqs ? "handlers run in threads" :
					 "handlers run in hard interrupts");
	return look->info.threadirqs ? VERDICT_SPOILS : VERDICT_FINE;
}

static enum verdict find_smt(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	char active[8];

	if (sysfile_read(look->root, "/sys/devices/system/cpu/smt/active", active,
			 sizeof(active)) <= 0) {
		snprintf(text, CHECK_TEXT_BYTES, "not reported");
		return VERDICT_UNKNOWN;
	}
	snprintf(text, CHECK_TEXT_BYTES, "%s",
		 active[0] == '1' ? "CPUs share cores" : "each CPU has its core");
	return active[0] == '1' ? VERDICT_SPOILS : VERDICT_FINE;
}

static enum verdict find_smi(const struct look *look, char text[CHECK_TEXT_BYTES])
{
	char path[PATH_MAX];
	uint64_t count;
	int fd, n;

	snprintf(path, sizeof(path), "%s/dev/cpu/0/msr", look->root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : (int)pread(fd, &count, sizeof(count), MSR_SMI_COUNT);
	snprintf(text, CHECK_TEXT_BYTES, "cannot be counted: %.80s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n != sizeof(count))
		return VERDICT_UNKNOWN;
	snprintf(text, CHECK_TEXT_BYTES, "%" PRIu64 " since reset", count);
	return count ? VERDICT_SPOILS : VERDICT_FINE;
}

const struct check checks[] = {
	{
		.name = "clocksource",
		.find = find_clocksource,
		.effect = "each time stamp costs microseconds, and the cost is in every figure",
		.change = "boot with tsc=reliable if the TSC is sound, or use another machine",
	},
	{
		.name = "trace clock",
		.find = find_trace_clock,
		.effect =
			"CPUs may disagree by microseconds, so a stage across CPUs can be negative",
		.change =
			"run as root; where tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing; use a kernel with the trace clock mono",
	},
	{
		.name = "hypervisor",
		.find = find_hypervisor,
		.effect =
			"wake-ups and idle exits leave the guest; the host's scheduling is in the tail",
		.change =
			"measure on the machine itself, or pin and isolate the virtual CPUs on the host",
	},
	{
		.name = "frequency governor",
		.find = find_governor,
		.effect = "the clock rate depends on the load before: short bursts look slow",
		.change = "cpupower frequency-set -g performance",
	},
	{
		.name = "idle states",
		.find = find_idle,
		.effect =
			"the stage \"wake\" contains the exit from deep idle, up to hundreds of us",
		.change =
			"irqlat bench holds /dev/cpu_dma_latency at 0; else boot with idle=poll or cpuidle.off=1",
	},
	{
		.name = "RT throttling",
		.find = find_throttling,
		.effect =
			"a spinning real-time task is stopped for the rest of the period (50 ms of 1 s)",
		.change = "sysctl kernel.sched_rt_runtime_us=-1",
	},
	{
		.name = "CPU quota",
		.find = find_quota,
		.effect =
			"when the processes of the group have used it up they stop until the next period: milliseconds",
		.change =
			"measure in another cgroup, or write max to its cpu.max (version 1: -1 to cpu.cfs_quota_us)",
	},
	{
		.name = "RT budget",
		.find = find_rt_budget,
		.effect =
			"at 0 real-time priorities are refused; else real-time tasks of the group stop when it is used up",
		.change = "write to cpu.rt_runtime_us of the group, or measure in the root group",
	},
	{
		.name = "steal time",
		.find = find_steal,
		.effect = "the host ran something else: stops of milliseconds that no trace shows",
		.change = "pin the virtual CPUs on the host, or use a host with fewer guests",
	},
	{
		.name = "timer slack",
		.find = find_timer_slack,
		.effect = "without a real-time priority the kernel may add it to each sleep",
		.change =
			"in a program: prctl(PR_SET_TIMERSLACK, 1), or write /proc/PID/timerslack_ns",
	},
	{
		.name = "isolated CPUs",
		.find = find_isolation,
		.effect =
			"other tasks and timers run on the measured CPU: long \"queue\" and \"exit\"",
		.change =
			"boot with isolcpus=LIST nohz_full=LIST, or use cpusets, and measure there",
	},
	{
		.name = "irqbalance",
		.find = find_irqbalance,
		.effect = "it moves interrupts between CPUs while they are measured",
		.change = "systemctl stop irqbalance, and write /proc/irq/N/smp_affinity_list",
	},
	{
		.name = "threaded interrupts",
		.find = find_threadirqs,
		.effect = "one more thread to wake: the stages \"thread_*\" are in every chain",
		.change =
			"as wanted; give irq/N-... threads a priority with chrt, or boot without threadirqs",
	},
	{
		.name = "SMT",
		.find = find_smt,
		.effect = "the other thread of the core takes execution time from the measured one",
		.change = "echo off > /sys/devices/system/cpu/smt/control",
	},
	{
		.name = "SMIs",
		.find = find_smi,
		.effect = "firmware stops all CPUs where the kernel cannot see it",
		.change =
			"modprobe msr and compare the count (Intel) before and after a run; change the firmware's settings",
	},
	{ .name = NULL },
};

_Static_assert(sizeof(checks) / sizeof(checks[0]) <= CHECKS_MAX + 1, "CHECKS_MAX");

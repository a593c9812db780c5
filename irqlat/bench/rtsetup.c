// SPDX-License-Identifier: GPL-2.0-or-later
/* Affinity, priority, memory and idle states of a measurement. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rtsetup.h"

/**
 * rt_choose_cpus - where to measure and where to raise
 * @wanted: -c; without any, the CPUs this process may use
 * @measured_cpu: gets the first of them
 * @source_cpu: gets the second of them, or the first if there is only one
 * @why: gets the reason of a failure
 *
 * Returns 0, or -1 when a wanted CPU cannot be used.
 */
int rt_choose_cpus(const struct cpu_list *wanted, int *measured_cpu, int *source_cpu,
		   struct why *why)
{
	struct cpu_list list = *wanted;
	cpu_set_t allowed;
	size_t i;
	int cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return why_set(why, "cannot read the CPU affinity: %s", strerror(errno));
	for (cpu = 0; !wanted->n && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			list.cpu[list.n++] = cpu;
	/* -c may name CPUs outside the inherited mask. Pinning tells if one is usable. */
	for (i = 0; i < wanted->n; i++) {
		if (!rt_pin(wanted->cpu[i]))
			continue;
		return why_set(why, "-c: CPU %d: %s", wanted->cpu[i],
			       errno == EINVAL ? "not online, or not in this process's cpuset" :
						 strerror(errno));
	}
	sched_setaffinity(0, sizeof(allowed), &allowed);
	*measured_cpu = list.cpu[0];
	*source_cpu = list.cpu[list.n > 1 ? 1 : 0];
	return 0;
}

/* Lock all memory: page faults must not be part of a sample. */
void rt_lock_memory(struct sysinfo *info)
{
	info->memory_locked = !mlockall(MCL_CURRENT | MCL_FUTURE);
	if (!info->memory_locked)
		sysinfo_warn(
			info,
			"memory is not locked (%s): page faults may be in the figures; run as root or raise ulimit -l",
			strerror(errno));
}

/**
 * rt_hold_cpu_dma_latency - keep CPUs out of deep idle states
 * @info: gets whether that worked, or a warning
 *
 * Returns a file descriptor, which holds them until it is closed, or -1.
 */
int rt_hold_cpu_dma_latency(struct sysinfo *info)
{
	int fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);
	const int32_t latency_us = 0;

	if (fd >= 0 && write(fd, &latency_us, sizeof(latency_us)) == sizeof(latency_us)) {
		info->cpu_dma_latency_held = true;
		return fd;
	}
	if (*info->idle_states)
		sysinfo_warn(
			info,
			"/dev/cpu_dma_latency: %s: waking from idle states (%s) is in the figures",
			strerror(errno), info->idle_states);
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * Set the timer slack of the calling thread and those that it starts to 1 ns: without a
 * real-time priority the kernel may add it to each sleep, 50 us by default.
 */
void rt_set_timer_slack(struct sysinfo *info)
{
	int found = prctl(PR_GET_TIMERSLACK);

	if (found >= 0 && !prctl(PR_SET_TIMERSLACK, 1ul)) {
		snprintf(info->timer_slack, sizeof(info->timer_slack), "1 ns, was %d ns", found);
		return;
	}
	snprintf(info->timer_slack, sizeof(info->timer_slack), "%d ns", found);
	sysinfo_warn(info, "timer slack cannot be set (%s): sleeps may end %d ns later",
		     strerror(errno), found);
}

/* Pin the calling thread. Returns 0, or -1 with errno. */
int rt_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= CPU_SETSIZE) {
		errno = EINVAL;
		return -1;
	}
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* The argument of sched_setattr(2), for which older C libraries have no header. */
struct deadline_attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
};

/* The threads that it starts, such as workers of io_uring, must have another policy. */
static int set_deadline(const struct priority *priority)
{
	const struct deadline_attr attr = {
		.size = sizeof(attr),
		.policy = SCHED_DEADLINE,
		.flags = SCHED_FLAG_RESET_ON_FORK,
		.runtime_ns = priority->runtime_ns,
		.deadline_ns = priority->period_ns,
		.period_ns = priority->period_ns,
	};

	return (int)syscall(SYS_sched_setattr, 0, &attr, 0);
}

/*
 * The kernel admits a thread that may run on all CPUs of its root domain only, unless
 * kernel.sched_rt_runtime_us is -1: one that is pinned is refused with EPERM.
 */
static int set_deadline_unpinned(const struct priority *priority, int cpu)
{
	cpu_set_t all;
	int error;

	memset(&all, 0xff, sizeof(all));
	if (!sched_setaffinity(0, sizeof(all), &all) && !set_deadline(priority))
		return 0;
	error = errno;
	rt_pin(cpu);
	errno = error;
	return -1;
}

/**
 * rt_set_priority - set policy and priority of the calling thread
 * @priority: policy and priority
 * @cpu: to which it is pinned
 * @unpinned: gets whether it is not pinned any more, which SCHED_DEADLINE may need
 *
 * Returns 0, or -1 with errno.
 */
int rt_set_priority(const struct priority *priority, int cpu, bool *unpinned)
{
	struct sched_param param = { 0 };

	*unpinned = false;
	if (priority->class == SCHED_CLASS_DEADLINE) {
		if (!set_deadline(priority))
			return 0;
		*unpinned = errno == EPERM && !set_deadline_unpinned(priority, cpu);
		return *unpinned ? 0 : -1;
	}
	if (priority->class == SCHED_CLASS_OTHER)
		return setpriority(PRIO_PROCESS, (id_t)gettid(), priority->value);
	param.sched_priority = priority->value;
	return sched_setscheduler(0, priority->class == SCHED_CLASS_FIFO ? SCHED_FIFO : SCHED_RR,
				  &param);
}

/**
 * rt_note_priority - note the priority of the measured thread
 * @priority: what was asked for
 * @error: errno of setting it, 0 if it worked
 * @unpinned: the thread may run on any CPU for it
 * @budget: of the control group, which may have no real-time budget
 * @info: gets it, and a warning if it did not work
 */
void rt_note_priority(const struct priority *priority, int error, bool unpinned,
		      const struct cpubudget *budget, struct sysinfo *info)
{
	static const char *const names[] = {
		[SCHED_CLASS_FIFO] = "SCHED_FIFO",
		[SCHED_CLASS_RR] = "SCHED_RR",
		[SCHED_CLASS_OTHER] = "SCHED_OTHER, nice",
	};
	char wanted[80];

	if (priority->class == SCHED_CLASS_DEADLINE)
		snprintf(wanted, sizeof(wanted), "SCHED_DEADLINE, %" PRIu64 " of %" PRIu64 " ns",
			 priority->runtime_ns, priority->period_ns);
	else
		snprintf(wanted, sizeof(wanted), "%s %d", names[priority->class], priority->value);
	if (unpinned)
		sysinfo_warn(
			info,
			"the measured thread is not pinned: SCHED_DEADLINE admits no pinned thread; sysctl kernel.sched_rt_runtime_us=-1, or an exclusive cpuset");
	if (!error) {
		snprintf(info->priority, sizeof(info->priority), "%s", wanted);
		return;
	}
	snprintf(info->priority, sizeof(info->priority), "SCHED_OTHER");
	if (error == EBUSY && priority->class == SCHED_CLASS_DEADLINE) {
		sysinfo_warn(
			info,
			"%s refused: the CPUs have promised their time to others; ask for less, or raise kernel.sched_rt_runtime_us",
			wanted);
		return;
	}
	if (error == EPERM && !budget->rt_runtime_us) {
		sysinfo_warn(
			info,
			"%s refused: cgroup %s has no real-time budget; write to its cpu.rt_runtime_us, or start from another cgroup",
			wanted, budget->rt_group);
		return;
	}
	sysinfo_warn(
		info,
		"%s refused (%s): the measured thread competes with every other; run as root or with CAP_SYS_NICE",
		wanted, strerror(error));
}

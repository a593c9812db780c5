/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protects a measurement from disturbances. What is not permitted becomes a warning
 * in the result, and the measurement goes on.
 */
#ifndef IRQLAT_RTSETUP_H
#define IRQLAT_RTSETUP_H

#include <stdbool.h>

#include "base/cpubudget.h"
#include "base/cpus.h"
#include "base/parse.h"
#include "base/sysinfo.h"
#include "base/why.h"

int rt_choose_cpus(const struct cpu_list *wanted, int *measured_cpu, int *source_cpu,
		   struct why *why);
void rt_lock_memory(struct sysinfo *info);
int rt_hold_cpu_dma_latency(struct sysinfo *info);
int rt_pin(int cpu);
int rt_set_priority(const struct priority *priority, int cpu, bool *unpinned);
void rt_set_timer_slack(struct sysinfo *info);
void rt_note_priority(const struct priority *priority, int error, bool unpinned,
		      const struct cpubudget *budget, struct sysinfo *info);

#endif /* IRQLAT_RTSETUP_H */

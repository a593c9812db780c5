/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * armfacts - facts about a machine of 64-bit ARM, for sysinfo.c
 *
 * There is no CPUID instruction: the kernel's files say what it and the firmware know.
 */
#ifndef BASE_ARMFACTS_H
#define BASE_ARMFACTS_H

#include <stdbool.h>

#include "sysinfo.h"

void armfacts_hypervisor(const char *root, struct sysinfo *info);
bool armfacts_cpu_model(const char *cpuinfo, char model[SYSINFO_TEXT_BYTES]);

#endif /* BASE_ARMFACTS_H */

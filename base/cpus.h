/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU lists as the kernel and users write them, "0-3,8": as a set, and as a list in
 * the order in which the user named the CPUs.
 */
#ifndef BASE_CPUS_H
#define BASE_CPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPUS_MAX       8192	      /* the kernel's limit on x86 */
#define CPU_MASK_BYTES (4 * CPUS_MAX) /* holds the text of any set */

struct cpu_mask {
	uint64_t bit[CPUS_MAX / 64];
};

int cpu_mask_parse(struct cpu_mask *mask, const char *text, size_t len);
size_t cpu_mask_format(const struct cpu_mask *mask, char *buf, size_t size);
unsigned int cpu_mask_count(const struct cpu_mask *mask);

static inline bool cpu_mask_has(const struct cpu_mask *mask, unsigned int cpu)
{
	return cpu < CPUS_MAX && (mask->bit[cpu / 64] >> (cpu % 64) & 1);
}

static inline void cpu_mask_add(struct cpu_mask *mask, unsigned int cpu)
{
	if (cpu < CPUS_MAX)
		mask->bit[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

/* CPUs in the order in which they were named, each once. */
struct cpu_list {
	int cpu[CPUS_MAX];
	size_t n;
};

int cpu_list_parse(struct cpu_list *list, const char *text);
bool cpu_list_contains(const struct cpu_list *list, int cpu);

#endif /* BASE_CPUS_H */

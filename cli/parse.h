/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as they are typed: durations, CPU lists, priorities, counts. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPU_LIST_MAX 1024

/* CPUs in the order they were named. */
struct cpu_list {
	int cpu[CPU_LIST_MAX];
	size_t n;
};

enum sched_class { SCHED_CLASS_FIFO, SCHED_CLASS_RR, SCHED_CLASS_OTHER };

/* "f:80", "r:50" or "o:0"; for the last, @value is a nice value. */
struct priority {
	enum sched_class class;
	int value;
};

/*
 * Each returns 0, or -1 when @text is not such a value. Nothing but the whole
 * of @text counts.
 */
int parse_u64(const char *text, uint64_t *value);
int parse_duration(const char *text, uint64_t bare_unit_ns, uint64_t *ns);
int parse_cpu_list(const char *text, struct cpu_list *list);
int parse_priority(const char *text, struct priority *priority);

bool cpu_list_contains(const struct cpu_list *list, int cpu);

#endif /* CLI_PARSE_H */

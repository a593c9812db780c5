/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading values that a user typed: counts, durations, priorities. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdint.h>

enum sched_class { SCHED_CLASS_FIFO, SCHED_CLASS_RR, SCHED_CLASS_OTHER };

/**
 * struct priority - scheduling policy and priority of a thread
 * @class: policy
 * @value: real-time priority; nice value of SCHED_CLASS_OTHER
 */
struct priority {
	enum sched_class class;
	int value;
};

/* Each returns 0, or -1 when @text as a whole is not such a value. */
int parse_u64(const char *text, uint64_t *value);
int parse_duration(const char *text, uint64_t bare_unit_ns, uint64_t *ns);
int parse_priority(const char *text, struct priority *priority);

#endif /* BASE_PARSE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading values that a user typed: counts, durations, priorities. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdint.h>

enum sched_class { SCHED_CLASS_FIFO, SCHED_CLASS_RR, SCHED_CLASS_OTHER, SCHED_CLASS_DEADLINE };

/**
 * struct priority - scheduling policy and priority of a thread
 * @class: policy
 * @value: real-time priority; nice value of SCHED_CLASS_OTHER
 * @runtime_ns: of SCHED_CLASS_DEADLINE: time that it may run in each period
 * @period_ns: of SCHED_CLASS_DEADLINE: the period, which is the deadline too
 */
struct priority {
	enum sched_class class;
	int value;
	uint64_t runtime_ns;
	uint64_t period_ns;
};

/* Each returns 0, or -1 when @text as a whole is not such a value. */
int parse_u64(const char *text, uint64_t *value);
int parse_duration(const char *text, uint64_t bare_unit_ns, uint64_t *ns);
int parse_priority(const char *text, struct priority *priority);

#endif /* BASE_PARSE_H */

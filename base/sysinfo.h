/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysinfo - the facts about a system that latency depends on
 *
 * One table describes the facts, for text, JSON, reading JSON, and the page.
 */
#ifndef BASE_SYSINFO_H
#define BASE_SYSINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYSINFO_TEXT_BYTES    128
#define SYSINFO_WARNINGS_MAX  16
#define SYSINFO_WARNING_BYTES 320

/* A text is empty if the fact does not apply or is not known. */
struct sysinfo {
	char date[SYSINFO_TEXT_BYTES];	       /* UTC, ISO 8601 */
	char kernel[SYSINFO_TEXT_BYTES];       /* release */
	char kernel_build[SYSINFO_TEXT_BYTES]; /* version */
	bool rt;			       /* PREEMPT_RT */
	char cpu_model[SYSINFO_TEXT_BYTES];
	char cpus_online[SYSINFO_TEXT_BYTES];
	char clocksource[SYSINFO_TEXT_BYTES];
	char trace_clock[SYSINFO_TEXT_BYTES]; /* empty: tracing was not used */
	char hypervisor[SYSINFO_TEXT_BYTES];  /* "none", or its name */
	bool emulated;			      /* instructions are interpreted */
	char governor[SYSINFO_TEXT_BYTES];
	char idle_states[SYSINFO_TEXT_BYTES];
	char isolated_cpus[SYSINFO_TEXT_BYTES];
	char nohz_full_cpus[SYSINFO_TEXT_BYTES];
	bool threadirqs;
	int64_t rt_runtime_us; /* -1: no RT throttling */
	/* Set by cpubudget_facts() and cpubudget_end(). */
	char cpu_quota[SYSINFO_TEXT_BYTES]; /* of the control group */
	char rt_budget[SYSINFO_TEXT_BYTES]; /* of the control group */
	char steal[SYSINFO_TEXT_BYTES];
	char irq_affinity[SYSINFO_TEXT_BYTES];
	/* Set by irqlat bench. */
	char measured_cpu[SYSINFO_TEXT_BYTES];
	char source_cpu[SYSINFO_TEXT_BYTES];
	char priority[SYSINFO_TEXT_BYTES];
	char timer_slack[SYSINFO_TEXT_BYTES];
	bool memory_locked;
	bool cpu_dma_latency_held;
	char clock_overhead[SYSINFO_TEXT_BYTES];

	bool texts_only; /* of a recording: facts that are no text are not known */

	/* The first file that is there and cannot be read, and why; empty: all could be. */
	char unread[SYSINFO_WARNING_BYTES];
	size_t n_warnings;
	char warnings[SYSINFO_WARNINGS_MAX][SYSINFO_WARNING_BYTES];
};

enum sysinfo_type { SYSINFO_TEXT, SYSINFO_BOOL, SYSINFO_INT };

/**
 * struct sysinfo_field - one fact
 * @key: name in JSON
 * @label: name for people
 * @type: type of its member of struct sysinfo
 * @offset: offset of its member
 */
struct sysinfo_field {
	const char *key;
	const char *label;
	enum sysinfo_type type;
	size_t offset;
};

/* The table ends with a NULL key. */
extern const struct sysinfo_field sysinfo_fields[];

void sysinfo_collect(const char *root, struct sysinfo *info);
void sysinfo_irq(const char *root, unsigned int irq, struct sysinfo *info);
bool sysinfo_clock_is_quick(const char *clocksource);
void sysinfo_warn(struct sysinfo *info, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
const char *sysinfo_text(const struct sysinfo *info, const struct sysinfo_field *field, char *buf,
			 size_t size);
void sysinfo_kernel_hypervisor(const char *clocks, char hypervisor[SYSINFO_TEXT_BYTES]);
const char *sysinfo_hypervisor_name(const char signature[13], bool *emulated);

#endif /* BASE_SYSINFO_H */

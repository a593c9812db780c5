/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance - a private tracing instance of the running kernel, and its sub-buffers
 *
 * Nothing outside the instance is changed, so that nothing is left when it is removed.
 * The instance of a process that was killed is removed by the next one: see private.h.
 */
#ifndef TRACING_INSTANCE_H
#define TRACING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "event.h"
#include "merge.h"

#define INSTANCE_FILTER_BYTES 1024

/**
 * struct instance_config - what to record
 * @user: system calls, to see the return to user space
 * @timers: hrtimers
 * @works: work items
 * @vectors: interrupts without a number (irq_vectors)
 * @stacks: kernel stacks of tasks that leave the CPU
 * @pids: follow only these tasks to user space, @n_pids of them, by their PIDs in the
 *	initial PID namespace
 * @n_pids: 0: all tasks but those of this process
 * @buffer_kb: ring buffer of each CPU
 * @subbuf_kb: sub-buffer, 0 for the kernel's default; ignored where the kernel
 *	has only one size
 * @keep_bytes: of each CPU, keep at least that many bytes of the sub-buffers read last
 */
struct instance_config {
	bool user;
	bool timers;
	bool works;
	bool vectors;
	bool stacks;
	const int32_t *pids;
	size_t n_pids;
	uint32_t buffer_kb;
	uint32_t subbuf_kb;
	size_t keep_bytes;
};

struct instance;

struct instance *instance_new(const struct instance_config *config, struct why *why);
void instance_free(struct instance *instance);
int instance_start(struct instance *instance);
int instance_stop(struct instance *instance);
int instance_renew(struct instance *instance);
int instance_wait(struct instance *instance, int timeout_ms, int wake_fd);

const struct event_catalog *instance_catalog(const struct instance *instance);
const struct subbuf_layout *instance_layout(const struct instance *instance);
unsigned int instance_n_cpus(const struct instance *instance);
size_t instance_subbuf_bytes(const struct instance *instance);
struct page_reader instance_reader(struct instance *instance);
uint64_t instance_settled_ns(void);
size_t instance_kept(const struct instance *instance, unsigned int cpu);
const uint8_t *instance_kept_page(const struct instance *instance, unsigned int cpu, size_t i);
int32_t instance_own_pid(const struct instance *instance);
uint64_t instance_event_cost_ns(const struct instance *instance);

#endif /* TRACING_INSTANCE_H */

// SPDX-License-Identifier: GPL-2.0-or-later
#include "softirq.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct softirq_cpu - what a CPU does
 * @running: it is in a softirq whose entry was recorded
 * @vec: which
 * @depth: interrupt handlers that it is in, within the softirq
 * @since_ns: when the softirq was entered
 * @hard_since_ns: when the outermost handler was entered
 * @hard_ns: time in handlers since @since_ns
 * @raised_ns: when each softirq was raised first since its last entry; 0: it was not
 * @wait_ns: how long the softirq waited
 * @has_wait: that is known
 */
struct softirq_cpu {
	bool running;
	uint32_t vec;
	unsigned int depth;
	uint64_t since_ns;
	uint64_t hard_since_ns;
	uint64_t hard_ns;
	uint64_t raised_ns[SOFTIRQ_VECS];
	uint64_t wait_ns;
	bool has_wait;
};

struct softirqs {
	unsigned int n_cpus;
	softirq_ended *ended;
	void *ctx;
	struct softirq_cpu cpu[];
};

/* "NET_RX"; "?" for a number that the kernel does not have. */
const char *softirq_name(uint32_t vec)
{
	/* In the order of the kernel's linux/interrupt.h. */
	static const char *const names[SOFTIRQ_VECS] = {
		"HI",	    "TIMER",   "NET_TX", "NET_RX",  "BLOCK",
		"IRQ_POLL", "TASKLET", "SCHED",	 "HRTIMER", "RCU",
	};

	return vec < SOFTIRQ_VECS ? names[vec] : "?";
}

/**
 * softirqs_new - prepare to measure
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @ended: gets each time, during softirqs_event()
 * @ctx: passed to @ended
 *
 * Returns NULL with errno set when memory runs out.
 */
struct softirqs *softirqs_new(unsigned int n_cpus, softirq_ended *ended, void *ctx)
{
	struct softirqs *softirqs =
		calloc(1, sizeof(*softirqs) + n_cpus * sizeof(softirqs->cpu[0]));

	if (!softirqs)
		return NULL;
	softirqs->n_cpus = n_cpus;
	softirqs->ended = ended;
	softirqs->ctx = ctx;
	return softirqs;
}

static void end(struct softirqs *softirqs, struct softirq_cpu *cpu, const struct event *e)
{
	bool known = cpu->running && !cpu->depth && cpu->vec == e->vec;
	const struct softirq_run run = {
		.vec = e->vec,
		.cpu = e->cpu,
		.has_wait = cpu->has_wait,
		.wait_ns = cpu->wait_ns,
		.ns = e->ts_ns - cpu->since_ns - cpu->hard_ns,
	};

	cpu->running = false;
	if (known)
		softirqs->ended(softirqs->ctx, &run);
}

static void begin(struct softirq_cpu *cpu, const struct event *e)
{
	uint64_t *raised = e->vec < SOFTIRQ_VECS ? &cpu->raised_ns[e->vec] : NULL;

	cpu->running = true;
	cpu->vec = e->vec;
	cpu->depth = 0;
	cpu->since_ns = e->ts_ns;
	cpu->hard_ns = 0;
	cpu->has_wait = raised && *raised;
	cpu->wait_ns = cpu->has_wait ? e->ts_ns - *raised : 0;
	if (raised)
		*raised = 0;
}

/* Take the next event, in the order of time on its CPU. Lost events end what they cut. */
void softirqs_event(struct softirqs *softirqs, const struct event *e)
{
	struct softirq_cpu *cpu;

	if (e->cpu >= softirqs->n_cpus)
		return;
	cpu = &softirqs->cpu[e->cpu];
	switch (e->kind) {
	case EVENT_SOFTIRQ_ENTRY:
		begin(cpu, e);
		break;
	case EVENT_SOFTIRQ_RAISE:
		if (e->vec < SOFTIRQ_VECS && !cpu->raised_ns[e->vec])
			cpu->raised_ns[e->vec] = e->ts_ns;
		break;
	case EVENT_SOFTIRQ_EXIT:
		end(softirqs, cpu, e);
		break;
	case EVENT_IRQ_ENTRY:
	case EVENT_VECTOR_ENTRY:
		if (!cpu->depth++)
			cpu->hard_since_ns = e->ts_ns;
		break;
	case EVENT_IRQ_EXIT:
	case EVENT_VECTOR_EXIT:
		if (cpu->depth && !--cpu->depth)
			cpu->hard_ns += e->ts_ns - cpu->hard_since_ns;
		break;
	case EVENT_LOSS_BEGIN:
	case EVENT_LOSS_END:
		cpu->running = false;
		memset(cpu->raised_ns, 0, sizeof(cpu->raised_ns));
		break;
	default:
		break;
	}
}

/* NULL is fine. */
void softirqs_free(struct softirqs *softirqs)
{
	free(softirqs);
}

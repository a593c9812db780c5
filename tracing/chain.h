/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain - which interrupt woke which task: events -> chains -> stages
 *
 * A chain starts when a hard interrupt handler is entered and follows what the
 * handler hands on: a softirq it raises, the irq thread or the work item it
 * starts, the task that is woken at last, until that task is back in user
 * space. Every event on the way ends one stage and begins the next, so the
 * stages of a sample add up to its total by construction.
 *
 * Nothing is guessed: a wake-up is attributed to an interrupt only when it
 * happens in a context that this interrupt alone started. All interrupts are
 * accounted for, each with exactly one outcome.
 */
#ifndef TRACING_CHAIN_H
#define TRACING_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/* Roots that are hrtimers, not interrupts: their "number". */
#define CHAIN_IRQ_HRTIMER (-1000)

/* In the order in which a chain passes through them. */
enum stage {
	STAGE_HANDLER,	    /* irq entry -> handler end, or its wake-up */
	STAGE_SOFTIRQ_WAIT, /* handler end -> softirq entry */
	STAGE_SOFTIRQ,	    /* softirq entry -> waking */
	STAGE_THREAD_WAKE,  /* waking of the irq thread -> its wakeup */
	STAGE_THREAD_QUEUE, /* its wakeup -> its switch in */
	STAGE_THREAD,	    /* its switch in -> waking */
	STAGE_WORK_WAIT,    /* work queued -> work started */
	STAGE_WORK,	    /* work started -> waking */
	STAGE_WAKE,	    /* waking -> wakeup: IPI and idle exit */
	STAGE_QUEUE,	    /* wakeup -> switch in: waiting for the CPU */
	STAGE_READ,	    /* switch in -> procirq_read */
	STAGE_EXIT,	    /* switch in or procirq_read -> sys_exit */
	STAGES,
	/* Not parts of the sum. */
	STAGE_TOTAL = STAGES, /* irq entry -> end of the chain */
	STAGE_IRQ,	      /* irq entry -> handler end, every interrupt */
	STAGE_MODULE,	      /* irq entry -> handler time of the procirq module */
	STAGE_KINDS,
};

/* Where a chain ended. */
enum chain_end {
	CHAIN_END_USER, /* the woken task was back in user space */
	CHAIN_END_TASK, /* the woken task ran: a kernel thread, or a task
				 * that went to sleep in the kernel again */
	CHAIN_ENDS,
};

/*
 * What became of an interrupt. When it woke several tasks, the greatest of
 * these is its outcome.
 */
enum outcome {
	OUTCOME_WOKE_NOBODY, /* nothing was woken in a context it started */
	OUTCOME_NOT_HANDLED, /* shared line: the handler said "not mine" */
	OUTCOME_COALESCED,   /* its softirq was pending from the same line */
	OUTCOME_CUT_OFF,     /* tracing ended before the chain did */
	OUTCOME_AWAKE,	     /* the task was already on its way to user space */
	OUTCOME_NO_SYSCALL,  /* back in user space, but not from a system call */
	OUTCOME_KERNEL,	     /* only kernel threads and tasks that slept again */
	OUTCOME_NO_SWITCH,   /* the task ran, its switch in was not recorded */
	OUTCOME_INCOMPLETE,  /* another event is missing, though none was lost */
	OUTCOME_AMBIGUOUS,   /* several interrupts could have woken the task */
	OUTCOME_LOST,	     /* events of the chain may have been lost */
	OUTCOME_NEGATIVE,    /* time ran backwards within the chain */
	OUTCOME_MATCHED,     /* a chain is complete */
	OUTCOMES,
};

extern const char *const stage_names[STAGE_KINDS];
extern const char *const stage_titles[STAGE_KINDS];
extern const char *const outcome_names[OUTCOMES];
extern const char *const chain_end_names[CHAIN_ENDS];

/**
 * struct chain_sample - one chain
 * @irq: interrupt number; below zero: event_vectors or CHAIN_IRQ_HRTIMER
 * @irq_cpu: CPU that took the interrupt
 * @task_cpu: CPU the task ran on
 * @pid: woken task
 * @comm: its name
 * @end: where the chain ended
 * @start_ns: irq entry
 * @end_ns: end of the chain; @end_ns - @start_ns is the sum of @ns
 * @stages: bit set of the stages it went through
 * @order: the same in the order of time, see chain_stage_at()
 * @ns: time in each stage; 0 for those not in @stages
 * @module_ns: irq entry -> the procirq module's handler time; -1: not known
 */
struct chain_sample {
	int32_t irq;
	uint16_t irq_cpu;
	uint16_t task_cpu;
	int32_t pid;
	char comm[EVENT_COMM_BYTES];
	enum chain_end end;
	uint64_t start_ns;
	uint64_t end_ns;
	uint32_t stages;
	uint64_t order;
	uint64_t ns[STAGES];
	int64_t module_ns;
};

static inline int chain_n_stages(const struct chain_sample *sample)
{
	return __builtin_popcount(sample->stages);
}

/* The @i th stage that the chain came to; one it came to again counts as first. */
static inline enum stage chain_stage_at(const struct chain_sample *sample, int i)
{
	int later = chain_n_stages(sample) - 1 - i;

	return (enum stage)(sample->order >> 4 * later & 15);
}

/**
 * struct chain_sink - who gets the results; all during chain_event()
 * @seen: a handler was entered; @e is its EVENT_IRQ_ENTRY or _VECTOR_ENTRY
 * @handler: its handler ended after @ns
 * @sample: a chain ended
 * @outcome: all is known about one interrupt; as often as @seen, in the end
 * @ctx: passed to each
 */
struct chain_sink {
	void (*seen)(void *ctx, const struct event *e);
	void (*handler)(void *ctx, int32_t irq, unsigned int cpu, uint64_t ns);
	void (*sample)(void *ctx, const struct chain_sample *sample);
	void (*outcome)(void *ctx, int32_t irq, unsigned int cpu, enum outcome outcome);
	void *ctx;
};

struct chains;

struct chains *chains_new(unsigned int n_cpus, const struct event_catalog *catalog,
			  const struct chain_sink *sink);
void chains_free(struct chains *b);
void chains_event(struct chains *b, const struct event *e);
void chains_finish(struct chains *b);

#endif /* TRACING_CHAIN_H */

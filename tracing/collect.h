/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect - what the collector's BPF programs and the program that reads them share
 *
 * The maps are arrays of these structs. Their sizes are fixed when the collector is
 * loaded, so that nothing is allocated while it runs. An index is stored plus one: 0 is
 * none. All memory begins as zeroes.
 *
 * Who writes what:
 *
 * - a struct collect_cpu: its CPU, with @carry also written under the lock of the CPU's
 *   run queue
 * - a struct collect_row: claimed by a compare and exchange of @state; @seen by its CPU;
 *   outcomes and histograms by any CPU, with atomic additions
 * - a struct collect_root: made by its CPU; any CPU that holds a reference adds outcomes,
 *   and the one that drops the last reference frees it
 * - a task or a work item: the scheduler and the workqueues call us for one task or item
 *   in the order of time, each time with a lock of theirs; the slot is claimed by a
 *   compare and exchange of its key
 */
#ifndef TRACING_COLLECT_H
#define TRACING_COLLECT_H

#include <stdint.h>

#include "base/stages.h"
#include "outcome.h"

#define COLLECT_ROWS	   256 /* of each CPU; a power of two */
#define COLLECT_ROOTS	   256 /* of each CPU; a power of two */
#define COLLECT_DEPTH	   8   /* a power of two */
#define COLLECT_NAME_BYTES 64
#define COLLECT_LIST_MAX   32
#define COLLECT_SOFTIRQS   16 /* the kernel has ten; a power of two */
#define COLLECT_WAYS	   4  /* slots of a bucket */

/*
 * The buckets of struct hist with two digits: a group for each power of two, with 128
 * buckets. The groups reach to 2^40 ns, which is 18 minutes.
 */
#define COLLECT_BUCKET_BITS 7
#define COLLECT_BUCKETS	    (1 << COLLECT_BUCKET_BITS)
#define COLLECT_TIME_BITS   40
#define COLLECT_GROUPS	    (COLLECT_TIME_BITS - COLLECT_BUCKET_BITS + 1)
#define COLLECT_GROUP_SLOTS 64 /* a power of two */

/* Stages that a chain can have: a task is followed until it runs. */
#define COLLECT_PARTS (CHAIN_STAGE_QUEUE + 1)

/* Room for those, and for all stages; powers of two. */
#define COLLECT_PART_SLOTS 16
#define COLLECT_STAGES	   32
_Static_assert(COLLECT_PARTS <= COLLECT_PART_SLOTS && (int)CHAIN_STAGES <= COLLECT_STAGES,
	       "every stage has its place");

/* In place of the address of a name: all handlers of a line together. */
#define COLLECT_OF_LINE UINT64_MAX

/* What could not be counted, by reason. */
enum collect_loss {
	COLLECT_NO_ROW,	  /* interrupts without a row */
	COLLECT_NO_ROOT,  /* interrupts that could not be followed */
	COLLECT_NO_TASK,  /* wake-ups of tasks without a slot */
	COLLECT_NO_WORK,  /* work items without a slot */
	COLLECT_NO_HIST,  /* times without a histogram */
	COLLECT_NO_GROUP, /* times without buckets */
	COLLECT_TOO_LONG, /* times beyond the last bucket */
	COLLECT_LOSSES,
};

/**
 * struct collect_list - patterns of names
 * @n: how many
 * @except: bit set of those that leave out what they match
 * @pattern: with '*' and '?', terminated
 */
struct collect_list {
	uint32_t n;
	uint32_t except;
	char pattern[COLLECT_LIST_MAX][COLLECT_NAME_BYTES];
};

/**
 * struct collect_config - read-only data of the programs
 * @n_cpus: CPUs are 0 to @n_cpus - 1
 * @n_hists: size of the map of histograms
 * @n_groups: size of the map of groups of buckets
 * @task_mask: buckets of tasks - 1
 * @work_mask: buckets of work items - 1
 * @own_pid: chains that wake this task are left out
 * @n_irqs: interrupts in @irqs; 0: all
 * @n_pids: tasks in @pids; 0: all
 * @names: of handlers
 * @comms: of tasks
 * @vectors: bit set of the vectors that pass the filter by name
 * @no_vectors: vectors are not counted; then they are followed only as contexts
 */
struct collect_config {
	uint32_t n_cpus;
	uint32_t n_hists;
	uint32_t n_groups;
	uint32_t task_mask;
	uint32_t work_mask;
	int32_t own_pid;
	uint32_t n_irqs;
	uint32_t n_pids;
	int32_t irqs[COLLECT_LIST_MAX];
	int32_t pids[COLLECT_LIST_MAX];
	struct collect_list names;
	struct collect_list comms;
	uint32_t vectors;
	uint32_t no_vectors;
};

/**
 * struct collect_glob - a comparison of a text with a pattern, on a CPU
 * @comms: the pattern is of @comms of the configuration, not of @names
 * @which: pattern of the list
 * @pattern: how far it is compared; @text too
 * @star: behind the last '*'; 0: there was none
 * @star_text: the text from which the rest of the pattern was tried
 * @matches: the result
 * @from: the text, terminated
 *
 * It is in a map because what the verifier knows of a map's memory does not change from one
 * step to the next; of the stack it would follow every value.
 */
struct collect_glob {
	uint32_t comms;
	uint32_t which;
	uint32_t pattern;
	uint32_t text;
	uint32_t star;
	uint32_t star_text;
	uint32_t matches;
	char from[COLLECT_NAME_BYTES];
};

/* Of a row: see collect_row. */
enum collect_row_state { ROW_FREE, ROW_CLAIMED, ROW_READY };

/**
 * struct collect_row - a handler of an interrupt on a CPU
 * @state: only ROW_READY has the rest
 * @irq: number; below zero: see event_irq_name()
 * @name_at: address of the name in the kernel, which tells the handlers of a line apart;
 *	COLLECT_OF_LINE: all of them
 * @wanted: passes the filter
 * @seen: handlers that were entered
 * @outcomes: how many of them had each outcome
 * @hist: index of each stage's histogram, plus one
 */
struct collect_row {
	uint32_t state;
	int32_t irq;
	uint64_t name_at;
	char name[COLLECT_NAME_BYTES];
	uint32_t wanted;
	uint32_t pad;
	uint64_t seen;
	uint64_t outcomes[OUTCOMES];
	uint32_t hist[COLLECT_STAGES];
};

/**
 * struct collect_hist - a histogram
 * @sum: of the times
 * @max: longest time
 * @not_min: ~shortest time, so that zeroes are an empty histogram
 * @group: index of each power of two's buckets, plus one
 */
struct collect_hist {
	uint64_t sum;
	uint64_t max;
	uint64_t not_min;
	uint32_t group[COLLECT_GROUP_SLOTS];
};

struct collect_group {
	uint64_t count[COLLECT_BUCKETS];
};

/**
 * struct collect_root - an interrupt that is followed
 * @busy: it is in use
 * @refs: paths that begin with it
 * @outcomes: bit set; the greatest counts
 * @row: index of its row
 */
struct collect_root {
	uint32_t busy;
	uint32_t refs;
	uint32_t outcomes;
	uint32_t row;
};

/**
 * struct collect_path - from an interrupt to now
 * @root: index plus one; 0: no path, the rest has no meaning
 * @row: index of its row
 * @start_ns: handler entered
 * @last_ns: end of the last stage
 * @stages: bit set of the stages so far
 * @of_line: another handler of the shared line caused it as well
 * @ns: time in each of @stages, of which there are COLLECT_PARTS
 */
struct collect_path {
	uint32_t root;
	uint32_t row;
	uint64_t start_ns;
	uint64_t last_ns;
	uint32_t stages;
	uint32_t of_line;
	uint64_t ns[COLLECT_PART_SLOTS];
};

/**
 * struct collect_hard - a handler that was entered
 * @irq: interrupt
 * @root: index plus one; 0: it is not followed
 * @row: index plus one; 0: none
 * @start_ns: when
 */
struct collect_hard {
	int32_t irq;
	uint32_t root;
	uint32_t row;
	uint32_t pad;
	uint64_t start_ns;
};

/* A softirq that is pending or running; @mixed: not for one interrupt alone. */
struct collect_softirq {
	struct collect_path path;
	uint32_t raised;
	uint32_t mixed;
};

/**
 * struct collect_cpu - what a CPU does
 * @depth: handlers in @hard, innermost last
 * @in_handler: bit set of the softirqs that these have raised
 * @tail: the last handler that ended and wakes its thread
 * @running_pid: task that runs @running, or was interrupted by it
 * @current_pid: task on the CPU
 * @carry: the slot of that task, plus one, when it works for an interrupt
 * @next_root: where to look for a free one
 * @unwanted: the filter leaves out interrupts of this CPU
 * @address: of what is entered or queued, with interrupts off, for address_of()
 * @work: of the item that starts, for address_of()
 */
struct collect_cpu {
	uint32_t depth;
	uint32_t in_handler;
	int32_t running_pid;
	int32_t current_pid;
	uint32_t carry;
	uint32_t next_root;
	uint32_t unwanted;
	uint32_t pad;
	uint64_t address;
	uint64_t work;
	struct collect_hard hard[COLLECT_DEPTH];
	struct collect_hard tail;
	struct collect_softirq running;
	struct collect_softirq pending[COLLECT_SOFTIRQS];
} __attribute__((aligned(128)));

/* Keys of a bucket, each of a slot of another map; 0: free. */
struct collect_tasks {
	uint32_t pid[COLLECT_WAYS];
};

struct collect_works {
	uint64_t work[COLLECT_WAYS];
};

enum collect_task_state { COLLECT_IDLE, COLLECT_WAKING, COLLECT_WOKEN };

/**
 * struct collect_task - a task that a chain goes through
 * @state: of @chain
 * @on_cpu: it was woken before it had left its CPU
 * @irq_thread: it is one
 * @wanted: passes the filter
 * @carry_stage: CHAIN_STAGE_THREAD or CHAIN_STAGE_WORK
 * @carry_mixed: the line interrupted again while its thread was running
 * @chain: the path that woke it
 * @carry: the path that it works for now
 */
struct collect_task {
	uint32_t state;
	uint32_t on_cpu;
	uint32_t irq_thread;
	uint32_t wanted;
	uint32_t carry_stage;
	uint32_t carry_mixed;
	struct collect_path chain;
	struct collect_path carry;
};

/**
 * struct collect_totals - what has no other place
 * @hists: histograms given out
 * @groups: groups given out
 * @lost: by enum collect_loss
 */
struct collect_totals {
	uint32_t hists;
	uint32_t groups;
	uint64_t lost[COLLECT_LOSSES];
};

/* 63 - the number of leading zeroes, of a number that is not 0. BPF has no instruction. */
static inline uint32_t collect_log2(uint64_t v)
{
	uint32_t log = 0;

	if (v >> 32) {
		v >>= 32;
		log += 32;
	}
	if (v >> 16) {
		v >>= 16;
		log += 16;
	}
	if (v >> 8) {
		v >>= 8;
		log += 8;
	}
	if (v >> 4) {
		v >>= 4;
		log += 4;
	}
	if (v >> 2) {
		v >>= 2;
		log += 2;
	}
	return log + (uint32_t)(v >> 1);
}

/*
 * The group of a time, and its bucket there. Group 0 is below 2^7 ns; in it and in the
 * next each value has its own bucket. Bucket @b of group @g is number 128 @g + @b of
 * struct hist.
 */
static inline uint32_t collect_group(uint64_t ns)
{
	return collect_log2(ns | COLLECT_BUCKETS >> 1) - (COLLECT_BUCKET_BITS - 1);
}

static inline uint32_t collect_bucket(uint64_t ns, uint32_t group)
{
	return (uint32_t)(ns >> (group ? group - 1 : 0)) & (COLLECT_BUCKETS - 1);
}

#endif /* TRACING_COLLECT_H */

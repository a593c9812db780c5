/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event - records -> events, of the tracepoints that the engine understands
 *
 * event_defs lists these tracepoints and the fields that are used. A catalog binds them
 * to the `format` texts of one recording. Decoding is then a table look-up and a few
 * loads at known offsets.
 */
#ifndef TRACING_EVENT_H
#define TRACING_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subbuf.h"

#define EVENT_COMM_BYTES 16
#define EVENT_VALUES_MAX 3

/* Handlers on one CPU, each of which interrupted the one before. */
#define EVENT_IRQ_DEPTH_MAX 8

enum event_kind {
	EVENT_OTHER, /* not in the catalog */
	EVENT_IRQ_ENTRY,
	EVENT_IRQ_EXIT,
	EVENT_SOFTIRQ_RAISE,
	EVENT_SOFTIRQ_ENTRY,
	EVENT_SOFTIRQ_EXIT,
	EVENT_WAKING,
	EVENT_WAKEUP,
	EVENT_SWITCH,
	EVENT_SYS_ENTER,
	EVENT_SYS_EXIT,
	EVENT_VECTOR_ENTRY,
	EVENT_VECTOR_EXIT,
	EVENT_WORK_QUEUE,
	EVENT_WORK_START,
	EVENT_WORK_END,
	EVENT_HRTIMER_ENTRY,
	EVENT_HRTIMER_EXIT,
	EVENT_PROCIRQ_READ,
	EVENT_STACK,
	/* Not recorded: made by the reader of the sub-buffers. */
	EVENT_LOSS_BEGIN,
	EVENT_LOSS_END,
};

/* common_flags */
#define EVENT_FLAG_HARDIRQ 0x08
#define EVENT_FLAG_SOFTIRQ 0x10

/**
 * struct event - one decoded event
 * @ts_ns: time
 * @data: payload of the record; valid only during the call that passes it
 * @len: its bytes
 * @cpu: where it was recorded
 * @kind: enum event_kind
 * @flags: common_flags
 * @pid: common_pid, the task that was current
 * @irq: EVENT_IRQ_*; EVENT_VECTOR_*: below zero, see event_irq_name()
 * @ret: EVENT_IRQ_EXIT: 0 not handled, 1 handled, 2 wake the irq thread
 * @vec: EVENT_SOFTIRQ_*
 * @wake: EVENT_WAKING, EVENT_WAKEUP; @wake.target_cpu is where the task ran last
 *	(waking) or was queued (wakeup)
 * @sw: EVENT_SWITCH
 * @work: EVENT_WORK_*: address of the work item
 * @function: EVENT_WORK_QUEUE, EVENT_WORK_START: address of its function
 * @lost: EVENT_LOSS_*: how many events were lost, or SUBBUF_MISSED_UNKNOWN
 * @read: EVENT_PROCIRQ_READ: interrupt, and time in the handler, CLOCK_MONOTONIC
 */
struct event {
	uint64_t ts_ns;
	const uint8_t *data;
	uint32_t len;
	uint16_t cpu;
	uint8_t kind;
	uint8_t flags;
	int32_t pid;
	union {
		struct {
			int32_t irq;
			int32_t ret;
		};
		uint32_t vec;
		struct {
			int32_t pid;
			int32_t target_cpu;
		} wake;
		struct {
			int32_t prev_pid;
			int32_t next_pid;
			int64_t prev_state;
		} sw;
		struct {
			uint64_t work;
			uint64_t function;
		};
		struct {
			int32_t irq;
			uint64_t irq_ns;
		} read;
		uint64_t lost;
	};
};

/* prev_state: the task sleeps. The bit after these means "preempted". */
#define EVENT_STATE_ASLEEP 0xff

/* The kernel's priorities: below this one of real-time and deadline tasks. */
#define EVENT_PRIO_NORMAL  100
#define EVENT_PRIO_UNKNOWN INT32_MAX

/**
 * struct event_def - a tracepoint that is understood
 * @system: "sched"
 * @name: "sched_switch"
 * @kind: of the events that it is decoded to
 * @irq: EVENT_VECTOR_*: below zero, in place of the number that it does not have
 * @fields: names of the values, in the order of @kind's decoder; all must exist
 */
struct event_def {
	const char *system;
	const char *name;
	enum event_kind kind;
	int32_t irq;
	const char *fields[EVENT_VALUES_MAX];
};
extern const struct event_def event_defs[];
extern const size_t event_n_defs;

/* Where one value is; size 0: the tracepoint has no such value. */
struct event_value {
	uint16_t offset;
	uint8_t size;
	bool is_signed;
};

/**
 * struct event_type - a tracepoint bound to a recording
 * @def: the tracepoint; NULL: not understood
 * @value: where the values of @def->fields are
 * @name_offset: of irq_handler_entry's name, of comm / next_comm, or of a
 *	stack's addresses; 0: none
 * @prev_offset: of prev_comm; 0: none
 * @prio_offset: of next_prio; 0: none
 * @min_len: shorter records are corrupt
 * @kind: enum event_kind of @def; 0 without @def
 */
struct event_type {
	const struct event_def *def;
	struct event_value value[EVENT_VALUES_MAX];
	uint16_t name_offset;
	uint16_t prev_offset;
	uint16_t prio_offset;
	uint16_t min_len;
	uint8_t kind;
};

/**
 * struct event_catalog - the events of one recording
 * @types: by common_type, @n_types of them
 * @n_types: greater numbers are not understood
 * @present: by index of event_defs: the tracepoint is bound
 * @swap: the recording has the other byte order
 * @no_flags: it does not say which events happened in an interrupt: common_flags is what
 *	the events before let expect
 * @ns_mult: with @ns_shift: ns = units * mult >> shift; 0: units are ns
 * @ns_shift: see @ns_mult
 */
struct event_catalog {
	struct event_type *types;
	uint32_t n_types;
	bool *present;
	bool swap;
	bool no_flags;
	uint32_t ns_mult;
	uint32_t ns_shift;
};

int event_catalog_init(struct event_catalog *catalog, bool swap);
void event_catalog_free(struct event_catalog *catalog);
int event_catalog_add(struct event_catalog *catalog, const char *system, const char *format_text);
bool event_catalog_has(const struct event_catalog *catalog, enum event_kind kind);
int event_decode(const struct event_catalog *catalog, const struct trace_record *r,
		 unsigned int cpu, struct event *e);
const char *event_irq_name(int32_t irq);
bool event_is_between_cpus(const struct event_catalog *catalog, const struct event *e);
void event_name(const struct event_catalog *catalog, const struct event *e, char *name,
		size_t size);
bool event_has_name(const struct event_catalog *catalog, const struct event *e, const char *name,
		    size_t size);
void event_comm(const struct event_catalog *catalog, const struct event *e,
		char comm[EVENT_COMM_BYTES]);
void event_prev_comm(const struct event_catalog *catalog, const struct event *e,
		     char comm[EVENT_COMM_BYTES]);
int32_t event_next_prio(const struct event_catalog *catalog, const struct event *e);
bool event_stack(const struct event_catalog *catalog, const struct event *e, size_t i,
		 uint64_t *address);

/* Units of the trace clock -> ns. */
static inline uint64_t event_scale_ns(const struct event_catalog *catalog, uint64_t ts)
{
	if (__builtin_expect(!catalog->ns_mult, 1))
		return ts;
	return (uint64_t)(((unsigned __int128)ts * catalog->ns_mult) >> catalog->ns_shift);
}

/* common_type, common_flags, common_preempt_count, common_pid */
#define EVENT_COMMON_BYTES 8

/* The type of a record; NULL: not understood. */
static inline const struct event_type *event_type(const struct event_catalog *catalog,
						  const struct trace_record *r)
{
	uint32_t id;

	if (r->len < EVENT_COMMON_BYTES)
		return NULL;
	id = subbuf_u16(r->data, catalog->swap);
	if (id >= catalog->n_types || !catalog->types[id].def)
		return NULL;
	return &catalog->types[id];
}

#endif /* TRACING_EVENT_H */

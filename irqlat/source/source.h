/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source raises interrupts, one at a time, and says when it raised them and
 * how many. All of it runs on the controlling thread, but ack() and raise_here().
 */
#ifndef IRQLAT_SOURCE_H
#define IRQLAT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "irqlat/way/way.h"

/**
 * struct source_config - what a source is told
 * @address: PCI address from --source edu=ADDRESS, NULL to search
 * @line: irqgen line
 * @cpu: CPU that raises
 * @gap_ns: between the reader falling asleep and the interrupt
 * @interval_ns: from one expiry of a timer to the next
 * @intx: the device shall use its INTx line
 */
struct source_config {
	const char *address;
	uint64_t line;
	int cpu;
	uint64_t gap_ns;
	uint64_t interval_ns;
	bool intx;
};

/**
 * struct account - what happened at the source since it was last asked
 * @raised: interrupts raised
 * @coalesced: of those, merged into a pending one before any handler ran
 * @raised_ns: CLOCK_MONOTONIC before the first one of the delivery was raised;
 *	0 when it is not known any more
 * @period_ns: each of the others of the delivery was raised so long after the one
 *	before; 0 when that is not known
 */
struct account {
	uint64_t raised;
	uint64_t coalesced;
	uint64_t raised_ns;
	uint64_t period_ns;
};

struct source;

/**
 * struct source_ops - one kind of source
 * @name: as in --source and in results
 * @drivers: which drivers can serve its interrupt
 * @self_timed: the way itself arranges for the next one; raise() does nothing
 * @raises_later: raise() returns before the interrupt is raised
 * @open: get hold of it
 * @connect: make its interrupt available to a driver; undoes the last connect
 * @sync: the port is open and nothing is being raised: agree on numbers
 * @drift: the source is stopped: by how much these numbers disagree by now, which
 *	they do when the kernel handled two of its interrupts as one
 * @raise: raise one interrupt, @gap_ns from now
 * @raise_here: raise one on the measured thread, whose CPU takes it, from user mode
 *	or from inside a system call; says nothing when that fails, nothing comes
 *	then. NULL: the source cannot
 * @stop: after this nothing is raised
 * @ack: tell the device, on the measured thread, that the interrupt was seen
 * @account: what happened since the last call, for this delivery (NULL: none)
 * @close: leave everything as it was found
 *
 *
 * Functions that return int return 0, or -1 after saying why.
 */
struct source_ops {
	const char *name;
	bool drivers[DRIVER_COUNT];
	bool self_timed;
	bool raises_later;
	struct source *(*open)(const struct source_config *config);
	int (*connect)(struct source *source, enum driver driver, struct target *target);
	int (*sync)(struct source *source, struct port *port);
	int64_t (*drift)(struct source *source, struct port *port);
	int (*raise)(struct source *source);
	void (*raise_here)(struct source *source, bool in_call);
	int (*stop)(struct source *source);
	void (*ack)(struct source *source);
	void (*account)(struct source *source, const struct delivery *delivery,
			struct account *account);
	void (*close)(struct source *source);
};

extern const struct source_ops source_irqgen_ops;
extern const struct source_ops source_edu_ops;
extern const struct source_ops source_timer_ops;
extern const struct source_ops source_thread_ops;

const struct source_ops *source_find(const char *name);
const struct source_ops *source_for(const struct source_ops *chosen, enum driver driver);

/**
 * struct pulse - interrupts that a thread raises itself
 * @raised: since account() was last called
 * @raised_ns: CLOCK_MONOTONIC before the last one
 */
struct pulse {
	uint64_t raised;
	uint64_t raised_ns;
};

/* Sleep @gap_ns; the caller raises right after this. */
static inline void pulse_begin(struct pulse *pulse, uint64_t gap_ns)
{
	struct timespec gap = clock_timespec(gap_ns);

	clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, NULL);
	pulse->raised++;
	pulse->raised_ns = clock_ns();
}

static inline void pulse_account(struct pulse *pulse, struct account *account)
{
	*account = (struct account){ .raised = pulse->raised, .raised_ns = pulse->raised_ns };
	pulse->raised = 0;
}

/**
 * struct seq_map - from a line's sequence numbers to a source's own numbers
 * @offset: source's number - line's number; both grow by one an interrupt
 *	while a reader is attached
 */
struct seq_map {
	int64_t offset;
};

static inline void seq_map_set(struct seq_map *map, uint64_t source_number, uint64_t line_seq)
{
	map->offset = (int64_t)(source_number - line_seq);
}

/* Source's number of the first of @count interrupts that end with @seq. */
static inline uint64_t seq_map_first(const struct seq_map *map, uint64_t seq, uint32_t count)
{
	return seq - (count - 1) + (uint64_t)map->offset;
}

#endif /* IRQLAT_SOURCE_H */

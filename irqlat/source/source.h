/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source raises interrupts, one at a time, and reports when it raised each of
 * them and how many it raised. The controlling thread uses it; only ack() and
 * raise_here() run on the measured thread.
 */
#ifndef IRQLAT_SOURCE_H
#define IRQLAT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/why.h"
#include "irqlat/way/way.h"

/**
 * struct source_config - options of a source
 * @device: DEVICE of --source NAME=DEVICE, NULL: search for it
 * @line: irqgen line
 * @cpu: CPU that raises
 * @interval_ns: from one expiry of a timer to the next
 * @intx: the device must use its INTx line
 */
struct source_config {
	const char *device;
	uint64_t line;
	int cpu;
	uint64_t interval_ns;
	bool intx;
};

/**
 * struct account - what a source did since the account before
 * @raised: interrupts raised
 * @coalesced: of those, merged into a pending one before any handler ran
 * @raised_ns: CLOCK_MONOTONIC just before the first interrupt of the delivery was
 *	raised; 0 when that is not known any more
 * @period_ns: time between two interrupts of the delivery; 0 when not known
 */
struct account {
	uint64_t raised;
	uint64_t coalesced;
	uint64_t raised_ns;
	uint64_t period_ns;
};

/* What open() returned; each kind of source has its own struct behind it. */
struct source;

/**
 * struct source_ops - a kind of source
 * @name: as in --source and in results
 * @argument: what may follow the name, for messages: "PCI-ADDRESS"; NULL: nothing may
 * @needs_argument: something has to
 * @drivers: the drivers that can serve its interrupt
 * @self_timed: the way sets a timer for the next interrupt; there is no raise()
 * @raises_later: raise() returns before the interrupt is raised
 * @open: make it ready. NULL on failure, with the reason in @why
 * @connect: make its interrupt available to a driver; undoes the connect() before
 * @sync: a port is open and nothing is being raised: start to count
 * @drift: nothing is being raised: by how much the source's numbers and the
 *	line's have moved apart since sync(), which happens when the kernel handles
 *	two interrupts as one
 * @raise: raise one interrupt, this time from now
 * @raise_here: raise one, this time from now, on the measured thread, whose CPU takes the interrupt, in
 *	user mode or inside a system call. When it fails no interrupt comes
 * @stop: after this nothing is raised
 * @ack: acknowledge the interrupt in the device, on the measured thread
 * @account: what happened since the last call; @delivery is NULL if nothing was
 *	delivered
 * @close: free it, and leave everything as it was found; to be called only once
 *
 * Functions that return int return 0, or -1 with the reason in @why. sync, drift,
 * raise, raise_here, stop and ack may be NULL.
 */
struct source_ops {
	const char *name;
	const char *argument;
	bool needs_argument;
	bool drivers[DRIVER_COUNT];
	bool self_timed;
	bool raises_later;
	struct source *(*open)(const struct source_config *config, struct why *why);
	int (*connect)(struct source *source, enum driver driver, struct target *target,
		       struct why *why);
	int (*sync)(struct source *source, struct port *port, struct why *why);
	int (*drift)(struct source *source, struct port *port, int64_t *drift, struct why *why);
	int (*raise)(struct source *source, uint64_t gap_ns, struct why *why);
	void (*raise_here)(struct source *source, uint64_t gap_ns, bool in_call);
	int (*stop)(struct source *source, struct why *why);
	void (*ack)(struct source *source);
	void (*account)(struct source *source, const struct delivery *delivery,
			struct account *account);
	int (*close)(struct source *source, struct why *why);
};

extern const struct source_ops source_irqgen_ops;
extern const struct source_ops source_edu_ops;
extern const struct source_ops source_pl031_ops;
extern const struct source_ops source_gic_ops;
extern const struct source_ops source_gpiosim_ops;
extern const struct source_ops source_timer_ops;
extern const struct source_ops source_thread_ops;

const struct source_ops *source_find(const char *name);
const struct source_ops *source_for(const struct source_ops *chosen, enum driver driver);
void source_choices(char *text, size_t size);
void source_serving(enum driver driver, const char *last, char *text, size_t size);

/**
 * struct own_raises - interrupts that a thread of this process raises
 * @count: since the last own_raises_account()
 * @last_ns: CLOCK_MONOTONIC just before the last one
 */
struct own_raises {
	uint64_t count;
	uint64_t last_ns;
};

/* Sleep @gap_ns and take the time. The caller raises right after this. */
static inline void own_raises_begin(struct own_raises *raises, uint64_t gap_ns)
{
	struct timespec gap = clock_timespec(gap_ns);

	clock_nanosleep(CLOCK_MONOTONIC, 0, &gap, NULL);
	raises->count++;
	raises->last_ns = clock_ns();
}

static inline void own_raises_account(struct own_raises *raises, struct account *account)
{
	*account = (struct account){ .raised = raises->count, .raised_ns = raises->last_ns };
	raises->count = 0;
}

/**
 * struct seq_map - from a line's sequence numbers to a source's own numbers
 * @offset: source's number - line's number; both grow by one with each interrupt
 *	while a reader is attached
 */
struct seq_map {
	int64_t offset;
};

static inline void seq_map_set(struct seq_map *map, uint64_t source_number, uint64_t line_seq)
{
	map->offset = (int64_t)(source_number - line_seq);
}

/* Source's number of the first of @count interrupts, the last of which is @seq. */
static inline uint64_t seq_map_first(const struct seq_map *map, uint64_t seq, uint32_t count)
{
	return seq - (count - 1) + (uint64_t)map->offset;
}

#endif /* IRQLAT_SOURCE_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain - which interrupt woke which task: events -> chains -> stages
 *
 * A chain starts when a hard interrupt handler is entered. It follows what the
 * handler starts: a softirq that it raises, its irq thread, a work item, and at last
 * the task that one of these wakes, until that task is back in user space. Every
 * event on the way ends one stage and begins the next, so the stages of a sample add
 * up to its total by construction.
 *
 * Nothing is guessed: a wake-up is attributed to an interrupt only when it happens in
 * a context that this interrupt alone started. Every interrupt is accounted for, with
 * exactly one outcome.
 */
#ifndef TRACING_CHAIN_H
#define TRACING_CHAIN_H

#include "chain_sample.h"
#include "event.h"

struct chains;

struct chains *chains_new(unsigned int n_cpus, const struct event_catalog *catalog,
			  const struct chain_sink *sink);
void chains_free(struct chains *chains);
void chains_stop_hops(struct chains *chains);
void chains_event(struct chains *chains, const struct event *e);
void chains_finish(struct chains *chains);
bool chains_have(const struct chains *chains, enum event_kind kind);
bool chains_know_nobody(const struct chains *chains);
uint64_t chains_no_memory(const struct chains *chains);

#endif /* TRACING_CHAIN_H */

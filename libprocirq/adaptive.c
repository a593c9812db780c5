// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Adaptive waiting: to watch the ring for a while before blocking in poll(). An interrupt
 * that comes meanwhile saves the sleep and the wake-up.
 *
 * How long, adapts itself as KVM's halt polling does: the window doubles if an interrupt
 * came after the thread had blocked for less than the limit, and is halved if it came
 * later, or not before the time ran out. If nothing else is asked for, the limit is what a
 * block costs: then a wait costs at most twice what the better of the two would have.
 */

#include <errno.h>
#include <limits.h>

#include "local.h"
#include "procirq.h"

/* The first window and the shortest one; and the limit until a block was measured. */
#define WINDOW_MIN_NS 10000

/* The limit now, ns. */
uint64_t procirq_adaptive_limit_ns(const struct procirq_adaptive *a)
{
	uint64_t max_ns = atomic_load_explicit(&a->max_ns, memory_order_relaxed), block_ns;

	if (max_ns != PROCIRQ_HYBRID_AUTO)
		return max_ns;
	block_ns = atomic_load_explicit(&a->block_ns, memory_order_relaxed);
	return block_ns ? block_ns : WINDOW_MIN_NS;
}

static uint64_t window_ns(const struct procirq_adaptive *a)
{
	uint64_t now_ns = atomic_load_explicit(&a->window_ns, memory_order_relaxed);
	uint64_t limit_ns = procirq_adaptive_limit_ns(a);

	return now_ns < limit_ns ? now_ns : limit_ns;
}

/**
 * procirq_adaptive_fit - fit the window after a wait that blocked
 * @a: of the line
 * @waited_ns: from the beginning of the wait to the interrupt, ns; UINT64_MAX: none came
 *	before the time ran out
 */
void procirq_adaptive_fit(struct procirq_adaptive *a, uint64_t waited_ns)
{
	uint64_t limit_ns = procirq_adaptive_limit_ns(a), now_ns = window_ns(a);
	uint64_t least_ns = limit_ns < WINDOW_MIN_NS ? limit_ns : WINDOW_MIN_NS;

	if (waited_ns < limit_ns) {
		now_ns *= 2;
		if (now_ns < least_ns)
			now_ns = least_ns;
		if (now_ns > limit_ns)
			now_ns = limit_ns;
	} else {
		now_ns = now_ns / 2 < least_ns ? 0 : now_ns / 2;
	}
	atomic_store_explicit(&a->window_ns, now_ns, memory_order_relaxed);
}

/**
 * procirq_adaptive_note_block - a thread was woken from a block
 * @a: of the line
 * @cost_ns: from the interrupt handler to the return to the program, ns
 *
 * One that was disturbed, for example because another thread had its CPU, counts as no more
 * than twice the average.
 */
void procirq_adaptive_note_block(struct procirq_adaptive *a, uint64_t cost_ns)
{
	uint64_t average_ns = atomic_load_explicit(&a->block_ns, memory_order_relaxed);

	if (cost_ns > PROCIRQ_HYBRID_MAX_NS)
		cost_ns = PROCIRQ_HYBRID_MAX_NS;
	if (!average_ns)
		average_ns = cost_ns;
	if (cost_ns > 2 * average_ns)
		cost_ns = 2 * average_ns;
	average_ns = (7 * average_ns + cost_ns) / 8;
	atomic_store_explicit(&a->block_ns, average_ns ? average_ns : 1, memory_order_relaxed);
}

/* procirq_set_hybrid() for the file @fd. */
int procirq_adaptive_set(struct procirq_adaptive *a, int fd, unsigned long long max_ns)
{
	struct procirq_ring_reader *ring, *none = NULL;

	if (max_ns > PROCIRQ_HYBRID_MAX_NS && max_ns != PROCIRQ_HYBRID_AUTO) {
		errno = EINVAL;
		return -1;
	}
	if (max_ns && !atomic_load(&a->ring)) {
		ring = procirq_ring_open_fd(fd);
		if (!ring)
			return -1;
		/* Another thread may have been faster. */
		if (!atomic_compare_exchange_strong(&a->ring, &none, ring))
			procirq_ring_close(ring);
	}
	/* A thread that sees the limit sees the ring. */
	atomic_store(&a->max_ns, max_ns);
	return 0;
}

void procirq_adaptive_get(const struct procirq_adaptive *a, struct procirq_hybrid *hybrid)
{
	*hybrid = (struct procirq_hybrid){
		.max_ns = procirq_adaptive_limit_ns(a),
		.window_ns = window_ns(a),
		.block_ns = atomic_load(&a->block_ns),
		.spins = atomic_load(&a->spins),
		.caught = atomic_load(&a->caught),
		.blocks = atomic_load(&a->blocks),
		.spun_ns = atomic_load(&a->spun_ns),
	};
}

/* Watches the ring. Returns whether an interrupt came. */
static bool spin(struct procirq_adaptive *a, const struct procirq_ring_reader *ring, uint64_t head,
		 uint64_t longest_ns)
{
	uint64_t spun_ns = procirq_ring_watch(ring, head, longest_ns);
	bool caught = procirq_ring_head(ring) != head;

	atomic_fetch_add_explicit(&a->spins, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&a->spun_ns, spun_ns, memory_order_relaxed);
	atomic_fetch_add_explicit(&a->caught, caught, memory_order_relaxed);
	return caught;
}

/* Blocks, and learns from that. Returns as poll(). */
static int block(struct procirq_adaptive *a, const struct procirq_ring_reader *ring, int fd,
		 int timeout_ms, uint64_t head, uint64_t start_ns)
{
	int n = procirq_poll(fd, timeout_ms);
	uint64_t end_ns = procirq_clock_ns(), irq_ns;

	if (n < 0)
		return n;
	atomic_fetch_add_explicit(&a->blocks, 1, memory_order_relaxed);
	irq_ns = n ? procirq_ring_time(ring, head + 1) : 0;
	if (!n) {
		procirq_adaptive_fit(a, UINT64_MAX);
	} else if (irq_ns > start_ns) {
		procirq_adaptive_note_block(a, end_ns - irq_ns);
		procirq_adaptive_fit(a, irq_ns - start_ns);
	}
	return n;
}

/* procirq_wait() for a line whose limit is not 0. */
int procirq_adaptive_wait(struct procirq_adaptive *a, int fd, int timeout_ms)
{
	struct procirq_ring_reader *ring = atomic_load(&a->ring);
	uint64_t head = procirq_ring_head(ring), start_ns, window, limit_ns, passed_ms;
	int n = procirq_poll(fd, 0);

	/* It has unmasked the line. What came since is beyond @head. */
	if (n || !timeout_ms)
		return n;
	start_ns = procirq_clock_ns();
	window = window_ns(a);
	limit_ns = timeout_ms < 0 ? UINT64_MAX : (unsigned int)timeout_ms * UINT64_C(1000000);
	if (window && spin(a, ring, head, window < limit_ns ? window : limit_ns))
		return 1;
	if (timeout_ms > 0) {
		passed_ms = (procirq_clock_ns() - start_ns) / 1000000;
		timeout_ms = passed_ms < (uint64_t)timeout_ms ? timeout_ms - (int)passed_ms : 0;
	}
	return block(a, ring, fd, timeout_ms, head, start_ns);
}

/* No thread waits any more. */
void procirq_adaptive_free(struct procirq_adaptive *a)
{
	procirq_ring_close(atomic_load(&a->ring));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A self test of an edge-triggered or message-signalled line, without its device. It
 * injects interrupts, reads them in the mapped ring without system calls, and counts
 * them with an eventfd.
 *
 *	cc spin.c -o spin -lprocirq
 *	./spin irqgen:0
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <procirq/procirq.h>

#define FEW  5
#define MANY 5000 /* more than the ring holds */

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "spin: %s\n", what);
	exit(1);
}

static void inject(struct procirq *line, int count)
{
	int n;

	/* One call injects at most 1000. The line is not masked, so it injects them all. */
	for (; count; count -= n) {
		n = procirq_inject(line, count < 1000 ? (unsigned int)count : 1000);
		if (n < 0)
			die("cannot inject");
	}
}

/*
 * Reads @expected interrupts in the ring. Returns how many it got; the ring has reported
 * the others as lost.
 */
static int drain(struct procirq_ring_reader *ring, int expected)
{
	struct procirq_ring_entry entry;
	unsigned long long lost, last = 0, last_ns = 0;
	int n = 0, lost_all = 0;

	while (n + lost_all < expected) {
		if (!procirq_ring_spin(ring, &entry, &lost, 1000000000))
			die("an interrupt is missing in the ring");
		if ((last && entry.seq != last + lost + 1) || entry.irq_ns < last_ns)
			die("the ring is out of order");
		last = entry.seq;
		last_ns = entry.irq_ns;
		lost_all += (int)lost;
		n++;
	}
	if (procirq_ring_next(ring, &entry, &lost))
		die("one interrupt too many in the ring");
	return n;
}

int main(int argc, char **argv)
{
	int fd = eventfd(0, EFD_NONBLOCK), few, many;
	struct procirq_ring_reader *ring;
	char why[PROCIRQ_EXPLAIN_BYTES];
	struct procirq *line;
	uint64_t counted = 0;

	if (argc != 2)
		die("usage: spin LINE");
	line = procirq_open_name(argv[1], PROCIRQ_FLAG_NO_MASK);
	if (!line) {
		procirq_explain_name(argv[1], errno, why, sizeof(why));
		die(why);
	}
	ring = procirq_ring_open(line);
	if (!ring || procirq_set_eventfd(line, fd, 0))
		die("no ring, or no eventfd");

	inject(line, FEW);
	few = drain(ring, FEW);
	inject(line, MANY);
	many = drain(ring, MANY);
	if (read(fd, &counted, sizeof(counted)) != sizeof(counted))
		die("the eventfd counted nothing");
	printf("ring: %d of %d, then %d of %d; eventfd: %llu; read: %d\n", few, FEW, many, MANY,
	       (unsigned long long)counted, procirq_read(line));
	procirq_ring_close(ring);
	procirq_close(line);
	return 0;
}

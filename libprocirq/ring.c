// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the ring of a line's last interrupts, which the kernel writes. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"
#include "local.h"
#include "procirq.h"

/* How many times to poll the ring for each reading of the clock. */
#define POLLS_PER_CLOCK	  64
#define WATCHES_PER_CLOCK 16

/* Limit to check nr_entries against. The kernel's ring has 1024. */
#define ENTRIES_MAX (1U << 24)

struct procirq_ring_reader {
	const struct procirq_ring *ring;
	size_t bytes;
	uint64_t last; /* number of the interrupt that was read last */
};

/* Computes the size of the ring from its header. 0 if the header is not valid. */
static size_t ring_bytes(const struct procirq_ring *ring)
{
	if (ring->version != PROCIRQ_ABI_VERSION || !ring->nr_entries ||
	    ring->nr_entries & (ring->nr_entries - 1) || ring->nr_entries > ENTRIES_MAX ||
	    ring->entry_size > 4096 || ring->entry_size < sizeof(struct procirq_ring_entry) ||
	    ring->entries_offset < sizeof(*ring) || ring->entries_offset > 4096)
		return 0;
	return ring->entries_offset + (size_t)ring->nr_entries * ring->entry_size;
}

/* Maps the first @bytes of the ring, for munmap(). Returns NULL with errno on error. */
static void *ring_map(int fd, size_t bytes)
{
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* procirq_ring_open() for the file @fd, which may be closed afterwards. */
struct procirq_ring_reader *procirq_ring_open_fd(int fd)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct procirq_ring_reader *reader = calloc(1, sizeof(*reader));
	void *head;
	int saved;

	if (!reader)
		return NULL;
	head = ring_map(fd, page);
	if (!head)
		goto fail;
	reader->bytes = ring_bytes(head);
	munmap(head, page);
	if (!reader->bytes) {
		errno = EPROTO;
		goto fail;
	}
	reader->ring = ring_map(fd, reader->bytes);
	if (!reader->ring)
		goto fail;
	reader->last = __atomic_load_n(&reader->ring->head, __ATOMIC_ACQUIRE);
	return reader;
fail:
	saved = errno;
	free(reader);
	errno = saved;
	return NULL;
}

/**
 * procirq_ring_open - read a line's interrupts without system calls
 * @line: handle. If it gets a device descriptor, set the descriptor before
 *
 * The reader starts with the next interrupt. It only observes: interrupts that it has
 * read are still pending for procirq_read(), and an interrupt masks the line as usual.
 * A program that only spins opens the line with PROCIRQ_FLAG_NO_MASK, or calls
 * procirq_unmask() after each interrupt. The reader keeps the line open until
 * procirq_ring_close(), also after procirq_close().
 *
 * One thread at a time may use the reader.
 *
 * Returns a reader for procirq_ring_close(), or NULL with errno: ENOTCONN the line is
 * shared with kernel drivers and no descriptor is set, ENODEV the line is gone, EPROTO
 * the module's ring has a format that this library does not know.
 */
struct procirq_ring_reader *procirq_ring_open(struct procirq *line)
{
	return procirq_ring_open_fd(procirq_fd(line));
}

/**
 * procirq_ring_close - unmap the ring and free the reader
 * @reader: reader, or NULL
 */
void procirq_ring_close(struct procirq_ring_reader *reader)
{
	if (!reader)
		return;
	munmap((void *)reader->ring, reader->bytes);
	free(reader);
}

/* Copies the entry of interrupt @number. False if a later one has overwritten it. */
static bool ring_copy(const struct procirq_ring *ring, uint64_t number,
		      struct procirq_ring_entry *to)
{
	const struct procirq_ring_entry *from =
		(const void *)((const char *)ring + ring->entries_offset +
			       ((number - 1) & (ring->nr_entries - 1)) * ring->entry_size);

	/*
	 * To write an entry the kernel sets seq, then the other members, and then
	 * advances head; each step is visible before the next. head has shown that
	 * this entry was complete. If seq is the same number after the copy as
	 * before, the kernel has not overwritten the entry in between; the fence
	 * keeps the copy's loads before the second load of seq.
	 */
	to->seq = __atomic_load_n(&from->seq, __ATOMIC_ACQUIRE);
	if (to->seq != number)
		return false;
	to->irq_ns = __atomic_load_n(&from->irq_ns, __ATOMIC_RELAXED);
	to->status = __atomic_load_n(&from->status, __ATOMIC_RELAXED);
	memset(to->reserved, 0, sizeof(to->reserved));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&from->seq, __ATOMIC_RELAXED) == number;
}

/**
 * procirq_ring_next - get the next interrupt, if there is one
 * @reader: reader
 * @entry: gets the interrupt: its number, the time of the hard interrupt handler, and
 *	the status word
 * @lost: gets the number of interrupts before it that were overwritten before this
 *	reader read them; may be NULL
 *
 * Makes no system call and does not wait.
 *
 * Returns 1, or 0 when there is no interrupt.
 */
int procirq_ring_next(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost)
{
	const struct procirq_ring *ring = reader->ring;
	uint64_t next = reader->last + 1, head;

	for (;;) {
		head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		if (head < next)
			return 0;
		if (head - next >= ring->nr_entries)
			next = head - ring->nr_entries + 1;
		if (ring_copy(ring, next, entry))
			break;
		/* It was overwritten. The oldest one left is a later one. */
		next++;
	}
	if (lost)
		*lost = next - reader->last - 1;
	reader->last = next;
	return 1;
}

/* Number of the last interrupt. All that the handler wrote before is visible. */
uint64_t procirq_ring_head(const struct procirq_ring_reader *reader)
{
	return __atomic_load_n(&reader->ring->head, __ATOMIC_ACQUIRE);
}

/* When the handler took interrupt @number, ns; 0 if that is not in the ring any more. */
uint64_t procirq_ring_time(const struct procirq_ring_reader *reader, uint64_t number)
{
	struct procirq_ring_entry entry;

	return ring_copy(reader->ring, number, &entry) ? entry.irq_ns : 0;
}

uint64_t procirq_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/**
 * procirq_ring_spin - busy-wait for the next interrupt
 * @reader: reader
 * @entry: as in procirq_ring_next()
 * @lost: as in procirq_ring_next()
 * @timeout_ns: longest time to wait, ns
 *
 * Makes no system call, provided that clock_gettime() makes none. It does not notice
 * that the line goes away; procirq_wait() does.
 *
 * Returns 1, or 0 when the time ran out.
 */
int procirq_ring_spin(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost, unsigned long long timeout_ns)
{
	uint64_t start = 0, now;
	unsigned int polls = 0;

	/* Reading the clock takes longer than polling the ring. */
	while (!procirq_ring_next(reader, entry, lost)) {
		if (++polls % POLLS_PER_CLOCK == 0) {
			now = procirq_clock_ns();
			if (!start)
				start = now;
			if (now - start >= timeout_ns)
				return 0;
		}
		cpu_relax();
	}
	return 1;
}

/**
 * procirq_ring_watch - busy-wait until the last interrupt is another one
 * @reader: reader
 * @head: number of the last interrupt that the caller knows of
 * @window_ns: longest time, ns
 *
 * Returns how long it took, ns. Several threads may watch with one reader.
 */
uint64_t procirq_ring_watch(const struct procirq_ring_reader *reader, uint64_t head,
			    uint64_t window_ns)
{
	uint64_t start_ns = procirq_clock_ns(), spun_ns;
	unsigned int polls;
	bool same;

	do {
		for (polls = 0;
		     (same = procirq_ring_head(reader) == head) && polls < WATCHES_PER_CLOCK;
		     polls++)
			cpu_relax();
		spun_ns = procirq_clock_ns() - start_ns;
	} while (same && spun_ns < window_ns);
	return spun_ns;
}

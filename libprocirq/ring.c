// SPDX-License-Identifier: LGPL-2.1-or-later
/* The ring of a line's last interrupts, read where the kernel writes it. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "local.h"
#include "procirq.h"

/* How many looks at the ring one look at the clock is worth. */
#define LOOKS_PER_CLOCK 64

/* The kernel's ring has 1024; whatever is larger than this is no ring. */
#define ENTRIES_MAX (1U << 24)

struct procirq_ring_reader {
	const struct procirq_ring *ring;
	size_t bytes;
	uint64_t last; /* number of the interrupt read last */
};

/* How long the ring says it is; 0 when that makes no sense. */
static size_t ring_bytes(const struct procirq_ring *ring)
{
	if (ring->version != PROCIRQ_ABI_VERSION || !ring->nr_entries ||
	    ring->nr_entries & (ring->nr_entries - 1) || ring->nr_entries > ENTRIES_MAX ||
	    ring->entry_size > 4096 || ring->entry_size < sizeof(struct procirq_ring_entry) ||
	    ring->entries_offset < sizeof(*ring) || ring->entries_offset > 4096)
		return 0;
	return ring->entries_offset + (size_t)ring->nr_entries * ring->entry_size;
}

/* The ring from its beginning, for munmap(). NULL with errno. */
static void *ring_map(int fd, size_t bytes)
{
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* Of the file @fd, which may be closed afterwards. */
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
 * @line: handle. Set a device descriptor before, for a line that is mapped takes
 *	none
 *
 * The reader begins with the next interrupt. It looks on only: what it has read
 * is still pending for procirq_read(), and an interrupt masks the line as ever,
 * so who only spins wants PROCIRQ_FLAG_NO_MASK, or procirq_unmask() after each.
 * The line is the reader's until procirq_ring_close(), after procirq_close() too.
 *
 * Returns the reader, for procirq_ring_close() and one thread at a time, or NULL
 * with errno: ENOTCONN the line is shared with kernel drivers and there is no
 * descriptor, ENODEV, EPROTO the module's ring is one that this library does not
 * know.
 */
struct procirq_ring_reader *procirq_ring_open(struct procirq *line)
{
	return procirq_ring_open_fd(procirq_fd(line));
}

/**
 * procirq_ring_close - unmap and free
 * @reader: or NULL
 */
void procirq_ring_close(struct procirq_ring_reader *reader)
{
	if (!reader)
		return;
	munmap((void *)reader->ring, reader->bytes);
	free(reader);
}

/* Copies interrupt @number. False: later ones have overwritten it. */
static bool ring_copy(const struct procirq_ring *ring, uint64_t number,
		      struct procirq_ring_entry *to)
{
	const struct procirq_ring_entry *from =
		(const void *)((const char *)ring + ring->entries_offset +
			       ((number - 1) & (ring->nr_entries - 1)) * ring->entry_size);

	/*
	 * The kernel writes seq, then the rest, and then head, each visible
	 * before the next. head has said that the rest was written; the same
	 * number after the copy says that it was not being written again: the
	 * fence keeps the copy's loads before that last one.
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
 * procirq_ring_next - the next interrupt, if there is one
 * @reader: of procirq_ring_open()
 * @entry: gets it: number, time of the hard interrupt handler, status word
 * @lost: gets how many before it were overwritten before they were read; may be
 *	NULL
 *
 * Makes no system call and never waits.
 *
 * Returns 1, or 0 when there is none.
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
		/* Overwritten since: the oldest one left is a later one. */
		next++;
	}
	if (lost)
		*lost = next - reader->last - 1;
	reader->last = next;
	return 1;
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/**
 * procirq_ring_spin - wait for the next interrupt with the CPU busy
 * @reader: of procirq_ring_open()
 * @entry: as procirq_ring_next()
 * @lost: as procirq_ring_next()
 * @timeout_ns: how long, ns
 *
 * Makes no system call where reading the clock is none. A line that goes away is
 * not seen here: procirq_wait() tells.
 *
 * Returns 1, or 0 when the time ran out.
 */
int procirq_ring_spin(struct procirq_ring_reader *reader, struct procirq_ring_entry *entry,
		      unsigned long long *lost, unsigned long long timeout_ns)
{
	uint64_t start = 0, now;
	unsigned int looks = 0;

	/* First a look: the clock takes longer than that. */
	while (!procirq_ring_next(reader, entry, lost)) {
		if (++looks % LOOKS_PER_CLOCK == 0) {
			now = clock_ns();
			if (!start)
				start = now;
			if (now - start >= timeout_ns)
				return 0;
		}
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	return 1;
}

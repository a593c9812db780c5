// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kinds of calls: the ring's mapping. Each thread has mappings of its own, and knows what
 * of them is still mapped, so that it can read them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "torture.h"

#define PAGE 4096

static void make_map(struct draw *d, struct call *call)
{
	call->other = draw_below(d, MAPS);
}

static void map_end(struct map *map)
{
	if (map->at)
		munmap(map->at, map->bytes);
	map->at = NULL;
}

void maps_end(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		map_end(&w->maps[i]);
}

/* The map that the call is about; NULL and -errno in @ret if there is none. */
static struct map *map_of(struct worker *w, const struct call *call)
{
	struct map *map = &w->maps[call->other];

	return map->at ? map : NULL;
}

void make_mmap(struct draw *d, struct call *call)
{
	static const uint32_t lengths[] = { RING_BYTES, RING_BYTES, RING_BYTES,	      PAGE,
					    2 * PAGE,	100,	    RING_BYTES + PAGE };
	static const int protections[] = { PROT_READ,
					   PROT_READ,
					   PROT_READ,
					   PROT_READ,
					   PROT_NONE,
					   PROT_READ | PROT_WRITE,
					   PROT_READ | PROT_EXEC,
					   PROT_WRITE };
	static const int flags[] = { MAP_SHARED,
				     MAP_SHARED,
				     MAP_SHARED,
				     MAP_PRIVATE,
				     MAP_SHARED | MAP_POPULATE,
				     MAP_SHARED | MAP_LOCKED,
				     MAP_SHARED | MAP_NORESERVE,
				     MAP_SHARED_VALIDATE | MAP_SYNC };
	static const uint32_t offsets[] = { 0, 0, 0, 0, 0, 0, PAGE, 1, 1U << 31 };

	make_map(d, call);
	call->number[0] = draw_of(d, lengths);
	call->number[1] = draw_of(d, protections);
	call->number[2] = draw_of(d, flags);
	call->number[3] = draw_of(d, offsets);
}

long do_mmap(struct worker *w, const struct call *call)
{
	struct map *map = &w->maps[call->other];
	int fd = slot_get(call->slot);
	char *at;

	at = mmap(NULL, call->number[0], (int)call->number[1], (int)call->number[2], fd,
		  (off_t)call->number[3]);
	if (at == MAP_FAILED)
		return -errno;
	if (call->number[1] & PROT_WRITE && slot_get(call->slot) == fd)
		wrong("a ring can be mapped for writing");
	map_end(map);
	map->at = at;
	map->bytes = (call->number[0] + PAGE - 1) / PAGE * PAGE;
	if (!(call->number[1] & PROT_READ))
		map_end(map);
	return 0;
}

void make_munmap(struct draw *d, struct call *call)
{
	make_map(d, call);
	call->number[0] = draw_below(d, 10);
}

/* Unmaps the end, or all. */
long do_munmap(struct worker *w, const struct call *call)
{
	struct map *map = map_of(w, call);
	size_t keep = call->number[0] * PAGE;

	if (!map)
		return result(munmap((void *)1, PAGE));
	if (keep >= map->bytes)
		keep = 0;
	if (munmap(map->at + keep, map->bytes - keep))
		return -errno;
	map->bytes = keep;
	if (!keep)
		map->at = NULL;
	return 0;
}

void make_mremap(struct draw *d, struct call *call)
{
	make_map(d, call);
	call->how = draw_below(d, 4);
	call->number[0] = 1 + draw_below(d, 12);
}

long do_mremap(struct worker *w, const struct call *call)
{
	size_t bytes = call->number[0] * PAGE;
	struct map *map = map_of(w, call);
	char *at;

	if (!map)
		return result((long)mremap((void *)PAGE, PAGE, bytes, MREMAP_MAYMOVE));
	if (call->how == 0) {
		/* A second mapping of the same pages. */
		at = mremap(map->at, 0, bytes, MREMAP_MAYMOVE);
		if (at == MAP_FAILED)
			return -errno;
		munmap(at, bytes);
		return 0;
	}
	at = mremap(map->at, map->bytes, bytes, call->how == 1 ? 0 : MREMAP_MAYMOVE);
	if (at == MAP_FAILED)
		return -errno;
	if (bytes > map->bytes)
		wrong("a mapping of the ring can be made larger");
	map->at = at;
	map->bytes = bytes;
	return 0;
}

void make_mprotect(struct draw *d, struct call *call)
{
	make_map(d, call);
	call->number[0] = draw_below(d, 8);
}

long do_mprotect(struct worker *w, const struct call *call)
{
	struct map *map = map_of(w, call);
	int protection = (int)call->number[0];

	if (!map)
		return result(mprotect((void *)PAGE, PAGE, protection));
	if (mprotect(map->at, map->bytes, protection))
		return -errno;
	if (protection & PROT_WRITE)
		wrong("a mapped ring can be made writable");
	mprotect(map->at, map->bytes, PROT_READ);
	return 0;
}

void make_madvise(struct draw *d, struct call *call)
{
	static const int advice[] = {
		MADV_NORMAL,   MADV_DONTNEED,	   MADV_WILLNEED,	MADV_REMOVE,
		MADV_DONTFORK, MADV_DOFORK,	   MADV_MERGEABLE,	MADV_HUGEPAGE,
		MADV_DONTDUMP, MADV_FREE,	   MADV_COLD,		MADV_PAGEOUT,
		MADV_DODUMP,   MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_WIPEONFORK,
	};

	make_map(d, call);
	call->how = draw_below(d, 6);
	call->number[0] = draw_of(d, advice);
}

long do_madvise(struct worker *w, const struct call *call)
{
	struct map *map = map_of(w, call);
	void *at = map ? map->at : (void *)PAGE;
	size_t bytes = map ? map->bytes : PAGE;
	unsigned char in_core[16];

	switch (call->how) {
	case 0:
		return result(mlock(at, bytes));
	case 1:
		return result(munlock(at, bytes));
	case 2:
		return result(msync(at, bytes, MS_SYNC));
	case 3:
		return result(mincore(at, bytes, in_core));
	default:
		/* MADV_DONTNEED takes the pages out, and there is nothing that puts them back. */
		if (call->number[0] == MADV_DONTNEED && map && !madvise(at, bytes, MADV_DONTNEED)) {
			map_end(map);
			return 0;
		}
		return result(madvise(at, bytes, (int)call->number[0]));
	}
}

void make_ring(struct draw *d, struct call *call)
{
	make_map(d, call);
	call->how = draw_below(d, 4);
}

/* Has the kernel pin the ring's first page, as it does for a pipe. */
static long splice_ring(const struct map *map)
{
	struct iovec from = { map ? map->at : NULL, PAGE };
	int pipes[2];
	long ret;

	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	ret = result(vmsplice(pipes[1], &from, 1, SPLICE_F_NONBLOCK));
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

/* What /proc/self/maps says of the address, "" if nothing is there. */
static void mapping_at(const void *at, char *text, size_t size)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long from, to;

	*text = '\0';
	while (file && fgets(text, (int)size, file)) {
		if (sscanf(text, "%lx-%lx", &from, &to) == 2 && (uintptr_t)at >= from &&
		    (uintptr_t)at < to)
			break;
		*text = '\0';
	}
	if (file)
		fclose(file);
	text[strcspn(text, "\n")] = '\0';
}

/* Reads the ring as a program that spins does, or has the kernel read it. */
long do_ring(struct worker *w, const struct call *call)
{
	struct map *map = map_of(w, call);
	const struct procirq_ring *ring;
	struct procirq_ring seen;
	char mapping[160];
	uint64_t before;

	if (!map || !call->how)
		return splice_ring(map);
	ring = (void *)map->at;
	before = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
	seen = *(volatile const struct procirq_ring *)ring;
	if (seen.version == PROCIRQ_ABI_VERSION && seen.entries_offset == 64 && seen.head >= before)
		return 0;
	mapping_at(ring, mapping, sizeof(mapping));
	wrong("a ring at %p, %zu bytes, with version=%u entries_offset=%u head=%llu after %llu; now %u %u %llu; %s",
	      (const void *)ring, map->bytes, seen.version, seen.entries_offset,
	      (unsigned long long)seen.head, (unsigned long long)before,
	      __atomic_load_n(&ring->version, __ATOMIC_RELAXED),
	      __atomic_load_n(&ring->entries_offset, __ATOMIC_RELAXED),
	      (unsigned long long)__atomic_load_n(&ring->head, __ATOMIC_RELAXED), mapping);
	return 0;
}

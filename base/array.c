// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array.h"

#define ROOM_MIN 16

/* Less is not worth a system call; more of what nobody has asked for yet is not populated. */
#define POPULATE_MIN ((size_t)32 * 1024)
#define POPULATE_MAX ((size_t)256 * 1024)

/* The C library's default of what is mapped by itself. */
#define MOVED_MIN ((size_t)128 * 1024)

/*
 * Has memory that will be written backed by pages, in one call instead of a fault for each
 * page, which a virtual machine without nested paging takes 15 us for. Only a hint: kernels
 * before 5.14 do not know it, and the faults come with the writes.
 */
static void populate(void *first, size_t len)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)first & ~(page - 1);
	int saved = errno;

	if (len < POPULATE_MIN)
		return;
	madvise((void *)start, (uintptr_t)first + len - start, MADV_POPULATE_WRITE);
	errno = saved;
#else
	(void)first;
	(void)len;
#endif
}

/*
 * As realloc() to `room` bytes, of which `need` will be written. realloc() moves the pages of
 * a large block, and is called for that. A small block it would copy, with a page fault for
 * each new page: the copy is made here, into pages that are populated before.
 */
static void *grow(void *old, size_t had, size_t need, size_t room)
{
	size_t end = room - had <= POPULATE_MAX ? room : need;
	char *bigger;

	if (room < POPULATE_MIN || had >= MOVED_MIN) {
		bigger = realloc(old, room);
		if (bigger)
			populate(bigger + had, end - had);
		return bigger;
	}
	bigger = malloc(room);
	if (!bigger)
		return NULL;
	populate(bigger, end);
	if (had)
		memcpy(bigger, old, had);
	free(old);
	return bigger;
}

/**
 * array_reserve - make room for elements
 * @array: address of the pointer to the first element, NULL while there is none
 * @room: elements that fit; updated
 * @need: elements that have to fit
 * @size: bytes of an element
 *
 * The room doubles until @need fits, so that adding elements one by one stays cheap.
 * What the array holds stays.
 *
 * Returns 0, or -1 with errno ENOMEM; then nothing has changed.
 */
int array_reserve(void *array, size_t *room, size_t need, size_t size)
{
	void **first = array;
	size_t want = *room ? *room : ROOM_MIN;
	void *bigger;

	if (need <= *room)
		return 0;
	if (need > SIZE_MAX / 2 / size) {
		errno = ENOMEM;
		return -1;
	}
	while (want < need)
		want *= 2;
	bigger = grow(*first, *room * size, need * size, want * size);
	if (!bigger)
		return -1;
	*first = bigger;
	*room = want;
	return 0;
}
